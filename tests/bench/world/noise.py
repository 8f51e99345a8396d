"""What goes wrong between what is true and what is told: the noise that the author of a built world did not foresee.

A built world says everything, and says it right. Real offers leave out skills, schedules, hours and pay, carry the code of
another trade or none; people misjudge their experience and want things that they never ticked. Here the truth stays what it
was, and everybody (engine and baselines alike) sees what is told of it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world.catalogue import Catalogue
from deploy.demo.world.demand import Demand
from deploy.demo.world.population import Population
from shared.contracts.events.offers import OfferState
from shared.once import made_once
from tests.bench.world.truth import BenchWorld, Truth

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Noise:
    """Shares of offers or people that each kind of noise touches; 0 leaves the world as it is told.

    ``misnamed``: the code is a sibling's or, one time in three, any other's. ``desires``: people who truly want an
    occupation that they did not name. ``experience``: spread (sigma of the logarithm) of how far people are off.
    """

    skills_untold: float = 0.0
    skills_lost: float = 0.0
    schedule_untold: float = 0.0
    hours_untold: float = 0.0
    wage_untold: float = 0.0
    misnamed: float = 0.0
    unnamed: float = 0.0
    desires: float = 0.0
    experience: float = 0.0


PLAIN = Noise()
SPARSE = Noise(skills_untold=0.55, skills_lost=0.4, schedule_untold=0.6, hours_untold=0.4, wage_untold=0.5)
MISTAKEN = Noise(misnamed=0.1, unnamed=0.04, desires=0.2, experience=0.6)
BOTH = Noise(
    skills_untold=0.55,
    skills_lost=0.4,
    schedule_untold=0.6,
    hours_untold=0.4,
    wage_untold=0.5,
    misnamed=0.1,
    unnamed=0.04,
    desires=0.2,
    experience=0.6,
)


@dataclass(frozen=True)
class ToldWorld(BenchWorld):
    """What is told of a world whose truth lies elsewhere."""

    true: BenchWorld
    schedule_untold: Bools
    unnamed: Bools

    @property
    def outcome(self) -> Truth:  # type: ignore[override]  # a cached property there, the other world's here
        """What would truly come of showing an offer to a person."""
        return self.true.outcome

    @made_once
    def named(self) -> Bools:
        """Offers that carry a code."""
        return ~self.unnamed

    def offer(self, at: int) -> OfferState:
        """Offer ``at`` as far as it is told."""
        told = super().offer(at)
        hidden: dict[str, object] = {}
        if self.schedule_untold[at]:
            hidden |= {
                "shifts": (),
                "schedule": OfferState.model_fields["schedule"].get_default(call_default_factory=True),
            }
        if self.unnamed[at]:
            hidden |= {"occupation_code": None, "occupation_label": None}
        return told.model_copy(update=hidden) if hidden else told


def told(built: BenchWorld, noise: Noise) -> ToldWorld:
    """A world as it is told; its truth is ``built`` with the desires that nobody named."""
    rng = np.random.default_rng([built.seed, 77])
    offers = len(built.demand)
    truth = BenchWorld(
        built.seed,
        built.now,
        built.geography,
        built.catalogue,
        _with_desires(rng, built.people, built.catalogue, noise),
        built.demand,
    )
    return ToldWorld(
        built.seed,
        built.now,
        built.geography,
        built.catalogue,
        replace(
            built.people,
            experience=np.minimum(
                built.people.experience * rng.lognormal(0, noise.experience, built.people.experience.shape), 480
            ).astype(np.int16),
        )
        if noise.experience
        else built.people,
        _degraded(rng, built.demand, built.catalogue, noise),
        true=truth,
        schedule_untold=rng.random(offers) < noise.schedule_untold,
        unnamed=rng.random(offers) < noise.unnamed,
    )


def _with_desires(rng: np.random.Generator, people: Population, catalogue: Catalogue, noise: Noise) -> Population:
    """A fifth of the people want something that they did not name; who has named three gives up the last for it."""
    occupations, experience = people.occupations.copy(), people.experience.copy()
    touched = np.flatnonzero(rng.random(len(people)) < noise.desires)
    free = np.argmax(occupations[touched] < 0, axis=1)
    column = np.where((occupations[touched] < 0).any(1), free, occupations.shape[1] - 1)
    supply = catalogue.column("supply")
    wanted = rng.choice(len(catalogue), len(touched), p=supply / supply.sum())
    new = (occupations[touched] != wanted[:, None]).all(1)
    occupations[touched[new], column[new]] = wanted[new]
    experience[touched[new], column[new]] = rng.integers(0, 24, int(new.sum()))
    return replace(people, occupations=occupations, experience=experience)


def _degraded(rng: np.random.Generator, demand: Demand, catalogue: Catalogue, noise: Noise) -> Demand:
    n = len(demand)
    skills = demand.skills * (rng.random(demand.skills.shape) >= noise.skills_lost)
    skills[rng.random(n) < noise.skills_untold] = 0
    return replace(
        demand,
        occupation=_misnamed(rng, demand.occupation, catalogue, noise),
        skills=skills.astype(np.int8),
        hours=np.where(rng.random(n) < noise.hours_untold, np.nan, demand.hours).astype(np.float32),
        wage=np.where(rng.random(n) < noise.wage_untold, np.nan, demand.wage).astype(np.float32),
    )


def _misnamed(
    rng: np.random.Generator, occupation: NDArray[np.int16], catalogue: Catalogue, noise: Noise
) -> NDArray[np.int16]:
    codes = [row.code for row in catalogue.occupations]
    wrong = occupation.copy()
    for at in np.flatnonzero(rng.random(len(occupation)) < noise.misnamed):
        own = codes[occupation[at]]
        siblings = [number for number, code in enumerate(codes) if code[:3] == own[:3] and code != own]
        anywhere = rng.random() < 1 / 3 or not siblings
        wrong[at] = rng.integers(len(codes)) if anywhere else siblings[int(rng.integers(len(siblings)))]
    return wrong
