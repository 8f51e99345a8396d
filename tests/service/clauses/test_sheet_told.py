"""What a contractor's sheet says to be no insertion is not declared, and of each line is told what was read, from which cell."""

from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.ledger import EmploymentKind
from services.clauses.sheets.cells import CellRefused, hours_of, kind_of
from services.clauses.sheets.titles import names_of
from shared.tables import Cell, Row, UnreadableSheet
from tests.service.clauses.builders import People, contract_body, hours_body
from tests.service.clauses.test_sheets import ROW, TITLES, lines_of, workbook
from tests.support import Running


@pytest.mark.parametrize(
    "kind",
    ["CDI (hors insertion)", "CDD hors insertion", "Intérim (non insertion)", "CDD (hors clause)", "CDI non éligible"],
)
def test_a_contract_outside_of_insertion_is_a_doubt(kind: str) -> None:
    with pytest.raises(CellRefused) as refused:
        kind_of(Cell(kind))
    assert refused.value.rule == "not-insertion"


def test_an_agency_that_is_no_etti_and_insertion_in_brackets_are_kinds_as_before() -> None:
    assert kind_of(Cell("Intérim (hors ETTI)")) is EmploymentKind.TEMPORARY
    assert kind_of(Cell("CDD (insertion)")) is EmploymentKind.CDD
    assert kind_of(Cell("CDD d'insertion")) is EmploymentKind.CDD


@pytest.mark.parametrize("title", ["Heures (sans insertion)", "Heures (encadrants)", "Heures (autres publics)"])
def test_hours_of_others_in_brackets_are_other_hours(title: str) -> None:
    assert names_of(Row(1, [Cell(title)])) == [None]


@pytest.mark.parametrize(
    ("beside", "value"),
    [
        ("Public", "Hors insertion"),
        ("Observations", "hors clause"),
        ("Insertion (O/N)", "N"),
        ("En insertion ?", "Non"),
        ("Éligible", "non"),
        ("Statut", "Permanent"),
        ("Fonction", "Encadrant technique"),
        ("Commentaire", "non éligible à la clause"),
    ],
)
def test_a_line_that_says_it_is_no_insertion_is_refused_with_its_cell(beside: str, value: str) -> None:
    sure, doubtful = lines_of(workbook([*TITLES, beside], [*ROW, "Oui"], ["P-2", *ROW[1:], value]))
    assert sure.errors == []
    [error] = doubtful.errors
    assert (error.rule, error.message.startswith("F3")) == ("not-insertion", True)
    assert "retirez la ligne" in error.message


def test_a_column_of_ticks_is_a_doubt_where_it_is_empty_and_none_where_nobody_ticked() -> None:
    ticked, empty = lines_of(workbook([*TITLES, "Clause"], [*ROW, "x"], ["P-2", *ROW[1:], None]))
    assert (ticked.errors, [one.rule for one in empty.errors]) == ([], ["not-insertion"])
    lines = lines_of(workbook([*TITLES, "Clause"], [*ROW, None], ["P-2", *ROW[1:], None]))
    assert [line.errors for line in lines] == [[], []]


def test_remarks_and_instructions_speak_of_no_line() -> None:
    above = ["Ne pas déclarer ici les heures hors insertion"]
    rows = [
        [*TITLES, "Observations", "Clause"],
        [*ROW, "Sans absence", "Lot 2"],
        ["P-2", *ROW[1:], "CDI à venir", "Lot 2"],
    ]
    assert [line.errors for line in lines_of(workbook(above, *rows))] == [[], []]


@pytest.mark.parametrize(
    ("tab", "above"), [("Hors insertion", "Février"), ("Feuil1", "Personnel hors insertion : 02/2026")]
)
def test_a_sheet_that_says_it_is_of_no_insertion_is_not_read(tab: str, above: str) -> None:
    def named(book: Any, sheet: Any) -> None:
        sheet.title = tab

    with pytest.raises(UnreadableSheet) as unreadable:
        lines_of(workbook([above], TITLES, ROW, change=named))
    assert unreadable.value.rule == "not-insertion"


@pytest.mark.parametrize("titles", [["Nom", "Prénom"], ["Nom et prénom du salarié", "Ville"], ["Salarié", "Chantier"]])
def test_people_by_their_names_are_told_from_a_table_without_titles(titles: list[str]) -> None:
    with pytest.raises(UnreadableSheet) as unreadable:
        lines_of(workbook([*titles, *TITLES[1:]], ["Durand", "Anne", *ROW[1:]]))
    assert unreadable.value.rule == "no-header"
    assert f"«{titles[0]}» nomme des personnes" in unreadable.value.message


@pytest.mark.parametrize(
    ("written", "rule"),
    [("1 ETP", "unit"), ("0,5 etp", "unit"), ("1ETP", "unit"), ("(12,50)", "negative"), ("12,50-", "negative")],
)
def test_full_time_equivalents_and_booked_negatives_say_what_they_are(written: str, rule: str) -> None:
    with pytest.raises(CellRefused) as refused:
        hours_of(Cell(written))
    assert refused.value.rule == rule


