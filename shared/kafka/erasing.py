"""Erasure reaches what could not be applied: dead letters, their announcements, and rows that an operator parked.

Kafka deletes no single record. The announcements are copies, so a topic that holds one about the person is emptied whole:
by ``DeleteRecords``, or where a broker has no such request (the embedded one) by making the topic anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import RecordsToDelete
from aiokafka.errors import KafkaError

from shared.contracts.topics import consumed_by, dead_letter_topic
from shared.kafka.about import concerns, note_erased
from shared.kafka.broker import reader_arguments
from shared.kafka.deadletters import COLLECTION, PREFIX, Headers, kept
from shared.kafka.envelope import Event
from shared.kafka.reading import admin_of, partitions_of, records_of
from shared.kafka.stuck import PARKED, STUCK
from shared.kafka.topics import wanted_topics
from shared.settings import Settings
from shared.store import Store


@dataclass(frozen=True)
class Erased:
    """What was removed, and what a look afterwards still found (``left``: 0 is the proof). ``parked`` counts stuck events too."""

    dead_letters: int
    announcements: int
    parked: int
    left: int


async def erase(store: Store, settings: Settings, service: str, subject: str) -> Erased:
    """Remove everything kept about ``subject`` and look again. Safe to repeat.

    Raises:
        KafkaError: a topic could not be read or emptied; what is in the database is removed already.
    """
    letters, parked = await _forget(store, subject)
    announced = 0
    left = len(await _letters(store, subject))
    left += len(await _rows(store, PARKED, subject)) + len(await _rows(store, "outbox", subject))
    for topic in consumed_by(service):
        name = settings.topic_prefix + dead_letter_topic(service, topic)
        found = await _announcements(settings, name, subject, set(letters))
        if found:
            announced += found
            await _empty(settings, name)
            left += await _announcements(settings, name, subject, set(letters))
    return Erased(len(letters), announced, parked, left)


async def forget_stuck(store: Store, person: str) -> None:
    """What could not be applied or published about a person goes from the service's database, with their erasure, and what
    comes later is not kept either. Their announcements go by ``erase``.
    """
    # Noted first: a dead letter that is being kept is found below, or finds the note.
    await note_erased(store, person)
    await _forget(store, person)


async def forget_letters(store: Store, tombstones: Iterable[Event[Any]]) -> None:
    """What a tombstone ended: states of its key that could not be applied are older, and nobody wants them. What came under such
    a key later is kept, also when the tombstone itself is applied late (a dead letter that is tried again): an account that took
    its contact points back may leave others. Offsets begin again where a broker lost its topics, so the time counts as well.
    """
    for one in tombstones:
        since = int(one.time.timestamp() * 1_000)
        later = {"partition": one.partition, "offset": {"$gt": one.offset}, "timestamp": {"$gte": since}}
        ended = {"topic": one.topic.name, "key": one.key.encode(), "$nor": [later]}
        await store.collection(COLLECTION).delete_many(ended)


async def _forget(store: Store, subject: str) -> tuple[list[str], int]:
    """The ids of the dead letters that went, and how many parked or stuck events."""
    letters = await _letters(store, subject)
    parked, stuck = await _rows(store, PARKED, subject), await _rows(store, "outbox", subject)
    await store.collection(COLLECTION).delete_many({"_id": {"$in": letters}})
    await store.collection(PARKED).delete_many({"_id": {"$in": parked}})
    # What cannot be published goes; the tombstone behind it is what the topics get to know.
    await store.collection("outbox").delete_many({"_id": {"$in": stuck}})
    await store.collection(STUCK).delete_many({"event_id": {"$in": stuck}})
    return letters, len(parked) + len(stuck)


async def _letters(store: Store, subject: str) -> list[str]:
    found = []
    async for document in store.collection(COLLECTION).find({}):
        letter = kept(document)
        if concerns(subject, letter.key, letter.value, letter.headers):
            found.append(letter.id)
    return found


async def _rows(store: Store, collection: str, subject: str) -> list[str]:
    """Parked rows about the subject, and of the outbox those states that are stuck: what waits behind them is published."""
    query: dict[str, Any] = {}
    if collection == "outbox":
        marks = await store.collection(STUCK).find({}, {"event_id": 1}).to_list(None)
        query = {"_id": {"$in": [mark["event_id"] for mark in marks]}, "data": {"$ne": None}}
    return [
        row["_id"]
        async for row in store.collection(collection).find(query)
        if concerns(subject, f"{row.get('key')} {row.get('subject')}".encode(), row.get("data"), ())
    ]


async def _announcements(settings: Settings, name: str, subject: str, letters: set[str]) -> int:
    """How many records of a dead-letter topic speak of the subject, or of a letter that was removed."""
    found = 0
    async for record in records_of(settings, name):
        headers: Headers = list(record.headers)
        removed = (dict(headers).get(f"{PREFIX}id") or b"").decode("utf-8", "replace") in letters
        found += removed or concerns(subject, record.key, record.value, headers)
    return found


async def _empty(settings: Settings, name: str) -> None:
    """Remove all records of a topic."""
    try:
        await _delete_records(settings, name)
    except KafkaError:
        await _make_anew(settings, name)


async def _delete_records(settings: Settings, name: str) -> None:
    consumer = AIOKafkaConsumer(**reader_arguments(settings))
    try:
        await consumer.start()
        ends = await consumer.end_offsets(await partitions_of(settings, name))
    finally:
        await consumer.stop()
    async with admin_of(settings) as admin:
        await admin.delete_records({partition: RecordsToDelete(before_offset=end) for partition, end in ends.items()})


async def _make_anew(settings: Settings, name: str) -> None:
    async with admin_of(settings) as admin:
        await admin.delete_topics([name])
        await admin.create_topics([topic for topic in wanted_topics(settings) if topic.name == name])
