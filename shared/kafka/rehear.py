"""Taking a service's consumers back to an instant, after its database alone was restored from a copy of then.

Kafka remembers that everything since was heard, and the database does not: what others have said meanwhile would never be said
again, least of all who was erased. Hearing it twice does no harm (an effect is remembered with what it did, a state is applied
where it is newer), so a margin before the instant is heard again as well.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import CommitFailedError

from shared.contracts.topics import DAY_MS, Topic, consumer_group
from shared.kafka.broker import consumer_arguments
from shared.kafka.connection import connection_arguments
from shared.kafka.reading import partitions_of
from shared.settings import Settings
from shared.store import Store
from shared.store.reading import aggregate

MARGIN = timedelta(hours=1)
"""What lay in the topics when the copy was made and had not been applied yet; and clocks that differ."""
LONGEST = timedelta(milliseconds=30 * DAY_MS)
"""As long as the topics keep tombstones: of an older copy nobody can say any more who was erased since."""
JOIN_SECONDS = 60.0
"""A group lets somebody in when a member that died is given up."""
_HELD: list[dict[str, Any]] = [{"$match": {"$expr": {"$gt": ["$until", "$$NOW"]}}}, {"$limit": 1}]


class GroupRuns(Exception):
    """A worker of the service runs; the message says by what that is seen."""


async def go_back(
    store: Store, settings: Settings, service: str, topics: Sequence[Topic], since: datetime
) -> dict[str, int]:
    """Have the service's groups begin at ``since`` less the margin, where they are behind it; returns by topic how many records
    each has before it.

    Raises:
        GroupRuns: a worker runs, or one of the groups has members.
        KafkaError: Kafka is out of reach.
    """
    async for lease in aggregate(store.collection("leases"), _HELD):
        raise GroupRuns(f"it holds {lease['_id']!r}")
    instant = int((since - MARGIN).timestamp() * 1_000)
    # Together: each waits for its group.
    moved = await asyncio.gather(*(_go_back(settings, consumer_group(service, one), one, instant) for one in topics))
    return {topic.name: records for topic, records in zip(topics, moved, strict=True)}


async def _go_back(settings: Settings, group: str, topic: Topic, instant: int) -> int:
    """As the group's only member: what belongs to none of its members may be told no position while it has some."""
    name = settings.topic_prefix + topic.name
    partitions = await partitions_of(settings, name)
    arguments = consumer_arguments(settings) | connection_arguments(settings) | {"enable_auto_commit": False}
    consumer = AIOKafkaConsumer(name, **arguments, group_id=settings.topic_prefix + group)
    try:
        async with asyncio.timeout(JOIN_SECONDS):
            await consumer.start()
        if consumer.assignment() != set(partitions):
            raise GroupRuns(f"it reads {topic.name}")
        consumer.pause(*partitions)
        ends = await consumer.end_offsets(partitions)
        found = await consumer.offsets_for_times(dict.fromkeys(partitions, instant))
        offsets, records = {}, 0
        for partition in partitions:
            then, at = found.get(partition), await consumer.committed(partition) or 0
            # Where nothing is so young, and where it had not come so far, it stays where it is.
            if then is not None and then.offset < at:
                offsets[partition] = at = then.offset
            records += max(0, ends[partition] - at)
        if offsets:
            await consumer.commit(offsets)
        return records
    except (CommitFailedError, TimeoutError) as taken:
        raise GroupRuns(f"it reads {topic.name}") from taken
    finally:
        await consumer.stop()
