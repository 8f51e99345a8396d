"""Every reason that matching can give has its sentence, and every sentence its reason."""

import ast
import re
from pathlib import Path

import pytest

from services.matching.api import french
from services.matching.domain.constraints import Failed
from shared import reasons
from shared.reasons import SAID_BEFORE, SENTENCES, ReasonCode

ROOT = Path(__file__).resolve().parents[2]
ARGUMENTS = {
    "km": "12", "range_km": "10", "have": "1", "asked": "2", "missing": "Cuisiner", "months": "24", "hours": "28",
    "refused": "night", "licences": "B", "level": "B1", "publics": "iae, clause", "occupation": "K1302",
}  # fmt: skip


def words_of_matching() -> set[str]:
    """All texts that stand alone in matching's sources, and the names of its constraints."""
    found = {constraint.name.lower() for constraint in Failed if constraint.name}
    for path in (ROOT / "services/matching").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def codes_of_matching() -> set[str]:
    """What stands as ``"code"`` of a reason in matching's sources."""
    found = set()
    for path in (ROOT / "services/matching").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    named = isinstance(key, ast.Constant) and key.value == "code"
                    if named and isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.add(value.value)
    return found


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    assert set(SENTENCES) == set(ReasonCode), "Each code has its French in SENTENCES of shared/reasons.py."
    known = {code.value for code in ReasonCode}
    assert codes_of_matching() <= known, "Matching gives a code that ReasonCode of shared/reasons.py does not have."
    assert {code for constraint in Failed for code in constraint.codes} <= known, (
        "A hard constraint has its code, with its sentence, in shared/reasons.py."
    )
    said = words_of_matching()
    unused = {code for code in ReasonCode if code.value not in said} - SAID_BEFORE
    assert unused == set(), "nobody gives these reasons"


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_reason_reads_the_same_everywhere(code: ReasonCode) -> None:
    reason = {"code": code.value, **ARGUMENTS}
    said = french.sentence(reason)
    assert reasons.sentences([reason]) == [said]
    assert said[0].isupper()
    assert said != code.value


def test_what_another_version_says_is_passed_over_or_shown_bare() -> None:
    odd = [{"code": "of_tomorrow"}, {"code": "skills"}, {"code": "experience", "months": "x"}, {"other": "y"}]
    assert reasons.sentences(odd) == []
    assert french.sentence(odd[0]) == "of_tomorrow"


@pytest.mark.parametrize(
    ("hours", "said"),
    [("28", "28 h"), ("17.5", "17,5 h"), ("25.4167", "25 h 25"), ("35.58", "35 h 35"), ("0.5", "0,5 h")],
)
def test_hours_are_said_as_people_do(hours: str, said: str) -> None:
    [sentence] = reasons.sentences([{"code": "hours_wished", "hours": hours}])
    assert sentence == f"Le temps de travail vous convient ({said} par semaine)"


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            {"code": "text_asks", "asked": "rung, months"},
            "À vérifier, l’annonce demande de diriger une équipe et une expérience",
        ),
        (
            {"code": "text_asks", "asked": "licence_b, weekend, early", "words": "Permis B exigé"},
            "À vérifier, l’annonce demande le permis B, du travail le week-end et de commencer avant 7 h : « Permis B exigé »",
        ),
        (
            {"code": "schedule_unknown", "refused": "early, night, weekend"},
            "Horaires non précisés : demandez s’il y a du travail avant 7 h, de nuit ou le week-end",
        ),
        ({"code": "schedule_unknown", "unsaid": "weekend"}, "Travail le week-end : non précisé"),
        (
            {"code": "schedule_unknown", "refused": "night", "unsaid": "night, weekend"},
            "Travail de nuit : non précisé, demandez s’il y en a",
        ),
        (
            {"code": "distance_unknown", "whose": "person"},
            "Distance inconnue : dites dans quelle commune vous êtes, même sans adresse",
        ),
        ({"code": "experience", "months": "12"}, "Votre expérience correspond (1 an demandé)"),
        (
            {"code": "experience", "months": "18", "short": "12"},
            "L’offre demande 18 mois d’expérience, vous en avez 1 an",
        ),
        (
            {"code": "experience", "months": "36", "near": "yes"},
            "Votre expérience d’un métier proche peut compter (3 ans demandés)",
        ),
        (
            {"code": "experience", "months": "36", "short": "24", "near": "yes"},
            "L’offre demande 3 ans d’expérience, vous avez 2 ans dans un métier proche",
        ),
        (
            {"code": "demands", "asked": "level, months", "level": "5", "months": "60"},
            "À vérifier, l’annonce demande un diplôme de niveau bac + 2 et une expérience de 5 ans",
        ),
        (
            {"code": "text_asks", "asked": "lower"},
            "Ce poste donne moins de responsabilités que le métier que vous cherchez",
        ),
        (
            {"code": "demands", "asked": "lower, level", "level": "3", "words": "CAP exigé"},
            "Ce poste donne moins de responsabilités que le métier que vous cherchez. "
            "À vérifier, l’annonce demande un diplôme de niveau CAP : « CAP exigé »",
        ),
        (
            {"code": "on_the_road", "words": "Grands déplacements"},
            "Des déplacements sont annoncés : « Grands déplacements »",
        ),
    ],
)
def test_a_sentence_is_read_as_french_is_written(reason: dict[str, str], said: str) -> None:
    assert reasons.sentence(reason) == said


@pytest.mark.parametrize(
    "more", [{}, {"short": "6"}, {"near": "K1302"}, {"short": "6", "near": "K1302"}, {"whose": "person"}]
)
@pytest.mark.parametrize("code", reasons.TO_EMPLOYERS)
def test_what_an_employer_reads_of_somebody_does_not_speak_to_that_person(
    code: ReasonCode, more: dict[str, str]
) -> None:
    """«À 5 km de chez vous», «dites dans quelle commune vous êtes»: employers read of candidates what candidates are told."""
    said = reasons.sentence_to_employer({"code": code, **ARGUMENTS, **more})
    assert said
    assert not re.search(
        r"\b(vous (avez|en avez|cherchez|êtes)|chez vous|du vôtre|votre (expérience|profil))\b", said, re.I
    )
    other = reasons.sentence({"code": code, **ARGUMENTS, **more})
    assert other is not None
    about_them = re.search(r"\b(vous|votre|vôtre)\b", other, re.I)
    assert not about_them or said != other
