"""Starts and spans in words, in the columns where people write them."""

from datetime import date

import pytest

from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from tests.service.offers.tabled import as_csv
from tests.service.offers.test_import_rows_whole import communes

TODAY = date(2026, 11, 30)


def read(headers: list[str], cells: list[str], today: date | None = TODAY) -> Read:
    ((_, row),) = read_table(as_csv([headers, cells]), Asked(), 10**7).parsed(0, 1)
    assert isinstance(row, SheetRow)
    return read_sheet_row(row, "x", communes, "23", today)


@pytest.mark.parametrize(
    ("title", "cell", "start", "months"),
    [
        ("Prise de poste", "mi-février", "2027-02-15", None),
        ("Dates", "début avril", "2027-04-01", None),
        ("Période", "de juin à septembre 2027", "2027-06-01", 4),
        ("Dates", "15/12 au 14/03", "2026-12-15", 3),
        ("Quand", "dès que possible", None, None),
        ("Durée", "6 mois", None, 6),
    ],
)
def test_words_say_start_and_length(title: str, cell: str, start: str | None, months: float | None) -> None:
    found = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDD", "23000 Guéret", cell])
    assert (found.given.starts_on and found.given.starts_on.isoformat(), found.given.duration_months) == (start, months)
    told = [one.message for one in found.warnings if one.rule == "day_in_words"]
    assert bool(told) is (start is not None)
    assert all(cell in one for one in told)


def test_what_names_no_day_stays_below_the_text() -> None:
    found = read(["Poste", "Contrat", "Ville", "Début"], ["Agent", "CDI", "23000 Guéret", "courant mars"])
    assert (found.given.starts_on, "courant mars" in found.given.description) == (None, True)


@pytest.mark.parametrize("title", ["Début", "Fin", "Date limite"])
@pytest.mark.parametrize(
    "cell",
    [
        "29/02/2027",
        "31/11/2026",
        "00/00/0000",
        "01/13/2027",
        "31/12/9999",
        "1900-01-00",
        "29 février 2027",
        "23000",
        "99999",
    ],
)
def test_what_looks_like_a_day_and_is_none_is_told_and_not_published(title: str, cell: str) -> None:
    found = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDD", "23000 Guéret", cell])
    assert (found.given.starts_on, found.given.apply_by, cell in found.given.description) == (None, None, False)
    assert [one.message for one in found.warnings if one.rule == "day_unread" and cell in one.message]


def test_a_number_by_which_spreadsheets_count_days_is_one_in_a_column_of_days() -> None:
    found = read(
        ["Poste", "Contrat", "Ville", "Début", "Date limite"], ["Agent", "CDI", "23000 Guéret", "46419", "46388.5"]
    )
    assert (found.given.starts_on, found.given.apply_by) == (date(2027, 2, 1), date(2027, 1, 1))
    assert [one.rule for one in found.warnings].count("day_in_words") == 2
    assert (
        read(["Poste", "Contrat", "Ville", "Début"], ["Agent", "CDI", "23000 Guéret", "46419"], None).given.starts_on
        is None
    )


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("04/01/2027", "30/06/2027", 6),
        ("01/04/2027", "30/09/2027", 6),
        ("15/01/2027", "14/07/2027", 6),
        ("04/01/2027", "26/02/2027", 1.8),
    ],
)
def test_from_the_first_to_the_last_day_that_is_worked_are_whole_months(first: str, last: str, months: float) -> None:
    cells = ["Agent", "CDD", "23000 Guéret", first, last]
    assert read(["Poste", "Contrat", "Ville", "Début", "Fin"], cells).given.duration_months == months


def test_without_a_today_words_name_no_day() -> None:
    assert (
        read(["Poste", "Contrat", "Ville", "Début"], ["Agent", "CDI", "23000 Guéret", "mi-mars"], None).given.starts_on
        is None
    )
