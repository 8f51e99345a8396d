"""What both indexes are: rows in slots that are reused, ids, bars, and the best of many by falling rank."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.index.encoding import Ints, Rows, SkillNumbers
from services.matching.index.identifiers import Identifiers
from services.matching.index.postings import Postings

OPEN_BAR = -1


def nth_best(scores: Rows, limit: int) -> int:
    """The score of the ``limit``-th best, 0 when there are fewer."""
    if len(scores) < limit:
        return 0
    return int(np.partition(scores, len(scores) - limit)[len(scores) - limit])


class SlottedRows:
    """Rows by slot. Slot 0 is never used: removed postings point at it."""

    def __init__(self, dtype: Any, capacity: int, skills: SkillNumbers) -> None:
        capacity = max(16, capacity + 1)
        self.skills = skills
        self.ids = Identifiers(capacity)
        self.postings = Postings()
        self._geo: Ints = np.zeros((capacity, 4), np.int32)
        self._bits: NDArray[np.uint64] = np.full(capacity, ~np.uint64(0), np.uint64)
        self._rows: Rows = np.zeros(capacity, dtype)
        self._bars: Ints = np.full(capacity, OPEN_BAR, np.int32)
        self._mark: Ints = np.zeros(capacity, np.int32)
        self._versions: NDArray[np.int64] = np.zeros(capacity, np.int64)
        self._free: list[int] = []
        self.changes = 0
        self._next = 1
        self._weights: NDArray[np.int64] = np.zeros(64, np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, identifier: str) -> bool:
        return self.ids.find(identifier) != 0

    @property
    def nbytes(self) -> int:
        """Bytes held by rows, ids and postings."""
        arrays = (self._geo, self._bits, self._rows, self._bars, self._mark, self._versions)
        return sum(array.nbytes for array in arrays) + self.ids.nbytes + self.postings.nbytes

    def set_bar(self, identifier: str, score: int) -> None:
        """Scores below do not interest this row (``above_bar`` leaves them out); −1: all do."""
        self._bars[self.ids.find(identifier)] = score

    def bars(self, slots: Ints) -> Ints:
        """Scores that the rows in these slots want at least."""
        return self._bars[slots]

    def _alive(self) -> Ints:
        """Slots in use."""
        return np.flatnonzero((self.ids.high != 0) | (self.ids.low != 0)).astype(np.int32)

    def _claim(self, count: int = 1) -> list[int]:
        taken = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = count - len(taken)
        if self._next + fresh > len(self._geo):
            self._grow(max(self._next + fresh, len(self._geo) + len(self._geo) // 4 + 64))
        taken += range(self._next, self._next + fresh)
        self._next += fresh
        return taken

    def _release(self, slot: int) -> None:
        self._geo[slot] = 0
        self._bits[slot] = ~np.uint64(0)
        self._bars[slot] = OPEN_BAR
        self._versions[slot] = 0
        self.changes += 1
        self._free.append(slot)

    def _grow(self, capacity: int) -> None:
        more = capacity - len(self._geo)
        self._geo = np.concatenate([self._geo, np.zeros((more, 4), np.int32)])
        self._bits = np.concatenate([self._bits, np.full(more, ~np.uint64(0), np.uint64)])
        self._rows = np.concatenate([self._rows, np.zeros(more, self._rows.dtype)])
        self._bars = np.concatenate([self._bars, np.full(more, OPEN_BAR, np.int32)])
        self._mark = np.zeros(capacity, np.int32)
        self._versions = np.concatenate([self._versions, np.zeros(more, np.int64)])
        self.ids.grow(capacity)

    def _once(self, slots: Ints) -> NDArray[np.intp]:
        """Positions of the first or any one entry of each slot."""
        order = np.arange(len(slots), dtype=np.int32)
        self._mark[slots] = order
        return np.flatnonzero(self._mark[slots] == order)

    def _joined(self, some: tuple[Ints, Rows], more: tuple[Ints, Rows]) -> tuple[Ints, Rows]:
        """Both, each slot once."""
        if not len(some[0]) or not len(more[0]):
            return some if len(some[0]) else more
        slots, scores = np.concatenate([some[0], more[0]]), np.concatenate([some[1], more[1]])
        once = self._once(slots)
        return slots[once], scores[once]

    def _skill_weights(self, entries: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
        """A table by skill number; whoever filled it empties it with ``_clear``."""
        if len(self._weights) < len(self.skills):
            self._weights = np.zeros(len(self.skills) * 2, np.int64)
        for number, weight in entries:
            self._weights[number] = weight
        return self._weights

    def _without(
        self, slots: Ints, scores: Rows, minimum: int, exclude: Iterable[str], above_bar: bool
    ) -> tuple[Ints, Rows]:
        keep = scores >= minimum
        if above_bar:
            keep &= scores >= self._bars[slots]
        for identifier in exclude:
            slot = self.ids.find(identifier)
            if slot:
                keep &= slots != slot
        return slots[keep], scores[keep]

    def _best(self, slots: Ints, scores: Rows, limit: int) -> list[tuple[str, int]]:
        """The ``limit`` best by score, then id."""
        if len(slots) > limit:
            least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            keep = scores >= least
            slots, scores = slots[keep], scores[keep]
        order = np.lexsort((self.ids.low[slots], self.ids.high[slots], -scores))[:limit]
        return list(zip(self.ids.names(slots[order]), scores[order].tolist(), strict=True))
