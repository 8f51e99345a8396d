"""Making a read model anew from its topics, beside the running one: for a field that it did not keep before.

A resync cannot fill it (what is not newer changes nothing). The new one grows in a collection of its own while the old one
answers; when it has caught up it takes the old one's name at once, and what was heard meanwhile is applied once more.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import DeleteOne, InsertOne, UpdateOne

from shared.clock import Clock
from shared.contracts.topics import Topic
from shared.kafka.broker import reader_arguments
from shared.kafka.envelope import Event, UnknownType, from_record
from shared.kafka.errors import Permanent
from shared.kafka.heard import Heard
from shared.kafka.reading import partitions_of
from shared.settings import Settings
from shared.store import CollectionSpec, Lease, Store
from shared.store.changes import watch
from shared.store.collections import create_collections
from shared.store.projecting import newer

CHUNK = 500
LEASE_SECONDS = 60.0
# What is written without a pause would keep it from switching for ever.
LOOK_SECONDS, MOST_LOOKS = 0.02, 50
_KEYS = ({"$project": {"documentKey": 1}},)

Document = dict[str, Any]


def _is_marker(document: Mapping[str, Any]) -> bool:
    return "erased_at" in document or "removed_at" in document


@dataclass(frozen=True)
class ReadModel:
    """A collection that folds topics: one document a key, made of its newest event and nothing else.

    ``id`` is that of an event's document. ``version`` names the field that holds the event's sequence, ``keep`` the fields of
    ours that no event carries. ``erased`` tells a document that only says that something was erased: it stays as it is.
    """

    collection: str
    topics: Sequence[Topic]
    document: Callable[[Event[Any]], Document]
    id: Callable[[Event[Any]], str] = attrgetter("key")
    version: str = "version"
    keep: Sequence[str] = ()
    erased: Callable[[Mapping[str, Any]], bool] = _is_marker


class RebuildRuns(Exception):
    """Somebody else rebuilds the same read model."""


@dataclass(frozen=True)
class Progress:
    """Records read of those that there were when it began; at the end what became of the documents."""

    read: int
    total: int
    rebuilt: int = 0
    carried: int = 0
    unusable: int = 0


async def rebuild(
    store: Store, settings: Settings, clock: Clock, model: ReadModel, spec: CollectionSpec, holder: str
) -> AsyncIterator[Progress]:
    """Rebuild and switch; yields as it reads. Killed before it switches it leaves the running read model as it was; killed
    right after, the new one may lack what the consumer applied in the last milliseconds before, until it is run again.

    Documents of which the topics have nothing any more (a broker that lost them, before a resync) are carried over as they
    are; ``carried`` counts them.

    Raises:
        RebuildRuns: another process holds the lease, or took it from this one, which had stood still for too long.
    """
    lease = Lease(store, f"rebuild:{model.collection}", holder, LEASE_SECONDS)
    await _hold(lease)
    side = f"{model.collection}__rebuilt"
    reader = _Reader(store, settings, clock, model)
    try:
        await store.database.drop_collection(side)
        await create_collections(store.database, [CollectionSpec(side, spec.indexes)])
        await reader.start()
        async for events in reader.events():
            await _apply(store, side, model, events)
            await _hold(lease)
            yield Progress(reader.read, max(reader.read, reader.total), unusable=reader.unusable)
        carried = 0
        async with watch(store.database, _KEYS, collection=model.collection, wait_seconds=LOOK_SECONDS) as changes:
            again: set[Any] = set()
            async for page in _pages(store, model.collection):
                await _hold(lease)
                carried += await _carry_over(store, side, model, page)
                again.update(await _changed(changes))
            # What changed in the running one while this was done; then the little that did while that was.
            for _ in range(2):
                await reader.go_on()
                async for events in reader.events():
                    await _apply(store, side, model, events)
                    await _hold(lease)
                again.update(await _changed(changes))
                ids, again = list(again), set()
                for start in range(0, len(ids), CHUNK):
                    await _hold(lease)
                    carried += await _carry_over(store, side, model, ids[start : start + CHUNK])
        rebuilt = await store.collection(side).estimated_document_count()
        await _switch(store, side, model)
        # And what came in the moment before.
        await reader.go_on()
        async for events in reader.events():
            await _apply(store, model.collection, model, events)
            await _take_out(store, model, events)
        yield Progress(reader.read, max(reader.read, reader.total), rebuilt - carried, carried, reader.unusable)
    finally:
        await reader.stop()
        await lease.release()


async def _hold(lease: Lease) -> None:
    """Whoever holds it no longer works on what another has begun anew, and must not put it in the running one's place."""
    if await lease.acquire() is None:
        raise RebuildRuns


async def _apply(store: Store, collection: str, model: ReadModel, events: Sequence[Event[Any]]) -> None:
    """The newest of each key where it is newer than what stands there, as consumers do."""
    writes: list[UpdateOne | DeleteOne] = []
    for event in events:
        if event.data is None:
            # Only the side's: in the running one the consumer leaves its mark.
            if collection != model.collection:
                writes.append(DeleteOne({"_id": model.id(event)}))
            continue
        writes.append(newer(model.document(event), version=model.version, onto=True))
    if writes:
        await store.collection(collection).bulk_write(writes, ordered=True)


