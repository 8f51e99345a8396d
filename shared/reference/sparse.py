"""A sparse matrix read column by column: which rows have a feature, and how much of it. NumPy only."""

import threading
from collections.abc import Iterable, Sequence

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
_COMMON = 0.1
"""Share of the texts from which on a part of a word says nothing."""


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

    def combine(self, weights: Iterable[tuple[int, float]]) -> Floats:
        """Sum of the columns times their weights, as a dense vector."""
        features, factors = zip(*weights, strict=True) if (weights := list(weights)) else ((), ())
        chosen = np.array(features, np.intp)
        starts = self._starts[chosen]
        lengths = self._starts[chosen + 1] - starts
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
        values[:size] *= np.array(factors).repeat(lengths)
        return np.bincount(rows[:size], values[:size], self._count).astype(np.float64, copy=False)


class Texts:
    """Texts as TF-IDF vectors of unit length; ``likeness`` is the cosine with each. Features are numbered as they come."""

    def __init__(self, bags: Sequence[tuple[Ints, Floats]], features: int, parts: Iterable[int] = ()) -> None:
        """``bags``: per text its distinct features and their values before weighting.

        ``parts`` of words among the features count nothing where more than a tenth of the texts have them: «eur» tells no
        occupation from another, and two thirds of what a call reads were such (accuracy was the same to a thousandth).
        """
        seen = np.bincount(np.concatenate([ids for ids, _ in bags]), minlength=features) if bags else np.zeros(features)
        idf = np.log((1 + len(bags)) / (1 + seen)) + 1
        common = np.array([part for part in parts if seen[part] > _COMMON * len(bags)], np.int64)
        idf[common] = 0.0
        rows = []
        for ids, values in bags:
            weighted = values * idf[ids]
            told = weighted > 0
            # The asked text's idf is multiplied in here, once. A text of nothing but common parts is like none.
            length = float(np.sqrt((weighted**2).sum())) or 1.0
            rows.append((ids[told], weighted[told] * idf[ids[told]] / length))
        self._columns = Columns(rows, features)
        self._idf: list[float] = idf.tolist()  # plain floats: reading single numbers out of an array is slow

    def likeness(self, bag: dict[int, float]) -> Floats | None:
        """Cosine of a bag with every text; None for an empty bag."""
        idf, square = self._idf, 0.0
        for feature, value in bag.items():
            square += (value * idf[feature]) ** 2
        if not square:
            return None
        length = square**0.5
        return self._columns.combine([(feature, value / length) for feature, value in bag.items()])
