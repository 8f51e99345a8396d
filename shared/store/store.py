"""Reads and commits of one service's own database."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple, TypeVar

from bson.timestamp import Timestamp
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.clock import Clock
from shared.domain import Aggregate
from shared.errors import AlreadyExists, NotFound, VersionConflict
from shared.ids import new_id
from shared.kafka.envelope import outbox_size, surely_below
from shared.logs import get_logger
from shared.store.bell import Bell
from shared.store.bundles import bundled
from shared.store.changes import watch
from shared.store.codec import decode, may_hold_decimals
from shared.store.collections import CollectionSpec, create_collections
from shared.store.driver import Access, Client, Collection, Database, Driver, close, connect
from shared.store.marker import RequestMarker, request_marker
from shared.store.migrations import Migration, upgraded
from shared.store.reading import Asked, Find, Reading, aggregate, aggregated, find_first, read, read_as_of_one_instant
from shared.store.sizes import refuse_too_large
from shared.store.steps import AlreadyApplied, CommitSteps, Overtaken
from shared.store.transacting import Step, Steps, Writing, carry_out, decide, do_alone, transact
from shared.store.work import Work

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")

_log = get_logger()


class _Prepared(NamedTuple):
    """A work on its way: its outbox documents, the marker of its request, and what is asked of the driver."""

    work: Work
    documents: list[dict[str, Any]]
    marker: RequestMarker | None
    writing: Writing


class Store:
    """One service's database. Queries go through ``collection``; every write that has an event goes through ``commit``."""

    def __init__(
        self,
        url: str,
        database: str,
        clock: Clock,
        collections: Sequence[CollectionSpec] = (),
        *,
        driver: Driver = Driver.MOTOR,
        max_record_bytes: int = 900_000,
        access: Access | None = None,
    ) -> None:
        """``max_record_bytes``: the largest event that a commit takes, key and headers included."""
        self.max_record_bytes = max_record_bytes
        self.client: Client = connect(url, driver, access)
        self.database: Database = self.client[database]
        self.clock = clock
        self._migrations: dict[str, Sequence[Migration]] = {spec.name: spec.migrations for spec in collections}
        self._steps = CommitSteps(clock, self._migrations)
        self.writer = new_id()
        """Of this process's hold on the database: its outbox documents say by whom they are."""
        self.on_commit: list[Callable[[Sequence[Mapping[str, Any]], Mapping[str, int]], None]] = []
        """Told the outbox documents that a commit has written, and by id after what their events come (``Work.publish``)."""
        self.bell = Bell(self.database)
        self.publishes: Callable[[], bool] = _elsewhere
        """Whether this process publishes what lies in the outbox; where not, who does is rung for."""
        self._written: dict[str, Timestamp] = {}
        self._handles: dict[str, Collection] = {}

    def collection(self, name: str) -> Collection:
        """A collection of this service, for queries and for writes that no other service learns of."""
        handle = self._handles.get(name)
        if handle is None:
            # The driver makes a new one each time it is asked, which costs as much as a tenth of a small query.
            handle = self._handles[name] = self.database[name]
        return handle

    def aggregate(self, name: str, pipeline: Sequence[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """The rows of an aggregation over a collection of this service."""
        return aggregate(self.collection(name), pipeline)

    async def aggregated(self, name: str, pipeline: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """All rows at once, where there are thousands and each is small."""
        return await aggregated(self.collection(name), pipeline)

    def watch(
        self,
        pipeline: Sequence[Mapping[str, Any]],
        *,
        collection: str | None = None,
        documents: bool = False,
        wait_seconds: float = 1.0,
    ) -> AbstractAsyncContextManager[AsyncIterator[list[dict[str, Any]]]]:
        """A change stream of this database in batches (``shared.store.changes``)."""
        return watch(self.database, pipeline, collection=collection, documents=documents, wait_seconds=wait_seconds)

    async def prepare(self, specs: Sequence[CollectionSpec]) -> None:
        """Create what is missing."""
        await create_collections(self.database, specs)

    def written_at(self, collection: str) -> Timestamp | None:
        """When (the server's logical time) this process last committed to a collection beside its aggregates; None: never.

        Who follows the collection's change stream has met that write once it met an event of this time or later.
        """
        return self._written.get(collection)

    async def ping(self) -> None:
        """Raise when the server does not answer."""
        await self.client.admin.command("ping")

    async def close(self) -> None:
        """Release the connections."""
        await self.bell.rung()
        await close(self.client)

    async def load(self, model: type[A], collection: str, id: str, what: str = "Ce document") -> A:
        """The aggregate with this id.

        Raises:
            NotFound: there is none.
        """
        found = await self.find_one(model, collection, {"_id": id})
        if found is None:
            raise missing(what, id)
        return found

    async def find_one(self, model: type[A], collection: str, filter: Mapping[str, Any]) -> A | None:
        """The first aggregate that matches, or None."""
        document = await self.first(collection, filter)
        return None if document is None else self.restored(model, collection, document)

    async def find_many(
        self,
        model: type[A],
        collection: str,
        filter: Mapping[str, Any],
        *,
        sort: Sequence[tuple[str, int]] = (("_id", 1),),
        limit: int = 0,
    ) -> list[A]:
        """Aggregates that match, sorted; ``limit=0`` is all."""
        (documents,) = await self.find_all(Find(collection, filter, None, sort, limit))
        return [self.restored(model, collection, document) for document in documents]

    def restored(self, model: type[A], collection: str, document: Mapping[str, Any]) -> A:
        """The aggregate of a stored document, whichever release wrote it."""
        found = upgraded(document, self._migrations.get(collection, ()))
        return model.restore(decode(found) if may_hold_decimals(model) else found)

    async def find_all(self, *finds: Asked) -> list[list[dict[str, Any]]]:
        """The documents of several queries, asked together; as they are stored (``restored`` makes aggregates of them)."""
        return await self.read(_together(finds))

    async def read(self, reading: Reading[R]) -> R:
        """What a chain of reads comes to (``shared.store.reading``): together they cost one way to the database's thread."""
        return await read(self.collection, reading)

    async def read_as_of_one_instant(self, reading: Reading[R]) -> R:
        """The same; nothing that is committed in between is seen by the later ones."""
        return await read_as_of_one_instant(self.client, self.collection, reading)

    async def first(
        self,
        collection: str,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | None = None,
        sort: Sequence[tuple[str, int]] = (),
    ) -> dict[str, Any] | None:
        """The first document that matches, as it is stored, or None."""
        return await find_first(self.collection(collection), Find(collection, filter, projection, sort))

    async def commit(self, work: Work) -> bool:
        """Write everything of ``work`` and its events in one majority transaction; aggregates are then marked saved.

        Returns False when the inbox showed that the effect is there already (nothing was written).

        Raises:
            VersionConflict: an aggregate was changed by somebody else since it was read.
            AlreadyExists: a new document's id or a unique index is taken.
            EventTooLarge: an event is larger than Kafka would take; nothing was written.
        """
        if work.empty:
            return True
        prepared = self._prepared(work)
        try:
            at = await carry_out(self.client, self.collection, prepared.writing)
        except AlreadyApplied:
            return False
        except (Overtaken, DuplicateKeyError, BulkWriteError) as error:
            raise await self._said(error) from None
        self._committed(prepared, at)
        return True

    async def decide(self, reading: Reading[tuple[Work, R]]) -> R:
        """Read, decide and commit: the work that ``reading`` comes to, as by ``commit``; what comes with it is returned.

        All of it takes one way to the database's thread (``transacting.decide``), so what is decided may run there: it
        asks nothing of the event loop and changes nothing that others hold. The work is not empty and has no inbox row.

        Raises:
            What the reading raises (then nothing was written), and as ``commit``.
        """
        prepared: list[_Prepared] = []

        def decided(found: tuple[Work, R]) -> Writing:
            prepared.append(self._prepared(found[0]))
            return prepared[0].writing

        try:
            (_, answer), at = await decide(self.client, self.collection, reading, decided)
        except (Overtaken, DuplicateKeyError, BulkWriteError) as error:
            raise await self._said(error) from None
        self._committed(prepared[0], at)
        return answer

    def _prepared(self, work: Work) -> "_Prepared":
        for row in work.outbox:
            if not surely_below(row, self.max_record_bytes):
                refuse_too_large(row, outbox_size(row, self.database.name), self.max_record_bytes)
        documents = [{**document, "by": self.writer} for document in bundled(work.outbox)]
        marker, alone = request_marker.get(), work.alone
        if marker is None and alone is not None:
            return _Prepared(work, documents, marker, Writing(lambda: self._steps.of_one(alone), alone=True))
        return _Prepared(work, documents, marker, Writing(lambda: self._steps.of(work, documents, marker)))

    def _committed(self, prepared: "_Prepared", at: Timestamp | None) -> None:
        work, documents, marker, _ = prepared
        if marker is not None:
            marker.written = True
        if at is not None:
            for write in work.writes:
                # Of two at once the earlier may be told of last.
                self._written[write.collection] = max(at, self._written.get(write.collection, at))
        for save in work.saves:
            save.aggregate.mark_saved()
        if documents:
            for tell in self.on_commit:
                tell(documents, work.after)
            if not self.publishes():
                self.bell.ring([document["_id"] for document in documents])

    async def _said(self, error: Exception) -> Exception:
        """What a commit that failed is told as."""
        if isinstance(error, Overtaken):
            return await self._conflict(error)
        if isinstance(error, DuplicateKeyError):
            return _duplicate(error.details or {})
        if isinstance(error, BulkWriteError):
            first: Mapping[str, Any] = next(iter(error.details.get("writeErrors", ())), {})
            if first.get("code") == 11000:
                return _duplicate(first)
        return error

    async def _conflict(self, overtaken: "Overtaken") -> VersionConflict:
        """Which of the aggregates is not as it was read."""
        ids = [id for id, _ in overtaken.expected]
        stored = self.collection(overtaken.collection).find({"_id": {"$in": ids}}, {"version": 1})
        versions = {document["_id"]: document.get("version") async for document in stored}
        lost = (one for one in overtaken.expected if versions.get(one[0]) != one[1])
        id, version = next(lost, next(iter(overtaken.expected), ("", 0)))
        return VersionConflict(
            "Quelqu'un d'autre a modifié cela entre-temps : relisez, puis recommencez.",
            id=id,
            expected_version=version,
        )

    async def discard(self, collection: str, ids: Sequence[str]) -> None:
        """Delete documents that no event tells of."""
        await do_alone(
            self.client, self.collection, _once(Step(collection, "delete_many", ({"_id": {"$in": list(ids)}},)))
        )

    async def apply(self, collection: str, requests: Sequence[Any]) -> None:
        """Write requests of one collection that no event tells of, each by itself and in any order."""
        await do_alone(self.client, self.collection, _once(Step(collection, "bulk_write", (list(requests), False))))

    async def exchange(self, collection: str, requests: Sequence[Any]) -> None:
        """Write requests of one collection that no event tells of, all or none."""

        def steps() -> Steps:
            yield Step(collection, "bulk_write", (list(requests),))

        await transact(self.client, self.collection, steps)

    async def retry_conflicts(self, command: Callable[[], Awaitable[R]], attempts: int = 10) -> R:
        """Run a load–decide–commit again while others change the same aggregate; for events and jobs, not for people.

        The pause matters: a majority read right after a conflict may still see the version that lost (20 tries at once
        were seen to fail with a few writers).
        """
        for attempt in range(1, attempts):
            try:
                return await command()
            except VersionConflict as conflict:
                _log.info("conflict_retried", aggregate_id=conflict.extra.get("id"))
                await asyncio.sleep(random.uniform(0.01, 0.02) * 2 ** min(attempt, 4))
        return await command()


def _elsewhere() -> bool:
    return False


def missing(what: str, id: str) -> NotFound:
    """The refusal of an id that nothing has."""
    return NotFound(f"{what} n'existe pas.", id=id)


def _once(step: Step) -> Steps:
    yield step


def _together(asked: Sequence[Asked]) -> Reading[list[list[dict[str, Any]]]]:
    return (yield asked)


def _duplicate(details: Mapping[str, Any]) -> AlreadyExists:
    keys = sorted(details.get("keyPattern", {"_id": 1}))
    return AlreadyExists("Cela existe déjà.", unique=keys)
