"""What somebody may be about to type: occupations, places, and titles of offers that are there."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from services.offers.search.trades import Trades
from services.offers.search.words import STOP, term_of, title_key, words_of
from shared.reference.communes import Commune, Communes
from shared.reference.departments import DEPARTMENTS
from shared.reference.lexicon import ADDED
from shared.reference.occupations import Occupations
from shared.reference.text import folded

_TITLE_CHARACTERS = 80
_PLACE_WORDS = 4
_LONGEST_KEY = 40
_WHOLE_WORD = 5
"""Letters from which a feminine is looked for as its masculine too."""
_ARTICLES = frozenset({"l", "la", "le", "les"})
_MOST = 2_000
"""So many texts that begin alike are looked through."""
_BEGUN, _WITHIN = 0.9, 0.65
"""Least likeness of a place that what was typed begins, and of one of which it begins a later word."""
_LOOKED_THROUGH = 60
"""So many communes are put in the order of where there are offers."""
_TWO_ERRORS_FROM = 9
"""Letters of a place's name in which two typing errors are seen through."""
_SEX = re.compile(r"\(?\b[hf]\s*/\s*[hf]\b\)?", re.IGNORECASE)


class SuggestionKind(StrEnum):
    """What a suggestion names."""

    OCCUPATION = "occupation"
    PLACE = "place"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``q`` is the whole question with it; ``code`` a ROME or INSEE code; ``offers`` how many are there now."""

    kind: SuggestionKind
    label: str
    q: str
    code: str | None = None
    offers: int | None = None


@dataclass(frozen=True, slots=True)
class _Named:
    label: str
    offers: int


class _Beginnings:
    """Texts by the beginning of each of their words."""

    def __init__(self, labels: Iterable[str]) -> None:
        self.labels = list(labels)
        self._keys = [title_key(label) for label in self.labels]
        entries = [
            (key[at : at + _LONGEST_KEY], at > 0, number)
            for number, key in enumerate(self._keys)
            for at in (0, *(space + 1 for space, letter in enumerate(key) if letter == " "))
        ]
        entries.sort()
        self._entries = entries
        self._texts = [text for text, _, _ in entries]

    def starting(self, typed: str, most: int) -> list[tuple[bool, int]]:
        """(whether the beginning is a later word, number of the text) of texts with a word that begins so."""
        found: dict[int, bool] = {}
        typed = typed[:_LONGEST_KEY]
        for at in range(bisect_left(self._texts, typed), len(self._texts)):
            text, later, number = self._entries[at]
            if not text.startswith(typed) or len(found) >= most:
                break
            found[number] = min(found.get(number, True), later)
        return [(later, number) for number, later in found.items()]


class Suggester:
    """The referential's titles, which never change; titles of offers come with each call."""

    def __init__(self, occupations: Occupations, communes: Communes) -> None:
        self._occupations = occupations
        self._communes = communes
        titles: dict[str, str] = {}
        for occupation in occupations:
            for title in (occupation.label, *occupations.everyday(occupation.code), *occupation.titles):
                titles.setdefault(title, occupation.code)
        self._codes = list(titles.values())
        self._titles = _Beginnings(titles)
        self._departments = _Beginnings(DEPARTMENTS.values())
        self._department_codes = list(DEPARTMENTS)

    def suggest(
        self,
        q: str,
        limit: int,
        counts: Mapping[str, int],
        titles: "OfferTitles",
        trades: Trades,
        correct: Callable[[str], str | None],
        offered: Callable[[str], int],
    ) -> list[Suggestion]:
        """Up to ``limit`` of each kind. ``counts``: offers by ROME code; ``correct`` gives the word that one stands for;
        ``offered``: offers of a département."""
        finished, typed = _typed(q)
        if not typed:
            return []
        found = self._named(typed, limit, counts, titles)
        if finished not in {"", typed}:
            known = {one.code or one.q for one in found}
            found += [one for one in self._named(finished, limit, counts, titles) if (one.code or one.q) not in known]
            found = [one for kind in SuggestionKind for one in [one for one in found if one.kind is kind][:limit]]
        if not found:
            corrected = " ".join(correct(word) or word for word in typed.split())
            found = self._named(corrected, limit, counts, titles) if corrected != typed else []
        begun = bool(found)
        if not found or folded(q) in ADDED:
            # «AS», «nounou»: what the whole text means comes before what begins with it.
            meant = [_occupation(trade.label, trade.code, counts) for trade in trades.meant(q)]
            codes = {one.code for one in meant}
            found = [*meant[:limit], *(one for one in found if one.code is None or one.code not in codes)]
        return [*found, *self._of_places(q, limit, offered, begun=begun)]

    def _named(self, typed: str, limit: int, counts: Mapping[str, int], titles: "OfferTitles") -> list[Suggestion]:
        return [*self._of_occupations(typed, limit, counts), *self._of_titles(typed, limit, titles)]

    def _of_occupations(self, typed: str, limit: int, counts: Mapping[str, int]) -> list[Suggestion]:
        best: dict[str, tuple[tuple[bool, int, float, int, str], str]] = {}
        found = self._titles.starting(typed, _MOST)
        # Most titles are masculine: whoever typed «infirmière» to its end means «infirmier» as well.
        masculine = " ".join(term_of(word) for word in typed.split())
        if masculine != typed and len(masculine) >= _WHOLE_WORD:
            found += self._titles.starting(masculine, _MOST)
        for later, number in found:
            code, title = self._codes[number], self._titles.labels[number]
            rank = (later, -counts.get(code, 0), -self._occupations.common(code), len(title), title)
            if code not in best or rank < best[code][0]:
                best[code] = rank, title
        chosen = sorted(best.items(), key=lambda one: one[1][0])[:limit]
        return [
            Suggestion(SuggestionKind.OCCUPATION, title, title, code, counts.get(code, 0))
            for code, (_, title) in chosen
        ]

    @staticmethod
    def _of_titles(typed: str, limit: int, titles: "OfferTitles") -> list[Suggestion]:
        return [
            Suggestion(SuggestionKind.TITLE, one.label, one.label, None, one.offers)
            for one in titles.starting(typed, limit)
        ]

    def _of_places(self, q: str, limit: int, offered: Callable[[str], int], *, begun: bool) -> list[Suggestion]:
        """Places that the last words begin, behind the words before them unless those go on as a title (``begun``)."""
        words = words_of(q)
        for length in range(min(_PLACE_WORDS, len(words)), 0, -1):
            start = words[-length].start
            # Signs and an article that the place's own name has are no words before it.
            head = q[:start].strip() if any(word.folded not in _ARTICLES for word in words[:-length]) else ""
            typed = q[start:].strip()
            if head and begun:
                continue
            places = self._places(typed, limit, offered, similar=not begun)
            if places:
                return [
                    Suggestion(SuggestionKind.PLACE, label, f"{head} {name}".strip(), code)
                    for label, name, code in places
                ]
        return []

    def _places(
        self, typed: str, limit: int, offered: Callable[[str], int], *, similar: bool
    ) -> list[tuple[str, str, str]]:
        """(label, name, code): départements, then communes of that very name, then those where there are offers."""
        if len(typed) < 2:
            return []
        ranked: list[tuple[tuple[bool, ...], tuple[str, str, str]]] = []
        key = folded(typed)
        of_names = self._departments.starting(title_key(typed) or key, limit) if len(typed) > 2 else []
        codes = [typed.upper()] * (typed.upper() in DEPARTMENTS)
        for code in [*codes, *(self._department_codes[number] for later, number in of_names if not later)]:
            name = DEPARTMENTS[code]
            ranked.append(
                ((code not in codes and folded(name) != key, not offered(code)), (f"{name} ({code})", name, code))
            )
        least = _WITHIN if similar and " " not in typed else _BEGUN
        for hit in self._communes.search(typed, _LOOKED_THROUGH, similar=False):
            place = hit.commune
            if hit.score >= least:
                rank = (hit.score < 1, not offered(place.department), hit.score < _BEGUN)
                ranked.append((rank, (_label(place), place.name, place.code)))
        found = [place for _, place in sorted(ranked, key=lambda one: one[0])]
        if similar and not found and len(typed) > 3:
            errors = 1 if len(typed) < _TWO_ERRORS_FROM else 2
            for commune in self._communes.misspelt_all(typed, limit, errors):
                found.append((_label(commune), commune.name, commune.code))
        return found[:limit]


