"""Which slot holds an id: 24 bytes a row, where a dictionary of strings takes 200."""

from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.ties import id_key, is_canonical
from services.matching.index.compiled import entry, rule

_LOW = (1 << 64) - 1
_DELETED = -1
_MIX = 0x9E3779B97F4A7C15


_BLANK = np.frombuffer(f"{UUID(int=0)}\n".encode(), np.uint8)
"""An id in text, and the sign behind it."""
_SPELT = len(_BLANK)
_DIGITS = np.flatnonzero(np.isin(_BLANK, ord("0")))


def paper(count: int) -> NDArray[np.uint8]:
    """Room to spell so many ids in, their hyphens and what parts them already there."""
    return np.tile(_BLANK, count)


@rule
def write(high: Any, low: Any, slots: Any, count: int, text: Any) -> None:
    """Write the first so many ids as UUIDs in lower case, one behind the other, on ``paper``."""
    for index in range(count):
        start = index * len(_BLANK)
        for half in range(2):
            word = low[slots[index]] if half else high[slots[index]]
            for digit in range(16):
                value = np.int64(word >> np.uint64(60 - 4 * digit) & np.uint64(15))
                text[start + _DIGITS[half * 16 + digit]] = value + 48 + 39 * (value > 9)


@entry
def spell(high: Any, low: Any, slots: Any, count: int, text: Any) -> None:
    """``write``, called from Python."""
    write(high, low, slots, count, text)


class Identifiers:
    """Ids of the rows as 128-bit keys, and an open hash table from key to slot. Slot 0 is never used."""

    def __init__(self, capacity: int) -> None:
        self.high = np.zeros(capacity, np.uint64)
        self.low = np.zeros(capacity, np.uint64)
        self._odd: dict[int, str] = {}
        self._used = 0
        self._filled = 0
        self._table = np.zeros(8, np.int32)
        self._views()
        self._rehash(capacity)

    def __len__(self) -> int:
        return self._used

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.high.nbytes + self.low.nbytes + self._table.nbytes

    def grow(self, capacity: int) -> None:
        """Room for more slots."""
        self._high_view.release()
        self._low_view.release()
        self.high = np.concatenate([self.high, np.zeros(capacity - len(self.high), np.uint64)])
        self.low = np.concatenate([self.low, np.zeros(capacity - len(self.low), np.uint64)])
        self._views()

    def find(self, identifier: str) -> int:
        """The slot of the id, 0 when it has none."""
        key = id_key(identifier)
        high, low = key >> 64, key & _LOW
        position = self._hash(high, low)
        while slot := self._table_view[position]:
            if slot > 0 and self._low_view[slot] == low and self._high_view[slot] == high:
                return slot
            position = position + 1 & self._mask
        return 0

    def add(self, identifier: str, slot: int) -> None:
        """Give the id a slot; it must have none."""
        if (self._filled + 1) * 2 > self._mask:
            self._rehash(self._used + 1)
        key = id_key(identifier)
        high, low = key >> 64, key & _LOW
        self._high_view[slot], self._low_view[slot] = high, low
        if not is_canonical(identifier):
            self._odd[slot] = identifier
        position = self._hash(high, low)
        while self._table_view[position] > 0:
            position = position + 1 & self._mask
        self._filled += self._table_view[position] == 0
        self._table_view[position] = slot
        self._used += 1

    def add_many(self, high: NDArray[np.uint64], low: NDArray[np.uint64], slots: NDArray[np.int32]) -> None:
        """Give many UUIDs, none of which has a slot, theirs."""
        self.high[slots], self.low[slots] = high, low
        self._used += len(slots)
        if (self._filled + len(slots)) * 2 > self._mask:
            self._rehash(self._used)
        else:
            self._place(slots)
            self._filled += len(slots)

    def remove(self, identifier: str) -> int:
        """Take the id out; its slot, or 0 when it had none."""
        key = id_key(identifier)
        high, low = key >> 64, key & _LOW
        position = self._hash(high, low)
        while slot := self._table_view[position]:
            if slot > 0 and self._low_view[slot] == low and self._high_view[slot] == high:
                self._table_view[position] = _DELETED
                self._high_view[slot] = self._low_view[slot] = 0
                self._odd.pop(slot, None)
                self._used -= 1
                return slot
            position = position + 1 & self._mask
        return 0

    def name(self, slot: int) -> str:
        """The id that a slot was given."""
        odd = self._odd.get(slot)
        if odd is not None:
            return odd
        digits = f"{self._high_view[slot]:016x}{self._low_view[slot]:016x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def names(self, slots: NDArray[np.int32]) -> list[str]:
        """The ids of many slots."""
        text = paper(len(slots))
        spell(self.high, self.low, slots, len(slots), text)
        return self.read(slots.data, text.data)

    def read(self, slots: memoryview, text: memoryview) -> list[str]:
        """The ids of slots that are spelt in ``text``."""
        names = str(text[: len(slots) * _SPELT], "ascii").split()
        if self._odd:
            return [self._odd.get(slot, name) for slot, name in zip(slots.tolist(), names, strict=True)]
        return names

    def _views(self) -> None:
        self._high_view, self._low_view = self.high.data, self.low.data

    def _hash(self, high: int, low: int) -> int:
        return ((low ^ high) * _MIX & _LOW) >> 24 & self._mask

    def _rehash(self, wanted: int) -> None:
        size = 8
        while size < wanted * 2:
            size *= 2
        if (self._used + 1) * 2 > size:
            size *= 2
        alive = np.flatnonzero((self.high != 0) | (self.low != 0)).astype(np.int32)
        self._table = np.zeros(size, np.int32)
        self._mask = size - 1
        self._table_view = self._table.data
        self._filled = len(alive)
        self._place(alive)

    def _place(self, slots: NDArray[np.int32]) -> None:
        mixed = (self.low[slots] ^ self.high[slots]) * np.uint64(_MIX) >> np.uint64(24)
        position = (mixed & np.uint64(self._mask)).astype(np.int64)
        while len(slots):
            free = self._table[position] == 0
            self._table[position[free]] = slots[free]
            lost = self._table[position] != slots
            slots, position = slots[lost], position[lost] + 1 & self._mask
