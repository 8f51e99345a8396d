"""Facts of all indexed offers in columns: row numbers in, masks, distances and counts out."""

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.offers.search.facts import FLAG_FIELDS, MOMENT_FLAG, WORKING_TIME_FLAG, Criteria, Entry, Flag, WorkingTime
from shared.geo_numpy import distances_km

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_FIRST = 1_024
HOURS_ABOUT = 3.0
"""«20 h» finds 17 to 23 hours a week."""

VALUE_COLUMNS = ("kind", "contract", "occupation", "commune", "source", "territory")
_NONE = -1
_WHOLE = 5
"""Letters of a whole code of an occupation."""


def tie_of(id: str) -> int:
    """A number by which equal ones are ordered, the same on every replica."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest(), "big")


_APART = 1e-3
"""Two hours of freshness, and a thousand steps of those in which ``ranking`` tells scores apart."""


def apart(tie: Any) -> Any:
    """What the engine multiplies an offer's score by, so that offers equal in all else come in the order in which ties are
    shown. Without, all of them had to be fetched to know which of them a page shows."""
    return 1.0 + _APART * (1.0 - tie / 2.0**64)


class _Values:
    """Numbers for the values of a column; only ever grows."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int:
        if name is None:
            return _NONE
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = len(self.names)
            self.names.append(name)
        return known

    def numbers(self, names: Iterable[str]) -> list[int]:
        return [self._numbers[name] for name in names if name in self._numbers]

    def beginning(self, beginnings: tuple[str, ...]) -> list[int]:
        return [number for number, name in enumerate(self.names) if name.startswith(beginnings)]


