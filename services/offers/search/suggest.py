"""What somebody may be about to type: occupations, titles of offers that are there, filters, places.

What was typed is taken apart into words that are finished, which stay as they are, and the last one to five, which are gone on
with. A filter or a place is read as the search would read it behind the words before it, and is left out where it would be read
as something else.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from services.offers.search.beginnings import Beginnings
from services.offers.search.chips import ChipKind
from services.offers.search.offered import Offered
from services.offers.search.phrases import named_trades
from services.offers.search.reading import Reading
from services.offers.search.sayings import begun
from services.offers.search.suggest_filters import as_typed, filters_begun, left_by
from services.offers.search.suggest_places import Place, PlaceNames
from services.offers.search.suggestion import (
    ARTICLES,
    DENYING,
    Now,
    Suggestion,
    SuggestionKind,
    Typed,
    denies,
    splits_of,
    without_article,
)
from services.offers.search.trades import Trades
from services.offers.search.words import STOP, term_of, title_key, without_begun_ending, words_of
from shared.reference.communes import Communes
from shared.reference.lexicon import ADDED
from shared.reference.occupations import Occupations
from shared.reference.text import folded

_SHORT = frozenset({SuggestionKind.FILTER, SuggestionKind.PLACE})
"""Kinds that come first where they were typed to their end."""
_WHOLE_WORD = 5
"""Letters from which a feminine is looked for as its masculine too."""
_MISTYPED_FROM = 3
"""Letters of the last word from which it may be mistyped."""
_MISREAD = 3
"""So many places and titles more are tried, of which some may be read as others."""
_ABBREVIATIONS = 2
"""So many abbreviations that begin so are named."""


_Ranked = tuple[tuple[bool, bool, bool, bool, int, int, float, int], str]
"""Whether it is not what was typed, not near, nowhere, a later word; how many near, in all, how common, how short; its code."""


class Suggester:
    """The referential's titles and the places, which never change; what there is now comes with each call."""

    def __init__(self, occupations: Occupations, communes: Communes) -> None:
        titles: dict[str, str] = {}
        for occupation in occupations:
            for title in (occupation.label, *occupations.everyday(occupation.code), *occupation.titles):
                titles.setdefault(title, occupation.code)
        self._codes = list(titles.values())
        self._titles = Beginnings(titles)
        self._common = {occupation.code: occupations.common(occupation.code) for occupation in occupations}
        labels = self._titles.labels
        self._by_length = sorted(range(len(labels)), key=lambda number: (len(labels[number]), labels[number]))
        self._short = [0] * len(labels)
        """The place of each title among all by their length."""
        for place, number in enumerate(self._by_length):
            self._short[number] = place
        self._abbreviations = Beginnings(ADDED, folded)
        self.places = PlaceNames(communes)

    def suggest(self, q: str, limit: int, now: Now) -> list[Suggestion]:
        """Up to ``limit`` of each kind, the kind that was typed exactly first."""
        q = without_begun_ending(q)
        splits = list(splits_of(q))
        if not splits:
            return []
        found = self._begun(splits, limit, now) or list(_as_read(now.read(q), limit, now.offered("")))
        groups = [[one for one in found if one.kind is kind][:limit] for kind in SuggestionKind]
        typed = folded(q)
        groups.sort(key=lambda group: not (group and group[0].kind in _SHORT and typed in _called(group[0])))
        return [one for group in groups for one in group]

    def _begun(self, splits: Sequence[Typed], limit: int, now: Now) -> list[Suggestion]:
        trades = self._whole(splits[0], limit, now)
        goes_on = any(one.kind is SuggestionKind.OCCUPATION for one in trades)
        filters = filters_begun(splits, limit, now, goes_on=goes_on)
        places, known = self._places(splits, limit, now, goes_on=goes_on)
        if places and splits[-1].tail.isdigit():
            filters = []  # a postcode or a département before a number of anything
        if not begun(splits[0].tail):
            trades = self._also_finished(splits[0], trades, limit, now)
        trades = trades or self._behind(splits, limit, now)
        if not trades and not filters and not known:
            # Nothing that people look for begins so: it may be mistyped.
            misspelt = [] if places else self._misspelt(splits, limit, now)
            places = places or misspelt
            # Who mistypes a town to its end mistypes no trade, which takes longest to look for.
            trades = [] if misspelt else self._mistyped(splits, limit, now)
            filters = filters_begun(splits, limit, now, goes_on=False, nearly=True)
        return [*self._abbreviated(splits, trades, now), *(filters or as_typed(splits, now)), *places]

    def _whole(self, split: Typed, limit: int, now: Now) -> list[Suggestion]:
        key = _key(split)
        return self._named(split, key, limit, now) if key else []

    def _also_finished(self, split: Typed, found: list[Suggestion], limit: int, now: Now) -> list[Suggestion]:
        """The same with what goes on behind a last word that only joins, if that is whole: the «s» of «aide s» begins another,
        the «de» of «agent de» may."""
        finished = title_key(split.tail) if _key(split) else ""
        if finished in {"", _key(split)}:
            return found
        known = {one.code or one.q for one in found}
        return found + [one for one in self._named(split, finished, limit, now) if (one.code or one.q) not in known]

    def _behind(self, splits: Sequence[Typed], limit: int, now: Now) -> list[Suggestion]:
        """What goes on behind finished words that name no work yet: «cdi serv», «guéret serv»."""
        for split in splits:
            if split.head and (key := _key(split)) and self._titles.starting(key, 1):
                return [] if _names_work(split.head, now) else self._named(split, key, limit, now)
        return []

    def _mistyped(self, splits: Sequence[Typed], limit: int, now: Now) -> list[Suggestion]:
        if len(splits[0].words[-1].folded) < _MISTYPED_FROM:
            return []
        for split in splits:
            if not (key := _key(split)) or (split.head and _names_work(split.head, now)):
                continue
            corrected = " ".join(now.correct(word) or word for word in key.split())
            nearly = [corrected] if corrected != key else self._titles.nearly(key)
            found = [one for near in nearly for one in self._named(split, near, limit, now)]
            if found:
                return _distinct(found)
        meant = now.trades.meant(folded(splits[0].tail)) if len(splits) == 1 else ()
        return [_occupation(trade.label, trade.label, trade.code, now.offered("")) for trade in meant]

    def _abbreviated(self, splits: Sequence[Typed], found: list[Suggestion], now: Now) -> list[Suggestion]:
        """With what an abbreviation or a word of a trade stands for: «AS», «nounou» before, «ats» behind what begins so."""
        for split in splits:
            key = folded(split.tail)
            if len(key) < 2:
                continue
            begun = sorted(self._abbreviations.starting(key))
            phrases = [self._abbreviations.labels[at] for later, at in begun if not later]
            if not phrases or (split.head and _names_work(split.head, now)):
                continue
            offered = now.offered(split.head)
            whole = [
                _occupation(trade.label, split.gone_on(trade.label), trade.code, offered)
                for trade in (now.trades.meant(key) if key in ADDED else ())
            ]
            further = [
                _occupation(trades[0].label, split.gone_on(phrase), trades[0].code, offered)
                for phrase in phrases[:_ABBREVIATIONS]
                if phrase != key and (trades := now.trades.meant(phrase))
            ]
            return _distinct([*whole, *found, *further])
        return found

    def _named(self, split: Typed, key: str, limit: int, now: Now) -> list[Suggestion]:
        found = self._occupations(split, key, limit, now)
        if split.head:
            # What was asked before is told apart by occupation only.
            return [one for one in found if one.offers] or found
        titles = now.titles.starting(key, limit)
        return [*found, *(Suggestion(SuggestionKind.TITLE, one.label, one.label, None, one.offers) for one in titles)]

    def _occupations(self, split: Typed, key: str, limit: int, now: Now) -> list[Suggestion]:
        """Of titles that begin so, those of which there are offers, near before elsewhere; then the commoner work."""
        offered = now.offered(split.head)
        near, everywhere = offered.occupations_near, offered.occupations
        found = self._titles.starting(key)
        # Most titles are masculine: whoever typed «infirmière» to its end means «infirmier» as well.
        masculine = " ".join(term_of(word) for word in key.split())
        if masculine != key and len(masculine) >= _WHOLE_WORD:
            found += self._titles.starting(masculine)
        best: dict[str, tuple[bool, int]] = {}
        for later, number in found:
            one, code = (later, self._short[number]), self._codes[number]
            if code not in best or one < best[code]:
                best[code] = one
        ranked: list[_Ranked] = []
        for code, (later, short) in best.items():
            number, here, there = self._by_length[short], near.get(code, 0), everywhere.get(code, 0)
            exact = self._titles.keys[number] == key
            ranked.append(((not exact, not here, not there, later, -here, -there, -self._common[code], short), code))
        found_titles = (
            (self._titles.labels[self._by_length[rank[-1]]], code) for rank, code in _one_begun_first(sorted(ranked))
        )
        read = (
            _occupation(title, split.gone_on(title), code, offered)
            for title, code in islice(found_titles, limit + _MISREAD)
            if _means(title, code, now.trades)
        )
        return list(islice(read, limit))

    def _places(self, splits: Sequence[Typed], limit: int, now: Now, *, goes_on: bool) -> tuple[list[Suggestion], bool]:
        """Places that the last words begin, behind the words before them unless those go on as a title (``goes_on``); and
        whether many people know one of them."""
        for split in map(without_article, splits):
            joins = len(split.words) > 1 and split.words[0].folded in STOP and split.words[0].folded not in ARTICLES
            if not (joins or (split.head and (goes_on or denies(split.head)))):
                left = now.offered(split.head)
                places, known = self.places.begun(split.tail, now.offered(""), left, now.departments, later=not goes_on)
                if found := _named_places(places, split, limit, now):
                    return found, known
        return [], False

    def _misspelt(self, splits: Sequence[Typed], limit: int, now: Now) -> list[Suggestion]:
        for split in map(without_article, splits):
            places = self.places.misspelt(split.tail, now.offered(split.head))
            if found := _named_places(places, split, limit, now):
                return found
        return []


