"""A sparse matrix read column by column: which rows have a feature, and how much of it. NumPy only."""

from collections.abc import Iterable, Sequence

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
        self._starts: list[int] = np.searchsorted(columns[order], np.arange(features + 1)).tolist()

    def combine(self, weights: Iterable[tuple[int, float]]) -> Floats:
        """Sum of the columns times their weights, as a dense vector."""
        at: list[NDArray[np.intp]] = []
        values: list[Floats] = []
        for feature, weight in weights:
            start, end = self._starts[feature], self._starts[feature + 1]
            if end > start:
                at.append(self._rows[start:end])
                values.append(self._values[start:end] * weight)
        if not at:
            return np.zeros(self._count)
        return np.bincount(np.concatenate(at), np.concatenate(values), self._count).astype(np.float64, copy=False)


class Texts:
    """Texts as TF-IDF vectors of unit length; ``likeness`` is the cosine with each. Features are numbered as they come."""

    def __init__(self, bags: Sequence[tuple[Ints, Floats]], features: int) -> None:
        """``bags``: per text its distinct features and their values before weighting."""
        seen = np.bincount(np.concatenate([ids for ids, _ in bags]), minlength=features) if bags else np.zeros(features)
        idf = np.log((1 + len(bags)) / (1 + seen)) + 1
        rows = []
        for ids, values in bags:
            weighted = values * idf[ids]
            # The asked text's idf is multiplied in here, once.
            rows.append((ids, weighted * idf[ids] / np.sqrt((weighted**2).sum())))
        self._columns = Columns(rows, features)
        self._idf: list[float] = idf.tolist()  # plain floats: reading single numbers out of an array is slow

    def likeness(self, bag: dict[int, float]) -> Floats | None:
        """Cosine of a bag with every text; None for an empty bag."""
        length = sum((value * self._idf[feature]) ** 2 for feature, value in bag.items()) ** 0.5
        if not length:
            return None
        return self._columns.combine((feature, value / length) for feature, value in bag.items())