def _typed(q: str) -> tuple[str, str]:
    """The words as titles are compared, and the same with a last word that only joins but is not finished yet: the «s» of
    «aide s» begins another, the «de» of «agent de» may. The first is empty where nothing but such a word was typed.
    """
    key = title_key(q)
    last = "" if q[-1:].isspace() else "".join(word.folded for word in words_of(q)[-1:])
    return key, f"{key} {last}".strip() if last in STOP else key


def _occupation(title: str, code: str, counts: Mapping[str, int]) -> Suggestion:
    return Suggestion(SuggestionKind.OCCUPATION, title, title, code, counts.get(code, 0))


def _label(commune: Commune) -> str:
    return f"{commune.name} ({commune.department})"


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
        self._labels = [min(writings[key], key=lambda one: (-writings[key][one], one)) for key in self._keys]
        self._beginnings = _Beginnings(self._labels)

    def starting(self, typed: str, limit: int) -> list[_Named]:
        """Titles with a word that begins so: those whose first word does, then by number of offers."""
        found: list[tuple[bool, int, str]] = []
        for later, number in self._beginnings.starting(typed, _MOST):
            offers = self._alive.get(self._keys[number], 0)
            if offers:
                found.append((later, -offers, self._labels[number]))
        return [_Named(label, -offers) for _, offers, label in sorted(found)[:limit]]


@lru_cache(maxsize=100_000)
def _shown(title: str) -> tuple[str, str]:
    """A title without «(H/F)» and what stands around it, and its key."""
    words = words_of(title)
    if not words:
        return "", ""
    text = title[words[0].start : words[-1].end]
    return " ".join(_SEX.sub(" ", text).split()), title_key(text)
