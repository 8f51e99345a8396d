"""Answers searches: by words from this replica's index, by facts alone from MongoDB."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from services.offers.queries import search as listings
from services.offers.queries.indexed import shown
from services.offers.queries.search import EARTH_RADIUS_M, Found, Sort, Wanted
from services.offers.search import ranking
from services.offers.search.attempts import MOST, Attempts, Left, WorkedOut, level_of
from services.offers.search.chips import ChipKind
from services.offers.search.follow import Follower
from services.offers.search.index import OfferIndex, Snapshot
from services.offers.search.intent import Understood, understand
from services.offers.search.left_out import PlaceFinder
from services.offers.search.places import NOWHERE, Home, Places
from services.offers.search.querying import query_of
from services.offers.search.question import Question
from services.offers.search.reading import Reading, learn, read
from services.offers.search.regions import area_words
from services.offers.search.rows import Rows
from services.offers.search.schema import COMPANY, PLACE
from services.offers.search.spelling import correction
from services.offers.search.suggest import Suggester
from services.offers.search.suggestion import Suggestion
from services.offers.search.town_names import town_sounding, towns
from services.offers.search.trades import Trades
from services.offers.search.typing_now import Typing
from services.offers.search.unspaced import splitter
from services.offers.search.words import plain
from shared.clock import Clock
from shared.ending import begun
from shared.geo import EARTH_RADIUS_KM
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import Store

_READINGS, _HOMES = 2_048, 256
_METRES_PER_KM = EARTH_RADIUS_M / EARTH_RADIUS_KM
"""MongoDB's sphere is a little larger; a position in a list by distance is the same either way."""


Reader = Callable[[str, bool, bool, frozenset[ChipKind], Home], Reading]
"""From a question, whether a place was given outright, whether it is words only, kinds of filters that were taken off, and
where the caller is."""


@dataclass(frozen=True)
class _Readings:
    """What was read with the words of a snapshot."""

    snapshot: Snapshot
    read: Reader
    understand: Callable[[str, Home], Understood]
    worked: Callable[[Wanted], WorkedOut]
    """By a search for a first page."""


@dataclass(frozen=True)
class _Page:
    """What was found, before MongoDB is asked for what is shown. ``ids`` with their distances in metres; ``others``: which of
    them are other work than was asked for (None: none was, or they come in another order). ``no_such_work``: none is it."""

    ids: list[str]
    others: list[bool] | None
    distances: list[float] | None
    radius_km: float | None
    widened: bool
    position: list[Any] | None
    facets: dict[str, list[dict[str, Any]]] | None
    reading: Reading
    no_such_work: bool = False


