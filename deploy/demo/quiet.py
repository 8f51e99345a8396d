"""When is everything done? When no outbox row waits, every consumer has committed all there is, and no mail is queued.

Asked of the engines themselves, in an order that leaves no gap: effects are written before offsets are committed, and a
mail that left writes its event with it, so «everything committed, no mail queued, outboxes empty, nothing new» can only be
true when nothing moves any more.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from deploy.demo.client import DemoFailed
from shared.contracts.topics import SERVICES, TOPICS, Topic, consumer_group

_LOOK_AGAIN_SECONDS = 0.02
GIVE_UP_SECONDS = 90.0

# Work that a service has taken in and not finished: e-mails under way, and news of somebody whose contact points are
# known by now (arrivals wake what waits; a start that reads topics in another order leaves some to a timer). An invited
# account, and one that clauses tells of a contract, is told by e-mail when it has left contact points, which may be never.
_BACKLOGS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("notifications", "notifications", {"status": "queued"}),
    ("notifications", "waiting", {"matter.template": {"$not": {"$regex": "^(?:invited$|clause_)"}}}),
)


class Quiet:
    """Use as ``async with``.

    Args:
        pid_of: process id of a service now: a broadcast consumer's group carries it, and those of dead ones stay behind.
    """

    def __init__(
        self,
        mongodb_url: str,
        bootstrap_servers: str,
        pid_of: Callable[[str], int | None],
        *,
        database_prefix: str = "bassin",
        topic_prefix: str = "",
    ) -> None:
        self._mongo: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongodb_url)
        servers = bootstrap_servers.split(",")
        self._admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        # It is assigned nothing: a fetch under way would make each question wait for its end.
        self._reader = AIOKafkaConsumer(bootstrap_servers=servers, enable_auto_commit=False)
        self._pid_of = pid_of
        self._database_prefix = database_prefix
        self._topic_prefix = topic_prefix
        self._partitions = {
            topic.name: [TopicPartition(topic_prefix + topic.name, number) for number in range(topic.partitions)]
            for topic in TOPICS
        }
        self._applied: dict[tuple[str, TopicPartition], int] = {}
        self._all = [partition for partitions in self._partitions.values() for partition in partitions]

    async def __aenter__(self) -> Self:
        await self._admin.start()
        await self._reader.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._reader.stop()
        await self._admin.close()
        await self._mongo.close()

    async def wait(self, what: str, seconds: float = GIVE_UP_SECONDS) -> Mapping[TopicPartition, int]:
        """Wait until nothing moves; how far each partition reaches then.

        Raises:
            DemoFailed: not within ``seconds``; the message says what still moved.
        """
        deadline = time.monotonic() + seconds
        while True:
            moving: str | None
            try:
                ends = await self._ends()
                moving = await self._moving(ends)
                if moving is None and await self._ends() == ends:
                    return ends
            except (PyMongoError, KafkaError) as error:
                moving = f"{type(error).__name__}: {error}"
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} did not come to rest within {seconds:.0f} s: {moving or 'new events'}.")
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _moving(self, ends: Mapping[TopicPartition, int]) -> str | None:
        """The first thing found that is not done yet: each question comes after those whose work it may follow from."""
        return await self._outboxes() or await self._lag(ends) or await self._backlog() or await self._outboxes()

    async def _outboxes(self) -> str | None:
        counts = await asyncio.gather(*(self._one(service, "outbox", {}) for service in SERVICES))
        waiting = [service for service, row in zip(SERVICES, counts, strict=True) if row]
        return f"events of {waiting[0]} wait to be published" if waiting else None

    async def _backlog(self) -> str | None:
        for service, collection, query in _BACKLOGS:
            if await self._one(service, collection, query):
                return f"{service} has work left in {collection}"
        return None

    async def _one(self, service: str, collection: str, query: dict[str, Any]) -> dict[str, Any] | None:
        database = self._mongo[f"{self._database_prefix}_{service}"]
        return await database[collection].find_one(query, {"_id": 1})

    async def _ends(self) -> Mapping[TopicPartition, int]:
        ends: Mapping[TopicPartition, int] = await self._reader.end_offsets(self._all)
        return ends

    async def _lag(self, ends: Mapping[TopicPartition, int]) -> str | None:
        groups: set[str] | None = None
        for topic in TOPICS:
            for service in topic.consumers:
                # What was committed stays so: only partitions that grew since are asked for.
                behind = [p for p in self._partitions[topic.name] if self._applied.get((service, p), 0) < ends[p]]
                if not behind:
                    continue
                if groups is None:
                    groups = {name for name, _ in await self._admin.list_consumer_groups()}
                for partition, reached in (await self._committed(service, topic, behind, groups)).items():
                    self._applied[service, partition] = reached
                if any(self._applied[service, partition] < ends[partition] for partition in behind):
                    return f"{service} has not applied all of {topic.name}"
        return None

    async def _committed(
        self, service: str, topic: Topic, partitions: list[TopicPartition], groups: set[str]
    ) -> dict[TopicPartition, int]:
        """How far the service has applied each partition: as a group, or as the process that runs now."""
        shared = self._topic_prefix + consumer_group(service, topic)
        own = [name for name in groups if name.startswith(f"{shared}.") and f"-{self._pid_of(service)}-" in name]
        reached = dict.fromkeys(partitions, -1)
        for group in (shared, *own):
            offsets = await self._admin.list_consumer_group_offsets(group, partitions=partitions)
            for partition, stored in offsets.items():
                reached[partition] = max(reached[partition], stored.offset)
        return reached
