"""Who names an occupation, sorted by cell: two arrays and a short unsorted tail, so that a change costs microseconds."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from services.matching.index.encoding import Ints


class Posting:
    """Cell keys and slots of one occupation. A removed entry points at slot 0, which no query lets through."""

    __slots__ = ("_dead", "_keys", "_slots", "_tail", "_tail_keys", "_tail_slots")

    def __init__(self) -> None:
        self._keys: Ints = np.empty(0, np.int32)
        self._slots: Ints = np.empty(0, np.int32)
        self._tail_keys: Ints = np.empty(8, np.int32)
        self._tail_slots: Ints = np.empty(8, np.int32)
        self._tail = 0
        self._dead = 0

    def __len__(self) -> int:
        return len(self._keys) - self._dead + self._tail

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._keys.nbytes + self._slots.nbytes + self._tail_keys.nbytes + self._tail_slots.nbytes

    def load(self, keys: Ints, slots: Ints) -> None:
        """Add many entries at once."""
        keys, slots = np.concatenate([self._keys, keys]), np.concatenate([self._slots, slots])
        order = np.argsort(keys, kind="stable")
        self._keys, self._slots = keys[order], slots[order]

    def add(self, key: int, slot: int) -> None:
        """Add an entry; every so often the tail is merged into the sorted part."""
        if self._tail == len(self._tail_keys):
            self._merge()
        self._tail_keys[self._tail] = key
        self._tail_slots[self._tail] = slot
        self._tail += 1

    def remove(self, key: int, slot: int) -> None:
        """Remove the entry of a slot."""
        tail = self._tail_slots[: self._tail]
        at = np.flatnonzero(tail == slot)
        if len(at):
            last = self._tail - 1
            self._tail_keys[at[0]], self._tail_slots[at[0]] = self._tail_keys[last], self._tail_slots[last]
            self._tail = last
            return
        first, end = self._keys.searchsorted(np.array([key, key + 1], np.int32)).tolist()
        at = np.flatnonzero(self._slots[first:end] == slot)
        if not len(at):
            # A key computed over an array may lie one cell beside the one computed alone.
            first, at = 0, np.flatnonzero(self._slots == slot)
        self._slots[first + at[0]] = 0
        self._dead += 1
        if self._dead * 4 > len(self._slots) and self._dead > 64:
            self._sweep()

    def collect(self, ranges: Any, into: list[Ints]) -> None:
        """Append views of the slots in the key ranges, and the whole tail, to ``into``."""
        bounds = self._keys.searchsorted(ranges).tolist()
        slots = self._slots
        for first, end in zip(bounds[::2], bounds[1::2], strict=True):
            if first < end:
                into.append(slots[first:end])
        if self._tail:
            into.append(self._tail_slots[: self._tail])

    def count(self, ranges: Any) -> int:
        """How many entries ``collect`` would append."""
        bounds = self._keys.searchsorted(ranges)
        return int((bounds[1::2] - bounds[::2]).sum()) + self._tail

    def _sweep(self) -> None:
        alive = self._slots != 0
        self._keys, self._slots = self._keys[alive], self._slots[alive]
        self._dead = 0

    def _merge(self) -> None:
        if self._dead * 8 > len(self._slots):
            self._sweep()
        keys, slots = self._tail_keys[: self._tail], self._tail_slots[: self._tail]
        order = np.argsort(keys, kind="stable")
        keys, slots = keys[order], slots[order]
        at = self._keys.searchsorted(keys)
        self._keys, self._slots = np.insert(self._keys, at, keys), np.insert(self._slots, at, slots)
        # A longer list has a longer tail: a merge copies the list, a query scans the tail.
        size = min(512, max(8, len(self._keys) // 64))
        self._tail_keys, self._tail_slots = np.empty(size, np.int32), np.empty(size, np.int32)
        self._tail = 0


class Postings:
    """One posting per occupation number."""

    def __init__(self) -> None:
        self._by_number: dict[int, Posting] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(posting.nbytes for posting in self._by_number.values())

    def add(self, number: int, key: int, slot: int) -> None:
        """Add a slot under an occupation."""
        posting = self._by_number.get(number)
        if posting is None:
            posting = self._by_number[number] = Posting()
        posting.add(key, slot)

    def remove(self, number: int, key: int, slot: int) -> None:
        """Remove a slot from an occupation."""
        self._by_number[number].remove(key, slot)

    def load(self, numbers: Ints, keys: Ints, slots: Ints) -> None:
        """Add many entries."""
        order = np.argsort(numbers, kind="stable")
        numbers, keys, slots = numbers[order], keys[order], slots[order]
        different, starts = np.unique(numbers, return_index=True)
        ends = [*starts.tolist()[1:], len(numbers)]
        for number, first, end in zip(different.tolist(), starts.tolist(), ends, strict=True):
            self._by_number.setdefault(number, Posting()).load(keys[first:end], slots[first:end])

    def get(self, number: int) -> Posting | None:
        """The posting of an occupation, if any."""
        return self._by_number.get(number)

    def some(self, numbers: Iterable[int]) -> list[Posting]:
        """The postings of these occupations that there are."""
        return [posting for number in numbers if (posting := self._by_number.get(number)) is not None]
