"""How a typed place finds its name: keys, prefixes by bisection, similar names. Knows no communes, only keys."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from shared.once import made_once
from shared.reference.departments import department_named, departments_of, is_region
from shared.reference.text import folded

if TYPE_CHECKING:
    from shared.reference.nearby import Nearby, Shapes

EXACT, WITHOUT_ARTICLE, FORMER, PREFIX, WORD = 1.0, 0.97, 0.95, 0.9, 0.8
SKELETON = 0.79
SIMILAR = 0.78
"""Scores by kind of match; a similar name has at most this, times its likeness."""

_LIKENESS = 76.0
"""Least likeness (0-100) of a similar name: «gueret»/«gerret» 83, «gueret»/«guerlesquin» 59."""

_NEAREST = 5
"""Names as near as each other that are looked at: they come by falling population."""

_ARTICLES = frozenset({"l", "la", "le", "les"})
_WORDS = {
    "st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "gd": "grand", "grd": "grand", "gde": "grande",
    "grde": "grande", "mt": "mont", "nd": "notre dame",
}  # fmt: skip
_BETWEEN = {"s": "sur", "ss": "sous"}
"""What people and addresses clip: «Gd Bornand», «ND de Bellecombe», «La Roche s Foron»."""
_SMALL = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "sous", "sur"})
_DIVISION = frozenset({"arrondissement", "arr", "ardt", "arrdt", "arrond"})
_ORDINAL = re.compile(r"^0?(\d{1,2})(?:er|e|eme|ieme|nd|nde)?$")
_DIVIDED = {"paris": 20, "marseille": 16, "lyon": 9}
"""Towns and how many arrondissements they have; a number behind them that is greater is their département's."""
_ROMAN = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx"
_SPELT = (
    "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme treizieme"
    " quatorzieme quinzieme seizieme dix-septieme dix-huitieme dix-neuvieme vingtieme"
)
_NTH = {word: str(number) for words in (_ROMAN, _SPELT) for number, word in enumerate(words.split(), 1)}
_ROMAN_ENDING = re.compile(r"(?<=[ivx])(?:er|e|eme|ieme)$")
_DEPARTMENT = r"(?:0?[1-9]|[1-8]\d|9[0-5]|2[ab]|97[1-8])"
_DASH = r"\s*[-\u2010-\u2015]\s*"
_LEADING_DEPARTMENT = re.compile(rf"^\s*({_DEPARTMENT})(?:{_DASH}|\s*[:/]\s*)(?=\D)", re.IGNORECASE)
_TRAILING_DEPARTMENT = re.compile(rf"(?<=[^\W\d])(?:\s*,\s*|\s+[-\u2010-\u2015]\s+)({_DEPARTMENT})\s*$", re.IGNORECASE)
_BRACKETED = re.compile(r"\(([^()]{1,40})\)")
_POSTCODE = re.compile(r"\b(\d{5}|2[abAB]\d{3})\b")
_NUMBER_BEHIND = re.compile(r"(?<=[^\W\d])\s+(\d{2}|2[ab]|97[1-8])\s*$", re.IGNORECASE)
_CEDEX = re.compile(r"\b(?:c(?:e|é|e\u0301)dex|cdx)(?:\s+\d{1,2})?\b", re.IGNORECASE)
# Boxes and special deliveries have numbers that look like postcodes.
_BOX = re.compile(r"\b(?:bp|cs|tsa)\s*\d+\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b[sS]\s*/\s*")


@lru_cache(maxsize=65_536)
def place_key(name: str) -> str:
    """Comparison key of a place name: folded, «St» written out, «15e arrondissement» as «15», article in front."""
    if "/" in name:
        name = _SLASHED.sub("sur ", name)
    words = [_WORDS.get(word, word) for word in folded(name).split() if word not in _DIVISION]
    if len(words) > 2:
        words[1:-1] = [_BETWEEN.get(word, word) for word in words[1:-1]]
    words = [_ORDINAL.sub(r"\1", word) if word[0].isdigit() else word for word in words]
    if len(words) in (2, 3) and words[0] in _DIVIDED:  # «Paris XVIe», «Lyon troisième»
        nth = "-".join(words[1:])
        if number := _NTH.get(nth) or _NTH.get(_ROMAN_ENDING.sub("", nth)):
            words = [words[0], number]
    if len(words) > 1 and words[-1] in _ARTICLES:  # «Souterraine (La)»
        words = [words[-1], *words[:-1]]
    return " ".join(words)


def _skeleton(key: str) -> str:
    return " ".join([word for word in key.split() if word not in _SMALL])


def without_areas(label: str) -> str:
    """«Guéret, Creuse, Nouvelle-Aquitaine, France» as «Guéret (Creuse)»: each smaller than the next, as maps write places."""
    name, *areas = (part.strip() for part in label.split(","))
    if not name or not areas:
        return label
    departments = [found for area in areas if (found := department_named(area))]
    if any(place_key(area) != "france" and not is_region(area) and not department_named(area) for area in areas):
        return label
    return f"{name} ({departments[0]})" if departments else name


