"""What sentences that were written by hand say of conditions on people: learnt weights, by hashed words.

Rules know the constructions that somebody thought of; each set of sentences that nobody had seen brought others.
``python -m tests.bench.conditions`` learns from labelled sentences, and from those of real offers as what is lawful, how much
each word, kind of word (``condition_words``), pair and row of three speaks for a condition, and writes ``data/conditions.npz``:
whole numbers of small range by a hash. Only what at least two hand-written sentences have counts, and no text can be read out.

A sentence is looked at in two steps. What its words say one by one costs next to nothing and leaves one of a hundred; only of
that one pairs and rows are asked for.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.once import read_once
from shared.reference import condition_words
from shared.reference.condition_words import GROUNDS, kind_of

Places = NDArray[np.int64]

BITS = 20
PLACES = 1 << BITS
"""Places for what is counted: some forty thousand are learnt, so that few of them meet."""
FAR = 5
"""Words of a pair stand so far from each other at most."""
DATA = Path(__file__).with_name("data") / "conditions.npz"
_LETTERS = 6
"""«musulman» and «musulmane» are one word."""
_FIGURES = 4
_AGES = range(14, 80)
_YEARS = range(1930, 2013)
_ODD = np.uint64(0x9E3779B97F4A7C15)
_FACTORS = np.array([0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64)
_SHIFT = np.uint64(64 - BITS)
_SALTS = np.arange(5, dtype=np.uint64)
_KNOWN = 20_000
"""Words that are remembered: a text of invented ones fills no memory."""


class Word(NamedTuple):
    """What a word is and what its kind is, the same number where it has none; whether its kind is protected."""

    own: int
    kind: int
    ground: bool


def _hash(name: str) -> int:
    return zlib.crc32(name.encode(errors="surrogatepass"))


@lru_cache(maxsize=_KNOWN)
def word(token: str) -> Word:
    """A token of a folded text: letters with their apostrophe, figures, or a sign."""
    if token.isdecimal():
        own = _hash(f"#{min(len(token), _FIGURES)}")
        number = int(token) if len(token) <= _FIGURES else 0
        return Word(own, _hash("@ages") if number in _AGES else _hash("@born") if number in _YEARS else own, False)
    bare = token.removesuffix("'") if len(token) > 2 else token
    kind = kind_of(bare)
    own = _hash(f"w{bare[:_LETTERS]}")
    return Word(own, own if kind is None else _hash(f"@{kind}"), kind in GROUNDS)


_BEGIN, _END, _ASKED = ((_hash(sign), _hash(sign)) for sign in "^$?")


def _placed(hashed: NDArray[np.uint64]) -> Places:
    return np.unique((hashed * _ODD) >> _SHIFT).astype(np.int64)


def word_places(words: Sequence[Word]) -> Places:
    """The distinct places of words and kinds alone."""
    return _placed(np.array([(one.own, one.kind) for one in words], np.uint64).ravel())


def places(words: Sequence[Word], asked: bool) -> Places:
    """The distinct places of a sentence of at least one word: of words and kinds, of pairs of them, of rows of three, and of
    kinds that stand anywhere together. ``asked``: a question mark ends it.
    """
    signs = [_BEGIN, *((one.own, one.kind) for one in words), _ASKED if asked else _END]
    both = np.array(signs, np.uint64).T
    length = both.shape[1]
    found = [both.ravel()]
    for far in range(1, min(FAR, length - 1) + 1):
        first, second = both[:, None, :-far] * _FACTORS[0], both[None, :, far:] * _FACTORS[1]
        found.append(((first + second) ^ _SALTS[1 if far == 1 else 2]).ravel())
    row = both[:, :-2] * _FACTORS[0] + both[:, 1:-1] * _FACTORS[1] + both[:, 2:] * _FACTORS[2]
    found.append((row ^ _SALTS[3]).ravel())
    kinds = np.unique(both[1][both[0] != both[1]])
    if len(kinds) > 1:
        pairs = kinds[:, None] * _FACTORS[0] + kinds[None, :] * _FACTORS[1]
        found.append(pairs[np.triu_indices(len(kinds), 1)] ^ _SALTS[4])
    return _placed(np.concatenate(found))


_SAID = (
    "pas",
    "d'",
    "hommes",
    "de",
    "plus",
    "de",
    "30",
    "ans",
    "nes",
    "en",
    "1990",
    ",",
    "candidatures",
    "sous",
    "12345",
)


def stamp() -> int:
    """Of all that a table's places follow from: the lists, and the places of a sentence that has some of everything."""
    said = [word(token) for token in _SAID]
    lists = repr((sorted(GROUNDS.items()), sorted(condition_words.FRAMES.items())))
    return zlib.crc32(places(said, True).tobytes() + word_places(said).tobytes(), _hash(lists))


class Conditions:
    """Weights by place. Immutable."""

    def __init__(self, file: Mapping[str, NDArray[np.generic]]) -> None:
        """The arrays that ``write`` keeps. Raises ValueError: they were learnt of other features than the code has."""
        if int(file["stamp"]) != stamp():
            raise ValueError("conditions.npz was learnt of other features: python -m tests.bench.conditions")
        at = file["steps"].astype(np.int64).cumsum()
        self._weight = np.zeros(PLACES, np.int8)
        self._weight[at] = file["weights"]
        self._rarity = np.zeros(PLACES, np.uint8)
        self._rarity[at] = file["rarities"]
        self._scale, self._offset = float(file["scale"]), float(file["offset"])
        words = file["word_places"].astype(np.int64)
        self._first = dict(zip(words.tolist(), file["firsts"].tolist(), strict=True))
        self._least = int(file["least"])
        self.grounds = [str(name) for name in file["grounds"]]
        self._at_ground = {place: row for row, place in enumerate(words.tolist())}
        self._of_ground = file["of_ground"].astype(np.int64)
        self._often = file["often"].astype(np.float64)

    @classmethod
    def load(cls, path: Path = DATA) -> "Conditions":
        """A table. Raises ValueError: it was learnt of other features than the code has."""
        with np.load(path, allow_pickle=False) as file:
            return cls(dict(file))

    def first(self, one: Word) -> int:
        """What a word alone speaks for a condition; those of a sentence add up (``least``)."""
        own = {int(place) for place in word_places([one])}
        return sum(self._first.get(place, 0) for place in own)

    @property
    def least(self) -> int:
        """With less than this together, the words of a sentence are of no condition."""
        return self._least

    def doubt(self, words: Sequence[Word], asked: bool) -> float:
        """How much a sentence speaks for a condition: more than 0 is to be told."""
        at = places(words, asked)
        norm = math.sqrt(int(self._rarity[at].sum(dtype=np.int64)))
        return float(self._weight[at].sum(dtype=np.int64)) * self._scale / max(norm, 1.0) + self._offset

    def ground(self, words: Sequence[Word]) -> str:
        """Which one it most likely is about."""
        rows = [row for place in word_places(words).tolist() if (row := self._at_ground.get(place)) is not None]
        return self.grounds[int((self._often + self._of_ground[rows].sum(0)).argmax())]


@read_once
def conditions() -> Conditions:
    """The shipped table."""
    return Conditions.load()
