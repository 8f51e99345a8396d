"""The full-text index of one replica: tantivy for words, columns for facts. In memory, derived from MongoDB.

Changes come in batches and make a new ``Snapshot``; readers keep the one that they took. Everything here is synchronous:
callers run it in a thread (tantivy lets go of the interpreter while it works).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import or_
from typing import Any

import numpy as np
from tantivy import Document, Index, Query, Searcher

from services.offers.search.facts import FLAG_FIELDS, Entry, Flag
from services.offers.search.narrowing import facts_of
from services.offers.search.rows import Columns, Floats, Mask, Rows, View, apart, tie_of
from services.offers.search.schema import (
    ABOUT,
    BODY,
    CODES,
    COMPANY,
    COUNTED,
    COUNTED_FLAGS,
    FIELDS,
    FLAGS,
    FRENCH,
    FRESH,
    PLACE,
    SCHEMA,
    SPACES,
    TITLE,
    TRADE,
    stems_of,
)
from services.offers.search.trades import Trades, title_meanings
from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import plain, terms, title_key
from shared.once import made_once

_FRESH_DAYS = 90.0
"""Days in which what an offer's words are worth falls to 1/e: an offer confirmed 15 days ago keeps 85 %."""
_FRESH_MOST = 4.5
_BEFORE_DAYS = 120.0
_DAY = 86_400.0

BODY_CHARACTERS = 4_000
_HEAP = 48_000_000
_SPARE = 5
"""Values counted beyond those shown, so that equal counts are cut alike on every replica."""

_COUNTED_FLAGS = reduce(or_, (FLAG_FIELDS[name] for name in COUNTED_FLAGS))
_COUNTING_FLAGS = {"terms": {"field": FLAGS, "size": 1 << len(COUNTED_FLAGS)}}
_SPREAD_BITS = 32
_LOWEST = (1 << _SPREAD_BITS) - 1


def _spread(flags: Flag) -> int:
    """One in the bits of each counted flag that is set, and in those of all offers behind them."""
    set_ = [FLAG_FIELDS[name] in flags for name in COUNTED_FLAGS]
    return sum(1 << _SPREAD_BITS * at for at, one in enumerate([*set_, True]) if one)


_SPREAD = {
    str(int(flags)): _spread(flags)
    for flags in {Flag(number) & _COUNTED_FLAGS for number in range(int(_COUNTED_FLAGS) + 1)}
}
"""By every value of the last field."""


