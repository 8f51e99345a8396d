"""Reads and commits of one service's own database."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from bson.timestamp import Timestamp
from pymongo import InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.clock import Clock
from shared.domain import Aggregate
from shared.errors import AlreadyExists, NotFound, VersionConflict
from shared.kafka.envelope import outbox_size, surely_below
from shared.logs import get_logger
from shared.store.bundles import bundled
from shared.store.changes import watch
from shared.store.codec import decode
from shared.store.collections import CollectionSpec, create_collections
from shared.store.driver import (
    Access,
    Client,
    Collection,
    Database,
    Driver,
    Session,
    aggregate,
    close,
    connect,
    session_of,
)
from shared.store.migrations import SCHEMA, Migration, current, upgraded
from shared.store.sizes import refuse_too_large
from shared.store.work import Save, Work

A = TypeVar("A", bound=Aggregate)
R = TypeVar("R")

_log = get_logger()


class AlreadyApplied(Exception):
    """The inbox has this event for this consumer: the effect is there."""


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
        self.on_commit: list[Callable[[], None]] = []
        self._written: dict[str, Timestamp] = {}

    def collection(self, name: str) -> Collection:
        """A collection of this service, for queries and for writes that no other service learns of."""
        return self.database[name]

    def aggregate(self, name: str, pipeline: Sequence[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """The rows of an aggregation over a collection of this service."""
        return aggregate(self.collection(name), pipeline)

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
            raise NotFound(f"There is no {what} with id {id}.", id=id)
        return found

    async def find_one(self, model: type[A], collection: str, filter: Mapping[str, Any]) -> A | None:
        """The first aggregate that matches, or None."""
        document = await self.collection(collection).find_one(filter)
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
        cursor = self.collection(collection).find(filter).sort(list(sort)).limit(limit)
        return [self.restored(model, collection, document) async for document in cursor]

    def restored(self, model: type[A], collection: str, document: Mapping[str, Any]) -> A:
        """The aggregate of a stored document, whichever release wrote it."""
        return model.restore(decode(upgraded(document, self._migrations.get(collection, ()))))

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
        marker = request_marker.get()
        for row in work.outbox:
            if not surely_below(row, self.max_record_bytes):
                refuse_too_large(row, outbox_size(row, self.database.name), self.max_record_bytes)
        try:
            async with session_of(self.client) as session:
                await session.with_transaction(
                    lambda s: self._write(s, work, marker),
                    read_concern=ReadConcern("snapshot"),
                    write_concern=WriteConcern("majority"),
                )
                at = session.operation_time
        except AlreadyApplied:
            return False
        except DuplicateKeyError as error:
            raise _duplicate(error.details or {}) from None
        except BulkWriteError as error:
            first: Mapping[str, Any] = next(iter(error.details.get("writeErrors", ())), {})
            if first.get("code") == 11000:
                raise _duplicate(first) from None
            raise
        if marker is not None:
            marker.written = True
        if at is not None:
            self._written |= dict.fromkeys((write.collection for write in work.writes), at)
        for save in work.saves:
            save.aggregate.mark_saved()
        if work.outbox:
            for wake in self.on_commit:
                wake()
        return True

    async def _write(self, session: Session, work: Work, marker: RequestMarker | None) -> None:
        if work.inbox is not None:
            seen = await self.collection("inbox").update_one(
                {"_id": work.inbox}, {"$setOnInsert": {"at": self.clock.now()}}, upsert=True, session=session
            )
            if seen.matched_count:
                raise AlreadyApplied
        if marker is not None and not marker.written:
            mine = await self.collection("idempotency").update_one(
                {"_id": marker.id, "attempt": marker.attempt}, {"$set": {"committed": True}}, session=session
            )
            if not mine.matched_count:
                raise VersionConflict("This request was repeated and the repetition is being served.")
        together: dict[str, list[Save]] = {}
        for save in work.saves:
            save.document[SCHEMA] = current(self._migrations.get(save.collection, ()))
            together.setdefault(save.collection, []).append(save)
        for collection, saves in together.items():
            await self._save(session, collection, saves)
        for collection, id, version in work.touches:
            touched = await self.collection(collection).update_one(
                {"_id": id, "version": version}, {"$currentDate": {"_touched": True}}, session=session
            )
            if not touched.matched_count:
                raise VersionConflict("This was changed in the meantime.", id=id, expected_version=version)
        for write in work.writes:
            target = self.collection(write.collection)
            if write.operation == "insert":
                await target.insert_many(write.body, session=session)
            elif write.operation == "update":
                await target.update_one(write.filter, write.body, upsert=write.upsert, session=session)
            elif write.operation == "bulk":
                await target.bulk_write(write.body, ordered=True, session=session)
            else:
                await target.delete_many(write.filter, session=session)
        if work.outbox:
            await self.collection("outbox").insert_many(bundled(work.outbox), session=session)

    async def _save(self, session: Session, collection: str, saves: Sequence[Save]) -> None:
        """All saves of one collection together, in their order (one may leave a place that the next one takes).

        One command for each run of new or of changed aggregates: each is a round trip and a hop to a thread.
        """
        target = self.collection(collection)
        changed = [save for save in saves if save.expected]
        result = await target.bulk_write(
            [
                ReplaceOne({"_id": save.document["_id"], "version": save.expected}, save.document)
                if save.expected
                else InsertOne(save.document)
                for save in saves
            ],
            ordered=True,
            session=session,
        )
        if result.matched_count == len(changed):
            return
        ids = [save.document["_id"] for save in changed]
        # Outside the transaction, which shows our own versions: the one that is not as we read it was changed.
        stored = target.find({"_id": {"$in": ids}}, {"version": 1})
        versions = {document["_id"]: document["version"] async for document in stored}
        lost = next((save for save in changed if versions.get(save.document["_id"]) != save.expected), changed[0])
        raise VersionConflict(
            "This was changed by somebody else in the meantime; read it again and repeat the change.",
            id=lost.document["_id"],
            expected_version=lost.expected,
        )

    async def exchange(self, collection: str, requests: Sequence[Any]) -> None:
        """Write requests of one collection that no event tells of, all or none."""
        async with session_of(self.client) as session:
            await session.with_transaction(
                lambda s: self.collection(collection).bulk_write(list(requests), ordered=True, session=s),
                read_concern=ReadConcern("snapshot"),
                write_concern=WriteConcern("majority"),
            )

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


def _duplicate(details: Mapping[str, Any]) -> AlreadyExists:
    keys = sorted(details.get("keyPattern", {"_id": 1}))
    return AlreadyExists("Something with the same identity exists already.", unique=keys)
