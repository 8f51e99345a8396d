"""The words of job titles that a mistyped one may be."""

from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_FROM, _TWO_ERRORS_FROM = 5, 9
"""Letters of a word from which a typing error is looked for, and from which two may be."""
_SHORT = _FROM - 1
"""A word so short may lack a letter of a known one («rayn»); whether it does, its neighbours have to say."""
_MOST = 12
"""Words as near that are looked at."""


class Spellings:
    """The long ones of known words. Immutable, safe to share between threads."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if len(word) >= _FROM})
        # Firms and towns come again and again.
        self._nearest = lru_cache(maxsize=8_192)(self._look)
        self._alike = lru_cache(maxsize=None)(self._about_as_long)

    def nearest(self, word: str) -> str | None:
        """The word one error away, in long ones two, that begins alike; None where there is none or several are as near."""
        found = self.alike(word) if len(word) >= _FROM else ()
        return found[0] if len(found) == 1 else None

    def alike(self, word: str) -> tuple[str, ...]:
        """All that are as near; of a short word those of which it lacks a letter."""
        return self._nearest(word) if len(word) >= _SHORT and word.isalpha() else ()

    def _look(self, word: str) -> tuple[str, ...]:
        errors = _errors(len(word))
        # The first letter is seldom wrong; where two are as near, it may be either.
        known = self._alike(word[0], len(word))
        found = process.extract(word, known, scorer=OSA.distance, score_cutoff=errors, limit=_MOST)
        return tuple(one for one, distance, _ in found if distance == found[0][1])

    def _about_as_long(self, letter: str, length: int) -> list[str]:
        return [word for word in self._words if word[0] == letter and abs(len(word) - length) <= _errors(length)]


def _errors(letters: int) -> int:
    return 1 if letters < _TWO_ERRORS_FROM else 2
