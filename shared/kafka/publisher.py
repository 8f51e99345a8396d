"""Publishing with confirmation. FastStream's publisher sends an empty value for None, so tombstones need aiokafka itself."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.contracts.topics import TOPICS
from shared.kafka.broker import producer_arguments
from shared.kafka.partitioning import murmur2
from shared.settings import Settings

_PARTITIONS = {topic.name: topic.partitions for topic in TOPICS}


class Publisher:
    """A producer that starts when first needed and is thrown away after an error, so that a dead one is never reused."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    def topic(self, name: str) -> str:
        """The name on the wire (tests share a broker by prefixing)."""
        return self._settings.topic_prefix + name

    async def _ready(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(**producer_arguments(self._settings))
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Mapping[str, str] | Sequence[tuple[str, bytes | None]],
    ) -> "asyncio.Future[Any]":
        """Hand a record to the producer; the future is done when all replicas have it.

        Raises:
            KafkaError: Kafka is out of reach, or the record is too large for it.
        """
        producer = await self._ready()
        wire: Sequence[tuple[str, bytes | None]] = (
            [(name, text.encode()) for name, text in headers.items()] if isinstance(headers, Mapping) else headers
        )
        name = self.topic(topic)
        partition = await self._kept_partition(producer, topic, name, key)
        future: asyncio.Future[Any] = await producer.send(
            name, value=value, key=key, partition=partition, headers=list(wire)
        )
        return future

    async def _kept_partition(self, producer: AIOKafkaProducer, topic: str, name: str, key: bytes | None) -> int | None:
        """Where the key went before somebody gave the topic more partitions than the manifest says. Elsewhere its next event
        would overtake what waits, and a tombstone would not take the older states along. None: where the producer has it.
        """
        wanted = _PARTITIONS.get(topic)
        if wanted is None or key is None:
            return None
        return murmur2(key) % wanted if len(await producer.partitions_for(name)) > wanted else None

    async def reset(self) -> None:
        """Forget the producer; the next send starts another."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()
