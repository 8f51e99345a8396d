"""The profiles' side: an offer → the best profiles."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    territory_number,
)
from services.matching.index.kernel import Rules
from services.matching.index.postings import Posting
from services.matching.index.rows import SlottedRows

OPEN = 0
"""Posting of the profiles that name no occupation: every offer may interest them a little."""
FEW = 1_500
"""Candidates that are scored in one go; with more, leaving some out pays."""
SHARE_WORTH = 0.8
"""Asking the grid again pays when this much of the range is left at most."""
_MONTHS = (1 << MONTH_BITS) - 1
Score = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    limit: int
    exclude: tuple[str, ...]
    above_bar: bool


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
            before = self._keys(slot)
            content = self._content(slot)
        else:
            slot = self._claim()[0]
            self.ids.add(profile.profile_id, slot)
            before, content = set(), None
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
        after = self._keys(slot)
        if after != before:
            for number, key in before - after:
                self.postings.remove(number, key, slot)
            for number, key in after - before:
                self.postings.add(number, key, slot)
        return True

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
        wanted = _Wanted(limit, tuple(exclude), above_bar)
        tiers = self._tiers(offer)
        slots, scores, least = np.empty(0, np.int32), np.empty(0, np.int64), 0
        for postings, points in tiers:
            share = self._share(offer, points, today, least)
            if not share:
                break
            candidates = self._collect(offer, postings, share if share < SHARE_WORTH else 1.0)
            if len(candidates) > FEW and not least:
                # A sample says which score is needed at least, and that says how far away it can still be reached.
                _, sampled = self._chosen(offer, candidates[:: len(candidates) // (FEW // 3)], today, wanted)
                least = _least(sampled, limit)
                share = self._share(offer, points, today, least)
                if share < SHARE_WORTH:
                    candidates = self._collect(offer, postings, share)
            more = self._promising(offer, candidates, today, points, wanted, least)
            if len(slots):
                slots, scores = np.concatenate([slots, more[0]]), np.concatenate([scores, more[1]])
                once = self._once(slots)
                slots, scores = slots[once], scores[once]
            else:
                slots, scores = more
            least = max(least, _least(scores, limit))
        return self._best(slots, scores, limit)

    def _tiers(self, offer: OfferFacts) -> list[tuple[list[Posting], int]]:
        """Postings by falling affinity, with the highest affinity of those that no tier before holds."""
        open_affinity = self.rules.configuration.open_affinity
        if offer.occupation is None:
            return [(self.postings.some([OPEN, *DOMAINS]), open_affinity)]
        near = self.rules.wished_near(offer.occupation)
        own, close = self.postings.some([int(near.numbers[0])]), self.postings.some([OPEN, *near.close])
        far = self.postings.some(near.domains)
        # In the country one pass costs less than two or three.
        ranges = self._ranges(offer)
        counts = [sum(posting.count(ranges) for posting in tier) for tier in (own, close, far)]
        if sum(counts) <= FEW:
            return [([*own, *close, *far], SCALE)]
        tiers = [(own, SCALE), (close, max(open_affinity, near.most_close))]
        if counts[0] + counts[1] <= FEW:
            tiers = [([*own, *close], SCALE)]
        if far:
            tiers.append((far, near.most_far))
        return tiers

    def _ranges(self, offer: OfferFacts, share: float = 1.0) -> Any:
        return around(offer.position, territory_number(offer.territory), self._levels, share)

    def _collect(self, offer: OfferFacts, postings: list[Posting], share: float = 1.0) -> Ints:
        """Slots in the postings that may lie within this share of their own range."""
        if not postings:
            return np.empty(0, np.int32)
        found: list[Ints] = []
        ranges = self._ranges(offer, share)
        for posting in postings:
            posting.collect(ranges, found)
        return np.concatenate(found) if found else np.empty(0, np.int32)

    def _share(self, offer: OfferFacts, points: int, today: int, least: int) -> float:
        """Within which share of their range profiles of this affinity can score ``least``; 0 when they cannot."""
        floor = self.rules.configuration.distance_floor
        if least == 0 or offer.position is None or floor == SCALE:
            return 1.0
        terms = np.linspace(floor, SCALE, 33).astype(np.int64)
        enough = np.flatnonzero(self._most(offer, points, today, terms) >= least)
        if not len(enough):
            return 0.0
        # One step further than the first that suffices: between two steps nothing is known.
        return min(1.0, float(SCALE - terms[max(0, int(enough[0]) - 1)]) / (SCALE - floor))

    def _most(self, offer: OfferFacts, points: int, today: int, distance: Any = SCALE, skills: Any = SCALE) -> Any:
        """What profiles of this affinity score at most, every wish met; terms that are not known yet count as one."""
        rules = self.rules
        fresh = rules.configuration.freshness(today - offer.confirmed_day)
        experience = points if offer.months else SCALE
        return rules.score(points, skills, distance, experience, fresh, SCALE, reply_term(offer, rules.configuration))

    def _chosen(self, offer: OfferFacts, candidates: Ints, today: int, wanted: _Wanted) -> tuple[Ints, Rows]:
        """Those of the candidates that may be recommended, and their scores."""
        return self._kept(self._score(offer, *self._reached(offer, candidates), today), wanted)

    def _kept(self, scored: tuple[Ints, Rows], wanted: _Wanted) -> tuple[Ints, Rows]:
        return self._without(*scored, self.rules.configuration.minimum, wanted.exclude, wanted.above_bar)

    def _promising(
        self, offer: OfferFacts, candidates: Ints, today: int, points: int, wanted: _Wanted, least: int
    ) -> tuple[Ints, Rows]:
        """Like ``_chosen``, but whom distance and skills keep below ``least`` may be left out.

        ``points``: the highest affinity among the candidates.
        """
        slots, squared, reach = self._reached(offer, candidates)
        if least and squared is not None and len(slots) > FEW // 4:
            distance = self.rules.distance(squared, np.abs(reach))
            # Without a place, distance counts as neutral; at the door is surely not less.
            distance[reach < 0] = SCALE
            at = np.flatnonzero(self._most(offer, points, today, distance) >= least)
            if offer.skills and len(at) > FEW // 4:
                known = self._skills(offer, slots[at], self._rows[["skills", "more_skills"]][slots[at]])
                at = at[self._most(offer, points, today, distance[at], known) >= least]
            slots, squared, reach = slots[at], squared[at], reach[at]
        return self._kept(self._score(offer, slots, squared, reach, today), wanted)

    def scores(self, offer: OfferFacts, profile_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these profiles is worth for the offer; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(profile_ids)
        slots = np.array([slot for slot in map(self.ids.find, found) if slot], np.int32)
        if len(slots) and not offer_is_closed(offer, today):
            kept, scores = self._chosen(offer, slots, today, _Wanted(len(slots), (), False))
            found.update(zip(self.ids.names(kept), scores.tolist(), strict=True))
        return found

    def _reached(self, offer: OfferFacts, candidates: Ints) -> tuple[Ints, Any, Rows]:
        """Slots, each once, within their own range and lacking nothing needed; squared distances; reaches."""
        geo = self._geo.take(candidates, axis=0)
        passing = self._bits.take(candidates) & np.uint64(needed(offer)) == 0
        squared = None
        if offer.position is not None:
            apart = (geo[:, :3] - np.array(offer.position, np.int32)).astype(np.float64)
            squared = np.einsum("ij,ij->i", apart, apart)
            reach = geo[:, 3].astype(np.float64)
            passing &= (squared <= reach * reach) | (reach < 0)
        at = np.flatnonzero(passing)
        at = at[self._once(candidates[at])]
        return candidates[at], None if squared is None else squared[at], geo[at, 3].astype(np.int64)

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
        self.postings.load(of, keys[which], slots[which])

    def columns(self, slots: Ints) -> tuple[Any, Ints, Rows, dict[int, list[int]]]:
        """What these profiles lack, where they are, their rows, and the skills (by position) that rows have no room for."""
        more = (
            {at: self._more[slot] for at, slot in enumerate(slots.tolist()) if slot in self._more} if self._more else {}
        )
        return self._bits[slots], self._geo[slots], self._rows[slots], more
