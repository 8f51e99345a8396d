"""A system at rest: what a trial leaves behind when it was too much is not to be done beside the next one."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import OFFERS, RECOMMENDATIONS, consumer_group
from tests.bench.journey import SERVICES, Journey
from tests.bench.processor import processor_seconds
from tests.bench.stage import until

ON_THE_WAY = (("matching", OFFERS), ("notifications", OFFERS), ("notifications", RECOMMENDATIONS))
"""Who reads what between an employer and a notification."""
LOOKED_AT_SECONDS = 0.5
LITTLE = 0.15
"""Of a core: so much more than at rest may be at work."""
PATIENCE_SECONDS = 60.0
ANSWERED_SECONDS = 5.5
"""After this no change stream that a service asked before it was stopped still waits; a fetch may, once more, for 10 s."""
FIRST_OFFERS = 10


class Rest:
    """Of one journey's services and engines. ``waited``: seconds that each wait took so far."""

    def __init__(self, one: Journey, readers: list[AIOKafkaConsumer]) -> None:
        self._one = one
        self._readers = readers
        self._usual = 0.0
        self.waited: list[float] = []

    async def learn(self) -> None:
        """How much processor is used while nothing is on its way."""
        await until(self._all_read, PATIENCE_SECONDS, every=0.2)
        used = [await self._used() for _ in range(6)]
        self._usual = min(used)

    async def reached(self) -> float:
        """Wait until all records are read, outboxes are empty and services and engines have nothing to do; seconds waited.

        Raises:
            TimeoutError: something is still at work after ``PATIENCE_SECONDS``.
        """
        begun = time.perf_counter()

        async def resting() -> bool:
            return await self._all_read() and await self._used() <= self._usual + LITTLE

        await until(resting, PATIENCE_SECONDS, every=0.1)
        self.waited.append(time.perf_counter() - begun)
        return self.waited[-1]

    async def _used(self) -> float:
        """Cores that all processes together used in the last moment."""
        before, begun = processor_seconds(self._one.pids), time.perf_counter()
        await asyncio.sleep(LOOKED_AT_SECONDS)
        spent = sum(processor_seconds(self._one.pids).values()) - sum(before.values())
        return spent / (time.perf_counter() - begun)

    async def _all_read(self) -> bool:
        if await asyncio.to_thread(self._one.waiting):
            return False
        for reader in self._readers:
            for partition, end in (await reader.end_offsets(list(reader.assignment()))).items():
                if (await reader.committed(partition) or 0) < end:
                    return False
        return True


@asynccontextmanager
async def stopped(one: Journey) -> AsyncIterator[None]:
    """Services that ask nothing of MongoDB and Kafka while a floor is measured: it is not charged for what they cost at rest, nor
    for telling their change streams of what it writes. Afterwards they are ``awake`` only when they have their partitions again:
    Kafka takes them from members that are silent for longer than a session.
    """
    pids = [one.pids[name] for name in SERVICES]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(ANSWERED_SECONDS)
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


async def awake(one: Journey, rest: Rest) -> None:
    """Publish a few offers and wait until all that follows has followed.

    Raises:
        TimeoutError: something is still at work after ``PATIENCE_SECONDS``.
    """
    await one.stock(FIRST_OFFERS)
    await one.play(FIRST_OFFERS, FIRST_OFFERS)
    await rest.reached()


@asynccontextmanager
async def rest_of(one: Journey) -> AsyncIterator[Rest]:
    """A way to wait for rest, which knows what rest looks like here."""
    prefix = one.stack.topic_prefix
    readers: list[AIOKafkaConsumer] = []
    try:
        for service, topic in ON_THE_WAY:
            # Nothing is subscribed to: the group's members stay as they are.
            reader = AIOKafkaConsumer(
                bootstrap_servers=one.stack.environment["KAFKA_BOOTSTRAP_SERVERS"],
                group_id=prefix + consumer_group(service, topic),
                enable_auto_commit=False,
            )
            await reader.start()
            readers.append(reader)
            partitions = [TopicPartition(prefix + topic.name, number) for number in range(topic.partitions)]
            reader.assign(partitions)
            reader.pause(*partitions)  # it is asked how far others have read, and reads nothing
        rest = Rest(one, readers)
        await rest.learn()
        yield rest
    finally:
        for reader in readers:
            await reader.stop()
