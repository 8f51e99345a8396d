"""Rows as people type them into tables, with what each says: all were written before the reader had seen them."""

import gzip
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.domain.imports import RowRefused
from services.offers.domain.imports.feeds import read_feed, told
from services.offers.domain.imports.files import UnreadableFile
from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.sheets.over import is_over
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from services.offers.domain.imports.sheets.titles import Column, columns_of
from shared.http.personal import numbers_in
from shared.reference.communes import Communes
from tests.examples import examples
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
    otherwise = {Column(name): text for name, text in table.get("otherwise", {}).items()}
    read = read_table(content, Asked(otherwise=otherwise), 10**8)
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
        (
            ["Fonction", "Ctr", "Mens. brut", "Tps", "Prise de fct"],
            ["title", "contract", "salary", "hours", "starts_on"],
        ),
        (
            ["METIER", "TX HOR BRUT", "Quot.", "RESIDENCE ADM.", "Postes libres"],
            ["title", "salary", "hours", "place", "positions"],
        ),
        (["libelle_poste", "type_ctr", "TC/TNC", "Dispo"], ["title", "contract", "hours", "starts_on"]),
        (["Poste", "Type", "Base", "places"], ["title", "contract", "hours", "positions"]),
        (["Poste", "Type", "Contrat"], ["title", None, "contract"]),
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
    header = ("Poste", "Lieu", "Contrat", "Début", "Pour postuler", "Expérience", "Permis", "Diplôme", "Horaires")
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


TYPED = st.text(max_size=12) | st.sampled_from(
    [
        "35:00",
        "1 ETP",
        "80 %",
        "CDD de six mois",
        "2/3",
        "du 1 au 2",
        "31/02/2027",
        "x" * 300,
        "=1+1",
        "9" * 40,
        "1e999",
        "NaN",
        "٣٥ h",
    ]
)


@given(st.lists(st.lists(TYPED, max_size=14), min_size=1, max_size=5), st.sampled_from([None, "23"]))
@examples(100)
def test_whatever_is_typed_is_an_offer_or_a_refusal(rows: list[list[str]], home: str | None) -> None:
    header = [
        "Poste", "Lieu", "CP", "Contrat", "Durée", "Début", "Fin", "Heures", "Horaires", "Salaire", "Expérience", "Permis", 
        "SIRET", "Pour postuler",
    ]  # fmt: skip
    sound = ["Maçon", "Guéret", "23000", "CDI", *[""] * 10]
    content = as_csv([header, sound, *([*row, *sound[len(row) :]] for row in rows)])
    found = read_feed(content.replace(b"\x00", b""), 10**6, 100, Asked()).parsed(0, 100)
    assert isinstance(found[0][1], SheetRow)
    for _, row in found:
        with suppress(RowRefused):
            assert said(told(row, lambda _: []).read(communes, home))


@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"Poste;Lieu\n", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbfPoste,Lieu\r\n"]),
)
@examples(100)
def test_any_bytes_are_a_table_or_a_sentence(content: bytes, before: bytes) -> None:
    with suppress(UnreadableFile):
        assert len(read_feed(before + content, 10**6, 100, Asked()))


def test_contacts_and_remarks_are_published_only_where_the_caller_says_so() -> None:
    header = ("Poste", "Lieu", "Contact", "Remarques", "Tél.", "Mail pour postuler")
    content = as_csv([header, ("Maçon CDI", "Guéret", "M. Roux", "mauvais payeur", "0555000000", "rh@bati.example")])

    def text(**columns: Column) -> str:
        read = read_table(content, Asked(columns), 10**6)
        ((_, row),) = read.parsed(0, 9)
        assert isinstance(row, SheetRow)
        if not columns:
            assert any("C (Contact) se publie par column=C=…" in note for note in read.notes)
        return read_sheet_row(row, "1", communes, None).given.description

    assert text() == "Contact : rh@bati.example"
    assert text(C=Column.CONTACT) == "Contact : M. Roux\nContact : rh@bati.example"


def test_a_reference_that_the_program_abridged_and_a_number_of_a_person_are_refused() -> None:
    read = read_table(as_csv([HEADER, line(1, Référence="1,23E+09")]), Asked(), 10**6)
    ((_, row),) = read.parsed(0, 9)
    assert isinstance(row, SheetRow)
    assert [error.rule for error in row.errors] == ["abridged"]
    asked = Asked(otherwise={Column.CONTACT: "1 85 05 78 006 084"})
    ((_, row),) = read_table(as_csv([HEADER, line(1)]), asked, 10**6).parsed(0, 9)
    with pytest.raises(RowRefused) as refused:
        told(row, numbers_in)
    assert [error.rule for error in refused.value.errors] == ["personal-number"]
    with pytest.raises(UnreadableFile):
        read_feed(as_csv([[*HEADER, "1 85 05 78 006 084"], line(1)]), 10**6, 10, Asked())


def test_titles_and_cells_made_to_harm_cost_what_others_do() -> None:
    """Words that may be parted in many ways, blanks and figures without an end: what patterns read is bounded."""
    assert columns_of([f"{'min' * 24} zz €", f"durée {'hebdo' * 13} zz"]) == [None, None]
    header = ("Poste", "Lieu", "Contrat", "Permis", "Durée", "Heures")
    odd = (" " * 11_000 + "x", "1" * 11_000, "1 : " * 3_000)
    rows = [
        ("Maçon", "Guéret", "CDI", *(one if at == here else "" for at in range(3))) for one in odd for here in range(3)
    ]
    read = read_table(as_csv([header, *rows]), Asked(), 10**6)
    for _, row in read.parsed(0, 20):
        assert isinstance(row, SheetRow)
        assert max(map(len, row.values.values())) <= 1_000
