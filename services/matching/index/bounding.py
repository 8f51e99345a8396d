"""What somebody is worth at most by what their posting tells: who cannot be among the best is left out before any row is read."""

from typing import Any

import numpy as np

from services.matching.domain.facts import UNKNOWN
from services.matching.domain.scale import SCALE
from services.matching.index.compiled import rule, whole
from services.matching.index.judging import kept_fresh, weighed
from services.matching.index.raw import there
from services.matching.index.scanning import (
    ADDRESS,
    ANY_REACH,
    ENTRY,
    ORDERED,
    PLACE,
    POINTS,
    REACH_BITS,
    SLOT_BITS,
    TAIL,
)

_STEP_BITS = 17
_STEPS = (SCALE * SCALE >> _STEP_BITS) + 1
"""Scores are told apart by a thousandth where the best are looked for first."""
ZONES = 64
"""Rings of one area around a place that tell distances apart; a root and a division for each person took three times as long."""
_EDGES = np.sqrt(np.arange(ZONES + 1) / ZONES)
_FAR, _ROUNDED = 10_000.0, 3
"""From a reach of a kilometre on a decimetre is one basis point; so much more is allowed for what the rules round."""


@rule
def bound(
    rules: Any, offers: Any, offer: int, geo: Any, today: int, directory: Any, wanted: Any, found: Any, ends: Any
) -> None:
    """Put what each of ``found`` (``scanning.collect``) is worth at most in the place of the index of its entry.

    Somebody may stand there several times: what they are worth at most is the highest of these. ``offer``: who asks, below
    zero where a profile does.
    """
    settings = rules.settings
    skills = wishes = experienced = whole(SCALE)
    more = whole(settings.freshness + settings.reply) * SCALE
    if offer >= 0:
        of = offers[offer].row
        if of.asked_weight == 0:
            skills = whole(settings.skills_floor)
        silent = whole(of.minutes == UNKNOWN) + whole(of.wage == UNKNOWN) + whole(of.schedule_known == 0)
        wishes = ((4 - silent) * SCALE + silent * settings.neutral) // 4
        experienced = whole(settings.neutral if of.months else SCALE)
        more = kept_fresh(rules, of, today)
    x, y, z, reach = float(geo[0]), float(geo[1]), float(geo[2]), float(geo[3])
    most = np.empty(ZONES + 1, np.int64)
    first = 0
    for one in range(len(ends)):
        at, points = wanted[PLACE, one], whole(wanted[POINTS, one])
        entries = there(directory[at, ADDRESS], directory[at, ORDERED] + directory[at, TAIL], ENTRY)
        # Experience counts by how near its occupation is; of who names no occupation nothing is known.
        experience = max(points, experienced)
        for zone in range(ZONES + 1):
            distance = min(SCALE, SCALE + _ROUNDED - int((SCALE - settings.distance_floor) * _EDGES[zone]))
            most[zone] = weighed(settings, points, skills, distance, experience, wishes, SCALE, more)
        for index in range(first, ends[one]):
            entry = entries[found[index] >> SLOT_BITS]
            found[index] = most[_zone(entry, x, y, z, reach)] << SLOT_BITS | whole(entry.slot)
        first = ends[one]


@rule
def _zone(entry: Any, x: float, y: float, z: float, reach: float) -> int:
    """In which ring of their reach somebody is; in the first whoever does not tell, or goes so little that rounding counts."""
    far = max(float(whole(entry.reach) << REACH_BITS), reach)
    away = (entry.x - x) ** 2 + (entry.y - y) ** 2 + (entry.z - z) ** 2
    told = (entry.reach != ANY_REACH) & (reach >= 0) & (far > _FAR)
    return int(away * ZONES / (far * far)) if told else 0


@rule
def among_the_first(found: Any, count: int, wanted: int) -> int:
    """A bound that at least so many of ``found`` reach, and few more, where there are so many; in its place there."""
    steps = np.zeros(_STEPS, np.int32)
    for index in range(count):
        steps[found[index] >> SLOT_BITS + _STEP_BITS] += 1
    reached = 0
    for step in range(_STEPS - 1, 0, -1):
        reached += steps[step]
        if reached >= wanted:
            return step << SLOT_BITS + _STEP_BITS
    return 0


@rule
def bring(found: Any, first: int, count: int, least: int) -> int:
    """Bring whoever reaches a bound to the front, from ``first`` on; where they end."""
    for index in range(first, count):
        value = found[index]
        found[index], found[first] = found[first], value
        first += value >= least
    return first
