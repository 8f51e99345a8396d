"""Skills that somebody may well have after the work they did: proposed by the referential, theirs only by their word.

Who has practised an occupation can usually do what it asks. What the occupations to which one moves from there ask as well
carries over, and is said beside each; what several of the nearest ask beyond that is proposed after, as a question.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.profiles.domain.details import Wish
from shared.reference.occupations import Occupation, Occupations

MOST_PRACTISED, MOST_NEAR = 20, 10
"""As many as one reads out on the telephone."""
_NEAREST, _ASKED_BY, _NAMED = 5, 2, 3
_TIER = 5
"""A referential puts the essential skills first; of five neighbours in its order the rarer says more."""


class Origin(StrEnum):
    """``practised``: asked by an occupation that they did; ``near``: by occupations to which one moves from it."""

    PRACTISED = "practised"
    NEAR = "near"


@dataclass(frozen=True)
class SkillProposal:
    """One skill. ``occupation`` is the practised one that it comes from, ``also_in`` the nearest moves that ask it."""

    code: str
    label: str
    origin: Origin
    occupation: Occupation
    also_in: tuple[Occupation, ...]


def proposals(wishes: Sequence[Wish], held: Collection[str], occupations: Occupations) -> list[SkillProposal]:
    """What is not held yet, the practised first; within each the essential, then the rare ones first.

    An occupation without experience is a wish, and says nothing of what somebody can do. The longest practised one names a skill.
    """
    done = sorted((one for one in wishes if one.experience_months > 0), key=lambda one: -one.experience_months)
    practised = [found for one in done if (found := occupations.get(one.code)) is not None]
    own: dict[str, _Candidate] = {}
    near: dict[str, _Candidate] = {}
    for occupation in practised:
        moves = _moves(occupation, occupations)
        for candidate in _own(occupation, moves):
            own.setdefault(candidate.code, candidate)
        for candidate in _near(occupation, moves):
            near.setdefault(candidate.code, candidate)

    def best(found: dict[str, _Candidate], limit: int) -> list[_Candidate]:
        left = [one for one in found.values() if one.code not in held]
        left.sort(key=lambda one: (one.at // _TIER, occupations.skill_spread[one.code], one.code))
        return left[:limit]

    first = best(own, MOST_PRACTISED)
    then = best({code: one for code, one in near.items() if code not in own}, MOST_NEAR)
    return [
        SkillProposal(one.code, one.label, origin, one.occupation, one.also_in[:_NAMED])
        for origin, found in ((Origin.PRACTISED, first), (Origin.NEAR, then))
        for one in found
    ]


@dataclass(frozen=True)
class _Candidate:
    """A skill and its place in its occupation's list."""

    code: str
    label: str
    at: int
    occupation: Occupation
    also_in: tuple[Occupation, ...]


def _moves(occupation: Occupation, occupations: Occupations) -> list[Occupation]:
    ranks = occupations.neighbours(occupation.code)
    nearest = sorted(ranks, key=lambda code: (ranks[code], code))[:_NEAREST]
    return [found for code in nearest if (found := occupations.get(code)) is not None]


def _own(occupation: Occupation, moves: Sequence[Occupation]) -> Iterator[_Candidate]:
    asked = [dict(one.skills) for one in moves]
    for at, (code, label) in enumerate(occupation.skills):
        also = tuple(one for one, skills in zip(moves, asked, strict=True) if code in skills)
        yield _Candidate(code, label, at, occupation, also)


def _near(occupation: Occupation, moves: Sequence[Occupation]) -> Iterator[_Candidate]:
    asked_by = Counter(code for one in moves for code in dict(one.skills))
    first: dict[str, tuple[int, str]] = {}
    for one in moves:
        for at, (code, label) in enumerate(one.skills):
            first[code] = min(first.get(code, (at, label)), (at, label))
    for code, (at, label) in first.items():
        if asked_by[code] >= _ASKED_BY:
            also = tuple(one for one in moves if code in dict(one.skills))
            yield _Candidate(code, label, at, occupation, also)
