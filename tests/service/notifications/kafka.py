"""Reading a topic from its beginning to its present end."""

from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import Topic
from shared.kafka.envelope import from_record


async def read_all(settings: Any, topic: Topic | str) -> list[Any]:
    """The data of all records of a topic now (raw values for a topic that is named by a string)."""
    name = settings.topic_prefix + (topic if isinstance(topic, str) else topic.name)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        await consumer.topics()  # fetches the metadata
        partitions = [TopicPartition(name, number) for number in consumer.partitions_for_topic(name) or ()]
        if not partitions:
            partitions = [TopicPartition(name, 0)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[Any] = []
        for partition in partitions:
            consumer.seek(partition, 0)
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [r.value if isinstance(topic, str) else from_record(r, topic).data for r in records]
        return found
    finally:
        await consumer.stop()
