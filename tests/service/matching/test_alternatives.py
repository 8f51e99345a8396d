"""A diploma or experience, of which one is enough: in the field, in the text, for people, in the index, said in French."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import NONE, Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.facts_told import offer_facts, profile_facts
from services.matching.domain.occupations import Affinities
from services.matching.domain.reasons import obstacles
from services.matching.engine.facts_stored import facts_bytes, offer_from
from shared.clock import HandClock
from shared.contracts.events.profiles import OccupationWish
from shared.reasons import sentence
from shared.reference.demands import demands
from shared.reference.standing import Standing
from tests.service.matching.rooms import offer_state, profile_state
from tests.service.matching.test_certificates import verdict
from tests.service.matching.worlds import TODAY

CARER = "K1302"
# Whoever looks for it is taken to have its diploma, where a diploma alone is asked.
AFFINITIES = Affinities({}, standings={CARER: Standing(level=3)})
RULES = Configuration()


def offer(clock: HandClock, **fields: Any) -> OfferFacts:
    return offer_facts(offer_state("o", clock, occupation_code=CARER, **fields))


def person(months: int, level: int | None = None) -> ProfileFacts:
    wish = OccupationWish(code=CARER, experience_months=months)
    return profile_facts(profile_state("a", occupations=(wish,), qualification_level=level))


@pytest.mark.parametrize(
    ("months", "level", "fits"),
    [(36, 2, True), (18, 2, True), (0, 3, True), (0, 4, True), (6, 2, False), (6, None, False), (36, None, True)],
)
def test_the_one_or_the_other_is_enough_and_neither_is_a_lack(
    clock: HandClock, months: int, level: int | None, fits: bool
) -> None:
    by_field = offer(clock, qualification_level=3, experience_months=36, diploma_or_experience=True)
    by_text = offer(clock, description="Diplôme ou 3 ans d'expérience nécessaires.")
    # What a feed puts into its field beside a text that says «or» is no demand of its own.
    beside = offer(clock, description="Diplôme ou 3 ans d'expérience nécessaires.", experience_months=36)
    for one in (by_field, by_text, beside):
        assert (one.or_level, one.or_months, one.level, one.months) == (3, 36, 0, 0)
        found = verdict(one, person(months, level), TODAY, AFFINITIES)
        assert found.failed == (NONE if fits else Failed.DEMANDS)


def test_both_are_needed_where_nothing_says_or(clock: HandClock) -> None:
    both = offer(clock, qualification_level=5, experience_months=36)
    assert verdict(both, person(36, 5), TODAY, AFFINITIES).failed == NONE
    for who in (person(36, 3), person(0, 5)):
        assert verdict(both, who, TODAY, AFFINITIES).failed == Failed.DEMANDS


def test_a_short_experience_is_no_hurdle_here_either(clock: HandClock) -> None:
    short = offer(clock, qualification_level=5, experience_months=12, diploma_or_experience=True)
    assert verdict(short, person(0, 2), TODAY, AFFINITIES).failed == NONE


def test_it_is_said_as_one_demand_with_the_words(clock: HandClock) -> None:
    asking, who = offer(clock, description="Diplôme ou 3 ans d'expérience nécessaires."), person(0, 2)
    found = verdict(asking, who, TODAY, AFFINITIES)
    (reason,) = obstacles(found.failed, asking, who, found.asked)
    assert sentence(reason) == (
        "À vérifier, l’annonce demande un diplôme ou une expérience, l’un ou l’autre : "
        "« Diplôme ou 3 ans d'expérience nécessaires »"
    )
    assert offer_from(facts_bytes(asking)) == asking
    assert replace(asking, or_level=0, or_months=0) != asking


@pytest.mark.parametrize(
    ("text", "either"),
    [
        (
            "Vous êtes titulaire d'un diplôme d'auxiliaire de vie ou justifiez d'au moins trois ans d'expérience.",
            (3, 36),
        ),
        ("Bac + 3 ou expérience équivalente", (6, 24)),
        ("CAP exigé ou expérience équivalente", (3, 24)),
        ("Titulaire d'un bac+2 et/ou 5 ans d'expérience", (5, 60)),
        ("Débutants acceptés si diplômés", (3, 24)),
        ("Vous avez une expérience en charpente ou un CAP.", (3, 24)),
        # Both, or none of the two.
        ("Diplôme d'ingénieur ou équivalent, vous justifiez de 5 ans d'expérience.", (0, 0)),
        ("Bac +5 (école d'ingénieur ou université), vous avez 5 ans d'expérience.", (0, 0)),
        ("CAP ou BEP et 3 ans d'expérience", (0, 0)),
        ("Expérience de cinq années, bac pro ou BTS de cuisinier", (0, 0)),
        ("Aucune expérience ou diplôme n'est nécessaire", (0, 0)),
        ("Le salaire sera défini en fonction de l'expérience ou du diplôme", (0, 0)),
        ("Un diplôme ou une expérience serait un plus", (0, 0)),
        ("Vous encadrez des jeunes titulaires d'un CAP ou ayant de l'expérience", (0, 0)),
    ],
)
def test_a_text_says_either_in_several_ways_and_means_both_in_others(text: str, either: tuple[int, int]) -> None:
    assert demands("Poste", text).either == either
