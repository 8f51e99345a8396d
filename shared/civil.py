"""French civil time: the zone of a place, its day and its hour, and how people write them.

A day begins where people live: in Saint-Denis four hours before Greenwich's, in Papeete ten hours after. Zones are those
of the tz database, which the law's own hours are in (décret 78-855 and the arrêtés of each territory).
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAINLAND = ZoneInfo("Europe/Paris")
"""Of every département of the European territory, Corsica's two among them."""

ZONES_APART = timedelta(days=1)
"""No two places of France are further apart: what is read by instants is sifted by the days of its place."""

_ZONES = {
    "971": ZoneInfo("America/Guadeloupe"),
    "972": ZoneInfo("America/Martinique"),
    "973": ZoneInfo("America/Cayenne"),
    "974": ZoneInfo("Indian/Reunion"),
    "975": ZoneInfo("America/Miquelon"),
    "976": ZoneInfo("Indian/Mayotte"),
    "977": ZoneInfo("America/St_Barthelemy"),
    "978": ZoneInfo("America/Marigot"),
    "984": ZoneInfo("Indian/Kerguelen"),
    "986": ZoneInfo("Pacific/Wallis"),
    "987": ZoneInfo("Pacific/Tahiti"),
    "988": ZoneInfo("Pacific/Noumea"),
}
_COMMUNES = {
    # Îles Marquises: Fatu-Hiva, Hiva-Oa, Nuku-Hiva, Tahuata, Ua-Huka, Ua-Pou.
    **dict.fromkeys(("98718", "98723", "98731", "98746", "98756", "98757"), ZoneInfo("Pacific/Marquesas")),
    "98719": ZoneInfo("Pacific/Gambier"),
}
"""INSEE codes of communes whose hour is not that of the rest of their territory."""

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def zone_of(place: str | None) -> ZoneInfo:
    """The zone of a commune (INSEE code), postcode, département or territory; the commune is the finest to ask for.

    No code, or one that France does not know, is the mainland's, so that an odd code never stops a message.
    """
    code = place or ""
    return _COMMUNES.get(code) or _ZONES.get(code[:3], MAINLAND)


def zone_named(name: str) -> ZoneInfo:
    """The zone of this name in the tz database. One that it does not have is the mainland's: others may have a newer database,
    and an odd name never stops a message, or the list that it stands in.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return MAINLAND


def local(place: str | None, instant: datetime) -> datetime:
    """The instant as clocks show it there. ``place`` as in ``zone_of``."""
    return instant.astimezone(zone_of(place))


def today(place: str | None, now: datetime) -> date:
    """The day that it is there at an instant."""
    return local(place, now).date()


def latest_today(now: datetime) -> date:
    """The day where it begins first in France: no place is further, so what is due somewhere is due by this day."""
    return max(now.astimezone(zone).date() for zone in (MAINLAND, *_ZONES.values()))


def wall(place: str | None, instant: datetime) -> datetime:
    """What clocks show there, labelled UTC: readings of several places can then be counted by the same calendar."""
    return local(place, instant).replace(tzinfo=UTC)


def wall_midnight(day: date) -> datetime:
    """When a day begins by the clocks of wherever it is asked about: to be compared with what ``wall`` reads there."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def mainland_day(instant: datetime) -> int:
    """The mainland's day as a proleptic ordinal: the one calendar in which ages of things from everywhere are counted."""
    return today(None, instant).toordinal()


def mainland_day_through(place: str | None, day: date) -> int:
    """The last day of the mainland's calendar on which ``day`` is not over at ``place``."""
    return mainland_day(end_of(place, day) - timedelta(milliseconds=1))


def midnight(place: str | None, day: date) -> datetime:
    """When the day begins there, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(place)).astimezone(UTC)


def end_of(place: str | None, day: date) -> datetime:
    """When the day is over there, in UTC: the next one's beginning."""
    return midnight(place, day + timedelta(days=1))


def day_in_words(day: date) -> str:
    """«mardi 4 août 2026», «samedi 1er mai 2027»."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS[day.weekday()]} {number} {_MONTHS[day.month - 1]} {day.year}"


def month_in_words(month: str) -> str:
    """``2026-03`` as «mars 2026»."""
    return f"{_MONTHS[int(month[5:]) - 1]} {month[:4]}"


def hour_in_words(clock: time) -> str:
    """«14 h 30», «9 h»."""
    return f"{clock.hour} h {clock.minute:02d}" if clock.minute else f"{clock.hour} h"


def in_words(place: str | None, instant: datetime) -> str:
    """«mardi 4 août 2026 à 14 h 30», by the clocks there."""
    there = local(place, instant)
    return f"{day_in_words(there.date())} à {hour_in_words(there.time())}"
