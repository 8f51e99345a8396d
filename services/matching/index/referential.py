"""The referential of occupations as evidence of how near any two are, and the affinities that a configuration makes of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from math import log2
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import skill_key
from services.matching.domain.nearness import Evidence, Nearness
from services.matching.domain.occupations import TRUSTED, Affinities
from services.matching.domain.pointing import Pointers
from services.matching.domain.scale import SCALE
from shared.reference.occupations import Move, Occupation, Occupations
from shared.reference.regulated import Profession, regulated
from shared.reference.standing import Standing, standing_of

_RARITY = 1_000
"""Steps of rarity to a halving of how common a skill is: whole numbers, so that sums are the same on every machine."""
_DOUBT = 20_000
"""Rarity added to what two occupations need: with lists of three skills one in common says little, with forty it says much."""
_USUAL = 24
"""Occupations from which one can move to another: half have six or fewer, «formateur» has 423."""
_POINTING = 11
"""Tenths of the rarity of a skill that one occupation alone asks: so much have skills to tell together to point to one."""
_LEAST_SKILLS = 300
"""Common skills of fewer basis points are kept only beside other evidence: half of all pairs share a soft skill."""


class Structure:
    """Evidence for every pair of occupations of which there is any."""

    def __init__(self, occupations: Occupations) -> None:
        everybody = list(occupations)
        self._professions = regulated(everybody)
        sizes = Counter(occupation.family for occupation in everybody)
        self._families = {one.code: one.family for one in everybody if sizes[one.family] > 1}
        self.standings = {occupation.code: standing_of(occupation) for occupation in everybody}
        self._evidence = _evidence(occupations, everybody, self.standings)
        self._pointers = _pointers(everybody)
        self._made: dict[Nearness, Affinities] = {}

    def of(self, wished: str, offered: str) -> Evidence | None:
        """What is known of moving from one to the other; None when nothing is."""
        return self._evidence.get(wished, {}).get(offered)

    def under(self, configuration: Configuration) -> Affinities:
        """The affinities of a configuration."""
        nearness = configuration.nearness
        found = self._made.get(nearness)
        if found is None:
            if len(self._made) > 4:
                self._made.clear()
            found = self._made[nearness] = self._affinities(nearness)
        return found

    def _affinities(self, nearness: Nearness) -> Affinities:
        pairs = {
            wished: {
                offered: points
                for offered, evidence in targets.items()
                if permitted(self._professions, wished, offered) and (points := nearness.points(evidence))
            }
            for wished, targets in self._evidence.items()
        }
        return Affinities(pairs, self._professions, self.standings, self._families, self._pointers)


def _pointers(everybody: list[Occupation]) -> Pointers:
    """Which occupations ask each skill, and how rare it is; to point to one takes a little more than what it alone asks."""
    having: dict[str, list[str]] = defaultdict(list)
    for occupation in everybody:
        for skill in dict(occupation.skills):
            having[skill].append(occupation.code)

    def rarity(holders: int) -> int:
        return round(log2(len(everybody) / holders) * _RARITY)

    asking = {skill_key(skill): (rarity(len(codes)), tuple(codes)) for skill, codes in having.items()}
    labels = {occupation.code: occupation.label for occupation in everybody}
    return Pointers(asking, rarity(1) * _POINTING // 10 if everybody else 0, labels)


def permitted(professions: Mapping[str, Profession], wished: str, offered: str) -> bool:
    """Whether who seeks or holds the one may have the other: always, unless the law keeps it for others."""
    asked = professions.get(offered)
    if asked is None:
        return True
    held = professions.get(wished)
    return held is not None and (held.name == asked.name or held.name in asked.also)


def _evidence(
    occupations: Occupations, everybody: list[Occupation], standings: Mapping[str, Standing]
) -> dict[str, dict[str, Evidence]]:
    common = _common_skills(everybody)
    candidates: dict[str, set[str]] = {occupation.code: set() for occupation in everybody}
    groups: dict[str, list[str]] = defaultdict(list)
    into: Counter[str] = Counter()
    for at, occupation in enumerate(everybody):
        groups[occupation.code[:3]].append(occupation.code)
        groups[f"family {occupation.family}"].append(occupation.code)
        for kind in standings[occupation.code].kinds:
            groups[f"kind {kind}"].append(occupation.code)
        for target in occupations.neighbours(occupation.code):
            into[target] += 1
            candidates[occupation.code].add(target)
            candidates[target].add(occupation.code)
        alike = np.flatnonzero(common[at] >= _LEAST_SKILLS).tolist()
        candidates[occupation.code].update(everybody[other].code for other in alike)
    for members in groups.values():
        for code in members:
            candidates[code].update(members)
    position = {occupation.code: at for at, occupation in enumerate(everybody)}
    return {
        one.code: {
            code: _of(
                occupations,
                one,
                everybody[position[code]],
                (standings[one.code], standings[code]),
                int(common[at, position[code]]),
                into[code],
            )
            for code in sorted(candidates[one.code])
            if code != one.code
        }
        for at, one in enumerate(everybody)
    }


def _of(
    occupations: Occupations,
    wished: Occupation,
    offered: Occupation,
    stand: tuple[Standing, Standing],
    skills: int,
    into: int,
) -> Evidence:
    mine, its = stand
    kind = occupations.move(wished.code, offered.code)
    return Evidence(
        rank=occupations.rank(wished.code, offered.code),
        close=kind is Move.CLOSE,
        evolution=kind is Move.EVOLUTION,
        back=occupations.rank(offered.code, wished.code),
        family=wished.family == offered.family,
        branch=wished.code[:3] == offered.code[:3],
        skills=skills,
        above=offered.managerial and not wished.managerial,
        below=wished.managerial and not offered.managerial,
        crowd=max(0, (into // _USUAL).bit_length() - 1),
        kin=bool(mine.kinds & its.kinds) and its.kinds & TRUSTED <= mine.kinds,
        simple=its.simple and not mine.simple and wished.family != offered.family,
        steps=its.level - mine.level if its.level and mine.level else 0,
    )


def _common_skills(everybody: list[Occupation]) -> NDArray[np.int64]:
    """Basis points of what two occupations share among all that either asks, each skill weighted by its rarity."""
    having: dict[str, list[int]] = defaultdict(list)
    for at, occupation in enumerate(everybody):
        for skill, _ in occupation.skills:
            having[skill].append(at)
    shared = np.zeros((len(everybody), len(everybody)), np.int64)
    alone = Counter(dict.fromkeys(range(len(everybody)), 0))
    for holders in having.values():
        rarity = round(log2(len(everybody) / len(holders)) * _RARITY)
        if len(holders) == 1:
            alone[holders[0]] += rarity
        elif rarity:
            shared[np.ix_(holders, holders)] += rarity
    total = np.diagonal(shared) + np.array([alone[at] for at in range(len(everybody))], np.int64)
    either = total[:, None] + total[None, :] - shared
    found: NDArray[np.int64] = shared * SCALE // (either + _DOUBT)
    return found


@lru_cache(maxsize=4)
def load_structure(rome_file: str = "") -> Structure:
    """Of the imported referential in ``rome_file``, or of the shipped one."""
    return Structure(Occupations.load(Path(rome_file) if rome_file else None))


def shipped_structure() -> Structure:
    """Of the referential that ships with the project."""
    return load_structure()
