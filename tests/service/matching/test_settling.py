"""The engine ends where the ten-line oracle begins: at the one stable allocation, in any order and by any division."""

import random
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.allocation import Pair, stable_allocation
from services.matching.domain.settling import Settler, Side
from services.matching.domain.ties import id_key
from tests.examples import examples

Scores = dict[tuple[str, str], int]


class Board:
    """A market over a table of scores, with the bars left out as the index leaves them out."""

    def __init__(self, scores: Scores, own: set[str] | None = None) -> None:
        self.scores = scores
        self.own = own
        self.offer_bars: dict[str, int] = {}
        self.profile_bars: dict[str, int] = {}

    def owns(self, profile_id: str) -> bool:
        return self.own is None or profile_id in self.own

    def offers_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        return {profile_id: self._offers_for(profile_id, limit) for profile_id, limit in wanted.items()}

    def _offers_for(self, profile_id: str, limit: int) -> list[tuple[str, int]]:
        found = [
            (offer, score)
            for (profile, offer), score in self.scores.items()
            if profile == profile_id and score >= self.offer_bars.get(offer, -1)
        ]
        return sorted(found, key=lambda item: (-item[1], id_key(item[0])))[:limit]

    def profiles_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        return {offer_id: self._profiles_for(offer_id, limit) for offer_id, limit in wanted.items()}

    def _profiles_for(self, offer_id: str, limit: int) -> list[tuple[str, int]]:
        found = [
            (profile, score)
            for (profile, offer), score in self.scores.items()
            if offer == offer_id
            and (self.own is None or profile in self.own)
            and score >= self.profile_bars.get(profile, -1)
        ]
        return sorted(found, key=lambda item: (-item[1], id_key(item[0])))[:limit]

    def set_offer_bar(self, offer_id: str, score: int) -> None:
        self.offer_bars[offer_id] = score

    def set_profile_bar(self, profile_id: str, score: int) -> None:
        self.profile_bars[profile_id] = score


PROFILES = [f"p{n}" for n in range(9)]
OFFERS = [f"o{n}" for n in range(7)]
tables = st.dictionaries(st.tuples(st.sampled_from(PROFILES), st.sampled_from(OFFERS)), st.integers(0, 6), max_size=60)
budgets = st.fixed_dictionaries({offer: st.integers(0, 4) for offer in OFFERS})
rooms = st.integers(1, 4)


def oracle(scores: Scores, room: int, budget: dict[str, int]) -> set[Pair]:
    return stable_allocation((Pair(p, o, s) for (p, o), s in scores.items()), room, budget.__getitem__)


def held(scores: Scores, settler: Settler, side: str, name: str) -> dict[str, int | None]:
    sides = settler.profiles if side == "profile" else settler.offers
    return {
        other: scores.get((name, other) if side == "profile" else (other, name))
        for other in (sides[name].held if name in sides else ())
    }


@examples(50)
@given(steps=st.lists(st.tuples(tables, budgets), min_size=1, max_size=4), room=rooms, seed=st.integers(0, 1_000))
def test_whatever_changes_in_whatever_order_it_settles_on_the_stable_allocation(
    steps: list[tuple[Scores, dict[str, int]]], room: int, seed: int
) -> None:
    board = Board({})
    settler = Settler(board, room)
    order = random.Random(seed)
    for scores, budget in steps:
        board.scores = scores
        changes = [("profile", name) for name in PROFILES] + [("offer", name) for name in OFFERS]
        order.shuffle(changes)
        for side, name in changes:
            if side == "profile":
                settler.profile_changed(name, held(scores, settler, side, name))
            else:
                settler.offer_changed(name, budget[name], held(scores, settler, side, name))
            if order.random() < 0.3:
                settler.settle()
        settler.settle()
        assert settler.allocation() == oracle(scores, room, budget)


@examples(50)
@given(before=tables, after=tables, budget=budgets, room=rooms, changed=st.sets(st.sampled_from(PROFILES + OFFERS)))
def test_only_what_changed_need_be_told(
    before: Scores, after: Scores, budget: dict[str, int], room: int, changed: set[str]
) -> None:
    board = Board(before)
    settler = Settler(board, room)
    for offer in OFFERS:
        settler.offer_changed(offer, budget[offer], {})
    for profile in PROFILES:
        settler.profile_changed(profile, {})
    settler.settle()
    board.scores = {
        pair: score for pair, score in before.items() if pair[0] not in changed and pair[1] not in changed
    } | {pair: score for pair, score in after.items() if pair[0] in changed or pair[1] in changed}
    for name in sorted(changed):
        if name in PROFILES:
            settler.profile_changed(name, held(board.scores, settler, "profile", name))
        else:
            settler.offer_changed(name, budget[name], held(board.scores, settler, "offer", name))
    settler.settle()
    assert settler.allocation() == oracle(board.scores, room, budget)


