"""How a typed place finds its name: keys, prefixes by bisection, similar names. Knows no communes, only keys."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from shared.reference.text import folded

EXACT, WITHOUT_ARTICLE, FORMER, PREFIX, WORD = 1.0, 0.97, 0.95, 0.9, 0.8
SKELETON = 0.79
SIMILAR = 0.78
"""Scores by kind of match; a similar name has at most this, times its likeness."""

_LIKENESS = 76.0
"""Least likeness (0-100) of a similar name: «gueret»/«gerret» 83, «gueret»/«guerlesquin» 59."""

_ARTICLES = frozenset({"l", "la", "le", "les"})
_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SMALL = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "sous", "sur"})
_DIVISION = frozenset({"arrondissement", "arr", "ardt"})
_ORDINAL = re.compile(r"^0?(\d{1,2})(?:er|e|eme|ieme|nd|nde)?$")
_DEPARTMENT = r"(?:0?[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-8])"
_LEADING_DEPARTMENT = re.compile(rf"^\s*({_DEPARTMENT})\s+-\s+", re.IGNORECASE)
_BRACKETED_DEPARTMENT = re.compile(rf"\(\s*({_DEPARTMENT})\s*\)", re.IGNORECASE)
_POSTCODE = re.compile(r"\b(\d{5})\b")
_CEDEX = re.compile(r"\bcedex(?:\s+\d{1,2})?\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b[sS]\s*/\s*")


def place_key(name: str) -> str:
    """Comparison key of a place name: folded, «St» written out, «15e arrondissement» as «15», article in front."""
    if "/" in name:
        name = _SLASHED.sub("sur ", name)
    words = [_WORDS.get(word, word) for word in folded(name).split() if word not in _DIVISION]
    words = [_ORDINAL.sub(r"\1", word) if word[0].isdigit() else word for word in words]
    if len(words) > 1 and words[-1] in _ARTICLES:  # «Souterraine (La)»
        words = [words[-1], *words[:-1]]
    return " ".join(words)


def _skeleton(key: str) -> str:
    return " ".join([word for word in key.split() if word not in _SMALL])


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed, taken apart."""

    key: str
    digits: str
    department: str | None

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Find the département and the postcode in ``text``; the rest is the name. Never fails."""
        text = text[:200]
        department = None
        for pattern in (_LEADING_DEPARTMENT, _BRACKETED_DEPARTMENT):
            found = pattern.search(text)
            if found:
                department = found.group(1).upper().zfill(2)
                text = pattern.sub(" ", text, count=1)
        stripped = text.strip()
        if stripped.isdigit() and stripped.isascii() and len(stripped) <= 5:
            return cls("", stripped, department)
        postcode = _POSTCODE.search(text)
        if postcode:
            text = _POSTCODE.sub(" ", text, count=1)
        return cls(place_key(_CEDEX.sub(" ", text)), postcode.group(1) if postcode else "", department)


class PlaceIndex:
    """Names and postcodes → codes. Add places by falling population, then ``freeze``."""

    def __init__(self) -> None:
        self._codes: list[str] = []
        self._departments: list[str] = []
        self._rank: dict[str, int] = {}
        self._postcodes: dict[str, list[int]] = defaultdict(list)
        self._sorted_postcodes: list[str] = []
        # (text from the start of a word, place, is the whole name, is a former name)
        self._suffixes: list[tuple[str, int, bool, bool]] = []
        self._texts: list[str] = []
        self._keys: list[str] = []
        self._owners: list[tuple[int, bool]] = []
        self._skeletons: dict[str, list[int]] = defaultdict(list)
        self._short = lru_cache(maxsize=2048)(self._by_name_uncached)

    def add(self, code: str, department: str, postcodes: Sequence[str], key: str) -> None:
        """Add a place; those added before it win ties."""
        place = len(self._codes)
        self._codes.append(code)
        self._departments.append(department)
        self._rank[code] = place
        for postcode in postcodes:
            self._postcodes[postcode].append(place)
        self._add_key(key, place, former=False)

    def add_former_name(self, key: str) -> None:
        """An old name of the place added last."""
        self._add_key(key, len(self._codes) - 1, former=True)

    def add_former_code(self, old: str, present: str) -> None:
        """A code that is no more used; it finds the present place."""
        self._rank.setdefault(old, self._rank[present])

    def freeze(self) -> None:
        """Sort; to be called once after the last addition."""
        self._suffixes.sort()
        self._texts = [entry[0] for entry in self._suffixes]
        self._sorted_postcodes = sorted(self._postcodes)

    def named(self, key: str, *, begun: bool = False) -> str | None:
        """The code of the most populous place whose whole present name is ``key``, its article may be missing.

        ``begun``: whose name begins with the words of ``key`` («brive»).
        """
        best: int | None = None
        for at in range(bisect_left(self._texts, key), len(self._texts)):
            text, place, whole, former = self._suffixes[at]
            if text != key and not (begun and text.startswith(key + " ")):
                break
            if not former and (whole or self._article_before(place, text)) and (best is None or place < best):
                best = place
        return None if best is None else self._codes[best]

    def search(
        self, query: Query, limit: int, departments: Sequence[str], *, similar: bool = True
    ) -> list[tuple[str, float]]:
        """(code, score) of the best places, best first; all ``departments`` must hold; ``similar``: names with errors too."""
        if limit <= 0:
            return []
        scores: dict[int, float] = {}
        if query.digits:
            scores = self._by_digits(query.digits)
            if query.key and scores:
                scores = self._narrowed(query.key, scores)
        if query.key and not scores:
            scores = self._by_name(query.key)
            if sum(1 for _ in self._kept(scores, departments)) < limit and len(query.key) > 2 and similar:
                self._add_similar(query.key, scores, limit)
        best = sorted(self._kept(scores, departments), key=lambda place: (-scores[place], place))[:limit]
        return [(self._codes[place], round(scores[place], 4)) for place in best]

    def _add_key(self, key: str, place: int, *, former: bool) -> None:
        self._keys.append(key)
        self._owners.append((place, former))
        skeleton = _skeleton(key)
        if skeleton != key:
            self._skeletons[skeleton].append(place)
        start = 0
        while True:
            self._suffixes.append((key[start:], place, start == 0, former))
            start = key.find(" ", start) + 1
            if start == 0:
                return

    def _kept(self, places: Iterable[int], departments: Sequence[str]) -> Iterable[int]:
        return (p for p in places if all(self._departments[p] == d for d in departments))

    def _by_digits(self, digits: str) -> dict[int, float]:
        """Places whose postcode begins with ``digits``; an INSEE code where no postcode does."""
        scores: dict[int, float] = {}
        postcodes = self._sorted_postcodes
        for at in range(bisect_left(postcodes, digits), len(postcodes)):
            if not postcodes[at].startswith(digits):
                break
            for place in self._postcodes[postcodes[at]]:
                scores[place] = EXACT if len(digits) == 5 else PREFIX
        if not scores and digits in self._rank:
            scores[self._rank[digits]] = EXACT
        return scores

    def _narrowed(self, key: str, scores: dict[int, float]) -> dict[int, float]:
        """Among the places of a postcode, those that the name fits; all of them if it fits none (a lieu-dit)."""
        keys = {place: self._own_key(place) for place in scores}
        by_name = {place: fuzz.WRatio(key, own) / 100 for place, own in keys.items()}
        fitting = {place: score for place, score in by_name.items() if score >= _LIKENESS / 100}
        return fitting or {place: score * SIMILAR for place, score in scores.items()}

    def _own_key(self, place: int) -> str:
        # Old names follow their place, so its first key is where the owners reach it.
        return self._keys[bisect_left(self._owners, (place, False))]

    def _by_name(self, key: str) -> dict[int, float]:
        # A few letters begin thousands of names (10 ms), and everybody who types begins with them.
        return dict(self._short(key) if len(key) < 5 else self._by_name_uncached(key))

    def _by_name_uncached(self, key: str) -> dict[int, float]:
        scores: dict[int, float] = {}
        whole_only = len(key) < 3  # two letters begin a word of half the communes of France
        if key.upper() in self._rank:  # 2A004
            scores[self._rank[key.upper()]] = EXACT
        for at in range(bisect_left(self._texts, key), len(self._texts)):
            text, place, whole, former = self._suffixes[at]
            if not text.startswith(key):
                break
            if text == key and (whole or self._article_before(place, key)):
                score = EXACT if whole else WITHOUT_ARTICLE
                score = min(score, FORMER) if former else score
            elif whole:
                score = PREFIX - 0.05 * former
            elif whole_only:
                continue
            else:
                score = WORD - 0.05 * former
            if score > scores.get(place, 0.0):
                scores[place] = score
        for place in self._skeletons.get(key, ()):  # «villeneuve lot»
            scores[place] = max(scores.get(place, 0.0), SKELETON)
        return scores

    def _article_before(self, place: int, key: str) -> bool:
        head, _, rest = self._own_key(place).partition(" ")
        return rest == key and head in _ARTICLES

    def _add_similar(self, key: str, scores: dict[int, float], limit: int) -> None:
        found = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=_LIKENESS, limit=max(50, 5 * limit))
        for _, likeness, at in found:
            place, former = self._owners[at]
            score = SIMILAR * likeness / 100 - 0.02 * former
            if score > scores.get(place, 0.0):
                scores[place] = score
