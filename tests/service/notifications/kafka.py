"""Reading a topic from its beginning to its present end."""

from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.contracts.topics import Topic
from shared.kafka.envelope import from_record


async def read_all(settings: Any, topic: Topic | str) -> list[Any]:
    """The data of all records of a topic now (raw values for a topic that is named by a string)."""
    name = settings.topic_prefix + (topic if isinstance(topic, str) else topic.name)
    # Subscribed, since only then its metadata name all partitions of the topic.
    consumer = AIOKafkaConsumer(
        name,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        partitions = list(consumer.assignment())
        ends = await consumer.end_offsets(partitions)
        found: list[Any] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [r.value if isinstance(topic, str) else from_record(r, topic).data for r in records]
        return found
    finally:
        await consumer.stop()
