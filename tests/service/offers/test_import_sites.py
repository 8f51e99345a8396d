"""Tables of shops, sites and programs: a commune below «Magasin», a column for the period of the pay, fractions of a week."""

import contextlib
import time
from collections.abc import Sequence
from datetime import date

import pytest

from services.offers.domain.imports.rows import Read, RowRefused
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from services.offers.domain.imports.sheets.titles import Column
from shared.reference.communes import Communes
from tests.service.offers.tabled import as_csv

communes = Communes.load()
KNOWN = Known(communes, None, date(2026, 11, 30))


def read(header: Sequence[str], *rows: Sequence[str]) -> list[Read]:
    table = read_table(as_csv([header, *rows]), Asked(), 10**7, KNOWN)
    found = [row for _, row in table.parsed(0, len(rows))]
    return [read_sheet_row(row, "x", communes, None) for row in found if isinstance(row, SheetRow)]


def columns(header: Sequence[str], *rows: Sequence[str]) -> list[Column | None]:
    return [one.column for one in read_table(as_csv([header, *rows]), Asked(), 10**7, KNOWN).columns]


@pytest.mark.parametrize(
    ("title", "cells"),
    [
        ("Magasin", ("Aubusson", "Guéret")),
        ("Magasin", ("Guéret 23000", "La Souterraine")),
        ("Agence", ("Limoges", "Brive-la-Gaillarde")),
        ("Chantier", ("19100 Brive", "Corrèze et Lot", "19360 Malemort")),
        ("Chantier", ("Montluçon", "Domérat (03410)")),
        ("Site", ("Guéret", "Felletin")),
        ("Établissement", ("Guéret", "Felletin")),
        ("Station", ("Bourg-Saint-Maurice", "Chamonix-Mont-Blanc")),
        ("Point de vente", ("Guéret", "Aubusson")),
    ],
)
def test_a_column_of_communes_is_the_place_whatever_kind_of_site_it_is_called(
    title: str, cells: tuple[str, ...]
) -> None:
    found = columns((title, "Poste", "Contrat"), *((cell, "Boucher", "CDI") for cell in cells))
    assert found[0] is Column.PLACE


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        (("Magasin", "Poste", "Contrat"), ("Bricomarché", "La Halle"), Column.EMPLOYER),
        (("Magasin", "Poste", "Contrat"), ("EHPAD Les Genêts, 23230 Gouzon", "Guéret"), Column.EMPLOYER),
        (("Employeur", "Poste", "Contrat"), ("Martin", "Saint-Vaury"), Column.EMPLOYER),
        (("Magasin", "Poste", "Contrat", "Ville"), ("Guéret", "Aubusson"), Column.EMPLOYER),
    ],
)
def test_names_of_shops_and_of_people_stay_the_employer(
    header: tuple[str, ...], cells: tuple[str, ...], column: Column
) -> None:
    rows = [(cell, "Boucher", "CDI", "23000 Guéret")[: len(header)] for cell in cells]
    assert columns(header, *rows)[0] is column


@pytest.mark.parametrize(
    ("title", "period", "low", "high", "hourly"),
    [
        ("sal_periode", "mensuel", "1900", "2100", 12.53),
        ("sal_periode", "horaire", "12,5", "13", 12.5),
        ("UNITE", "A", "30000", "34000", 16.48),
        ("Unité", "M", "2050", "2400", 13.52),
        ("Période salaire", "mois", "2050", "", 13.52),
        ("salary_period", "hour", "13", "", 13.0),
    ],
)
def test_the_period_of_a_pay_may_stand_in_a_column_of_its_own(
    title: str, period: str, low: str, high: str, hourly: float
) -> None:
    (one,) = read(
        ("Poste", "Ville", "Contrat", "SAL MIN", "SAL MAX", title),
        ("Aide-soignant", "23200 Aubusson", "CDI", low, high, period),
    )
    assert one.given.salary.hourly_min == pytest.approx(hourly, abs=0.01)
    assert one.given.duration_months is None


def test_a_unit_of_a_hospital_is_no_period() -> None:
    found = columns(
        ("Poste", "Ville", "Contrat", "Salaire", "Unité"), ("AS", "23000 Guéret", "CDI", "1900", "Cardiologie")
    )
    assert Column.SALARY_PERIOD not in found


@pytest.mark.parametrize(
    ("title", "cell", "low", "high"),
    [
        ("Salaire annuel brut", "28000 - 32000", 15.38, 17.58),
        ("Rémunération annuelle", "24 000/26 000", 13.19, 14.29),
        ("Rémunération annuelle", "30000-38000 + variable", 16.48, 20.88),
        ("Salaire mensuel", "1 900 à 2 250", 12.53, 14.84),
        ("Taux horaire", "12,10-13", 12.1, 13.0),
    ],
)
def test_two_ends_of_a_pay_are_of_the_period_that_their_title_says(
    title: str, cell: str, low: float, high: float
) -> None:
    (one,) = read(("Poste", "Ville", "Contrat", title), ("Comptable", "87000 Limoges", "CDI", cell))
    assert (one.given.salary.hourly_min, one.given.salary.hourly_max) == (
        pytest.approx(low, abs=0.01),
        pytest.approx(high, abs=0.01),
    )


@pytest.mark.parametrize(
    ("contract", "hours"),
    [("CDI 4/5e", 28), ("CDI 3/5ème", 21), ("CDD 6 mois 28/35e", 28), ("CDI 80 %", 28), ("CDI", None)],
)
def test_a_fraction_beside_the_contract_is_of_a_full_week(contract: str, hours: float | None) -> None:
    (one,) = read(("Poste", "Ville", "Contrat"), ("Gestionnaire de paie", "87000 Limoges", contract))
    assert one.given.weekly_hours == hours


@pytest.mark.parametrize(
    ("cell", "licences", "vehicle"),
    [
        ("B (véhicule perso)", ["B"], True),
        ("B (voiture indispensable)", ["B"], True),
        ("B (souhaité)", [], False),
        ("B (obligatoire)", ["B"], False),
        ("C (poids lourd)", ["C"], False),
    ],
)
def test_what_stands_in_brackets_behind_a_licence(cell: str, licences: list[str], vehicle: bool) -> None:
    (one,) = read(("Poste", "Ville", "Contrat", "Permis exigé"), ("Agent", "23000 Guéret", "CDI", cell))
    assert ([licence.value for licence in one.given.licences], one.given.vehicle_required) == (licences, vehicle)


def test_short_titles_and_lengths_of_programs() -> None:
    header = ("LIBELLE", "CTR", "DUREE", "HEBDO", "CPOST", "VILLE", "Nb intérimaires")
    (one,) = read(header, ("CARRELEUR", "MIS", "3 M", "36h75", "23000", "GUERET", "2"))
    given = one.given
    assert (given.duration_months, given.weekly_hours, given.positions_total) == (3, 36.75, 2)
    assert given.place.postcode == "23000"


@pytest.mark.parametrize("unit", ["B (", "4/5e ", "12 - ", "véhicule (", "35 000 "])
def test_the_cost_of_a_cell_grows_with_it_only(unit: str) -> None:
    def cost(length: int) -> float:
        cell, best = (unit * length)[:length], float("inf")
        for _ in range(3):
            before = time.process_time()
            with contextlib.suppress(RowRefused):
                read(("Poste", "Ville", "Contrat", "Permis", "Salaire"), ("Agent", "23000 Guéret", "CDI", cell, cell))
            best = min(best, time.process_time() - before)
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(20_000) < 10 * cost(5_000) + 0.02
