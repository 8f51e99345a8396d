"""The index of places: names by bisection, postcodes, similar names. Knows no communes, only keys and codes."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from shared.once import made_once
from shared.reference.departments import departments_of
from shared.reference.places import (
    ARTICLES,
    EXACT,
    FORMER,
    LIKENESS,
    PREFIX,
    SIMILAR,
    SKELETON,
    WITHOUT_ARTICLE,
    WORD,
    WORDS_OF_PLACES,
    Query,
    likeness_of,
    skeleton_of,
)

if TYPE_CHECKING:
    from shared.reference.nearby import Nearby, Shapes

_NEAREST = 5
"""Names as near as each other that are looked at: they come by falling population."""


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
            if rest and head in ARTICLES and not former:
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
        return frozenset(word for key in self._keys for word in key.split()) | WORDS_OF_PLACES

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
            for text in () if former else (key, rest) if rest and head in ARTICLES else (key,):
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
        skeleton = skeleton_of(key)
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
            if likeness >= LIKENESS:
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
        return rest == key and head in ARTICLES

    def _add_similar(self, key: str, scores: dict[int, float], limit: int) -> None:
        found = process.extract(key, self._keys, scorer=fuzz.ratio, score_cutoff=LIKENESS, limit=max(50, 5 * limit))
        for _, likeness, at in found:
            place, former = self._owners[at]
            score = SIMILAR * likeness / 100 - 0.02 * former
            if score > scores.get(place, 0.0):
                scores[place] = score
