"""The words of titles: how common each is, which begin alike, and the one that a mistyped word probably is."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.offers.search.sound import SHORTEST, sound
from shared.once import made_once
from shared.reference.titles import feminines

_TWO_ERRORS_FROM = 8
_OF_PEOPLE = ("eur", "ier", "ien", "er")
"""Endings of who does something, which sound otherwise in the feminine."""
_KEPT = 8_192
"""Mistyped words of which the nearest are remembered: the referential's words live as long as the process."""


class Vocabulary:
    """Terms with how many titles have each, as they were when it was made. Immutable; what is looked up is remembered."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = dict(counts)
        self.near = lru_cache(maxsize=_KEPT)(self._near)
        """The nearest ten terms, with how many typing errors away each is: one, in long words two."""

    def __getitem__(self, term: str) -> int:
        """How many titles have a term."""
        return self._counts.get(term, 0)

    def __contains__(self, term: object) -> bool:
        """Whether a title has the term."""
        return term in self._counts

    @made_once
    def _sorted(self) -> list[str]:
        return sorted(self._counts)

    @made_once
    def _by_length(self) -> dict[int, list[str]]:
        """Only terms about as long are compared with a mistyped one."""
        found: dict[int, list[str]] = {}
        for term in self._sorted:
            found.setdefault(len(term), []).append(term)
        return found

    def beginning(self, beginning: str) -> list[str]:
        """Terms that begin so, the commonest first."""
        terms = self._sorted
        at = bisect_left(terms, beginning)
        end = at
        while end < len(terms) and terms[end].startswith(beginning):
            end += 1
        return sorted(terms[at:end], key=lambda term: (-self._counts[term], term))

    @made_once
    def _by_sound(self) -> dict[str, str]:
        """The commonest term of each sound; titles are known as masculine, people also spell the feminine by ear."""
        terms = sorted(self._counts, key=lambda term: (self._counts[term], term))
        terms = [term for term in terms if len(term) >= SHORTEST]
        women = ((form, term) for term in terms if term.endswith(_OF_PEOPLE) for form in feminines(term))
        return {sound(form): term for form, term in women} | {sound(term): term for term in terms}

    def sounding(self, keys: Iterable[str]) -> str | None:
        """The commonest term that sounds so; None where none does."""
        known = self._by_sound
        return next((known[key] for key in keys if key in known), None)

    def _near(self, term: str) -> tuple[tuple[str, int], ...]:
        errors = 2 if len(term) >= _TWO_ERRORS_FROM else 1
        lengths = range(len(term) - errors, len(term) + errors + 1)
        alike = [one for length in lengths for one in self._by_length.get(length, ())]
        found = process.extract(term, alike, scorer=OSA.distance, score_cutoff=errors, limit=10)
        return tuple((candidate, int(distance)) for candidate, distance, _ in found)
