"""Whom a sentence of an offer speaks of, where it is broken, on a form, in the words of a law or in look-alike letters."""

import pytest

from services.offers.domain.linter import Draft, lint
from tests.service.offers.test_linter import outcome


def rules(text: str, title: str = "Employé polyvalent (H/F)") -> tuple[set[str], set[str]]:
    report = lint(Draft(title, text), by_rules_alone=True)
    return {one.rule for one in report.refusals}, {one.rule for one in report.warnings}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Vous avez entre dix-huit et\ntrente ans.", "age_limit"),
        ("Poste ouvert aux hommes\nuniquement.", "sex"),
        ("Handicapés\ns'abstenir", "health"),
        ("Poste réservé aux\njeunes de moins de 26 ans.", "age_limit"),
        ("H\u043emm\u0435s uniquement", "sex"),  # Cyrillic о and е
        ("Nati\u03bfnalité française exigée", "origin"),  # Greek ο
        ("Religion : chrétienne", "appearance_religion_union"),
        ("Orientation sexuelle :", "appearance_religion_union"),
        ("Situation matrimoniale :", "family"),
        ("Pays de naissance :", "origin"),
        ("Sexe : F", "sex"),
        ("Clientèle exigeante : profil européen privilégié.", "origin"),
        ("Ouvert uniquement aux citoyens français.", "origin"),
        ("Vendeuse (homme accepté si très motivé), mais de préférence une dame.", "sex"),
        ("Merci de ne postuler que si vous habitez Aubusson même.", "residence"),
        ("Recherche nounou catholique pratiquante.", "appearance_religion_union"),
        ("Formation gratuite, seuls les supports (120 €) sont à payer par le candidat.", "payment_asked"),
    ],
)
def test_a_condition_is_refused_however_it_is_written(text: str, rule: str) -> None:
    refused, _ = rules(text)
    assert rule in refused


@pytest.mark.parametrize(
    "text",
    [
        "Une équipe de femmes et d'hommes\nuniquement motivés par le goût.",
        "Profil recherché\nUniquement le matin\nHommes et femmes bienvenus",
        "Vous encadrez des jeunes\nde moins de 26 ans en insertion.",
        "Religion et laïcité : vous animez des ateliers.",
        "Sexe : H/F",
        "Sexe : indifférent",
        "Couleur des cheveux : techniques de coloration et de mèches.",
        "Club de fitness dédié exclusivement aux femmes, recherche un(e) coach sportif(ve).",
        "Nous considérons que l'homme n'est pas une machine.",
        "Né en 2015, Bien'ici dépoussière la recherche immobilière et vise la première place.",
        "Élabore un diagnostic des besoins du jeune confié et des hypothèses d'intervention.",
        "Être âgé d'au moins 20 ans pour exercer en internat.",
        "Équipe multiculturelle : plus de 30 nationalités doivent y trouver leur place.",
        "Retouches : reprise de jupes taille 36.",
        "Vous avez plus de 50 ans ? Votre expérience nous intéresse.",
        "Recherche cuisinier pour école catholique.",
        "Photos des chantiers à joindre au compte rendu.",
        "Tableau électrique de type européen, prise de type européen.",
        "Vous conduirez une tractopelle de type américain et une benne de type européen.",
    ],
)
def test_what_is_no_condition_on_who_applies_is_nothing(text: str) -> None:
    assert outcome(text) == "nothing"


@pytest.mark.parametrize(
    "text",
    [
        "Vous êtes de nationalité française, en règle avec les droits civiques français.",
        "Entre 17,5 et 29 ans, de nationalité française, en règle avec le service national (JDC).",
        "Emploi franc : être domicilié dans un quartier prioritaire de la ville (QPV).",
        "Figurants hommes de 20 à 60 ans pour un tournage à Felletin.",
    ],
)
def test_in_the_words_of_a_law_somebody_looks_and_nothing_is_refused(text: str) -> None:
    assert outcome(text) == "warned"


@pytest.mark.parametrize(
    "text", ["CV avec photo exigé.", "Tout CV sans photo sera refusé.", "Envoyez CV + photo + lettre manuscrite."]
)
def test_a_photo_is_better_not_asked_for(text: str) -> None:
    _, warned = rules(text)
    assert "photo_asked" in warned


@pytest.mark.parametrize("text", ["CV sans photo, s'il vous plaît.", "Photographies obligatoires des colis livrés."])
def test_no_photo_of_anybody_is_asked_for(text: str) -> None:
    _, warned = rules(text)
    assert "photo_asked" not in warned


def test_a_short_text_without_a_word_of_french_is_foreign() -> None:
    refused, _ = rules("Looking for a farm worker, full time, accommodation provided.", "Farm worker")
    assert refused == {"not_french"}
    refused, _ = rules("Full stack developer, JavaScript, React, Node, pour une startup.", "Full stack developer")
    assert refused == set()


@pytest.mark.parametrize(
    "text",
    [
        "Vous conseillez une clientèle jeune et exigeante.",
        "Face à un public très jeune et exigeant, vous savez garder votre calme.",
        "Vous recevez une patientèle féminine exigeante.",
        "Vous recevez une clientèle musulmane très exigeante.",
        "Vous recevez une clientèle de femmes exigeantes.",
        "Vous servez des convives retraités et exigeants.",
        "Clientèle étudiante exigeante.",
    ],
)
def test_what_those_who_are_served_expect_is_no_demand_on_who_applies(text: str) -> None:
    refused, warned = rules(text)
    assert not (refused | warned) & {"age_limit", "sex", "appearance_religion_union", "origin", "family"}


@pytest.mark.parametrize(
    "text",
    [
        "Vous êtes jeune et exigeant avec la clientèle.",
        "Clientèle exigeante : jeune femme exigée.",
        "La clientèle exige une serveuse jeune et exigeante.",
        "Contact avec la clientèle, vendeuse jeune et exigeante.",
        "Contact clientèle femme exigée.",
        "Face à une clientèle exigeante, nous voulons quelqu'un de jeune.",
    ],
)
def test_beside_those_who_are_served_who_applies_is_still_told_what_is_demanded(text: str) -> None:
    refused, warned = rules(text)
    assert (refused | warned) & {"age_limit", "sex"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pour notre clientèle exigeante, vous êtes impérativement jeune.", "refused"),
        ("Vous êtes jeune et aimez le contact avec nos clients.", "refused"),
        ("Tu es plutôt jeune, au service de nos patients.", "refused"),
        ("Vous êtes référent jeunes pour nos publics.", "nothing"),
        ("Vous êtes en charge des jeunes.", "nothing"),
        ("Vous accueillez une clientèle jeune et dynamique.", "nothing"),
        ("Vous travaillez pour un public jeune et dynamique.", "nothing"),
        ("Rejoignez une équipe jeune et dynamique.", "warned"),
    ],
)
def test_whoever_applies_is_young_or_those_who_are_served(text: str, expected: str) -> None:
    assert outcome(text) == expected
