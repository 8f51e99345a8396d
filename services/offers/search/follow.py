"""The index of this replica follows MongoDB: built from the listings at the start, then by their change stream.

MongoDB stays the truth: what an answer shows is read from it, so an offer that was taken down is gone at once. A stream
that breaks is opened again and the index built anew; the former one answers until then.
"""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from bson.timestamp import Timestamp
from pymongo.errors import PyMongoError

from services.offers.queries.indexed import LISTINGS, all_listings, contents, listings
from services.offers.search.facts import Entry, entry_of
from services.offers.search.index import OfferIndex, Snapshot
from shared.ending import begun, end
from shared.errors import Unavailable
from shared.logs import get_logger
from shared.store import Store

_log = get_logger()

_BATCH = 1_000
_WAIT_SECONDS = 5.0
GATHER_SECONDS = 0.25
"""How long changes may gather before the index takes them."""
BETWEEN_COMMITS_SECONDS = 0.75
"""So far apart the index takes changes that keep coming: one commit costs what fifty offers in it do (8 to 15 ms of processor).
With ``CALM_AT_THE_LATEST_SECONDS`` it is less than the second within which replicas agree.
"""
CALM_SECONDS = 0.06
"""So long after what this process has told others the index takes nothing: those who are to be told of a new offer are found in
these moments, partly on the same cores."""
CALM_AT_THE_LATEST_SECONDS = 0.15
"""Where it tells something all the time: so much longer such a moment is waited for."""
FIRST_WAIT_SECONDS = 5.0
"""A search that comes while the index is built at the start waits so long, then is told to come back."""
OWN_WRITES_SECONDS = 0.5
"""How long a search waits for what this process has just written."""


class IndexNotReady(Unavailable):
    """The search by words is not there yet."""


class Follower:
    """Keeps one ``OfferIndex`` in step. ``run`` never ends by itself. ``builds``: how often it was built from MongoDB."""

    def __init__(
        self, store: Store, make: Callable[[], OfferIndex], first: Callable[[Snapshot], None] = lambda _: None
    ) -> None:
        """``first``: what is made of a whole index before anybody asks it."""
        self._store = store
        self._make = make
        self._first = first
        self._index: OfferIndex | None = None
        self._moved = asyncio.Event()
        self._seen = Timestamp(0, 0)
        self._waiting = 0
        self._awaited = asyncio.Event()
        self._runs = False
        self._committed_at = self._told_at = -math.inf
        store.on_commit.append(self._told)
        self.built_seconds = 0.0
        self.builds = 0

    def health(self) -> str:
        """``ok`` once there is an index; a replica without one is not ready."""
        return "ok" if self._index is not None else "search index is being built"

    async def snapshot(self) -> Snapshot:
        """The index as of now, with everything that this process wrote.

        Raises:
            IndexNotReady: it is still being built.
        """
        await self._until(lambda: self._index is not None, FIRST_WAIT_SECONDS)
        if self._index is None:
            raise IndexNotReady("La recherche par mots se prépare : réessayez dans quelques secondes.")
        written = self._store.written_at(LISTINGS)
        if written is not None and written > self._seen:
            self._waiting += 1
            self._awaited.set()
            try:
                await self._until(lambda: self._seen >= written, OWN_WRITES_SECONDS)
            finally:
                self._waiting -= 1
                if not self._waiting:
                    self._awaited.clear()
        return self._index.snapshot

    async def run(self) -> None:
        """Build, follow, and begin again after a failure. Where API and worker are one process, one of them is enough."""
        if self._runs:
            await asyncio.Event().wait()
        self._runs = True
        pause = 0.5
        try:
            while True:
                try:
                    async with self._store.watch([], collection=LISTINGS, wait_seconds=_WAIT_SECONDS) as batches:
                        index = await self._build()
                        pause = 0.5
                        await self._follow(index, batches)
                except PyMongoError as error:
                    _log.warning("search_index_behind", error=type(error).__name__)
                    await asyncio.sleep(pause)
                    pause = min(30.0, pause * 2)
        finally:
            # What else it fails of is begun again by who began it.
            self._runs = False

    async def _build(self) -> OfferIndex:
        started = time.monotonic()
        index = await asyncio.to_thread(self._make)
        batch: list[dict[str, Any]] = []
        async for row in all_listings(self._store):
            batch.append(row)
            if len(batch) == _BATCH:
                await self._add(index, batch)
                batch = []
        await self._add(index, batch)
        await asyncio.to_thread(lambda: self._first(index.commit()))
        self._index = index
        self.built_seconds = time.monotonic() - started
        self.builds += 1
        self._step()
        _log.info("search_index_built", offers=index.snapshot.offers, ms=round(self.built_seconds * 1000))
        return index

    async def _follow(self, index: OfferIndex, batches: AsyncIterator[list[dict[str, Any]]]) -> None:
        """Hear and take by turns of their own: a commit takes all that was heard until it began."""
        changed: set[str] = set()
        latest = self._seen
        came = asyncio.Event()

        async def hear() -> None:
            nonlocal latest
            async for batch in batches:
                if batch:
                    changed.update(change["documentKey"]["_id"] for change in batch if "documentKey" in change)
                    latest = max(latest, batch[-1]["clusterTime"])
                    came.set()

        hearing = begun("what the search hears", hear)
        hearing.add_done_callback(lambda _: came.set())
        try:
            while not index.worn:
                await came.wait()
                await self._gather()
                came.clear()
                if hearing.done():
                    return hearing.result()
                ids, seen = set(changed), latest
                changed.clear()
                if ids:
                    await self._refresh(index, ids)
                self._seen = max(self._seen, seen)
                self._step()
        finally:
            await end([hearing])

    def _told(self, *_: object) -> None:
        """A commit of this process has events that are on their way now."""
        self._told_at = time.monotonic()

    async def _gather(self) -> None:
        """Let changes come together, and what was told pass, unless somebody waits for one of them."""
        begun_at = time.monotonic()
        earliest = max(begun_at + GATHER_SECONDS, self._committed_at + BETWEEN_COMMITS_SECONDS)
        latest = earliest + CALM_AT_THE_LATEST_SECONDS
        while (pause := max(earliest, min(self._told_at + CALM_SECONDS, latest)) - time.monotonic()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._awaited.wait()
                    return

    async def _refresh(self, index: OfferIndex, ids: Iterable[str]) -> None:
        """Bring offers to their present state, whatever happened to them."""
        wanted = sorted(ids)
        for at in range(0, len(wanted), _BATCH):
            part = wanted[at : at + _BATCH]
            rows = await listings(self._store, part)
            gone = set(part) - {row["_id"] for row in rows}
            await asyncio.to_thread(index.remove, gone)
            await self._add(index, rows)
        await asyncio.to_thread(index.commit)
        self._committed_at = time.monotonic()

    async def _add(self, index: OfferIndex, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        known = await contents(self._store, [row["_id"] for row in rows])
        await asyncio.to_thread(lambda: index.add(_entries(rows, known)))

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._moved.wait()
        except TimeoutError:
            return

    def _step(self) -> None:
        """Wake everybody who waits for the index to move."""
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()


def _entries(rows: Iterable[dict[str, Any]], contents: dict[str, dict[str, Any]]) -> Iterable[Entry]:
    for row in rows:
        try:
            yield entry_of(row, contents.get(row["_id"], {}))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # One listing that cannot be read must not keep all others out of the search.
            _log.error("listing_not_indexed", aggregate_id=row.get("_id"), error=type(error).__name__)
