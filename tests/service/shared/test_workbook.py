"""A workbook of few bytes costs no more than they are: what its parts name again and again is looked at once."""

import io
import warnings
import zipfile
from typing import Any

import pytest

from shared.tables import UnreadableSheet, read_sheet
from shared.tables import workbook as reading

_NAMES = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_SHEET = '<sheet name="Un" sheetId="1" r:id="r1"/>'
ROWS = 40


def rows(count: int = ROWS) -> str:
    return "".join(f'<row r="{number}"><c t="str" s="0"><v>x</v></c></row>' for number in range(1, count + 1))


def xlsx(inside: str = rows(), after: str = "", sheets: str = _SHEET, styles: str = "", again: int = 0) -> bytes:
    """``again``: how often another part of one name is written."""
    out = io.BytesIO()
    link = '<Relationship Id="r1" Target="worksheets/sheet1.xml"/>'
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", f"<workbook {_NAMES}><sheets>{sheets}</sheets></workbook>")
        parts.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="x">{link}</Relationships>')
        parts.writestr("xl/styles.xml", f"<styleSheet {_NAMES}>{styles}</styleSheet>")
        sheet = f"<worksheet {_NAMES}><sheetData>{inside}</sheetData>{after}</worksheet>"
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
        for _ in range(again):
            parts.writestr("xl/worksheets/sheet2.xml", sheet)
    return out.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(UnreadableSheet) as found:
        read_sheet(content, lambda _: True)
    return found.value.rule


class Counted:
    """A function of the module, and how often it was called."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.times = 0
        self._called = getattr(reading, name)
        monkeypatch.setattr(reading, name, self)

    def __call__(self, *args: Any, **more: Any) -> Any:
        self.times += 1
        return self._called(*args, **more)


def test_areas_over_one_another_cost_their_cells_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """450 areas of all cells: each row took 60 ms, so that ten thousand of them held the interpreter for ten minutes."""
    marked = Counted(monkeypatch, "replace")
    over_all = "".join('<mergeCell ref="A1:BH10050"/>' for _ in range(450))
    sheet = read_sheet(xlsx(after=f"<mergeCells>{over_all}</mergeCells>"), lambda _: True)
    assert all(cell.merged for row in sheet.rows for cell in row.cells)
    assert marked.times == ROWS * len(sheet.rows[0].cells)


def test_cells_are_merged_where_an_area_lies_and_nowhere_else() -> None:
    cells = "".join(
        f'<row r="{number}">' + "".join(f'<c r="{column}{number}" t="str"><v>x</v></c>' for column in "ABCD") + "</row>"
        for number in (1, 2, 3, 5)
    )
    areas = ("B2:C3", "C3:C4", "D5:E5", "A1", "C2:C2", "D1:XFD1", "B3:B2")
    merged = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    sheet = read_sheet(xlsx(cells, after=f"<mergeCells>{merged}</mergeCells>"), lambda _: True)
    seen = {row.number: "".join("x" if cell.merged else "." for cell in row.cells[:5]) for row in sheet.rows}
    assert seen == {1: "x..xx", 2: ".xx.", 3: ".xx.", 5: "...xx"}


def test_sheets_of_one_part_are_no_workbook() -> None:
    """Each was read by itself, and five million bytes name a hundred thousand."""
    assert refused(xlsx(sheets=_SHEET + _SHEET.replace("Un", "Deux"))) == "damaged"


def test_parts_of_one_name_are_no_workbook() -> None:
    """Whoever asks for each by its name reads the last of them as often."""
    assert refused(xlsx(again=2)) == "damaged"
    assert len(read_sheet(xlsx(again=1), lambda _: True).rows) == ROWS


def test_a_format_that_many_styles_name_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = Counted(monkeypatch, "is_date_format")
    styles = "<cellXfs>" + '<xf numFmtId="14"/>' * 500 + "</cellXfs>"
    number = '<row r="1"><c s="499"><v>46068</v></c></row>'
    (row,) = read_sheet(xlsx(number, styles=styles), lambda _: True).rows
    assert row.cells[0].text.startswith("2026-02-15")
    assert looked.times == 1
