"""A report as CSV and as a workbook. Numbers are numbers; a text that begins like a formula stays text."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from services.clauses.documents.figures import HEADER, Cell, Frame, details, row
from services.clauses.domain.report import Report
from shared import civil
from shared.outputs import csv_text
from shared.types import without_hidden

_HEAD = PatternFill("solid", fgColor="1F4E79")


def as_csv(found: Report) -> str:
    """The lines and the total, in the spreadsheet's own way of writing French numbers."""
    rows = [[_comma(cell) for cell in row(line)] for line in (*found.groups, found.total)]
    return csv_text(HEADER, rows)


def _comma(cell: Cell) -> Cell:
    return str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell


def as_xlsx(found: Report, frame: Frame, kinds: dict[str, str]) -> bytes:
    """Three sheets: the lines, the parts of the total, and the hours by month and kind with their chart."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = "Bilan"
    _text(sheet, 1, frame.title, bold=True, size=14)
    for number, line in enumerate(frame.scope, start=2):
        _text(sheet, number, line)
    start = len(frame.scope) + 3
    _table(sheet, start, HEADER, [row(line) for line in (*found.groups, found.total)])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = sheet.cell(start + 1, 2)
    parts: Any = book.create_sheet("Publics et sorties")
    number = 1
    for title, items in details(found, frame):
        _text(parts, number, title, bold=True)
        for label, count in items:
            number += 1
            _text(parts, number, label)
            parts.cell(number, 2, count)
        number += 2
    parts.column_dimensions["A"].width = 70
    if found.months:
        _months(book.create_sheet("Heures par mois"), found, kinds)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _months(sheet: Any, found: Report, kinds: dict[str, str]) -> None:
    present = [kind for kind in kinds if any(kind in hours for _, hours in found.months)]
    rows: list[list[Cell]] = [
        [civil.month_in_words(month), *(hours.get(kind, Decimal(0)) for kind in present)]
        for month, hours in found.months
    ]
    _table(sheet, 1, ("Mois", *(kinds[kind] for kind in present)), rows)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "col", "stacked", 100
    chart.title = "Heures validées par mois"
    chart.add_data(
        Reference(sheet, min_col=2, max_col=1 + len(present), min_row=1, max_row=1 + len(rows)), titles_from_data=True
    )
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=1 + len(rows)))
    chart.width, chart.height = 28, 12
    sheet.add_chart(chart, f"A{len(rows) + 4}")


def _table(sheet: Any, start: int, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    for column, title in enumerate(header, start=1):
        cell = sheet.cell(start, column, title)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[get_column_letter(column)].width = 46 if column == 1 else 16
    for number, values in enumerate(rows, start=start + 1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                cell.value, cell.data_type = _safe(value), "s"
            else:
                cell.value = value
                cell.number_format = "#,##0.00" if isinstance(value, Decimal) else "#,##0"


def _text(sheet: Any, number: int, text: str, *, bold: bool = False, size: int = 11) -> None:
    cell = sheet.cell(number, 1)
    cell.value, cell.data_type = _safe(text), "s"
    cell.font = Font(bold=bold, size=size)


def _safe(text: str) -> str:
    """Without what XML cannot carry; as a string cell nothing in it is calculated."""
    return without_hidden(text).replace("\n", " ")