class Columns:
    """Grows at its end; what was written never changes, so that readers need no lock."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.titles: list[str] = []
        self.terms: dict[str, tuple[str, str]] = {}
        self.values = {name: _Values() for name in VALUE_COLUMNS}
        self._arrays: dict[str, NDArray[Any]] = {
            "lat": np.empty(_FIRST, np.float64),
            "lon": np.empty(_FIRST, np.float64),
            "confirmed": np.empty(_FIRST, np.float64),
            "hours": np.empty(_FIRST, np.float32),
            "pay": np.empty(_FIRST, np.float32),
            "flags": np.empty(_FIRST, np.int32),
            "experience": np.empty(_FIRST, np.int16),
            "crowd": np.empty(_FIRST, np.int32),
            "tie": np.empty(_FIRST, np.uint64),
            **{name: np.empty(_FIRST, np.int32) for name in VALUE_COLUMNS},
        }

    def append(self, entry: Entry, terms: Sequence[str]) -> int:
        """The number of the new row; ``terms``: those of its title."""
        row = len(self.ids)
        if row == len(self._arrays["lat"]):
            # New arrays: those that readers hold stay as they are.
            self._arrays = {name: np.concatenate([array, np.empty_like(array)]) for name, array in self._arrays.items()}
        arrays = self._arrays
        for name in ("lat", "lon", "confirmed", "experience", "crowd"):
            arrays[name][row] = getattr(entry, name)
        arrays["flags"][row] = int(entry.flags)
        arrays["hours"][row] = np.nan if entry.hours is None else entry.hours
        arrays["pay"][row] = np.nan if entry.pay is None else entry.pay
        arrays["tie"][row] = tie_of(entry.id)
        for name in VALUE_COLUMNS:
            arrays[name][row] = self.values[name].number(getattr(entry, name))
        self.ids.append(entry.id)
        # Many offers are called alike: one text for all of them.
        title, _ = self.terms.setdefault(entry.title, (entry.title, " ".join(terms)))
        self.titles.append(title)
        return row

    def view(self) -> "View":
        """The rows that are there now."""
        count = len(self.ids)
        return View(
            self.ids,
            self.titles,
            self.terms,
            self.values,
            {name: array[:count] for name, array in self._arrays.items()},
        )

    @property
    def bytes(self) -> int:
        """Memory of the arrays."""
        return sum(array.nbytes for array in self._arrays.values())


class View:
    """What a reader sees: the rows of one moment."""

    def __init__(
        self,
        ids: list[str],
        titles: list[str],
        terms: dict[str, tuple[str, str]],
        values: dict[str, _Values],
        arrays: dict[str, NDArray[Any]],
    ) -> None:
        self.ids = ids
        self.titles = titles
        self._terms = terms
        self._values = values
        self._arrays = arrays

    def __len__(self) -> int:
        """How many rows."""
        return len(self._arrays["lat"])

    def take(self, name: str, rows: Rows) -> NDArray[Any]:
        """A column at some rows."""
        return self._arrays[name][rows]

    def distances(self, rows: Rows, lat: float, lon: float) -> Floats:
        """Kilometres from a point."""
        return distances_km(lat, lon, self.take("lat", rows), self.take("lon", rows))

    def keep(self, rows: Rows, criteria: Criteria) -> Mask:
        """Which of the rows the criteria leave."""
        kept: Mask = np.ones(len(rows), np.bool_)
        for name, wanted in (
            ("occupation", criteria.occupation),
            ("kind", criteria.kind),
            ("contract", criteria.contract),
            ("territory", criteria.territory),
        ):
            if wanted:
                kept &= np.isin(self.take(name, rows), self._values[name].numbers(wanted))
        flags = self.take("flags", rows)
        for name, value in (criteria.flags or {}).items():
            kept &= ((flags & int(FLAG_FIELDS[name])) != 0) == value
        if criteria.working_time is WorkingTime.PART_TIME:
            kept &= (flags & int(WORKING_TIME_FLAG[WorkingTime.PART_TIME])) != 0
        elif criteria.working_time is WorkingTime.FULL_TIME:
            # Where nothing is said the work is full time nearly always.
            kept &= (flags & int(WORKING_TIME_FLAG[WorkingTime.PART_TIME])) == 0
        for moment in criteria.moments:
            kept &= (flags & int(MOMENT_FLAG[moment])) != 0
        if criteria.no_diploma:
            kept &= (flags & int(Flag.DIPLOMA)) == 0
        if criteria.hourly_min is not None:
            # A cent of rounding is no difference, and nothing stated is none either.
            kept &= ~(self.take("pay", rows) < criteria.hourly_min - 0.01)
        if criteria.weekly_hours is not None:
            kept &= np.abs(self.take("hours", rows) - criteria.weekly_hours) <= HOURS_ABOUT
        if criteria.experience_months_max is not None:
            kept &= self.take("experience", rows) <= criteria.experience_months_max
        return kept

    def of_work(self, rows: Rows, codes: tuple[str, ...]) -> Mask:
        """Which of the rows have an occupation of these codes or whose code begins so."""
        values = self._values["occupation"]
        whole = all(len(code) == _WHOLE for code in codes)
        numbers = values.numbers(codes) if whole else values.beginning(codes)
        # By a table, whose last place is that of no occupation: numpy's own comparison of sets takes ten times as long to begin.
        table = np.zeros(len(values.names) + 1, np.bool_)
        table[numbers] = True
        found: Mask = table[self.take("occupation", rows)]
        return found

    def titled(self, rows: Rows, names: Callable[[frozenset[str]], bool]) -> Mask:
        """Which of a few rows have a title whose terms ``names`` finds right."""
        right: dict[str, bool] = {}
        for title in map(self.titles.__getitem__, rows.tolist()):
            if title not in right:
                right[title] = names(frozenset(self._terms[title][1].split()))
        return np.fromiter((right[self.titles[row]] for row in rows.tolist()), np.bool_, len(rows))

    def counts(self, name: str, rows: Rows, most: int) -> list[dict[str, Any]]:
        """The most frequent values of a column, by falling count, then by value."""
        numbers = self.take(name, rows)
        numbers = numbers[numbers >= 0]
        if not len(numbers):
            return []
        counted = np.bincount(numbers)
        # Only what may be among the first is named and sorted: a country has thousands of communes.
        least = max(1, int(np.partition(counted, -most)[-most])) if len(counted) > most else 1
        names = self._values[name].names
        found = [(int(counted[at]), names[at]) for at in np.flatnonzero(counted >= least)]
        found.sort(key=lambda one: (-one[0], one[1]))
        return [{"value": value, "count": count} for count, value in found[:most]]

    def occupations(self, rows: Rows) -> dict[str, int]:
        """How many of the rows each occupation has."""
        return {one["value"]: one["count"] for one in self.counts("occupation", rows, len(self))}

    def count_flags(self, rows: Rows, names: Sequence[str]) -> list[dict[str, Any]]:
        """How many of the rows have each flag."""
        flags = self.take("flags", rows)
        return [{"value": name, "count": int(np.count_nonzero(flags & int(FLAG_FIELDS[name])))} for name in names]
