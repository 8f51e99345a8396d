"""Hidden true preferences of one built world: what a person thinks of an offer, what an employer thinks of a person.

Nothing here reaches an event. What people state is a poor copy of what is true: they tick skills that they have not and
forget those that they have, know an occupation better than its code says, and dislike distance each in their own way.
The engine under test never sees this module, and no weight of its configuration was fitted to it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world import World
from deploy.demo.world.catalogue import CONTRACTS, Catalogue
from shared.contracts.vocabulary import ContractKind

Matrix = NDArray[np.float32]

TASTES = 6
"""Dimensions of taste: indoors or out, alone or in a team … People and offers have a vector of them each."""
_STABLE = (ContractKind.CDI, ContractKind.CDD, ContractKind.CDDI, ContractKind.APPRENTICESHIP)


_LETTER = 0.15
"""What the generator gives to two trades that share the first letter of their codes: people ask for such a pair of trades
now and then, but nobody who can do the one can do the other for it (real-offers.md: home carer, robotics engineer)."""


def _closeness(catalogue: Catalogue) -> NDArray[np.float64]:
    letters = np.array([row.code[0] for row in catalogue.occupations])
    near = catalogue.relatedness() - _LETTER * (letters[:, None] == letters[None, :])
    closest: NDArray[np.float64] = np.clip(near, 0, 1)
    np.fill_diagonal(closest, 1.0)
    return closest


@dataclass(frozen=True)
class Preferences:
    """Latent utilities in log-odds: 0 is «as likely as not»."""

    closeness: Matrix
    aversion: NDArray[np.float64]
    taste: Matrix
    offer_taste: Matrix
    skill: Matrix
    diligence: NDArray[np.float64]
    noise_seed: int

    @classmethod
    def draw(cls, world: World) -> "Preferences":
        """Hidden state for a world, from its seed and from no array that its events carry alone."""
        rng = np.random.default_rng([world.seed, 99])
        people, offers, n = world.people, world.demand, len(world.people)
        near = _closeness(world.catalogue)
        # What two trades have in common is not what the tree says: some neighbours are worlds apart.
        odd = rng.normal(0, 0.12, near.shape)
        closeness = np.clip(near + (odd + odd.T) / 2, 0, 1)
        np.fill_diagonal(closeness, 1.0)
        trade = rng.normal(0, 1, (len(world.catalogue), TASTES))
        main = people.occupations[:, 0]
        held = people.skills.astype(np.float32)
        # Ticked without having it: one in seven; had without ticking it: one in six of those of one's own trade.
        lost = rng.random(held.shape, dtype=np.float32) < 0.14
        uses = world.catalogue.skill_matrix()[main]
        unsaid = uses & (rng.random(held.shape, dtype=np.float32) < 0.16)
        return cls(
            closeness=closeness.astype(np.float32),
            aversion=rng.lognormal(0.0, 0.5, n),
            taste=(0.6 * trade[main] + rng.normal(0, 0.8, (n, TASTES))).astype(np.float32),
            offer_taste=(0.6 * trade[offers.occupation] + rng.normal(0, 0.8, (len(offers), TASTES))).astype(np.float32),
            skill=np.where(lost, 0, np.maximum(held, unsaid)).astype(np.float32),
            diligence=rng.normal(0, 0.5, n),
            noise_seed=world.seed,
        )

    def seeker(self, world: World, rows: slice, km: Matrix) -> Matrix:
        """What people of ``rows`` think of each offer (rows × offers)."""
        people, offers = world.people, world.demand
        close = self._closest(people.occupations[rows], offers.occupation)
        reach = people.ranges[rows].max(1)[:, None]
        # A tenth of one's range costs little, the last tenth a lot; and some hate the road more than others.
        road = (np.minimum(km / np.maximum(reach, 0.5), 2.0) ** 1.3) * self.aversion[rows][:, None]
        wage = (offers.wage[None, :] - np.nan_to_num(people.wage_floor[rows], nan=12.0)[:, None]) / 1.5
        hours = np.abs(offers.hours[None, :] - np.nan_to_num(people.wished_hours[rows], nan=33.0)[:, None]) / 10
        wished = people.wished[rows][:, None].astype(np.int64)
        liked = (wished == 0) | ((wished >> offers.contract[None, :].astype(np.int64)) & 1 > 0)
        steady = np.isin(offers.contract, [CONTRACTS.index(kind) for kind in _STABLE])[None, :]
        taste = self.taste[rows] @ self.offer_taste.T / TASTES
        utility = (
            -4.0
            + 6.5 * close
            - 2.2 * road
            + 0.5 * np.clip(wage, -2, 2)
            - 0.5 * np.minimum(hours, 2)
            + 0.6 * liked
            + 0.3 * steady
            + 1.0 * taste
        )
        return (utility + self._noise(rows, len(offers), 1, 0.6)).astype(np.float32)

    def employer(self, world: World, rows: slice) -> Matrix:
        """What the employer of each offer thinks of people of ``rows`` (rows × offers)."""
        people, offers = world.people, world.demand
        practised = np.where(people.experience[rows] > 0, people.occupations[rows], -1)
        close = self._closest(practised, offers.occupation)
        asked = np.where(offers.skills == 2, 2.0, offers.skills.astype(np.float32)).astype(np.float32)
        has = (self.skill[rows] @ asked.T) / np.maximum(asked.sum(1), 1)[None, :]
        months = self._practice(people.occupations[rows], people.experience[rows], offers.occupation)
        enough = np.minimum(months / np.maximum(offers.experience[None, :], 1), 1.0)
        enough[:, offers.experience == 0] = 1.0
        utility = -3.4 + 2.2 * close + 2.6 * has + 1.4 * enough + 0.25 * np.log1p(months / 12)
        utility = utility + self.diligence[rows][:, None]
        return (utility + self._noise(rows, len(offers), 2, 0.6)).astype(np.float32)

    def _closest(self, wishes: NDArray[np.int16], offered: NDArray[np.int16]) -> Matrix:
        """Closeness of the nearest of one's occupations; −1 marks none."""
        best = np.zeros((len(wishes), len(offered)), dtype=np.float32)
        for column in range(wishes.shape[1]):
            named = (wishes[:, column] >= 0)[:, None]
            np.maximum(best, self.closeness[np.maximum(wishes[:, column], 0)][:, offered] * named, out=best)
        return best

    def _practice(self, wishes: NDArray[np.int16], months: NDArray[np.int16], offered: NDArray[np.int16]) -> Matrix:
        """Months of practice that count for the offer's trade."""
        best = np.zeros((len(wishes), len(offered)), dtype=np.float32)
        for column in range(wishes.shape[1]):
            counted = np.where(wishes[:, column] >= 0, months[:, column], 0).astype(np.float32)[:, None]
            near = self.closeness[np.maximum(wishes[:, column], 0)][:, offered]
            np.maximum(best, counted * near**2, out=best)
        return best

    def _noise(self, rows: slice, columns: int, stream: int, scale: float) -> Matrix:
        """Whims of one pair: the same for the same pair, whatever the order in which rows are asked."""
        out = np.empty((rows.stop - rows.start, columns), dtype=np.float32)
        for at in range(rows.start, rows.stop):
            rng = np.random.default_rng([self.noise_seed, 99, stream, at])
            out[at - rows.start] = rng.standard_normal(columns, dtype=np.float32)
        return out * np.float32(scale)
