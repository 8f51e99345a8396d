"""Offers, as arrays: one row per offer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.demo.world.catalogue import CONTRACT_HABITS, CONTRACTS, LEVELS, LICENCES, Catalogue
from deploy.demo.world.geography import Counts, Geography, shares
from deploy.demo.world.population import PUBLICS
from deploy.demo.world.schedules import NAMES
from shared.contracts.vocabulary import ContractKind, ReservedPublic

MINIMUM_WAGE = 12.02
"""SMIC, gross € an hour, from 01/2026 (decree of December 2025)."""

_POSITIONS = ([1, 2, 3, 5, 10], [0.76, 0.14, 0.06, 0.03, 0.01])
# Firms gather more than inhabitants do: Guéret has 11 % of Creuse's people and 37 % of its offers.
_PULL = 1.5


@dataclass(frozen=True, slots=True)
class Demand:
    """Arrays over n offers. Masks have one bit per member of the enumeration, in its order; NaN and -1 mean absent.

    ``skills``: 0 not asked, 1 wished, 2 required. ``company`` numbers employers; ``confirmed_days`` is how many days ago
    the employer last confirmed the offer.
    """

    commune: NDArray[np.int32]
    occupation: NDArray[np.int16]
    company: NDArray[np.int32]
    contract: NDArray[np.int8]
    duration: NDArray[np.float32]
    hours: NDArray[np.float32]
    pattern: NDArray[np.int8]
    wage: NDArray[np.float32]
    licences: NDArray[np.uint8]
    vehicle: NDArray[np.bool_]
    without_car: NDArray[np.bool_]
    french: NDArray[np.int8]
    experience: NDArray[np.int16]
    reserved: NDArray[np.uint8]
    positions: NDArray[np.int16]
    skills: NDArray[np.int8]
    confirmed_days: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.commune)


def demand(n: int, geography: Geography, catalogue: Catalogue, counts: Counts | None, seed: int) -> Demand:
    """Draw ``n`` offers from ``counts``, or where there are none from the built-in table and the communes' populations."""
    rng = np.random.default_rng([seed, 2])
    commune, occupation = _where_and_what(rng, n, geography, catalogue, counts)
    rows = catalogue.occupations

    def column(name: str) -> NDArray[np.float64]:
        values: NDArray[np.float64] = catalogue.column(name)[occupation]
        return values

    contract = _contracts(rng, catalogue, occupation)
    reserved = _reserved(rng, catalogue, occupation)
    # Posts of integration structures are fixed-term contracts of their own kind.
    iae = (reserved >> PUBLICS.index(ReservedPublic.IAE)) & 1 > 0
    contract[iae] = CONTRACTS.index(ContractKind.CDDI)
    hours = np.where(iae, 26.0, np.clip(np.round(column("hours") + rng.choice([-4, 0, 0, 0, 2], n)), 8, 48))
    licence = np.array([0 if row.licence is None else 1 << LICENCES.index(row.licence) for row in rows], dtype=np.uint8)
    needs = rng.random(n) < column("licence_share")
    vehicle = rng.random(n) < column("vehicle_share")
    town = geography.population[commune] > 2_000
    return Demand(
        commune=commune,
        occupation=occupation,
        company=_companies(commune, np.array([ord(row.code[0]) for row in rows])[occupation]),
        contract=contract,
        duration=_durations(rng, contract),
        hours=hours.astype(np.float32),
        pattern=_patterns(rng, catalogue, occupation),
        wage=np.maximum(MINIMUM_WAGE, np.round(column("wage") * rng.normal(1.0, 0.05, n), 2)).astype(np.float32),
        licences=np.where(needs, licence[occupation], 0).astype(np.uint8),
        vehicle=vehicle,
        without_car=~vehicle & town & (rng.random(n) < 0.5),
        french=_french(rng, catalogue, occupation),
        experience=np.where(rng.random(n) < 0.4, 0, column("experience") * rng.choice([0.5, 1, 2], n)).astype(np.int16),
        reserved=reserved,
        positions=rng.choice(np.array(_POSITIONS[0], dtype=np.int16), n, p=_POSITIONS[1]),
        skills=_skills(rng, catalogue, occupation),
        confirmed_days=rng.integers(0, 15, n).astype(np.int16),
    )


