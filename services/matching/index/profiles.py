"""The profiles' side: an offer → the best profiles."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.matching.domain.constraints import can_be_matched
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.index.cells import cell, cells, levels_of, reach_class
from services.matching.index.encoding import (
    BRANCHES,
    INACTIVE,
    Ints,
    Rows,
    SkillNumbers,
    branch_posting,
    occupation_code,
    pointed_wish,
    row_profile,
)
from services.matching.index.kernel import Near, Rules
from services.matching.index.layout import BRANCH, NOT_SOUGHT, OCCUPATION_AT
from services.matching.index.rows import Score
from services.matching.index.sides import FoundBy, Offers, Profiles, seeks

OPEN = 0
"""Posting of the profiles that seek no occupation in particular: every offer may interest them a little."""


class ProfileIndex(Profiles):
    """Profiles of one worker, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(rules, capacity, skills)
        self._asking = Offers(rules, skills=self.skills)
        self._levels = 0

    def version(self, profile_id: str) -> int:
        """The version that was put in, 0 for a profile that is not there."""
        return self._version(self.ids.find(profile_id))

    def put(self, profile: ProfileFacts, version: int = 0) -> bool:
        """Insert or replace a profile; whether anything that matters here is different now."""
        slot = self.ids.find(profile.profile_id)
        before = self._found_by(slot) if slot else None
        if not slot:
            slot = self._claim()[0]
            self.ids.add(profile.profile_id, slot)
        changed = self.lay(slot, profile)
        self._is_at(slot, version)
        if before is None or changed:
            self.changes += 1
            self._find_by(slot, before)
        return changed or before is None

    def confirm(self, profile_id: str, version: int, newer: int) -> bool:
        """Let a profile that stands at ``version`` stand at ``newer`` with the same facts; no where it stands at another."""
        slot = self.ids.find(profile_id)
        if not slot or self._version(slot) != version:
            return False
        self._is_at(slot, newer)
        return True

    def _find_by(self, slot: int, before: FoundBy | None) -> None:
        """Put a slot into the postings where it belongs now, out of those where it did ``before``."""
        now = self._found_by(slot)
        if now == before:
            return
        left, entered = self._keys(before) if before else set(), self._keys(now)
        for number, key in left - entered:
            self.postings.remove(number, key, slot)
        for number, key in entered - left:
            self.postings.add(number, key, slot, now.sight)
        if before is not None and now.sight != before.sight:
            for number, key in entered & left:
                self.postings.change(number, key, slot, now.sight)

    def active(self, profile_id: str) -> bool:
        """Whether the profile is here and to be matched at all."""
        return not int(self.table["bits"][self.ids.find(profile_id)]) & INACTIVE

    def remove(self, profile_id: str) -> None:
        """Take a profile out; nothing happens when it is not there."""
        slot = self.ids.find(profile_id)
        if not slot:
            return
        for number, key in self._keys(self._found_by(slot)):
            self.postings.remove(number, key, slot)
        self.ids.remove(profile_id)
        self._release(slot)

    def get(self, profile_id: str) -> ProfileFacts | None:
        """The facts as they were put in."""
        slot = self.ids.find(profile_id)
        if not slot:
            return None
        record = self.table[slot]
        x, y, z, reach = record["geo"].tolist()
        more = self.more.get(int(record["more"]))
        return row_profile(profile_id, int(record["bits"]), (x, y, z, reach), record["row"], more, self.skills)

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
        self._asking.lay(0, offer)
        return self.rank_for(self._asking, 0, limit, today, exclude, above_bar)

    def rank_for(
        self,
        offers: Offers,
        slot: int,
        limit: int,
        today: int,
        exclude: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The same for an offer in a slot of the other side."""
        wanted = self.postings.wanted(offers.occupations(slot), self._near)
        return self.best_around(offers, slot, wanted, self._levels, limit, today, exclude, above_bar)

    def scores(self, offer: OfferFacts, profile_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these profiles is worth for the offer; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(profile_ids)
        slots = self.found(found)
        if can_be_matched(offer, today):
            self._asking.lay(0, offer)
            found.update(self.best_of(self._asking, 0, slots, today))
        return found

    def _near(self, named: tuple[int, ...]) -> Near:
        """Postings of the people for whom an occupation, or that of a text beside it, may be something."""
        number, also, doubted = named
        least, uncoded = self.rules.configuration.minimum_affinity, self.rules.configuration.uncoded_affinity
        everybody = ((OPEN, self.rules.open(number)),)
        if not number:
            return (*everybody, *((branch, uncoded) for branch in BRANCHES)) if uncoded >= least else everybody
        near = self.rules.wished_near(occupation_code(number), occupation_code(also) if also else None, bool(doubted))
        # A regulated occupation, and a trade, are not open to who names none.
        return (*everybody, *near) if self.rules.open(number) >= least else near

    def _keys(self, by: FoundBy) -> set[tuple[int, int]]:
        """Postings in which a profile belongs: (occupation number, cell)."""
        x, y, z, reach = by.geo
        level = reach_class(abs(reach))
        key = cell(None if reach < 0 else (x, y, z), level, by.territory)
        self._levels |= 1 << level
        wishes = [wish >> OCCUPATION_AT for wish in by.wishes if wish]
        anybody = () if seeks(by.wishes) else (OPEN,)
        return {(number, key) for number in (*wishes, *map(branch_posting, wishes), *anybody)}

    def _point(self, rows: Rows) -> None:
        """Put what their skills point to in the place of the wishes of who has none."""
        for at in np.flatnonzero((rows["wishes"][:, 0] == 0) & (rows["skills"][:, 0] != 0)).tolist():
            keys = sorted(self.skills.key(number) for number in rows["skills"][at].tolist() if number)
            pointed = self.rules.affinities.pointed_by(keys, int(rows["level"][at]))
            rows["wishes"][at, : len(pointed)] = [pointed_wish(code) for code in pointed]

    def load(self, high: Any, low: Any, bits: Any, geo: Ints, rows: Rows, versions: Any = 0) -> None:
        """Insert many profiles, none of which is in the index; ``rows`` name skills by this index's numbers.

        They are laid by cell and occupation: what a question reads lies together, which is worth more than anything it computes.
        """
        self.changes += 1
        self._point(rows)
        levels = levels_of(np.abs(geo[:, 3]))
        keys = cells(geo, levels, rows["territory"])
        slots = np.empty(len(rows), np.int32)
        slots[np.lexsort((rows["wishes"][:, 0], keys))] = self._claim(len(rows))
        for name, values in (("geo", geo), ("bits", bits), ("row", rows), ("version", versions)):
            self.table[name][slots] = values
        self.ids.add_many(high, low, slots)
        for level in np.unique(levels).tolist():
            self._levels |= 1 << level
        numbers = (rows["wishes"] >> OCCUPATION_AT).astype(np.int32)
        which, at = np.nonzero(numbers)
        nothing = np.flatnonzero(~((numbers != 0) & (rows["wishes"] & NOT_SOUGHT == 0)).any(axis=1))
        named = numbers[which, at]
        # Two occupations of one branch are one entry in the posting of the branch.
        inside = (
            np.unique(np.stack([which, -2 - (named - 1) // BRANCH]), axis=1) if len(named) else np.empty((2, 0), int)
        )
        of = np.concatenate([named, np.zeros(len(nothing), np.int32), inside[1].astype(np.int32)])
        which = np.concatenate([which, nothing, inside[0]])
        self.postings.load(of, keys[which], slots[which], geo[which], bits[which])
