"""A contract that stands beside its column: in the title of another, in front of a trade, as a program's code with a term."""

from typing import Any

import pytest

from services.offers.domain.imports import RowRefused
from services.offers.domain.imports.feeds import read_feed, told
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.elsewhere import contract_implied, facts_in
from services.offers.domain.imports.sheets.rows import Asked
from services.offers.domain.imports.sheets.titles import Column
from shared.http.personal import numbers_in
from shared.reference.communes import Communes
from tests.service.offers.tabled import as_csv

communes = Communes.load()


def contracts(*table: Any) -> list[str]:
    """Of each row its contract, or why it is refused."""
    found = read_feed(as_csv(table), 10**6, 100, Asked())
    said = []
    for _, row in found.parsed(0, len(found)):
        try:
            said.append(told(row, numbers_in).read(communes, "23").given.contract_kind.value)
        except RowRefused as refused:
            said.append(refused.errors[0].rule)
    return said


@pytest.mark.parametrize(
    ("title", "contract"),
    [
        ("Poste CDDI", "cddi"), ("Postes en apprentissage", "apprenticeship"), ("Poste (CDI)", "cdi"),
        ("Emploi saisonnier", "seasonal"), ("Poste intérim", "temporary"), ("Intitulé (CDI ou CDD)", "required"),
        ("Poste", "required"),
    ],
)  # fmt: skip
def test_the_title_of_the_posts_names_one_contract(title: str, contract: str) -> None:
    header = (title, "Lieu", "Heures")
    assert contracts(header, ("Maçon", "23000 Guéret", "26"), ("Peintre", "23000 Guéret", "30")) == [contract] * 2


@pytest.mark.parametrize(
    ("title", "contract"),
    [
        ("Intérim - Canalisateur", "temporary"), ("INTERIM : Cariste", "temporary"), ("(Intérim) - Soudeur", "temporary"),
        ("Chargé de recrutement intérim", "required"), ("Assistant d'agence - intérim", "required"),
        ("Intérim et recrutement : assistant", "required"),
    ],
)  # fmt: skip
def test_temporary_work_in_front_of_a_trade(title: str, contract: str) -> None:
    assert contracts(("Poste", "Lieu", "Heures"), (title, "23000 Guéret", "35")) == [contract]


@pytest.mark.parametrize(
    ("code", "term", "contract"),
    [("MIS", "3 M", "temporary"), ("SAI", "4 mois", "seasonal"), ("DDI", "6 mois", "cddi"), ("XYZ", "3 M", "unknown")],
)
def test_a_programs_code_beside_its_term(code: str, term: str, contract: str) -> None:
    assert contracts(("Poste", "Lieu", "Contrat", "Durée"), ("Carreleur", "23000 Guéret", code, term)) == [contract]


@pytest.mark.parametrize("said", ["Ensemble", "ENSEMBLE :", "Total"])
def test_the_whole_of_a_table_is_no_post(said: str) -> None:
    header = ("Structure", "Poste", "Lieu", "Contrat", "Postes")
    rows = [("Les Jardins", "Maraîcher", "23000 Guéret", "CDDI", "4"), (said, "", "", "", "7")]
    assert contracts(header, *rows) == ["cddi", "total"]


@pytest.mark.parametrize(
    "title",
    [
        "Aide documentaliste au CDI du lycée", "Surveillant du CDI du collège", "Agent d'accueil, le CDI de l'école",
        "Professeur documentaliste - Centre de Documentation et d'Information (CDI)",
        "Aide au centre de documentation et d’information (C.D.I.)",
        "Documentaliste CDI des lycées", "Accueil au cdi d'un lycée", "Animateur Comité Départemental d'Initiatives (CDI)",
        "Secrétaire du Conseil des Directeurs Indépendants (CDI)", "Aide - Centre de Développement Durable (CDD)",
    ],
)  # fmt: skip
def test_letters_that_stand_for_a_place_are_no_contract(title: str) -> None:
    assert contracts(("Poste", "Lieu", "Heures"), (title, "23000 Guéret", "26")) == ["required"]
    assert contract_implied(f"Postes : {title}") is None
    assert Column.CONTRACT not in facts_in(title, Known()).facts


@pytest.mark.parametrize(
    "title",
    [
        "Maçon (CDI)", "Aide, contrat à durée indéterminée (CDI)", "Chef de dépôt industriel (CDI)", "Surveillant de lycée CDI",
        "Documentaliste au CDI du lycée, en CDI", "Cuisinier du collège (CDI)",
    ],
)  # fmt: skip
def test_the_letters_of_a_contract_stay_one(title: str) -> None:
    assert contracts(("Poste", "Lieu", "Heures"), (title, "23000 Guéret", "26")) == ["cdi"]


@pytest.mark.parametrize(
    "name",
    [
        "EI Dupont",
        "Tremblay AI",
        "magasin Leclerc AI",
        "EI Roux Paul",
        "Garage Petit EI",
        "EI - Martin",
        "ETTI",
        "Maison AI",
        "EI Léa",
        "AI",
    ],
)
def test_letters_beside_a_name_imply_no_insertion(name: str) -> None:
    assert contract_implied(name) is None
