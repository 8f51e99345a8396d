"""What employers' titles were heard to mean: learnt corrections of a proposal, by hashed words.

The referential's titles are how ROME names work, offers name it otherwise: an «équipier polyvalent» is fast food to most of
them. ``python -m tests.bench.learning`` learns, from half of the titles of real offers and from those written by hand, how much
each word moves the belief in each occupation, and writes ``data/heard.npz``: whole numbers of small range by the checksum of a
word, of two words in a row, and of the first word of a title. Only words that at least two titles have count, several words
share a place, and no text can be read out of it.
"""

import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.reference.sparse import Floats

PLACES = 1 << 14
"""Places for words: some three thousand words and pairs are learnt, so that few of them meet."""
_BEGINNING = 5
"""«pâtissier» and «pâtisserie» are heard as one, too."""
DATA = Path(__file__).with_name("data") / "heard.npz"


def places(words: Sequence[str]) -> list[int]:
    """The distinct places of a title's stems (the head is the first), their beginnings and pairs."""
    names = [*(f"h:{word}" for word in words[:1]), *(f"w:{word}" for word in words)]
    names += [f"b:{word[:_BEGINNING]}" for word in words if len(word) > _BEGINNING + 1]
    names += [f"p:{first} {second}" for first, second in pairwise(words)]
    return sorted({zlib.crc32(name.encode()) % PLACES for name in names})


class Heard:
    """Corrections (logarithms of belief) per place and occupation. Immutable."""

    def __init__(self, codes: Sequence[str], starts: NDArray[np.int64], at: NDArray[np.int64], values: Floats) -> None:
        """``codes`` are what ``at`` counts; of a place, ``at`` and ``values`` from its start to the next one's."""
        self.codes, self._starts, self._at, self._values = list(codes), starts.tolist(), at, values

    @classmethod
    def load(cls, path: Path = DATA) -> "Heard":
        """The shipped table."""
        with np.load(path, allow_pickle=False) as file:
            lengths = file["lengths"].astype(np.int64)
            starts = np.concatenate([np.zeros(1, np.int64), lengths.cumsum()])
            step = float(file["step"])
            return cls(
                [str(code) for code in file["codes"]],
                starts,
                file["at"].astype(np.int64),
                file["values"].astype(np.float64) * step,
            )

    def within(self, codes: Sequence[str]) -> "Heard":
        """The same for a referential of these codes: ``at`` counts them, what it lacks is left out."""
        index = {code: number for number, code in enumerate(codes)}
        number = np.array([index.get(code, -1) for code in self.codes], np.int64)[self._at]
        kept = number >= 0
        before = np.concatenate([np.zeros(1, np.int64), kept.cumsum()])
        return Heard(codes, before[np.array(self._starts)], number[kept], self._values[kept])

    def corrections(self, words: Sequence[str]) -> Floats:
        """How far each occupation is moved."""
        starts = self._starts
        parts = [slice(start, end) for place in places(words) if (start := starts[place]) < (end := starts[place + 1])]
        if not parts:
            return np.zeros(len(self.codes))
        at = np.concatenate([self._at[part] for part in parts])
        values = np.concatenate([self._values[part] for part in parts])
        return np.bincount(at, values, len(self.codes)).astype(np.float64, copy=False)


def write(path: Path, codes: Sequence[str], table: NDArray[np.float64], least: float) -> int:
    """Write a table (places × codes); what moves belief by less than ``least`` is left out. How many numbers are kept."""
    step = float(np.abs(table).max()) / 127
    rows, at = np.nonzero(np.abs(table) >= max(least, step / 2))
    np.savez_compressed(
        path,
        codes=np.array(codes, "U5"),
        lengths=np.bincount(rows, minlength=PLACES).astype(np.uint16),
        at=at.astype(np.uint16),
        values=np.round(table[rows, at] / step).astype(np.int8),
        step=np.float64(step),
    )
    return len(rows)