def _key(split: Typed) -> str:
    """The tail as titles are compared; empty where no title can begin so. The last word is not finished yet, even one that only
    joins."""
    first, last = split.words[0].folded, split.words[-1].folded
    if first in STOP and first not in ARTICLES and len(split.words) > 1:
        return ""
    if not DENYING.isdisjoint(word.folded for word in split.words):
        return ""
    key = title_key(split.tail)
    return f"{key} {last}".strip() if last in STOP else key


def _one_begun_first(ranked: list[_Ranked]) -> list[_Ranked]:
    """The best title that begins so before those that have the word later, whatever is offered: «Cuisinier» for «cuis»."""
    first = next((at for at, (rank, _) in enumerate(ranked) if not rank[3]), 0)
    return [ranked[first], *ranked[:first], *ranked[first + 1 :]] if first else ranked


def _means(title: str, code: str, trades: Trades) -> bool:
    """Whether the search takes a title for this occupation: some titles are another one's too."""
    told = [word.folded for word in words_of(title) if word.folded not in STOP]
    meant = trades.meant(" ".join(named_trades(told)))
    return not meant or code in [trade.code for trade in meant]


def _names_work(head: str, now: Now) -> bool:
    """Whether behind finished words no work is looked for: they say which already («ou» wants another), or only join."""
    words = words_of(head)
    if denies(head) or all(word.folded in STOP for word in words):
        return True
    reading = None if words[-1].folded in ("ou", "et") else now.read(head)
    return reading is not None and bool(reading.question.units)


