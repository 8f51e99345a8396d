"""From one stable allocation to the next, when something changed: the engine that the oracle is held against.

A pair *blocks* when both sides would put it in the place of what they have. Taking a blocking pair only ever replaces
worse pairs by a better one, so taking them in any order ends, and where none is left the allocation is the stable one
(unique, because a pair has one score for both sides). So the engine needs no order and no centre: it keeps two sets of
sides that may be part of a blocking pair, and empties them.
"""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol

from services.matching.domain.allocation import Pair
from services.matching.domain.ties import id_key

Found = list[tuple[str, int]]
"""Partners with their scores, best first."""
Try = tuple[int, str, str]
"""Minus score, profile, offer."""


BATCH = 2_000
"""Profiles settled together: bounds the pairs in memory to about a hundred thousand."""

OFFER_BATCH = 128
"""Offers settled together: each may ask about every profile."""


class Market(Protocol):
    """Who could meet whom. Answers hold every pair that is recommendable and whose score is ``at_least`` or more."""

    def offers_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        """For each profile the (offer id, score) by falling rank, at most as many as ``wanted`` says.

        Offers whose bar is above the score are left out.
        """
        ...

    def profiles_for(self, wanted: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
        """For each offer the (profile id, score) by falling rank, at most as many as ``wanted`` says.

        Profiles whose bar is above the score are left out.
        """
        ...

    def owns(self, profile_id: str) -> bool:
        """Whether this worker answers for the profile."""
        ...

    def set_offer_bar(self, offer_id: str, score: int) -> None:
        """The worst admitted score once the offer is full, else −1."""
        ...

    def set_profile_bar(self, profile_id: str, score: int) -> None:
        """The worst held score once the profile is full, else −1."""
        ...


class Side:
    """What one side holds: partner → score, and for how many it has room. ``held`` changes by ``take`` and ``leave`` only."""

    __slots__ = ("_least", "held", "room")

    def __init__(self, room: int, held: Mapping[str, int] | None = None) -> None:
        self.room = room
        self.held: dict[str, int] = dict(held or {})
        # Of a hundred and eighty pairs that an offer has tried where people's lists are full, all but some twenty change nothing.
        self._least: int | None = None

    @property
    def full(self) -> bool:
        """Whether a further partner must push one out."""
        return len(self.held) >= self.room

    def take(self, partner: str, score: int) -> None:
        """Hold a partner, or hold it at another score."""
        self.held[partner] = score
        self._least = None

    def leave(self, partner: str) -> bool:
        """Let go of a partner; whether it was held."""
        self._least = None
        return self.held.pop(partner, None) is not None

    def least(self) -> int:
        """The worst score that is held. There must be one."""
        if self._least is None:
            self._least = min(self.held.values())
        return self._least

    def worst(self) -> tuple[str, int]:
        """The partner that a better one would push out, and its score. There must be one."""
        least = self.least()
        ties = [partner for partner, score in self.held.items() if score == least]
        return (ties[0] if len(ties) == 1 else max(ties, key=id_key)), least

    def bar(self) -> int:
        """Scores below cannot get in: the worst held once full, −1 before."""
        if not self.full:
            return -1
        return self.least() if self.held else 1 << 30

    def would_take(self, partner: str, score: int) -> bool:
        """Whether this side has room for the partner or puts it before the worst it holds."""
        if len(self.held) < self.room:
            return True
        if not self.held:
            return False
        least = self.least()
        return score > least or (score == least and id_key(partner) < id_key(self.worst()[0]))


class Settler:
    """Keeps the allocation of one worker's profiles on all offers; ``admitted`` is how each offer stands in all.

    Profiles that another worker owns appear in ``offers[...]`` only: this engine may push them out (their owner then
    looks for something else for them), never bring them in.
    """

    def __init__(self, market: Market, room: int) -> None:
        """``room``: how many offers a profile holds, K."""
        self._market = market
        self.room = room
        self.profiles: dict[str, Side] = {}
        self.offers: dict[str, Side] = {}
        self._dirty_profiles: dict[str, None] = {}
        self._dirty_offers: dict[str, None] = {}
        self._moved_profiles: set[str] = set()
        self._moved_offers: set[str] = set()
        self.touched_offers: set[str] = set()

    @property
    def quiet(self) -> bool:
        """Whether nothing is left to settle."""
        return not self._dirty_profiles and not self._dirty_offers

    @property
    def waiting(self) -> int:
        """Sides that are still to be looked at."""
        return len(self._dirty_profiles) + len(self._dirty_offers)

    def side_of(self, profile_id: str) -> Side | None:
        """What a profile of this worker holds; None for another worker's. Made when first needed: most hold little."""
        side = self.profiles.get(profile_id)
        if side is None and self._market.owns(profile_id):
            side = self.profiles[profile_id] = Side(self.room)
        return side

    def profile_changed(self, profile_id: str, scores: Mapping[str, int | None]) -> None:
        """A profile of this worker came or changed: ``scores`` says what each held pair is worth now (None: no more)."""
        side = self.side_of(profile_id)
        if side is None:
            return
        side.room = self.room
        for offer_id, score in scores.items():
            self._rescore(profile_id, offer_id, score)
        while len(side.held) > side.room:
            self._part(profile_id, side.worst()[0])
        self._moved_profiles.add(profile_id)
        self._dirty_profiles[profile_id] = None

    def profile_left(self, profile_id: str) -> None:
        """A profile was erased, or is no longer looking: its places are free."""
        side = self.profiles.get(profile_id)
        if side is None:
            return
        for offer_id in list(side.held):
            self._part(profile_id, offer_id)
        del self.profiles[profile_id]
        self._dirty_profiles.pop(profile_id, None)

    def offer_changed(self, offer_id: str, budget: int, scores: Mapping[str, int | None]) -> None:
        """An offer came or changed: its budget, and what each admitted pair of this worker is worth now."""
        side = self.offers.setdefault(offer_id, Side(budget))
        if side.room != budget:
            side.room = budget
            self.touched_offers.add(offer_id)
        for profile_id, score in scores.items():
            self._rescore(profile_id, offer_id, score)
        while len(side.held) > side.room:
            self._part(side.worst()[0], offer_id)
        self._moved_offers.add(offer_id)
        self._dirty_offers[offer_id] = None

    def offer_left(self, offer_id: str) -> None:
        """An offer closed: whoever held it has room again."""
        side = self.offers.get(offer_id)
        if side is None:
            return
        for profile_id in list(side.held):
            self._part(profile_id, offer_id)
        del self.offers[offer_id]
        self._dirty_offers.pop(offer_id, None)
        self.touched_offers.add(offer_id)

    def pair_closed(self, profile_id: str, offer_id: str) -> None:
        """Applied, dismissed or refused: the pair is over and both have room."""
        self._part(profile_id, offer_id)

    def adopt(self, offer_id: str, budget: int, admitted: Mapping[str, int]) -> None:
        """Another worker changed how an offer stands: take that over and look again at whom it concerns here."""
        known = self.offers.get(offer_id)
        before = known.held if known is not None else {}
        self.offers[offer_id] = Side(budget, admitted)
        for profile_id in before.keys() | admitted.keys():
            own = self.side_of(profile_id)
            if own is None or before.get(profile_id) == admitted.get(profile_id):
                continue
            if profile_id in admitted:
                own.take(offer_id, admitted[profile_id])
                while len(own.held) > own.room:
                    self._part(profile_id, own.worst()[0])
            else:
                own.leave(offer_id)
            self._moved_profiles.add(profile_id)
            self._dirty_profiles[profile_id] = None
        self._moved_offers.add(offer_id)
        self._dirty_offers[offer_id] = None

    def take_over(self, profile_ids: Iterable[str]) -> None:
        """These profiles are this worker's from now on: they hold what the offers say, and all look around."""
        self.profiles.clear()
        self._dirty_profiles = dict.fromkeys(profile_ids)
        for offer_id, offer in self.offers.items():
            for profile_id, score in offer.held.items():
                side = self.side_of(profile_id)
                if side is not None:
                    side.take(offer_id, score)
        for profile_id, side in list(self.profiles.items()):
            while len(side.held) > side.room:
                self._part(profile_id, side.worst()[0])
            self._moved_profiles.add(profile_id)

    def settle(self, rounds: int | None = None) -> None:
        """Take blocking pairs until there is none, or for so many rounds (a batch of profiles, or an offer) at most."""
        while not self.quiet and rounds != 0:
            rounds = None if rounds is None else rounds - 1
            if self._dirty_profiles:
                batch = list(islice(self._dirty_profiles, BATCH))
                for profile_id in batch:
                    del self._dirty_profiles[profile_id]
                self._settle_profiles(batch)
            else:
                offers = list(islice(self._dirty_offers, OFFER_BATCH))
                for offer_id in offers:
                    del self._dirty_offers[offer_id]
                self._settle_offers(offers)

    def allocation(self) -> set[Pair]:
        """The pairs of this worker's profiles as they stand."""
        return {
            Pair(profile_id, offer_id, score)
            for profile_id, side in self.profiles.items()
            for offer_id, score in side.held.items()
        }

    def _settle_profiles(self, batch: list[str]) -> None:
        sides = {profile_id: side for profile_id in batch if (side := self.side_of(profile_id)) is not None}

        def pairs(profile_id: str, found: Found) -> list[Try]:
            held = sides[profile_id].held
            return [(-score, profile_id, offer_id) for offer_id, score in found if offer_id not in held]

        self._settle(sides, self._market.offers_for, pairs)

    def _settle_offers(self, batch: list[str]) -> None:
        sides = {offer_id: side for offer_id in batch if (side := self.offers.get(offer_id)) is not None}

        def pairs(offer_id: str, found: Found) -> list[Try]:
            held = sides[offer_id].held
            return [(-score, profile_id, offer_id) for profile_id, score in found if profile_id not in held]

        self._settle(sides, self._market.profiles_for, pairs)

    def _settle(
        self,
        sides: Mapping[str, Side],
        ask: Callable[[Mapping[str, int]], dict[str, Found]],
        pairs: Callable[[str, Found], list[Try]],
    ) -> None:
        """Best pairs of the whole batch first: any order is right, this one pushes the fewest out again.

        What a side holds already is no news to it; a pair that is parted meanwhile has both sides look again.
        """
        waiting = {id: side.room + len(side.held) + 8 for id, side in sides.items() if side.room}
        while waiting:
            tries: list[Try] = []
            cut = {}
            self._set_bars()
            for id, found in ask(waiting).items():
                tries += pairs(id, found)
                if len(found) >= waiting[id]:
                    cut[id] = (waiting[id] * 4, found[-1])
            self._try_all(tries)
            # An answer that was cut short may hide further pairs, unless even its last one is not wanted any more.
            waiting = {
                id: limit for id, (limit, (partner, score)) in cut.items() if sides[id].would_take(partner, score)
            }

    def _set_bars(self) -> None:
        """Let the market know what sides hold that changed since it was last asked: most change several times in between."""
        for profile_id in self._moved_profiles:
            if (profile := self.profiles.get(profile_id)) is not None:
                self._market.set_profile_bar(profile_id, profile.bar())
        for offer_id in self._moved_offers:
            if (offer := self.offers.get(offer_id)) is not None:
                self._market.set_offer_bar(offer_id, offer.bar())
        self._moved_profiles.clear()
        self._moved_offers.clear()

    def _try_all(self, tries: list[Try]) -> None:
        tries.sort()
        for minus_score, profile_id, offer_id in tries:
            self._try(profile_id, offer_id, -minus_score)

    def _try(self, profile_id: str, offer_id: str, score: int) -> None:
        profile, offer = self.profiles.get(profile_id) or self.side_of(profile_id), self.offers.get(offer_id)
        if profile is None or offer is None or offer_id in profile.held:
            return
        if not (profile.would_take(offer_id, score) and offer.would_take(profile_id, score)):
            return
        if profile.full:
            self._part(profile_id, profile.worst()[0])
        if offer.full:
            self._part(offer.worst()[0], offer_id)
        profile.take(offer_id, score)
        offer.take(profile_id, score)
        self.touched_offers.add(offer_id)
        self._moved_profiles.add(profile_id)
        self._moved_offers.add(offer_id)

    def _rescore(self, profile_id: str, offer_id: str, score: int | None) -> None:
        profile, offer = self.profiles.get(profile_id), self.offers.get(offer_id)
        if score is None:
            self._part(profile_id, offer_id)
            return
        if profile is None or offer is None or offer_id not in profile.held or profile.held[offer_id] == score:
            return
        fell = score < profile.held[offer_id]
        profile.take(offer_id, score)
        offer.take(profile_id, score)
        self.touched_offers.add(offer_id)
        self._moved_profiles.add(profile_id)
        self._moved_offers.add(offer_id)
        if fell:
            # What was worse than this pair may now be better.
            self._dirty_profiles[profile_id] = None
            self._dirty_offers[offer_id] = None

    def _part(self, profile_id: str, offer_id: str) -> None:
        profile, offer = self.profiles.get(profile_id), self.offers.get(offer_id)
        if profile is not None and profile.leave(offer_id):
            self._moved_profiles.add(profile_id)
            self._dirty_profiles[profile_id] = None
        if offer is not None and offer.leave(profile_id):
            self.touched_offers.add(offer_id)
            self._moved_offers.add(offer_id)
            self._dirty_offers[offer_id] = None
