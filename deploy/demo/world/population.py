"""People who look for work, as arrays: one row per person, a million in seconds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world.catalogue import CONTRACTS, LEVELS, LICENCES, Catalogue
from deploy.demo.world.geography import Geography, shares
from shared.contracts.vocabulary import ContractKind, Licence, ReservedPublic, TravelMeans

MEANS: tuple[TravelMeans, ...] = tuple(TravelMeans)
PUBLICS: tuple[ReservedPublic, ...] = tuple(ReservedPublic)
WISHES = 3
"""Most occupations a person names."""

_CAR, _MOPED = MEANS.index(TravelMeans.CAR), MEANS.index(TravelMeans.MOPED)
# Main means of travel in a rural département: about six in ten have a car they can count on; nobody is assumed to.
_MAIN_MEANS = {
    TravelMeans.CAR: 0.60,
    TravelMeans.FOOT: 0.13,
    TravelMeans.PUBLIC_TRANSPORT: 0.11,
    TravelMeans.BICYCLE: 0.09,
    TravelMeans.MOPED: 0.07,
}
# Least, usual and most km that people go with each means.
_RANGES = {
    TravelMeans.FOOT: (1.0, 2.5, 5.0),
    TravelMeans.BICYCLE: (3.0, 7.0, 12.0),
    TravelMeans.MOPED: (6.0, 12.0, 20.0),
    TravelMeans.CAR: (8.0, 25.0, 60.0),
    TravelMeans.PUBLIC_TRANSPORT: (8.0, 18.0, 40.0),
}
_COARSE = 2
"""Decimals of a degree to which a home is known (about 1 km)."""
_PART_TIME = np.array([20.0, 24.0, 28.0, 30.0])
"""Hours a week."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Population:
    """Arrays over n people. Masks have one bit per member of the enumeration, in its order; NaN and -1 mean absent."""

    commune: NDArray[np.int32]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    occupations: NDArray[np.int16]
    experience: NDArray[np.int16]
    skills: Bools
    ranges: Floats
    licences: NDArray[np.uint8]
    vehicle: Bools
    early: Bools
    late: Bools
    night: Bools
    weekend: Bools
    hours_min: Floats
    hours_max: Floats
    accepted: NDArray[np.uint16]
    wished: NDArray[np.uint16]
    wished_hours: Floats
    wage_floor: Floats
    french: NDArray[np.int8]
    reserved: NDArray[np.uint8]
    active: Bools
    visible: Bools

    def __len__(self) -> int:
        return len(self.commune)


def populate(n: int, geography: Geography, catalogue: Catalogue, supply: NDArray[np.float64], seed: int) -> Population:
    """Draw ``n`` people: homes by population, occupations by ``supply`` (one weight per occupation)."""
    rng = np.random.default_rng([seed, 1])
    commune = rng.choice(len(geography.communes), n, p=shares(geography.population)).astype(np.int32)
    occupations = _occupations(rng, n, catalogue, supply)
    experience = _experience(rng, catalogue, occupations)
    ranges = _ranges(rng, n)
    licences = _licences(rng, catalogue, occupations, experience, ranges)
    accepted, wished = _contracts(rng, n)
    part_time = rng.random(n) < 0.22
    usual_wage = catalogue.column("wage")[occupations[:, 0]]
    # Hamlets: people of a rural commune live up to some kilometres from its town hall.
    return Population(
        commune=commune,
        lat=np.round(geography.lat[commune] + rng.normal(0, 0.012, n), _COARSE),
        lon=np.round(geography.lon[commune] + rng.normal(0, 0.016, n), _COARSE),
        occupations=occupations,
        experience=experience,
        skills=_skills(rng, catalogue, occupations, experience),
        ranges=ranges,
        licences=licences,
        vehicle=(ranges[:, _CAR] > 0) | (ranges[:, _MOPED] > 0),
        early=rng.random(n) > 0.28,
        late=rng.random(n) > 0.33,
        night=rng.random(n) > 0.55,
        weekend=rng.random(n) > 0.32,
        # Who wants part time states a most; who needs a living wage a least; rarely both.
        hours_min=np.where(part_time, np.nan, _sometimes(rng, rng.choice(_PART_TIME, n), 0.3)),
        hours_max=np.where(part_time, rng.choice(_PART_TIME, n), np.nan).astype(np.float32),
        accepted=accepted,
        wished=wished,
        wished_hours=_sometimes(rng, np.where(part_time, 24.0, 35.0), 0.5),
        # A wish a little under or over what the trade pays, never under the minimum wage.
        wage_floor=_sometimes(rng, np.maximum(12.02, np.round(usual_wage * rng.normal(0.99, 0.05, n), 2)), 0.45),
        french=_french(rng, n),
        reserved=_reserved(rng, n),
        active=rng.random(n) > 0.03,
        visible=rng.random(n) < 0.6,
    )


