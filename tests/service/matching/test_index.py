"""The index answers what a loop over all pairs answers, to the digit and in the same order."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.matching.domain.configuration import Configuration, Weights
from services.matching.domain.constraints import NONE
from services.matching.domain.facts import AskedSkill, OfferFacts, ProfileFacts, Wish
from services.matching.domain.occupations import Affinities
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import judge
from services.matching.domain.ties import id_key
from services.matching.engine.stored import load, pack, unpack
from services.matching.index import compiled, identifiers, searching
from services.matching.index.block import Block
from services.matching.index.encoding import SkillNumbers
from services.matching.index.identifiers import Identifiers
from services.matching.index.kernel import Rules
from services.matching.index.layout import LAYOUT, MOST_OCCUPATIONS, LayoutTooNarrow
from services.matching.index.offers import OfferIndex
from services.matching.index.postings import Postings, sight
from services.matching.index.profiles import ProfileIndex
from services.matching.index.scanning import collect
from services.matching.index.warming import warm_up
from tests.examples import examples
from tests.service.matching.pairs import OFFER, ONE_BY_ONE, PROFILE
from tests.service.matching.pairs import RULES as PLAIN
from tests.service.matching.worlds import AFFINITIES, PLACES, SKILLS, TODAY, offer_ids, offers, profile_ids, profiles

CONFIGURATION = Configuration(minimum_score=2_000, minimum_affinity=1_500, open_affinity=3_000, ample_months=24)
RULES = Rules(CONFIGURATION, AFFINITIES)
NUMBER = 7
# Offers without a code are for everybody a little here, so that every way of looking for people is taken.
assert CONFIGURATION.uncoded_affinity >= CONFIGURATION.minimum_affinity


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

    @rule(offer=offers(), limit=st.sampled_from((1, 3, 50)))
    def ask_for_profiles(self, offer: OfferFacts, limit: int) -> None:
        expected = best_profiles(offer, list(self.profiles.values()), limit)
        assert self.profile_index.rank(offer, limit, TODAY) == expected

    @rule(profile=profiles(), limit=st.sampled_from((1, 3, 50)))
    def ask_for_offers(self, profile: ProfileFacts, limit: int) -> None:
        expected = best_offers(profile, list(self.offers.values()), limit)
        assert self.offer_index.rank(profile, limit, TODAY) == expected

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


def test_each_hard_constraint_holds_in_both_indexes() -> None:
    """Drawn pairs seldom fail one and no other: a bit that offers need and nobody puts was missed by hundreds of them."""
    rules = Rules(PLAIN, AFFINITIES)
    for of_offer, of_profile, failed in ONE_BY_ONE:
        offer, profile = replace(OFFER, **of_offer), replace(PROFILE, **of_profile)  # type: ignore[arg-type]  # its fields
        by_profile, by_offer = ProfileIndex(rules), OfferIndex(rules)
        by_profile.put(profile)
        by_offer.put(offer)
        verdict = judge(offer, profile, PLAIN, AFFINITIES, TODAY)
        assert verdict.recommendable(PLAIN) is (failed == NONE)
        expected = None if failed else verdict.score
        assert by_profile.scores(offer, [profile.profile_id], TODAY) == {profile.profile_id: expected}, failed
        assert by_offer.scores(profile, [offer.offer_id], TODAY) == {offer.offer_id: expected}, failed
        found = [] if failed else [verdict.score]
        assert [score for _, score in by_profile.rank(offer, 1, TODAY)] == found, failed
        assert [score for _, score in by_offer.rank(profile, 1, TODAY)] == found, failed


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
)
def test_a_block_of_profiles_gets_the_answers_of_one_after_the_other(
    people: list[ProfileFacts], work: list[OfferFacts], limit: int
) -> None:
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


def test_wishes_that_lie_between_open_and_close_are_looked_for() -> None:
    """People open to everything could not reach the score of the first, but those who wish something like it can."""
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


def test_long_lists_that_change_again_and_again_stay_whole() -> None:
    """Lists beside the rows are laid one behind the other, and packed when most of them are nobody's any more."""
    by_profile, by_offer = ProfileIndex(RULES), OfferIndex(RULES)
    place = PLACES[1]
    people, work = {}, {}
    for turn in range(300):
        for number in range(4):
            held = SKILLS[number : number + 14 + turn % 3]
            person = ProfileFacts(f"person-{number}", "23", position=place, skills=tuple(sorted(held)))
            asked = tuple(AskedSkill(key, "", key % 2 == 0) for key in SKILLS[number : number + 13 + turn % 4])
            offer = OfferFacts(f"offer-{number}", "23", position=place, confirmed_day=TODAY, skills=asked)
            people[person.profile_id], work[offer.offer_id] = person, offer
            by_profile.put(person)
            by_offer.put(offer)
    assert len(by_profile.more.numbers) < 2_500 > len(by_offer.more.numbers)
    for person in people.values():
        assert by_profile.get(person.profile_id) == person
        assert by_offer.rank(person, 9, TODAY) == best_offers(person, list(work.values()), 9)
    for offer in work.values():
        assert by_profile.rank(offer, 9, TODAY) == best_profiles(offer, list(people.values()), 9)


