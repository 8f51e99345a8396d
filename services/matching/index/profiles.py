"""The profiles' side: an offer → the best profiles."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.matching.domain.constraints import can_be_matched
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.scale import SCALE
from services.matching.index import bounds
from services.matching.index.bounds import EVERYBODY, Question, Shares
from services.matching.index.cells import around, cell, cells, levels_of, reach_class
from services.matching.index.encoding import (
    BRANCHES,
    Ints,
    Rows,
    SkillNumbers,
    branch_posting,
    lacking,
    profile_geo,
    profile_row,
    row_profile,
    skill_sketch,
    skill_sketches,
    territory_number,
)
from services.matching.index.kernel import Rules
from services.matching.index.layout import BRANCH, MONTH_BITS, PROFILE_ROW
from services.matching.index.passing import suits
from services.matching.index.postings import NOTHING, Posting, Words
from services.matching.index.rows import nth_best
from services.matching.index.scored_profiles import ScoredProfiles

OPEN = 0
"""Posting of the profiles that name no occupation: every offer may interest them a little."""
FEW = 2_500
"""Candidates that are scored in one go; with more, leaving some out pays."""
SAMPLE = 5
"""The share of ``FEW`` that is scored first, and from which on a closer look before scoring pays: a fifth."""
SHARE_WORTH = 0.8
"""Asking the grid again pays when this much of the range is left at most."""
Score = tuple[str, int]
Places = list[tuple[Posting, list[int]]]
"""Postings, and where in them the people around are."""


class ProfileIndex(ScoredProfiles):
    """Profiles of one worker, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(rules, capacity, skills or SkillNumbers())
        self._levels = 0

    def version(self, profile_id: str) -> int:
        """The version that was put in, 0 for a profile that is not there."""
        return int(self._versions[self.ids.find(profile_id)])

    def slots(self) -> Ints:
        """Slots of all profiles, rising."""
        return self._alive()

    def names(self) -> list[str]:
        """Ids of all profiles."""
        return self.ids.names(self._alive())

    def put(self, profile: ProfileFacts, version: int = 0) -> bool:
        """Insert or replace a profile; whether anything that matters here is different now."""
        slot = self.ids.find(profile.profile_id)
        row, more = profile_row(profile, self.skills)
        geo = profile_geo(profile)
        if slot:
            before, word = self._keys(slot), self._word(slot)
            content = self._content(slot)
        else:
            slot = self._claim()[0]
            self.ids.add(profile.profile_id, slot)
            before, word, content = set(), 0, None
        self._geo[slot] = geo
        self._bits[slot] = lacking(profile)
        self._rows[slot] = row
        self._versions[slot] = version
        if more:
            self._more[slot] = more
        else:
            self._more.pop(slot, None)
        if content is not None and content == self._content(slot):
            return False
        self.changes += 1
        after, now = self._keys(slot), self._word(slot)
        for number, key in before - after:
            self.postings.remove(number, key, slot)
        for number, key in after - before:
            self.postings.add(number, key, slot, now)
        if now != word:
            for number, key in after & before:
                self.postings.change(number, key, slot, now)
        return True

    def _word(self, slot: int) -> int:
        """What postings say of a profile: the bits it lacks and a sketch of its skills."""
        sketch = skill_sketch((*self._rows[slot]["skills"].tolist(), *self._more.get(slot, ())))
        return int(self._bits[slot]) | sketch

    def _content(self, slot: int) -> tuple[bytes, bytes, int, tuple[int, ...]]:
        more = tuple(self._more.get(slot, ()))
        return self._rows[slot].tobytes(), self._geo[slot].tobytes(), int(self._bits[slot]), more

    def remove(self, profile_id: str) -> None:
        """Take a profile out; nothing happens when it is not there."""
        slot = self.ids.find(profile_id)
        if not slot:
            return
        for number, key in self._keys(slot):
            self.postings.remove(number, key, slot)
        self._more.pop(slot, None)
        self.ids.remove(profile_id)
        self._rows[slot] = np.zeros((), PROFILE_ROW)
        self._release(slot)

    def get(self, profile_id: str) -> ProfileFacts | None:
        """The facts as they were put in."""
        slot = self.ids.find(profile_id)
        if not slot:
            return None
        x, y, z, reach = self._geo[slot].tolist()
        more = self._more.get(slot, [])
        return row_profile(profile_id, int(self._bits[slot]), (x, y, z, reach), self._rows[slot], more, self.skills)

    def rank(
        self,
        offer: OfferFacts,
        limit: int,
        today: int,
        exclude: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The best profiles for an offer by falling score, then id: exactly those that ``domain.judge`` would keep."""
        if not can_be_matched(offer, today):
            return []
        sketch, asked = bounds.skill_bits(offer, self.skills)
        ranges = self._ranges(offer)
        ask = Question(offer, today, tuple(exclude), above_bar, ranges, bounds.needed_word(offer), sketch, asked)
        found, least = (np.empty(0, np.int32), np.empty(0, np.int64)), 0
        for places, points in self._tiers(ask):
            shares = bounds.shares(self.rules, ask, points, least)
            if shares[-1] < 0:
                break
            candidates, words = self._collect(ask, places, float(shares[-1]))
            if not least and len(candidates) > FEW:
                # Those who seem to have the most skills say which score is needed at least.
                found = self._joined(found, self._sampled(ask, candidates, words))
                least = nth_best(found[1], limit)
                shares = bounds.shares(self.rules, ask, points, least)
            found = self._joined(found, self._promising(ask, candidates, words, shares, least))
            least = nth_best(found[1], limit)
        return self._best(*found, limit)

    def _tiers(self, ask: Question) -> list[tuple[Places, int]]:
        """Postings by falling affinity, with the highest affinity of those that no tier before holds."""
        open_affinity = self.rules.configuration.open_affinity
        if ask.offer.occupation is None:
            uncoded = self.rules.configuration.uncoded_affinity
            anybody = uncoded >= self.rules.configuration.minimum_affinity
            return [(self._places(ask, [OPEN, *BRANCHES] if anybody else [OPEN]), max(open_affinity, uncoded))]
        near = self.rules.wished_near(ask.offer)
        own = self._places(ask, [int(near.numbers[0])])
        # A regulated occupation, and a trade, are not open to who names none.
        welcome = int(self.rules.open[near.numbers[0]])
        welcome = welcome if welcome >= self.rules.configuration.minimum_affinity else 0
        close = self._places(ask, [OPEN, *near.close] if welcome else near.close)
        far = self._places(ask, near.far)
        # In the country one pass costs less than two or three.
        counts = [sum(posting.count(spans) for posting, spans in tier) for tier in (own, close, far)]
        if sum(counts) <= FEW:
            return [([*own, *close, *far], SCALE)]
        tiers = [(own, SCALE), (close, max(welcome, near.most_close, near.most_far))]
        if counts[0] + counts[1] <= FEW:
            tiers = [([*own, *close], SCALE)]
        if far:
            tiers.append((far, near.most_far))
        return tiers

    def _places(self, ask: Question, numbers: Iterable[int]) -> Places:
        return [(posting, posting.find(ask.ranges)) for posting in self.postings.some(numbers)]

    def _ranges(self, offer: OfferFacts, share: float = 1.0) -> Any:
        return around(offer.position, territory_number(offer.territory), self._levels, share)

    def _collect(self, ask: Question, places: Places, share: float) -> tuple[Ints, Words]:
        """Slots in the postings, and their words, that may lie within this share of their own range."""
        slots: list[Ints] = []
        words: list[Words] = []
        nearer = None if share > SHARE_WORTH else self._ranges(ask.offer, share)
        for posting, spans in places:
            posting.collect(spans if nearer is None else posting.find(nearer), slots, words)
        if not slots:
            return np.empty(0, np.int32), np.empty(0, np.uint64)
        return np.concatenate(slots), np.concatenate(words)

    def _sampled(self, ask: Question, candidates: Ints, words: Words) -> tuple[Ints, Rows]:
        """Some with the most skills as far as words tell; their words say from now on that they are done."""
        at = bounds.likeliest(ask, words, FEW // SAMPLE)
        found = self._kept(ask, *self._score(ask.offer, *self._within(ask.offer, candidates[at]), ask.today))
        words[at] = NOTHING
        return found

    def _promising(
        self, ask: Question, candidates: Ints, words: Words, shares: Shares, least: int
    ) -> tuple[Ints, Rows]:
        """Those that may be recommended, and their scores; whom distance and skills keep too low may be left out."""
        at = np.flatnonzero(suits(ask.needs, words))
        share = None
        if shares is not EVERYBODY:
            share = shares.take(bounds.skill_points(ask, words.take(at)))
            hopeful = np.flatnonzero(share >= 0)
            at, share = at.take(hopeful), share.take(hopeful)
        slots, squared, reach = self._within(ask.offer, candidates.take(at), share)
        if share is not None and ask.asked and len(slots) > FEW // SAMPLE:
            slots, squared, reach = self._narrowed(ask, slots, squared, reach, shares)
        if not len(slots):
            return slots, np.empty(0, np.int64)
        return self._kept(ask, *self._score(ask.offer, slots, squared, reach, ask.today), least)

    def _narrowed(
        self, ask: Question, slots: Ints, squared: Any, reach: Rows, shares: Shares
    ) -> tuple[Ints, Any, Rows]:
        """Without those of whom not the words but the skills themselves tell that they stay too low."""
        share = shares.take(self._held(ask.offer, slots, self._rows.take(slots)))
        hopeful = share >= 0
        if squared is not None:
            limit = share * reach + bounds.SLACK_DM
            hopeful &= (squared <= limit * limit) | (reach < 0)
        at = np.flatnonzero(hopeful)
        return slots[at], None if squared is None else squared[at], reach[at]

    def _kept(self, ask: Question, slots: Ints, scores: Rows, least: int = 0) -> tuple[Ints, Rows]:
        least = max(least, self.rules.configuration.minimum)
        return self._without(slots, scores, least, ask.exclude, ask.above_bar)

    def scores(self, offer: OfferFacts, profile_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these profiles is worth for the offer; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(profile_ids)
        slots = np.array([slot for slot in map(self.ids.find, found) if slot], np.int32)
        if len(slots) and can_be_matched(offer, today):
            slots = slots[suits(bounds.needed_word(offer), self._bits[slots])]
            kept, scores = self._score(offer, *self._within(offer, slots), today)
            kept, scores = self._without(kept, scores, self.rules.configuration.minimum, (), False)
            found.update(zip(self.ids.names(kept), scores.tolist(), strict=True))
        return found

    def _keys(self, slot: int) -> set[tuple[int, int]]:
        """Postings in which a slot belongs: (occupation number, cell)."""
        x, y, z, reach = self._geo[slot].tolist()
        row = self._rows[slot]
        level = reach_class(abs(reach))
        key = cell(None if reach < 0 else (x, y, z), level, int(row["territory"]))
        self._levels |= 1 << level
        wishes = [wish >> MONTH_BITS for wish in row["wishes"].tolist() if wish]
        return {(number, key) for number in (*wishes, *map(branch_posting, wishes)) or (OPEN,)}

    def load(self, high: Any, low: Any, bits: Any, geo: Ints, rows: Rows, versions: Any = 0) -> None:
        """Insert many profiles, none of which is in the index; ``rows`` name skills by this index's numbers."""
        self.changes += 1
        slots = np.array(self._claim(len(rows)), np.int32)
        self._geo[slots], self._bits[slots], self._rows[slots] = geo, bits, rows
        self._versions[slots] = versions
        self.ids.add_many(high, low, slots)
        levels = levels_of(np.abs(geo[:, 3]))
        for level in np.unique(levels).tolist():
            self._levels |= 1 << level
        keys = cells(geo, levels, rows["territory"])
        numbers = (rows["wishes"] >> MONTH_BITS).astype(np.int32)
        which, at = np.nonzero(numbers)
        nothing = np.flatnonzero(numbers[:, 0] == 0)
        named = numbers[which, at]
        # Two occupations of one branch are one entry in the posting of the branch.
        inside = (
            np.unique(np.stack([which, -2 - (named - 1) // BRANCH]), axis=1) if len(named) else np.empty((2, 0), int)
        )
        of = np.concatenate([named, np.zeros(len(nothing), np.int32), inside[1].astype(np.int32)])
        which = np.concatenate([which, nothing, inside[0]])
        words = bits | skill_sketches(rows["skills"])
        self.postings.load(of, keys[which], slots[which], words[which])

    def columns(self, slots: Ints) -> tuple[Any, Ints, Rows, dict[int, list[int]]]:
        """What these profiles lack, where they are, their rows, and the skills (by position) that rows have no room for."""
        more = (
            {at: self._more[slot] for at, slot in enumerate(slots.tolist()) if slot in self._more} if self._more else {}
        )
        return self._bits[slots], self._geo[slots], self._rows[slots], more
