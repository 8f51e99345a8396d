"""«Pour élargir» shows what is worth a look, to people who seek nothing in particular and to those who have left their work."""

from dataclasses import replace

import pytest

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import OfferFacts, ProfileFacts, Wish
from services.matching.domain.occupations import Affinities
from services.matching.domain.wider import wider
from shared.reference.standing import Standing
from tests.service.matching.pairs import OFFER, PROFILE
from tests.service.matching.worlds import TODAY

RULES = Configuration()
CARER, CHILD_MINDER, ENGINEER, CLERK, CLEANER = "K1302", "K1303", "M1811", "M1607", "K2204"
AFFINITIES = Affinities(
    {CARER: {CHILD_MINDER: 1_600}, CLERK: {ENGINEER: 1_600}},
    standings={
        ENGINEER: Standing(level=7),
        CLERK: Standing(level=4),
        "M1814": Standing(),
        CLEANER: Standing(kinds=frozenset({"clean"})),
    },
)


def shown(who: ProfileFacts, code: str | None, **fields: bool) -> bool:
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
