"""The profiles' side: an offer → the best profiles."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.affinity import reply as reply_term
from services.matching.domain.configuration import SCALE
from services.matching.domain.constraints import latest_start, offer_is_closed
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.index.cells import around, cell, cells, levels_of, reach_class
from services.matching.index.encoding import (
    MONTH_BITS,
    PROFILE_ROW,
    Ints,
    Rows,
    SkillNumbers,
    asked_weight,
    lacking,
    needed,
    profile_geo,
    profile_row,
    row_profile,
    territory_number,
)
from services.matching.index.kernel import Rules
from services.matching.index.rows import SlottedRows

OPEN = 0
"""Posting of the profiles that name no occupation: every offer may interest them a little."""
_MONTHS = (1 << MONTH_BITS) - 1
Score = tuple[str, int]


class ProfileIndex(SlottedRows):
    """Profiles of one worker, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(PROFILE_ROW, capacity, skills or SkillNumbers())
        self.rules = rules
        self._more: dict[int, list[int]] = {}
        self._levels = 0

    def put(self, profile: ProfileFacts) -> None:
        """Insert or replace a profile."""
        slot = self.ids.find(profile.profile_id)
        row, more = profile_row(profile, self.skills)
        geo = profile_geo(profile)
        if slot:
            before = self._keys(slot)
        else:
            slot = self._claim()[0]
            self.ids.add(profile.profile_id, slot)
            before = set()
        self._geo[slot] = geo
        self._bits[slot] = lacking(profile)
        self._rows[slot] = row
        if more:
            self._more[slot] = more
        else:
            self._more.pop(slot, None)
        after = self._keys(slot)
        if after != before:
            for number, key in before - after:
                self.postings.remove(number, key, slot)
            for number, key in after - before:
                self.postings.add(number, key, slot)

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
        found: list[Ints] = []
        ranges = around(offer.position, territory_number(offer.territory), self._levels)
        if offer.occupation is None:
            for posting in self.postings.all():
                posting.collect(ranges, found)
        else:
            for number in (OPEN, *self.rules.wished_near(offer.occupation)[2]):
                near = self.postings.get(number)
                if near is not None:
                    near.collect(ranges, found)
        if not found:
            return []
        slots, scores = self._scores(offer, np.concatenate(found), today)
        slots, scores = self._without(slots, scores, self.rules.configuration.minimum, exclude, above_bar)
        return self._best(slots, scores, limit)

    def scores(self, offer: OfferFacts, profile_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these profiles is worth for the offer; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(profile_ids)
        slots = np.array([slot for slot in map(self.ids.find, found) if slot], np.int32)
        if len(slots) and not offer_is_closed(offer, today):
            kept, scores = self._without(
                *self._scores(offer, slots, today), self.rules.configuration.minimum, (), False
            )
            found.update(zip(self.ids.names(kept), scores.tolist(), strict=True))
        return found

    def _scores(self, offer: OfferFacts, candidates: Ints, today: int) -> tuple[Ints, Rows]:
        """Slots that pass the hard constraints, each once, and their scores."""
        rules, configuration = self.rules, self.rules.configuration
        geo = self._geo.take(candidates, axis=0)
        passing = self._bits.take(candidates) & np.uint64(needed(offer)) == 0
        if offer.position is not None:
            apart = (geo[:, :3] - np.array(offer.position, np.int32)).astype(np.float64)
            squared = np.einsum("ij,ij->i", apart, apart)
            reach = geo[:, 3].astype(np.float64)
            passing &= (squared <= reach * reach) | (reach < 0)
            at = np.flatnonzero(passing)
            squared = squared[at]
        else:
            at, squared = np.flatnonzero(passing), None
        slots = candidates[at]
        once = self._once(slots)
        slots, at = slots[once], at[once]
        rows = self._rows.take(slots)
        reach = geo[at, 3].astype(np.int64)
        passing = rows["from_day"] <= latest_start(offer, configuration, today)
        if offer.minutes != UNKNOWN:
            passing &= (rows["minutes_min"] <= offer.minutes) & (rows["minutes_max"] >= offer.minutes)
        if offer.reserved:
            passing &= rows["reserved"] & offer.reserved != 0
        nowhere = reach < 0 if squared is not None else np.ones(len(slots), bool)
        if nowhere.any():
            passing &= ~nowhere | (rows["territory"] == territory_number(offer.territory))
        if squared is not None:
            squared = squared[once]
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
        numbers, points, _ = self.rules.wished_near(offer.occupation)
        table[numbers] = points
        wishes = rows["wishes"]
        near = table.take(wishes >> MONTH_BITS)
        table[numbers] = 0
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
        return {(number, key) for number in wishes or [OPEN]}

    def load(self, high: Any, low: Any, bits: Any, geo: Ints, rows: Rows) -> None:
        """Insert many profiles, none of which is in the index; ``rows`` name skills by this index's numbers."""
        slots = np.array(self._claim(len(rows)), np.int32)
        self._geo[slots], self._bits[slots], self._rows[slots] = geo, bits, rows
        self.ids.add_many(high, low, slots)
        levels = levels_of(np.abs(geo[:, 3]))
        for level in np.unique(levels).tolist():
            self._levels |= 1 << level
        keys = cells(geo, levels, rows["territory"])
        numbers = (rows["wishes"] >> MONTH_BITS).astype(np.int32)
        which, at = np.nonzero(numbers)
        nothing = np.flatnonzero(numbers[:, 0] == 0)
        of = np.concatenate([numbers[which, at], np.zeros(len(nothing), np.int32)])
        which = np.concatenate([which, nothing])
        self.postings.load(of, keys[which], slots[which])
