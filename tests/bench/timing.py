"""How benches take time: one call at a time, percentiles of all of them, the collector's pauses included."""

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


class Taken(list[float]):
    """Wall-clock seconds of each call; ``own`` is this thread's processor time, which others' work does not lengthen."""

    def __init__(self) -> None:
        super().__init__()
        self.own: list[float] = []


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median and 99th percentile in milliseconds; with ``cpu_`` of processor time, where it was taken."""
    found = {}
    for prefix, values in (("", list(seconds)), ("cpu_", getattr(seconds, "own", []))):
        if values:
            found[f"{prefix}p50_ms"] = round(float(np.percentile(values, 50)) * 1e3, 4)
            found[f"{prefix}p99_ms"] = round(float(np.percentile(values, 99)) * 1e3, 4)
    return found


def timed(call: Callable[[Any], Any], arguments: Sequence[Any], warm_up: int = 100) -> Taken:
    """Seconds of each call, after some that are not counted (caches, lazily built tables)."""
    for argument in arguments[:warm_up]:
        call(argument)
    gc.collect()
    taken = Taken()
    for argument in arguments[warm_up:]:
        own, started = time.thread_time(), time.perf_counter()
        call(argument)
        taken.append(time.perf_counter() - started)
        taken.own.append(time.thread_time() - own)
    return taken
