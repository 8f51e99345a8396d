"""Reads and commits of one service's own database."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from bson.timestamp import Timestamp
from pymongo import InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from shared.clock import Clock
from shared.domain import Aggregate
from shared.errors import AlreadyExists, NotFound, VersionConflict
from shared.ids import new_id
from shared.kafka.envelope import outbox_size, surely_below
from shared.logs import get_logger
from shared.store.bundles import bundled
from shared.store.changes import watch
from shared.store.codec import decode
from shared.store.collections import CollectionSpec, create_collections
from shared.store.driver import (
    Access,
    Asked,
    Client,
    Collection,
    Database,
    Driver,
    Find,
    Reading,
    Step,
    Steps,
    Writing,
    aggregate,
    aggregated,
    carry_out,
    close,
    connect,
    decide,
    do_alone,
    find_first,
    read,
    read_as_of_one_instant,
    transact,
)
from shared.store.migrations import SCHEMA, Migration, current, upgraded
from shared.store.sizes import refuse_too_large
from shared.store.work import CompareAndSet, Save, Work

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")

MANY = 8
"""So many documents are worth another command (about as much as planning five queries)."""

_log = get_logger()


class AlreadyApplied(Exception):
    """The inbox has this event for this consumer: the effect is there."""


class _Overtaken(Exception):
    """An aggregate of these (id, version as it was read) is not stored at that version."""

    def __init__(self, collection: str, expected: Sequence[tuple[str, int]]) -> None:
        super().__init__(collection)
        self.collection = collection
        self.expected = expected


@dataclass
class RequestMarker:
    """The Idempotency-Key of the request being served: the first commit marks it together with its effects.

    ``attempt`` is the fence: a request that was taken for dead and repeated cannot commit any more.
    """

    id: str
    attempt: str
    written: bool = False


# Set by the HTTP layer for one request; read at commit, so that no command has to pass it along.
request_marker: ContextVar[RequestMarker | None] = ContextVar("request_marker", default=None)


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
        self.writer = new_id()
        """Of this process's hold on the database: its outbox documents say by whom they are."""
        self.on_commit: list[Callable[[Sequence[Mapping[str, Any]], Set[str]], None]] = []
        """Told the outbox documents that a commit has written, and the ids of those of their events that are ``opening``."""
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
        await close(self.client)

    async def load(self, model: type[A], collection: str, id: str, what: str = "document") -> A:
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
        return model.restore(decode(upgraded(document, self._migrations.get(collection, ()))))

    async def find_all(self, *finds: Asked) -> list[list[dict[str, Any]]]:
        """The documents of several queries, asked together; as they are stored (``restored`` makes aggregates of them)."""
        return await self.read(_together(finds))

    async def read(self, reading: Reading[R]) -> R:
        """What a chain of reads comes to (``shared.store.driver``): together they cost one way to the database's thread."""
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
            at = await carry_out(self.database, prepared.writing)
        except AlreadyApplied:
            return False
        except (_Overtaken, DuplicateKeyError, BulkWriteError) as error:
            raise await self._said(error) from None
        self._committed(prepared, at)
        return True

    async def decide(self, reading: Reading[tuple[Work, R]]) -> R:
        """Read, decide and commit: the work that ``reading`` comes to, as by ``commit``; what comes with it is returned.

        All of it takes one way to the database's thread (``shared.store.driver.decide``), so what is decided may run there: it
        asks nothing of the event loop and changes nothing that others hold. The work is not empty and has no inbox row.

        Raises:
            What the reading raises (then nothing was written), and as ``commit``.
        """
        prepared: list[_Prepared] = []

        def decided(found: tuple[Work, R]) -> Writing:
            prepared.append(self._prepared(found[0]))
            return prepared[0].writing

        try:
            (_, answer), at = await decide(self.database, self.collection, reading, decided)
        except (_Overtaken, DuplicateKeyError, BulkWriteError) as error:
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
            return _Prepared(work, documents, marker, Writing(lambda: self._alone(alone), alone=True))
        return _Prepared(work, documents, marker, Writing(lambda: self._steps(work, documents, marker)))

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
                tell(documents, work.openings)

    async def _said(self, error: Exception) -> Exception:
        """What a commit that failed is told as."""
        if isinstance(error, _Overtaken):
            return await self._conflict(error)
        if isinstance(error, DuplicateKeyError):
            return _duplicate(error.details or {})
        if isinstance(error, BulkWriteError):
            first: Mapping[str, Any] = next(iter(error.details.get("writeErrors", ())), {})
            if first.get("code") == 11000:
                return _duplicate(first)
        return error

    def _steps(self, work: Work, documents: Sequence[dict[str, Any]], marker: RequestMarker | None) -> Steps:
        """The commands of one commit, in their order. MongoDB may ask for them several times."""
        if work.inbox is not None:
            seen = yield Step(
                "inbox", "update_one", ({"_id": work.inbox}, {"$setOnInsert": {"at": self.clock.now()}}, True)
            )
            if seen.matched_count:
                raise AlreadyApplied
        if marker is not None and not marker.written:
            mine = yield Step(
                "idempotency",
                "update_one",
                ({"_id": marker.id, "attempt": marker.attempt}, {"$set": {"committed": True}}),
            )
            if not mine.matched_count:
                raise VersionConflict("This request was repeated and the repetition is being served.")
        together: dict[str, list[Save]] = {}
        for save in work.saves:
            self._stamp(save.collection, save.document)
            together.setdefault(save.collection, []).append(save)
        for collection, saves in together.items():
            # One command for each run of new or of changed aggregates, in their order: one may leave a place that the
            # next one takes.
            result = yield Step(collection, "bulk_write", ([_request(save) for save in saves],))
            changed = [(save.document["_id"], save.expected) for save in saves if save.expected]
            if result.matched_count != len(changed):
                raise _Overtaken(collection, changed)
        touches: dict[str, list[tuple[str, int]]] = {}
        for collection, id, version in work.touches:
            touches.setdefault(collection, []).append((id, version))
        for collection, expected in touches.items():
            touched = yield Step(collection, "bulk_write", ([_touch(*one) for one in expected],))
            if touched.matched_count != len(expected):
                raise _Overtaken(collection, expected)
        for write in work.writes:
            if write.operation == "insert":
                if self._migrations.get(write.collection):
                    self._stamp(write.collection, *write.body)
                yield Step(write.collection, "insert_many", (write.body,))
            elif write.operation == "update":
                updated = yield Step(write.collection, "update_one", (write.filter, write.body, write.upsert))
                if write.found and not updated.matched_count:
                    raise _Overtaken(write.collection, [(str(write.filter["_id"]), 0)])
            elif write.operation == "bulk":
                yield Step(write.collection, "bulk_write", (write.body,))
            elif write.operation == "compare_and_set":
                yield from _compare_and_set(write.collection, write.body)
            else:
                yield Step(write.collection, "delete_many", (write.filter,))
        if documents:
            yield Step("outbox", "insert_many", (documents,))

    def _alone(self, save: Save) -> Steps:
        """One aggregate and nothing else: one document is written as a whole or not at all, without a transaction."""
        self._stamp(save.collection, save.document)
        if not save.expected:
            yield Step(save.collection, "insert_one", (save.document,))
            return
        version = {"_id": save.document["_id"], "version": save.expected}
        replaced = yield Step(save.collection, "replace_one", (version, save.document))
        if not replaced.matched_count:
            raise _Overtaken(save.collection, [(save.document["_id"], save.expected)])

    def _stamp(self, collection: str, *documents: dict[str, Any]) -> None:
        """What is written anew is of this release's shape: without its number it would be brought there at each reading."""
        number = current(self._migrations.get(collection, ()))
        for document in documents:
            document[SCHEMA] = number

    async def _conflict(self, overtaken: "_Overtaken") -> VersionConflict:
        """Which of the aggregates is not as it was read."""
        ids = [id for id, _ in overtaken.expected]
        stored = self.collection(overtaken.collection).find({"_id": {"$in": ids}}, {"version": 1})
        versions = {document["_id"]: document.get("version") async for document in stored}
        lost = (one for one in overtaken.expected if versions.get(one[0]) != one[1])
        id, version = next(lost, next(iter(overtaken.expected), ("", 0)))
        return VersionConflict(
            "This was changed by somebody else in the meantime; read it again and repeat the change.",
            id=id,
            expected_version=version,
        )

    async def discard(self, collection: str, ids: Sequence[str]) -> None:
        """Delete documents that no event tells of."""
        await do_alone(self.database, _once(Step(collection, "delete_many", ({"_id": {"$in": list(ids)}},))))

    async def exchange(self, collection: str, requests: Sequence[Any]) -> None:
        """Write requests of one collection that no event tells of, all or none."""

        def steps() -> Steps:
            yield Step(collection, "bulk_write", (list(requests),))

        await transact(self.database, steps)

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


