"""Hours and contracts that are jotted down without a word around them, and the figures that are no week."""

import time

import pytest

from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.spoken import Fields, facts
from shared.contracts.vocabulary import ContractKind
from tests.service.offers.test_spoken_whose import said


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("CDI, 36 h.", 36),
        ("Contrat de 39h, prime de panier.", 39),
        ("CDD de 3 mois, 35 heures.", 35),
        ("Contrat étudiant 12h, le samedi.", 12),
        ("Base 151,67 heures, intérim de 6 mois.", 35),
        ("CDI 36,75 h au SMIC.", 36.75),
        ("39 heures du lundi au vendredi.", 39),
        ("Samedi et dimanche uniquement, 14h au total.", 14),
        ("Contrat 24h, horaires en coupure : 11h-14h et 18h30-21h.", 24),
    ],
)
def test_a_week_behind_a_contract_or_alone_is_proposed(text: str, hours: float) -> None:
    assert said(text)["hours"] == hours


@pytest.mark.parametrize(
    "text",
    [
        "Station ouverte 24h/24.",
        "Réunion à 14h, prise de poste 8h.",
        "Vacations de 12h, jour et nuit.",
        "Formation de 35 heures à assurer.",
        "Accord d'entreprise 35h.",
        "Licence, mathématiques discrètes - 47h.",
        "CDI 24 h ou 35 h selon profil.",
        "Deux contrats à pourvoir : un 35h et un 20h.",
        "Temps de travail choisi (35-39 heures).",
        "CDI à 14h.",
        "Soirs et week-ends, 15 à 20 h.",
    ],
)
def test_clocks_lengths_ranges_and_several_posts_are_no_week(text: str) -> None:
    assert "hours" not in said(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Temps plein en CDI.", ContractKind.CDI),
        ("Type d'emploi : Temps plein, CDI.", ContractKind.CDI),
        ("Poste à 80 %, en CDI, deux jours de télétravail.", ContractKind.CDI),
        ("Mission de 18 mois en intérim.", ContractKind.TEMPORARY),
        ("Intérim puis embauche possible en CDI.", ContractKind.TEMPORARY),
        ("CDD étudiant, samedi et dimanche.", ContractKind.CDD),
        ("Mission en freelance, statut d'auto-entrepreneur requis.", ContractKind.SELF_EMPLOYED),
    ],
)
def test_a_contract_of_its_own_is_named(text: str, kind: ContractKind) -> None:
    assert said(text)["contract"] == kind


@pytest.mark.parametrize(
    "text",
    [
        "CDI, CDD, intérim : nous avons des postes pour tous.",
        "Spécialiste du recrutement en intérim et CDI.",
        "Expérience de trois ans (stage, CDD, premier CDI).",
        "Mutuelle dès 414 h de mission en intérim.",
        "Vous gérez les contrats CDI, CDD et intérim de nos clients.",
        "Évolution possible en CDI.",
    ],
)
def test_contracts_of_others_or_several_are_not(text: str) -> None:
    assert "contract" not in said(text)


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Départ à 2h30, retour vers 10h.", "night"),
        ("Début à 3h du matin, fin à 9h.", "night"),
        ("Service de 18h à 3h.", "night"),
        ("Vacations jour, nuit, week-end.", "night"),
        ("Le restaurant est ouvert le samedi et vous travaillez le samedi soir.", "weekend"),
        ("Soirées et week-ends, trois fois par mois.", "late"),
    ],
)
def test_times_of_whoever_applies_are_asked_after(text: str, matter: str) -> None:
    assert matter in said(text)


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Votre collègue assure les nuits.", "night"),
        ("Le papa travaille de nuit à l'hôpital.", "night"),
        ("Une équipe dédiée assure les nuits, vous travaillez en journée.", "night"),
        ("Astreinte de nuit remplacée par un prestataire : aucune nuit à assurer.", "night"),
        ("L'équipe de nuit recrute également par ailleurs.", "night"),
        ("Nos clients sont ouverts le week-end mais vous ne travaillez que du lundi au vendredi.", "weekend"),
        ("Vous disposez de tous vos week-ends.", "weekend"),
        ("Congés le dimanche soir et le lundi.", "late"),
    ],
)
def test_times_of_somebody_else_are_not(text: str, matter: str) -> None:
    assert matter not in said(text)


@pytest.mark.parametrize(
    "unit",
    [
        "CDI, 39 h, ",
        "contrat de 24h ",
        "soit 35 heures par semaine ",
        "temps partiel, jeudi à samedi ",
        "80 % ",
        "CDI de 6 mois à 80 % ",
        "CDD, CDI, intérim ou ",
        "contrat : CDD puis ",
        "deux postes identiques en CDI et ",
        "base 151,67 heures ",
        "du lundi au samedi de 8h à 12h ",
        "les nuits et ",
        "permis B souhaité, ",
        "2 ans d'expérience ou ",
        "CACES 1, 3 et ",
        "pas de week-end ",
        "mission de ",
        "saison d'été ",
    ],
)
def test_the_cost_of_every_fact_grows_with_the_text_only(unit: str) -> None:
    nothing = Fields(None, None, None, (), None)

    def cost(length: int) -> float:
        text = same_length_fold((unit * length)[:length])
        best = float("inf")
        for title in (False, False, True):
            before = time.process_time()
            list(facts(text, sentences(text), nothing, title=title))
            best = min(best, time.process_time() - before)
        return best

    # Four times the text: four times the work, with room for a noisy machine; a square would be sixteen.
    assert cost(12_000) < 10 * cost(3_000) + 0.01
