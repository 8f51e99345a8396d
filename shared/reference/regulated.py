"""Occupations that the law, a state diploma or a card keeps for who holds it: only who seeks or holds them can have them.

The list is the project's own, occupation by occupation with the text that it follows (``data/regulated.csv``). ROME's own
column ``emploi_reglemente`` was read beside it and is too wide for this: it also marks deliverers, tilers and jewellers,
for whom a licence, a machine or a hallmark is regulated and not the access to the job.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from shared.reference.occupations import DATA, Occupation


@dataclass(frozen=True, slots=True)
class Profession:
    """What an occupation asks: its own profession, or one of those ``also`` says may practise it. ``basis``: the text."""

    name: str
    also: frozenset[str]
    basis: str


@dataclass(frozen=True, slots=True)
class _Row:
    with_family: bool
    profession: Profession | None


@cache
def _rows() -> dict[str, _Row]:
    with (DATA / "regulated.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["code"]: _Row(
                row["family"] == "1",
                Profession(row["profession"], frozenset(row["also"].split()), row["basis"])
                if row["profession"]
                else None,
            )
            for row in csv.DictReader(lines)
        }


def profession_of(occupation: Occupation) -> Profession | None:
    """The profession that an occupation is kept for; None for one that is open to all.

    An occupation that ROME 4 split off from a listed one follows it where the list says so, unless it is listed itself.
    """
    own = _rows().get(occupation.code)
    if own is not None:
        return own.profession
    parent = _rows().get(occupation.family)
    return parent.profession if parent is not None and parent.with_family else None


def regulated(occupations: Iterable[Occupation]) -> dict[str, Profession]:
    """The regulated ones of a referential, by code."""
    found = {occupation.code: profession_of(occupation) for occupation in occupations}
    return {code: profession for code, profession in found.items() if profession is not None}
