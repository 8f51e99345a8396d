"""Reading a topic whole, for commands: from its beginning to its end as it is now, without a group."""

from collections.abc import AsyncIterator
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.kafka.broker import reader_arguments
from shared.settings import Settings


async def records_of(settings: Settings, name: str) -> AsyncIterator[Any]:
    """Every record of the topic with this name on the wire; none of one that does not exist.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    consumer = AIOKafkaConsumer(**reader_arguments(settings))
    await consumer.start()
    try:
        partitions = await partitions_of(consumer, name)
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await consumer.seek_to_beginning(*partitions)
        fetched = 1 if partitions else 0
        # The embedded broker's end is that of the last batch's first record: an empty fetch says that it is over.
        while fetched or any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            chunk = await consumer.getmany(timeout_ms=500)
            fetched = sum(map(len, chunk.values()))
            for records in chunk.values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


async def partitions_of(consumer: AIOKafkaConsumer, name: str) -> list[TopicPartition]:
    """The partitions of a topic."""
    await consumer.topics()  # fetches the metadata
    return [TopicPartition(name, number) for number in sorted(consumer.partitions_for_topic(name) or ())]
