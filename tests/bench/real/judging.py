"""Measures of ranked lists against what was said of the pairs by reading.

A pair that nobody has read is never counted as right: it counts as a no, and how many there are is said beside.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log2

from tests.bench.real.labels import Label, Pair

FIRST = 5
DEEP = 10


@dataclass(frozen=True)
class Judged:
    """Figures of recommendations, and of all that is listed: below short lists stands, apart and marked, «pour élargir».

    ``precision_…``, ``shown``, ``unread``, ``empty`` are of the recommendations alone, ``ndcg_alone`` too; ``ndcg_at_10`` and
    ``found`` are of the ten lines that a platform fills, «pour élargir» below its recommendations (the baselines have no such
    line: they fill their ten at once); ``nothing``: people for whom there is neither.

    ``precision_at_5``: of the first five shown (fewer where a list is shorter), the share that a counsellor would pass
    on. ``lines_at_5``: the same of the first five lines whatever they are called, which is what the baselines' are.
    ``ndcg_at_10``: mean over people for whom some read pair is a yes; the ideal order is that of all read pairs.
    ``found``: of all pairs known to be a yes, the share among the first ten. ``empty``: people without any.
    """

    precision_at_5: float
    precision_at_1: float
    precision_all: float
    lines_at_5: float
    ndcg_at_10: float
    ndcg_alone: float
    found: float
    shown: int
    unread: int
    people: int
    empty: int
    nothing: int

    def as_dict(self) -> dict[str, float]:
        """Rounded to four decimals."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def judge_lists(
    lists: Mapping[str, Sequence[str]],
    said: Mapping[Pair, Label],
    people: Iterable[str],
    wider: Mapping[str, Sequence[str]] | None = None,
) -> Judged:
    """Hold the lists of these people (profile id → offer ids, best first) against what was said. ``wider``: below them."""
    asked, below = list(people), wider or {}

    def gain(person: str, offer: str) -> int:
        label = said.get((person, offer))
        return label.grade if label else 0

    right: dict[int | None, list[bool]] = {1: [], FIRST: [], None: []}
    lines: list[bool] = []
    ndcgs, alone, unread, known, found = [], [], 0, 0, 0
    for person in asked:
        mine = list(lists.get(person, ()))
        listed = [*mine, *below.get(person, ())]
        for depth, kept in right.items():
            kept += [gain(person, offer) > 0 for offer in mine[:depth]]
        lines += [gain(person, offer) > 0 for offer in listed[:FIRST]]
        unread += sum((person, offer) not in said for offer in mine[:FIRST])
        grades = sorted((label.grade for (who, _), label in said.items() if who == person), reverse=True)
        goods = sum(grade > 0 for grade in grades)
        if goods:
            known += goods
            found += sum(gain(person, offer) > 0 for offer in listed[:DEEP])
            ideal = _dcg(grades[:DEEP])
            ndcgs.append(_dcg([gain(person, offer) for offer in listed[:DEEP]]) / ideal)
            alone.append(_dcg([gain(person, offer) for offer in mine[:DEEP]]) / ideal)
    return Judged(
        precision_at_5=_share(right[FIRST]),
        precision_at_1=_share(right[1]),
        precision_all=_share(right[None]),
        lines_at_5=_share(lines),
        ndcg_at_10=sum(ndcgs) / len(ndcgs) if ndcgs else 0.0,
        ndcg_alone=sum(alone) / len(alone) if alone else 0.0,
        found=found / known if known else 0.0,
        shown=len(right[FIRST]),
        unread=unread,
        people=len(asked),
        empty=sum(not lists.get(person) for person in asked),
        nothing=sum(not lists.get(person) and not below.get(person) for person in asked),
    )


def _share(of: Sequence[bool]) -> float:
    return sum(of) / len(of) if of else 0.0


def _dcg(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / log2(at + 2) for at, grade in enumerate(grades))
