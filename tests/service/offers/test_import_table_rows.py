"""Rows as people type them into tables, with what each says: all were written before the reader had seen them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from services.offers.domain.imports import RowRefused
from services.offers.domain.imports.feeds import read_feed
from services.offers.domain.imports.files import UnreadableFile
from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.sheets.reading import is_over, read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from services.offers.domain.imports.sheets.titles import Column, columns_of
from shared.reference.communes import Communes
from tests.service.offers.tabled import HEADER, as_csv, line

communes = Communes.load()
TABLES = json.loads((Path(__file__).parent / "data" / "offer_tables.json").read_text())
NEAR = 0.15
"""Of months and pay, which are rounded."""


def said(read: Read) -> dict[str, Any]:
    given, flags = read.given, read.given.declared_schedule
    return {
        "title": given.title,
        "place": given.place.commune_code,
        "contract": given.contract_kind.value,
        "months": given.duration_months,
        "hours": given.weekly_hours,
        "low": given.salary.hourly_min,
        "high": given.salary.hourly_max,
        "start": given.starts_on and given.starts_on.isoformat(),
        "apply_by": given.apply_by and given.apply_by.isoformat(),
        "employer": read.company_name,
        "code": given.occupation_code,
        "positions": given.positions_total,
        "licences": [one.value for one in given.licences],
        "xp": given.experience_months,
        "url": given.apply_url and str(given.apply_url).rstrip("/"),
        **{name: getattr(flags, name, None) for name in ("early", "late", "night", "weekend")},
    }


def outcome(row: object, seen: set[str]) -> dict[str, Any]:
    """What the row says, or the field for which it is refused."""
    assert isinstance(row, SheetRow)
    identity = str(row.external_id)
    try:
        if row.errors:
            return {"refused": row.errors[0].field}
        if is_over(row):
            return {"refused": "status"}
        if identity in seen:
            return {"refused": "reference"}
        seen.add(identity)
        return said(read_sheet_row(row, identity, communes, "23"))
    except RowRefused as refused:
        return {"refused": refused.errors[0].field}


def close(found: Any, expected: Any) -> bool:
    if isinstance(expected, float | int) and isinstance(found, float | int):
        return abs(found - expected) <= NEAR
    return bool(found == expected)


@pytest.mark.parametrize("table", TABLES, ids=[one["name"] for one in TABLES])
def test_rows_say_what_people_meant(table: dict[str, Any]) -> None:
    content = as_csv([table["header"], *(row["cells"] for row in table["rows"])])
    read = read_table(content, Asked(), 10**8)
    found = dict(read.parsed(0, len(read)))
    seen: set[str] = set()
    wrong = []
    for number, row in enumerate(table["rows"], 2):
        expected = row["expected"]
        if number not in found:
            told: dict[str, Any] = {"skipped": True}
        else:
            told = outcome(found[number], seen)
        wrong += [
            (row["cells"], name, value, told.get(name, told.get("refused")))
            for name, value in expected.items()
            if not close(told.get(name), value) and name not in row.get("known_wrong", [])
        ]
    assert wrong == []


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (["Poste (H/F)", "Durée (h/semaine)", "Durée (mois)"], ["title", "hours", "duration"]),
        (["N°", "Postes", "Intitulé"], [None, "positions", "title"]),
        (["Métier", "Code ROME", "Secteur"], ["title", "occupation", "place"]),
        (["Titre", "Métier", "Lieu", "Secteur"], ["title", "occupation", "place", None]),
        (
            ["Date", "Date limite de dépôt des candidatures", "Date de prise de fonction"],
            [None, "apply_by", "starts_on"],
        ),
        (["Salaire min", "Salaire max", "Taux horaire", "€/h"], ["salary", "salary_max", "salary", "salary"]),
    ],
)
def test_titles(titles: list[str], columns: list[str | None]) -> None:
    assert columns_of(titles) == columns


@pytest.mark.parametrize(
    ("separator", "encoding"),
    [
        (",", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1252"), ("|", "mac_roman"), (";", "utf-16-le"), (";", "cp850"),
    ],
)  # fmt: skip
def test_encodings_and_separators(separator: str, encoding: str) -> None:
    content = as_csv([HEADER, line(1, Poste="Ébéniste à Évaux", Salaire="12,50/h")], separator, encoding)
    for packed in (content, gzip.compress(content)):
        ((_, row),) = read_feed(packed, 10**6, 10, Asked()).parsed(0, 9)
        assert isinstance(row, SheetRow)
        assert row.values[Column.TITLE] == "Ébéniste à Évaux"


def test_letters_that_were_taken_for_others_are_mended() -> None:
    content = as_csv([HEADER, line(1, Poste="Ébéniste", Commune="Guéret")]).decode("cp1252", errors="ignore").encode()
    ((_, row),) = read_table(content, Asked(), 10**6).parsed(0, 9)
    assert isinstance(row, SheetRow)
    assert (row.errors, row.values[Column.PLACE], row.values[Column.REFERENCE]) == ((), "Guéret", "R1")


def test_ten_thousand_rows_are_taken_and_more_are_refused_with_what_to_do() -> None:
    rows = [HEADER, *(line(number) for number in range(10_000))]
    assert len(read_feed(as_csv(rows), 10**8, 50_000, Asked())) == 10_000
    with pytest.raises(UnreadableFile) as refused:
        read_feed(as_csv([HEADER, *(line(number) for number in range(10_100))]), 10**8, 50_000, Asked())
    assert refused.value.rule == "too-many-rows"


def test_of_two_columns_of_one_title_the_first_counts_and_texts_are_put_together() -> None:
    header = ("Poste", "Lieu", "Contrat", "Salaire", "Salaire", "Missions", "Profil")
    read = read_table(
        as_csv([header, ("Maçon", "Guéret", "CDI", "12 €/h", "15 €/h", "Murs", "Sérieux")]), Asked(), 10**6
    )
    ((_, row),) = read.parsed(0, 9)
    assert isinstance(row, SheetRow)
    assert (row.values[Column.SALARY], row.values[Column.DESCRIPTION]) == (
        "12 €/h",
        "Missions : Murs\nProfil : Sérieux",
    )
    assert any("D (Salaire) est lue, E (Salaire) ne l'est pas" in note for note in read.notes)


def test_what_no_field_takes_stays_in_the_text() -> None:
    header = ("Poste", "Lieu", "Contrat", "Début", "Contact", "Expérience", "Permis", "Diplôme", "Horaires")
    row = (
        "Cariste",
        "Guéret",
        "CDI",
        "dès que possible",
        "Mme Roux 0555000000",
        "souhaitée",
        "B souhaité",
        "CAP",
        "variables",
    )
    ((_, found),) = read_table(as_csv([header, row]), Asked(), 10**6).parsed(0, 9)
    assert isinstance(found, SheetRow)
    offer = read_sheet_row(found, "1", communes, None).given
    assert offer.description.splitlines() == [
        "Début : dès que possible", "Expérience : souhaitée", "Diplôme : CAP", "Horaires : variables", "Permis : B souhaité",
        "Contact : Mme Roux 0555000000",
    ]  # fmt: skip
    assert (offer.licences, offer.experience_months, offer.qualification_level) == ((), 0, None)
