"""What the suggester asks of the search while somebody types; counts are remembered as long as the snapshot is the same."""

import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Protocol

from services.offers.queries.search import Sort, Wanted
from services.offers.search.beginnings import OfferTitles
from services.offers.search.facts import Criteria
from services.offers.search.index import Snapshot
from services.offers.search.intent import Understood
from services.offers.search.offered import Offered
from services.offers.search.places import Home
from services.offers.search.querying import query_of_word
from services.offers.search.reading import Reading
from services.offers.search.rows import Rows
from services.offers.search.spelling import correction
from services.offers.search.suggestion import Now
from services.offers.search.trades import Trades
from services.offers.search.words import Word

_TITLES_SECONDS = 60.0
_FEW = 5_000
_NEAR_KM = 50.0
_LONG = 80
"""Characters of finished words from which on what they ask is not looked for: that takes too long while somebody types."""
_MOST = 10_000
"""So many offers that say a word are counted."""
_KEPT = 512


class Search(Protocol):
    """The part of the search that is asked."""

    @property
    def trades(self) -> Trades:
        """The referential's words."""

    def read(self, snapshot: Snapshot, wanted: Wanted) -> Reading | None:
        """How a question is read."""

    def understand(self, snapshot: Snapshot, q: str, home: Home) -> Understood:
        """The same without what its words mean."""

    def answering(self, snapshot: Snapshot, wanted: Wanted) -> Rows:
        """The rows of all that answers."""


class Typing:
    """One per process."""

    def __init__(self, search: Search, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._search = search
        self._monotonic = monotonic
        self._titles: tuple[OfferTitles, float, Snapshot | None] = (OfferTitles((), {}), 0.0, None)
        self._counted: tuple[Snapshot, Callable[[Home, str], Offered], Callable[[str], Rows]] | None = None

    def now(self, snapshot: Snapshot, home: Home) -> Now:
        """The search as it is for a caller."""
        trades = self._search.trades

        def correct(word: str) -> str | None:
            typed = Word(word, word, 0, len(word))
            return correction(typed, snapshot.known(typed.term), (snapshot.vocabulary, trades.vocabulary))

        offered, saying = self._counting(snapshot)
        return Now(
            titles=self._titles_of(snapshot),
            trades=trades,
            offered=partial(offered, home),
            read=lambda q: self._search.read(snapshot, _wanted(q, home)),
            understand=lambda q: self._search.understand(snapshot, q, home),
            saying=saying,
            correct=correct,
            departments=home.departments,
        )

    def _counting(self, snapshot: Snapshot) -> tuple[Callable[[Home, str], Offered], Callable[[str], Rows]]:
        kept = self._counted
        if kept is None or kept[0] is not snapshot:

            @lru_cache(maxsize=_KEPT)
            def offered(home: Home, head: str) -> Offered:
                asked = head and len(head) <= _LONG
                rows = self._search.answering(snapshot, _wanted(head, home)) if asked else snapshot.rows
                return Offered(snapshot, rows, _near(snapshot, rows, home))

            @lru_cache(maxsize=_KEPT)
            def saying(folded: str) -> Rows:
                return snapshot.match(query_of_word(folded, body=True), _MOST).rows

            kept = self._counted = snapshot, offered, saying
        return kept[1:]

    def behind(self, snapshot: Snapshot) -> bool:
        """Whether the titles of many offers are to be listed anew (``renew``), which nobody who types should wait for."""
        _, made, of = self._titles
        return (
            of is not snapshot
            and snapshot.offers >= _FEW
            and (of is None or self._monotonic() - made > _TITLES_SECONDS)
        )

    def renew(self, snapshot: Snapshot) -> None:
        """List the titles of the offers that are there. Synchronous: of a hundred thousand with eight thousand different titles
        0.13 s of processor, three times that the first time.
        """
        titles = snapshot.view.titles
        made = self._monotonic()
        self._titles = OfferTitles((titles[row] for row in snapshot.rows), snapshot.named), made, snapshot

    def _titles_of(self, snapshot: Snapshot) -> OfferTitles:
        """Titles of the offers that are there; of many offers the list may be a minute old, without those that went."""
        of = self._titles[2]
        if of is None or (of is not snapshot and snapshot.offers < _FEW):
            self.renew(snapshot)
        return self._titles[0]


def _wanted(q: str, home: Home) -> Wanted:
    """All that answers some words, for whom ``home`` is known."""
    return Wanted(q=q, sort=Sort.FRESHNESS, here=home.point, home=home.departments)


def _near(snapshot: Snapshot, rows: Rows, home: Home) -> Rows:
    """Those of the rows that are near the caller; the same ones where nothing is known of where they are."""
    if home.point is not None:
        return rows[snapshot.view.distances(rows, *home.point) <= _NEAR_KM]
    if home.departments:
        return rows[snapshot.view.keep(rows, Criteria(territory=home.departments))]
    return rows