def missing(what: str, id: str) -> NotFound:
    """The refusal of an id that nothing has."""
    return NotFound(f"There is no {what} with id {id}.", id=id)


def _once(step: Step) -> Steps:
    yield step


def _together(asked: Sequence[Asked]) -> Reading[list[list[dict[str, Any]]]]:
    return (yield asked)


def _compare_and_set(collection: str, changes: Sequence[CompareAndSet]) -> Steps:
    """Few are found by id and version. Of many the versions are asked for once, and each is found by its id alone: MongoDB plans
    a query for every other filter, which is a third of what a small change costs it (125 and 83 µs of processor). What is
    changed by others after the answer conflicts with this transaction, which MongoDB then asks for again.
    """
    expected = [(change.id, change.expected) for change in changes]
    together = len(changes) >= MANY
    if together:
        found = yield Step(collection, "find", ({"_id": {"$in": [id for id, _ in expected]}}, {"version": 1}))
        versions = {document["_id"]: document.get("version") for document in found}
        if any(versions.get(id) != version for id, version in expected):
            raise _Overtaken(collection, expected)
    result = yield Step(collection, "bulk_write", ([_changing(change, by_id=together) for change in changes],))
    if result.matched_count != len(expected):
        raise _Overtaken(collection, expected)


def _changing(change: CompareAndSet, *, by_id: bool) -> UpdateOne | ReplaceOne[Any]:
    of = {"_id": change.id} if by_id else {"_id": change.id, "version": change.expected}
    body = change.body
    if isinstance(body, Mapping) and not next(iter(body)).startswith("$"):
        return ReplaceOne(of, body)
    return UpdateOne(of, body)


def _touch(id: str, version: int) -> UpdateOne:
    return UpdateOne({"_id": id, "version": version}, {"$currentDate": {"_touched": True}})


def _request(save: Save) -> InsertOne[Any] | ReplaceOne[Any]:
    if save.expected:
        return ReplaceOne({"_id": save.document["_id"], "version": save.expected}, save.document)
    return InsertOne(save.document)


def _duplicate(details: Mapping[str, Any]) -> AlreadyExists:
    keys = sorted(details.get("keyPattern", {"_id": 1}))
    return AlreadyExists("Something with the same identity exists already.", unique=keys)
