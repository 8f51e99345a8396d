"""How like a text is to known ones: the cosine of TF-IDF vectors, put together word by word.

A title nobody asked before consists of words that were asked before, and the n-grams of a word are nine tenths of what there
is to sum. So what a word alone adds to the likeness with each text is kept (``Part``), and a title is the sum of its words,
with what they share counted once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.reference.sparse import Columns, Floats, Ints

Bag = dict[int, float]
"""Features with their values before weighting."""
Asked = Sequence[tuple["Part", float]]
"""The distinct words of a question with what each counts."""
Singles = NDArray[np.float32]

_COMMON = 0.1
"""Share of the texts from which on a part of a word says nothing."""
_KEPT_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Part:
    """What a word adds. ``values``: to the likeness with the texts ``rows``, before the question's length is divided out;
    ``squares``: to the square of that length, per collection."""

    bag: Bag
    features: frozenset[int]
    rows: NDArray[np.int32]
    values: Singles
    squares: list[float]


class Texts:
    """Collections of texts as TF-IDF vectors of unit length, each with a weighting of its own, compared in one pass."""

    def __init__(
        self,
        collections: Sequence[Sequence[Bag]],
        features: int,
        parts: Iterable[int] = (),
        together: Callable[[Iterable[float]], float] = sum,
    ) -> None:
        """``parts`` of words among the features count nothing where more than a tenth of a collection's texts have them: «eur»
        tells no occupation from another, and two thirds of what a call reads were such (accuracy was the same to a
        thousandth). ``together``: what a feature is worth that several words have, from what it is in each."""
        self._together = together
        grams = np.fromiter(parts, np.int64)
        rows: list[tuple[Ints, Floats]] = []
        # Plain floats: reading single numbers out of an array is slow.
        self._idf: list[list[float]] = []
        self._ends: list[int] = []
        for texts in collections:
            bags = [_arrays(bag) for bag in texts]
            seen = np.bincount(np.concatenate([np.empty(0, np.int64), *(ids for ids, _ in bags)]), minlength=features)
            idf = np.log((1 + len(bags)) / (1 + seen)) + 1
            idf[grams[seen[grams] > _COMMON * len(bags)]] = 0.0
            for ids, values in bags:
                weighted = values * idf[ids]
                told = weighted > 0
                # The asked text's idf is multiplied in here, once. A text of nothing but common parts is like none.
                length = float(np.sqrt((weighted**2).sum())) or 1.0
                rows.append((ids[told], weighted[told] * idf[ids[told]] / length))
            self._idf.append(idf.tolist())
            self._ends.append(len(rows))
        self._columns = Columns(rows, features)
        self.silent = [feature for feature, weights in enumerate(zip(*self._idf, strict=True)) if not any(weights)]
        """Features that count nothing in any of the collections."""
        self.most_kept = _KEPT_BYTES // max(1, len(rows))
        """So many parts may be remembered: a word has something in common with a tenth of the texts, for eight bytes each."""

    def part(self, bag: Bag) -> Part:
        """A word by the bag of its features."""
        squares = [sum([(value * idf[feature]) ** 2 for feature, value in bag.items()]) for idf in self._idf]
        found = self._columns.combine(bag)
        rows = found.nonzero()[0]
        return Part(bag, frozenset(bag), rows.astype(np.int32), found[rows].astype(np.float32), squares)

    def likenesses(self, asked: Asked, more: Iterable[tuple[int, float]] = ()) -> list[Singles | None]:
        """Per collection the cosine with each of its texts; None where nothing that was asked is known.

        ``more``: further features, none of which a word has.
        """
        if not asked:
            return [None] * len(self._ends)
        rows = np.concatenate([part.rows for part, _ in asked])
        values = np.concatenate([part.values if weight == 1.0 else part.values * weight for part, weight in asked])
        sums = np.bincount(rows, values, self._ends[-1]).astype(np.float64, copy=False)
        squares = [0.0] * len(self._ends)
        for part, weight in asked:
            for at, square in enumerate(part.squares):
                squares[at] += weight * weight * square
        added = [(feature, value, value * value) for feature, value in more]
        for feature, shares in self._shared(asked).items():
            together = self._together(shares)
            added.append((feature, together - sum(shares), together**2 - sum([share * share for share in shares])))
        for feature, value, square in added:
            if value:
                self._columns.add(sums, feature, value)
            for at, idf in enumerate(self._idf):
                squares[at] += square * idf[feature] ** 2
        found: list[Singles | None] = []
        start = 0
        for end, square in zip(self._ends, squares, strict=True):
            found.append((sums[start:end] / square**0.5).astype(np.float32) if square > 0 else None)
            start = end
        return found

    @staticmethod
    def _shared(asked: Asked) -> dict[int, list[float]]:
        """Features of several words, and what each of those has of it."""
        seen: set[int] = set()
        several: set[int] = set()
        for part, _ in asked:
            if not seen.isdisjoint(part.features):
                several |= seen & part.features
            seen |= part.features
        shared: dict[int, list[float]] = defaultdict(list)
        if several:
            for part, weight in asked:
                for feature in several & part.features:
                    shared[feature].append(weight * part.bag[feature])
        return shared


def _arrays(bag: Bag) -> tuple[Ints, Floats]:
    return np.fromiter(bag.keys(), np.int64, len(bag)), np.fromiter(bag.values(), np.float64, len(bag))
