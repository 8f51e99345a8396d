"""Rows as town halls, centres de gestion and their programs write them: contracts of the public service, parts of a week."""

import pytest

from services.offers.domain.imports.hours import read_working_time
from services.offers.domain.imports.salary import Work, read_salary
from services.offers.domain.linter import Draft, lint
from shared.contracts.vocabulary import ContractKind, OpportunityKind
from tests.service.offers.test_import_values import read


@pytest.mark.parametrize(
    ("words", "contract"),
    [
        ("Contractuel catégorie C", "cdd"),
        ("Contractuelle de droit public", "cdd"),
        ("Vacataire", "cdd"),
        ("Parcours emploi compétences", "cdd"),
        ("CUI-CIE", "cdd"),
        ("Contrat aidé", "cdd"),
        ("Contrat adulte-relais", "cdd"),
        ("Contrat de projet", "cdd"),
        ("Remplacement", "cdd"),
        ("Emploi temporaire", "cdd"),
        ("Accroissement temporaire d'activité", "cdd"),
        ("Accroissement saisonnier d'activité", "seasonal"),
        ("Contrat d'engagement éducatif", "cdd"),
        ("Volontariat territorial en administration (VTA)", "cdd"),
        ("CDII", "cdi"),
        ("Titulaire de la fonction publique", "other"),
        ("Emploi permanent - vacance d'emploi", "other"),
        ("Mutation, détachement, liste d'aptitude", "other"),
        ("Autre", "other"),
        ("Stage gratifié", "training"),
    ],
)
def test_a_contract_in_words_of_the_public_service_is_read(words: str, contract: str) -> None:
    assert read(typeContrat=words, typeContratLibelle=None).given.contract_kind == contract


def test_a_service_civique_is_no_volunteering_in_an_administration() -> None:
    civic = read(typeContrat="Service civique", typeContratLibelle=None).given
    paid = read(typeContrat="Volontariat territorial en administration", typeContratLibelle="CDD 12 mois").given
    assert (civic.kind, civic.contract_kind) == (OpportunityKind.VOLUNTEERING, ContractKind.VOLUNTEERING)
    assert (paid.kind, paid.contract_kind) == (OpportunityKind.JOB, ContractKind.CDD)


@pytest.mark.parametrize(
    ("label", "months"),
    [
        ("CDD de six mois", 6.0),
        ("CDD un an", 12.0),
        ("CDD - 1 an et demi", 18.0),
        ("Contrat de projet de trois ans", 36.0),
        ("CDD du 01/03/2027 au 31/08/2027", None),
    ],
)
def test_a_duration_in_letters_is_one(label: str, months: float | None) -> None:
    assert read(typeContrat="CDD", typeContratLibelle=label).given.duration_months == months


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("temps non complet 31h30/35h", 31.5),
        ("26,25/35e", 26.25),
        ("Temps partiel 80 %", 28.0),
        ("Quotité : 50 %", 17.5),
        ("50%", 17.5),
        ("2 h/j, 4 j/semaine", 8.0),
        ("10 heures de ménage par semaine", 10.0),
        ("3 heures le mardi et 3 heures le vendredi", None),
        ("3 heures le mardi et 3 heures le vendredi, soit 6 h par semaine", 6.0),
        ("prime de 10 %", None),
        ("Temps partiel 17h30 (50 %)", 17.5),
    ],
)
def test_a_part_of_a_week_is_read_as_it_is_posted(said: str, hours: float | None) -> None:
    assert read_working_time([said]).weekly_hours == hours


def test_figures_in_warnings_are_written_as_french_is() -> None:
    (hours,) = read_working_time(["Contrat 17,5 h par semaine, 20 h par semaine en été"]).warnings
    assert "Plusieurs durées sont dites (17,5 ; 20 h)" in hours.message
    _, (pay,) = read_salary("Mensuel de 12,50 Euros", work=Work())
    assert "Lu comme horaire, il serait de 12,50 € de l'heure" in pay.message
    text = lint(Draft("Agent (H/F)", "Contrat de 17,5 h par semaine.")).warnings
    assert "17,5 h par semaine ? Indiquez la durée." in [one.proposal for one in text]


def test_an_empty_list_in_the_place_of_an_object_says_nothing() -> None:
    found = read(salaire=[], contact=[]).given
    assert (found.salary.hourly_min, found.salary.text) == (None, None)
