"""When the work of a row begins and how long it lasts: days, words that mean days, spans, lengths. Pure."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from services.offers.domain.imports.numbers import SPELT
from services.offers.domain.imports.rows import Warned
from services.offers.domain.imports.sheets.kept import Kept
from services.offers.domain.imports.sheets.titles import Column
from shared.reference.text import unaccented
from shared.tables.days import NAMES_OF_MONTHS, ZERO_OF_SPREADSHEETS, day_written, is_serial
from shared.tables.moments import day_led, day_meant, span_meant
from shared.types import EARLIEST, LATEST

_SPAN = re.compile(r"(?:du )?(\d\S+|\d.{4,20}?\d{2,4}) (?:au|a|-|–|→|jusqu'au) (\d.+)")
_MONTH_DAYS = 365.25 / 12
_WORKING_DAYS = 0.16
"""Of a month, between its first and last day and those that are worked: from Monday 4 January to 30 June are six months."""
_LONGEST_MONTHS = 120.0
LENGTH = re.compile(r"\d+(?:\s*a\s*\d+)?\s*(?:ans?|annees?|mois|semaines?|jours?)\b")
_SPELT_LENGTH = re.compile(rf"\b(?:{'|'.join(SPELT)})\s*(?:ans?|annees?|mois|semaines?)\b")
_BARE_MONTHS = re.compile(r"(\d{1,2}(?:[.,]\d)?)(?: ?m)?", re.IGNORECASE)
_BEFORE_A_DAY = re.compile(
    r"^(?:(?:avant|jusqu['’]?|[àa] partir|d[èe]s|pour|au plus tard)\s*(?:le|au|du)?|le|au|du)\s+(?=\d|[a-z]+ \d)",
    re.IGNORECASE,
)
"""«Avant le 15/02/2027», «jusqu'au 15 février»."""
TERM = re.compile(r"\s+[-–]\s+|\s*[;,/]\s+")
_LIKE_A_DAY = re.compile(
    rf"\d{{1,4}} ?[-/. ] ?\d{{1,2}} ?[-/. ] ?\d{{1,4}}(?:[t ].*)?|\d{{1,2}} ?-?(?:{NAMES_OF_MONTHS})\.?[ -]\d{{2,4}}"
    r"|\d{5,8}(?:[.,]\d+)?"
)
"""«31/11/2026», «29 février 2027», «46054»: nobody reads one of them below an offer's text."""
_SERIALS = timedelta(days=366), timedelta(days=3 * 366)
"""How far before and after today a bare number in a column of days is taken for one: 23000 is a postcode, and would be 1962."""
_READY = re.compile(r"(?:dispo\w*|début|d[ée]marrage|à partir|d[èe]s)\b[ :]*(?P<day>.+)", re.IGNORECASE)


def has_term(values: Mapping[Column, str], today: date | None) -> bool:
    """Whether a row says when or after how long the work ends."""
    for column in (Column.ENDS_ON, Column.DURATION, Column.STARTS_ON):
        text = values.get(column, "").strip()
        if column is Column.ENDS_ON and _day(text) is not None:
            return True
        if column is not Column.STARTS_ON and (
            _SPELT_LENGTH.search(unaccented(text)) or LENGTH.search(unaccented(text))
        ):
            return True
        if _SPAN.fullmatch(text) or (today is not None and span_meant(text, today) is not None):
            return True
    return False


def term_of(duration: str, contract: str, start: date | None, end: date | None) -> str:
    """How long the contract is: as it is written, else from its first day to its last."""
    plain = duration.strip()
    if (bare := _BARE_MONTHS.fullmatch(plain)) is not None:
        return f"{bare[1]} mois"
    if start is not None and end is not None and start < end and not LENGTH.search(unaccented(f"{plain} {contract}")):
        months = months_between(start, end)
        if months is not None:
            return f"{months:g} mois".replace(".", ",")
    return plain if LENGTH.search(unaccented(plain)) or _SPELT_LENGTH.search(unaccented(plain)) else ""


