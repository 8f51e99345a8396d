"""Who is around, compiled: the entries of postings in some key ranges, those within reach."""

from typing import Any

import numpy as np

from services.matching.index.compiled import rule
from services.matching.index.judging import whole, within_reach
from services.matching.index.raw import there

ENTRY = np.dtype([("geo", "<i4", (4,)), ("key", "<i4"), ("slot", "<i4")])
"""Of a posting. Beside its slot each has the place and reach, so that whoever is too far is left out in one pass over
neighbouring memory, before any row, which lies elsewhere, is read."""
KEY = np.dtype("<i4")
STEP = 16
"""Every so many entries a key is kept apart: a search reads few lines of memory that nobody had read for a while."""
ADDRESS, KEYS, ORDERED, TAIL, COLUMNS = range(5)
"""Columns of the directory of postings: where entries and sampled keys lie, and how many are ordered and behind these."""


@rule
def collect(directory: Any, wanted: Any, ranges: Any, bounds: int, geo: Any, found: Any) -> int:
    """Put the slots of some postings into ``found``; how many there are, or below zero where it has no room for them.

    Of each those in the key ranges (rising) and all of the tail, who are within reach of ``geo``. Somebody may stand there twice.
    """
    count = 0
    for one in range(len(wanted)):
        at = wanted[one]
        ordered, end = directory[at, ORDERED], directory[at, ORDERED] + directory[at, TAIL]
        entries = there(directory[at, ADDRESS], end, ENTRY)
        keys = there(directory[at, KEYS], (ordered + STEP - 1) // STEP, KEY)
        last = 0
        for bound in range(0, bounds, 2):
            first = _first(entries, keys, last, ordered, ranges[bound])
            last = _first(entries, keys, first, ordered, ranges[bound + 1])
            if count + last - first > len(found):
                return -1
            for index in range(first, last):
                count = _take(entries[index], geo, found, count)
        if count + end - ordered > len(found):
            return -1
        for index in range(ordered, end):
            count = _take(entries[index], geo, found, count)
    return count


@rule
def _take(one: Any, geo: Any, found: Any, count: int) -> int:
    if one.slot != 0 and within_reach(one.geo, geo):
        found[count] = one.slot
        return count + 1
    return count


@rule
def _first(entries: Any, keys: Any, low: int, ordered: int, key: int) -> int:
    """Where the first entry of this key or a higher one is, not before ``low``."""
    if low == ordered or whole(entries[low].key) >= key:
        return low
    below, above = low // STEP, len(keys)
    while below < above:
        middle = (below + above) // 2
        if keys[middle] < key:
            below = middle + 1
        else:
            above = middle
    # The sampled key before it is lower, this one is not.
    low, high = max(low, (below - 1) * STEP + 1), min(ordered, below * STEP)
    while low < high:
        middle = (low + high) // 2
        if entries[middle].key < key:
            low = middle + 1
        else:
            high = middle
    return low
