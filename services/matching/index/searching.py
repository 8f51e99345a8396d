"""The loops of a question, compiled: who is around, and the best of them."""

from typing import Any

import numpy as np

from services.matching.index.bounding import among_the_first, bound, bring
from services.matching.index.cells import MOST_RANGES, ranges_around
from services.matching.index.compiled import entry, rule, whole
from services.matching.index.identifiers import write
from services.matching.index.judging import gone, worth
from services.matching.index.raw import fetch
from services.matching.index.scanning import FIRST_BITS, SLOT_BITS, collect
from services.matching.index.skills import points_beside

AHEAD = 12
"""Rows are asked for so many candidates before they are judged: they lie anywhere, and memory answers many at once."""
FIRST = 8
"""So many times as many as are wanted are judged first; of who comes after them only those who may be better than these."""
_SLOT = (1 << SLOT_BITS) - 1


@entry
def best(
    tables: Any,
    offers: Any,
    offer: int,
    asked_more: Any,
    profiles: Any,
    profile: int,
    held_more: Any,
    today: int,
    above_bar: bool,
    directory: Any,
    wanted: Any,
    levels: int,
    found: Any,
    count: int,
    mark: Any,
    turn: int,
    high: Any,
    low: Any,
    limit: int,
    slots: Any,
    scores: Any,
    text: Any,
) -> int:
    """The best by falling score, then id, into ``slots`` and ``scores``; how many, or below zero: ``found`` is too small.

    Profiles for ``offer``, or offers for ``profile`` where ``offer`` is below zero: of the first ``count`` slots in ``found``,
    or, where it is below zero, of those who are in the ``wanted`` postings and in reach. ``levels``: classes of reach in use. At
    most ``limit`` are kept, in a heap whose first is the worst of them; none whose ``mark`` is ``turn`` already, which it
    becomes. ``high`` and ``low``: their ids, which are spelt into ``text``.
    """
    rules, bounded, least = tables[0], False, 0
    if count < 0:
        ranges = np.empty(MOST_RANGES, np.int32)
        geo = profiles[profile].geo if offer < 0 else offers[offer].geo
        territory = whole(profiles[profile].row.territory if offer < 0 else offers[offer].row.territory)
        bits = whole(profiles[profile].bits if offer < 0 else offers[offer].bits) & FIRST_BITS
        bounds = ranges_around(geo, territory, levels, offer < 0, ranges)
        ends = np.empty(wanted.shape[1], np.int64)
        count = collect(directory, wanted, ranges, bounds, geo, bits, found, ends)
        if count < 0:
            return count
        bounded = count > FIRST * limit
        if bounded:
            bound(rules, offers, offer, geo, today, directory, wanted, found, ends)
            least = among_the_first(found, count, FIRST * limit)
    kept = begin = 0
    start, size = (offers.ctypes.data, offers.itemsize) if offer < 0 else (profiles.ctypes.data, profiles.itemsize)
    marks = mark.ctypes.data
    for _ in range(2):
        end = bring(found, begin, count, least)
        for index in range(begin - AHEAD, end):
            if index + AHEAD < end:
                ahead = whole(found[index + AHEAD] & _SLOT)
                fetch(start + ahead * size, size)
                fetch(marks + ahead * mark.itemsize, mark.itemsize)
            if index < begin:
                continue
            if found[index] < least:
                continue
            slot = whole(found[index] & _SLOT)
            if mark[slot] == turn:
                continue
            mark[slot] = turn
            this, other = (slot, profile) if offer < 0 else (offer, slot)
            beside = run_out = 0
            if offers[this].more or profiles[other].more:
                beside = points_beside(offers[this], asked_more, profiles[other], held_more)
                run_out = gone(profiles[other], held_more, today)
            score = worth(rules, offers[this], profiles[other], today, beside, run_out)
            if score < rules.settings.minimum:
                continue
            if above_bar and score < (offers[slot].bar if offer < 0 else profiles[slot].bar):
                continue
            if kept < limit:
                slots[kept], scores[kept] = slot, score
                kept += 1
                _rise(slots, scores, kept - 1, high, low)
            elif _before(score, slot, scores[0], slots[0], high, low):
                slots[0], scores[0] = slot, score
                _sink(slots, scores, kept, high, low)
            if bounded and kept == limit:
                least = max(least, scores[0] << SLOT_BITS)
        begin, least = end, scores[0] << SLOT_BITS if kept == limit else 0
    for index in range(kept):
        fetch(high.ctypes.data + whole(slots[index]) * high.itemsize, high.itemsize)
        fetch(low.ctypes.data + whole(slots[index]) * low.itemsize, low.itemsize)
    for last in range(kept - 1, 0, -1):
        slots[0], slots[last] = slots[last], slots[0]
        scores[0], scores[last] = scores[last], scores[0]
        _sink(slots, scores, last, high, low)
    write(high, low, slots, kept, text)
    return kept


@rule
def _before(score: int, slot: int, other_score: int, other: int, high: Any, low: Any) -> bool:
    if score != other_score:
        return score > other_score
    if high[slot] != high[other]:
        return bool(high[slot] < high[other])
    return bool(low[slot] < low[other])


@rule
def _rise(slots: Any, scores: Any, at: int, high: Any, low: Any) -> None:
    while at > 0:
        above = (at - 1) // 2
        if not _before(scores[above], slots[above], scores[at], slots[at], high, low):
            return
        slots[at], slots[above] = slots[above], slots[at]
        scores[at], scores[above] = scores[above], scores[at]
        at = above


@rule
def _sink(slots: Any, scores: Any, count: int, high: Any, low: Any) -> None:
    at = 0
    while True:
        below = 2 * at + 1
        if below >= count:
            return
        if below + 1 < count and _before(scores[below], slots[below], scores[below + 1], slots[below + 1], high, low):
            below += 1
        if not _before(scores[at], slots[at], scores[below], slots[below], high, low):
            return
        slots[at], slots[below] = slots[below], slots[at]
        scores[at], scores[below] = scores[below], scores[at]
        at = below
