"""A grid that leaves out who is certainly too far: cells as wide as the reach of those in them."""

from math import asin, atan2, degrees
from typing import Any

import numpy as np

from services.matching.domain.geometry import DM_PER_KM, Position
from services.matching.index.compiled import entry, rule
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
_MOST = 2 * (int(180 / min(_CELL_DEGREES)) + 3)
"""Of one class: two keys for each row of cells."""
_STEPS = np.array(_CELL_DEGREES)
_REACHES = np.array(REACH_KM, np.float64)


@entry
def _ranges(lat: float, lon: float, reaches: Any, steps: Any, levels: int, territory: int, found: Any) -> int:
    """Put the key ranges of all rows of cells within a reach, class by class, into ``found``; how many keys these are."""
    count = 0
    for level in range(len(reaches)):
        if levels >> level & 1 == 0:
            continue
        box, step = _box(lat, lon, reaches[level]), steps[level]
        first, last = int((box.south - _EDGE + 90) / step), int((box.north + _EDGE + 90) / step)
        west, east = int(max(0.0, box.west - _EDGE + 180) / step), int((box.east + _EDGE + 180) / step)
        for row in range(max(0, first), last + 1):
            base = level << _CLASS_BITS | row << _ROW_BITS
            found[count], found[count + 1] = base | west, (base | east) + 1
            count += 2
    nowhere = ELSEWHERE << _CLASS_BITS | territory
    found[count], found[count + 1] = nowhere, nowhere + 1
    return count + 2


def around(place: Position | None, territory: int, levels: int) -> Any:
    """Key ranges (from, to, from, to …) of every row that may reach a place, its own territory's placeless included.

    ``levels``: classes of reach that are in use, as bits.
    """
    return _found(place, _REACHES, levels, territory)


def within(place: Position | None, territory: int, reach_dm: int, level: int) -> Any:
    """Key ranges of every row of one class within the reach of somebody at a place."""
    return _found(place, np.full(len(REACH_KM), reach_dm / DM_PER_KM), 1 << level, territory)


def _found(place: Position | None, reaches: Any, levels: int, territory: int) -> Any:
    if place is None:
        # Without a place anybody of the territory may come: all cells are looked at.
        nowhere = ELSEWHERE << _CLASS_BITS | territory
        return np.array([0, ELSEWHERE << _CLASS_BITS, nowhere, nowhere + 1], np.int32)
    found = np.empty(_MOST * len(REACH_KM), np.int32)
    return found[: _ranges(*degrees_of(place), reaches, _STEPS, levels, territory, found)]
