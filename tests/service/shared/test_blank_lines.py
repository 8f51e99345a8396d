"""Files of lines in which nothing is written: spreadsheets write a million, and so does whoever wants a minute of us."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from services.clauses.procurement import files as publications
from services.offers.domain.imports.files import read_file
from shared import tables
from shared.tables import records

EMPTY = 30_000


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that were read as records."""
    begun: list[str] = []
    really = records.record_at

    def noted(lines: list[str], at: int, separator: str, *, guessing: bool) -> tuple[list[str] | None, int]:
        begun.append(lines[at])
        return really(lines, at, separator, guessing=guessing)

    for module in (tables, publications):
        monkeypatch.setattr(module, "record_at", noted)
    return begun


@pytest.mark.parametrize("blank", ["\n", ";;\n", " ; ;\t\r\n"])
def test_an_empty_line_of_a_table_is_not_read_as_a_record(read: list[str], blank: str) -> None:
    text = "id;nom;heures\n" + blank * EMPTY + "1;Bâti;12\n" + blank * EMPTY
    [row] = publications.rows_of(text.encode())
    assert (row.number, row.values) == (EMPTY + 2, {"id": "1", "nom": "Bâti", "heures": "12"})
    assert len(read) == 2
    sheet = tables.read_sheet(text.encode(), lambda rows: bool(rows))
    assert [[cell.value for cell in row.cells] for row in sheet.rows] == [["id", "nom", "heures"], ["1", "Bâti", "12"]]
    assert len(read) < 10


def test_a_file_of_more_lines_than_a_spreadsheet_has_is_refused() -> None:
    text = "id;nom;heures\n1;Bâti;12\n" + "\n" * (2 * records.MAX_LINES)
    with pytest.raises(publications.UnreadableFile) as publication:
        list(publications.rows_of(text.encode()))
    with pytest.raises(tables.UnreadableSheet) as sheet:
        tables.read_sheet(text.encode(), lambda rows: len(rows) > 9)
    assert publication.value.rule == sheet.value.rule == "too-many-rows"
    assert sheet.value.message.startswith(
        "10 000 lignes et 60 colonnes au plus : envoyez ce tableau en plusieurs fichiers"
    )


def test_a_feed_goes_from_one_written_line_to_the_next() -> None:
    content = b'{"id": 1}\n' + b" \r\n" * EMPTY + b'{"id": 2}' + b"\n" * EMPTY
    found: list[Any] = []
    steps = _steps(lambda: found.extend(value for _, value in read_file(content, 10**9, 10).parsed(0, 10)))
    assert found == [{"id": 1}, {"id": 2}]
    assert steps < EMPTY / 10


def _steps(call: Callable[[], object]) -> int:
    """How many lines of Python a call runs, which is the same at every run."""
    steps = 0

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        nonlocal steps
        steps += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return steps
