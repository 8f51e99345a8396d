"""Somebody who only listens: reads every topic from the beginning and keeps what happened, each event once."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from shared.contracts.topics import APPLICATIONS, DELIVERIES, OFFERS, RECOMMENDATIONS, TOPICS, dead_letter_topic
from shared.contracts.vocabulary import Channel

_POLL_MS = 50
_PAUSE_SECONDS = 0.5
_KEPT = {topic.name for topic in (OFFERS, APPLICATIONS, RECOMMENDATIONS, DELIVERIES)}
"""Topics whose data the report needs; of the others only types are counted."""
DIGEST = "recommendation"


@dataclass(frozen=True)
class Seen:
    """An event as it came."""

    id: str
    type: str
    topic: str
    subject: str
    time: datetime
    data: dict[str, Any] | None


class Observer:
    """Reads in the background between ``async with`` and its end. Redelivered events (same id) count once."""

    def __init__(self, bootstrap_servers: str, topic_prefix: str = "") -> None:
        self._prefix = topic_prefix
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers.split(","),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            # It is in no hurry: seventy partitions asked for every few milliseconds would cost the services their CPU.
            fetch_max_wait_ms=200,
        )
        self._task: asyncio.Task[None] | None = None
        self.events: dict[str, Seen] = {}
        self.dead_letters: list[str] = []
        self._read_to: dict[TopicPartition, int] = {}
        self._progress = asyncio.Event()
        self._partitions = [
            TopicPartition(topic_prefix + topic.name, partition)
            for topic in TOPICS
            for partition in range(topic.partitions)
        ]
        self._dead_partitions = [
            TopicPartition(topic_prefix + dead_letter_topic(service, topic), 0)
            for topic in TOPICS
            for service in topic.consumers
        ]

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign([*self._partitions, *self._dead_partitions])
        await self._consumer.seek_to_beginning()
        self._task = asyncio.create_task(self._read(), name="observer")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._consumer.stop()

    async def caught_up(self, ends: Mapping[TopicPartition, int]) -> None:
        """Return when everything before ``ends`` was read."""
        while any(self._read_to.get(partition, 0) < end for partition, end in ends.items()):
            self._progress.clear()
            await self._progress.wait()

    def of(self, topic: str, *types: str) -> list[Seen]:
        """Events of a topic in the order in which they were read; of ``types`` when any are given."""
        return [seen for seen in self.events.values() if seen.topic == topic and (not types or seen.type in types)]

    def counts(self) -> dict[str, int]:
        """How many events of each type there were.

        How many e-mails gather the same news depends on the clock (what comes within a moment leaves together), whom
        they reach does not: e-mails about recommendations count once per person.
        """
        counts: Counter[str] = Counter()
        reached: set[tuple[str, str]] = set()
        for seen in self.events.values():
            if _is_digest(seen):
                assert seen.data is not None
                about = (seen.type, seen.data["subject_id"])
                if about in reached:
                    continue
                reached.add(about)
            counts[seen.type] += 1
        return dict(sorted(counts.items()))

    async def _read(self) -> None:
        while True:
            try:
                batches = await self._consumer.getmany(timeout_ms=_POLL_MS)
            except KafkaError:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            for partition, records in batches.items():
                name = partition.topic.removeprefix(self._prefix)
                for record in records:
                    self._note(name, record)
                    self._read_to[partition] = record.offset + 1
            self._progress.set()

    def _note(self, topic: str, record: ConsumerRecord[bytes, bytes]) -> None:
        headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
        if topic.endswith(".dlq"):
            self.dead_letters.append(f"{topic}: {headers.get('kafka_dlt-exception-message', '?')}")
            return
        with contextlib.suppress(KeyError, ValueError):
            self.events.setdefault(
                headers["ce_id"],
                Seen(
                    id=headers["ce_id"],
                    type=headers["ce_type"],
                    topic=topic,
                    subject=headers.get("ce_subject", (record.key or b"").decode()),
                    time=datetime.fromisoformat(headers["ce_time"]),
                    data=orjson.loads(record.value) if record.value is not None and topic in _KEPT else None,
                ),
            )


def _is_digest(seen: Seen) -> bool:
    data = seen.data
    return (
        seen.topic == DELIVERIES.name
        and data is not None
        and data["channel"] == Channel.EMAIL
        and data["template"] == DIGEST
    )
