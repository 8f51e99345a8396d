"""The full-text index of one replica: tantivy for words, columns for facts. In memory, derived from MongoDB.

Changes come in batches and make a new ``Snapshot``; readers keep the one that they took. Everything here is synchronous:
callers run it in a thread (tantivy lets go of the interpreter while it works).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from tantivy import (
    Document,
    Filter,
    Index,
    Occur,
    Query,
    Schema,
    SchemaBuilder,
    Searcher,
    TextAnalyzerBuilder,
    Tokenizer,
)

from services.offers.search.facts import Criteria, Entry
from services.offers.search.rows import Columns, Floats, Mask, Rows, View
from services.offers.search.trades import Trades, title_meanings
from services.offers.search.words import LONGEST, plain, terms

TITLE, TRADE, ABOUT, COMPANY, PLACE, BODY = "title", "trade", "about", "company", "place", "body"
FIELDS = (TITLE, TRADE, ABOUT, COMPANY, PLACE)
"""Fields that hold our own terms; the body holds tantivy's French stems."""

BODY_CHARACTERS = 4_000
_HEAP = 48_000_000
_CELL = 0.5
"""Side of a cell in degrees: a term with which a circle is found without measuring every distance."""
_KM_PER_DEGREE = 111.2

SPACES = TextAnalyzerBuilder(Tokenizer.whitespace()).build()
FRENCH = (
    TextAnalyzerBuilder(Tokenizer.regex(r"[\p{L}\p{N}]+[+#]*"))
    .filter(Filter.remove_long(LONGEST))
    .filter(Filter.lowercase())
    .filter(Filter.ascii_fold())
    .filter(Filter.stemmer("french"))
    .build()
)


def schema_builder() -> SchemaBuilder:
    """The fields of the index."""
    builder = SchemaBuilder()
    for name in FIELDS:
        builder.add_text_field(name, tokenizer_name="spaces")
    builder.add_text_field(BODY, tokenizer_name="french")
    builder.add_text_field("facts", tokenizer_name="spaces", index_option="basic")
    builder.add_unsigned_field("row", fast=True, indexed=True)
    return builder


SCHEMA: Schema = schema_builder().build()


@dataclass(frozen=True)
class Matches:
    """Rows that answer, and how well their words do (1 for all where no word was asked)."""

    rows: Rows
    scores: Floats


@dataclass(frozen=True)
class Snapshot:
    """The index at one moment. Safe to share between threads."""

    searcher: Searcher
    view: View
    alive: Mask

    @property
    def offers(self) -> int:
        """How many offers are in it."""
        return int(np.count_nonzero(self.alive))

    def everything(self) -> Matches:
        """All rows."""
        rows = np.flatnonzero(self.alive)
        return Matches(rows, np.ones(len(rows)))

    def match(self, query: Query, most: int) -> Matches:
        """The best ``most`` rows for a query of words."""
        hits = self.searcher.search(query, most, count=False).hits
        if not hits:
            return Matches(np.empty(0, np.int64), np.empty(0))
        scores = np.fromiter((score for score, _ in hits), np.float64, len(hits))
        rows = np.array(self.searcher.fast_field_values("row", [address for _, address in hits]), np.int64)
        return Matches(rows, scores)

    def frequency(self, term: str, field: str) -> int:
        """In how many offers a field holds a term (those just removed may still count)."""
        return self.searcher.doc_freq(field, term)

    def known(self, term: str) -> int:
        """In how many fields' offers a term occurs."""
        return sum(self.searcher.doc_freq(field, term) for field in FIELDS)

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        """Terms of titles and how many offers have each."""
        return dict(self.searcher.terms_with_prefix(TITLE, ""))


