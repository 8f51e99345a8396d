"""The loops of a question, compiled: who is around, and the best of them."""

from typing import Any

from services.matching.index.compiled import entry, rule
from services.matching.index.judging import points_beside, whole, within_reach, worth


@entry
def collect(
    entries: Any,
    ordered: int,
    tail: int,
    ranges: Any,
    geo: Any,
    mark: Any,
    turn: int,
    found: Any,
    count: int,
) -> int:
    """Put the slots of a posting into ``found`` behind the first ``count``; how many there are then.

    Those in the key ranges and all of the tail, who are within reach of ``geo``; none whose ``mark`` is ``turn`` already, which
    it becomes.
    """
    for at in range(0, len(ranges), 2):
        for index in range(_first(entries, ordered, ranges[at]), _first(entries, ordered, ranges[at + 1])):
            count = _take(entries[index], geo, mark, turn, found, count)
    for index in range(ordered, ordered + tail):
        count = _take(entries[index], geo, mark, turn, found, count)
    return count


@rule
def _take(one: Any, geo: Any, mark: Any, turn: int, found: Any, count: int) -> int:
    if one.slot != 0 and within_reach(one.geo, geo) and mark[one.slot] != turn:
        mark[one.slot] = turn
        found[count] = one.slot
        return count + 1
    return count


@rule
def _first(entries: Any, ordered: int, key: int) -> int:
    """Where the first entry of this key or a higher one is."""
    low, high = 0, ordered
    while low < high:
        middle = (low + high) // 2
        if entries[middle].key < key:
            low = middle + 1
        else:
            high = middle
    return low


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
    found: Any,
    count: int,
    above_bar: bool,
    high: Any,
    low: Any,
    slots: Any,
    scores: Any,
) -> int:
    """The best of the first ``count`` of ``found`` by falling score, then id, into ``slots`` and ``scores``; how many.

    ``found`` are profiles for ``offer``, or offers for ``profile`` where ``offer`` is below zero; ``high`` and ``low``: their
    ids. As many are kept as ``slots`` has room for: a heap, its first the worst of them.
    """
    kept, rules = 0, tables[0]
    for index in range(count):
        slot = whole(found[index])
        this, other = (slot, profile) if offer < 0 else (offer, slot)
        beside = 0
        if offers[this].more or profiles[other].more:
            beside = points_beside(offers[this], asked_more, profiles[other], held_more)
        score = worth(rules, offers[this], profiles[other], today, beside)
        if score < rules.settings.minimum:
            continue
        if above_bar and score < (offers[slot].bar if offer < 0 else profiles[slot].bar):
            continue
        if kept < len(slots):
            slots[kept], scores[kept] = slot, score
            kept += 1
            _rise(slots, scores, kept - 1, high, low)
        elif _before(score, slot, scores[0], slots[0], high, low):
            slots[0], scores[0] = slot, score
            _sink(slots, scores, kept, high, low)
    for last in range(kept - 1, 0, -1):
        slots[0], slots[last] = slots[last], slots[0]
        scores[0], scores[last] = scores[last], scores[0]
        _sink(slots, scores, last, high, low)
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