@examples(50)
@given(
    scores=tables,
    budget=budgets,
    room=rooms,
    gone=st.sets(st.sampled_from(PROFILES + OFFERS), max_size=5),
    over=st.sets(st.tuples(st.sampled_from(PROFILES), st.sampled_from(OFFERS)), max_size=10),
)
def test_who_leaves_and_what_is_over_makes_room(
    scores: Scores, budget: dict[str, int], room: int, gone: set[str], over: set[tuple[str, str]]
) -> None:
    board = Board(scores)
    settler = Settler(board, room)
    for offer in OFFERS:
        settler.offer_changed(offer, budget[offer], {})
    for profile in PROFILES:
        settler.profile_changed(profile, {})
    settler.settle()
    board.scores = {pair: score for pair, score in scores.items() if pair not in over and not gone & set(pair)}
    for pair in sorted(over):
        settler.pair_closed(*pair)
    for name in sorted(gone):
        if name in PROFILES:
            settler.profile_left(name)
        else:
            settler.offer_left(name)
    settler.settle()
    assert settler.allocation() == oracle(board.scores, room, budget)


@examples(50)
@given(scores=tables, budget=budgets, room=rooms, workers=st.integers(1, 4), seed=st.integers(0, 1_000))
def test_the_result_does_not_depend_on_the_number_of_workers(
    scores: Scores, budget: dict[str, int], room: int, workers: int, seed: int
) -> None:
    """Each worker settles its own profiles, then compares-and-swaps the offers it touched; who lost adopts and goes on."""
    order = random.Random(seed)
    shards = [set(PROFILES[at::workers]) for at in range(workers)]
    settlers = [Settler(Board(scores, shard), room) for shard in shards]
    shared = {offer: (0, dict[str, int]()) for offer in OFFERS}
    seen = [dict.fromkeys(OFFERS, 0) for _ in settlers]
    for settler, shard in zip(settlers, shards, strict=True):
        for offer in OFFERS:
            settler.offer_changed(offer, budget[offer], {})
        for profile in sorted(shard):
            settler.profile_changed(profile, {})
    for _ in range(200):
        at = order.randrange(workers)
        settler = settlers[at]
        settler.settle()
        fresh = [offer for offer in sorted(settler.touched_offers) if shared[offer][0] == seen[at][offer]]
        stale = settler.touched_offers - set(fresh)
        if not stale:
            for offer in fresh:
                shared[offer] = (shared[offer][0] + 1, dict(settler.offers[offer].held))
                seen[at][offer] = shared[offer][0]
            settler.touched_offers.clear()
        for offer in OFFERS:
            if shared[offer][0] != seen[at][offer]:
                seen[at][offer] = shared[offer][0]
                settler.adopt(offer, budget[offer], shared[offer][1])
                settler.touched_offers.discard(offer)
    for settler, known in zip(settlers, seen, strict=True):
        assert settler.quiet
        assert known == {offer: version for offer, (version, _) in shared.items()}
    found = {Pair(p, o, s) for o, (_, admitted) in shared.items() for p, s in admitted.items()}
    assert found == oracle(scores, room, budget)


def test_two_sides_that_get_room_at_once_find_each_other() -> None:
    board = Board({("p0", "o0"): 1, ("p0", "o1"): 5, ("p1", "o0"): 5})
    settler = Settler(board, 1)
    for offer in ("o0", "o1"):
        settler.offer_changed(offer, 1, {})
    for profile in ("p0", "p1"):
        settler.profile_changed(profile, {})
    settler.settle()
    assert settler.allocation() == {Pair("p0", "o1", 5), Pair("p1", "o0", 5)}
    for pair in (("p0", "o1"), ("p1", "o0")):
        del board.scores[pair]
        settler.pair_closed(*pair)
    settler.settle()
    assert settler.allocation() == {Pair("p0", "o0", 1)}


def test_a_side_without_any_room_takes_nobody() -> None:
    assert not Side(0).would_take("anybody", 10_000)
    assert Side(0).bar() > Side(1).bar()
