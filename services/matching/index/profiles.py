"""The profiles' side: an offer → the best profiles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.affinity import reply as reply_term
from services.matching.domain.configuration import SCALE
from services.matching.domain.constraints import latest_start, offer_is_closed
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.index.cells import around, cell, cells, levels_of, reach_class
from services.matching.index.encoding import (
    DOMAINS,
    MONTH_BITS,
    PROFILE_ROW,
    Ints,
    Rows,
    SkillNumbers,
    asked_weight,
    domain_posting,
    lacking,
    needed,
    profile_geo,
    profile_row,
    row_profile,
    skill_bit,
    skill_sketch,
    skill_sketches,
    territory_number,
)
from services.matching.index.kernel import Rules
from services.matching.index.postings import NOTHING, Posting, Words
from services.matching.index.rows import SlottedRows

OPEN = 0
"""Posting of the profiles that name no occupation: every offer may interest them a little."""
FEW = 1_500
"""Candidates that are scored in one go; with more, leaving some out pays."""
SHARE_WORTH = 0.8
"""Asking the grid again pays when this much of the range is left at most."""
STEPS = 33
"""Distance terms that are tried for how far it is worth looking."""
_MONTHS = (1 << MONTH_BITS) - 1
_SLACK_DM = 2.0
"""Distances count in whole decimetres, rounded down."""
Score = tuple[str, int]
Shares = NDArray[np.float64]
EVERYBODY: Shares = np.ones(1)
"""Shares while nothing is known that would leave anybody out."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked, with what every tier needs of it."""

    offer: OfferFacts
    today: int
    limit: int
    exclude: tuple[str, ...]
    above_bar: bool
    ranges: Any
    needs: np.uint64
    sketch: list[tuple[int, np.uint64]]
    """Points of skills, and the bits of the asked skills that give so many."""
    asked: int
    """Points of somebody who has every asked skill."""


def _least(scores: Rows, limit: int) -> int:
    """The score of the ``limit``-th best, 0 when there are fewer."""
    if len(scores) < limit:
        return 0
    return int(np.partition(scores, len(scores) - limit)[len(scores) - limit])