def _sometimes(rng: np.random.Generator, values: NDArray[np.float64], share: float) -> Floats:
    return np.where(rng.random(len(values)) < share, values, np.nan).astype(np.float32)


def _occupations(
    rng: np.random.Generator, n: int, catalogue: Catalogue, supply: NDArray[np.float64]
) -> NDArray[np.int16]:
    """A main occupation, often one or two more that are related to it, sometimes something else altogether."""
    main = rng.choice(len(catalogue), n, p=shares(supply))
    near = catalogue.relatedness()
    np.fill_diagonal(near, 0.0)
    # Rows to cumulative shares, so that a related occupation is one search per person.
    pull = near**2 * supply[None, :] + 1e-3 * supply[None, :]
    np.fill_diagonal(pull, 0.0)
    steps = np.cumsum(pull / pull.sum(1, keepdims=True), axis=1)
    wishes = np.full((n, WISHES), -1, dtype=np.int16)
    wishes[:, 0] = main
    how_many = rng.choice([1, 2, 3], n, p=[0.35, 0.4, 0.25])
    for column in range(1, WISHES):
        draws = rng.random(n)
        others = np.empty(n, dtype=np.int64)
        for occupation in np.unique(main):
            mine = main == occupation
            others[mine] = np.searchsorted(steps[occupation], draws[mine])
        others = np.minimum(others, len(catalogue) - 1)
        new = (how_many > column) & (wishes[:, :column] != others[:, None]).all(1)
        wishes[new, column] = others[new]
    # No hole before a wish.
    hole = (wishes[:, 1] < 0) & (wishes[:, 2] >= 0)
    wishes[hole, 1], wishes[hole, 2] = wishes[hole, 2], -1
    return wishes


def _experience(rng: np.random.Generator, catalogue: Catalogue, occupations: NDArray[np.int16]) -> NDArray[np.int16]:
    usual = catalogue.column("experience")[np.maximum(occupations, 0)]
    months = np.round(rng.lognormal(2.3, 1.1, occupations.shape) * (0.6 + usual / 15))
    # Later wishes are often dreams: less practised. Nobody is asked for their oldest jobs.
    months *= np.where(rng.random(occupations.shape) < [0.18, 0.45, 0.6], 0, 1)
    return np.where(occupations >= 0, np.minimum(months, 480), 0).astype(np.int16)


def _skills(
    rng: np.random.Generator, catalogue: Catalogue, occupations: NDArray[np.int16], experience: NDArray[np.int16]
) -> Bools:
    """Skills of the occupations that somebody names, the likelier the more they practised, and a few others."""
    matrix = catalogue.skill_matrix()
    n, count = len(occupations), matrix.shape[1]
    chance = np.full((n, count), 0.015, dtype=np.float32)
    for column in range(WISHES):
        named = occupations[:, column] >= 0
        practice = 0.35 + 0.5 * np.minimum(experience[:, column] / 36, 1)
        own = matrix[np.maximum(occupations[:, column], 0)] * (practice * named).astype(np.float32)[:, None]
        np.maximum(chance, own, out=chance)
    return rng.random((n, count), dtype=np.float32) < chance


