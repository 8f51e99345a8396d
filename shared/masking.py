"""Figures about people that others may read: the one rule by which they are made safe.

Below 5 a figure re-identifies people and is not shown; zero speaks of nobody and is. Hiding small figures alone does not
hold: whoever may ask in several ways subtracts (a whole and its parts, two splits, two periods). So what is shown is **rounded
to the nearest multiple of 5**, always in the same way, and what is found by subtraction is 0, 5, 10 …, never the 1 to 4
that was hidden. Where bounds of rounded figures would leave one value only (two hidden parts of a whole that is shown as 10 are
both 4), more has to be done:

- A report that is asked in many ways (by place, by its union with others, by source) is made of its **smallest cells**, and in
  every sum a small cell counts as much as the small ones do on average (``blurred``). No answer then depends on what one of
  them is, however many are added and subtracted, and totals stay right.
- In a table that is asked in one way, one more part is hidden (``shown_parts``).

Rates are made of the figures as shown. Others ask for **one whole calendar year** (``public_days``), the running one as far as it
has come: 4 hidden people of either of two years would be 8 of both, and whoever may choose the days finds the one on which a
figure moves. Whoever reads every day finds it too; what that tells is that a sum has grown, not what a small cell is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

C = TypeVar("C")

SMALL = 5
"""A figure about people below this is not shown."""


_FEW = 1.5
"""What a small figure is where there are too few for a mean: most are 1."""


def public_days(year: int) -> tuple[date, date]:
    """The days that everybody asks about together, whichever of them they name."""
    return date(year, 1, 1), date(year, 12, 31)


def blurred(cells: Mapping[C, int]) -> dict[C, float]:
    """What each cell counts in sums: itself, or the mean of the small ones (of fewer than five: 1.5, whatever they are).

    The mean is told to a tenth and never comes near 1 or 4, where it would say what each of them is.
    """
    small = [count for count in cells.values() if 0 < count < SMALL]
    mean = _FEW if len(small) < SMALL else min(3.9, max(1.1, round(sum(small) / len(small), 1)))
    return {cell: mean if 0 < count < SMALL else count for cell, count in cells.items()}


def shown(count: float) -> int | None:
    """The figure as others may read it: None below 5, else the nearest multiple of 5."""
    if 0 < count < SMALL:
        return None
    return int((count + SMALL / 2) // SMALL) * SMALL


def shown_rate(part: int | None, whole: int | None) -> float | None:
    """Part of a whole, both as shown; None where one of them is not, or there is nothing."""
    return min(1.0, round(part / whole, 2)) if part is not None and whole else None


def shown_parts(parts: Sequence[float], whole: float) -> list[int | None]:
    """The parts of a whole that is shown too: no hidden one has only one value that the others allow.

    Parts of a small whole are all hidden, also those that nobody is in. What cannot be mended here: a whole of two parts
    only, both hidden and both 4.
    """
    seen, whole_seen = [shown(part) for part in parts], shown(whole)
    if whole_seen is None:
        return [None] * len(seen)
    if not _given_away(seen, whole_seen):
        return seen
    next_up = min((part for part, one in zip(parts, seen, strict=True) if one), default=None)
    if next_up is None:
        # Nothing else to hide but who is not there.
        return [None] * len(seen)
    seen[list(parts).index(next_up)] = None
    return seen


def _given_away(parts: Sequence[int | None], whole: int) -> bool:
    hidden = sum(part is None for part in parts)
    if not hidden:
        return False
    least, most = _bounds(whole)
    for part in parts:
        if part is not None:
            low, high = _bounds(part)
            least, most = least - high, most - low
    # Between them they are ``hidden`` to four times as many; at either end each of them is known.
    return most <= hidden or least >= hidden * (SMALL - 1)


def _bounds(figure: int) -> tuple[int, int]:
    """What a figure as shown says of the exact one."""
    return (0, 0) if figure == 0 else (max(SMALL, figure - SMALL // 2), figure + SMALL // 2)


F = TypeVar("F")


@dataclass(frozen=True)
class Group(Generic[F]):
    """One line of a report."""

    key: str
    label: str
    figures: F


@dataclass(frozen=True)
class Report(Generic[F]):
    """The whole and its parts."""

    whole: F
    groups: list[Group[F]]
    masked: bool


def report_of(whole: F, parts: Mapping[str, F], labels: Mapping[str, str], *, masked: bool) -> Report[F]:
    """The parts by their keys, in order, each under its label or its key; ``masked``: that they were made safe."""
    return Report(whole, [Group(key, labels.get(key, key), parts[key]) for key in sorted(parts)], masked)
