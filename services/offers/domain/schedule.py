"""From shifts to what they ask of a person."""

from collections.abc import Iterable

from shared.contracts.events.base import Shift
from shared.contracts.events.offers import ScheduleFlags

EARLY_BEFORE = 7 * 60
LATE_AFTER = 19 * 60
NIGHT_FROM = 21 * 60
NIGHT_TO = 6 * 60
DAY = 24 * 60


def flags_of(shifts: Iterable[Shift]) -> ScheduleFlags:
    """Work before 7:00, after 19:00, between 21:00 and 6:00 (labour code L3122-2), on Saturday or Sunday.

    A shift that ends at or before its start ends on the next day.
    """
    early = late = night = weekend = False
    for shift in shifts:
        start = shift.start.hour * 60 + shift.start.minute
        end = shift.end.hour * 60 + shift.end.minute
        if end <= start:
            end += DAY
        early |= start < EARLY_BEFORE or end > DAY
        late |= end > LATE_AFTER
        night |= start < NIGHT_TO or end > NIGHT_FROM
        weekend |= shift.weekday >= 5 or (shift.weekday == 4 and end > DAY)
    return ScheduleFlags(early=early, late=late, night=night, weekend=weekend)
