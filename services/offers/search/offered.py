"""What there is now of what was asked so far: how many offers each thing that may be typed next would leave."""

import math
from collections.abc import Mapping

import numpy as np

from services.offers.search.facts import Criteria
from services.offers.search.index import Snapshot
from services.offers.search.rows import Rows
from shared.once import made_once


class Offered:
    """Some rows of a snapshot, and those of them that are near the caller. Immutable; what is counted is remembered."""

    def __init__(self, snapshot: Snapshot, rows: Rows, near: Rows) -> None:
        self._snapshot = snapshot
        self._view = snapshot.view
        self._rows = rows
        self._near = near

    @made_once
    def occupations(self) -> Mapping[str, int]:
        """How many offers each occupation has."""
        return self._view.occupations(self._rows)

    @made_once
    def occupations_near(self) -> Mapping[str, int]:
        """How many of them are near the caller; all where nothing is known of where they are."""
        return self.occupations if self._near is self._rows else self._view.occupations(self._near)

    @made_once
    def departments(self) -> Mapping[str, int]:
        """How many offers each département has."""
        return {one["value"]: one["count"] for one in self._view.counts("territory", self._rows, len(self._view))}

    @made_once
    def _cells(self) -> frozenset[tuple[int, int]]:
        """Squares of a degree in which there are offers."""
        cells = np.stack([np.floor(self._view.take(name, self._rows)) for name in ("lat", "lon")], axis=1)
        return frozenset((int(lat), int(lon)) for lat, lon in np.unique(cells, axis=0))

    def around(self, lat: float, lon: float) -> bool:
        """Whether there are offers so near, about, that a search around this point widens to them."""
        row, column = math.floor(lat), math.floor(lon)
        return any((row + north, column + east) in self._cells for north in (-1, 0, 1) for east in (-1, 0, 1))

    def left(self, criteria: Criteria) -> int:
        """How many offers the criteria leave."""
        return int(np.count_nonzero(self._view.keep(self._rows, criteria)))

    def among(self, rows: Rows) -> int:
        """How many offers are among these rows."""
        return int(np.count_nonzero(np.isin(self._rows, rows, assume_unique=True)))
