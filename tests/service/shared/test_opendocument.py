"""Sheets of OpenDocument: what a spreadsheet shows, and what a file made to harm costs."""

# Elements stand as a file has them.
# ruff: noqa: E501

import tracemalloc
from datetime import timedelta
from typing import Any

import pytest

from shared.tables import MAX_COLUMNS, Sheet, UnreadableSheet, read_sheet
from tests.service.offers.tabled import as_ods, cell, ods_row

STYLES = '<style:style style:name="t1"><style:table-properties table:display="false"/></style:style>'


def read(*tables: tuple[str, str], **more: Any) -> Sheet:
    return read_sheet(as_ods(*tables, **more), lambda rows: True)


def test_values_are_what_the_program_shows() -> None:
    rows = ods_row(
        [
            "Guéret\nCreuse",
            12.5,
            '<table:table-cell office:value-type="percentage" office:value="0.8"><text:p>80 %</text:p></table:table-cell>',
            '<table:table-cell office:value-type="currency" office:value="1850"><text:p>1 850,00 €</text:p></table:table-cell>',
            '<table:table-cell office:value-type="time" office:time-value="PT35H30M00S"><text:p>35:30</text:p></table:table-cell>',
            '<table:table-cell office:value-type="date" office:date-value="2027-01-04"><text:p>04/01/27</text:p></table:table-cell>',
            '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p></table:table-cell>',
            '<table:table-cell office:value-type="float" office:value="42"><text:p>0042</text:p></table:table-cell>',
            '<table:table-cell table:formula="of:=[.A1]"/>',
        ]
    )
    (row,) = read(("Un", rows)).rows
    text, number, share, money, lasts, day, truth, padded, formula = row.cells
    assert (text.text, number.value, truth.value) == ("Guéret Creuse", 12.5, True)
    assert (share.value, share.percent, money.value, money.printed) == (0.8, True, 1850, "€")
    assert (lasts.value, str(day.value)) == (timedelta(hours=35, minutes=30), "2027-01-04 00:00:00")
    assert (padded.value, padded.shape, formula.formula, formula.value) == (42, "0000", True, None)


def test_hidden_sheets_rows_and_columns_merged_cells_and_comments() -> None:
    column = '<table:table-column/><table:table-column table:visibility="collapse"/>'
    noted = '<table:table-cell office:value-type="string"><office:annotation><text:p>à voir</text:p></office:annotation><text:p>c</text:p></table:table-cell>'
    rows = (
        column
        + ods_row([cell("a", table_number_rows_spanned=2), "b", noted])
        + ods_row(["<table:covered-table-cell/>", "d"], table_visibility="filter")
        + ods_row([None], table_number_rows_repeated=3)
        + ods_row(["e"], table_number_rows_repeated=2)
    )
    sheet = read(("Un", rows), ("Deux", ods_row(["secret"])), styles=STYLES)
    assert [row.number for row in sheet.rows] == [1, 2, 6, 7]
    assert [row.hidden for row in sheet.rows] == [False, True, False, False]
    first, second = sheet.rows[0].cells, sheet.rows[1].cells
    assert [one.text for one in first] == ["a", "b", "c"]
    assert [(first[0].merged, second[0].merged, first[1].hidden)] == [(True, True, True)]
    assert {"à voir", "secret"} <= set(sheet.beside)
    assert sheet.notes == ["Feuilles masquées, qui ne sont pas lues : «Deux»."]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        (
            ods_row([cell("x", table_number_columns_repeated=999_999_999)], table_number_rows_repeated=999_999_999),
            "too-many-rows",
        ),
        (
            ods_row([cell("x" * 12_000, table_number_columns_repeated=60)], table_number_rows_repeated=5_000),
            "too-many-rows",
        ),
        ("<table:table-row><table:table-cell>", "damaged"),
        ("", "empty"),
    ],
)
def test_what_is_made_to_harm_costs_little(rows: str, rule: str) -> None:
    content = as_ods(("Un", rows))
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableSheet) as refused:
            read_sheet(content, lambda rows: True)
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert refused.value.rule == rule


def test_many_sheets_cost_no_more_than_one() -> None:
    wide = ods_row([cell(1, table_number_columns_repeated=60)], table_number_rows_repeated=10_000)
    content = as_ods(*((str(at), wide) for at in range(50)))
    tracemalloc.start()
    try:
        assert len(read_sheet(content, lambda rows: rows[0].number == 1, "0").rows) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_a_million_empty_columns_and_rows_are_nothing() -> None:
    rows = ods_row(["a", cell(None, table_number_columns_repeated=16_000)]) + ods_row(
        [cell(None, table_number_columns_repeated=16_000)], table_number_rows_repeated=1_048_000
    )
    (row,) = read(("Un", rows)).rows
    assert len(row.cells) == 1 <= MAX_COLUMNS


def test_a_password_is_said() -> None:
    with pytest.raises(UnreadableSheet) as refused:
        read(("Un", ods_row(["a"])), secret=True)
    assert refused.value.rule == "protected"


@pytest.mark.parametrize("count", [1_500, 400_000])
def test_a_tag_with_more_attributes_than_any_program_writes_is_no_sheet(count: int) -> None:
    """Expat compares them with one another: 400,000 took five seconds, and 1,200,000 fifty-two."""
    attributes = " ".join(f"a{number}='x'" for number in range(count))
    with pytest.raises(UnreadableSheet) as refused:
        read(("Un", ods_row([f"<table:table-cell {attributes}><text:p>Maçon</text:p></table:table-cell>"])))
    assert refused.value.rule == "damaged"


def test_a_text_of_any_length_is_no_such_tag() -> None:
    (row,) = read(("Un", ods_row(["x" * 300_000]))).rows
    assert set(row.cells[0].text) == {"x"}