class OfferIndex:
    """Takes changes, one caller at a time."""

    def __init__(self, trades: Trades) -> None:
        self._trades = trades
        self._index = Index(SCHEMA)
        self._index.register_tokenizer("spaces", SPACES)
        self._index.register_tokenizer("french", FRENCH)
        # One indexing thread: the same offers give the same segments, and a replica has other work too.
        self._writer = self._index.writer(heap_size=_HEAP, num_threads=1)
        self._columns = Columns()
        self._live: dict[str, int] = {}
        self.snapshot = Snapshot(self._index.searcher(), self._columns.view(), np.zeros(0, np.bool_))

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
            self._drop(entry.id)
            row = self._columns.append(entry)
            self._live[entry.id] = row
            self._writer.add_document(self.document(entry, row))

    def remove(self, ids: Iterable[str]) -> None:
        """Take entries out; unknown ones are no error."""
        for id in ids:
            self._drop(id)

    def commit(self) -> Snapshot:
        """Show what was added and removed."""
        self._writer.commit()
        self._index.reload()
        view = self._columns.view()
        alive = np.zeros(len(view), np.bool_)
        alive[np.fromiter(self._live.values(), np.int64, len(self._live))] = True
        self.snapshot = Snapshot(self._index.searcher(), view, alive)
        return self.snapshot

    def _drop(self, id: str) -> None:
        row = self._live.pop(id, None)
        if row is not None:
            # By query: ``delete_documents_by_term`` finds no number (tantivy 0.27).
            self._writer.delete_documents_by_query(Query.term_query(SCHEMA, "row", row))

    def document(self, entry: Entry, row: int) -> Document:
        """An entry as the engine takes it."""
        title = terms(plain(entry.title))
        document = Document()
        document.add_text(TITLE, " ".join(title))
        trade = (*terms(entry.label), *title_meanings(entry.title), self._trades.words_of(entry.occupation))
        document.add_text(TRADE, " ".join(trade))
        document.add_text(ABOUT, " ".join(terms(plain(entry.skills))))
        document.add_text(COMPANY, " ".join(terms(plain(entry.company))))
        document.add_text(PLACE, " ".join(terms(plain(entry.place))))
        document.add_text(BODY, f"{plain(entry.title)} . {plain(entry.description[:BODY_CHARACTERS])}")
        document.add_text("facts", " ".join(facts_of(entry)))
        document.add_unsigned("row", row)
        return document


def facts_of(entry: Entry) -> Iterable[str]:
    """Terms of facts by which tantivy narrows a search."""
    yield f"c:{_cell(entry.lat)}:{_cell(entry.lon)}"
    yield f"t:{entry.territory}"
    yield f"k:{entry.contract}"
    if entry.occupation:
        yield f"o:{entry.occupation}"


def narrowed(query: Query, criteria: Criteria, around: tuple[float, float, float] | None) -> Query:
    """The query, led to where answers can be: it only spares reading rows that the exact filters would leave out.

    ``around``: latitude, longitude, kilometres.
    """
    needed = [query]
    if around is not None:
        needed.append(_any_of(_cells(*around)))
    if criteria.territory:
        needed.append(_any_of([f"t:{criteria.territory}"]))
    if criteria.contract:
        needed.append(_any_of([f"k:{one}" for one in criteria.contract]))
    if criteria.occupation:
        needed.append(_any_of([f"o:{one}" for one in criteria.occupation]))
    return query if len(needed) == 1 else Query.boolean_query([(Occur.Must, one) for one in needed])


def _any_of(facts: Sequence[str]) -> Query:
    return Query.const_score_query(Query.term_set_query(SCHEMA, "facts", list(facts)), 0.0)


def _cell(degrees: float) -> int:
    return int(degrees // _CELL)


def _cells(lat: float, lon: float, km: float) -> list[str]:
    """Cells that a circle may touch."""
    north = km / _KM_PER_DEGREE
    east = north / max(0.2, float(np.cos(np.radians(min(85.0, abs(lat) + north)))))
    return [
        f"c:{row}:{column}"
        for row in range(_cell(lat - north), _cell(lat + north) + 1)
        for column in range(_cell(lon - east), _cell(lon + east) + 1)
    ]
