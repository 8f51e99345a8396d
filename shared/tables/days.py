"""A day as people and programs write it: the one reader of sheets, lists and publications. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from shared.normal_forms import plain_figures
from shared.reference.text import unaccented
from shared.tables.cell import Cell
from shared.visible import clean_line

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "janv", "jan", "january"), ("fevrier", "fevr", "fev", "february", "feb"), ("mars", "mar", "march"),
            ("avril", "avr", "april", "apr"), ("mai", "may"), ("juin", "june", "jun"),
            ("juillet", "juil", "juill", "july", "jul"), ("aout", "august", "aug"), ("septembre", "sept", "sep", "september"),
            ("octobre", "oct", "october"), ("novembre", "nov", "november"), ("decembre", "dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
"""Numbers of months by their names and short forms, without accents; programs of other tongues write the English ones."""
NAMES_OF_MONTHS: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
"""For a pattern: the longest first."""

ZERO_OF_SPREADSHEETS: Final = date(1899, 12, 30)
ZERO_OF_OLD_MACS: Final = date(1904, 1, 1)
_LONGEST = 60
_WEEKDAY = r"(?:(?:lun|mar|mer|jeu|ven|sam|dim)(?:di|credi|dredi|anche)?\.?,? )?(?:le )?"
_TIME = (
    r"(?:(?:t| |, ?| a )\d{1,2}(?::|h)\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)?"
    r"(?: ?(?:z|utc|gmt|[+-]\d{2}:?\d{2}))?"
)
_FORMS = tuple(
    re.compile(form + _TIME, re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
        r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})",
        _WEEKDAY + r"(?P<day>\d{1,2}) ?(?P<sign>[-/. ]) ?(?P<month>\d{1,2}) ?(?P=sign) ?(?P<year>\d{4}|\d{2})",
        _WEEKDAY
        + rf"(?P<day>\d{{1,2}}|1er)[ .-]*(?P<name>{NAMES_OF_MONTHS})(?:[ .,-]+|(?=\d))(?P<year>\d{{4}}|\d{{2}})",
        rf"(?P<name>{NAMES_OF_MONTHS})\.? (?P<day>\d{{1,2}}|1er),? (?P<year>\d{{4}})",
    )
)
_SERIAL = re.compile(r"([1-6]\d{4})(?:[.,]\d{1,12})?", re.ASCII)


def day_in(cell: Cell, century_before: date) -> date | None:
    """The day of a cell, whether its program knows that it is one or not; None where it is empty or none."""
    value = cell.value
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, bool) or (isinstance(value, (int, float)) and (cell.percent or cell.printed)):
        return None
    zero = ZERO_OF_OLD_MACS if cell.from_1904 else ZERO_OF_SPREADSHEETS
    return day_written(cell.text, century_before, zero if cell.counts_days else None)


def is_serial(text: str) -> bool:
    """Whether it is a number as spreadsheets keep days: 46068, with a part of a day behind it or not."""
    return len(text) <= _LONGEST and _SERIAL.fullmatch(text) is not None


def day_written(text: str, century_before: date, zero: date | None = None) -> date | None:
    """The day that a text names, with or without a time behind it; None where it names none, or two.

    2026-02-15 · 20260215 · 15/02/2026 · 15.2.26 · dimanche 15 février 2026 · 15-févr.-26 · Feb 15, 2026. Of numbers alone the day
    comes first, as the French write it. 46068, the number that spreadsheets keep, may be a postcode or a file's number as well.

    Args:
        century_before: a year of two figures is one of the hundred that end with this day.
        zero: the day that a spreadsheet counts from, where a bare number is known to be one of its days.
    """
    if len(text) > _LONGEST:
        return None
    plain = unaccented(clean_line(plain_figures(text)))
    found = next((match for form in _FORMS if (match := form.fullmatch(plain))), None)
    try:
        if found is None:
            number = _SERIAL.fullmatch(plain)
            return None if number is None or zero is None else zero + timedelta(days=int(number[1]))
        named = found.groupdict()
        month = int(named["month"]) if named.get("month") else MONTHS[named["name"]]
        day = int(named["day"].removesuffix("er"))
        year = int(named["year"])
        if len(named["year"]) == 4:
            return date(year, month, day)
        return _of_two_figures(year, month, day, century_before)
    except ValueError:
        return None


def _of_two_figures(year: int, month: int, day: int, before: date) -> date:
    year += before.year - before.year % 100
    # Compared by parts: 29 February may be there in one century and not in the other.
    return date(year - 100 if (year, month, day) > (before.year, before.month, before.day) else year, month, day)
