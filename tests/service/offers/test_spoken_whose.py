"""Whose hours a text speaks of, what it wishes beside what it demands, and what days of rest say of the week-end."""

import pytest

from services.offers.domain.linter import same_length_fold
from services.offers.domain.linter_clauses import sentences
from services.offers.domain.spoken import Fields, facts
from shared.contracts.vocabulary import ContractKind

_NOTHING_STATED = Fields(None, None, None, (), ContractKind.OTHER)


def said(text: str) -> dict[str, object]:
    folded = same_length_fold(text)
    return {
        one.rule.removeprefix("text_says_"): one.value
        for _, one in facts(folded, sentences(folded), _NOTHING_STATED, title=False)
    }


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("Le magasin est ouvert du lundi au samedi.", "weekend"),
        ("La pharmacie est ouverte le samedi jusqu'à 20h.", "late"),
        ("La crèche compte 35 berceaux et fonctionne 50 heures par semaine.", "hours"),
        ("Les nuits sont assurées par un veilleur.", "night"),
        ("L'EHPAD accueille 60 résidents et une équipe de nuit veille à leur sécurité.", "night"),
        ("Repos le samedi et le dimanche.", "weekend"),
    ],
)
def test_hours_of_a_shop_or_of_somebody_else_are_not_asked_after(text: str, matter: str) -> None:
    assert matter not in said(text)


@pytest.mark.parametrize(
    ("text", "matter", "value"),
    [
        ("Magasin ouvert du lundi au samedi, vous travaillez un samedi sur deux.", "weekend", True),
        ("Vous rejoignez notre équipe de nuit.", "night", True),
        ("Repos le dimanche et le lundi.", "weekend", True),
        ("Deux jours de repos consécutifs par semaine, hors week-end.", "weekend", True),
        ("Poste d'aide-soignante, 21h-7h.", "late", True),
        ("Poste à 80 % sur la base de 35 heures.", "hours", 28.0),
        ("De 20 à 30 heures hebdomadaires selon vos disponibilités.", "part_time", None),
        ("CDI après une période d'essai de 2 mois renouvelable.", "contract", ContractKind.CDI),
        ("Emploi saisonnier d'avril à octobre inclus.", "contract", ContractKind.SEASONAL),
    ],
)
def test_hours_of_whoever_applies_are(text: str, matter: str, value: object) -> None:
    found = said(text)
    assert matter in found
    assert found[matter] == value


@pytest.mark.parametrize(
    ("text", "demanded"),
    [
        ("Permis B exigé, permis BE apprécié.", {"licence": "B"}),
        ("Véhicule indispensable, expérience appréciée.", {"vehicle": True}),
        ("Trois ans d'expérience exigés, le CACES serait un plus.", {"experience": 36}),
        ("Permis B et CE appréciés.", {}),
        ("Permis B, une expérience serait un plus.", {}),
    ],
)
def test_what_is_demanded_beside_what_is_wished_is_asked_after_and_that_alone(
    text: str, demanded: dict[str, object]
) -> None:
    assert said(text) == demanded
