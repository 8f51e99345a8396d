"""Put dead letters back onto the topic they came from, once their cause is mended."""

import asyncio
from collections.abc import AsyncIterator

from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.contracts.topics import TOPICS, Topic, dead_letter_topic, group_of
from shared.kafka.publisher import Publisher
from shared.settings import Settings

PREFIX = "kafka_dlt-"


async def redrive(settings: Settings, service: str, topic: Topic) -> AsyncIterator[int]:
    """Send every dead letter of ``service`` for ``topic`` back to its topic; yields how many so far.

    Offsets of the dead-letter topic are committed after the confirmation, so an interrupted redrive goes on where it was
    (and may repeat the last ones, which consumers recognise). All consumers of the topic see the record again.
    """
    publisher = Publisher(settings)
    name = settings.topic_prefix + dead_letter_topic(service, topic)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers.split(","),
        group_id=f"{settings.topic_prefix}{group_of(service)}-redrive",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    done = 0
    try:
        partitions = [TopicPartition(name, number) for number in sorted(await _partitions(consumer, name))]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            start = await consumer.committed(partition)
            await _seek(consumer, partition, start)
        while any([await consumer.position(p) < ends[p] for p in partitions]):
            fetched = await consumer.getmany(timeout_ms=1_000, max_records=200)
            futures = []
            offsets: dict[TopicPartition, int] = {}
            for partition, records in fetched.items():
                for record in records:
                    headers = {n: v for n, v in record.headers if not n.startswith(PREFIX)}
                    futures.append(await publisher.send(topic.name, record.key, record.value, headers))
                    offsets[partition] = record.offset + 1
            await asyncio.gather(*futures)
            if offsets:
                await consumer.commit(offsets)
                done += len(futures)
                yield done
    finally:
        await consumer.stop()
        await publisher.reset()


async def _partitions(consumer: AIOKafkaConsumer, name: str) -> set[int]:
    known: set[int] | None = consumer.partitions_for_topic(name)
    if known is None:
        await consumer.topics()
        known = consumer.partitions_for_topic(name)
    return known or {0}


async def _seek(consumer: AIOKafkaConsumer, partition: TopicPartition, start: int | None) -> None:
    if start is None:
        await consumer.seek_to_beginning(partition)
    else:
        consumer.seek(partition, start)


def topics_of(service: str) -> list[Topic]:
    """The topics that ``service`` consumes, and so may have dead letters of."""
    return [topic for topic in TOPICS if service in topic.consumers]
