"""Texts by the beginnings of their words: titles of the referential, titles of offers, ways to say a filter."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.offers.search.words import title_key, words_of
from shared.once import made_once

_TITLE_CHARACTERS = 80
_LONGEST_KEY = 40
MOST = 2_000
"""So many texts that begin alike are looked through."""
_ERROR_FROM, _TWO_ERRORS_FROM = 5, 9
"""Letters of a beginning in which a typing error is seen through, and two."""
_NEAR = 12
"""So many beginnings that are as near are gone on with."""
_SEX = re.compile(r"\(?\b[hf]\s*/\s*[hf]\b\)?", re.IGNORECASE)


class Beginnings:
    """Texts by the beginning of each of their words."""

    def __init__(
        self, labels: Iterable[str], key: Callable[[str], str] = title_key, *, in_one_word: bool = False
    ) -> None:
        """``key``: the form in which labels and what is typed meet; ``in_one_word``: also typed without spaces («mitemps»)."""
        self.labels = list(labels)
        self.keys = [key(label) for label in self.labels]
        entries = {
            (text[:_LONGEST_KEY], at > 0, number)
            for number, whole in enumerate(self.keys)
            for at in _starts(whole)
            for text in ({whole[at:], whole[at:].replace(" ", "")} if in_one_word else (whole[at:],))
        }
        self._entries = sorted(entries)
        self._texts = [text for text, _, _ in self._entries]

    def starting(self, typed: str, most: int = MOST) -> list[tuple[bool, int]]:
        """(whether the beginning is a later word, number of the text) of texts with a word that begins so."""
        found: dict[int, bool] = {}
        typed = typed[:_LONGEST_KEY]
        for at in range(bisect_left(self._texts, typed), len(self._texts)):
            text, later, number = self._entries[at]
            if not text.startswith(typed) or len(found) >= most:
                break
            found[number] = min(found.get(number, True), later)
        return [(later, number) for number, later in found.items()]

    def nearly(self, typed: str) -> list[str]:
        """Beginnings of texts that are a typing error away from what was typed (two in long ones), the nearest first; the first
        letter is taken for right."""
        if not _ERROR_FROM <= len(typed) <= _LONGEST_KEY:
            return []
        errors = 1 if len(typed) < _TWO_ERRORS_FROM else 2
        found: list[tuple[int, str]] = []
        for length in (len(typed), len(typed) + 1, len(typed) - 1):
            cut = self._of_length(typed[0], length)
            near = process.extract(typed, cut, scorer=OSA.distance, score_cutoff=errors, limit=_NEAR)
            found += [(int(distance), beginning) for beginning, distance, _ in near]
        if len(typed) == _ERROR_FROM:
            # The last of few letters begins another word rather than it is wrong.
            found = [one for one in found if one[1][-1] == typed[-1]]
        nearest = min((distance for distance, _ in found), default=0)
        return [beginning for distance, beginning in found if distance == nearest][:_NEAR]

    def _of_length(self, letter: str, length: int) -> list[str]:
        known = self._cut.get((letter, length))
        if known is None:
            start, end = bisect_left(self._texts, letter), bisect_left(self._texts, chr(ord(letter) + 1))
            texts = self._texts[start:end]
            known = self._cut[letter, length] = sorted({text[:length] for text in texts if len(text) >= length})
        return known

    @made_once
    def _cut(self) -> dict[tuple[str, int], list[str]]:
        return {}


def _starts(key: str) -> Iterator[int]:
    yield 0
    yield from (space + 1 for space, letter in enumerate(key) if letter == " ")


@dataclass(frozen=True, slots=True)
class Named:
    """A title and how many offers have it."""

    label: str
    offers: int


class OfferTitles:
    """Distinct titles of offers, each in its commonest writing."""

    def __init__(self, titles: Iterable[str], alive: Mapping[str, int]) -> None:
        """``alive``: how many offers there are now by the key of their titles; what has none is suggested no longer."""
        self._alive = alive
        writings: dict[str, Counter[str]] = defaultdict(Counter)
        for title, number in Counter(titles).items():
            shown, key = _shown(title)
            if key and len(shown) <= _TITLE_CHARACTERS:
                writings[key][shown] += number
        self._keys = sorted(writings)
        self._beginnings = Beginnings(_commonest(writings[key]) for key in self._keys)

    def starting(self, typed: str, limit: int) -> list[Named]:
        """Titles with a word that begins so: those whose first word does, then by number of offers."""
        found: list[tuple[bool, int, str]] = []
        for later, number in self._beginnings.starting(typed):
            offers = self._alive.get(self._keys[number], 0)
            if offers:
                found.append((later, -offers, self._beginnings.labels[number]))
        return [Named(label, -offers) for _, offers, label in sorted(found)[:limit]]


@lru_cache(maxsize=100_000)
def _shown(title: str) -> tuple[str, str]:
    """A title without «(H/F)» and what stands around it, and its key."""
    words = words_of(title)
    if not words:
        return "", ""
    text = title[words[0].start : words[-1].end]
    return " ".join(_SEX.sub(" ", text).split()), title_key(text)


def _commonest(writings: Mapping[str, int]) -> str:
    return min(writings, key=lambda one: (-writings[one], one))
