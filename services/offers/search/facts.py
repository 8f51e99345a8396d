"""What is known of an offer beside its words, as the index keeps it, and which offers a question's filters leave."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any

from shared.kept_enum import StoredEnum
from shared.reference.text import folded


class WorkingTime(StoredEnum):
    """Full time is 35 hours a week and more (labour code L3121-27)."""

    PART_TIME = "part_time"
    FULL_TIME = "full_time"


class Moment(StoredEnum):
    """Parts of the day or week that somebody wants to work in."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"
    WEEKEND = "weekend"


class Flag(IntFlag):
    """Yes-or-no facts as bits."""

    EARLY = 1
    LATE = 2
    NIGHT = 4
    WEEKEND = 8
    CAR_FREE = 16
    NO_LICENCE = 32
    EXCLUSIVE = 64
    PART_TIME = 128
    FULL_TIME = 256
    MORNING = 512
    AFTERNOON = 1024
    EVENING = 2048
    AT_NIGHT = 4096
    AT_WEEKENDS = 8192
    DIPLOMA = 16384


FLAG_FIELDS: Mapping[str, Flag] = {
    "early": Flag.EARLY,
    "late": Flag.LATE,
    "night": Flag.NIGHT,
    "weekend": Flag.WEEKEND,
    "car_free": Flag.CAR_FREE,
    "no_licence": Flag.NO_LICENCE,
    "exclusive": Flag.EXCLUSIVE,
}
"""Fields of a listing that are flags."""

WORKING_TIME_FLAG = {WorkingTime.PART_TIME: Flag.PART_TIME, WorkingTime.FULL_TIME: Flag.FULL_TIME}
MOMENT_FLAG = {
    Moment.MORNING: Flag.MORNING,
    Moment.AFTERNOON: Flag.AFTERNOON,
    Moment.EVENING: Flag.EVENING,
    Moment.NIGHT: Flag.AT_NIGHT,
    Moment.WEEKEND: Flag.AT_WEEKENDS,
}

FULL_TIME_HOURS = 35.0
_NOON, _LUNCH, _SUPPER, _LATE = 12 * 60, 14 * 60, 17 * 60, 20 * 60

