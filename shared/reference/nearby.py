"""Names that are one typing error away from a text: found by what is left of both when a letter is left out.

A letter too many, too few, another one or two that changed places: in each case the two texts without one letter (or one of
them as it is) are equal somewhere. So a look-up asks a table for some fifteen numbers instead of comparing all names. The
table has one number of eight bytes and one of four for each letter of each name, whatever they are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from rapidfuzz import process
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


class Shapes:
    """Names by first letter and length, for those of two errors. Immutable, safe to share; told apart by their number."""

    def __init__(self, names: Sequence[str]) -> None:
        shapes: dict[tuple[str, int], list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            shapes[name[:1], len(name)].append(number)
        self._names = names
        self._shapes = {
            shape: (np.array(numbers, np.int32), np.array([_letters(names[number]) for number in numbers], np.uint32))
            for shape, numbers in shapes.items()
        }

    def near(self, text: str, errors: int, limit: int) -> list[tuple[int, int]]:
        """(errors, number) of names with the same first letter, at most ``limit`` of each length, the nearest first."""
        found: list[tuple[int, int]] = []
        letters = np.uint32(_letters(text))
        for length in range(len(text) - errors, len(text) + errors + 1):
            numbers, sets = self._shapes.get((text[:1], length), (None, None))
            if numbers is None or sets is None:
                continue
            # An error changes two letters of the set at most, and most names differ in more: hundreds need not be compared.
            alike = numbers[np.bitwise_count(sets ^ letters) <= 2 * errors].tolist()
            names = [self._names[number] for number in alike]
            near = process.extract(text, names, scorer=OSA.distance, score_cutoff=errors, limit=limit)
            found += [(int(distance), alike[at]) for _, distance, at in near]
        return found


def _letters(text: str) -> int:
    """Which letters it has, as bits; some rare ones share theirs."""
    found = 0
    for letter in text:
        found |= 1 << (ord(letter) & 31)
    return found


def _parts(text: str) -> Iterator[str]:
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]
