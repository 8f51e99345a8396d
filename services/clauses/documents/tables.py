"""A report as CSV and as a workbook. Numbers are numbers; a text that begins like a formula stays text."""

import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import CellNumberTuple, Worksheet

from services.clauses.documents.figures import HEADER, Cell, Frame, details, every_month, row
from services.clauses.domain.report import Report
from shared import civil
from shared.outputs import csv_text
from shared.visible import without_hidden

_CHART = {"width": 1_058, "height": 454}
"""Pixels: 28 by 12 cm."""
_A4 = 9
"""Number of the paper (ECMA-376, part 1, 18.3.1.63)."""
_FIRST_WIDTH, _WIDTH = 46, 16
"""Of columns, in digits."""
_LINE_LETTERS, _LINE_HEIGHT = 13, 15
"""Bold letters that surely stand side by side in a column, and points of a line."""


_LETTERS = tuple(map(xl_col_to_name, range(len(HEADER))))


class _Sheet(Worksheet):
    """A sheet of thousands of numbers. XlsxWriter asks of each attribute of each cell whether it must be escaped, and again of
    all cells how far their rows go, which nobody needs: nearly half of what a file cost. All else is its own.
    """

    fh: Any

    def _write_cell(self, row: int, col: int, cell: Any) -> None:
        if cell.__class__ is not CellNumberTuple or cell.format is None or col >= len(_LETTERS):
            super()._write_cell(row, col, cell)
            return
        style = cell.format._get_xf_index()
        self.fh.write(f'<c r="{_LETTERS[col]}{row + 1}" s="{style}"><v>{cell.number:.16G}</v></c>')

    def _calculate_spans(self) -> None:
        """They are an optional hint (ECMA-376, part 1, 18.3.1.73)."""


def as_csv(found: Report) -> str:
    """The lines and the total."""
    return csv_text(HEADER, [row(line) for line in (*found.groups, found.total)])


def as_xlsx(found: Report, frame: Frame, kinds: dict[str, str]) -> bytes:
    """Three sheets: the lines, the parts of the total, and the hours by month and kind with their chart."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties({"title": _safe(frame.title)})
    pen = _Pen(book)
    sheet = book.add_worksheet("Bilan", _Sheet)
    sheet.write_string(0, 0, _safe(frame.title), book.add_format({"bold": True, "font_size": 14}))
    for number, line in enumerate(frame.scope, start=1):
        sheet.write_string(number, 0, _safe(line))
    start = len(frame.scope) + 2
    pen.table(sheet, start, HEADER, [row(line) for line in found.groups])
    pen.row(sheet, start + 1 + len(found.groups), row(found.total), bold=True)
    sheet.freeze_panes(start + 1, 1)
    parts = book.add_worksheet("Publics et sorties")
    parts.set_column(0, 0, 70)
    number = 0
    for title, items in details(found, frame):
        parts.write_string(number, 0, _safe(title), pen.bold)
        for below, item in enumerate(items, start=1):
            pen.row(parts, number + below, item)
        number += len(items) + 2
    worked = every_month(found)
    present = [kind for kind in kinds if any(hours.get(kind) for _, hours in worked)]
    if present:
        _months(pen, worked, {kind: kinds[kind] for kind in present})
    book.close()
    return out.getvalue()


def _months(pen: "_Pen", worked: Sequence[tuple[str, Mapping[str, Decimal]]], kinds: dict[str, str]) -> None:
    name = "Heures par mois"
    sheet = pen.book.add_worksheet(name)
    rows: list[list[Cell]] = [
        [civil.month_in_words(month), *(hours.get(kind, Decimal(0)) for kind in kinds)] for month, hours in worked
    ]
    pen.table(sheet, 0, ("Mois", *kinds.values()), rows)
    chart: Any = pen.book.add_chart({"type": "column", "subtype": "stacked"})
    chart.set_title({"name": "Heures validées par mois", "overlay": False})
    chart.set_size(_CHART)
    for column in range(1, 1 + len(kinds)):
        series = {"categories": [name, 1, 0, len(rows), 0], "values": [name, 1, column, len(rows), column]}
        chart.add_series({"name": [name, 0, column], **series})
    sheet.insert_chart(len(rows) + 3, 0, chart)


class _Pen:
    """Writes cells of one book in its formats."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True})
        self._head = book.add_format(
            {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "text_wrap": True, "valign": "vcenter"}
        )
        self._count, self._hours = self._numbers(bold=False)
        self._bold_count, self._bold_hours = self._numbers(bold=True)

    def _numbers(self, *, bold: bool) -> tuple[Format, Format]:
        whole, exact = (self.book.add_format({"num_format": shape, "bold": bold}) for shape in ("#,##0", "#,##0.00"))
        return whole, exact

    def table(self, sheet: Worksheet, start: int, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A header, which sets the columns' widths, and the rows below it. Printed, each sheet is one page wide."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(start)
        # Wrapped words need their height said: not every spreadsheet finds it when it opens a file.
        sheet.set_row(start, _LINE_HEIGHT * max(-(-len(title) // _LINE_LETTERS) for title in header))
        for column, title in enumerate(header):
            sheet.set_column(column, column, _WIDTH if column else _FIRST_WIDTH)
            sheet.write_string(start, column, title, self._head)
        for number, values in enumerate(rows, start=start + 1):
            self.row(sheet, number, values)

    def row(self, sheet: Worksheet, number: int, values: Sequence[Cell], *, bold: bool = False) -> None:
        """Each value by its own kind: nothing that is a text is calculated."""
        whole, exact = (self._bold_count, self._bold_hours) if bold else (self._count, self._hours)
        text = self.bold if bold else None
        for column, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(number, column, _safe(value), text)
            else:
                sheet.write_number(number, column, float(value), exact if isinstance(value, Decimal) else whole)


def _safe(text: str) -> str:
    """Without what XML cannot carry; as a string cell nothing in it is calculated."""
    return without_hidden(text).replace("\n", " ")
