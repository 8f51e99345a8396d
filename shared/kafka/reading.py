"""Reading topics for commands: from their beginning or an instant to their end as it is now, without a group."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.kafka.broker import reader_arguments
from shared.kafka.connection import connection_arguments
from shared.settings import Settings


async def records_of(settings: Settings, *names: str, since: datetime | None = None) -> AsyncIterator[Any]:
    """Every record of the topics with these names on the wire, from ``since`` on; none of one that does not exist.

    A broker may give some that are older than ``since``, never miss one that is not.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    partitions = await partitions_of(settings, *names)
    if not partitions:
        return
    consumer = AIOKafkaConsumer(**reader_arguments(settings))
    try:
        await consumer.start()
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await _begin(consumer, partitions, since)
        fetched = 1
        # The embedded broker's end is that of the last batch's first record: an empty fetch says that it is over.
        while fetched or any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            chunk = await consumer.getmany(timeout_ms=500)
            fetched = sum(map(len, chunk.values()))
            for records in chunk.values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


async def _begin(consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition], since: datetime | None) -> None:
    await consumer.seek_to_beginning(*partitions)
    if since is not None:
        instant = int(since.timestamp() * 1000)
        for partition, found in (await consumer.offsets_for_times(dict.fromkeys(partitions, instant))).items():
            if found is None:  # nothing so young
                await consumer.seek_to_end(partition)
            else:
                consumer.seek(partition, found.offset)


async def positions_of(settings: Settings, group: str, partitions: Sequence[TopicPartition]) -> dict[int, int]:
    """Where a consumer group goes on in each partition of one topic; a partition that it never read is left out.

    Asked by a consumer that joins nothing: the embedded broker cannot answer the administrator's question.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    consumer = AIOKafkaConsumer(**reader_arguments(settings), group_id=group)
    try:
        await consumer.start()
        consumer.assign(partitions)
        found = {partition.partition: await consumer.committed(partition) for partition in partitions}
        return {partition: offset for partition, offset in found.items() if offset is not None}
    finally:
        await consumer.stop()


async def lag_of(settings: Settings, group: str, partitions: Sequence[TopicPartition]) -> int:
    """Records of a topic's partitions that a consumer group has not committed.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    consumer = AIOKafkaConsumer(**reader_arguments(settings), group_id=group)
    try:
        await consumer.start()
        consumer.assign(partitions)
        begin, end = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
        at = {partition: await consumer.committed(partition) for partition in partitions}
        return sum(max(0, end[one] - max(at[one] or 0, begin[one])) for one in partitions)
    finally:
        await consumer.stop()


async def partitions_of(settings: Settings, *names: str) -> list[TopicPartition]:
    """The partitions of topics by their names on the wire.

    Asked of the broker: a consumer that has subscribed to nothing knows no partitions once its metadata was refreshed
    (seen on Apache Kafka).
    """
    async with admin_of(settings) as admin:
        topics = await admin.describe_topics()
    return sorted(
        TopicPartition(topic["topic"], partition["partition"])
        for topic in topics
        if topic["topic"] in names
        for partition in topic["partitions"]
    )


@asynccontextmanager
async def admin_of(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for what is asked of the broker itself."""
    admin = AIOKafkaAdminClient(**connection_arguments(settings))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
