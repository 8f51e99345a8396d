"""Rows of small tables as people keep them, read whole: titles of their own, hours of a month, the town behind the employer."""

from collections.abc import Mapping
from typing import Any

import pytest

from services.offers.domain.imports import RowRefused
from services.offers.domain.imports.rows import Read
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, read_table
from services.offers.domain.imports.sheets.titles import Column
from shared.contracts.vocabulary import ContractKind
from shared.reference.communes import Communes
from tests.service.offers.tabled import as_csv

communes = Communes.load()
GUERET, FELLETIN = "23096", "23079"


def read(headers: list[str], cells: list[str], otherwise: Mapping[Column, str] | None = None) -> Read:
    ((_, row),) = read_table(as_csv([headers, cells]), Asked(otherwise=otherwise or {}), 10**7).parsed(0, 1)
    assert isinstance(row, SheetRow)
    return read_sheet_row(row, "x", communes, "23")


@pytest.mark.parametrize(
    ("title", "cell", "weekly"),
    [
        ("Heures mois", "104", 24.0),
        ("nb_h_mois", "130", 30.0),
        ("h_annuelles", "803", 17.5),
        ("ETP", "0,8", 28.0),
        ("Taux d'activité", "70", 24.5),
        ("Base h.", "26", 26.0),
        ("h/jour", "4", None),
        ("Temps", "plein temps", 35.0),
    ],
)
def test_hours_are_those_of_the_period_that_their_title_says(title: str, cell: str, weekly: float | None) -> None:
    given = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDI", "23000 Guéret", cell]).given
    assert given.weekly_hours == (None if weekly is None else pytest.approx(weekly, abs=0.05))


@pytest.mark.parametrize(
    ("title", "cell", "hourly"),
    [("Tx H.", "12,10", 12.1), ("Taux", "13,20", 13.2), ("Mens. brut", "2450", 16.15), ("Gain", "13 €/h", 13.0)],
)
def test_pay_is_that_of_the_period_that_a_short_title_says(title: str, cell: str, hourly: float) -> None:
    given = read(["Poste", "Contrat", "Ville", title], ["Agent", "CDI", "23000 Guéret", cell]).given
    assert given.salary.hourly_min == pytest.approx(hourly, abs=0.01)


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("INT", ContractKind.TEMPORARY),
        ("ETT", ContractKind.TEMPORARY),
        ("APP", ContractKind.APPRENTICESHIP),
        ("Pro 12 mois", ContractKind.PROFESSIONALISATION),
    ],
)
def test_contracts_are_cut_short_too(cell: str, kind: ContractKind) -> None:
    assert read(["Poste", "Ctr", "Ville"], ["Agent", cell, "23000 Guéret"]).given.contract_kind is kind


@pytest.mark.parametrize(
    ("header", "employer", "town"),
    [
        ("Ferme", "GAEC du Puy, Felletin", FELLETIN),
        ("Établissement", "EHPAD Felletin", FELLETIN),
        ("Enseigne", "Super Marché Felletin", FELLETIN),
        ("Qui", "Boulangerie Martin Felletin", FELLETIN),
        ("Employeur", "Mairie de Felletin", FELLETIN),
    ],
)
def test_where_no_place_is_said_the_employers_name_may_say_it_and_it_is_to_be_confirmed(
    header: str, employer: str, town: str
) -> None:
    found = read([header, "Poste", "Contrat"], [employer, "Agent", "CDI"])
    assert found.given.place.commune_code == town
    assert "place_of_employer" in {one.rule for one in found.warnings}


@pytest.mark.parametrize(
    "employer", ["SARL Felletin", "Dupuy, père et fils", "EHPAD des Deux Vallées", "Garage Martin"]
)
def test_a_name_that_is_no_towns_says_no_place(employer: str) -> None:
    with pytest.raises(RowRefused):
        read(["Entreprise", "Poste", "Contrat"], [employer, "Agent", "CDI"])


def test_a_column_of_client_and_town_is_a_place() -> None:
    found = read(["Poste", "Type", "Client / ville"], ["Maçon", "INT", "SARL Dupuy - Felletin"])
    assert found.given.place.commune_code == FELLETIN


def test_a_line_of_terms_says_contract_hours_and_start() -> None:
    given = read(
        ["Annonce", "Détail", "Secteur"],
        ["Cuisinier(e)", "CDI 35h - 1 week-end sur 2 - dispo 01/10/2027", "Felletin"],
    ).given
    assert (given.contract_kind, given.weekly_hours, str(given.starts_on)) == (ContractKind.CDI, 35, "2027-10-01")


def test_a_sentence_that_speaks_of_a_contract_is_no_line_of_terms() -> None:
    with pytest.raises(RowRefused):
        read(["Annonce", "Détail", "Secteur"], ["Cuisinier(e)", "Remplacement d'une personne en CDI.", "Felletin"])


@pytest.mark.parametrize(
    ("written", "title", "positions"),
    [("2 bûcherons", "bûcherons", 2), ("Maçon", "Maçon", 1), ("35 heures vendeur", "35 heures vendeur", 1)],
)
def test_a_title_may_say_how_many(written: str, title: str, positions: int) -> None:
    given = read(["On embauche", "Contrat", "Ville"], [written, "CDI", "23000 Guéret"]).given
    assert (given.title, given.positions_total) == (title, positions)


def test_from_and_to_are_a_span_and_a_seasons_posts_are_seasonal() -> None:
    given: Any = read(["Emploi saison", "Du", "Au", "Ville"], ["Barman", "01/07/2027", "31/08/2027", "Felletin"]).given
    assert (given.contract_kind, str(given.starts_on), given.duration_months) == (
        ContractKind.SEASONAL,
        "2027-07-01",
        2.0,
    )


@pytest.mark.parametrize(
    ("hours", "late"), [("travail le matin", False), ("travail le matin et le soir", True), ("le matin", None)]
)
def test_work_in_the_morning_is_neither_late_nor_at_night(hours: str, late: bool | None) -> None:
    flags = read(["Poste", "Contrat", "Ville", "Horaires"], ["Agent", "CDI", "23000 Guéret", hours]).given.demands
    assert (None if "late" in flags.unknown else flags.late) is late
