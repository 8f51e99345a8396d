"""A sparse matrix read column by column: which rows have a feature, and how much of it. NumPy only."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
        # Plain numbers: reading single ones out of an array is slow.
        self._starts: list[int] = np.searchsorted(columns[order], np.arange(features + 1)).tolist()

    def add(self, to: Floats, feature: int, weight: float) -> None:
        """Add one column times its weight to a dense vector."""
        column = slice(self._starts[feature], self._starts[feature + 1])
        to[self._rows[column]] += weight * self._values[column]

    def combine(self, weights: Mapping[int, float]) -> Floats:
        """Sum of the columns times their weights, as a dense vector."""
        if not weights:
            return np.zeros(self._count)
        starts = self._starts
        columns = [slice(starts[feature], starts[feature + 1]) for feature in weights]
        rows = np.concatenate([self._rows[column] for column in columns])
        values = np.concatenate([self._values[column] for column in columns])
        counts = list(weights.values())
        if counts.count(1.0) < len(counts):  # most words have each of their parts once
            values *= np.repeat(counts, [column.stop - column.start for column in columns])
        return np.bincount(rows, values, self._count).astype(np.float64, copy=False)


def stretches(owners: Sequence[int]) -> tuple[Ints, Ints]:
    """Where the next owner's begin in an ordered list of owners, and whose they are."""
    owner = np.array(owners, np.int64)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    return starts, owner[starts]


def added(one: tuple[Ints, Floats], other: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    """Two sparse rows as one."""
    ids, at = np.unique(np.concatenate([one[0], other[0]]), return_inverse=True)
    return ids, np.bincount(at, np.concatenate([one[1], other[1]]), len(ids)).astype(np.float64, copy=False)
