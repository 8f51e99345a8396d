"""Days as people say them: «mi-janvier», «début mars», «15 février», «lundi prochain», «semaine 3». Pure."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from shared.normal_forms import plain_figures
from shared.reference.text import unaccented
from shared.tables.days import MONTHS, NAMES_OF_MONTHS, day_written
from shared.types import EARLIEST, LATEST
from shared.visible import clean_line

_LONGEST = 80
_BEGUN: Final = timedelta(days=60)
"""A day without its year is the next one, or one of the last weeks: a table is kept after its posts began."""
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_LEAD = re.compile(
    r"^(?:(?:date|prise de (?:poste|fonctions?)|demarrage|embauche|entree|arrivee|dispo\w*|poste|disponible|souhaitee?|prevue?"
    r"|rentree(?: de)?|vers|aux? environs? d[eu]|environ|approx\w*|au plus tard|idealement|si possible"
    r"|a (?:partir|compter|pourvoir)(?: d[eu])?|des|pour|le|la|au|du|en|de|a|ce)(?![a-z])\s*|[ld]'|[:~+-]\s*)+"
)
"""What stands before a day and does not change which one it is."""
_TAIL = re.compile(
    r"[\s,;.:(-]+(?:(?:si|selon|environ|prevu\w*|inclus|matin|soir|pour)\b.*|\d{1,2} ?h(?:\d{2})?|[)!.]+)$"
)
_VAGUE = re.compile(r"\b(?:courant|fin|printemps|ete|automne|hiver|trimestre|semestre|quinzaine)\b|\bentre\b|\bavant\b")
_YEAR = r"(?:[ ./,-]+(?P<year>(?:20)?\d{2}))?"
_MONTH = rf"(?P<month>{NAMES_OF_MONTHS})\.?"
_WHEN = (
    re.compile(rf"(?:(?:{'|'.join(_WEEKDAYS)}) )?(?P<day>\d{{1,2}})(?:er)? ?-?{_MONTH}{_YEAR}"),
    re.compile(rf"(?:mi|milieu)[ -]*(?:du mois )?(?:de |d')?{_MONTH}{_YEAR}(?P<half>)"),
    re.compile(rf"(?:tout )?(?:debut|1er)s?[ -]*(?:du mois )?(?:de |d')?{_MONTH}{_YEAR}"),
    re.compile(rf"(?:mois )?(?:de |d')?{_MONTH}{_YEAR}"),
    # «12.02» is as often what an hour pays.
    re.compile(r"(?P<day>\d{1,2})(?:er)?[/-](?P<number>\d{1,2})"),
    re.compile(r"(?P<number>0?[1-9]|1[0-2])[/-](?P<year>20\d{2})"),
)
_UNTIL = re.compile(r" ?(?:jusqu'(?:au|en|a)|\bau\b|\ba\b|\ben\b|[-–>→]+) ?(?:fin )?")
_A_DAY = re.compile(rf"\d[/.-]\d|\b(?:{NAMES_OF_MONTHS})\b")
_ONLY_MONTH = re.compile(rf"^(?:fin )?(?:{NAMES_OF_MONTHS})\b\.?(?: \d{{2,4}})?$")
_WITH_YEAR = re.compile(r"\b(?:20)?\d{2}$")
_WEEK = re.compile(r"(?:semaine|sem\.?|s)[ .]?(?:n[o°]? ?)?(?P<week>\d{1,2})(?:[ /-]*(?P<year>20\d{2}))?")
_NEXT = re.compile(
    rf"(?:(?P<tomorrow>demain)|(?P<weekday>{'|'.join(_WEEKDAYS)})(?: prochain)?|(?P<week>semaine prochaine)"
    r"|(?P<month>(?:debut du )?mois prochain))"
)
_AFTER = re.compile(r"(?:dans|sous|d'ici) (?P<count>\d{1,2}|une?|deux|trois|quatre) ?(?P<unit>jours?|semaines?|mois)")
_COUNTS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4}


def day_meant(text: str, today: date) -> date | None:
    """The first day that a text in words means, as seen from ``today``; None where it means none, or leaves open which.

    A month is its first day, its middle the 15th. «Fin janvier», «courant mars», «printemps» and «dès que possible» name no day,
    nor does «01/02/0226»: a year that nobody can mean was mistyped.
    """
    if len(text) > _LONGEST:
        return None
    plain = " ".join(unaccented(clean_line(plain_figures(text))).split()).strip(" .")
    if not plain or _VAGUE.search(plain):
        return None
    bare = _LEAD.sub("", plain).strip()
    for form in dict.fromkeys((plain, bare, _TAIL.sub("", bare).strip())):
        if (day := _of(form, today)) is not None:
            return _near(day)
    return None


def span_meant(text: str, today: date) -> tuple[date, date] | None:
    """First and last day of «du 1er mai au 30 septembre 2027», «avril à octobre»; None where two days are not said."""
    if len(text) > _LONGEST:
        return None
    plain = " ".join(unaccented(clean_line(plain_figures(text))).split()).strip(" .")
    for between in _UNTIL.finditer(plain):
        first, last = plain[: between.start()].strip(), plain[between.end() :].strip()
        if not first or not last or not _A_DAY.search(first) or not _A_DAY.search(last):
            continue
        end = day_led(last) or day_meant(last, today)
        if end is None:
            continue
        if _ONLY_MONTH.search(last):
            end = (end.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        begun = day_led(first)
        if begun is None:
            year = _WITH_YEAR.search(last)
            # «Du 1er mai au 30 septembre 2027»: the year is said once.
            meant = day_meant(f"{first} {end.year}", today) if year else None
            begun = meant or day_meant(first, today)
        if begun is not None and begun > end and not _WITH_YEAR.search(first):
            begun = _or_none(begun, end.year - 1)
        if begun is not None and begun < end:
            return begun, end
    return None


def day_led(text: str) -> date | None:
    """The day that is written behind words that say of what it is one: «dispo 01/10/2027»; text without accents."""
    day = day_written(_LEAD.sub("", text), LATEST)
    return None if day is None else _near(day)


def _near(day: date) -> date | None:
    return day if EARLIEST <= day <= LATEST else None


def _or_none(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _of(plain: str, today: date) -> date | None:
    try:
        if (whole := day_written(plain, LATEST)) is not None:
            return whole
        if (week := _WEEK.fullmatch(plain)) is not None:
            number, year = int(week["week"]), today.isocalendar().year
            if week["year"]:
                return date.fromisocalendar(int(week["year"]), number, 1)
            return _first(today - _BEGUN, year, lambda year: date.fromisocalendar(year, number, 1))
        if (soon := _NEXT.fullmatch(plain)) is not None:
            return _coming(soon, today)
        if (after := _AFTER.fullmatch(plain)) is not None:
            return _later(today, int(_COUNTS.get(after["count"]) or after["count"]), after["unit"])
        found = next((match for form in _WHEN if (match := form.fullmatch(plain))), None)
        if found is None:
            return None
        said = found.groupdict()
        month = MONTHS[said["month"]] if said.get("month") else int(said["number"])
        day = 15 if said.get("half") is not None else int(said.get("day") or 1)
        if said.get("year"):
            return date(2000 + int(said["year"]) % 100, month, day)
        begun = today - _BEGUN if said.get("day") else today.replace(day=1)
        return _first(begun, today.year, lambda year: date(year, month, day))
    except ValueError:
        return None


def _first(begun: date, year: int, of_year: Callable[[int], date]) -> date | None:
    """Of last year's, this one's and the next the first that is not before ``begun``; None where they have none (29 February)."""
    for one in (year - 1, year, year + 1):
        try:
            found = of_year(one)
        except ValueError:
            continue
        if found >= begun:
            return found
    return None


def _coming(soon: re.Match[str], today: date) -> date:
    if soon["month"]:
        return date(today.year + today.month // 12, today.month % 12 + 1, 1)
    if soon["tomorrow"]:
        return today + timedelta(days=1)
    weekday = _WEEKDAYS.index(soon["weekday"]) if soon["weekday"] else 0
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _later(today: date, count: int, unit: str) -> date:
    if unit == "mois":
        years, month = divmod(today.month - 1 + count, 12)
        _, last = monthrange(today.year + years, month + 1)
        return date(today.year + years, month + 1, min(today.day, last))
    return today + timedelta(days=count * (7 if unit.startswith("semaine") else 1))
