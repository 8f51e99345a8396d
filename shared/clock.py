"""Time is handed in, so that a test can move sixty days in a line."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Where the present comes from."""

    def now(self) -> datetime:
        """The present instant, timezone-aware UTC, whole milliseconds (what MongoDB keeps)."""
        ...


def whole_milliseconds(instant: datetime) -> datetime:
    """Cut below a millisecond: MongoDB dates hold no more, and a value must equal itself after a round trip."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class ClockWrong(Exception):
    """This machine's clock is not the database's: what is due by it is not due."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return whole_milliseconds(datetime.now(UTC))


class HandClock:
    """A clock that moves only when told to; for tests, replays and dry runs."""

    def __init__(self, start: datetime) -> None:
        self._now = whole_milliseconds(start)

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> datetime:
        """Move forward by ``step`` and return the new present."""
        self._now = whole_milliseconds(self._now + step)
        return self._now

    def set(self, instant: datetime) -> None:
        """Jump to ``instant``."""
        self._now = whole_milliseconds(instant)