async def _pages(store: Store, collection: str) -> AsyncIterator[list[Any]]:
    """All ids of a collection."""
    after: dict[str, Any] = {}
    while ids := [
        row["_id"] async for row in store.collection(collection).find(after, {"_id": 1}).sort("_id", 1).limit(CHUNK)
    ]:
        yield ids
        after = {"_id": {"$gt": ids[-1]}}


async def _changed(changes: AsyncIterator[list[dict[str, Any]]]) -> set[Any]:
    """Ids of the documents that were written since it was asked last; of those that go on being written most of them."""
    found: set[Any] = set()
    for _ in range(MOST_LOOKS):
        batch = await anext(changes)
        found.update(change["documentKey"]["_id"] for change in batch if "documentKey" in change)
        if not batch:
            break
    return found


async def _carry_over(store: Store, side: str, model: ReadModel, ids: Collection[Any]) -> int:
    """Take from the running one what no event of the topics says: marks of erasures, fields of ours, what they have no more.

    Returns how many documents the new one has got by it that it had not.
    """
    among = {"_id": {"$in": list(ids)}}
    made = {d["_id"]: d async for d in store.collection(side).find(among, {model.version: 1})}
    writes: list[InsertOne[Any] | UpdateOne | DeleteOne] = []
    carried = 0
    async for document in store.collection(model.collection).find(among):
        new = made.get(document["_id"])
        at_least = new is not None and document.get(model.version, 0) >= new.get(model.version, 0)
        if new is None or (at_least and model.erased(document)):
            if new is not None:
                writes.append(DeleteOne({"_id": document["_id"]}))
            writes.append(InsertOne(document))
            carried += 1
        elif kept := {name: document[name] for name in model.keep if name in document}:
            writes.append(UpdateOne({"_id": document["_id"]}, {"$set": kept}))
    if writes:
        await store.collection(side).bulk_write(writes, ordered=True)
    return carried


async def _switch(store: Store, side: str, model: ReadModel) -> None:
    await store.collection(side).rename(model.collection, dropTarget=True)


async def _take_out(store: Store, model: ReadModel, events: Sequence[Event[Any]]) -> None:
    """Whoever was erased in the old one a moment before it went must not live in the new one. Its mark went with it.

    Where the consumer is only about to execute it, it leaves its mark as it would have.
    """
    erased = {model.id(event): event.sequence for event in events if event.data is None}
    if not erased:
        return
    stored = store.collection(model.collection).find({"_id": {"$in": list(erased)}})
    gone = [
        DeleteOne({"_id": row["_id"], model.version: row[model.version]})
        async for row in stored
        if not model.erased(row) and row[model.version] <= erased[row["_id"]]
    ]
    if gone:
        await store.collection(model.collection).bulk_write(gone)


class _Reader:
    """Reads topics from their beginning to their end as it was at the start, without a group: it commits nothing."""

    def __init__(self, store: Store, settings: Settings, clock: Clock, model: ReadModel) -> None:
        self._topics = {settings.topic_prefix + topic.name: topic for topic in model.topics}
        self._heard = {name: Heard(store, topic, clock) for name, topic in self._topics.items()}
        self._settings = settings
        self._client = AIOKafkaConsumer(**reader_arguments(settings))
        self._ends: dict[TopicPartition, int] = {}
        self.read = 0
        self.total = 0
        self.unusable = 0

    async def start(self) -> None:
        """Connect and go to the beginning."""
        await self._client.start()
        for heard in self._heard.values():
            await heard.load()
        partitions = await partitions_of(self._settings, *self._topics)
        self._client.assign(partitions)
        await self._client.seek_to_beginning(*partitions)
        await self.go_on()
        self.total = sum([self._ends[each] - await self._client.position(each) for each in partitions])

    async def go_on(self) -> None:
        """Read to what is the end now."""
        self._ends = await self._client.end_offsets(list(self._client.assignment()))

    async def events(self) -> AsyncIterator[list[Event[Any]]]:
        """What is usable, in order per key; what is not is a dead letter of the running consumer already."""
        fetched = CHUNK
        # A full chunk may have left some of its batch behind; the embedded broker's end is that of the last batch's first.
        while fetched >= CHUNK or [tp for tp, end in self._ends.items() if await self._client.position(tp) < end]:
            found: list[Event[Any]] = []
            chunk = await self._client.getmany(timeout_ms=200, max_records=CHUNK)
            fetched = sum(map(len, chunk.values()))
            for partition, records in chunk.items():
                for record in records:
                    self.read += 1
                    try:
                        topic = self._topics[partition.topic]
                        found.append(from_record(record, topic, self._heard[partition.topic].epoch))
                    except (Permanent, UnknownType):
                        self.unusable += 1
            yield found

    async def stop(self) -> None:
        """Disconnect."""
        await self._client.stop()