def _named_places(places: Iterable[Place], split: Typed, limit: int, now: Now) -> list[Suggestion]:
    """Places under the first of their names that is read as this one."""
    found: list[Suggestion] = []
    for place in islice(places, limit + _MISREAD):
        for q in map(split.gone_on, place.names):
            chips = now.understand(q).chips
            if any(chip.kind is ChipKind.PLACE and chip.parameters == place.parameters for chip in chips):
                found.append(
                    Suggestion(SuggestionKind.PLACE, place.label, q, place.code, place.offers, place.parameters)
                )
                break
    return found[:limit]


def _as_read(reading: Reading | None, limit: int, offered: Offered) -> Iterator[Suggestion]:
    """Where nothing is known that begins so: what the search makes of it, in whatever script."""
    if reading is None:
        return
    q = reading.did_you_mean or reading.q
    for trade in reading.question.trades[:limit]:
        yield _occupation(trade.label, q, trade.code, offered)
    for chip in reading.chips:
        if chip.kind is ChipKind.PLACE:
            code = chip.parameters.get("commune") or chip.parameters.get("territory")
            code = code if isinstance(code, str) else None
            yield Suggestion(SuggestionKind.PLACE, chip.label, q, code, None, chip.parameters)
        else:
            yield Suggestion(SuggestionKind.FILTER, chip.label, q, None, left_by(chip, offered), chip.parameters)


def _occupation(title: str, q: str, code: str, offered: Offered) -> Suggestion:
    return Suggestion(SuggestionKind.OCCUPATION, title, q, code, offered.occupations.get(code, 0))


def _called(one: Suggestion) -> tuple[str, str]:
    return folded(one.label), folded(one.q)


def _distinct(found: Iterable[Suggestion]) -> list[Suggestion]:
    """Each occupation once."""
    return list({one.code or one.q: one for one in reversed(list(found))}.values())[::-1]
