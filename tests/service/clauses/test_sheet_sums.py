"""A line of sums without a label is no line; hours that belong to nobody are."""

from typing import Any

import pytest

from services.clauses.sheets.lines import read_lines
from shared.tables import Sheet, read_sheet
from tests.service.clauses.test_sheets import ROW, TITLES, workbook


def read(*lines: list[Any]) -> tuple[list[tuple[int, list[str]]], Sheet]:
    """Numbers and rules of the lines under the titles, and the sheet."""
    sheet = read_sheet(workbook(TITLES, *lines), lambda rows: True)
    found = read_lines(sheet, None, None)
    return [(line.number, [error.rule for error in line.errors]) for line in found], sheet


def row(participant: str, hours: Any) -> list[Any]:
    return [participant, *ROW[1 : TITLES.index("Heures")], hours]


def bare(hours: Any, month: str | None = None) -> list[Any]:
    at = TITLES.index("Heures")
    return [*[None] * (at - 1), month, hours]


@pytest.mark.parametrize("month", [None, "02/2026"])
def test_a_sum_without_a_label_is_passed_over_and_said(month: str | None) -> None:
    found, sheet = read(row("P-1", 400), row("P-2", "500,5"), bare(900.5, month))
    assert found == [(2, []), (3, [])]
    assert sheet.notes == ["Ligne 4 : un total sans libellé, qui n'est pas déclaré."]


def test_sums_of_parts_and_of_all() -> None:
    found, sheet = read(row("P-1", 10), row("P-2", 20), bare(30), row("P-3", 5), row("P-4", 6), bare(11), bare("41:00"))
    assert [number for number, _ in found] == [2, 3, 5, 6]
    assert len(sheet.notes) == 3


@pytest.mark.parametrize("last", [bare(31), bare(20), bare("trente"), row("", 30), [None, "CDD", None, None, 30]])
def test_other_hours_without_a_person_are_refused(last: list[Any]) -> None:
    found, sheet = read(row("P-1", 10), row("P-2", 20), last)
    assert [number for number, _ in found] == [2, 3, 4]
    assert found[-1][1]
    assert sheet.notes == []


def test_the_same_hours_below_one_line_may_be_somebody_s() -> None:
    found, _ = read(row("P-1", 10), bare(10))
    assert [number for number, _ in found] == [2, 3]