@dataclass(frozen=True)
class Matches:
    """Rows that answer, and how well their words do (1 for all where no word was ``asked``). ``work``: which are the work that
    is asked for; None where none is, or where it does not count. ``more``: whether the engine may have more."""

    rows: Rows
    scores: Floats
    asked: bool = True
    work: Mask | None = None
    more: bool = False

    def at(self, which: Mask | Rows) -> "Matches":
        """Some of them, or all in another order."""
        work = None if self.work is None else self.work[which]
        return replace(self, rows=self.rows[which], scores=self.scores[which], work=work)

    @property
    def found(self) -> int:
        """How many are what is asked for."""
        return len(self.rows) if self.work is None else int(np.count_nonzero(self.work))


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment. Safe to share between threads."""

    searcher: Searcher
    view: View
    alive: Mask
    vocabulary: Vocabulary
    """Terms of titles and how many offers have each."""
    named: Mapping[str, int]
    """How many offers there are now by the key of their titles (the index's own, so newer than the rest)."""

    @property
    def offers(self) -> int:
        """How many offers are in it."""
        return len(self.rows)

    @made_once
    def rows(self) -> Rows:
        """All rows."""
        return np.flatnonzero(self.alive)

    @made_once
    def occupations(self) -> Mapping[str, int]:
        """How many offers each occupation has."""
        return self.view.occupations(self.rows)

    def offered(self, territory: str) -> int:
        """How many offers a département has (those just removed may still count)."""
        return self.searcher.doc_freq("facts", f"t:{territory}")

    def everything(self) -> Matches:
        """All rows."""
        return Matches(self.rows, np.ones(len(self.rows)), asked=False)

    def match(self, query: Query, most: int) -> Matches:
        """The best ``most`` rows for a query of words, fresh ones before older ones that fit about as well."""
        hits = self.searcher.search(query, most, count=False, weight_by_field=FRESH).hits
        if not hits:
            return Matches(np.empty(0, np.int64), np.empty(0))
        scores, addresses = zip(*hits, strict=True)
        rows = np.array(self.searcher.fast_field_values("row", list(addresses)), np.int64)
        return Matches(rows, np.array(scores, np.float64), more=len(rows) == most)

    def counts(self, query: Query, most: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
        """How many of all offers that answer have each value of the fields in ``most``; the most frequent, so many of each.

        The total is under ``total``, the flags under ``flags``. By falling count, then by value, as far as the engine's own
        cut allows.
        """
        asked = {name: {"terms": {"field": name, "size": number + _SPARE}} for name, number in most.items()}
        asked[FLAGS] = _COUNTING_FLAGS
        found = self.searcher.aggregate(query, asked)
        # All flags at once, each in bits of its own: going through the sets for each of them took longer.
        each = sum([_SPREAD[one["key"]] * int(one["doc_count"]) for one in found[FLAGS]["buckets"]])
        counted = [each >> at & _LOWEST for at in range(0, _SPREAD_BITS * (len(COUNTED_FLAGS) + 1), _SPREAD_BITS)]
        counts = {"total": [{"value": "offers", "count": counted.pop()}]}
        counts[FLAGS] = [{"value": name, "count": n} for name, n in zip(COUNTED_FLAGS, counted, strict=True)]
        for name, number in most.items():
            best = sorted([(-one["doc_count"], one["key"]) for one in found[name]["buckets"] if one["key"]])[:number]
            named = _code_of if name in CODES else str
            counts[name] = [{"value": named(key), "count": -int(count)} for count, key in best]
        return counts

    def frequency(self, term: str, field: str) -> int:
        """In how many offers a field holds a term (those just removed may still count)."""
        return self.searcher.doc_freq(field, term)

    def written(self, folded: str) -> int:
        """In how many offers' titles and texts a word occurs (at most 4,000 characters of each), by its stem."""
        return max((self.searcher.doc_freq(BODY, stem) for stem in stems_of(folded)), default=0)

    def names_employers(self, term: str) -> bool:
        """Whether a term is an employer's name rather than a word of titles."""
        return self.searcher.doc_freq(COMPANY, term) > self.searcher.doc_freq(TITLE, term)

    def known(self, term: str) -> int:
        """In how many fields' offers a term occurs."""
        return sum(self.searcher.doc_freq(field, term) for field in FIELDS)


class OfferIndex:
    """Takes changes, one caller at a time."""

    def __init__(self, trades: Trades, now: float) -> None:
        """``now``: seconds since 1970; only differences of age count, so replicas that began at other times agree."""
        self._trades = trades
        self._since = now - _BEFORE_DAYS * _DAY
        self._index = Index(SCHEMA)
        self._index.register_tokenizer("spaces", SPACES)
        self._index.register_tokenizer("french", FRENCH)
        # One indexing thread: the same offers give the same segments, and a replica has other work too.
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        self._columns = Columns()
        self._live: dict[str, int] = {}
        # What is suggested or taken for the meant word is counted here: the engine's own dictionary keeps the words of
        # removed offers until it merges its segments.
        self._words: Counter[str] = Counter()
        self._named: Counter[str] = Counter()
        self.snapshot = self._snapshot()

    @property
    def worn(self) -> bool:
        """Whether most rows are of former versions, so that building anew is due."""
        return len(self._columns.ids) > 4 * len(self._live) + 20_000

    @property
    def bytes(self) -> int:
        """Memory of the columns (tantivy's segments are beside it)."""
        return self._columns.bytes

    def add(self, entries: Iterable[Entry]) -> None:
        """Put entries in, each in the place of its former version; seen from the next ``commit`` on."""
        for entry in entries:
            if entry.occupation in self._trades.regulated:
                entry = replace(entry, flags=entry.flags | Flag.DIPLOMA)
            self._drop(entry.id)
            title = terms(plain(entry.title))
            row = self._columns.append(entry, title)
            self._live[entry.id] = row
            self._words.update(set(title))
            self._named[title_key(entry.title)] += 1
            self._writer.add_document(self.document(entry, row, title))

    def remove(self, ids: Iterable[str]) -> None:
        """Take entries out; unknown ones are no error."""
        for id in ids:
            self._drop(id)

    def commit(self) -> Snapshot:
        """Show what was added and removed."""
        self._writer.commit()
        self._index.reload()
        self.snapshot = self._snapshot()
        return self.snapshot

    def _snapshot(self) -> Snapshot:
        view = self._columns.view()
        alive = np.zeros(len(view), np.bool_)
        alive[np.fromiter(self._live.values(), np.int64, len(self._live))] = True
        return Snapshot(self._index.searcher(), view, alive, Vocabulary(self._words), self._named)

    def _drop(self, id: str) -> None:
        row = self._live.pop(id, None)
        if row is not None:
            title = self._columns.titles[row]
            _less(self._words, set(terms(plain(title))))
            _less(self._named, (title_key(title),))
            # By query: ``delete_documents_by_term`` finds no number (tantivy 0.27).
            self._writer.delete_documents_by_query(Query.term_query(SCHEMA, "row", row))

    def document(self, entry: Entry, row: int, title: Sequence[str]) -> Document:
        """An entry as the engine takes it; ``title``: the terms of its title."""
        document = Document()
        document.add_text(TITLE, " ".join(title))
        trade = (*terms(entry.label), *title_meanings(entry.title), self._trades.words_of(entry.occupation))
        document.add_text(TRADE, " ".join(trade))
        document.add_text(ABOUT, " ".join(terms(plain(entry.skills))))
        document.add_text(COMPANY, " ".join(terms(plain(entry.company))))
        document.add_text(PLACE, " ".join(terms(plain(entry.place))))
        document.add_text(BODY, f"{plain(entry.title)} . {plain(entry.description[:BODY_CHARACTERS])}")
        document.add_text("facts", " ".join(facts_of(entry)))
        for name in COUNTED:
            document.add_text(name, str(getattr(entry, name) or ""))
        for name in CODES:
            document.add_unsigned(name, _number_of(getattr(entry, name)))
        document.add_text(FLAGS, str(int(entry.flags & _COUNTED_FLAGS)))
        document.add_float(FRESH, self._fresh(entry.confirmed, tie_of(entry.id)))
        document.add_unsigned("row", row)
        return document

    def _fresh(self, confirmed: float, tie: int) -> float:
        """What the engine weighs by: it multiplies by log2(2 + value), which is to fall by the same share every day."""
        age = (confirmed - self._since) / (_FRESH_DAYS * _DAY)
        return float(2.0 ** (apart(tie) * math.exp(min(_FRESH_MOST, max(0.0, age)))) - 2.0)


def _less(counter: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counter[name] -= 1
        if counter[name] <= 0:
            del counter[name]


_CODE_BYTES = 5


def _number_of(code: str | None) -> int:
    """A code of up to five letters as a number, the same and in the same order on every replica; 0 for none."""
    letters = (code or "").encode()
    return int.from_bytes(letters.ljust(_CODE_BYTES, b"\0"), "big") if len(letters) <= _CODE_BYTES else 0


@lru_cache(maxsize=65_536)
def _code_of(number: Any) -> str:
    return int(number).to_bytes(_CODE_BYTES, "big").rstrip(b"\0").decode()