class ProfileIndex(SlottedRows):
    """Profiles of one worker, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(PROFILE_ROW, capacity, skills or SkillNumbers())
        self.rules = rules
        self._more: dict[int, list[int]] = {}
        self._levels = 0

    def version(self, profile_id: str) -> int:
        """The version that was put in, 0 for a profile that is not there."""
        return int(self._versions[self.ids.find(profile_id)])

    def bars(self, slots: Ints) -> Ints:
        """Scores that the profiles in these slots want at least."""
        return self._bars[slots]

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
        self.changes += 1
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
        if offer_is_closed(offer, today):
            return []
        ask = self._question(offer, limit, today, tuple(exclude), above_bar)
        found, least = (np.empty(0, np.int32), np.empty(0, np.int64)), 0
        for postings, points in self._tiers(ask):
            shares = self._shares(ask, points, least)
            if shares[-1] < 0:
                break
            candidates, words = self._collect(ask, postings, float(shares[-1]))
            if not least and len(candidates) > FEW:
                # Those who seem to have the most skills say which score is needed at least.
                found = self._joined(found, self._sampled(ask, candidates, words))
                least = _least(found[1], limit)
                shares = self._shares(ask, points, least)
            found = self._joined(found, self._promising(ask, candidates, words, shares))
            least = _least(found[1], limit)
        return self._best(*found, limit)

    def _joined(self, some: tuple[Ints, Rows], more: tuple[Ints, Rows]) -> tuple[Ints, Rows]:
        """Both, each slot once."""
        if not len(some[0]) or not len(more[0]):
            return some if len(some[0]) else more
        slots, scores = np.concatenate([some[0], more[0]]), np.concatenate([some[1], more[1]])
        once = self._once(slots)
        return slots[once], scores[once]

    def _question(
        self, offer: OfferFacts, limit: int, today: int, exclude: tuple[str, ...], above_bar: bool
    ) -> _Question:
        weights: dict[int, int] = {}
        for skill in offer.skills:
            bit = skill_bit(self.skills.number(skill.key))
            weights[bit] = weights.get(bit, 0) + (REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT)
        sketch: dict[int, int] = {}
        for bit, weight in weights.items():
            sketch[weight] = sketch.get(weight, 0) | bit
        return _Question(
            offer,
            today,
            limit,
            exclude,
            above_bar,
            ranges=self._ranges(offer),
            needs=np.uint64(needed(offer)),
            sketch=[(weight, np.uint64(bits)) for weight, bits in sketch.items()],
            asked=sum(weights.values()),
        )

    def _tiers(self, ask: _Question) -> list[tuple[list[Posting], int]]:
        """Postings by falling affinity, with the highest affinity of those that no tier before holds."""
        open_affinity = self.rules.configuration.open_affinity
        if ask.offer.occupation is None:
            return [(self.postings.some([OPEN, *DOMAINS]), open_affinity)]
        near = self.rules.wished_near(ask.offer.occupation)
        own, close = self.postings.some([int(near.numbers[0])]), self.postings.some([OPEN, *near.close])
        far = self.postings.some(near.domains)
        # In the country one pass costs less than two or three.
        counts = [sum(posting.count(ask.ranges) for posting in tier) for tier in (own, close, far)]
        if sum(counts) <= FEW:
            return [([*own, *close, *far], SCALE)]
        tiers = [(own, SCALE), (close, max(open_affinity, near.most_close, near.most_far))]
        if counts[0] + counts[1] <= FEW:
            tiers = [([*own, *close], SCALE)]
        if far:
            tiers.append((far, near.most_far))
        return tiers

    def _ranges(self, offer: OfferFacts, share: float = 1.0) -> Any:
        return around(offer.position, territory_number(offer.territory), self._levels, share)

    def _collect(self, ask: _Question, postings: list[Posting], share: float) -> tuple[Ints, Words]:
        """Slots in the postings, and their words, that may lie within this share of their own range."""
        slots: list[Ints] = []
        words: list[Words] = []
        ranges = ask.ranges if share > SHARE_WORTH else self._ranges(ask.offer, share)
        for posting in postings:
            posting.collect(ranges, slots, words)
        if not slots:
            return np.empty(0, np.int32), np.empty(0, np.uint64)
        return np.concatenate(slots), np.concatenate(words)

    def _shares(self, ask: _Question, points: int, least: int) -> Shares:
        """Within which share of their range profiles of this affinity can score ``least``, by points of skills.

        Below zero: nowhere. More points of skills never have a smaller share.
        """
        if not least:
            return EVERYBODY
        configuration = self.rules.configuration
        floor, asked = configuration.distance_floor, ask.asked
        skills = np.arange(asked + 1) * SCALE // asked if asked else np.array([configuration.neutral])
        if ask.offer.position is None or floor == SCALE:
            term = configuration.neutral if ask.offer.position is None else SCALE
            return np.where(self._most(ask, points, term, skills) >= least, 1.0, -1.0)
        terms = np.linspace(floor, SCALE, STEPS).astype(np.int64)
        enough = self._most(ask, points, terms, skills[:, None]) >= least
        # One step further than the first that suffices: between two steps nothing is known.
        before = np.maximum(enough.argmax(axis=1) - 1, 0)
        shares: Shares = np.where(enough[:, -1], (SCALE - terms[before]) / (SCALE - floor), -1.0)
        return shares

    def _most(self, ask: _Question, points: int, distance: Any, skills: Any) -> Any:
        """What profiles of this affinity score at most, every wish met."""
        offer, rules = ask.offer, self.rules
        fresh = rules.configuration.freshness(ask.today - offer.confirmed_day)
        experience = points if offer.months else SCALE
        return rules.score(points, skills, distance, experience, fresh, SCALE, reply_term(offer, rules.configuration))

    def _skill_points(self, ask: _Question, words: Words) -> NDArray[np.intp]:
        """Points of skills at most, as far as words tell."""
        found = np.zeros(len(words), np.intp)
        for weight, bits in ask.sketch:
            found += np.bitwise_count(words & bits).astype(np.intp) * weight
        return found

    def _sampled(self, ask: _Question, candidates: Ints, words: Words) -> tuple[Ints, Rows]:
        """Some with the most skills as far as words tell; their words say from now on that they are done."""
        at = np.flatnonzero(words & ask.needs == 0)
        if len(at) > FEW // 3:
            points = self._skill_points(ask, words[at])
            held = np.bincount(points, minlength=ask.asked + 1)
            above = held[::-1].cumsum()[::-1]
            # The fewest points that all who have more leave room for.
            fewest = int(np.flatnonzero(above > FEW // 3)[-1])
            like = np.flatnonzero(points == fewest)
            room = FEW // 3 - int(above[fewest] - held[fewest])
            at = np.concatenate([at[points > fewest], at[like[:: max(1, len(like) // max(1, room))]]])
        found = self._kept(ask, *self._score(ask.offer, *self._within(ask.offer, candidates[at]), ask.today))
        words[at] = NOTHING
        return found

    def _promising(self, ask: _Question, candidates: Ints, words: Words, shares: Shares) -> tuple[Ints, Rows]:
        """Those that may be recommended, and their scores; whom distance and skills keep too low may be left out."""
        at = np.flatnonzero(words & ask.needs == 0)
        share = None
        if shares is not EVERYBODY:
            share = shares.take(self._skill_points(ask, words.take(at)))
            hopeful = np.flatnonzero(share >= 0)
            at, share = at.take(hopeful), share.take(hopeful)
        slots, squared, reach = self._within(ask.offer, candidates.take(at), share)
        if not len(slots):
            return slots, np.empty(0, np.int64)
        return self._kept(ask, *self._score(ask.offer, slots, squared, reach, ask.today))

    def _kept(self, ask: _Question, slots: Ints, scores: Rows) -> tuple[Ints, Rows]:
        return self._without(slots, scores, self.rules.configuration.minimum, ask.exclude, ask.above_bar)

    def scores(self, offer: OfferFacts, profile_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these profiles is worth for the offer; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(profile_ids)
        slots = np.array([slot for slot in map(self.ids.find, found) if slot], np.int32)
        if len(slots) and not offer_is_closed(offer, today):
            slots = slots[self._bits[slots] & np.uint64(needed(offer)) == 0]
            kept, scores = self._score(offer, *self._within(offer, slots), today)
            kept, scores = self._without(kept, scores, self.rules.configuration.minimum, (), False)
            found.update(zip(self.ids.names(kept), scores.tolist(), strict=True))
        return found

    def _within(self, offer: OfferFacts, slots: Ints, share: Any = None) -> tuple[Ints, Any, Rows]:
        """Slots, each once, within their own range, or that share of it; squared distances; reaches."""
        geo = self._geo.take(slots, axis=0)
        if offer.position is None:
            once = self._once(slots)
            return slots[once], None, geo[once, 3].astype(np.int64)
        apart = (geo[:, :3] - np.array(offer.position, np.int32)).astype(np.float64)
        squared = np.einsum("ij,ij->i", apart, apart)
        reach = geo[:, 3].astype(np.float64)
        limit = reach if share is None else np.minimum(reach, share * reach + _SLACK_DM)
        at = np.flatnonzero((squared <= limit * limit) | (reach < 0))
        at = at[self._once(slots[at])]
        return slots[at], squared[at], geo[at, 3].astype(np.int64)

    def _score(self, offer: OfferFacts, slots: Ints, squared: Any, reach: Rows, today: int) -> tuple[Ints, Rows]:
        """Those of the slots that pass every hard constraint, and their scores."""
        rules, configuration = self.rules, self.rules.configuration
        rows = self._rows.take(slots)
        passing = rows["from_day"] <= latest_start(offer, configuration, today)
        if offer.minutes != UNKNOWN:
            passing &= (rows["minutes_min"] <= offer.minutes) & (rows["minutes_max"] >= offer.minutes)
        if offer.reserved:
            passing &= rows["reserved"] & offer.reserved != 0
        nowhere = reach < 0 if squared is not None else np.ones(len(slots), bool)
        if nowhere.any():
            passing &= ~nowhere | (rows["territory"] == territory_number(offer.territory))
        occupation, experience = self._occupations(offer, rows)
        passing &= occupation >= configuration.minimum_affinity
        if not passing.all():
            slots, rows, reach, nowhere = slots[passing], rows[passing], reach[passing], nowhere[passing]
            occupation, experience = (
                occupation[passing],
                experience if isinstance(experience, int) else experience[passing],
            )
            squared = squared[passing] if squared is not None else None
        distance: Any = configuration.neutral
        if squared is not None:
            distance = np.where(nowhere, configuration.neutral, rules.distance(squared, np.abs(reach)))
        wished = (
            rows["wished_contracts"].astype(np.int64),
            rows["wished_minutes"].astype(np.int64),
            rows["wage_floor"].astype(np.int64),
        )
        score = rules.score(
            occupation,
            self._skills(offer, slots, rows),
            distance,
            experience,
            configuration.freshness(today - offer.confirmed_day),
            rules.wishes((offer.contract, offer.minutes, offer.wage), wished),
            reply_term(offer, configuration),
        )
        return slots, score

    def _occupations(self, offer: OfferFacts, rows: Rows) -> tuple[Any, Any]:
        """Occupation and experience terms."""
        open_affinity = self.rules.configuration.open_affinity
        count = len(rows)
        if offer.occupation is None:
            return np.full(count, open_affinity, np.int64), 0 if offer.months else SCALE
        table = self.rules.table
        near_by = self.rules.wished_near(offer.occupation)
        table[near_by.numbers] = near_by.points
        wishes = rows["wishes"]
        near = table.take(wishes >> MONTH_BITS)
        table[near_by.numbers] = 0
        occupation = np.where(wishes[:, 0] == 0, open_affinity, near.max(axis=1, initial=0))
        if not offer.months:
            return occupation, SCALE
        months = np.minimum((wishes & _MONTHS).astype(np.int64), offer.months)
        return occupation, (near * months // offer.months).max(axis=1, initial=0)

    def _skills(self, offer: OfferFacts, slots: Ints, rows: Rows) -> Any:
        """Skills term."""
        if not offer.skills:
            return self.rules.configuration.neutral
        entries = [
            (self.skills.number(skill.key), REQUIRED_WEIGHT if skill.required else WISHED_WEIGHT)
            for skill in offer.skills
        ]
        weights = self._skill_weights(entries)
        has = weights.take(rows["skills"]).sum(axis=1)
        if self._more:
            for at in np.flatnonzero(rows["more_skills"]).tolist():
                has[at] += int(weights[self._more[int(slots[at])]].sum())
        for number, _ in entries:
            weights[number] = 0
        return has * SCALE // asked_weight(offer.skills, REQUIRED_WEIGHT, WISHED_WEIGHT)

    def _keys(self, slot: int) -> set[tuple[int, int]]:
        """Postings in which a slot belongs: (occupation number, cell)."""
        x, y, z, reach = self._geo[slot].tolist()
        row = self._rows[slot]
        level = reach_class(abs(reach))
        key = cell(None if reach < 0 else (x, y, z), level, int(row["territory"]))
        self._levels |= 1 << level
        wishes = [wish >> MONTH_BITS for wish in row["wishes"].tolist() if wish]
        return {(number, key) for number in (*wishes, *map(domain_posting, wishes)) or (OPEN,)}

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
        # Two occupations of one domain are one entry in the posting of the domain.
        inside = (
            np.unique(np.stack([which, -2 - (named - 1) // 10_000]), axis=1) if len(named) else np.empty((2, 0), int)
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
