"""A grid that leaves out who is certainly too far: cells as wide as the reach of those in them."""

from math import asin, atan2, degrees
from typing import Any

import numpy as np

from services.matching.domain.geometry import DM_PER_KM, Position
from services.matching.index.compiled import rule
from services.matching.index.encoding import NO_PLACE, Ints, Rows
from shared.geo import EARTH_RADIUS_KM, bounding_box

REACH_KM = (15, 40, 110, 400)
"""Classes of reach in km; a row lies in the first that holds its reach. Profiles declare 300 km at most."""
_CELL_DEGREES = (0.15, 0.4, 1.1, 4.0)
ELSEWHERE = 4
"""Class of rows without a place, by territory."""

_CLASS_BITS, _ROW_BITS = 27, 13
_RADIUS_DM = EARTH_RADIUS_KM * DM_PER_KM
_EDGE = 1e-4
"""Degrees added around a query (10 m): whole decimetres and an ulp must not put a row out of sight."""


def reach_class(reach_dm: int) -> int:
    """The class of a reach."""
    for index, km in enumerate(REACH_KM):
        if reach_dm <= km * DM_PER_KM:
            return index
    return len(REACH_KM) - 1


def degrees_of(place: Position) -> tuple[float, float]:
    """Latitude and longitude of a position."""
    x, y, z = place
    return degrees(asin(max(-1.0, min(1.0, z / _RADIUS_DM)))), degrees(atan2(y, x))


def cell(place: Position | None, level: int, territory: int) -> int:
    """Key of the cell in which a row of this class lies."""
    if place is None:
        return ELSEWHERE << _CLASS_BITS | territory
    lat, lon = degrees_of(place)
    step = _CELL_DEGREES[level]
    return level << _CLASS_BITS | int((lat + 90) / step) << _ROW_BITS | int((lon + 180) / step)


def cells(geo: Ints, levels: Ints, territories: Rows) -> Ints:
    """The same for many rows (x, y, z, …)."""
    xyz = geo[:, :3].astype(np.float64)
    lat = np.degrees(np.arcsin(np.clip(xyz[:, 2] / _RADIUS_DM, -1.0, 1.0)))
    lon = np.degrees(np.arctan2(xyz[:, 1], xyz[:, 0]))
    step = np.array(_CELL_DEGREES)[levels]
    row, column = ((lat + 90) / step).astype(np.int32), ((lon + 180) / step).astype(np.int32)
    keys: Ints = (levels.astype(np.int32) << _CLASS_BITS) | (row << _ROW_BITS) | column
    nowhere = (geo[:, :3] == NO_PLACE).all(axis=1)
    keys[nowhere] = (ELSEWHERE << _CLASS_BITS) | territories[nowhere].astype(np.int32)
    return keys


def levels_of(reach: Rows) -> Ints:
    """Classes of many reaches in decimetres."""
    limits = np.array([km * DM_PER_KM for km in REACH_KM[:-1]], np.int64)
    return np.searchsorted(limits, reach.astype(np.int64)).astype(np.int32)


_box = rule(bounding_box)
_STEPS = np.array(_CELL_DEGREES)
_REACHES = np.array(REACH_KM, np.float64)
MOST_RANGES = (len(REACH_KM) * (int(180 / min(_CELL_DEGREES)) + 3) + 1) * 2
"""Keys of so many ranges, two each: one for each row of cells of each class, and one for who has no place."""


@rule
def ranges_around(geo: Any, territory: int, levels: int, own: bool, found: Any) -> int:
    """Put the key ranges (from, to, from, to …; rising) of every row that may reach a place into ``found``; how many keys.

    ``geo``: x, y, z and the reach of who asks, below zero without a place, who may go where anybody of the territory is.
    ``levels``: classes of reach that are in use, as bits. ``own``: it is the reach of who asks that counts, not that of a class.
    """
    count, nowhere = 0, ELSEWHERE << _CLASS_BITS | territory
    if geo[3] < 0:
        found[0], found[1] = 0, ELSEWHERE << _CLASS_BITS
        count = 2
    else:
        lat = degrees(asin(max(-1.0, min(1.0, geo[2] / _RADIUS_DM))))
        lon = degrees(atan2(float(geo[1]), float(geo[0])))
        for level in range(len(_REACHES)):
            if levels >> level & 1 == 0:
                continue
            box, step = _box(lat, lon, geo[3] / DM_PER_KM if own else _REACHES[level]), _STEPS[level]
            first, last = int((box.south - _EDGE + 90) / step), int((box.north + _EDGE + 90) / step)
            west, east = int(max(0.0, box.west - _EDGE + 180) / step), int((box.east + _EDGE + 180) / step)
            for row in range(max(0, first), last + 1):
                base = level << _CLASS_BITS | row << _ROW_BITS
                found[count], found[count + 1] = base | west, (base | east) + 1
                count += 2
    found[count], found[count + 1] = nowhere, nowhere + 1
    return count + 2
