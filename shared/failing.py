"""Parts that fail: tried again after a growing pause, counted, and told by readiness when it does not end."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable

from pymongo.errors import ConnectionFailure

from shared import metrics
from shared.clock import ClockWrong
from shared.logs import get_logger

FIRST_SECONDS = 1.0
LONGEST_FIRST_SECONDS = 60.0
LONGEST_SECONDS = 300.0
AWAY_SECONDS = 30.0
"""The longest pause while it is the database that is away: each part is to go on soon after it is back."""
TOLD_AFTER = 3
"""Failures in a row; a restart of the database costs one or two."""
WELL_SECONDS = 60.0
"""A part that has run for so long is well again, and begins to count anew when it fails."""

_log = get_logger()


class Failing:
    """How often each part has failed in a row."""

    def __init__(self) -> None:
        self._in_a_row: dict[str, tuple[int, str]] = {}
        self._runs_since: dict[str, float] = {}

    def failed(self, part: str, error: BaseException, *, ran_seconds: float = 0.0) -> int:
        """Count a failure; returns how many in a row it makes."""
        before = 0 if ran_seconds >= WELL_SECONDS else self._in_a_row.get(part, (0, ""))[0]
        self._in_a_row[part] = (before + 1, type(error).__name__)
        # What takes turns (a job) runs on while they fail: that says nothing of the next.
        self._runs_since.pop(part, None)
        return before + 1

    def well(self, part: str) -> None:
        """It did what it has to."""
        self._in_a_row.pop(part, None)

    async def keep(self, part: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a part until it returns, again whenever it fails, after a growing pause."""
        while True:
            began = self._runs_since[part] = time.monotonic()
            try:
                await run()
                return
            except Exception as error:  # what runs for ever is begun again, ever later; readiness tells
                times = self.failed(part, error, ran_seconds=time.monotonic() - began)
                metrics.PART_FAILURES.labels(part.split(" ", 1)[0]).inc()
                _log.error("background_failed", part=part, times=times, exc_info=error)
                await asyncio.sleep(pause_seconds(times, error=error))

    def complaints(self) -> dict[str, str]:
        """Sentences for readiness by part; of one that runs for ever, and does so again since it failed, none."""
        well_since = time.monotonic() - WELL_SECONDS
        return {
            part: f"failed {times} times in a row: {error}"
            for part, (times, error) in self._in_a_row.items()
            if times >= TOLD_AFTER and self._runs_since.get(part, math.inf) > well_since
        }


def pause_seconds(times: int, usual: float = FIRST_SECONDS, *, error: BaseException | None = None) -> float:
    """How long to wait after ``times`` failures in a row of something that otherwise pauses ``usual`` seconds.

    It doubles from the usual pause (a minute at most, so that what runs daily is not given up for a day) up to five
    minutes, or to the usual pause where that is longer. Where ``error`` says that the database is away, up to half a
    minute; where it is this machine's clock, five whatever is usual: nothing was done, and it may have been set.
    """
    growing: float = min(usual, LONGEST_FIRST_SECONDS) * 2.0 ** min(times - 1, 20)
    return min(growing, _longest(usual, error)) * random.uniform(1.0, 1.2)  # jitter, nothing secret


def _longest(usual: float, error: BaseException | None) -> float:
    if isinstance(error, ConnectionFailure):
        return AWAY_SECONDS
    return LONGEST_SECONDS if isinstance(error, ClockWrong) else max(usual, LONGEST_SECONDS)
