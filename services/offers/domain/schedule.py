"""From shifts to what they ask of a person."""

from collections.abc import Iterable

from pydantic import Field

from shared.contracts.events.base import Shift
from shared.contracts.events.offers import ScheduleFlags
from shared.domain import Entity, made_of

EARLY_BEFORE = 7 * 60
LATE_AFTER = 19 * 60
NIGHT_FROM = 21 * 60
NIGHT_TO = 6 * 60
DAY = 24 * 60


FLAGS = ("early", "late", "night", "weekend")


class DeclaredSchedule(Entity):
    """What somebody knows of a schedule without its shifts: yes, no, or null where nothing is known."""

    early: bool | None = Field(default=None, description="Work before 7:00")
    late: bool | None = Field(default=None, description="Work after 19:00")
    night: bool | None = Field(default=None, description="Work between 21:00 and 6:00")
    weekend: bool | None = Field(default=None, description="Work on Saturday or Sunday")

    def flags(self) -> ScheduleFlags:
        """As an event tells it."""
        known = {name: getattr(self, name) for name in FLAGS}
        unknown = tuple(name for name, value in known.items() if value is None)
        return ScheduleFlags(**{name: bool(value) for name, value in known.items()}, unknown=unknown)

    @classmethod
    def of(cls, flags: ScheduleFlags) -> "DeclaredSchedule":
        """The three values of each flag."""
        known: dict[str, bool | None] = {
            name: None if name in flags.unknown else getattr(flags, name) for name in FLAGS
        }
        return made_of(cls, known)


def flags_of(shifts: Iterable[Shift]) -> ScheduleFlags:
    """Work before 7:00, after 19:00, between 21:00 and 6:00 (labour code L3122-2), on Saturday or Sunday.

    A shift that ends at or before its start ends on the next day.
    """
    early = late = night = weekend = False
    begins = ends = None
    end = 0
    for shift in shifts:
        # The hours of most weeks are those of one day.
        if shift.start is not begins or shift.end is not ends:
            begins, ends = shift.start, shift.end
            start, end = begins.hour * 60 + begins.minute, ends.hour * 60 + ends.minute
            if end <= start:
                end += DAY
            one = flags_of_minutes(start, end)
            early |= one["early"]
            late |= one["late"]
            night |= one["night"]
        weekend = weekend or shift.weekday >= 5 or (shift.weekday == 4 and end > DAY)
    return made_of(ScheduleFlags, {"early": early, "late": late, "night": night, "weekend": weekend, "unknown": ()})


def flags_of_minutes(start: int, end: int) -> dict[str, bool]:
    """Early, late and night work of one slot of any day, in minutes from midnight; ``end`` may be on the next day."""
    return {
        "early": start < EARLY_BEFORE or end > DAY,
        "late": end > LATE_AFTER,
        "night": start < NIGHT_TO or end > NIGHT_FROM,
    }
