"""A cell as the field of its column takes it. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from services.offers.domain.imports.rows import MAX_LABEL
from services.offers.domain.imports.sheets.header import SheetColumn
from services.offers.domain.imports.sheets.titles import DAYS, Column
from services.offers.domain.imports.sheets.units import with_period, with_unit, with_years
from shared.outputs import without_mark
from shared.tables import Cell, mended_letters
from shared.tables.days import day_in
from shared.tables.titles import bare_title
from shared.types import EARLIEST, LATEST
from shared.visible import clean_line


def text_of(cell: Cell, one: SheetColumn) -> str:
    """A cell as the field of its column takes it: days as ISO dates, numbers and durations as people write them."""
    value, column = cell.value, one.column
    if column in DAYS:
        day = day_in(cell, LATEST)
        return day.isoformat() if day is not None and EARLIEST <= day <= LATEST else cell.text
    if isinstance(value, str):
        said = mended_letters(without_mark(value.strip()))
        if column is Column.SALARY or column is Column.SALARY_MAX:
            return with_period(said, one.title)
        return _labelled(said, one)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60} h {minutes % 60:02}"
    if isinstance(value, time):
        return f"{value.hour} h {value.minute:02}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    number = _number(value * 100 if cell.percent else value)
    if column is Column.POSTCODE and number.isdecimal():
        return number.zfill(5)
    unit = " %" if cell.percent else f" {cell.printed}" if cell.printed else ""
    if column is Column.SALARY or column is Column.SALARY_MAX:
        return with_period(f"{number}{unit or ' €'}", one.title)
    return _labelled(f"{number}{unit}", one)


def _number(value: float | Decimal) -> str:
    exact = Decimal(str(round(value, 6) if isinstance(value, float) else value))
    return f"{exact.normalize():f}".replace(".", ",")


def _labelled(text: str, one: SheetColumn) -> str:
    """Of texts that are put together each says what it is, but the description itself; hours say of what they are."""
    if one.column is Column.HOURS:
        return with_unit(text, one.title)
    if one.column is Column.EXPERIENCE:
        return with_years(text, one.title)
    plain = bare_title(one.title)
    if one.column is not Column.DESCRIPTION or not text or plain.startswith(("descri", "detail", "texte", "contenu")):
        return text
    return f"{one.title.strip(' :')} : {text}"


def joined(column: Column, texts: Sequence[str]) -> str:
    """What several columns of one field say."""
    if column is Column.DESCRIPTION:
        return "\n".join(texts)
    # Patterns read these: bounded, and each run of blanks one.
    return clean_line(" ".join(texts) if column is Column.PLACE else " ; ".join(texts))[:MAX_LABEL]
