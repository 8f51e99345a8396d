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


@pytest.mark.parametrize(
    "label",
    ["Sous-total Bâti Creuse", "Total février 2026", "Cumul :", "TOTAL GÉNÉRAL", "Grand total", "Somme des heures"],
)
def test_a_sum_with_any_label_is_no_line(label: str) -> None:
    found, _ = read(row("P-1", 10), [label, *bare(10)[1:]], row("P-2", 20))
    assert found == [(2, []), (4, [])]


@pytest.mark.parametrize(
    "text", ["Fait à Guéret, le 02/03/2026", "Signature :", "Nombre de participants : 2", "Page 1/2"]
)
def test_what_is_written_below_is_no_line_and_said(text: str) -> None:
    found, sheet = read(row("P-1", 10), [text])
    assert found == [(2, [])]
    assert sheet.notes == ["Ligne 3 : une mention, qui n'est pas une ligne d'heures."]


@pytest.mark.parametrize("text", ["P-3", "Signature", "Fait", "Total-2b", "Date-12", "Martin"])
def test_a_reference_alone_is_somebody_whose_hours_are_missing(text: str) -> None:
    found, _ = read(row("P-1", 10), [text])
    assert [number for number, rules in found if rules] == [3]


def test_a_month_by_its_name_is_the_one_that_is_asked_for() -> None:
    at = TITLES.index("Mois")

    def of(month: str) -> list[Any]:
        line = row("P-1", 10)
        return [*line[:at], month, *line[at + 1 :]]

    sheet = read_sheet(workbook(TITLES, of("Février"), of("mars")), lambda rows: True)
    assert [[error.rule for error in line.errors] for line in read_lines(sheet, "2026-02", None)] == [
        [],
        ["not-a-month"],
    ]
    assert read_lines(sheet, None, None)[0].errors[0].rule == "not-a-month"


def total(label: str, hours: Any) -> list[Any]:
    return [label, *bare(hours)[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        [total("Total", 40)],
        [row("P-3", 5), total("Sous-total Bâti", 30)],
        [total("Total", 30), row("P-3", 5), total("Total général", 36)],
        [["Fait à Guéret le 3 mars"], total("TOTAL HEURES", "31:00")],
    ],
)
def test_a_sum_of_something_else_is_said(lines: list[list[Any]]) -> None:
    found, sheet = read(row("P-1", 10), row("P-2", 20), *lines)
    assert all(not rules for _, rules in found)
    said = [note for note in sheet.notes if "ce total est de" in note]
    assert len(said) == 1
    assert "h ensemble" in said[0]


@pytest.mark.parametrize(
    "lines",
    [
        [total("Total", 30)],
        [total("Total", "30,02")],  # 7 h 20 is written 7.33: minutes are rounded line by line
        [total("Sous-total", 30), row("P-3", 5), total("Sous-total", 5), total("Total", 35)],
        [total("Total lot 1", 30), row("P-3", 5), total("Sous-total", 5), total("Total lot 2", 5), total("Total", 35)],
        [total("Cumul", 400)],
        [total("Total depuis le début du marché", 400)],
        [row("P-3", "douze"), total("Total", 42)],
        [total("Total", None)],
    ],
)
def test_a_right_sum_one_of_more_and_one_of_lines_that_do_not_read_say_nothing(lines: list[list[Any]]) -> None:
    _, sheet = read(row("P-1", 10), row("P-2", 20), *lines)
    assert sheet.notes == []


@pytest.mark.parametrize(
    "said",
    [
        "Guéret, le 3 avril 2026",
        "La Souterraine le 03/04/2026",
        "* heures estimées",
        "Établi par : service paie",
        "Document généré par un logiciel de paie",
        "Date : 03/04/2026",
        "Observations :",
        "Le gérant",
        "L'entreprise :",
    ],
)
def test_what_stands_below_a_table_is_nobody(said: str) -> None:
    found, sheet = read(row("P-1", 10), [said])
    assert found == [(2, [])]
    assert sheet.notes == ["Ligne 3 : une mention, qui n'est pas une ligne d'heures."]
