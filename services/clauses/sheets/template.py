"""The sheet that a contractor fills in: last month's people and employments, the hours left empty."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from services.clauses.domain.ledger import Employment
from services.clauses.sheets.titles import TITLES
from shared.outputs import csv_text, with_mark

_HEAD = PatternFill("solid", fgColor="1F4E79")

Person = tuple[str, Employment, str | None]
"""Participant, employment, lot."""


def template_rows(people: Sequence[Person], month: str, recorded: frozenset[str]) -> list[list[str]]:
    """A row for each; a recorded employment is named by its number."""
    rows = []
    for participant, employment, lot in people:
        number = employment.id if employment.id in recorded else None
        written = f"{month[5:]}/{month[:4]}"
        rows.append([participant, number or "", employment.kind.value, employment.employer, written, "", lot or "", ""])
    return rows


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """For spreadsheets and programs."""
    return csv_text(tuple(TITLES.values()), rows).encode()


def as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    """With a wide column for each title, the hours as numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Heures"
    sheet.append(list(TITLES.values()))
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
    for row in rows:
        sheet.append([None] * len(row))
        for column, text in enumerate(row, start=1):
            cell = sheet.cell(sheet.max_row, column)
            if text:
                cell.value, cell.data_type = with_mark(text), "s"
            cell.number_format = "0.00" if column == 6 else "@"
    for letter in "ABCDEFGH":
        sheet.column_dimensions[letter].width = 26
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
