"""What would truly come of showing an offer to a person, and so which offers deserve to be shown to whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world import World
from deploy.demo.world.catalogue import LICENCES
from shared.contracts.vocabulary import Licence
from shared.geo_numpy import distances_km
from shared.once import made_once
from tests.bench.world.preferences import Matrix, Preferences

BLOCK = 1_000
"""Rows worked on at a time: 1,000 × 900 pairs are 3.6 MB an array."""
INTERVIEWS = 5
"""How many people an employer meets for one position; the field counts 4 to 6 (Nord: 3,600 positioned, 500 starts)."""
LEAST_GAIN = 0.1
"""Worth showing: at least one chance in ten of a good interview."""


@dataclass(frozen=True)
class Truth:
    """The truth about pairs (people × offers).

    ``gain``: the chance that showing the offer to this person ends in an interview that both sides find good.
    ``interest``: how many people would apply to each offer if all were shown it.
    """

    gain: Matrix
    feasible: NDArray[np.bool_]
    interest: NDArray[np.float64]

    def ranked(self, row: int, k: int | None = None) -> list[tuple[int, float]]:
        """(offer row, gain) by falling gain; offers that are worth nothing to the person are left out."""
        gains = self.gain[row]
        order = np.argsort(-gains, kind="stable")[: k if k is not None else len(gains)]
        return [(int(at), float(gains[at])) for at in order if gains[at] >= LEAST_GAIN]


class BenchWorld(World):
    """A world that also knows the truth. Demand is drawn from the real counts where they are at hand."""

    @classmethod
    def counts_beside_the_project(cls) -> Path | None:
        """The real distribution of offers, in the data folder beside the project; None where it is absent."""
        path = Path(__file__).resolve().parents[4] / "shared/data/offers/counts_by_commune_and_rome.csv.gz"
        return path if path.is_file() else None

    @made_once
    def preferences(self) -> Preferences:
        """Hidden preferences of this world."""
        return Preferences.draw(self)

    @made_once
    def outcome(self) -> Truth:
        """The truth about every pair. 8,000 people × 900 offers take some seconds."""
        n, m = len(self.people), len(self.demand)
        feasible = self.passing
        applies, suits = np.empty((n, m), dtype=np.float32), np.empty((n, m), dtype=np.float32)
        for rows in self.blocks():
            km = self.distances(rows)
            applies[rows] = _chance(self.preferences.seeker(self, rows, km)) * feasible[rows]
            suits[rows] = self.preferences.employer(self, rows)
        gain = np.zeros((n, m), dtype=np.float32)
        for at in range(m):
            # Competition: who is interested and suits better is met first, and an employer meets only so many.
            order = np.argsort(-suits[:, at], kind="stable")
            ahead = np.cumsum(applies[order, at]) - applies[order, at]
            room = INTERVIEWS * float(self.demand.positions[at])
            met = 1 / (1 + (ahead / room) ** 2)
            gain[order, at] = applies[order, at] * _chance(suits[order, at]) * met
        return Truth(gain, feasible, applies.sum(0, dtype=np.float64))

    @made_once
    def passing(self) -> NDArray[np.bool_]:
        """People × offers: which pairs pass the hard constraints, by what this world tells."""
        return np.concatenate([self.feasible(rows, self.distances(rows)) for rows in self.blocks()])

    @made_once
    def named(self) -> NDArray[np.bool_]:
        """Offers that carry the code of an occupation."""
        return np.ones(len(self.demand), dtype=bool)

    def truth(self, profile_id: str) -> list[tuple[str, float]]:
        """Offers that deserve to be shown to this person: (offer id, gain in [0, 1]), best first."""
        return [(self.offer_id(at), gain) for at, gain in self.outcome.ranked(self.row(profile_id))]

    def distances(self, rows: slice) -> Matrix:
        """km from people of ``rows`` to each offer's commune."""
        table = (self.geography.lat, self.geography.lon)
        people, out = self.people, np.empty((rows.stop - rows.start, len(self.geography.communes)))
        for at in range(rows.start, rows.stop):
            out[at - rows.start] = distances_km(people.lat[at], people.lon[at], *table)
        return out[:, self.demand.commune].astype(np.float32)

    def feasible(self, rows: slice, km: Matrix) -> NDArray[np.bool_]:
        """Hard constraints (MATCHING.md §1), written anew from the arrays: no line of the engine is used."""
        people, offers = self.people, self.demand
        early, late, night, weekend = self._asked
        possible = people.active[rows][:, None] & (km <= people.ranges[rows].max(1)[:, None])
        possible &= (offers.licences[None, :] & ~self._licences[rows][:, None]) == 0
        possible &= ~offers.vehicle[None, :] | people.vehicle[rows][:, None]
        for asked, can in (
            (early, people.early),
            (late, people.late),
            (night, people.night),
            (weekend, people.weekend),
        ):
            possible &= ~asked[None, :] | can[rows][:, None]
        low = np.nan_to_num(people.hours_min[rows], nan=0.0)[:, None]
        high = np.nan_to_num(people.hours_max[rows], nan=168.0)[:, None]
        hours = offers.hours[None, :]
        possible &= np.isnan(hours) | ((hours >= low) & (hours <= high))
        accepted = people.accepted[rows][:, None].astype(np.int64)
        possible &= (accepted == 0) | ((accepted >> offers.contract[None, :].astype(np.int64)) & 1 > 0)
        french = people.french[rows][:, None]
        possible &= (french < 0) | (offers.french[None, :] <= french)
        return possible & (
            (offers.reserved[None, :] == 0) | (offers.reserved[None, :] & people.reserved[rows][:, None] > 0)
        )

    @made_once
    def _asked(self) -> tuple[NDArray[np.bool_], ...]:
        flags = [offer.schedule for offer in self.offers()]
        return tuple(
            # Not stated is not asked.
            np.array([getattr(flag, name) is True for flag in flags])
            for name in ("early", "late", "night", "weekend")
        )

    @made_once
    def _licences(self) -> NDArray[np.uint8]:
        """Licences with what they include (B drives a moped, CE a lorry): code de la route R221-7."""
        bit = {licence: 1 << LICENCES.index(licence) for licence in Licence}
        held = self.people.licences.copy()
        for licence, more in (
            (Licence.CE, (Licence.C, Licence.BE)),
            (Licence.C, (Licence.B,)),
            (Licence.D, (Licence.B,)),
            (Licence.BE, (Licence.B,)),
            (Licence.B, (Licence.AM,)),
        ):
            has = held & bit[licence] > 0
            for one in more:
                held[has] |= bit[one]
        return held

    def blocks(self) -> Iterator[slice]:
        """Rows of people, a block at a time."""
        n = len(self.people)
        return (slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK))


def _chance(log_odds: Matrix) -> Matrix:
    return (1 / (1 + np.exp(-log_odds))).astype(np.float32)
