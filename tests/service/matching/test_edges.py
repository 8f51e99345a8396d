"""Terms of the score at their ends, in both indexes: pairs that nothing keeps apart, and one step to either side of each bound.

Drawn pairs fail a hard constraint nineteen times in twenty, so whatever was wrong in the terms of the others was seldom met.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.certificates import A_CACES
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import UNKNOWN, AskedSkill, OfferFacts, ProfileFacts, Wish, skill_key
from services.matching.domain.occupations import Affinities
from services.matching.domain.scoring import judge
from services.matching.index.kernel import Rules
from services.matching.index.layout import FRESH, INLINE_SKILLS
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from shared.contracts.vocabulary import ContractKind, Licence, OpportunityKind
from shared.reference.caces import FAMILIES
from shared.reference.standing import Standing
from tests.examples import examples
from tests.service.matching.pairs import HERE, NEAR, OFFER, PROFILE
from tests.service.matching.worlds import AFFINITIES, PLACES, SOME_CACES, TODAY, offers, profiles

LOW = Configuration(minimum_score=0, minimum_affinity=1, open_affinity=1, uncoded_affinity=1, ample_months=24)
NEAR_AND_KEPT = Affinities(
    {"K1304": {"K1302": 7_000, "G1602": 6_000, "M1602": 6_000}, "N1103": {"N4105": 4_000}, "N4105": {}},
    regulated=["G1602"],
    standings={"N1103": Standing(level=5), "N4105": Standing(level=3)},
    families={"K1304": "K1302", "K1302": "K1302"},
)
"""Work that somebody did leads to work that the law keeps, and to work that it does not."""
MANY = tuple(sorted(skill_key(f"skill-{number}") for number in range(2 * INLINE_SKILLS)))


def of(*wishes: tuple[str, int] | tuple[str, int, bool]) -> dict[str, Any]:
    return {"wishes": tuple(Wish(*wish) for wish in wishes)}


def asked(keys: tuple[int, ...], *, required: bool = False) -> dict[str, Any]:
    return {"skills": tuple(AskedSkill(key, "", required) for key in keys)}


EDGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    # Diplomas: none stated, enough, one short, two short.
    *(({"level": 5}, {"level": level}) for level in (0, 3, 4, 5, 6)),
    ({"level": 5}, of(("N1103", 0)) | {"level": 0}),
    ({"level": 5, "occupation": "N1103"}, of(("N1103", 0), ("N4105", 0))),
    ({"level": 5, "occupation": "N1103"}, of(("N4105", 0), ("N1103", 0))),
    ({"level": 7, "occupation": "N1103"}, of(("N1103", 0), ("N4105", 0))),
    ({"level": 6, "rung": 1, "months": 36}, of(("K1304", 6)) | {"level": 5}),
    # Experience: half of what is asked, a month less; what is not much; the other way to meet it.
    *(({"months": months}, of(("K1304", spent))) for months in (23, 24, 48) for spent in (0, 11, 12, 23, 24, 25)),
    *(({"or_months": 48, "or_level": level}, of(("K1304", spent)) | {"level": 4})
      for level in (0, 4, 5) for spent in (23, 24)),
    ({"or_months": 48, "level": 6}, of(("K1304", 0)) | {"level": 4}),
    # Responsibility: one rung up with just enough experience, two up, one and two down.
    *(({"rung": rung}, of(("K1304", spent))) for rung in (0, 1, 2) for spent in (59, 60)),
    ({"occupation": "N4105", "rung": 0}, of(("N1103", 12))),
    ({"occupation": "G1602", "rung": 0}, of(("G1602", 12))),
    # What was practised leads on, not to what the law keeps, and counts by its share.
    ({"occupation": "G1602"}, of(("K1304", 60, False), ("A1101", 0))),
    ({"occupation": "M1602"}, of(("K1304", 60, False), ("A1101", 0))),
    ({"occupation": "K1302"}, of(("K1304", 60, False), ("A1101", 0))),
    ({"occupation": "K1302"}, of(("K1304", 60, False))),
    # The text's occupation, the doubted one, none.
    *(({"occupation": code, "also": also, "doubted": doubted}, of(("K1304", 6)))
      for code in ("A1101", "K1302", "G1602") for also in (None, "K1304", "K1302") for doubted in (False, True)),
    *(({"occupation": None, "doubted": doubted}, who) for doubted in (False, True) for who in (of(), of(("K1304", 0)))),
    ({"also": "K1304", "doubted": True, "occupation": "A1101"}, of(("K1304", 6, False), ("A1101", 6))),
    ({"also": "A1101", "occupation": "K1304"}, of(("K1304", 6, False), ("A1101", 6))),
    # Where they are: at the edge of the reach, at one place, beyond what freshness has columns for.
    ({"position": (NEAR[0], NEAR[1], NEAR[2] + 300_000)}, {}),
    ({"position": NEAR}, {"reach_dm": 0}),
    ({"position": HERE}, {"position": HERE, "reach_dm": 0}),
    ({"position": None}, {"position": None}),
    *(({"confirmed_day": TODAY - age}, {}) for age in (-1, 0, FRESH - 1, FRESH, 3 * FRESH)),
    # When: the last day of the grace, and the day after it is not said.
    *(({"starts_day": start}, {"from_day": TODAY + late}) for start in (0, TODAY - 5) for late in (-1, 0, 30)),
    # Hours, wage, contract.
    *(({"minutes": minutes}, {"wished_minutes": wished})
      for minutes in (UNKNOWN, 900, 2_100) for wished in (UNKNOWN, 900, 2_100, 3_000)),
    *(({"wage": wage}, {"wage_floor": floor}) for wage in (UNKNOWN, 1_200, 1_300, 1_400) for floor in (0, 1_300)),
    *(({"contract": 1}, {"wished_contracts": wished}) for wished in (0, 1, 2)),
    *(({"schedule_known": known}, {"weekend": weekend}) for known in (False, True) for weekend in (False, True)),
    *(({"reply": reply}, {}) for reply in (UNKNOWN, 0, 9_000)),
    # Skills: none asked, in the row, beside it on either side, on both.
    *((asked(MANY[begin:end], required=required), {"skills": MANY[first:last]})
      for begin, end in ((0, 1), (0, INLINE_SKILLS), (0, 2 * INLINE_SKILLS), (6, 2 * INLINE_SKILLS))
      for first, last in ((0, 0), (0, 6), (6, 2 * INLINE_SKILLS), (0, 2 * INLINE_SKILLS)) for required in (False, True)),
    # Cards and CACES: not held, held, not said which, run out yesterday or today, also beside many skills.
    ({"asks": A_CACES}, {}),
    ({"asks": A_CACES}, {"cards": A_CACES, "caces": 0}),
    ({"asks": A_CACES, "occupation": "A1101"}, of(("A1101", 0))),
    ({"asks": 2 * A_CACES + A_CACES}, {"cards": A_CACES, "caces": 0}),
    ({"asks": A_CACES, "level": 6}, {"level": 3}),
    *(({"asks": A_CACES, "caces": SOME_CACES[0]}, {"cards": A_CACES, "caces": held} | more)
      for held in SOME_CACES[:2]
      for more in ({}, {"runs_out": ((TODAY - 1, held),)}, {"runs_out": ((TODAY, held),)},
                   {"runs_out": ((TODAY - 1, held),), "skills": MANY})),
    *(({"asks": A_CACES, "caces_any": SOME_CACES[0] | SOME_CACES[2]}, {"cards": A_CACES, "caces": held})
      for held in SOME_CACES),
    *(({"asks": A_CACES, "caces_families": families}, {"cards": A_CACES, "caces": held})
      for families in (1, 2, 3) for held in (FAMILIES[0], FAMILIES[1], FAMILIES[0] | FAMILIES[1])),
]  # fmt: skip
"""What of the offer and of the person is otherwise."""


def meeting(offer: OfferFacts, profile: ProfileFacts) -> tuple[OfferFacts, ProfileFacts]:
    """The two without what keeps people apart: what is left is their terms."""
    every = {name: (1 << len(kinds)) - 1 for name, kinds in
             (("licences", Licence), ("kinds", OpportunityKind), ("contracts", ContractKind))}  # fmt: skip
    person = replace(
        profile,
        active=True,
        territory="23",
        vehicle=True,
        minutes_min=0,
        minutes_max=10_080,
        from_day=0,
        french=0,
        **every,
    )
    if person.position and offer.position:
        person = replace(person, position=PLACES[1], reach_dm=max(person.reach_dm, 400_000))
    shown = replace(offer, open=True, beyond=False, territory="23", reserved=0, apply_by_day=0, early=False, late=False)
    return replace(shown, night=False, weekend=False), person


@pytest.mark.parametrize("affinities", [AFFINITIES, NEAR_AND_KEPT], ids=["drawn", "kept"])
def test_terms_are_the_oracles_at_their_ends(affinities: Affinities) -> None:
    rules = Rules(LOW, affinities)
    by_profile, by_offer = ProfileIndex(rules), OfferIndex(rules)
    for at, (of_offer, of_profile) in enumerate(EDGES):
        offer, profile = replace(OFFER, **of_offer), replace(PROFILE, **of_profile)
        by_profile.put(profile)
        by_offer.put(offer)
        verdict = judge(offer, profile, LOW, affinities, TODAY)
        expected = verdict.score if verdict.recommendable(LOW) else None
        assert by_profile.scores(offer, [profile.profile_id], TODAY) == {profile.profile_id: expected}, EDGES[at]
        assert by_offer.scores(profile, [offer.offer_id], TODAY) == {offer.offer_id: expected}, EDGES[at]


@examples(40)
@given(st.lists(offers(), min_size=4, max_size=8), st.lists(profiles(), min_size=4, max_size=8))
def test_pairs_that_nothing_keeps_apart_have_the_oracles_score(
    some: list[OfferFacts], people: list[ProfileFacts]
) -> None:
    rules = Rules(LOW, AFFINITIES)
    by_profile, by_offer = ProfileIndex(rules), OfferIndex(rules)
    for one, other in ((one, other) for one in some for other in people):
        offer, profile = meeting(one, other)
        by_profile.put(profile)
        by_offer.put(offer)
        verdict = judge(offer, profile, LOW, AFFINITIES, TODAY)
        expected = verdict.score if verdict.recommendable(LOW) else None
        assert by_profile.scores(offer, [profile.profile_id], TODAY) == {profile.profile_id: expected}
        assert by_offer.scores(profile, [offer.offer_id], TODAY) == {offer.offer_id: expected}
