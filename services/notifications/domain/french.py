"""Small rules of written French that the texts need."""

from datetime import date, datetime, time

from shared import civil

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


def when(value: str, place: str | None = None) -> str:
    """A date (ISO, or 04/08/2026) or an ISO instant as people say it («mardi 4 août 2026 à 14 h 30»); else unchanged.

    Instants are told by the clocks of ``place`` (a territory or commune); one without an offset is a clock's already.
    """
    try:
        if len(value) == 10:
            return civil.day_in_words(day(value))
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    if instant.tzinfo is not None:
        return civil.in_words(place, instant)
    return f"{civil.day_in_words(instant.date())} à {civil.hour_in_words(instant.time())}"


def hour(value: str) -> str:
    """A time of day as people say it: 14:30 → 14 h 30, 9:00 → 9 h; anything else unchanged."""
    try:
        return civil.hour_in_words(time.fromisoformat(value.rjust(5, "0")))
    except ValueError:
        return value


def day(value: str) -> date:
    """A date as notices carry it (ISO, or 04/08/2026). Raises ValueError for anything else."""
    if len(value) != 10:
        raise ValueError("no date")
    if value[2] == value[5] == "/":
        return date(int(value[6:]), int(value[3:5]), int(value[:2]))
    return date.fromisoformat(value)
