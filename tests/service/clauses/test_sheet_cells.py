"""What one cell of a contractor's sheet says: hours, months, kinds and evidence as people and programs write them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.clauses.domain.ledger import EvidenceKind
from services.clauses.sheets.cells import CellRefused, day_of_cell, evidence_of, hours_of, kind_of, month_of_cell
from shared.tables import Cell


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("121,33", "121.33"),
        ("121.5", "121.50"),
        ("1 51,67", "151.67"),
        ("151,67 h", "151.67"),
        ("121 h 20", "121.33"),
        ("121:20", "121.33"),
        ("7h", "7.00"),
        ("0", "0.00"),
        ("\u00a07\u202f,5", "7.50"),
        (151.67, "151.67"),
        (121.32999999999998, "121.33"),
        (35, "35.00"),
        (timedelta(hours=35, minutes=15), "35.25"),
        (time(7, 30), "7.50"),
        ("24:30", "24.50"),
        ("35:00", "35.00"),
        ("35:00:00", "35.00"),
        ("7 hrs 30", "7.50"),
    ],
)
def test_hours_as_people_and_programs_write_them(written: Any, hours: str) -> None:
    assert hours_of(Cell(written)) == Decimal(hours)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (Cell(), "required"),
        (Cell("  "), "required"),
        (Cell("absent"), "not-hours"),
        (Cell("1.500"), "ambiguous"),
        (Cell("1,500"), "ambiguous"),
        (Cell("12 5"), "ambiguous"),
        (Cell("1'5"), "ambiguous"),
        (Cell("1.2,5"), "ambiguous"),
        (Cell("9" * 40), "above-month"),
        (Cell(1e300), "above-month"),
        (Cell("-7"), "negative"),
        (Cell("−7,5"), "negative"),
        (Cell("-7h30"), "negative"),
        (Cell("7h5"), "ambiguous"),
        (Cell("12,5'"), "not-hours"),
        (Cell(0.5, format="0%"), "percent"),
        (Cell("7,3333"), "decimals"),
        (Cell("800"), "above-month"),
        (Cell("12:75"), "not-hours"),
        (Cell("1,2,3"), "not-hours"),
        # A footnote is no figure.
        (Cell("12¹"), "not-hours"),
        (Cell("12①"), "not-hours"),
        (Cell("12.5₁"), "not-hours"),
        (Cell("35½"), "not-hours"),
        (Cell(float("nan")), "not-hours"),
        (Cell(True), "not-hours"),
        (Cell(date(2026, 2, 1)), "not-hours"),
        (Cell(datetime(2026, 2, 1, tzinfo=UTC)), "not-hours"),
        # What a spreadsheet keeps of 24:30 as a time of the day: it shows 00:30.
        (Cell(datetime(1900, 1, 1, 0, 30, tzinfo=UTC)), "not-hours"),
        (Cell(None, formula=True), "formula"),
        (Cell("#REF!"), "formula"),
        (Cell("#DIV/0!", formula=True), "formula"),
    ],
)
def test_a_cell_that_says_no_hours_says_why(cell: Cell, rule: str) -> None:
    with pytest.raises(CellRefused) as refused:
        hours_of(cell)
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "written",
    [
        "02/2026",
        "2026-02",
        "15/02/2026",
        "2026-02-15",
        "février 2026",
        "Fév. 26",
        "FEVRIER 2026",
        date(2026, 2, 28),
        "févr.-26",
        "202602",
        202602,
        "2026-02-15 00:00:00",
        "2026-02-01T00:00:00Z",
        "15 février 2026",
        "1er fév26",
        "mois de février 2026",
        "dimanche 15 février 2026",
        46068,
        "46068",
        "du 01/02/2026 au 28/02/2026",
        "01/02/2026 - 28/02/2026",
        "du 9 février 2026 au 20 février 2026",
    ],
)
def test_months_as_people_write_them(written: Any) -> None:
    assert month_of_cell(Cell(written)) == "2026-02"


@pytest.mark.parametrize(
    "written",
    [
        "13/2026",
        "février",
        "2026",
        "hier",
        "02/1926",
        "1/2/3/4",
        "31/02/2026",
        "2026-02-30",
        "T1 2026",
        "S1 2026",
        "semaine 5 2026",
        "février-mars 2026",
        "30 février 2026",
        "12:02:20",
        time(1, 2),
        True,
        "202613",
        "12345",
        "du 15/01/2026 au 14/02/2026",
        "du 28/02/2026 au 01/02/2026",
        "du 01/02/2026 au 29/02/2026",
        "02/2026¹",
        "2026-0²",
    ],
)
def test_what_is_no_month(written: Any) -> None:
    with pytest.raises(CellRefused):
        month_of_cell(Cell(written))


@pytest.mark.parametrize("written", ["28/02/26", "28 févr. 2026", 46081, datetime(2026, 2, 28, 8, tzinfo=UTC)])
def test_the_day_of_a_paper_in_any_writing(written: Any) -> None:
    assert day_of_cell(Cell(written)) == date(2026, 2, 28)
    assert day_of_cell(Cell()) is None
    with pytest.raises(CellRefused, match="Ce n'est pas une date"):
        day_of_cell(Cell("28/02"))


def test_kinds_in_words() -> None:
    words = ("CDD", "Intérim", "mise à disposition", "Sous-traitance", "Contrat d'apprentissage", "cdi")
    found = [kind_of(Cell(word)).value for word in words]
    assert found == ["cdd", "temporary", "supplied", "subcontracted", "apprenticeship", "cdi"]
    same = ("C.D.D.", "CDD d'insertion", "CDD-I", "Contrat à durée déterminée", "c.d.d.i.", "cddi")
    assert {kind_of(Cell(word)).value for word in same} == {"cdd"}
    told = ("CDDI 26h", "Contrat à durée déterminée d'insertion (CDDI)", "PEC", "CDD 6 mois", "Embauche directe (CDD)")
    assert {kind_of(Cell(word)).value for word in told} == {"cdd"}
    assert [
        kind_of(Cell(word)).value for word in ("ETTI", "Intérim d'insertion (ETTI)", "Association intermédiaire")
    ] == [
        "temporary",
        "temporary",
        "supplied",
    ]
    for word in ("CDD (intérim)", "GEIQ", "CDI intérimaire", "Alternance", "26h"):
        with pytest.raises(CellRefused, match="n'est pas connue"):
            kind_of(Cell(word))
    papers = [evidence_of(Cell(word)) for word in ("Relevés d'heures", "fiche de paye", "")]
    assert papers == [EvidenceKind.TIMESHEET, EvidenceKind.PAYSLIP, None]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("CDD de six mois", "cdd"), ("CDD 6 mois", "cdd"), ("C.D.D. (6 mois)", "cdd"),
        ("CDD de 6 mois renouvelable une fois", "cdd"),
        ("contrat à durée déterminée d'un an", "cdd"), ("CDD du 01/02/2026 au 31/07/2026", "cdd"),
        ("CDD de février à juin 2026", "cdd"), ("CDDI 26h/semaine", "cdd"), ("CDI à temps partiel 24 h", "cdi"),
        ("Intérim 3 semaines", "temporary"), ("Contrat pro 12 mois", "professionalisation"),
        ("CDD6mois", "cdd"), ("CUI-CAE 12 mois", "cdd"), ("saisonnier", "cdd"), ("CDD de chantier", "cdd"),
    ],
)  # fmt: skip
def test_how_long_a_contract_is_changes_nothing_of_its_kind(written: str, kind: str) -> None:
    assert kind_of(Cell(written)).value == kind


@pytest.mark.parametrize("written", ["CDD 6 mois puis CDI", "CDI (CDD)", "contrat de 6 mois", "6 mois", "CDD intérim"])
def test_two_kinds_or_none_are_a_doubt(written: str) -> None:
    with pytest.raises(CellRefused, match="n'est pas connue"):
        kind_of(Cell(written))


def test_a_bare_number_of_a_text_is_no_day() -> None:
    bare = Cell("46081", counts_days=False)
    with pytest.raises(CellRefused, match="Ce n'est pas une date"):
        day_of_cell(bare)
    with pytest.raises(CellRefused, match="écrivez par exemple 02/2026"):
        month_of_cell(bare)
