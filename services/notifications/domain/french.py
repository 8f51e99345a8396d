"""Small rules of written French that the texts need."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæh"


def de(name: str) -> str:
    """«de» before a place name: de Guéret, d'Aubusson, du Grand-Bourg, des Mars, de La Souterraine."""
    lower = name.lower()
    if lower.startswith("le "):
        return f"du {name[3:]}"
    if lower.startswith("les "):
        return f"des {name[4:]}"
    if lower[:1] in _VOWELS and lower:
        return f"d’{name}"
    return f"de {name}"


def a(name: str) -> str:
    """«à» before a place name: à Guéret, au Grand-Bourg, aux Mars."""
    lower = name.lower()
    if lower.startswith("le "):
        return f"au {name[3:]}"
    if lower.startswith("les "):
        return f"aux {name[4:]}"
    return f"à {name}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: 1 offre, 3 offres (0 takes the singular in French)."""
    return f"{number} {one if number < 2 else many}"


def when(value: str) -> str:
    """A date (ISO, or 04/08/2026) or an ISO instant as people say it («mardi 4 août 2026 à 14 h 30»); else unchanged.

    Instants are told in the time of mainland France.
    """
    try:
        if len(value) == 10:
            return day(_date(value))
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    if instant.tzinfo is not None:
        instant = instant.astimezone(PARIS)
    return f"{day(instant.date())} à {_hour(instant.time())}"


def hour(value: str) -> str:
    """A time of day as people say it: 14:30 → 14 h 30, 9:00 → 9 h; anything else unchanged."""
    try:
        return _hour(time.fromisoformat(value.rjust(5, "0")))
    except ValueError:
        return value


def _date(value: str) -> date:
    if value[2] == value[5] == "/":
        return date(int(value[6:]), int(value[3:5]), int(value[:2]))
    return date.fromisoformat(value)


def _hour(value: time) -> str:
    return f"{value.hour} h {value.minute:02d}" if value.minute else f"{value.hour} h"


def day(value: date) -> str:
    """A date in words, with «1er»."""
    number = "1er" if value.day == 1 else str(value.day)
    return f"{_DAYS[value.weekday()]} {number} {_MONTHS[value.month - 1]} {value.year}"


def listed(parts: list[str]) -> str:
    """«a», «a et b», «a, b et c»."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} et {parts[-1]}"
