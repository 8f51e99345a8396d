"""In which order somebody sees their recommendations: by what they may expect of each, not by the score alone."""

import math

from services.matching.domain.configuration import SCALE, Configuration


def surplus(score: int, shown_to: int, positions: int, configuration: Configuration) -> int:
    """The score, less the more people are shown the same position: what the list of a person is ordered by.

    Ranking on the match alone sends everybody to the same offers (Bied et al. 2021, 2026); a place that few others see is
    worth more to each of them. ``configuration.crowding`` says how much: 0 is the score alone, one its share of a place.
    """
    crowd = max(1.0, shown_to / max(1, positions))
    return round(score * math.pow(crowd, -configuration.crowding / SCALE))
