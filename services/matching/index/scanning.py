"""Who is around, compiled: the entries of postings in some key ranges, those within reach."""

from typing import Any

import numpy as np

from services.matching.index.compiled import rule, whole
from services.matching.index.raw import there

ENTRY = np.dtype(
    [("x", "<i4"), ("y", "<i4"), ("z", "<i4"), ("reach", "<u2"), ("bits", "<u2"), ("key", "<i4"), ("slot", "<i4")]
)
"""Of a posting. Beside its slot each tells where somebody is, how far they go and the first bits of what they lack (or of what an
offer needs), so that most of who cannot be meant are left out in one pass over neighbouring memory, before any row is read."""
REACH_BITS, ANY_REACH, FIRST_BITS = 6, (1 << 16) - 1, (1 << 16) - 1
"""A reach is rounded up to 6.4 m; who is nowhere, or goes farther than there are numbers, is ``ANY_REACH``: the row tells."""
KEY = np.dtype("<i4")
STEP = 16
"""Every so many entries a key is kept apart: a search reads few lines of memory that nobody had read for a while."""
ADDRESS, KEYS, ORDERED, TAIL, COLUMNS = range(5)
"""Columns of the directory of postings: where entries and sampled keys lie, and how many are ordered and behind these."""
PLACE, POINTS = range(2)
"""Rows of the postings that a question is about: where in the directory, and how near their occupation is at most."""
SLOT_BITS = 32


@rule
def collect(directory: Any, wanted: Any, ranges: Any, bounds: int, geo: Any, bits: int, found: Any, ends: Any) -> int:
    """Put who is in some postings into ``found`` (``index of the entry << 32 | slot``), and where each ends into ``ends``.

    How many there are, or below zero where it has no room for them. Of each posting those in the key ranges (rising) and all of
    the tail, who are within reach of ``geo`` as far as they tell, and of whose first bits none is in ``bits``. Somebody may
    stand there twice.
    """
    count = 0
    x, y, z, reach = whole(geo[0]), whole(geo[1]), whole(geo[2]), whole(geo[3])
    for posting in range(len(ends)):
        at = wanted[PLACE, posting]
        ordered, end = directory[at, ORDERED], directory[at, ORDERED] + directory[at, TAIL]
        entries = there(directory[at, ADDRESS], end, ENTRY)
        keys = there(directory[at, KEYS], (ordered + STEP - 1) // STEP, KEY)
        last = 0
        for bound in range(0, bounds + 2, 2):
            first, until = ordered, end
            if bound < bounds:
                first = _first(entries, keys, last, ordered, ranges[bound])
                until = last = _first(entries, keys, first, ordered, ranges[bound + 1])
            if count + until - first > len(found):
                return -1
            # Nobody can guess who is near: written without a branch this takes a seventh of the time.
            for index in range(first, until):
                one = entries[index]
                found[count] = index << SLOT_BITS | whole(one.slot)
                far = max(whole(one.reach) << REACH_BITS, reach)
                away = _square(whole(one.x) - x) + _square(whole(one.y) - y) + _square(whole(one.z) - z)
                near = (away <= far * far) | (one.reach == ANY_REACH) | (reach < 0)
                count += near & (whole(one.bits) & bits == 0) & (one.slot != 0)
        ends[posting] = count
    return count


@rule
def _square(one: int) -> int:
    return one * one


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
