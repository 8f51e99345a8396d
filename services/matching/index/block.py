"""Many profiles against the open offers at once: what a batch of events, or a shard that comes back, asks.

One question at a time costs some sixty calls into NumPy whatever its size; a block shares them. Pairs are left out by
occupation and by lacking bits in a matrix, and what remains is scored as a flat list with the terms of ``kernel``.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.facts import UNKNOWN
from services.matching.domain.scale import SCALE
from services.matching.index.encoding import Ints, Rows, occupation_code
from services.matching.index.kernel import Demanded, Has, Offered, Wished
from services.matching.index.layout import MONTH_BITS, OCCUPATION_CODES
from services.matching.index.offers import OfferIndex
from services.matching.index.passing import OfferSide, ProfileSide, passing, suits
from services.matching.index.profiles import ProfileIndex
from services.matching.index.rows import SlottedRows

MOST_OFFERS = 4_096
"""With more offers than this the postings of the index leave out more than a matrix costs."""
MOST_PROFILES = 20_000
"""With more profiles than this the postings leave out more than a matrix costs."""
SKILL_CELLS = 50_000_000
"""People times skills in one table of booleans: fifty megabytes."""
CELLS = 2_000_000
"""Profiles times offers in one matrix: some tens of megabytes."""
_MONTHS = (1 << MONTH_BITS) - 1
_NUMBER_BITS = OCCUPATION_CODES.bit_length()

Ranked = list[tuple[str, int]]


@dataclass
class _Offers:
    """Open offers as columns, until one changes. ``codes`` and ``also``: the pairs there are; ``code_of``: whose is which."""

    slots: Ints
    needs: Any
    geo: Any
    rows: Rows
    codes: Any
    also: Any
    code_of: Any
    near: Any


def _occupations(rows: Rows) -> tuple[Any, Any, Any]:
    """The different pairs of an occupation and that of the text, and which of them each row has."""
    pairs = rows["also"].astype(np.int64) << _NUMBER_BITS | rows["occupation"]
    different, which = np.unique(pairs, return_inverse=True)
    return different & (1 << _NUMBER_BITS) - 1, different >> _NUMBER_BITS, which


class Block:
    """Both indexes side by side."""

    def __init__(self, profiles: ProfileIndex, offers: OfferIndex) -> None:
        self._profiles = profiles
        self._offers = offers
        self._columns: _Offers | None = None
        self._seen = (-1, 0)
        self._everybody: tuple[Ints, _People] | None = None
        self._seen_people = -1

    def rank(self, wanted: Mapping[str, int], today: int, over: Mapping[str, Collection[str]]) -> dict[str, Ranked]:
        """For each profile its best offers that let it in, at most as many as wanted, none of those that are over."""
        if len(self._offers) > MOST_OFFERS or len(wanted) == 1:
            return {name: self._one(name, limit, today, over.get(name, ())) for name, limit in wanted.items()}
        found: dict[str, Ranked] = {name: [] for name in wanted}
        names = [name for name in wanted if name in self._profiles]
        size = max(1, CELLS // max(1, len(self._offers)))
        for first in range(0, len(names), size):
            part = names[first : first + size]
            columns = self._open_offers()
            at, position, scores = self._pairs(self._people(part), columns, today)
            best = self._best(self._offers, len(part), at, columns.slots[position], scores)
            for name, slots, points in zip(part, *best, strict=True):
                found[name] = self._named(self._offers, slots, points, wanted[name], over.get(name, ()))
        return found

    def rank_profiles(
        self, wanted: Mapping[str, int], today: int, over: Mapping[str, Collection[str]]
    ) -> dict[str, Ranked]:
        """For each offer its best profiles that want it, at most as many as wanted, none of those that are over."""
        found: dict[str, Ranked] = {offer: [] for offer in wanted}
        names = [offer for offer in wanted if offer in self._offers]
        slots, people = self._all_people()
        if not names or not len(slots):
            return found
        size = max(1, CELLS // len(slots))
        for first in range(0, len(names), size):
            part = names[first : first + size]
            at, position, scores = self._pairs(people, self._some_offers(part), today)
            best = self._best(self._profiles, len(part), position, slots[at], scores)
            for name, chosen, points in zip(part, *best, strict=True):
                found[name] = self._named(self._profiles, chosen, points, wanted[name], over.get(name, ()))
        return found

    def _best(self, side: SlottedRows, count: int, of: Any, slots: Ints, scores: Rows) -> tuple[list[Any], list[Any]]:
        """For each of ``count`` askers the slots that are worth it to both, by falling rank, and their scores.

        ``of``: whose pair it is, as position among the askers; ``side``: the index that the slots are of.
        """
        keep = (scores >= self._rules.configuration.minimum) & (scores >= side.bars(slots))
        of, slots, scores = of[keep], slots[keep], scores[keep]
        order = np.lexsort((side.ids.low[slots], side.ids.high[slots], -scores, of))
        bounds = np.searchsorted(of[order], np.arange(1, count))
        return np.split(slots[order], bounds), np.split(scores[order], bounds)

    @staticmethod
    def _named(side: SlottedRows, slots: Ints, scores: Rows, limit: int, over: Collection[str]) -> Ranked:
        cut = limit + len(over)
        ranked = zip(side.ids.names(slots[:cut]), scores[:cut].tolist(), strict=True)
        return [pair for pair in ranked if pair[0] not in over][:limit]

    def scores(self, held: Mapping[str, Sequence[str]], today: int) -> dict[str, dict[str, int | None]]:
        """What each held pair is worth now; None: not recommendable any more."""
        found: dict[str, dict[str, int | None]] = {name: dict.fromkeys(offers) for name, offers in held.items()}
        names = [name for name, offers in held.items() if offers and name in self._profiles]
        if not names:
            return found
        offer_slots = {offer: self._offers.ids.find(offer) for name in names for offer in held[name]}
        pairs = [
            (row, offer_slots[offer], name, offer)
            for row, name in enumerate(names)
            for offer in held[name]
            if offer_slots[offer]
        ]
        if not pairs:
            return found
        people = self._people(names)
        which = np.array([row for row, _, _, _ in pairs])
        slots = np.array([slot for _, slot, _, _ in pairs], np.int32)
        columns = self._open_offers()
        position = np.searchsorted(columns.slots, slots)
        lacking = ~suits(columns.needs[position], people.bits[which])
        near = self._near(columns, people.wishes)
        nearest = self._nearest(people, columns, *near)
        kept, scores = self._flat(people, columns, which, position, today, near, nearest)
        scores[lacking] = -1
        for (_, _, name, offer), keeps, score in zip(pairs, kept.tolist(), scores.tolist(), strict=True):
            if keeps and score >= self._rules.configuration.minimum:
                found[name][offer] = score
        return found

    @property
    def _rules(self) -> Any:
        return self._profiles.rules

    def _one(self, name: str, limit: int, today: int, over: Collection[str]) -> Ranked:
        profile = self._profiles.get(name)
        if profile is None:
            return []
        return self._offers.rank(profile, limit, today, exclude=over, above_bar=True)

    def _open_offers(self) -> _Offers:
        """The columns, made anew when an offer came, changed or went."""
        if self._columns is None or self._seen != (self._offers.changes, id(self._rules)):
            slots, needs, geo, rows = self._offers.columns()
            self._columns = _Offers(slots, needs, geo.astype(np.float64), rows, *_occupations(rows), {})
            self._seen = (self._offers.changes, id(self._rules))
        return self._columns

    def _some_offers(self, names: Sequence[str]) -> _Offers:
        """The columns of some offers, in the order of their names."""
        columns = self._open_offers()
        slots = np.array([self._offers.ids.find(name) for name in names], np.int32)
        at = np.searchsorted(columns.slots, slots)
        rows = columns.rows[at]
        return _Offers(slots, columns.needs[at], columns.geo[at], rows, *_occupations(rows), {})

    def _people(self, names: Sequence[str]) -> "_People":
        return self._people_in(np.array([self._profiles.ids.find(name) for name in names], np.int32))

    def _people_in(self, slots: Ints) -> "_People":
        bits, geo, rows, more = self._profiles.columns(slots)
        wishes = (rows["wishes"] >> MONTH_BITS).astype(np.int64)
        # Few people name more than three occupations: columns that nobody uses are not looked at.
        used = max(1, int((wishes != 0).any(axis=0).sum()))
        return _People(bits, geo.astype(np.float64), rows, more, wishes[:, :used])

    def _all_people(self) -> "tuple[Ints, _People]":
        """Everybody as columns, made anew when somebody came, changed or went."""
        if self._everybody is None or self._seen_people != self._profiles.changes:
            slots = self._profiles.slots()
            self._everybody = slots, self._people_in(slots)
            self._seen_people = self._profiles.changes
        return self._everybody

    def _near(self, columns: _Offers, wishes: Any) -> tuple[Any, Any]:
        """Affinity of each wish to each occupation that offers have: rows of a table, and the row of each wish."""
        different, row_of = np.unique(wishes, return_inverse=True)
        table = np.zeros((len(different), len(columns.codes)), np.int64)
        for row, number in enumerate(different.tolist()):
            if number == 0:
                continue
            if number not in columns.near:
                around = self._rules.offered_near(occupation_code(number))
                columns.near[number] = self._rules.near(around, columns.codes, columns.also)
            table[row] = columns.near[number]
        return table, row_of.reshape(wishes.shape)

    def _pairs(self, people: "_People", columns: _Offers, today: int) -> tuple[Any, Any, Rows]:
        """Pairs that pass the hard constraints: position of the profile, position of the offer, score."""
        if not len(columns.slots) or not len(people.rows):
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
        near = self._near(columns, people.wishes)
        nearest = self._nearest(people, columns, *near)
        meets = (nearest >= self._rules.configuration.minimum_affinity)[:, columns.code_of]
        meets &= suits(columns.needs[None, :], people.bits[:, None])
        which, position = np.nonzero(meets)
        kept, scores = self._flat(people, columns, which, position, today, near, nearest)
        return which[kept], position[kept], scores[kept]

    def _nearest(self, people: "_People", columns: _Offers, table: Any, row_of: Any) -> Any:
        """The occupation term of everybody for each occupation that offers have."""
        nearest = table[row_of].max(axis=1)
        nearest[:, columns.codes == 0] = self._rules.configuration.uncoded_affinity
        nearest[people.wishes[:, 0] == 0] = self._rules.open.take(columns.codes)
        return nearest

    def _flat(
        self,
        people: "_People",
        columns: _Offers,
        which: Any,
        position: Any,
        today: int,
        near: tuple[Any, Any],
        nearest: Any,
    ) -> tuple[Any, Any]:
        """Whether each pair passes what the bits do not say, and its score."""
        rules, configuration = self._rules, self._rules.configuration
        rows, offers = people.rows, columns.rows
        placed = (people.geo[which, 3] >= 0) & (columns.geo[position, 3] >= 0)
        apart = people.geo[which, :3] - columns.geo[position, :3]
        squared = np.einsum("ij,ij->i", apart, apart)
        reach = np.abs(people.geo[which, 3])
        occupation = nearest[which, columns.code_of[position]]
        demands = self._demands(people, columns, which, position, near)
        kept = passing(
            OfferSide.of_rows(offers, position),
            ProfileSide.of_rows(rows, which),
            ~placed,
            squared <= reach * reach,
            occupation * demands // SCALE,
            configuration,
            today,
        )
        # Scoring is for the pairs that are left; the others keep −1.
        left = np.flatnonzero(kept)
        scores = np.full(len(which), -1, np.int64)
        which, position = which[left], position[left]
        distance = np.where(
            placed[left],
            rules.distance(np.where(placed[left], squared[left], 0.0), reach[left].astype(np.int64)),
            configuration.neutral,
        )
        answered = offers["reply"].astype(np.int64)[position]
        scores[left] = rules.score(
            occupation[left],
            self._skills(people, columns, which, position),
            distance,
            self._experience(people, columns, which, position, near),
            rules.freshness(today - offers["confirmed_day"].astype(np.int64))[position],
            rules.wishes(Offered.of_rows(offers, position), Wished.of_rows(rows, people.bits[which], which)),
            np.where(answered == UNKNOWN, configuration.reply_prior, answered),
            demands[left],
        )
        return kept, scores

    def _experience(self, people: "_People", columns: _Offers, which: Any, position: Any, near: tuple[Any, Any]) -> Any:
        table, row_of = near
        points = table[row_of[which], columns.code_of[position][:, None]].T
        months = (people.rows["wishes"] & _MONTHS).astype(np.int64)[which, : people.wishes.shape[1]].T
        unknown = (people.wishes[which, 0] == 0) | (columns.rows["occupation"][position] == 0)
        return self._rules.experience(points, months, columns.rows["months"].astype(np.int64)[position], unknown)

    def _demands(self, people: "_People", columns: _Offers, which: Any, position: Any, near: tuple[Any, Any]) -> Any:
        table, row_of = near
        points = table[row_of[which], columns.code_of[position][:, None]].T
        months = (people.rows["wishes"] & _MONTHS).astype(np.int64)[which, : people.wishes.shape[1]].T
        rows = people.rows
        has = Has(
            rows["level"][which].astype(np.int64),
            rows["held"][which].astype(np.int64),
            points,
            months,
            people.wishes[which].T,
        )
        return self._rules.demands(Demanded.of_rows(columns.rows, position), has)

    def _skills(self, people: "_People", columns: _Offers, which: Any, position: Any) -> Any:
        held, row_of = people.held, which
        if held is None or held.shape[1] < len(self._profiles.skills):
            # One table for everybody when it is small, else one for those who are left.
            everybody = len(people.rows) * len(self._profiles.skills) <= SKILL_CELLS
            rows = np.arange(len(people.rows)) if everybody else np.unique(which)
            held = people.skill_table(rows, len(self._profiles.skills))
            if everybody:
                people.held = held
            else:
                row_of = np.searchsorted(rows, which)
        asked = columns.rows["skills"]
        required = columns.rows["required"][:, None] >> np.arange(asked.shape[1], dtype=np.uint16) & 1
        weights = WISHED_WEIGHT + required.astype(np.int64) * (REQUIRED_WEIGHT - WISHED_WEIGHT)
        has = (held[row_of[:, None], asked[position]] * weights[position]).sum(axis=1)
        for at in np.flatnonzero(columns.rows["more_skills"][position]).tolist():
            rest = self._offers.more_skills(int(columns.slots[position[at]]))
            has[at] += sum(weight for number, weight in rest if held[row_of[at], number])
        total = columns.rows["asked_weight"].astype(np.int64)[position]
        return self._rules.skills(has, total)


@dataclass
class _People:
    """Some profiles as columns."""

    bits: Any
    geo: Any
    rows: Rows
    more: dict[int, list[int]]
    wishes: Any
    held: Any = None

    def skill_table(self, rows: Any, skills: int) -> Any:
        """Who of these rows has which skill."""
        table = np.zeros((len(rows), skills), np.bool_)
        table[np.arange(len(rows))[:, None], self.rows["skills"][rows]] = True
        for at, row in enumerate(rows.tolist()) if self.more else ():
            table[at, self.more.get(row, [])] = True
        table[:, 0] = False
        return table
