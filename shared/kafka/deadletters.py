"""What a service could not apply: kept whole in its database, where it can be shown, redriven, dropped and erased, and
announced on the dead-letter topic of its group.

Kafka cannot delete one record, and a person's erasure must reach what is kept here, with a proof. So the truth is the
collection; the topic is the copy that others watch, and is emptied when an erasure concerns it (``erasing``). Of somebody
who was erased before nothing is kept.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka.errors import KafkaError

from shared import metrics
from shared.contracts.topics import Topic, dead_letter_topic
from shared.ids import derived_id
from shared.kafka.about import of_somebody_erased
from shared.kafka.envelope import Record, wire_size
from shared.kafka.publisher import Publisher
from shared.logs import get_logger
from shared.settings import Settings
from shared.store import Store

COLLECTION = "dead_letters"
PREFIX = "kafka_dlt-"
FIRST_BYTES = 1_000
"""What is kept of a value, key or header that is cut."""
MOST_STORED = 8_000_000
"""Bytes that one document may hold, half of what MongoDB takes."""

_log = get_logger()

Headers = list[tuple[str, bytes | None]]


@dataclass(frozen=True)
class Kept:
    """A dead letter as it lies in the collection, read as a record again."""

    id: str
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    cut: bool


class DeadLetters:
    """Keeps the dead letters of one consumer."""

    def __init__(self, store: Store, publisher: Publisher, settings: Settings, service: str, topic: Topic) -> None:
        self._store = store
        self._publisher = publisher
        self._settings = settings
        self._topic = topic
        self._destination = dead_letter_topic(service, topic)

    async def keep(self, record: Record, failure: str, reason: str, now: datetime) -> None:
        """Store the record with what was wrong, then announce it. ``reason`` holds no value of the record.

        The same record is one dead letter, however often it comes. One that speaks of somebody who was erased is not kept.

        Raises:
            PyMongoError: the database did not take it; nothing was announced.
        """
        headers: Headers = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
        document = _document(self._topic, record, headers, failure, reason, now)
        update = {"$set": document, "$inc": {"times": 1}, "$unset": {"redrive_at": ""}}
        await self._store.collection(COLLECTION).update_one(
            {"_id": letter_id(self._topic, record)}, update, upsert=True
        )
        # Looked for afterwards: an erasure that goes on meanwhile finds the letter, or is seen here.
        if await self.drop_of_erased(letter_id(self._topic, record), record):
            return
        await self._announce(record, headers, failure, reason)

    async def drop_of_erased(self, id: str, record: Record) -> bool:
        """Whether the letter speaks of somebody who was erased, and is gone."""
        if not await of_somebody_erased(self._store, record.key, record.value, record.headers):
            return False
        await self._store.collection(COLLECTION).delete_one({"_id": id})
        _log.info("dead_letter_of_erased_person", topic=self._topic.name)
        return True

    async def _announce(self, record: Record, headers: Headers, failure: str, reason: str) -> None:
        """Best effort, some tries long: the record is safe already, and a topic that refuses it must not hold up others."""
        told = {
            "original-topic": record.topic,
            "original-partition": str(record.partition),
            "original-offset": str(record.offset),
            "original-timestamp": str(record.timestamp),
            "exception-fqcn": failure,
            "exception-message": reason,
            "id": letter_id(self._topic, record),
        }
        ours: Headers = [(PREFIX + name, text.encode()) for name, text in told.items()]
        key, value, wire = fitting(record.key, record.value, headers, ours, self._settings.kafka_max_record_bytes)
        for _ in range(self._settings.retry_attempts):
            try:
                await (await self._publisher.send(self._destination, key, value, wire))
                return
            except (KafkaError, OSError) as error:
                _log.warning("dead_letter_not_announced", topic=self._destination, error=type(error).__name__)
                await self._publisher.reset()
                await asyncio.sleep(self._settings.retry_base_seconds)


def letter_id(topic: Topic, record: Record) -> str:
    """One id for one record. Offsets begin again when a broker lost its topics, so the time is part of it."""
    return derived_id("dead-letter", topic.name, str(record.partition), str(record.offset), str(record.timestamp))


def fitting(
    key: bytes | None, value: bytes | None, headers: Headers, ours: Headers, limit: int
) -> tuple[bytes | None, bytes | None, Headers]:
    """Key, value and headers of the announcement, cut when they are larger than ``limit`` bytes together.

    Of what is cut its hash, its size and its first bytes are kept in headers.
    """
    whole = [*headers, *ours]
    if wire_size(key, value, whole) <= limit:
        return key, value, whole
    body = value or b""
    cut: Headers = [
        (PREFIX + "cut-sha256", hashlib.sha256(body).hexdigest().encode()),
        (PREFIX + "cut-size", str(wire_size(key, value, headers)).encode()),
        (PREFIX + "cut-first-bytes", body[:FIRST_BYTES]),
    ]
    small = [(name, text) for name, text in headers if len(name) + len(text or b"") <= FIRST_BYTES][:20]
    return (None if key is None else key[:FIRST_BYTES]), b"", [*small, *ours, *cut]


def _document(
    topic: Topic, record: Record, headers: Headers, failure: str, reason: str, now: datetime
) -> dict[str, Any]:
    size = wire_size(record.key, record.value, headers)
    key, value = record.key, record.value
    cut = size > MOST_STORED
    if cut:
        key, value, headers = fitting(key, value, headers, [], MOST_STORED)
    return {
        "topic": topic.name,
        "wire_topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "key": key,
        "value": value,
        "headers": [[name, text] for name, text in headers],
        "failure": failure,
        "reason": reason,
        "at": now,
        "size": size,
        "cut": cut,
    }


def kept(document: Mapping[str, Any]) -> Kept:
    """The record of a stored dead letter."""
    return Kept(
        id=document["_id"],
        topic=document["wire_topic"],
        partition=document["partition"],
        offset=document["offset"],
        timestamp=document["timestamp"],
        key=document["key"],
        value=document["value"],
        headers=[(name, text) for name, text in document["headers"]],
        cut=document["cut"],
    )


async def count_waiting(store: Store, topics: Iterable[str]) -> bool:
    """Bring the gauge of waiting dead letters up to date; returns whether there are any."""
    there_are = await store.collection(COLLECTION).estimated_document_count() > 0
    for topic in topics:
        waiting = await store.collection(COLLECTION).count_documents({"topic": topic}) if there_are else 0
        metrics.DEAD_LETTERS_WAITING.labels(topic).set(waiting)
    return there_are


async def surely(step: Callable[[], Awaitable[None]], pause: Callable[[int], Awaitable[None]]) -> None:
    """Repeat ``step()`` until the database took it; ``pause(n)`` waits between tries. A dead letter is never skipped."""
    tries = 0
    while True:
        try:
            await step()
            return
        except Exception as error:  # a letter that is not kept would be lost: it is waited for, whatever is the matter
            tries += 1
            _log.warning("store_waits", error=type(error).__name__)
            await pause(tries)
