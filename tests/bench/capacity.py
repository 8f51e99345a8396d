"""How much there is room for: the highest steady rate that is sustained, ours and that of the bare work, by one bisection."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rich.console import Console

from tests.bench.journey import Journey
from tests.bench.resting import Rest

PROMPT_MS = 1_000.0
"""A rate is sustained while the 99th percentile stays below."""
PATIENCE_SECONDS = 20.0

Trial = Callable[[float], Awaitable[float]]
"""The 99th percentile in milliseconds at a rate; ∞ where some were never told."""


@dataclass
class Found:
    """The rate that held, each trial's rate and 99th percentile (-1: some were never told), and the wait for rest before it."""

    rate: float = 0.0
    trials: list[tuple[float, float]] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    ended: str = ""
    """Why the search ended before its time, if it did."""

    def report(self, prefix: str = "") -> dict[str, Any]:
        """Under keys that begin with ``prefix``."""
        told: dict[str, Any] = {
            "offers_per_s": round(self.rate, 1),
            "trials_p99_ms": self.trials,
            "waited_for_rest_s": [round(seconds, 1) for seconds in self.waited],
        }
        if self.ended:
            told["ended"] = self.ended
        return {f"{prefix}{key}": value for key, value in told.items()}


async def sustained(one: Journey, rest: Rest, rate: float, seconds: float, known: list[str]) -> float:
    """Ours, at this rate; what was published is added to ``known``, for the bare work.

    Raises:
        TimeoutError: what follows does not come to its end.
    """
    played = await one.play(int(rate * seconds), rate, patience=PATIENCE_SECONDS)
    known += played.published
    # That nothing was written for a moment is no end where one commit tells hundreds: who is told later counts as well.
    await rest.reached()
    told = one.told(played)
    if not played.settled or not told or played.refused or one.untold(played):
        return float("inf")
    return p99_ms(told)


def p99_ms(told: Sequence[float]) -> float:
    """In milliseconds, of seconds."""
    return float(np.percentile(told, 99)) * 1e3


async def highest_sustained(
    trial: Trial,
    provided: Callable[[float], Awaitable[bool]],
    limits: tuple[float, float],
    rest: Rest,
    what: str,
    console: Console,
) -> Found:
    """Bisection to a factor; what was found is tried again, and must hold twice.

    ``provided``: whether there is what a trial at this rate takes; ``limits``: the highest rate that is thought of, and the
    factor. Each trial begins when what the one before left behind is done, for otherwise it would be judged by that.
    """
    highest, step = limits
    found = Found()

    async def holds(rate: float) -> bool:
        found.waited.append(await rest.reached())
        p99 = await trial(rate)
        found.trials.append((round(rate, 1), round(p99, 1) if p99 < float("inf") else -1.0))
        console.print(f"  {what}: {rate:.1f} offers/s: p99 {p99:.0f} ms (waited {found.waited[-1]:.1f} s for rest)")
        return p99 < PROMPT_MS

    low, high = 0.0, highest
    rate = highest / 3
    try:
        while await provided(rate) and (low == 0.0 or high / low > step):
            if await holds(rate):
                low = rate
            else:
                high = rate
            rate = (low * high) ** 0.5 if low else rate / 2
            if rate < 1:
                break
        while low and await provided(low) and not await holds(low):
            low /= step
        if low and not await provided(low):
            found.ended = "nothing left to try it a second time with"
    except TimeoutError:
        found.ended = "no rest after a trial"
    found.rate = low
    return found
