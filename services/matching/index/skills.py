"""The points of an offer's asked skills that somebody has, in the rows and beside them: compiled, as ``judging`` is."""

from typing import Any

from services.matching.domain.affinity import REQUIRED_WEIGHT, WISHED_WEIGHT
from services.matching.domain.scale import SCALE
from services.matching.index.compiled import rule, whole
from services.matching.index.layout import INLINE_SKILLS

WEIGHT_BITS = 2
"""An asked skill beside the row: ``number << 2 | weight``."""

if max(REQUIRED_WEIGHT, WISHED_WEIGHT) >> WEIGHT_BITS:
    raise TypeError("The weight of an asked skill does not fit its bits any more.")


@rule
def skill_points(settings: Any, offer: Any, profile: Any, beside: int) -> int:
    """Points of the asked skills that somebody has, of all: the floor with none."""
    has = beside
    for index in range(INLINE_SKILLS):
        if offer.skills[index] == 0:
            break
        if _inline(profile, whole(offer.skills[index])):
            has += REQUIRED_WEIGHT if offer.required >> index & 1 else WISHED_WEIGHT
    floor = settings.skills_floor
    points: int = floor + (SCALE - floor) * has // max(1, whole(offer.asked_weight))
    return points


@rule
def _inline(profile: Any, number: int) -> bool:
    found = False
    for index in range(INLINE_SKILLS):
        found |= profile.skills[index] == number
    return found


@rule
def points_beside(offer: Any, asked_more: Any, profile: Any, held_more: Any) -> int:
    """Points of the asked skills that the row of one of both has no room for."""
    has = 0
    if profile.more:
        for index in range(INLINE_SKILLS):
            number = whole(offer.row.skills[index])
            if number != 0 and not _inline(profile.row, number) and _listed(held_more, whole(profile.more), number):
                has += REQUIRED_WEIGHT if offer.row.required >> index & 1 else WISHED_WEIGHT
    if offer.more:
        for index in range(offer.more + 1, offer.more + 1 + asked_more[offer.more]):
            number = asked_more[index] >> WEIGHT_BITS
            if _inline(profile.row, number) or (profile.more and _listed(held_more, whole(profile.more), number)):
                has += asked_more[index] & (1 << WEIGHT_BITS) - 1
    return has


@rule
def _listed(numbers: Any, place: int, number: int) -> bool:
    found = False
    for index in range(place + 1, place + 1 + numbers[place]):
        found |= numbers[index] == number
    return found
