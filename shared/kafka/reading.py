"""Reading a topic whole, for commands: from its beginning to its end as it is now, without a group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.kafka.broker import reader_arguments
from shared.settings import Settings


async def records_of(settings: Settings, name: str) -> AsyncIterator[Any]:
    """Every record of the topic with this name on the wire; none of one that does not exist.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    partitions = await partitions_of(settings, name)
    if not partitions:
        return
    consumer = AIOKafkaConsumer(**reader_arguments(settings))
    await consumer.start()
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
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
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers.split(","))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()