def _number_behind(text: str) -> re.Match[str] | None:
    """«Paris 75», «Guéret 23»: a département's number. «Paris 15» and «Marseille 13» are arrondissements."""
    found = _NUMBER_BEHIND.search(text)
    if found is None or not departments_of(found[1]):
        return None
    divided = _DIVIDED.get(place_key(text[: found.start()]), 0)
    return None if found[1].isdecimal() and int(found[1]) <= divided else found


def likeness_of(key: str, other: str) -> float:
    """How alike two keys are (0-100): typing errors lower it a little, a part of a name («fursac») is 90."""
    words, others = set(_skeleton(key).split()), set(_skeleton(other).split())
    part = 90.0 if words and others and (words <= others or others <= words) else 0.0
    return max(fuzz.ratio(key, other), part)


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed, taken apart. ``departments``: the place lies in one of them; empty: nothing said."""

    key: str
    digits: str
    departments: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Find the département and the postcode in ``text``; the rest is the name. Never fails."""
        text = without_areas(_CEDEX.sub(" ", _BOX.sub(" ", text[:200])))
        departments: tuple[str, ...] = ()
        for pattern in (_LEADING_DEPARTMENT, _TRAILING_DEPARTMENT):
            found = pattern.search(text)
            if found and departments_of(found[1]):
                departments = departments_of(found[1])
                text = f"{text[: found.start()]} {text[found.end() :]}"
                break
        for bracket in _BRACKETED.finditer(text):
            named = department_named(bracket[1])
            inside = departments_of(bracket[1]) if len(bracket[1].strip()) <= 3 else (named,) if named else ()
            if inside:
                departments = inside
                text = f"{text[: bracket.start()]} {text[bracket.end() :]}"
                break
        if not departments and (found := _number_behind(text)):
            departments = departments_of(found[1])
            text = text[: found.start()]
        stripped = text.strip()
        if stripped.isdigit() and stripped.isascii() and len(stripped) <= 5:
            return cls("", stripped, departments)
        postcode = _POSTCODE.search(text)
        if postcode:
            text = _POSTCODE.sub(" ", text, count=1)
        return cls(place_key(text), postcode.group(1).upper() if postcode else "", departments)


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
        # Whole names, the article may be missing: (is a former name, place).
        self._whole: dict[str, list[tuple[bool, int]]] = defaultdict(list)
        self._short = lru_cache(maxsize=2048)(self._by_name_uncached)
        # Words that are no place are asked again and again, in ever other questions; four thousand names begin with «saint».
        self.named = lru_cache(maxsize=65_536)(self._whole_named)
        """The code of the most populous place whose whole name is ``key``, its article may be missing.

        ``begun``: whose name begins with the words of ``key`` («brive»); ``former``: an old name where no present one is;
        ``departments``: in one of these only.
        """
        self.misspelt = lru_cache(maxsize=8_192)(self._misspelt)
        """The code of the place whose present name, written in one word, is at most so many typing errors away: the nearest,
        then the most populous; None where there is none. The first letter is taken for right."""

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
        for key, (place, former) in zip(self._keys, self._owners, strict=True):
            self._whole[key].append((former, place))
            head, _, rest = key.partition(" ")
            if rest and head in _ARTICLES and not former:
                self._whole[rest].append((False, place))
        for places in self._whole.values():
            places.sort()

    def prepare(self) -> None:
        """Prepare for typing errors now (half a second) and not while somebody waits."""
        self._shapes  # noqa: B018 - a cached property
        self._nearby  # noqa: B018 - a cached property

    def _whole_named(
        self, key: str, *, begun: bool = False, former: bool = False, departments: tuple[str, ...] = ()
    ) -> str | None:
        found = [one for one in self._whole.get(key, ()) if self._allowed(one, former=former, departments=departments)]
        if begun:
            # Names that go on behind these words.
            for at in range(bisect_left(self._texts, key + " "), len(self._texts)):
                text, place, whole, old = self._suffixes[at]
                if not text.startswith(key + " "):
                    break
                one = old, place
                own = whole or (not old and self._article_before(place, text))
                if own and self._allowed(one, former=former, departments=departments):
                    found.append(one)
        return self._codes[min(found)[1]] if found else None

    @made_once
    def words(self) -> frozenset[str]:
        """Every word of a name, present or former, and the clipped forms that stand for one."""
        return (
            frozenset(word for key in self._keys for word in key.split()) | _WORDS.keys() | _BETWEEN.keys() | _DIVISION
        )

    def homonyms(self, key: str) -> list[str]:
        """The codes of all places whose present whole name this is, the most populous first."""
        return [self._codes[place] for old, place in self._whole.get(key, ()) if not old]

    def _allowed(self, one: tuple[bool, int], *, former: bool, departments: Sequence[str]) -> bool:
        old, place = one
        return (former or not old) and (not departments or self._departments[place] in departments)

    def _misspelt(self, name: str, errors: int) -> str | None:
        names, places = self._in_one_word
        near = [(wrong, places[at]) for wrong, at in self._nearby.near(name) if names[at][:1] == name[:1]]
        if not near and errors > 1:
            near = self._far(name, errors)
        return self._codes[min(near)[1]] if near else None

    def misspelt_all(self, name: str, errors: int, limit: int) -> list[str]:
        """The codes of the places that may be meant by a mistyped name, as ``misspelt``, but for a wrong first letter."""
        _, places = self._in_one_word
        near = [(wrong, places[at]) for wrong, at in self._nearby.near(name)] or (
            self._far(name, errors) if errors > 1 else []
        )
        return list(dict.fromkeys(self._codes[place] for _, place in sorted(near)))[:limit]

    def _far(self, name: str, errors: int) -> list[tuple[int, int]]:
        """(errors, place) of names with the same first letter: a few hundred of each length are compared."""
        _, places = self._in_one_word
        return [(wrong, places[at]) for wrong, at in self._shapes.near(name, errors, _NEAREST)]

    @made_once
    def _in_one_word(self) -> tuple[list[str], list[int]]:
        """Present names in one word, with and without their article, and their places."""
        names: list[str] = []
        places: list[int] = []
        for key, (place, former) in zip(self._keys, self._owners, strict=True):
            head, _, rest = key.partition(" ")
            for text in () if former else (key, rest) if rest and head in _ARTICLES else (key,):
                names.append(text.replace(" ", ""))
                places.append(place)
        return names, places

    @made_once
    def _nearby(self) -> "Nearby":
        # Where nobody types places numpy is not installed.
        from shared.reference.nearby import Nearby

        return Nearby(self._in_one_word[0])

    @made_once
    def _shapes(self) -> "Shapes":
        from shared.reference.nearby import Shapes

        return Shapes(self._in_one_word[0])

    def search(
        self, query: Query, limit: int, department: str | None = None, *, similar: bool = True
    ) -> list[tuple[str, float]]:
        """(code, score) of the best places, best first, in the query's départements and in ``department``.

        ``similar``: names with errors too.
        """
        if limit <= 0:
            return []
        allowed = set(query.departments)
        if department is not None:
            allowed = {department} & allowed if allowed else {department}
            if not allowed:
                return []
        scores = self._scores(query, allowed, limit if similar else 0)
        best = nsmallest(limit, self._kept(scores, allowed), key=lambda place: (-scores[place], place))
        return [(self._codes[place], round(scores[place], 4)) for place in best]

    def _scores(self, query: Query, allowed: set[str], limit: int) -> dict[int, float]:
        """All that fit; names with errors are looked for when fewer than ``limit`` do."""
        if not query.digits:
            return self._named(query.key, allowed, limit) if query.key else {}
        scores, is_postcode = self._by_digits(query.digits)
        if not query.key:
            return scores
        fitting = self._fitting(query.key, scores)
        if fitting:
            return fitting
        # A CEDEX is nobody's postcode and may be somebody else's INSEE code: what is written out decides.
        there = set(departments_of(query.digits)) & allowed if allowed else set(departments_of(query.digits))
        exact = {place: score for place, score in self._by_name(query.key).items() if score >= FORMER}
        named = {place: exact[place] for place in self._kept(exact, there)}
        if named or not is_postcode:
            return named or self._named(query.key, there, limit)
        # A name that no commune has: a lieu-dit of one of the postcode's.
        return {place: score * SIMILAR for place, score in scores.items()}

    def _named(self, key: str, allowed: set[str], limit: int) -> dict[int, float]:
        scores = self._by_name(key)
        if sum(1 for _ in self._kept(scores, allowed)) < limit and len(key) > 2:
            self._add_similar(key, scores, limit)
        return scores

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

    def _kept(self, places: Iterable[int], allowed: set[str]) -> Iterable[int]:
        return (p for p in places if not allowed or self._departments[p] in allowed)

    def _by_digits(self, digits: str) -> tuple[dict[int, float], bool]:
        """Places whose postcode begins with ``digits``, else whose INSEE code it is; and whether it is a postcode's."""
        scores: dict[int, float] = {}
        postcodes = self._sorted_postcodes
        for at in range(bisect_left(postcodes, digits), len(postcodes)):
            if not postcodes[at].startswith(digits):
                break
            for place in self._postcodes[postcodes[at]]:
                scores[place] = EXACT if len(digits) == 5 else PREFIX
        if not scores and digits in self._rank:
            return {self._rank[digits]: EXACT}, False
        return scores, bool(scores)

    def _fitting(self, key: str, scores: dict[int, float]) -> dict[int, float]:
        """Among the places of a postcode or code, those that the name fits, present or former."""
        found: dict[int, float] = {}
        for place in scores:
            at = bisect_left(self._owners, (place, False))
            likeness = 0.0
            while at < len(self._owners) and self._owners[at][0] == place:
                likeness = max(likeness, likeness_of(key, self._keys[at]))
                at += 1
            if likeness >= _LIKENESS:
                found[place] = likeness / 100
        return found

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
