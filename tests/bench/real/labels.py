"""What was said of pairs by reading: ``data/labels.tsv`` (the guide is beside it) and the second reading of sixty."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from tests.bench.real.offers import DATA

GRADES = (0, 1, 2)


class No(StrEnum):
    """Why a counsellor would not pass an offer on."""

    OCCUPATION = "occupation"
    DIPLOMA = "diploma"
    ABOVE = "above"
    BELOW = "below"
    SCHEDULE = "schedule"
    TRAVEL = "travel"
    CONTRACT = "contract"
    LANGUAGE = "language"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Label:
    """What was said of one pair: 2 at once, 1 yes, 0 no and why."""

    grade: int
    no: No | None


Pair = tuple[str, str]
"""Person and offer."""


@cache
def labels(name: str = "labels.tsv") -> dict[Pair, Label]:
    """The pairs of a file and what was said of them."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return {
            (row["person"], row["offer"]): Label(int(row["grade"]), No(row["kind"]) if row["kind"] else None)
            for row in csv.DictReader(lines, delimiter="\t")
        }


def kappa(first: Sequence[int], second: Sequence[int]) -> float:
    """Cohen's kappa of two readings of the same pairs: 0 is what chance gives, 1 is perfect agreement."""
    n = len(first)
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    values: Iterable[int] = {*first, *second}
    chance = sum(first.count(value) * second.count(value) for value in values) / n**2
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


@dataclass(frozen=True)
class Agreement:
    """How far two readings of the same pairs agree, as yes or no and as grades."""

    pairs: int
    same_yes_or_no: float
    kappa_yes_or_no: float
    same_grade: float
    kappa_grade: float


def agreement() -> Agreement | None:
    """The first reading against the second, which was done after all others and without sight of the first."""
    first, second = labels(), labels("labels-second.tsv")
    if not second:
        return None
    grades = [(first[pair].grade, label.grade) for pair, label in second.items()]
    a, b = [one for one, _ in grades], [two for _, two in grades]
    yes_a, yes_b = [int(one > 0) for one in a], [int(two > 0) for two in b]

    def same(one: list[int], two: list[int]) -> float:
        return round(sum(x == y for x, y in zip(one, two, strict=True)) / len(one), 4)

    return Agreement(
        pairs=len(grades),
        same_yes_or_no=same(yes_a, yes_b),
        kappa_yes_or_no=round(kappa(yes_a, yes_b), 4),
        same_grade=same(a, b),
        kappa_grade=round(kappa(a, b), 4),
    )