def _ranges(rng: np.random.Generator, n: int) -> Floats:
    """km per means (0: does not have it): one main means, often a second one for near places."""
    main = rng.choice(len(MEANS), n, p=[_MAIN_MEANS[means] for means in MEANS])
    has = np.zeros((n, len(MEANS)), dtype=bool)
    has[np.arange(n), main] = True
    second = {TravelMeans.FOOT: 0.35, TravelMeans.BICYCLE: 0.12, TravelMeans.PUBLIC_TRANSPORT: 0.08}
    ranges = np.zeros((n, len(MEANS)), dtype=np.float32)
    for at, means in enumerate(MEANS):
        has[:, at] |= rng.random(n) < second.get(means, 0.0)
        low, usual, high = _RANGES[means]
        ranges[:, at] = np.where(has[:, at], np.round(rng.triangular(low, usual, high, n)), 0)
    return ranges


def _licences(
    rng: np.random.Generator,
    catalogue: Catalogue,
    occupations: NDArray[np.int16],
    experience: NDArray[np.int16],
    ranges: Floats,
) -> NDArray[np.uint8]:
    n = len(occupations)
    bit = {licence: np.uint8(1 << LICENCES.index(licence)) for licence in Licence}
    licences = np.zeros(n, dtype=np.uint8)
    # Some drive a car that needs no B licence; many who hold it have no car.
    drives = rng.random(n) < np.where(ranges[:, _CAR] > 0, 0.97, 0.35)
    licences[drives] |= bit[Licence.B]
    licences[(ranges[:, _MOPED] > 0) & (rng.random(n) < 0.9)] |= bit[Licence.AM]
    licences[rng.random(n) < 0.04] |= bit[Licence.A]
    # Whoever practised a driver's trade holds its licence.
    for at, occupation in enumerate(catalogue.occupations):
        if occupation.licence in (Licence.CE, Licence.D):
            practised = ((occupations == at) & (experience > 0)).any(1)
            licences[practised & (rng.random(n) < 0.9)] |= bit[occupation.licence] | bit[Licence.B]
    ce = (licences & bit[Licence.CE]) > 0
    licences[ce] |= bit[Licence.C]
    return licences


def _contracts(rng: np.random.Generator, n: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Masks of the contract kinds accepted (0: all) and preferred."""

    def mask(*kinds: ContractKind) -> int:
        return sum(1 << CONTRACTS.index(kind) for kind in kinds)

    kind = ContractKind
    salaried = mask(kind.CDI, kind.CDD, kind.TEMPORARY, kind.SEASONAL, kind.CDDI)
    choices = [0, salaried, mask(kind.CDI, kind.CDD, kind.CDDI), mask(kind.CDI), salaried | mask(kind.APPRENTICESHIP)]
    accepted = rng.choice(np.array(choices, dtype=np.uint16), n, p=[0.5, 0.25, 0.13, 0.04, 0.08])
    wishes = np.array([0, mask(kind.CDI), mask(kind.CDI, kind.CDD), mask(kind.TEMPORARY)], dtype=np.uint16)
    wished = rng.choice(wishes, n, p=[0.35, 0.4, 0.17, 0.08])
    return accepted, np.where(accepted == 0, wished, wished & accepted).astype(np.uint16)


def _french(rng: np.random.Generator, n: int) -> NDArray[np.int8]:
    """Index of the CEFR level; -1 where it was never asked."""
    level = rng.choice(len(LEVELS), n, p=[0.02, 0.04, 0.05, 0.06, 0.13, 0.70])
    return np.where(rng.random(n) < 0.04, -1, level).astype(np.int8)


def _reserved(rng: np.random.Generator, n: int) -> NDArray[np.uint8]:
    shares_of = {ReservedPublic.CLAUSE: 0.35, ReservedPublic.IAE: 0.28, ReservedPublic.DISABILITY: 0.08}
    result = np.zeros(n, dtype=np.uint8)
    for at, public in enumerate(PUBLICS):
        result |= ((rng.random(n) < shares_of[public]) << at).astype(np.uint8)
    return result
