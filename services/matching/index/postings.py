"""Who names an occupation, sorted by cell: arrays and a short unsorted tail, so that a change costs microseconds.

Beside its slot each entry has a word of bits, so that most of those who cannot be meant are left out in one pass over
neighbouring memory, before any row, which lies anywhere, is read.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.index.encoding import Ints

Words = NDArray[np.uint64]
NOTHING = (1 << 64) - 1
"""The word of a removed entry: lacks whatever is needed."""


class Posting:
    """Cell keys, slots and words of one occupation. A removed entry points at slot 0, which no query lets through."""

    __slots__ = ("_dead", "_keys", "_slots", "_tail", "_tail_keys", "_tail_slots", "_tail_words", "_words")

    def __init__(self) -> None:
        self._keys: Ints = np.empty(0, np.int32)
        self._slots: Ints = np.empty(0, np.int32)
        self._words: Words = np.empty(0, np.uint64)
        self._tail_keys: Ints = np.empty(8, np.int32)
        self._tail_slots: Ints = np.empty(8, np.int32)
        self._tail_words: Words = np.empty(8, np.uint64)
        self._tail = 0
        self._dead = 0

    def __len__(self) -> int:
        return len(self._keys) - self._dead + self._tail

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        arrays = (self._keys, self._slots, self._words, self._tail_keys, self._tail_slots, self._tail_words)
        return sum(array.nbytes for array in arrays)

    def load(self, keys: Ints, slots: Ints, words: Words) -> None:
        """Add many entries at once."""
        keys, slots = np.concatenate([self._keys, keys]), np.concatenate([self._slots, slots])
        words = np.concatenate([self._words, words])
        order = np.argsort(keys, kind="stable")
        self._keys, self._slots, self._words = keys[order], slots[order], words[order]
        if not self._tail:
            self._new_tail()

    def add(self, key: int, slot: int, word: int) -> None:
        """Add an entry; every so often the tail is merged into the sorted part."""
        if self._tail == len(self._tail_keys):
            self._merge()
        self._tail_keys[self._tail] = key
        self._tail_slots[self._tail] = slot
        self._tail_words[self._tail] = word
        self._tail += 1

    def remove(self, key: int, slot: int) -> None:
        """Remove the entry of a slot."""
        at = self._in_tail(slot)
        if at >= 0:
            last = self._tail - 1
            for values in (self._tail_keys, self._tail_slots, self._tail_words):
                values[at] = values[last]
            self._tail = last
            return
        at = self._in_order(key, slot)
        self._slots[at] = 0
        self._words[at] = NOTHING
        self._dead += 1
        if self._dead * 4 > len(self._slots) and self._dead > 64:
            self._sweep()

    def change(self, key: int, slot: int, word: int) -> None:
        """Give the entry of a slot another word."""
        at = self._in_tail(slot)
        if at >= 0:
            self._tail_words[at] = word
        else:
            self._words[self._in_order(key, slot)] = word

    def _in_tail(self, slot: int) -> int:
        at = (self._tail_slots[: self._tail] == slot).nonzero()[0]
        return int(at[0]) if len(at) else -1

    def _in_order(self, key: int, slot: int) -> int:
        first, end = self._keys.searchsorted(np.array([key, key + 1], np.int32)).tolist()
        at = (self._slots[first:end] == slot).nonzero()[0]
        if not len(at):
            # A key computed over an array may lie one cell beside the one computed alone.
            first, at = 0, np.flatnonzero(self._slots == slot)
        return int(first + at[0])

    def find(self, ranges: Any) -> list[int]:
        """Where the key ranges begin and end; good until an entry comes or goes."""
        found: list[int] = self._keys.searchsorted(ranges).tolist()
        return found

    def collect(self, bounds: list[int], into: list[Ints], words: list[Words]) -> None:
        """Append views of the slots between what ``find`` gave, and the whole tail, to ``into``, and of their words."""
        for at in range(0, len(bounds), 2):
            first, end = bounds[at], bounds[at + 1]
            if first < end:
                into.append(self._slots[first:end])
                words.append(self._words[first:end])
        if self._tail:
            into.append(self._tail_slots[: self._tail])
            words.append(self._tail_words[: self._tail])

    def count(self, bounds: list[int]) -> int:
        """How many entries ``collect`` would append."""
        return sum(bounds[1::2]) - sum(bounds[::2]) + self._tail

    def _sweep(self) -> None:
        alive = self._slots != 0
        self._keys, self._slots, self._words = self._keys[alive], self._slots[alive], self._words[alive]
        self._dead = 0

    def _merge(self) -> None:
        if self._dead * 8 > len(self._slots):
            self._sweep()
        keys, slots = self._tail_keys[: self._tail], self._tail_slots[: self._tail]
        order = np.argsort(keys, kind="stable")
        keys, slots, words = keys[order], slots[order], self._tail_words[order]
        at = self._keys.searchsorted(keys)
        self._keys, self._slots = np.insert(self._keys, at, keys), np.insert(self._slots, at, slots)
        self._words = np.insert(self._words, at, words)
        self._new_tail()

    def _new_tail(self) -> None:
        # A longer list has a longer tail: a merge copies the list, a query scans the tail.
        size = min(512, max(8, len(self._keys) // 64))
        self._tail_keys, self._tail_slots = np.empty(size, np.int32), np.empty(size, np.int32)
        self._tail_words = np.empty(size, np.uint64)
        self._tail = 0


class Postings:
    """One posting per occupation number."""

    def __init__(self) -> None:
        self._by_number: dict[int, Posting] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(posting.nbytes for posting in self._by_number.values())

    def add(self, number: int, key: int, slot: int, word: int) -> None:
        """Add a slot under an occupation."""
        posting = self._by_number.get(number)
        if posting is None:
            posting = self._by_number[number] = Posting()
        posting.add(key, slot, word)

    def remove(self, number: int, key: int, slot: int) -> None:
        """Remove a slot from an occupation."""
        self._by_number[number].remove(key, slot)

    def change(self, number: int, key: int, slot: int, word: int) -> None:
        """Give a slot under an occupation another word."""
        self._by_number[number].change(key, slot, word)

    def load(self, numbers: Ints, keys: Ints, slots: Ints, words: Words) -> None:
        """Add many entries."""
        order = np.argsort(numbers, kind="stable")
        numbers, keys, slots, words = numbers[order], keys[order], slots[order], words[order]
        different, starts = np.unique(numbers, return_index=True)
        ends = [*starts.tolist()[1:], len(numbers)]
        for number, first, end in zip(different.tolist(), starts.tolist(), ends, strict=True):
            self._by_number.setdefault(number, Posting()).load(keys[first:end], slots[first:end], words[first:end])

    def get(self, number: int) -> Posting | None:
        """The posting of an occupation, if any."""
        return self._by_number.get(number)

    def some(self, numbers: Iterable[int]) -> list[Posting]:
        """The postings of these occupations that there are."""
        return [posting for number in numbers if (posting := self._by_number.get(number)) is not None]
