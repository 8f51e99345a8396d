"""Figures about people that others may read: the one rule by which they are made safe.

Below 5 a figure re-identifies people and is not shown; zero speaks of nobody and is. Hiding small figures alone does not
hold: whoever may choose the period asks for two that differ by a day (7 hires until the 1st, 8 until the 2nd) and subtracts,
and so for a whole and its parts. So what is shown is **rounded to the nearest multiple of 5**, always in the same way, each
figure from its own exact value: what is found by subtraction is 0, 5, 10 …, never the 1 to 4 that was hidden. Where the
bounds of the rounded figures would still leave one value only (two hidden parts of a whole that is shown as 10 are both 4),
one more part is hidden. Rates are made of the figures as shown.

Periods are fixed besides (whole calendar years, ``public_days``): with every period at hand, whoever
asks often enough finds the day on which a rounded figure moves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

SMALL = 5
"""A figure about people below this is not shown."""


def public_days(first: date, last: date) -> tuple[date, date]:
    """The period that everybody may ask about: the whole calendar years that hold these days."""
    return date(first.year, 1, 1), date(last.year, 12, 31)


def shown(count: int) -> int | None:
    """The figure as others may read it: None for 1 to 4, else the nearest multiple of 5."""
    if 0 < count < SMALL:
        return None
    return (count + SMALL // 2) // SMALL * SMALL


def shown_rate(part: int | None, whole: int | None) -> float | None:
    """Part of a whole, both as shown; None where one of them is not, or there is nothing."""
    return min(1.0, round(part / whole, 2)) if part is not None and whole else None


def shown_parts(parts: Sequence[int], whole: int) -> list[int | None]:
    """The parts of a whole that is shown too: no hidden one has only one value that the others allow.

    Parts of a small whole are all hidden, also those that nobody is in. What cannot be mended here: a whole of two parts
    only, both hidden and both 4.
    """
    seen = [shown(part) for part in parts]
    if shown(whole) is None:
        return [None] * len(seen)
    if not _given_away(seen, shown(whole)):
        return seen
    next_up = min((part for part, one in zip(parts, seen, strict=True) if one), default=None)
    if next_up is None:
        # Nothing else to hide but who is not there.
        return [None] * len(seen)
    seen[list(parts).index(next_up)] = None
    return seen


def shown_table(lines: Sequence[Sequence[int]], wholes: Sequence[int]) -> list[list[int | None]]:
    """Lines of which each column adds up to its whole, shown too: a figure stands where its column lets it."""
    columns = [shown_parts([line[at] for line in lines], whole) for at, whole in enumerate(wholes)]
    return [[column[number] for column in columns] for number in range(len(lines))]


def _given_away(parts: Sequence[int | None], whole: int | None) -> bool:
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


def _bounds(figure: int | None) -> tuple[int, int]:
    """What a figure as shown says of the exact one."""
    if figure is None:
        return 1, SMALL - 1
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


def report_of(
    whole: F,
    parts: Mapping[str, F],
    labels: Mapping[str, str],
    hide: tuple[Callable[[F], F], Callable[[Sequence[F], F], list[F]]] | None,
) -> Report[F]:
    """The parts by their keys, in order, each under its label or its key.

    ``hide``: how the whole, and how the lines beside it, are made safe; None where the reader may know all of it.
    """
    keys = sorted(parts)
    lines = [parts[key] for key in keys]
    if hide is not None:
        whole_shown, lines_shown = hide
        lines, whole = lines_shown(lines, whole), whole_shown(whole)
    groups = [Group(key, labels.get(key, key), line) for key, line in zip(keys, lines, strict=True)]
    return Report(whole, groups, hide is not None)
