"""«Pour élargir» shows what is worth a look, to people who seek nothing in particular and to those who have left their work."""

from dataclasses import replace
from typing import Any

import pytest

from services.matching.domain.bits import mask
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.occupations import Affinities
from services.matching.domain.wider import wider
from shared.reference.demands import Ask
from shared.reference.standing import Standing
from tests.service.matching.pairs import OFFER, PROFILE
from tests.service.matching.worlds import TODAY

RULES = Configuration()
CARER, CHILD_MINDER, ENGINEER, CLERK, CLEANER = "K1302", "K1303", "M1811", "M1607", "K2204"
AFFINITIES = Affinities(
    {CARER: {CHILD_MINDER: 1_600, "K1311": 6_000}, CLERK: {ENGINEER: 1_600}},
    standings={
        ENGINEER: Standing(level=7),
        CLERK: Standing(level=4),
        "M1814": Standing(),
        CLEANER: Standing(kinds=frozenset({"clean"})),
    },
)


def shown(who: ProfileFacts, code: str | None, **fields: Any) -> bool:
    offer: OfferFacts = replace(OFFER, occupation=code, **fields)
    return bool(wider(who, [offer], RULES, AFFINITIES, TODAY, 5))


@pytest.mark.parametrize(
    ("level", "code", "worth_a_look"),
    [
        (0, ENGINEER, False),
        (3, ENGINEER, False),
        (7, ENGINEER, True),
        (4, CLERK, True),
        (3, CLERK, False),
        # No diploma leads there as far as anybody knows, and it is no simple work either.
        (7, "M1814", False),
    ],
)
def test_who_seeks_nothing_in_particular_is_shown_no_work_that_needs_more_than_they_say(
    level: int, code: str, worth_a_look: bool
) -> None:
    assert shown(replace(PROFILE, wishes=(), level=level), code) is worth_a_look


def test_an_offer_of_which_nobody_can_tell_what_it_is_but_that_it_is_no_simple_work_is_shown_to_nobody() -> None:
    # «Consultant IAM», without a code.
    for who in (PROFILE, replace(PROFILE, wishes=())):
        assert not shown(who, None, doubted=True)
    assert shown(PROFILE, None)


def test_what_is_far_from_what_somebody_has_left_widens_nothing() -> None:
    assert shown(replace(PROFILE, wishes=(Wish(CARER, 60),)), CHILD_MINDER)
    assert not shown(replace(PROFILE, wishes=(Wish(CARER, 60, sought=False), Wish("A1101", 0))), CHILD_MINDER)


@pytest.mark.parametrize(
    ("asked", "worth_a_look"),
    [
        (Ask.CARE, True),
        (Ask.FOREIGN_LANGUAGE, False),
    ],
)
def test_what_one_gets_widens_and_what_takes_years_does_not(asked: Ask, worth_a_look: bool) -> None:
    assert shown(replace(PROFILE, wishes=(Wish(CARER, 60),)), CARER, asks=mask((asked,), Ask)) is worth_a_look


def test_where_the_title_names_other_work_than_is_declared_only_that_widens() -> None:
    # «Accompagnant éducatif et social» under hospital cleaning, to a cleaner.
    fields = {"doubted": True, "also": CARER}
    assert not shown(replace(PROFILE, wishes=(Wish(CLEANER, 60),)), CLEANER, **fields)
    assert shown(replace(PROFILE, wishes=(Wish(CLEANER, 60),)), CLEANER, doubted=True)
    # To who seeks nothing in particular it asks what the named work asks.
    assert not shown(replace(PROFILE, wishes=()), CLEANER, doubted=True, also=CLERK)


def test_where_the_title_contradicts_what_is_declared_what_is_near_that_widens_nothing() -> None:
    # «Machine learning engineer» under an industrial trade, to somebody of the trade beside it.
    assert not shown(replace(PROFILE, wishes=(Wish(CARER, 60),)), "K1311", doubted=True)
    assert shown(replace(PROFILE, wishes=(Wish(CARER, 60),)), CARER, doubted=True)


@pytest.mark.parametrize(
    ("level", "fields", "worth_a_look"),
    [
        (3, {"level": 5}, False),
        (3, {"or_level": 6, "or_months": 60}, False),
        (4, {"level": 5}, True),
        (5, {"level": 5}, True),
        # Nothing is known of the diplomas of who states none.
        (0, {"level": 5}, True),
    ],
)
def test_farther_work_of_other_studies_widens_nothing(level: int, fields: dict[str, Any], worth_a_look: bool) -> None:
    # An orderly with a CAP as a lawyer's secretary, «bac + 3».
    who = replace(PROFILE, wishes=(Wish(CARER, 60),), level=level)
    assert shown(who, CHILD_MINDER, **fields) is worth_a_look
    # The own work stays: employers take years of it for school.
    assert shown(replace(who, level=3), CARER, level=6)
