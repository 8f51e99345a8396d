"""In which order somebody sees their recommendations: what fits best first; congestion decides among the about equal only."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from services.matching.domain.configuration import Configuration
from services.matching.domain.scale import SCALE

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Listed:
    """What the order of a list looks at. ``shown_to``: people who are shown the offer now; ``own``: the person's occupation."""

    score: int
    offer_id: str
    own: bool
    shown_to: int
    positions: int


def surplus(score: int, shown_to: int, positions: int, crowding: int) -> int:
    """The score, less the more people are shown the same position.

    Ranking on the match alone sends everybody to the same offers (Bied et al. 2021, 2026); a place that few others see is
    worth more to each of them. ``crowding`` says how much: 0 is the score alone, one its share of a place.
    """
    crowd = max(1.0, shown_to / max(1, positions))
    return round(score * math.pow(crowd, -crowding / SCALE))


def in_order(items: Iterable[Item], listed: Callable[[Item], Listed], configuration: Configuration) -> list[Item]:
    """The items as people are to see them.

    From the best score down, those within ``configuration.about_equal`` of the first of a group are about equal to it. In a
    group the person's own occupation goes before others, then expected surplus decides. So the first of a list is never
    clearly worse than the best, and no poor fit is lifted over a clearly better one.
    """
    by_score = sorted(((listed(item), item) for item in items), key=lambda one: (-one[0].score, one[0].offer_id))
    band = configuration.about_equal * SCALE
    found: list[Item] = []
    group: list[tuple[Listed, Item]] = []

    def worth(one: tuple[Listed, Item]) -> tuple[bool, int, str]:
        facts = one[0]
        expected = surplus(facts.score, facts.shown_to, facts.positions, configuration.crowding)
        return not facts.own, -expected, facts.offer_id

    for one in by_score:
        if group and group[0][0].score - one[0].score > band:
            found += [item for _, item in sorted(group, key=worth)]
            group = []
        group.append(one)
    return found + [item for _, item in sorted(group, key=worth)]