def _where_and_what(
    rng: np.random.Generator, n: int, geography: Geography, catalogue: Catalogue, counts: Counts | None
) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
    if counts:
        communes, codes = geography.index(), catalogue.index()
        pairs = [(communes[c], codes[o], number) for (c, o), number in sorted(counts.items()) if c in communes]
        at = rng.choice(len(pairs), n, p=shares(np.array([number for _, _, number in pairs], dtype=float)))
        table: NDArray[np.int32] = np.array([pair[:2] for pair in pairs], dtype=np.int32)[at]
        return table[:, 0], table[:, 1].astype(np.int16)
    commune = rng.choice(len(geography.communes), n, p=shares(geography.population**_PULL))
    occupation = rng.choice(len(catalogue), n, p=shares(catalogue.column("demand")))
    return commune.astype(np.int32), occupation.astype(np.int16)


def _companies(commune: NDArray[np.int32], family: NDArray[np.int64]) -> NDArray[np.int32]:
    """Employers: up to three offers of one branch in one commune belong to the same one."""
    key = commune.astype(np.int64) * 256 + family
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(key[order]) != 0])
    within = np.arange(len(key)) - np.repeat(starts, np.diff(np.r_[starts, len(key)]))
    rank = np.empty(len(key), dtype=np.int64)
    rank[order] = within // 3
    _, company = np.unique(key * 10_000 + rank, return_inverse=True)
    numbers: NDArray[np.int32] = company.astype(np.int32)
    return numbers


def _contracts(rng: np.random.Generator, catalogue: Catalogue, occupation: NDArray[np.int16]) -> NDArray[np.int8]:
    contract: NDArray[np.int8] = np.zeros(len(occupation), dtype=np.int8)
    habits = np.array([row.contracts for row in catalogue.occupations])[occupation]
    for habit, share in CONTRACT_HABITS.items():
        mine = habits == habit
        kinds = np.array([CONTRACTS.index(kind) for kind in share], dtype=np.int8)
        contract[mine] = rng.choice(kinds, int(mine.sum()), p=list(share.values()))
    return contract


def _durations(rng: np.random.Generator, contract: NDArray[np.int8]) -> NDArray[np.float32]:
    n = len(contract)
    months = np.full(n, np.nan, dtype=np.float32)
    usual: dict[ContractKind, list[float]] = {
        ContractKind.CDD: [1, 3, 6, 6, 12],
        ContractKind.TEMPORARY: [0.5, 1, 2, 3],
        ContractKind.SEASONAL: [2, 3, 5],
        ContractKind.APPRENTICESHIP: [12, 24],
        ContractKind.CDDI: [4, 6, 12],
    }
    for kind, choices in usual.items():
        mine = contract == CONTRACTS.index(kind)
        months[mine] = rng.choice(np.array(choices, dtype=np.float32), int(mine.sum()))
    return months


def _patterns(rng: np.random.Generator, catalogue: Catalogue, occupation: NDArray[np.int16]) -> NDArray[np.int8]:
    pattern = np.zeros(len(occupation), dtype=np.int8)
    for at in np.unique(occupation):
        mine = occupation == at
        names, weights = zip(*catalogue.occupations[at].schedules, strict=True)
        numbers = np.array([NAMES.index(name) for name in names], dtype=np.int8)
        pattern[mine] = rng.choice(numbers, int(mine.sum()), p=shares(np.array(weights)))
    return pattern


def _french(rng: np.random.Generator, catalogue: Catalogue, occupation: NDArray[np.int16]) -> NDArray[np.int8]:
    """The trade's usual level; a third of employers state none."""
    usual = np.array([LEVELS.index(row.french) for row in catalogue.occupations], dtype=np.int8)[occupation]
    return np.where(rng.random(len(occupation)) < 0.35, -1, usual).astype(np.int8)


def _reserved(rng: np.random.Generator, catalogue: Catalogue, occupation: NDArray[np.int16]) -> NDArray[np.uint8]:
    """One offer in five of the trades of integration and adapted companies is reserved to a public."""
    can = np.array([row.reservable for row in catalogue.occupations])[occupation]
    public = rng.choice(len(PUBLICS), len(occupation), p=[0.3, 0.5, 0.2])
    return np.where(can & (rng.random(len(occupation)) < 0.2), 1 << public, 0).astype(np.uint8)


def _skills(rng: np.random.Generator, catalogue: Catalogue, occupation: NDArray[np.int16]) -> NDArray[np.int8]:
    uses = catalogue.skill_matrix()[occupation]
    draw = rng.random(uses.shape)
    return np.where(uses & (draw < 0.85), np.where(draw < 0.45, 2, 1), 0).astype(np.int8)