@examples(20, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 40), st.integers(0, 3)), max_size=900),
    at_once=st.integers(0, 300),
)
def test_a_posting_holds_who_came_and_did_not_go(changes: list[tuple[int, int, int]], at_once: int) -> None:
    """Who is looked for lies nearer than 2 of its steps and lacks nothing; lacking is what is told by 1 and by 3."""
    postings = Postings()
    slots, keys = np.arange(401, 401 + at_once, dtype=np.int32), np.arange(at_once, dtype=np.int32) % 41
    postings.load(np.full(at_once, NUMBER), keys, slots, np.zeros((at_once, 4), np.int32), np.zeros(at_once, np.uint64))
    there = {slot: (key, 0) for slot, key in zip(slots.tolist(), keys.tolist(), strict=True)}
    for slot, key, tells in changes:
        told = sight(tells % 2 << 1, tells // 2 * 1_000, 0, 0, 100)
        if slot not in there:
            postings.add(NUMBER, key, slot, told)
            there[slot] = key, tells
        elif tells == there[slot][1]:
            postings.remove(NUMBER, there[slot][0], slot)
            del there[slot]
        else:
            postings.change(NUMBER, there[slot][0], slot, told)
            there[slot] = there[slot][0], tells
    found = np.zeros(1_000, np.int64)
    ranges, middle = np.array([3, 9, 20, 21, 39, 60], np.int32), np.zeros(4, np.int32)
    wanted = postings.wanted((NUMBER, NUMBER + 1), lambda named: tuple((number, SCALE) for number in named))
    count = around(postings.directory.table, wanted, ranges, len(ranges), middle, found)
    certain = {slot for slot, (key, tells) in there.items() if (3 <= key < 9 or key == 20 or key >= 39) and tells == 0}
    # Who came last is looked at whatever their cell.
    everybody = {slot for slot, (_, tells) in there.items() if tells == 0}
    slots_found = set(found[:count].astype(np.int32).tolist())
    assert certain <= slots_found <= everybody
    assert len(slots_found) == count
    if count:
        assert around(postings.directory.table, wanted, ranges, len(ranges), middle, found[: count - 1]) < 0


@numba.njit
def around(directory: Any, wanted: Any, ranges: Any, bounds: int, geo: Any, found: Any) -> Any:
    """What is called from compiled code only."""
    return collect(directory, wanted, ranges, bounds, geo, 2, found, np.empty(wanted.shape[1], np.int64))


@pytest.mark.parametrize("restored", [False, True], ids=["put", "restored"])
def test_a_crowd_at_one_place_is_answered_like_one_by_one(restored: bool) -> None:
    """More candidates than there is room for at first: the question is asked again with more, the excluded left out again."""
    offer = OfferFacts("offer", "23", position=PLACES[1], occupation="K1304", confirmed_day=TODAY)
    near = [
        ProfileFacts(
            f"{number:08x}-0f1e-7000-8abc-{number * 7_919 % 3_000:012x}",
            "23",
            position=(PLACES[1][0] + number % 60 * 1_000, *PLACES[1][1:]),
            reach_dm=100_000 + number % 7 * 20_000,
            wishes=(Wish("K1304", number % 9),),
            night=number % 5 > 0,
        )
        for number in range(1_500)
    ]
    index = ProfileIndex(RULES)
    if restored:
        packed = [pack(profile, 1) for profile in near]
        load(index, unpack(row for row in packed if row is not None))
    else:
        for profile in near:
            index.put(profile)
    expected = best_profiles(offer, near, 1_500)
    assert len(expected) > 1_024
    over = [name for name, _ in expected[:3]]
    assert index.rank(offer, 50, TODAY, over) == expected[3:53]
    assert index.rank(offer, 2_000, TODAY) == expected
    assert index.get(near[7].profile_id) == near[7]


def test_more_occupations_than_there_is_room_for_are_refused_with_a_sentence() -> None:
    codes = [f"A{number:04d}" for number in range(MOST_OCCUPATIONS + 1)]
    with pytest.raises(LayoutTooNarrow, match=f"{MOST_OCCUPATIONS + 1} occupations"):
        Rules(Configuration(), Affinities({code: {} for code in codes}))


def test_as_many_occupations_as_the_official_referential_has_are_told_apart() -> None:
    codes = [f"A{number:04d}" for number in range(1_584)]
    index = ProfileIndex(Rules(Configuration(), Affinities({code: {} for code in codes}, regulated=codes[-1:])))
    for code in codes[-2:]:
        index.put(ProfileFacts(code, "23", wishes=(Wish(code, 0),)))
        assert [name for name, _ in index.rank(OfferFacts("o", "23", occupation=code), 5, TODAY)] == [code]


def test_machine_code_is_kept_by_all_that_it_follows_from_and_nowhere_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    before = compiled.folder()
    assert before is not None
    assert before.parent == tmp_path
    assert compiled.folder() == before
    monkeypatch.setattr("services.matching.index.compiled.LAYOUT", LAYOUT + 1)
    assert compiled.folder() not in (None, before)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.folder() is None


def test_ids_are_spelt_as_they_were_given() -> None:
    given = Identifiers(64)
    given_names = [f"{n:08x}-0f1e-7{n:03x}-8abc-00000000{n * 977:04x}" for n in range(1, 40)] + ["an odd one"]
    for slot, name in enumerate(given_names, 1):
        given.add(name, slot)
    assert given.names(np.arange(1, 41, dtype=np.int32)) == given_names
    assert [given.name(slot) for slot in range(1, 41)] == given_names


def test_what_is_frozen_into_compiled_code_is_of_its_stamp() -> None:
    stamped = {module.__name__ for module in compiled.BESIDE}
    found = set()
    for source in Path(compiled.__file__).parent.glob("*.py"):
        tree = ast.parse(source.read_text(encoding="utf-8"))
        origins = {
            name.asname or name.name: statement.module or ""
            for statement in tree.body
            if isinstance(statement, ast.ImportFrom)
            for name in statement.names
        }
        for function in (one for one in tree.body if isinstance(one, ast.FunctionDef)):
            if {ast.unparse(one) for one in function.decorator_list} & {"rule", "entry"}:
                found |= {
                    origins[name.id] for name in ast.walk(function) if isinstance(name, ast.Name) and name.id in origins
                }
    frozen = {name for name in found if name.startswith(("services.", "shared"))}
    assert "services.matching.domain.affinity" in frozen
    assert {name for name in frozen if not name.startswith("services.matching.index.")} <= stamped


def test_every_question_finds_what_was_compiled_when_the_process_started() -> None:
    """Records lie anywhere in memory: were one handed over as it lies, a question would wait for the compiler."""
    warm_up()
    numbers = SkillNumbers()
    by_profile, by_offer = ProfileIndex(RULES, skills=numbers), OfferIndex(RULES, skills=numbers)
    for number in range(9):
        by_profile.put(ProfileFacts(f"person-{number}", "23", position=PLACES[number % 7], skills=SKILLS[: 9 + number]))
        by_offer.put(OfferFacts(f"offer-{number}", "23", position=PLACES[number % 7], confirmed_day=TODAY))
    block = Block(by_profile, by_offer)
    people, work = by_profile.names(), by_offer.names()
    block.rank(dict.fromkeys(people, 3), TODAY, {people[0]: work[:2]})
    block.rank_profiles(dict.fromkeys(work, 3), TODAY, {})
    block.scores(dict.fromkeys(people, work), TODAY)
    by_profile.rank(OfferFacts("offer", "23", position=PLACES[1]), 3, TODAY)
    by_offer.rank(ProfileFacts("person", "23"), 3, TODAY)
    entries = (searching.best, identifiers.spell)
    assert [len(one.signatures) for one in entries] == [1, 1]
