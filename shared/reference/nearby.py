"""Names that are one typing error away from a text: found by what is left of both when a letter is left out.

A letter too many, too few, another one or two that changed places: in each case the two texts without one letter (or one of
them as it is) are equal somewhere. So a look-up asks a table for some fifteen numbers instead of comparing all names. The
table has one number of eight bytes and one of four for each letter of each name, whatever they are.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz.distance import OSA


class Nearby:
    """Immutable, safe to share. ``names`` are told apart by their number."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        keys = [hash(part) for name in names for part in _parts(name)]
        owners = np.repeat(np.arange(len(names), dtype=np.int32), [len(name) + 1 for name in names])
        numbers = np.array(keys, np.int64)
        order = np.argsort(numbers, kind="stable")
        self._keys, self._owners = numbers[order], owners[order]

    def near(self, text: str) -> list[tuple[int, int]]:
        """(errors, number) of each name that is the text itself or one error away, the nearest first, then by number."""
        asked = np.array([hash(part) for part in dict.fromkeys(_parts(text))], np.int64)
        starts = np.searchsorted(self._keys, asked)
        # Most numbers are none of the table's, so where the others end is looked for only then.
        there = self._keys.take(starts, mode="clip") == asked
        found: set[int] = set()
        if there.any():
            ends = np.searchsorted(self._keys, asked[there], "right")
            for start, end in zip(starts[there].tolist(), ends.tolist(), strict=True):
                found.update(self._owners[start:end].tolist())
        errors = [(OSA.distance(text, self._names[number], score_cutoff=1), number) for number in found]
        return sorted(one for one in errors if one[0] <= 1)


def _parts(text: str) -> Iterator[str]:
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]
