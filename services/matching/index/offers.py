"""The offers' side: a profile → the best offers."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.facts import UNKNOWN, OfferFacts, ProfileFacts
from services.matching.domain.scale import SCALE
from services.matching.index.cells import cell, within
from services.matching.index.encoding import (
    NO_PLACE,
    Ints,
    Rows,
    SkillNumbers,
    branch_posting,
    lacking,
    needed,
    occupation_number,
    offer_row,
    territory_number,
)
from services.matching.index.kernel import Demanded, Has, Offered, Rules, Wished
from services.matching.index.layout import OFFER_ROW
from services.matching.index.passing import OfferSide, ProfileSide, passing, suits
from services.matching.index.postings import Words
from services.matching.index.profiles import Score
from services.matching.index.rows import SlottedRows

ANY = -1
"""Posting of all offers: for profiles that name no occupation."""
LEVEL = 0
"""Offers have no reach: one class of small cells."""


class OfferIndex(SlottedRows):
    """Open offers, by id."""

    def __init__(self, rules: Rules, capacity: int = 0, skills: SkillNumbers | None = None) -> None:
        super().__init__(OFFER_ROW, capacity, skills or SkillNumbers())
        self.rules = rules
        self._more: dict[int, list[tuple[int, int]]] = {}

    def put(self, offer: OfferFacts) -> None:
        """Insert or replace an offer; one that is not open, or that we do not understand, is taken out."""
        if not offer.open or offer.beyond:
            self.remove(offer.offer_id)
            return
        slot = self.ids.find(offer.offer_id)
        row, more = offer_row(offer, self.skills, REQUIRED_WEIGHT, WISHED_WEIGHT)
        if slot:
            before, needs = self._keys(slot), int(self._bits[slot])
        else:
            slot = self._claim()[0]
            self.ids.add(offer.offer_id, slot)
            before, needs = set(), 0
        self._geo[slot] = (*(offer.position or NO_PLACE), 0 if offer.position else -1)
        now = needed(offer)
        self._bits[slot] = now
        self.changes += 1
        self._rows[slot] = row
        if more:
            self._more[slot] = more
        else:
            self._more.pop(slot, None)
        after = self._keys(slot)
        for number, key in before - after:
            self.postings.remove(number, key, slot)
        for number, key in after - before:
            self.postings.add(number, key, slot, now)
        if now != needs:
            for number, key in after & before:
                self.postings.change(number, key, slot, now)

    def remove(self, offer_id: str) -> None:
        """Take an offer out; nothing happens when it is not there."""
        slot = self.ids.find(offer_id)
        if not slot:
            return
        for number, key in self._keys(slot):
            self.postings.remove(number, key, slot)
        self._more.pop(slot, None)
        self.ids.remove(offer_id)
        self._release(slot)

    def rank(
        self,
        profile: ProfileFacts,
        limit: int,
        today: int,
        exclude: Iterable[str] = (),
        above_bar: bool = False,
    ) -> list[Score]:
        """The best offers for a profile by falling score, then id: exactly those that ``domain.judge`` would keep."""
        if not profile.active:
            return []
        found: list[Ints] = []
        words: list[Words] = []
        ranges = within(profile.position, territory_number(profile.territory), profile.reach_dm, LEVEL)
        for number in self._near(profile):
            near = self.postings.get(number)
            if near is not None:
                near.collect(near.find(ranges), found, words)
        if not found:
            return []
        met = suits(np.concatenate(words), np.uint64(lacking(profile)))
        slots, scores = self._scores(profile, np.concatenate(found)[met], today)
        slots, scores = self._without(slots, scores, self.rules.configuration.minimum, exclude, above_bar)
        return self._best(slots, scores, limit)

    def scores(self, profile: ProfileFacts, offer_ids: Iterable[str], today: int) -> dict[str, int | None]:
        """What each of these offers is worth for the profile; None: not recommendable (any more)."""
        found: dict[str, int | None] = dict.fromkeys(offer_ids)
        slots = np.array([slot for slot in map(self.ids.find, found) if slot], np.int32)
        if len(slots) and profile.active:
            minimum = self.rules.configuration.minimum
            slots = slots[suits(self._bits[slots], np.uint64(lacking(profile)))]
            kept, scores = self._without(*self._scores(profile, slots, today), minimum, (), False)
            found.update(zip(self.ids.names(kept), scores.tolist(), strict=True))
        return found

    def _near(self, profile: ProfileFacts) -> Iterable[int]:
        if not profile.wishes:
            return (ANY,)
        # Offers without an occupation are looked at where the configuration lets them in at all.
        numbers = {occupation_number(None): None}
        for wish in profile.wishes:
            near = self.rules.offered_near(wish.code)
            numbers |= dict.fromkeys((int(near.numbers[0]), *near.close, *near.far))
        return numbers

    def _scores(self, profile: ProfileFacts, candidates: Ints, today: int) -> tuple[Ints, Rows]:
        """Slots that pass the other hard constraints, each once, and their scores; all need nothing that is lacking."""
        rules, configuration = self.rules, self.rules.configuration
        geo = self._geo.take(candidates, axis=0)
        nowhere, squared = np.ones(len(candidates), bool), np.zeros(len(candidates))
        within: Any = True
        if profile.position is not None:
            apart = (geo[:, :3] - np.array(profile.position, np.int32)).astype(np.float64)
            squared, nowhere = np.einsum("ij,ij->i", apart, apart), geo[:, 3] < 0
            within = squared <= float(profile.reach_dm) ** 2
        # Most are too far, which is told without their rows.
        at = np.flatnonzero((candidates != 0) & (nowhere | within))
        at = at[self._once(candidates[at])]
        slots, squared, nowhere = candidates[at], squared[at], nowhere[at]
        rows = self._rows.take(slots)
        occupation, experience, demands = self._occupations(profile, rows)
        kept = passing(
            OfferSide.of_rows(rows),
            ProfileSide.of(profile),
            nowhere,
            True,
            occupation * demands // SCALE,
            configuration,
            today,
        )
        if not kept.all():
            slots, rows, squared, nowhere = slots[kept], rows[kept], squared[kept], nowhere[kept]
            occupation, experience, demands = occupation[kept], experience[kept], demands[kept]
        distance: Any = configuration.neutral
        if profile.position is not None:
            distance = np.where(nowhere, configuration.neutral, rules.distance(squared, profile.reach_dm))
        answered = rows["reply"].astype(np.int64)
        score = rules.score(
            occupation,
            self._skills(profile, slots, rows),
            distance,
            experience,
            rules.freshness(today - rows["confirmed_day"].astype(np.int64)),
            rules.wishes(
                Offered.of_rows(rows),
                Wished(profile.wished_contracts, profile.wished_minutes, profile.wage_floor, profile.restricted),
            ),
            np.where(answered == UNKNOWN, configuration.reply_prior, answered),
            demands,
        )
        return slots, score

    def _occupations(self, profile: ProfileFacts, rows: Rows) -> tuple[Any, Any, Any]:
        """Terms of the occupation, the experience and the demands."""
        rules, offered = self.rules, rows["occupation"]
        asked = rows["months"].astype(np.int64)
        if not profile.wishes:
            occupation, none = rules.open.take(offered).astype(np.int64), np.zeros((1, len(rows)), np.int64)
            has = Has(profile.level, profile.held, none, none, np.zeros((1, 1), np.int64))
            experience = rules.experience(none, 0, asked, np.ones(len(rows), bool))
            return occupation, experience, rules.demands(Demanded.of_rows(rows), has)
        near = np.empty((len(profile.wishes), len(rows)), np.int64)
        for at, wish in enumerate(profile.wishes):
            near[at] = rules.near(rules.offered_near(wish.code), offered, rows["also"])
        months = np.array([[wish.months] for wish in profile.wishes])
        occupation = np.where(offered == 0, rules.configuration.uncoded_affinity, near.max(axis=0))
        wished = np.array([[occupation_number(wish.code)] for wish in profile.wishes])
        has = Has(profile.level, profile.held, near, months, wished)
        experience = rules.experience(near, months, asked, offered == 0)
        return occupation, experience, rules.demands(Demanded.of_rows(rows), has)

    def _skills(self, profile: ProfileFacts, slots: Ints, rows: Rows) -> Any:
        """Skills term."""
        entries = [(self.skills.number(key), 1) for key in profile.skills]
        held = self._skill_weights(entries)
        had = held.take(rows["skills"])
        required = rows["required"][:, None] >> np.arange(had.shape[1], dtype=np.uint16) & 1
        has = (had * (WISHED_WEIGHT + required.astype(np.int64) * (REQUIRED_WEIGHT - WISHED_WEIGHT))).sum(axis=1)
        if self._more:
            for at in np.flatnonzero(rows["more_skills"]).tolist():
                has[at] += sum(int(held[number]) * weight for number, weight in self._more[int(slots[at])])
        for number, _ in entries:
            held[number] = 0
        asked = rows["asked_weight"].astype(np.int64)
        return self.rules.skills(has, asked)

    def _keys(self, slot: int) -> set[tuple[int, int]]:
        """Postings in which a slot belongs: those of its occupation, of that of its text, and of all."""
        x, y, z, placed = self._geo[slot].tolist()
        row = self._rows[slot]
        key = cell(None if placed < 0 else (x, y, z), LEVEL, int(row["territory"]))
        number, also = int(row["occupation"]), int(row["also"])
        named = {(posting, key) for one in (number, also) if one for posting in (one, branch_posting(one))}
        return {(number, key), (ANY, key)} | named

    def columns(self) -> tuple[Ints, Any, Ints, Rows]:
        """Slots of all offers, rising, with what each needs, where it is, and its row."""
        slots = self._alive()
        return slots, self._bits[slots], self._geo[slots], self._rows[slots]

    def more_skills(self, slot: int) -> list[tuple[int, int]]:
        """(number, weight) of the skills that the row of an offer has no room for."""
        return self._more.get(slot, [])
