"""Who names an occupation, sorted by cell: an array and a short unsorted tail, so that a change costs microseconds."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from services.matching.index.encoding import Ints, Rows
from services.matching.index.kernel import Near
from services.matching.index.scanning import (
    ADDRESS,
    ANY_REACH,
    COLUMNS,
    ENTRY,
    FIRST_BITS,
    KEYS,
    ORDERED,
    REACH_BITS,
    STEP,
    TAIL,
)

Sight = tuple[int, int, int, int, int]
"""What an entry tells: x, y, z, a reach and the first bits."""
LEAST_TAIL, MOST_TAIL = 8, 512
_MOST_REMEMBERED = 10_000
"""Questions whose postings are remembered; a profile may wish any few of hundreds of occupations."""


def sight(bits: int, x: int, y: int, z: int, reach: int) -> Sight:
    """What an entry tells of a row."""
    return x, y, z, ANY_REACH if reach < 0 else min(-(-reach >> REACH_BITS), ANY_REACH), bits & FIRST_BITS


def _words(entries: Rows) -> NDArray[np.int64]:
    """Entries as rows of whole numbers: NumPy moves records field by field, which takes eight to thirty times as long."""
    return entries.view(np.int64).reshape(-1, ENTRY.itemsize // 8)


def _of_words(words: NDArray[np.int64]) -> Rows:
    return words.reshape(-1).view(ENTRY)


class Posting:
    """Entries of one occupation, the tail behind the ordered ones. A removed entry points at slot 0."""

    __slots__ = ("_dead", "_directory", "_entries", "_keys", "_ordered", "_sampled", "_slots", "_tail", "at")

    def __init__(self, directory: "Directory", at: int) -> None:
        self._directory, self.at = directory, at
        self._rebuild(np.zeros(0, ENTRY))

    def __len__(self) -> int:
        return self._ordered - self._dead + self._tail

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._entries.nbytes + self._keys.nbytes

    def load(self, entries: Rows) -> None:
        """Add many entries at once."""
        self._rebuild(_of_words(np.concatenate([_words(self._alive()), _words(entries)])))

    def add(self, key: int, slot: int, sight: Sight) -> None:
        """Add an entry; every so often the tail is merged into the sorted part."""
        if self._ordered + self._tail == len(self._entries):
            self._rebuild(self._alive())
        self._entries[self._ordered + self._tail] = *sight, key, slot
        self._tail += 1
        self._directory.rows[self.at, TAIL] = self._tail

    def remove(self, key: int, slot: int) -> None:
        """Remove the entry of a slot."""
        at = self._find(key, slot)
        if at >= self._ordered:
            self._tail -= 1
            self._directory.rows[self.at, TAIL] = self._tail
            self._entries[at] = self._entries[self._ordered + self._tail]
            return
        self._slots[at] = 0
        self._dead += 1
        if self._dead * 4 > self._ordered and self._dead > 64:
            self._rebuild(self._alive())

    def change(self, key: int, slot: int, sight: Sight) -> None:
        """Let the entry of a slot tell something else."""
        at = self._find(key, slot)
        if self._entries["key"][at] == key:
            self._entries[at] = *sight, key, slot
            return
        # Beside its cell by an ulp, where it was loaded with many: it would not be found there from its new place.
        self.remove(key, slot)
        self.add(key, slot, sight)

    def _find(self, key: int, slot: int) -> int:
        tail = (self._slots[self._ordered : self._ordered + self._tail] == slot).nonzero()[0]
        if len(tail):
            return self._ordered + int(tail[0])
        # Among the entries between the sampled keys around it.
        first = max(0, bisect_left(self._sampled, key) - 1) * STEP
        end = min(self._ordered, bisect_right(self._sampled, key) * STEP)
        at = (self._slots[first:end] == slot).nonzero()[0]
        if not len(at):
            # A key computed over an array may lie one cell beside the one computed alone.
            first, at = 0, (self._slots[: self._ordered] == slot).nonzero()[0]
        return int(first + at[0])

    def _alive(self) -> Rows:
        entries = self._entries[: self._ordered + self._tail]
        return _of_words(_words(entries)[entries["slot"] != 0]) if self._dead else entries

    def _rebuild(self, entries: Rows) -> None:
        # A longer list has a longer tail: a merge copies the list, a question scans the tail.
        tail = min(MOST_TAIL, max(LEAST_TAIL, len(entries) // 64))
        order = np.argsort(entries["key"], kind="stable")
        self._entries = np.zeros(len(entries) + tail, ENTRY)
        np.take(_words(entries), order, axis=0, out=_words(self._entries)[: len(entries)], mode="clip")
        self._keys = self._entries["key"][: len(entries) : STEP].copy()
        self._slots, self._sampled = self._entries["slot"], self._keys.data
        self._ordered, self._tail, self._dead = len(entries), 0, 0
        self._directory.tell(self.at, self._entries, self._keys, len(entries))


class Directory:
    """Where compiled code finds each posting: rows of ``scanning.COLUMNS`` numbers.

    Addresses are told by whoever holds the arrays, whenever it takes others.
    """

    def __init__(self) -> None:
        self.table = np.zeros((64, COLUMNS), np.int64)
        self.rows = self.table.data

    def tell(self, at: int, entries: Rows, keys: Ints, ordered: int) -> None:
        """A posting has other arrays from now on, and nothing in the tail."""
        if at >= len(self.table):
            self.table = np.concatenate([self.table, np.zeros_like(self.table)])
            self.rows = self.table.data
        self.table[at, [ADDRESS, KEYS, ORDERED, TAIL]] = entries.ctypes.data, keys.ctypes.data, ordered, 0


class Postings:
    """One posting per occupation number."""

    def __init__(self) -> None:
        self.directory = Directory()
        self._by_number: dict[int, Posting] = {}
        self._wanted: dict[tuple[int, ...], Ints] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(posting.nbytes for posting in self._by_number.values()) + self.directory.table.nbytes

    def add(self, number: int, key: int, slot: int, sight: Sight) -> None:
        """Add a slot under an occupation."""
        self._of(number).add(key, slot, sight)

    def remove(self, number: int, key: int, slot: int) -> None:
        """Remove a slot from an occupation."""
        self._by_number[number].remove(key, slot)

    def change(self, number: int, key: int, slot: int, sight: Sight) -> None:
        """Let a slot under an occupation tell something else."""
        self._by_number[number].change(key, slot, sight)

    def load(self, numbers: Ints, keys: Ints, slots: Ints, geo: Ints, bits: Rows) -> None:
        """Add many entries."""
        entries = np.zeros(len(numbers), ENTRY)
        for at, name in enumerate(("x", "y", "z")):
            entries[name] = geo[:, at]
        reach = -(-geo[:, 3].astype(np.int64) >> REACH_BITS)
        entries["reach"] = np.where((geo[:, 3] < 0) | (reach > ANY_REACH), ANY_REACH, reach)
        entries["bits"] = bits & np.uint64(FIRST_BITS)
        entries["key"], entries["slot"] = keys, slots
        order = np.argsort(numbers, kind="stable")
        numbers, entries = numbers[order], _of_words(_words(entries)[order])
        different, starts = np.unique(numbers, return_index=True)
        parts = np.split(entries, starts[1:])
        for number, part in zip(different.tolist(), parts[: len(different)], strict=True):
            self._of(number).load(part)

    def wanted(self, named: tuple[int, ...], near: Callable[[tuple[int, ...]], Near]) -> Ints:
        """Where in the directory the postings near these occupations stand, of those that there are, and how near each is."""
        found = self._wanted.get(named)
        if found is None:
            if len(self._wanted) >= _MOST_REMEMBERED:
                self._wanted.clear()
            places = [
                (posting.at, points)
                for number, points in near(named)
                if (posting := self._by_number.get(number)) is not None
            ]
            found = self._wanted[named] = np.ascontiguousarray(np.array(places, np.int32).reshape(-1, 2).T)
        return found

    def forget(self) -> None:
        """Other occupations are near each other from now on."""
        self._wanted.clear()

    def _of(self, number: int) -> Posting:
        posting = self._by_number.get(number)
        if posting is None:
            posting = self._by_number[number] = Posting(self.directory, len(self._by_number))
            self._wanted.clear()
        return posting
