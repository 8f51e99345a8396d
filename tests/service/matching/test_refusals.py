"""What somebody refuses is never told to an employer, and what they could do about a constraint is told to them: of each one."""

from dataclasses import replace
from functools import reduce
from operator import or_

from hypothesis import given

from services.matching.domain.constraints import NONE, Failed, failed
from services.matching.domain.counterfactuals import changes
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.ties import is_canonical
from services.matching.engine.stored import load, pack, unpack
from services.matching.index.kernel import Rules
from services.matching.index.profiles import ProfileIndex
from services.matching.queries.accepting import accepting, all_accepting
from tests.service.matching.pairs import OFFER, ONE_BY_ONE, PROFILE, RULES
from tests.service.matching.worlds import AFFINITIES, TODAY, profiles

EMPLOYERS_LEARN = {
    Failed.OFFER_CLOSED: "it is of the offer alone",
    Failed.BEYOND: "it is of the offer alone",
    Failed.PROFILE_INACTIVE: "who does not want to be found is not",
    Failed.TOO_FAR: "where the work is, by fields of some kilometres",
    Failed.OTHER_TERRITORY: "where the work is",
    Failed.LICENCE: "what somebody has",
    Failed.VEHICLE: "what somebody has",
    Failed.FRENCH: "what somebody knows",
    Failed.RESERVED: "whom the offer is for; never why",
    Failed.AVAILABILITY: "from when on somebody can come at all",
    Failed.OCCUPATION: "what somebody does",
}
"""Constraints by which a pair fails before an employer as well, and why: no one's refusal is among them."""
NOTHING_OPENS = {
    Failed.OFFER_CLOSED: "it is of the offer alone",
    Failed.BEYOND: "it is of the offer alone",
    Failed.PROFILE_INACTIVE: "they said that they want none",
    Failed.OTHER_TERRITORY: "a place is asked for, no other territory",
    Failed.KIND: "another kind of opportunity is another wish",
    Failed.FRENCH: "a level of French is no advice of a moment",
    Failed.RESERVED: "nobody can decide to be eligible",
    Failed.AVAILABILITY: "they said from when on they can",
    Failed.OCCUPATION: "other occupations are proposed by themselves (`domain.wider`)",
}
"""Constraints of which no change is told that would open offers («en acceptant …»), and why."""

ALONE = [
    (replace(OFFER, **offer), replace(PROFILE, **person), by)
    for offer, person, by in ONE_BY_ONE
    if by is not NONE and len(by) == 1
]
_WHERE = "in services/matching/queries/accepting.py (`accepting`, and REFUSALS of index/encoding.py for packed rows)"


def _fails(offer: OfferFacts, profile: ProfileFacts, by: Failed) -> bool:
    return bool(failed(offer, profile, RULES, AFFINITIES, TODAY) & by)


def test_what_somebody_refuses_is_not_told_to_an_employer() -> None:
    for offer, profile, by in ALONE:
        told = _fails(offer, accepting(profile), by)
        assert told is (by in EMPLOYERS_LEARN), (
            f"{by!r}: where people may refuse it, set it free {_WHERE}; "
            "else say in EMPLOYERS_LEARN of this file why an employer may learn it."
        )


@given(profiles())
def test_packed_rows_forget_the_same_refusals(profile: ProfileFacts) -> None:
    packed = pack(profile, 1) if is_canonical(profile.profile_id) else None
    if packed is not None:
        index = ProfileIndex(Rules(RULES, AFFINITIES))
        load(index, all_accepting(unpack([packed])))
        assert index.get(profile.profile_id) == accepting(profile), f"Not the same {_WHERE}."


def test_what_would_open_offers_is_told_of_each_constraint() -> None:
    opened = reduce(
        or_,
        (by for offer, profile, by in ALONE if any(not _fails(offer, one.profile, by) for one in changes(profile))),
    )
    silent = {by for _, _, by in ALONE} - set(opened)
    assert silent == set(NOTHING_OPENS), (
        "What somebody could change about it is a `Change` in services/matching/domain/counterfactuals.py with its sentence in "
        "api/french.py; else say in NOTHING_OPENS of this file why there is none."
    )