_PART = re.compile(r"\b(?:temps partiels?|mi temps|temps non complet)\b")
_FULL = re.compile(r"\b(?:temps pleins?|temps complets?|plein temps)\b")
_NOT = re.compile(
    r"\b(?:pas|sans|jamais|ni|aucune?|hors) (?:(?:de|d|du|le|la|les|travail|travailler|services?|horaires?|en) )*"
    r"(?:week ?ends?|samedis?|dimanches?|soir(?:ee)?s?)"
)
_SAID = {
    Flag.MORNING: re.compile(r"\b(?:le|du|les|chaque|tous les|en|uniquement le) matin(?:ee)?s?\b"),
    Flag.AFTERNOON: re.compile(r"\b(?:l|d|les|en|chaque) apres midis?\b"),
    Flag.EVENING: re.compile(r"\b(?:le|du|les|en|chaque) soir(?:ee)?s?\b"),
    Flag.AT_WEEKENDS: re.compile(r"\b(?:week ?ends?|samedis?|dimanches?)\b"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One shown offer for the index. ``confirmed`` in seconds since 1970, ``experience`` in months, ``hours`` a week.

    ``pay``: the most that is stated, gross euros an hour.
    """

    id: str
    lat: float
    lon: float
    territory: str
    commune: str | None
    occupation: str | None
    kind: str
    contract: str
    source: str
    flags: Flag
    hours: float | None
    experience: int
    confirmed: float
    crowd: int
    title: str
    label: str
    company: str
    place: str
    skills: str
    description: str
    pay: float | None = None


def entry_of(listing: Mapping[str, Any], content: Mapping[str, Any]) -> Entry:
    """The entry of a listing (as stored) and of what its offer says (``content`` as stored; empty: unknown)."""
    card = listing["card"]
    lon, lat = listing["at"]["coordinates"]
    title, description = card["title"], content.get("description") or ""
    flags = Flag(0)
    for name, flag in FLAG_FIELDS.items():
        if listing.get(name):
            flags |= flag
    if content.get("qualification_level"):
        flags |= Flag.DIPLOMA
    salary = content.get("salary") or {}
    return Entry(
        id=listing["_id"],
        lat=lat,
        lon=lon,
        territory=listing["territory"],
        commune=listing.get("commune"),
        occupation=listing.get("occupation"),
        kind=listing["kind"],
        contract=listing["contract"],
        source=listing["source"],
        flags=flags | said_flags(listing.get("hours"), content.get("shifts") or (), f"{title} . {description}", flags),
        hours=listing.get("hours"),
        experience=int(content.get("experience_months") or 0),
        confirmed=listing["confirmed_at"].timestamp(),
        crowd=listing.get("crowd", 0),
        title=title,
        label=card.get("occupation_label") or "",
        company=card["company"]["name"],
        place=card["place"]["name"] or "",
        skills=" ".join(
            (
                *(skill["label"] for skill in content.get("skills") or ()),
                *(f"CACES {code.replace('-', ' ')}" for code in content.get("caces") or ()),
            )
        ),
        description=description,
        pay=salary.get("hourly_max") or salary.get("hourly_min"),
    )


def said_flags(hours: float | None, shifts: Sequence[Mapping[str, Any]], text: str, known: Flag) -> Flag:
    """Working time and moments: from the hours where they are known, else from what the text says. Of nights the listing knows
    what both say (``known``).
    """
    said = folded(text)
    found = Flag(0)
    if hours:
        found |= Flag.PART_TIME if hours < FULL_TIME_HOURS else Flag.FULL_TIME
    else:
        part, full = _PART.search(said), _FULL.search(said)
        if bool(part) != bool(full):
            found |= Flag.PART_TIME if part else Flag.FULL_TIME
    if shifts:
        found |= _of_shifts([(_minutes(shift["start"]), _minutes(shift["end"])) for shift in shifts])
    else:
        rest = _NOT.sub(" ", said)
        for flag, pattern in _SAID.items():
            if pattern.search(rest):
                found |= flag
    if Flag.NIGHT in known:
        found |= Flag.AT_NIGHT
    if Flag.WEEKEND in known:
        found |= Flag.AT_WEEKENDS
    return found


def _of_shifts(shifts: Iterable[tuple[int, int]]) -> Flag:
    hours = list(shifts)
    found = Flag(0)
    if all(start < _NOON and start < end <= _LUNCH for start, end in hours):
        found |= Flag.MORNING
    if all(start >= _NOON and start < end <= _LATE for start, end in hours):
        found |= Flag.AFTERNOON
    if all(start >= _SUPPER for start, _ in hours):
        found |= Flag.EVENING
    return found


def _minutes(clock: Any) -> int:
    hour, minute = (int(part) for part in str(clock).split(":")[:2])
    return hour * 60 + minute


@dataclass(frozen=True)
class Criteria:
    """Filters of a search, whether given outright or read in the question. Empty ones leave everything."""

    occupation: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    contract: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    flags: Mapping[str, bool] | None = field(default=None, hash=False)
    """Fields of a listing that must be so."""
    working_time: WorkingTime | None = None
    weekly_hours: float | None = None
    moments: tuple[Moment, ...] = ()
    experience_months_max: int | None = None
    hourly_min: float | None = None
    """Gross euros an hour; an offer that states no pay is not left out."""
    no_diploma: bool = False
    """Leaves out offers that state a diploma."""

    @property
    def indexed_only(self) -> bool:
        """Whether a filter asks for what MongoDB's listings do not hold."""
        named = bool(self.working_time or self.weekly_hours or self.moments or self.hourly_min or self.no_diploma)
        return named or self.experience_months_max is not None

    def query(self) -> dict[str, Any]:
        """The same as MongoDB asks its listings; only for criteria that are not ``indexed_only``."""
        filters: dict[str, Any] = {}
        for name, values in (("occupation", self.occupation), ("kind", self.kind), ("contract", self.contract)):
            if values:
                filters[name] = {"$in": list(values)}
        if self.territory:
            filters["territory"] = {"$in": list(self.territory)}
        return filters | dict(self.flags or {})