class Finder:
    """One per process. ``follower`` runs in the background."""

    def __init__(self, store: Store, clock: Clock, communes: Communes, occupations: Occupations) -> None:
        self._store = store
        self._clock = clock
        self._communes = communes
        self._occupations = occupations
        self._trades: Trades | None = None
        self._suggester: Suggester | None = None
        self._typing = Typing(self)
        self._renewing: asyncio.Task[None] | None = None
        self._readings: _Readings | None = None
        self.follower = Follower(store, self._make, self._typing.renew)

    def _make(self) -> OfferIndex:
        """An empty index; the suggester, what is known by its sound and what is remembered of the words of job titles are made
        along with it, in the follower's thread, before somebody types."""
        self._suggester = self.suggester
        towns()
        area_words()
        town_sounding(())
        self.trades.vocabulary.sounding(())
        learn(self.trades.written)
        return OfferIndex(self.trades, self._clock.now().timestamp())

    @property
    def trades(self) -> Trades:
        """The referential's words (built at the first use, in the follower's thread)."""
        if self._trades is None:
            self._trades = Trades(self._occupations)
        return self._trades

    @property
    def suggester(self) -> Suggester:
        """The referential's titles by their beginnings (built at the first use)."""
        if self._suggester is None:
            self._suggester = Suggester(self._occupations, self._communes)
        return self._suggester

    async def suggest(
        self, q: str, limit: int, here: tuple[float, float] | None = None, departments: tuple[str, ...] = ()
    ) -> list[Suggestion]:
        """What somebody who typed so far may be about to type, up to ``limit`` of each kind. ``here`` or else ``departments``:
        where they are.

        Raises:
            IndexNotReady: the index is still being built.
        """
        snapshot = await self.follower.snapshot()
        if (self._renewing is None or self._renewing.done()) and self._typing.behind(snapshot):
            # Beside the request: it goes on with the titles of a minute ago.
            self._renewing = begun("titles of offers", lambda: asyncio.to_thread(self._typing.renew, snapshot))
        return await asyncio.to_thread(self.suggested, snapshot, plain(q), limit, Home(here, departments))

    def suggested(self, snapshot: Snapshot, q: str, limit: int, home: Home = NOWHERE) -> list[Suggestion]:
        """The same of a snapshot. Synchronous: some milliseconds of processor."""
        if home.point is not None:
            # Who types asks again and again from about the same place.
            lat, lon = (round(degrees, 1) for degrees in home.point)
            home = Home((lat, lon), (self.suggester.places.department_of(*home.point),))
        return self.suggester.suggest(q, limit, self._typing.now(snapshot, home))

    async def find(self, wanted: Wanted) -> Found:
        """One page of live offers.

        Raises:
            IndexNotReady: words were asked and the index is still being built.
        """
        by_facts = not wanted.criteria.indexed_only and not wanted.also and wanted.sort is not Sort.RELEVANCE
        if not wanted.q.strip() and by_facts:
            return await listings.search(self._store, wanted)
        snapshot = await self.follower.snapshot()
        page = await asyncio.to_thread(self.look_up, snapshot, wanted)
        rows = await self._rows(page)
        return Found(rows, page.radius_km, page.widened, page.position, page.facets, page.reading, page.no_such_work)

    async def _rows(self, page: _Page) -> list[dict[str, Any]]:
        """The listings of a page as MongoDB has them now: what was taken down since the index learnt of it is left out."""
        found = await shown(self._store, page.ids, texts=bool(page.reading.question.terms))
        rows = []
        for at, id in enumerate(page.ids):
            if id in found:
                row = found[id]
                if page.others is not None:
                    row |= {"other_work": page.others[at]}
                rows.append(row if page.distances is None else row | {"distance_m": page.distances[at]})
        return rows

    def look_up(self, snapshot: Snapshot, wanted: Wanted) -> _Page:
        """Read the question, search, order, cut. Synchronous: some milliseconds of processor."""
        after = wanted.after
        reading = self.read(snapshot, wanted)
        if reading is None or (wanted.strict and reading.unheard):
            # An alert is of all its words, those too that no offer has so far.
            return self._empty(wanted)
        worked = self._reads(snapshot).worked(wanted) if after is None else None
        attempts = Attempts(snapshot, self._communes, wanted, worked)
        left = attempts.best(reading) if after is None else attempts.at(reading, int(after[4]))
        sort = self._sort(wanted, left)
        found, distances = ranking.ranked(snapshot.view, left.matches, left.distances, sort)
        if left.narrow is not None and left.more and not ranking.whole_ties(found.scores, wanted.limit):
            left = replace(left, matches=attempts.matched(left.reading, left.narrow, MOST))
            found, distances = ranking.ranked(snapshot.view, left.matches, None, sort)
        start = ranking.begin(snapshot.view, found, sort, after)
        end = start + wanted.limit
        # Plain numbers: a list looks up numpy's own ten times as slowly.
        shown = found.rows[start:end].tolist()
        position = None
        if end < len(found.rows):
            last = snapshot.view.ids[found.rows[end - 1]]
            key = float(found.scores[end - 1])
            position = [key, last, left.radius_km, left.widened, level_of(left.reading), end]
        return _Page(
            ids=[snapshot.view.ids[row] for row in shown],
            others=None if found.work is None else [not work for work in found.work[start:end].tolist()],
            distances=None if distances is None else [float(km) * _METRES_PER_KM for km in distances[start:end]],
            radius_km=left.radius_km,
            widened=left.widened,
            position=position,
            facets=self._facets(snapshot, left) if wanted.facets else None,
            reading=left.reading,
            no_such_work=found.work is not None and not found.work[:1].any(),
        )

    @staticmethod
    def _facets(snapshot: Snapshot, left: Left) -> dict[str, list[dict[str, Any]]]:
        if left.narrow is not None:
            asked = left.narrow(query_of(left.reading.question, some=left.reading.relaxed))
            return ranking.counted(snapshot, asked)
        return ranking.facets(snapshot.view, left.matches.rows)

    def read(self, snapshot: Snapshot, wanted: Wanted) -> Reading | None:
        """How the question is read; None when there is nothing in it that could be looked for."""
        asked = wanted.criteria.territory
        home = Home(wanted.here, asked or wanted.home, asked=bool(asked))
        reading = self._reads(snapshot).read(wanted.q, wanted.lat is not None, wanted.literal, wanted.without, home)
        return None if reading.blank and wanted.q.strip() else reading

    def understand(self, snapshot: Snapshot, q: str, home: Home) -> Understood:
        """The filters and places of a question, without what its words mean."""
        return self._reads(snapshot).understand(q, home)

    def answering(self, snapshot: Snapshot, wanted: Wanted) -> Rows:
        """The rows of all offers that answer, at most ``MOST``. ``wanted`` has an order of its own."""
        reading = self.read(snapshot, wanted)
        return (
            snapshot.rows if reading is None else Attempts(snapshot, self._communes, wanted).best(reading).matches.rows
        )

    def _reads(self, snapshot: Snapshot) -> "_Readings":
        """Reads with the words of a snapshot. Pages, orders and filters of one question ask it again with the same words,
        and reading is half of what a look-up takes beside the engine, so readings are kept as long as the snapshot is."""
        kept = self._readings
        if kept is None or kept.snapshot is not snapshot:
            # Several stretches of a question have a word.
            @lru_cache(maxsize=_READINGS)
            def seen(term: str) -> int:
                return max(snapshot.known(term), snapshot.written(term))

            @lru_cache(maxsize=_HOMES)
            def places(home: Home) -> PlaceFinder:
                return Places(
                    self._communes,
                    self.trades,
                    lambda term: _places_and_employers(snapshot, term),
                    seen,
                    lambda word: correction(word, 0, (snapshot.vocabulary, self.trades.vocabulary)),
                    home,
                    snapshot.offered,
                ).find

            @lru_cache(maxsize=_READINGS)
            def reader(q: str, place_given: bool, literal: bool, without: frozenset[ChipKind], home: Home) -> Reading:
                return read(
                    q,
                    snapshot,
                    self.trades,
                    places(home),
                    place_given=place_given,
                    literal=literal,
                    without=without,
                    home=home,
                    apart=apart,
                )

            @lru_cache(maxsize=_READINGS)
            def understood(q: str, home: Home) -> Understood:
                return understand(plain(q), places(home), apart)

            @lru_cache(maxsize=_READINGS)
            def worked(_: Wanted) -> WorkedOut:
                return WorkedOut()

            apart = splitter(self._communes, self.trades, seen)
            kept = self._readings = _Readings(snapshot, reader, understood, worked)
        return kept

    @staticmethod
    def _sort(wanted: Wanted, left: Left) -> Sort:
        if wanted.sort is not None:
            return wanted.sort
        return Sort.RELEVANCE if wanted.q.strip() else wanted.order

    @staticmethod
    def _empty(wanted: Wanted) -> _Page:
        reading = Reading(wanted.q, (), Question(), blank=True)
        counts: dict[str, list[dict[str, Any]]] | None = {name: [] for name in (*listings.FACETS, "flags", "total")}
        return _Page([], None, None, None, False, None, counts if wanted.facets else None, reading)


def _places_and_employers(snapshot: Snapshot, term: str) -> tuple[int, int]:
    return snapshot.frequency(term, PLACE), snapshot.frequency(term, COMPANY)
