"""Parts of a week, seasons, evenings and contracts as offers jot them down, and a school's documentation centre."""

import pytest

from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.spoken import Fields, facts
from shared.contracts.vocabulary import ContractKind
from tests.service.offers.test_spoken_whose import said


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Poste à 4/5e, mercredi non travaillé.", 28),
        ("CDI 3/5ème.", 21),
        ("Contrat de 10 mois à 80 %.", 28),
        ("CDD d'un an à 60 %.", 21),
        ("Base 36h75, CDI.", 36.75),
        ("2h par jour du lundi au vendredi après 18h, soit 10h.", 10),
        ("11h-15h les jours de classe, soit 16h.", 16),
        ("CDI 12h environ par semaine, en journée.", 12),
        ("CDI temps partiel, jeudi à samedi, 21 heures.", 21),
        ("3 postes identiques en CDI, 39h.", 39),
        ("Trois postes en CDI, 39h.", 39),
    ],
)
def test_a_part_of_a_week_is_a_weeks_hours(text: str, hours: float) -> None:
    assert said(text)["hours"] == hours


@pytest.mark.parametrize(
    "text",
    [
        "De 9h à 17h, soit 8h.",
        "Vous passez les 4/5e du temps en clientèle.",
        "Astreinte 1 semaine / 5.",
        "Deux postes : un CDI 35h et un CDD 20h.",
        "CDI temps partiel, fermeture à 21 heures.",
        "Entreprise certifiée à 80 %.",
        "Retour de congé possible à 4/5e sans perte de salaire.",
    ],
)
def test_what_is_no_part_of_a_week(text: str) -> None:
    assert "hours" not in said(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Saison du 19 décembre 2026 au 19 avril 2027.", ContractKind.SEASONAL),
        ("Saison d'été, 5 mois à partir du 1er mai 2027.", ContractKind.SEASONAL),
        ("Nous recrutons pour la saison d'hiver.", ContractKind.SEASONAL),
        ("Contrat vendanges, 35h.", ContractKind.SEASONAL),
        ("CDD jusqu'à fin août 2027.", ContractKind.CDD),
        ("CDD (remplacement congé maternité) du 1er mars au 31 août.", ContractKind.CDD),
        ("Mission intérim jusqu'à 18 mois, équipe du matin.", ContractKind.TEMPORARY),
        ("3 postes identiques en CDI, 39h.", ContractKind.CDI),
    ],
)
def test_a_season_and_a_term_name_the_contract(text: str, kind: ContractKind) -> None:
    assert said(text)["contract"] == kind


@pytest.mark.parametrize(
    "text",
    [
        "Saison après saison, nos clients nous restent fidèles.",
        "Le restaurant double son effectif à la saison d'été.",
        "Vous préparez la saison d'hiver.",
        "Vous animez le CDI du collège.",
        "Aide au CDI d'un lycée.",
        "Pour tous nos postes en CDI avec un an d'ancienneté : deux semaines de vacances.",
        "Le centre de documentation et d'information (CDI) accueille les élèves.",
    ],
)
def test_what_names_no_contract(text: str) -> None:
    assert "contract" not in said(text)


def test_a_title_names_the_documentation_centre_of_a_school() -> None:
    def contracts(title: str) -> list[object]:
        folded = same_length_fold(title)
        nothing = Fields(None, None, None, (), ContractKind.OTHER)
        found = facts(folded, sentences(folded), nothing, title=True)
        return [one.value for _, one in found if one.rule == "text_says_contract"]

    assert contracts("Documentaliste au CDI du lycée") == []
    assert contracts("Documentaliste en CDI") == [ContractKind.CDI]


@pytest.mark.parametrize(
    ("text", "part_time"),
    [
        ("Remplacement sur un mi-temps thérapeutique. CDD de 4 mois.", True),
        ("Mi-temps thérapeutique de remplacement.", True),
        ("Nous accompagnons les salariés en mi-temps thérapeutique.", False),
    ],
)
def test_who_stands_in_for_half_a_week_works_it(text: str, part_time: bool) -> None:
    assert ("part_time" in said(text)) is part_time


@pytest.mark.parametrize(
    ("text", "matter", "there"),
    [
        ("Interventions en fin d'après-midi et soirée.", "late", True),
        ("CDI 35h, couchers et soirées, 1 week-end / 2.", "late", True),
        ("Midis et soirs, coupure l'après-midi.", "late", True),
        ("Roulement matin / soir, un week-end sur deux.", "late", True),
        ("Vous organisez des soirées à thème.", "late", False),
        ("Traiteur de mariages et soirées.", "late", False),
        ("CDD à mi-temps, nuits en internat.", "night", True),
        ("Nos soignants font 12h, jour et nuit. Vous : 9h-17h.", "night", False),
        ("Nos chauffeurs tournent jour et nuit.", "night", False),
        ("Fermeture le mardi midi et soir.", "late", False),
    ],
)
def test_evenings_and_nights_without_a_verb(text: str, matter: str, there: bool) -> None:
    assert (matter in said(text)) is there
