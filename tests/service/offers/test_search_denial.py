"""Filters that are denied, and those that step back: never read as their opposite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.offers.search.chips import ChipKind
from services.offers.search.facts import Criteria
from services.offers.search.intent import understand
from services.offers.search.question import Question, units_of
from services.offers.search.reading import Reading, merged
from services.offers.search.variants import Variants
from shared.contracts.vocabulary import ContractKind
from tests.service.offers.reading import find_place


def _filtered(q: str) -> dict[str, object]:
    """What the filters of a question come to, without what they leave open."""
    criteria = merged(Criteria(), understand(q, find_place).chips)
    found: dict[str, object] = {
        "contract": set(criteria.contract),
        "time": criteria.working_time,
        "moments": set(criteria.moments),
        "flags": criteria.flags,
        "beginner": criteria.experience_months_max == 0,
        "hours": criteria.weekly_hours,
    }
    return {name: value for name, value in found.items() if value}


def _all_but(*kinds: str) -> dict[str, object]:
    return {"contract": {kind.value for kind in ContractKind} - set(kinds)}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("cdi sans interim", {"contract": {"cdi"}}),
        ("cdi ou cdd sans intérim", {"contract": {"cdi", "cdd"}}),
        ("pas d'interim, cdi", {"contract": {"cdi"}}),
        ("pas d'interim et cdi", {"contract": {"cdi"}}),
        ("sans cdd ni interim", _all_but("cdd", "temporary")),
        ("pas de cdd ou d'intérim", _all_but("cdd", "temporary")),
        ("hors alternance et apprentissage", _all_but("apprenticeship", "professionalisation")),
        ("pas de cdi", _all_but("cdi")),
        ("sans cdi", _all_but("cdi")),
        ("je ne veux pas de cdi", _all_but("cdi")),
        ("autre que cdi", _all_but("cdi")),
        ("pas bénévolat", _all_but("volunteering")),
        ("hors intérim", _all_but("temporary")),
        ("aucune mission d'intérim", _all_but("temporary")),
        ("non saisonnier", _all_but("seasonal")),
        ("pas d'auto-entrepreneur", _all_but("self_employed")),
        ("interim non merci", _all_but("temporary")),
        ("pas de 35h", {"time": "part_time"}),
        ("pas de mi-temps", {"time": "full_time"}),
        ("sauf nuit", {"flags": {"night": False}}),
        ("pas disponible la nuit", {"flags": {"night": False}}),
        ("hors week-end et soir", {"flags": {"weekend": False, "late": False}}),
        ("ni nuit ni week-end", {"flags": {"night": False, "weekend": False}}),
        ("matin sans week-end", {"moments": {"morning"}, "flags": {"weekend": False}}),
        # Denied behind it.
        ("week end pas possible", {"flags": {"weekend": False}}),
        ("samedi pas dispo", {"flags": {"weekend": False}}),
        ("nuit impossible", {"flags": {"night": False}}),
        ("nuits pas pour moi", {"flags": {"night": False}}),
        ("le dimanche je ne peux pas", {"flags": {"weekend": False}}),
        ("la nuit je peux pas travailler", {"flags": {"night": False}}),
        ("cdi non souhaité", _all_but("cdi")),
        ("intérim s'abstenir", _all_but("temporary")),
        ("débutant non accepté", {}),
        ("débutant pas accepté", {}),
        ("cdi pas de nuit", {"contract": {"cdi"}, "flags": {"night": False}}),
        ("cdi pas loin", {"contract": {"cdi"}}),
        ("cdi pas cher", {"contract": {"cdi"}}),
        ("expérience non exigée", {"beginner": True}),
        ("sans voiture mais permis b", {}),
        # Denied in words that are not understood: neither.
        ("cdi ça me va pas", {}),
        ("nuits surtout jamais", {}),
        # What has no opposite among the parameters filters nothing, and never by what was denied.
        ("pas débutant", {}),
        ("pas d'après-midi", {}),
        ("pas 20h", {}),
        ("pas que des cdi", {}),
        ("cdi ou pas", {}),
        # Who names what they deny has taken it back.
        ("interim sans interim", {"contract": {"temporary"}}),
    ],
)
def test_what_is_denied_narrows_and_is_never_read_as_its_opposite(q: str, expected: dict[str, object]) -> None:
    assert _filtered(q) == expected


@given(st.sampled_from(["pas de ", "sans ", "hors ", "ni ", "jamais de ", "sauf "]), st.sampled_from(list("qwzxkv")))
def test_denial_words_are_neither_looked_for_nor_places(denial: str, letter: str) -> None:
    understood = understand(f"{letter}{letter}{letter} {denial}nuit", find_place)
    assert [chip.label for chip in understood.chips] == ["Sans nuit"]
    assert [word.folded for word in understood.words] == [letter * 3]


def test_a_denied_filter_that_steps_back_does_not_raise_what_is_not_wanted() -> None:
    q = "serveur pas de nuit sans cdi"
    reading = Reading(q, understand(q, find_place).chips, Question((), ()))
    back = reading.stepping_back([ChipKind.SCHEDULE, ChipKind.CONTRACT])
    assert [chip.label for chip in reading.chips] == ["Sans nuit", "Sans CDI"]
    assert back.question.helpful == ()
    asked = understand("serveur de nuit", find_place)
    wanted = Reading("serveur de nuit", asked.chips, Question(units_of(asked.words, Variants()), ()))
    assert [word.folded for word in wanted.stepping_back([ChipKind.SCHEDULE]).question.helpful] == ["nuit"]


def test_a_filter_alone_that_steps_back_leaves_its_words_and_not_everything() -> None:
    for q, words in {"cddi": ["cddi"], "20h par semaine": ["20h", "semaine"]}.items():
        alone = Reading(q, understand(q, find_place).chips, Question())
        back = alone.stepping_back(alone.soft)
        assert [word.folded for unit in back.question.units for word in unit.words] == words
    # Around a place what is there is an answer; what was denied is nothing to look for.
    for q in ("cddi guéret", "sans cdi"):
        placed = Reading(q, understand(q, find_place).chips, Question())
        assert placed.stepping_back(placed.soft).question.units == ()
