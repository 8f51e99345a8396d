"""The index answers what a loop over all pairs answers, to the digit and in the same order."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.matching.domain.configuration import Configuration, Weights
from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.occupations import Affinities
from services.matching.domain.scoring import judge
from services.matching.domain.ties import id_key
from services.matching.index import block as blocks
from services.matching.index import profiles as module
from services.matching.index.block import Block
from services.matching.index.encoding import SkillNumbers, skill_bit, skill_sketch, skill_sketches
from services.matching.index.kernel import Rules
from services.matching.index.layout import SPANS
from services.matching.index.offers import OfferIndex
from services.matching.index.profiles import ProfileIndex
from tests.examples import examples
from tests.service.matching.worlds import AFFINITIES, PLACES, SKILLS, TODAY, offer_ids, offers, profile_ids, profiles

CONFIGURATION = Configuration(minimum_score=2_000, minimum_affinity=1_500, open_affinity=3_000, ample_months=24)
RULES = Rules(CONFIGURATION, AFFINITIES)
# Offers without a code are for everybody a little here, so that every way of looking for people is taken.
assert CONFIGURATION.uncoded_affinity >= CONFIGURATION.minimum_affinity
FEW = module.FEW


def best_profiles(offer: OfferFacts, candidates: list[ProfileFacts], limit: int) -> list[tuple[str, int]]:
    found = [(profile.profile_id, judge(offer, profile, CONFIGURATION, AFFINITIES, TODAY)) for profile in candidates]
    kept = [(who, verdict.score) for who, verdict in found if verdict.recommendable(CONFIGURATION)]
    return sorted(kept, key=lambda item: (-item[1], id_key(item[0])))[:limit]


def best_offers(profile: ProfileFacts, candidates: list[OfferFacts], limit: int) -> list[tuple[str, int]]:
    found = [(offer.offer_id, judge(offer, profile, CONFIGURATION, AFFINITIES, TODAY)) for offer in candidates]
    kept = [(which, verdict.score) for which, verdict in found if verdict.recommendable(CONFIGURATION)]
    return sorted(kept, key=lambda item: (-item[1], id_key(item[0])))[:limit]


class Changes(RuleBasedStateMachine):
    """Inserts, updates and deletes in any order, both indexes against brute force after each."""

    def __init__(self) -> None:
        super().__init__()
        self.profiles: dict[str, ProfileFacts] = {}
        self.offers: dict[str, OfferFacts] = {}
        self.profile_index = ProfileIndex(RULES)
        self.offer_index = OfferIndex(RULES)

    @rule(batch=st.lists(profiles(), min_size=1, max_size=25))
    def put_profiles(self, batch: list[ProfileFacts]) -> None:
        for profile in batch:
            self.profiles[profile.profile_id] = profile
            self.profile_index.put(profile)

    @rule(batch=st.lists(offers(), min_size=1, max_size=8))
    def put_offers(self, batch: list[OfferFacts]) -> None:
        for offer in batch:
            self.offers[offer.offer_id] = offer
            self.offer_index.put(offer)

    @rule(profile_id=profile_ids())
    def remove_profile(self, profile_id: str) -> None:
        self.profiles.pop(profile_id, None)
        self.profile_index.remove(profile_id)

    @rule(offer_id=offer_ids())
    def remove_offer(self, offer_id: str) -> None:
        self.offers.pop(offer_id, None)
        self.offer_index.remove(offer_id)

    @rule(offer=offers(), limit=st.sampled_from((1, 3, 50)), few=st.sampled_from((5, 15, FEW)))
    def ask_for_profiles(self, offer: OfferFacts, limit: int, few: int) -> None:
        # With 5 or 15, the ways of leaving candidates out that only crowds need are taken here too.
        module.FEW = few
        expected = best_profiles(offer, list(self.profiles.values()), limit)
        assert self.profile_index.rank(offer, limit, TODAY) == expected

    @rule(profile=profiles(), limit=st.sampled_from((1, 3, 50)))
    def ask_for_offers(self, profile: ProfileFacts, limit: int) -> None:
        expected = best_offers(profile, list(self.offers.values()), limit)
        assert self.offer_index.rank(profile, limit, TODAY) == expected

    def teardown(self) -> None:
        module.FEW = FEW

    @invariant()
    def everything_is_there(self) -> None:
        assert len(self.profile_index) == len(self.profiles)
        assert len(self.offer_index) == sum(offer.open and not offer.beyond for offer in self.offers.values())
        for offer in list(self.offers.values())[:4]:
            assert self.profile_index.rank(offer, 100, TODAY) == best_profiles(offer, list(self.profiles.values()), 100)
        for profile in list(self.profiles.values())[:4]:
            assert self.offer_index.rank(profile, 100, TODAY) == best_offers(profile, list(self.offers.values()), 100)


TestChanges = Changes.TestCase
TestChanges.settings = examples(25, stateful_step_count=15, suppress_health_check=[HealthCheck.too_slow])


@examples(80, suppress_health_check=[HealthCheck.too_slow])
@given(profile=profiles(), offer=offers())
def test_the_scalar_and_the_vectorised_score_are_the_same_number(profile: ProfileFacts, offer: OfferFacts) -> None:
    by_profile, by_offer = ProfileIndex(RULES), OfferIndex(RULES)
    by_profile.put(profile)
    by_offer.put(offer)
    verdict = judge(offer, profile, CONFIGURATION, AFFINITIES, TODAY)
    expected = verdict.score if verdict.recommendable(CONFIGURATION) else None
    assert by_profile.scores(offer, [profile.profile_id], TODAY) == {profile.profile_id: expected}
    assert by_offer.scores(profile, [offer.offer_id], TODAY) == {offer.offer_id: expected}


@examples(80, suppress_health_check=[HealthCheck.too_slow])
@given(profile=profiles())
def test_a_row_gives_back_the_profile_that_made_it(profile: ProfileFacts) -> None:
    index = ProfileIndex(RULES)
    index.put(profile)
    assert index.get(profile.profile_id) == profile


@examples(30, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.lists(profiles(), max_size=12),
    work=st.lists(offers(), max_size=10),
    limit=st.sampled_from((1, 3, 50)),
    cells=st.sampled_from((20, 2_000_000)),
)
def test_a_block_of_profiles_gets_the_answers_of_one_after_the_other(
    people: list[ProfileFacts], work: list[OfferFacts], limit: int, cells: int
) -> None:
    # With 20, a block is cut into parts and the table of skills is made for few.
    blocks.CELLS = blocks.SKILL_CELLS = cells
    numbers = SkillNumbers()
    by_profile, by_offer = ProfileIndex(RULES, skills=numbers), OfferIndex(RULES, skills=numbers)
    for profile in people:
        by_profile.put(profile)
    for offer in work:
        by_offer.put(offer)
    block = Block(by_profile, by_offer)
    latest = {profile.profile_id: profile for profile in people}
    names = [*latest, "nobody", "not-there"]
    ranked = block.rank(dict.fromkeys(names, limit), TODAY, {})
    alone = {name: by_offer.rank(latest[name], limit, TODAY) if name in latest else [] for name in names}
    assert ranked == alone
    every = [offer.offer_id for offer in work]
    scores = block.scores(dict.fromkeys(names, every), TODAY)
    assert scores == {
        name: by_offer.scores(latest[name], every, TODAY) if name in latest else dict.fromkeys(every) for name in names
    }
    open_now = {offer.offer_id: offer for offer in work}
    offers_asked = dict.fromkeys([*open_now, "no-offer"], limit)
    for profile in people:
        by_profile.set_bar(profile.profile_id, 40_000_000 if len(profile.profile_id) % 2 else -1)
    assert block.rank_profiles(offers_asked, TODAY, {}) == {
        name: by_profile.rank(open_now[name], limit, TODAY, above_bar=True) if name in open_now else []
        for name in offers_asked
    }


@given(st.lists(st.lists(st.integers(0, 20_000), min_size=12, max_size=12), min_size=1, max_size=5))
def test_a_sketch_shows_every_skill_that_somebody_has(people: list[list[int]]) -> None:
    together = skill_sketches(np.array(people, np.int32)).tolist()
    assert together == [skill_sketch(numbers) for numbers in people]
    for sketch, numbers in zip(together, people, strict=True):
        assert all(sketch & skill_bit(number) for number in numbers if number)
        # The bits that say what a profile lacks are not touched.
        assert sketch & (1 << SPANS["skills"].first) - 1 == 0


def test_wishes_that_lie_between_open_and_close_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """People open to everything could not reach the score of the first, but those who wish something like it can."""
    monkeypatch.setattr(module, "FEW", 5)
    weights = Weights(skills=2_600, demands=0)
    configuration = Configuration(open_affinity=1_000, minimum_affinity=1_000, skills_floor=0, weights=weights)
    affinities = Affinities({"K1304": {"N1103": 3_400}})
    place = PLACES[1]
    offer = OfferFacts(
        offer_id="offer",
        territory="23",
        position=place,
        occupation="N1103",
        confirmed_day=TODAY,
        skills=tuple(AskedSkill(key, "", False) for key in SKILLS[:10]),
    )
    people = [
        ProfileFacts("itself", "23", position=place, reach_dm=100_000, wishes=(Wish("N1103", 0),), skills=SKILLS[:1]),
        ProfileFacts("near", "23", position=place, reach_dm=100_000, wishes=(Wish("K1304", 0),), skills=SKILLS[:10]),
        *(ProfileFacts(f"open-{n}", "23", position=place, reach_dm=100_000) for n in range(8)),
    ]
    index = ProfileIndex(Rules(configuration, affinities))
    for profile in people:
        index.put(profile)
    score = judge(offer, people[1], configuration, affinities, TODAY).score
    assert judge(offer, people[0], configuration, affinities, TODAY).score < score
    assert index.rank(offer, 1, TODAY) == [("near", score)]


def test_an_offer_without_a_code_is_for_who_names_no_occupation() -> None:
    rules = Rules(Configuration(), AFFINITIES)
    offer = OfferFacts("offer", "23", position=PLACES[1], confirmed_day=TODAY)
    named = ProfileFacts("named", "23", position=PLACES[1], wishes=(Wish("K1304", 12),))
    nameless = ProfileFacts("nameless", "23", position=PLACES[1])
    by_profile, by_offer = ProfileIndex(rules), OfferIndex(rules)
    by_offer.put(offer)
    for profile in (named, nameless):
        by_profile.put(profile)
        verdict = judge(offer, profile, Configuration(), AFFINITIES, TODAY)
        expected = [("offer", verdict.score)] if verdict.recommendable(Configuration()) else []
        assert by_offer.rank(profile, 5, TODAY) == expected
    assert [name for name, _ in by_profile.rank(offer, 5, TODAY)] == ["nameless"]
