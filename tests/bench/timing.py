"""How benches take time: one call at a time, percentiles of all of them, the collector's pauses included."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds."""
    values = np.array(seconds) * 1e3
    return {"p50_ms": round(float(np.percentile(values, 50)), 4), "p99_ms": round(float(np.percentile(values, 99)), 4)}


def timed(call: Callable[[Any], Any], arguments: Sequence[Any], warm_up: int = 100) -> list[float]:
    """Seconds of each call, after some that are not counted (caches, lazily built tables)."""
    for argument in arguments[:warm_up]:
        call(argument)
    gc.collect()
    taken = []
    for argument in arguments[warm_up:]:
        started = time.perf_counter()
        call(argument)
        taken.append(time.perf_counter() - started)
    return taken
