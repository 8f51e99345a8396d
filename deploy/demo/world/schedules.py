"""Weekly schedules as the generator deals them, with what each asks of a person (early, late, night, weekend)."""

from dataclasses import dataclass
from datetime import time

from shared.contracts.events.base import Shift
from shared.contracts.events.offers import ScheduleFlags

_WEEK = range(5)
_SHOP = range(1, 6)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A usual week. ``flags`` are written out, so that a test can hold the product's own derivation against them."""

    shifts: tuple[Shift, ...]
    flags: ScheduleFlags
    sentence: str


def _slots(days: range | tuple[int, ...], *spans: tuple[str, str]) -> tuple[Shift, ...]:
    return tuple(
        Shift(weekday=day, start=time.fromisoformat(start), end=time.fromisoformat(end))
        for day in days
        for start, end in spans
    )


PATTERNS: dict[str, Pattern] = {
    "day": Pattern(_slots(_WEEK, ("08:00", "17:00")), ScheduleFlags(), "Du lundi au vendredi, en journée."),
    "office": Pattern(_slots(_WEEK, ("09:00", "17:00")), ScheduleFlags(), "Horaires de bureau."),
    "early": Pattern(_slots(_WEEK, ("05:00", "13:00")), ScheduleFlags(early=True, night=True), "Embauche à 5 h."),
    "shift": Pattern(
        _slots((0, 1, 2), ("06:00", "13:30")) + _slots((3, 4), ("13:00", "20:30")),
        ScheduleFlags(early=True, late=True),
        "En équipe : matin et après-midi en alternance.",
    ),
    "night": Pattern(
        _slots(_WEEK, ("21:00", "05:00")),
        ScheduleFlags(early=True, late=True, night=True, weekend=True),
        "Travail de nuit.",
    ),
    "evening": Pattern(
        _slots(_SHOP, ("12:00", "20:00")), ScheduleFlags(late=True, weekend=True), "Jusqu'à 20 h, samedi compris."
    ),
    "weekend": Pattern(
        _slots((2, 3, 4, 5, 6), ("08:00", "15:00")), ScheduleFlags(weekend=True), "Du mercredi au dimanche."
    ),
    "retail": Pattern(_slots(_SHOP, ("09:00", "17:00")), ScheduleFlags(weekend=True), "Du mardi au samedi."),
    "restaurant": Pattern(
        _slots(_SHOP, ("10:00", "14:30"), ("18:30", "22:30")),
        ScheduleFlags(late=True, night=True, weekend=True),
        "Services du midi et du soir, du mardi au samedi.",
    ),
    "bakery": Pattern(
        _slots(_SHOP, ("03:30", "11:00")),
        ScheduleFlags(early=True, night=True, weekend=True),
        "Embauche à 3 h 30, du mardi au samedi.",
    ),
    "care": Pattern(
        _slots((0, 1), ("06:45", "14:15")) + _slots((4, 5, 6), ("13:00", "20:30")),
        ScheduleFlags(early=True, late=True, weekend=True),
        "En roulement, un week-end sur deux.",
    ),
    "home": Pattern(
        _slots(range(6), ("08:00", "12:00"), ("16:30", "18:30")),
        ScheduleFlags(weekend=True),
        "Tournées du matin et de fin de journée, samedi compris.",
    ),
    "split": Pattern(
        _slots(_WEEK, ("06:00", "08:30"), ("17:30", "20:00")),
        ScheduleFlags(early=True, late=True),
        "En deux temps : avant 8 h 30 et après 17 h 30.",
    ),
}
NAMES: tuple[str, ...] = tuple(PATTERNS)
