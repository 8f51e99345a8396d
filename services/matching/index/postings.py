"""Who names an occupation, sorted by cell: an array and a short unsorted tail, so that a change costs microseconds.

Beside its slot each entry has the place and reach, so that most of those who are too far are left out in one pass over
neighbouring memory, before any row, which lies anywhere, is read.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from services.matching.index.encoding import Ints, Rows
from services.matching.index.searching import collect

Place = Sequence[int]
"""x, y, z and reach."""
ENTRY = np.dtype([("geo", "<i4", (4,)), ("key", "<i4"), ("slot", "<i4")])
LEAST_TAIL, MOST_TAIL = 8, 512


class Posting:
    """Entries of one occupation, the tail behind the ordered ones. A removed entry points at slot 0."""

    __slots__ = ("_dead", "_entries", "_ordered", "_tail")

    def __init__(self) -> None:
        self._entries: Rows = np.zeros(LEAST_TAIL, ENTRY)
        self._ordered = self._tail = self._dead = 0

    def __len__(self) -> int:
        return self._ordered - self._dead + self._tail

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._entries.nbytes

    def load(self, entries: Rows) -> None:
        """Add many entries at once."""
        self._rebuild(np.concatenate([self._alive(), entries]))

    def add(self, key: int, slot: int, geo: Place) -> None:
        """Add an entry; every so often the tail is merged into the sorted part."""
        if self._ordered + self._tail == len(self._entries):
            self._rebuild(self._alive())
        self._entries[self._ordered + self._tail] = geo, key, slot
        self._tail += 1

    def remove(self, key: int, slot: int) -> None:
        """Remove the entry of a slot."""
        at = self._find(key, slot)
        if at >= self._ordered:
            self._tail -= 1
            self._entries[at] = self._entries[self._ordered + self._tail]
            return
        self._entries["slot"][at] = 0
        self._dead += 1
        if self._dead * 4 > self._ordered and self._dead > 64:
            self._rebuild(self._alive())

    def change(self, key: int, slot: int, geo: Place) -> None:
        """Give the entry of a slot another place."""
        self._entries[self._find(key, slot)] = geo, key, slot

    def collect(self, ranges: Any, geo: Any, mark: Ints, turn: int, found: Ints, count: int) -> int:
        """``searching.collect`` of these entries."""
        return collect(self._entries, self._ordered, self._tail, ranges, geo, mark, turn, found, count)

    def _find(self, key: int, slot: int) -> int:
        slots, keys = self._entries["slot"], self._entries["key"]
        tail = (slots[self._ordered : self._ordered + self._tail] == slot).nonzero()[0]
        if len(tail):
            return self._ordered + int(tail[0])
        first = bisect_left(keys, key, 0, self._ordered)
        end = bisect_left(keys, key + 1, first, self._ordered)
        at = (slots[first:end] == slot).nonzero()[0]
        if not len(at):
            # A key computed over an array may lie one cell beside the one computed alone.
            first, at = 0, (slots[: self._ordered] == slot).nonzero()[0]
        return int(first + at[0])

    def _alive(self) -> Rows:
        entries = self._entries[: self._ordered + self._tail]
        return entries[entries["slot"] != 0] if self._dead else entries

    def _rebuild(self, entries: Rows) -> None:
        # A longer list has a longer tail: a merge copies the list, a question scans the tail.
        tail = min(MOST_TAIL, max(LEAST_TAIL, len(entries) // 64))
        order = np.argsort(entries["key"], kind="stable")
        self._entries = np.zeros(len(entries) + tail, ENTRY)
        self._entries[: len(entries)] = entries[order]
        self._ordered, self._tail, self._dead = len(entries), 0, 0


class Postings:
    """One posting per occupation number."""

    def __init__(self) -> None:
        self._by_number: dict[int, Posting] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(posting.nbytes for posting in self._by_number.values())

    def add(self, number: int, key: int, slot: int, geo: Place) -> None:
        """Add a slot under an occupation."""
        posting = self._by_number.get(number)
        if posting is None:
            posting = self._by_number[number] = Posting()
        posting.add(key, slot, geo)

    def remove(self, number: int, key: int, slot: int) -> None:
        """Remove a slot from an occupation."""
        self._by_number[number].remove(key, slot)

    def change(self, number: int, key: int, slot: int, geo: Place) -> None:
        """Give a slot under an occupation another place."""
        self._by_number[number].change(key, slot, geo)

    def load(self, numbers: Ints, keys: Ints, slots: Ints, geo: Ints) -> None:
        """Add many entries."""
        entries = np.zeros(len(numbers), ENTRY)
        entries["geo"], entries["key"], entries["slot"] = geo, keys, slots
        order = np.argsort(numbers, kind="stable")
        numbers, entries = numbers[order], entries[order]
        different, starts = np.unique(numbers, return_index=True)
        ends = [*starts.tolist()[1:], len(numbers)]
        for number, first, end in zip(different.tolist(), starts.tolist(), ends, strict=True):
            self._by_number.setdefault(number, Posting()).load(entries[first:end])

    def some(self, numbers: Iterable[int]) -> list[Posting]:
        """The postings of these occupations that there are."""
        return [posting for number in numbers if (posting := self._by_number.get(number)) is not None]
