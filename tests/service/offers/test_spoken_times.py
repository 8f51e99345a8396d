"""When the work is, by what an offer's title and text say of it: one reading for the linter, the public search and matching."""

import pytest

from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.spoken import Fields, speaks_of_night, spoken
from shared.contracts.vocabulary import ContractKind
from shared.reference.demands import Ask, demands
from shared.reference.text import unaccented

NIGHTS = (
    "IDE nuit",
    "Veilleur nuit (H/F)",
    "Aide soignant (nuit)",
    "Agent de sécurité - nuit",
    "Boulanger nuit H/F",
    "AS nuit",
    "Veilleur (H/F)",
    "Veilleuse de nuit",
    "Aide-soignant jour/nuit",
    "Opérateur 3x8",
    "Agent de production 21h-5h",
)
NO_NIGHTS = (
    "AS - pas de nuit",
    "IDE sans travail de nuit",
    "Cariste (hors nuit)",
    "Agent hôtelier nuitées",
    "Vendeur linge de nuit",
    "Veilleur stratégique",
    "Surveillant veilleur de jour",
    "Gouvernante 40 nuits d'hôtel",
)


@pytest.mark.parametrize("title", NIGHTS)
def test_a_title_names_nights_with_or_without_a_word_before_them(title: str) -> None:
    assert speaks_of_night(unaccented(title), "")
    assert "text_says_night" in rules(title, title=True)


@pytest.mark.parametrize("title", NO_NIGHTS)
def test_a_title_that_denies_nights_or_sells_things_of_the_night_names_none(title: str) -> None:
    assert not speaks_of_night(unaccented(title), "")
    assert demands(title, "").asks.isdisjoint({Ask.NIGHT})


@pytest.mark.parametrize(
    "text",
    [
        "Le service de nuit est assuré par un collègue.",
        "Les nuits sont confiées à une autre équipe.",
        "Pas de nuit, jamais le week-end.",
        "Vente de nuitées et réservations.",
        "Nous offrons trois nuits d'hôtel par an.",
    ],
)
def test_nights_of_others_are_none_of_the_work(text: str) -> None:
    assert not speaks_of_night("agent", unaccented(text))
    assert demands("Agent", text).asks.isdisjoint({Ask.NIGHT})


def test_nights_that_fall_to_who_applies_are_theirs() -> None:
    assert speaks_of_night("agent", "garde de nuit assuree par vous.")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        *((title, "") for title in NIGHTS),
        ("Agent", "Travail de nuit en EHPAD."),
        ("Agent", "Horaires : 21h-5h."),
        ("Agent", "Poste en 3x8."),
        ("Agent", "Prise de poste à 5h."),
        ("Agent", "Horaires : 5h-13h du lundi au vendredi."),
        ("Agent", "Horaires très matinaux."),
        ("Agent", "Travail en soirée."),
        ("Agent", "Fin de service à 21h30."),
        ("Agent", "Du mardi au samedi."),
        ("Agent", "Deux week-ends par mois."),
        ("Agent", "Travail un dimanche sur deux."),
    ],
)
def test_what_matching_takes_for_certain_of_hours_the_author_is_asked(title: str, text: str) -> None:
    certain = demands(title, text).asks & {Ask.EARLY, Ask.LATE, Ask.NIGHT, Ask.WEEKEND}
    asked = rules(title, title=True) | rules(text, title=False)
    assert text == "" or certain
    assert {f"text_says_{ask.value}" for ask in certain} <= asked


def test_hours_that_others_begin_at_are_not_those_of_who_applies() -> None:
    text = "La traite du matin commence à 6h mais vous êtes attendu à partir de 8h30 pour les soins."
    assert demands("Agent", text).asks.isdisjoint({Ask.EARLY})
    assert "text_says_early" not in rules(text, title=False)
    assert "text_says_early" in rules("Le magasin est fermé le lundi mais vous commencez à 5h.", title=False)


def rules(text: str, *, title: bool) -> set[str]:
    folded = same_length_fold(text)
    unstated = Fields(None, None, None, (), ContractKind.OTHER)
    return {one.rule for one in spoken(folded, sentences(folded), unstated, title=title)}


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("Quelques nuits dans le mois, en remplacement.", "text_says_night", True),
        ("0,5 ETP, base 35 heures.", "text_says_hours", 17.5),
        ("3h par jour, 4 jours par semaine.", "text_says_hours", 12.0),
        ("Permis et voiture indispensables.", "text_says_licence", "B"),
        ("Justifier d'au moins 18 mois de conduite de pelle.", "text_says_experience", 18),
        ("CDD de remplacement de 4 mois.", "text_says_contract", ContractKind.CDD),
    ],
)
def test_further_words_for_what_fields_leave_open(text: str, rule: str, value: object) -> None:
    assert value in told(text).get(rule, ())


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Nos clients viennent surtout le week-end.", "text_says_weekend"),
        ("Avec nos 10 ans de métier, nous vous formons.", "text_says_experience"),
        ("3h par jour de transport.", "text_says_hours"),
    ],
)
def test_what_is_said_of_others_or_not_enough_is_asked_of_nobody(text: str, rule: str) -> None:
    assert rule not in told(text)


def test_a_title_names_its_own_contract_and_not_what_is_taught() -> None:
    assert "text_says_contract" in told("Contrat pro vendeur", title=True, contract=ContractKind.CDD)
    assert "text_says_contract" not in told("Moniteur de stages de poterie", title=True, contract=ContractKind.CDD)
    assert "text_says_contract" in told("Stage vendeur", title=True, contract=ContractKind.CDD)


def told(text: str, *, title: bool = False, contract: ContractKind = ContractKind.OTHER) -> dict[str, set[object]]:
    """By rule what a text of which no field says anything is asked."""
    folded = same_length_fold(text)
    found: dict[str, set[object]] = {}
    for one in spoken(folded, sentences(folded), Fields(None, None, None, (), contract), title=title):
        found.setdefault(one.rule, set()).add(one.value)
    return found