async def test_each_line_says_what_was_read_from_which_cell(clauses: Running, people: People) -> None:
    made = await clauses.client.post("/v1/contracts", json=contract_body(), headers=people.facilitator)
    path = f"/v1/contracts/{made.json()['id']}"
    first = hours_body(participant_id="P-3", month="2026-01", hours="7.00")
    assert (await clauses.client.post(f"{path}/hours", json=first, headers=people.contractor)).status_code == 201
    content = workbook(
        ["Relevé"],
        ["N°", *TITLES],
        [1, "P-1", "CDDI", "Bâti Creuse", "janv-26", "35h30"],
        [2, "Anne Durand", "Intérim", "Bâti Creuse", "T1 2026", "1 ETP"],
        [3, "P-3", "CDD", "Bâti Creuse", "janv-26", 8],
        [4, "2 85 05 78 006 084 36", "CDD", "Bâti Creuse", "janv-26", 8],
    )
    answer = await clauses.client.post(
        f"{path}/sheets", params={"preview": "true"}, content=content, headers=people.contractor
    )
    read, named, again, secret = answer.json()["lines"]
    assert {one["field"]: (one["cell"], one["written"], one["understood"]) for one in read["cells"]} == {
        "participant_id": ("B3", "P-1", "P-1"),
        "kind": ("C3", "CDDI", "cdd"),
        "employer": ("D3", "Bâti Creuse", "Bâti Creuse"),
        "month": ("E3", "janv-26", "2026-01"),
        "hours": ("F3", "35h30", "35.50"),
    }
    assert Decimal(read["hours"]) == Decimal("35.50")
    cells = {one["field"]: (one["cell"], one["written"], one["understood"]) for one in named["cells"]}
    assert cells["participant_id"] == ("B4", None, None)
    assert (cells["month"], cells["hours"]) == (("E4", "T1 2026", None), ("F4", "1 ETP", None))
    assert {(one["field"], one["cell"]) for one in named["errors"]} == {("month", "E4"), ("hours", "F4")}
    [already] = again["errors"]
    assert (already["rule"], already["cell"]) == ("declared-already", "F5")
    assert (secret["cells"], [one["rule"] for one in secret["errors"]]) == ([], ["nir"])
    assert "Durand" not in answer.text


@pytest.mark.parametrize(
    "above",
    [
        ["Entreprise : Sans Frontières Insertion"],
        ["Association Hors Piste Insertion"],
        ["Heures réalisées hors congés - insertion"],
        ["Marché non alloti, clause d'insertion"],
        ["Hors insertion : 0 h"],
        ["Heures hors insertion", 12.5],
        ["Relevé insertion / hors insertion"],
        ["Clause d'insertion : oui / hors clause : non"],
    ],
)
def test_names_sums_and_legends_above_the_titles_refuse_no_sheet(above: list[Any]) -> None:
    """A sheet was refused as a whole for its employer's name, a sum of other hours or a legend."""
    assert [line.errors for line in lines_of(workbook(above, TITLES, ROW))] == [[]]


@pytest.mark.parametrize(
    ("beside", "value"),
    [
        ("Type de poste", "Permanent"),
        ("Métier exercé", "Agent permanent"),
        ("Situation à l'entrée", "Sans parcours d'insertion"),
        ("Situation avant l'embauche", "Non inscrit en insertion"),
        ("Chantier", "Résidence Sans Souci Insertion"),
    ],
)
def test_a_job_that_is_to_last_and_where_people_come_from_are_no_doubt(beside: str, value: str) -> None:
    assert [line.errors for line in lines_of(workbook([*TITLES, beside], [*ROW, value]))] == [[]]


@pytest.mark.parametrize(
    "mark",
    [
        "Non soumis à la clause sociale",
        "Salariés non concernés par la clause",
        "Hors parcours d'insertion",
        "Hors clause",
    ],
)
def test_what_is_outside_is_said_in_more_words(mark: str) -> None:
    [line] = lines_of(workbook([*TITLES, "Public"], [*ROW, mark]))
    assert [error.rule for error in line.errors] == ["not-insertion"]


def test_lines_under_a_heading_of_others_are_a_doubt_until_the_next_heading() -> None:
    rows = [["Salariés hors insertion"], ["P-9", *ROW[1:]], ["Équipe B :"], ["P-2", *ROW[1:]]]
    found = lines_of(workbook(TITLES, ROW, *rows))
    rules = [[error.rule for error in line.errors] for line in found]
    assert (rules[:3], "not-insertion" in rules[3], rules[4]) == ([[], ["not-insertion"], ["not-insertion"]], False, [])
    assert "avec leur titre" in found[2].errors[0].message


def test_of_two_sheets_the_one_outside_of_insertion_is_passed_over() -> None:
    def other(book: Any, sheet: Any) -> None:
        sheet.title = "Insertion"
        beside = book.create_sheet("Hors insertion")
        for row in (TITLES, ["P-9", *ROW[1:]]):
            beside.append(row)

    [line] = lines_of(workbook(TITLES, ROW, change=other))
    assert (line.errors, line.asked.participant_id) == ([], "P-1")


@pytest.mark.parametrize("label", ["S/Total", "S/T équipe A", "Ensemble", "Récapitulatif", "Tot."])
def test_a_sum_by_another_name_is_no_line(label: str) -> None:
    [line] = lines_of(
        workbook(TITLES, ROW, [label, None, None, None, ROW[4]], ["Signature :", "Cachet de l'entreprise :"])
    )
    assert line.errors == []