def months_between(start: date, end: date) -> float | None:
    """From a first to a last day that is worked; None where that is no contract's length."""
    exact = ((end - start).days + 1) / _MONTH_DAYS
    months = round(exact) if abs(exact - round(exact)) <= _WORKING_DAYS else round(exact, 1)
    return months if 0 < months <= _LONGEST_MONTHS else None


def days_of(
    values: Mapping[Column, str], kept: Kept, extra: dict[str, Any], warnings: list[Warned], today: date | None
) -> tuple[date | None, date | None]:
    """First and last day; what names none («dès que possible», «fin janvier») stays as it is written."""
    values = {**values, **_counted(values, warnings, today)}
    start, end = (_day(values.get(column, "")) for column in (Column.STARTS_ON, Column.ENDS_ON))
    for column in (Column.DURATION, Column.STARTS_ON, Column.CONTRACT):
        text = values.get(column, "").strip()
        parted = _SPAN.fullmatch(text)
        if parted is not None and (first := _day(parted[1])) is not None and (last := _day(parted[2])) is not None:
            start, end = start or first, end or last
        elif today is not None and start is None and end is None and (span := span_meant(text, today)) is not None:
            start, end = span
            warnings.append(_meant(Column.STARTS_ON, text, start))
    if Column.STARTS_ON not in values:
        ready = (_READY.fullmatch(part.strip()) for part in TERM.split(values.get(Column.CONTRACT, "")))
        start = start or next((day for one in ready if one is not None and (day := _day(one["day"]))), None)
    # «Dates: rentrée janvier 2027», where no length stands.
    for column in (Column.STARTS_ON, Column.DURATION):
        text = values.get(column, "")
        if start is None and today is not None and not LENGTH.search(unaccented(text)):
            start = day_meant(text, today)
            if start is not None:
                warnings.append(_meant(Column.STARTS_ON, text, start))
    if end is None and today is not None:
        end = day_meant(values.get(Column.ENDS_ON, ""), today)
    until = _day(values.get(Column.APPLY_BY, ""))
    if start is not None:
        extra["starts_on"] = start
    if until is not None:
        extra["apply_by"] = until
    for name, column, day in (
        ("Début", Column.STARTS_ON, start),
        ("Fin", Column.ENDS_ON, end),
        ("Date limite", Column.APPLY_BY, until),
    ):
        text = values.get(column, "").strip()
        if day is None and _LIKE_A_DAY.fullmatch(unaccented(text)):
            message = f"« {text[:60]} » n'est aucun jour du calendrier : il n'est pas retenu."
            warnings.append(Warned(column, "day_unread", message))
        elif day is None:
            kept.add(name, text)
    if start is not None and end is not None and end < start:
        warnings.append(
            Warned(Column.ENDS_ON, "ends_before", "La fin est avant le début : la durée n'est pas retenue.")
        )
    return start, end


def _counted(values: Mapping[Column, str], warnings: list[Warned], today: date | None) -> dict[Column, str]:
    """Days that stand there as the numbers that spreadsheets count them by, written out: «46419»."""
    found: dict[Column, str] = {}
    for column in (Column.STARTS_ON, Column.ENDS_ON, Column.APPLY_BY):
        text = values.get(column, "").strip()
        day = day_written(text, LATEST, ZERO_OF_SPREADSHEETS) if is_serial(text) else None
        if day is not None and today is not None and today - _SERIALS[0] <= day <= today + _SERIALS[1]:
            found[column] = day.isoformat()
            warnings.append(_meant(column, text, day))
    return found


def _meant(column: Column, text: str, day: date) -> Warned:
    return Warned(column, "day_in_words", f"« {text.strip()[:60]} » est lu comme le {day:%d/%m/%Y}, à confirmer.")


def _day(text: str) -> date | None:
    bare = _BEFORE_A_DAY.sub("", text.strip())
    day = (day_written(bare, LATEST) or day_led(unaccented(bare))) if bare else None
    return day if day is not None and EARLIEST <= day <= LATEST else None
