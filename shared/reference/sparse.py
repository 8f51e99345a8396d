"""A sparse matrix read column by column: which rows have a feature, and how much of it. NumPy only."""

import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class _Room(threading.local):
    """Each thread's place for what is summed: asked of the system anew for each call, half a megabyte costs a third of it."""

    def __init__(self) -> None:
        self.rows = np.empty(0, np.intp)
        self.values = np.empty(0)

    def of(self, size: int) -> tuple[NDArray[np.intp], Floats]:
        """At least ``size`` of each; what they hold is left over."""
        if size > len(self.rows):
            self.rows, self.values = np.empty(2 * size, np.intp), np.empty(2 * size)
        return self.rows, self.values


_room = _Room()


class Columns:
    """feature → (rows, values), packed."""

    def __init__(self, rows: Sequence[tuple[Ints, Floats]], features: int) -> None:
        """``rows``: per row its features, each once, and their values."""
        self._count = len(rows)
        if rows:
            columns = np.concatenate([features for features, _ in rows])
            values = np.concatenate([values for _, values in rows])
        else:
            columns, values = np.empty(0, np.int64), np.empty(0)
        numbers = np.repeat(np.arange(len(rows)), [len(features) for features, _ in rows])
        order = np.argsort(columns, kind="stable")
        # The types that ``bincount`` takes without a copy: a call is half as long.
        self._rows = numbers[order].astype(np.intp)
        self._values = values[order].astype(np.float64)
        self._starts = np.searchsorted(columns[order], np.arange(features + 1)).astype(np.intp)

    def add(self, to: Floats, feature: int, weight: float) -> None:
        """Add one column times its weight to a dense vector."""
        start, end = self._starts[feature], self._starts[feature + 1]
        to[self._rows[start:end]] += weight * self._values[start:end]

    def combine(self, features: NDArray[np.integer], weights: Floats) -> Floats:
        """Sum of the columns times their weights, as a dense vector."""
        starts = self._starts[features]
        lengths = self._starts[features + 1] - starts
        ends = lengths.cumsum()
        size = int(ends[-1]) if len(ends) else 0
        if not size:
            return np.zeros(self._count)
        # All columns gathered at once: one after the other took two and a half times as long.
        rows, values = _room.of(size)
        at = (starts - (ends - lengths)).repeat(lengths)
        at += np.arange(size)
        self._rows.take(at, out=rows[:size], mode="clip")
        self._values.take(at, out=values[:size], mode="clip")
        values[:size] *= weights.repeat(lengths)
        return np.bincount(rows[:size], values[:size], self._count).astype(np.float64, copy=False)


def stretches(owners: Sequence[int]) -> tuple[Ints, Ints]:
    """Where the next owner's begin in an ordered list of owners, and whose they are."""
    owner = np.array(owners, np.int64)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return starts, owner[starts]


def added(one: tuple[Ints, Floats], other: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """Two sparse rows as one."""
    ids, at = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    return ids, np.bincount(at, np.concatenate([one[1], other[1]]), len(ids)).astype(np.float64, copy=False)
