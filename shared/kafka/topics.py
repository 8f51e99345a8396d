"""Create the topics of the manifest, and the dead-letter topic of each consumer."""

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.contracts.topics import DAY_MS, TOPICS, Topic, dead_letter_topic
from shared.kafka.connection import connection_arguments
from shared.settings import Settings

DEAD_LETTER_RETENTION_MS = 90 * DAY_MS


def wanted_topics(settings: Settings) -> list[NewTopic]:
    """What must exist, as Kafka wants it told."""
    topics = []
    for topic in TOPICS:
        topics.append(_new(settings, topic.name, topic.partitions, _configuration(settings, topic)))
        for service in topic.consumers:
            retention = _copies(settings) | {"cleanup.policy": "delete", "retention.ms": str(DEAD_LETTER_RETENTION_MS)}
            topics.append(_new(settings, dead_letter_topic(service, topic), 1, retention))
    return topics


def _copies(settings: Settings) -> dict[str, str]:
    return {"min.insync.replicas": str(settings.kafka_min_insync_replicas)}


def _configuration(settings: Settings, topic: Topic) -> dict[str, str]:
    if topic.compacted:
        # Every event stays readable for the retention time before compaction may keep the last one only.
        return _copies(settings) | {
            "cleanup.policy": "compact",
            "min.compaction.lag.ms": str(topic.retention_ms),
            "delete.retention.ms": str(topic.retention_ms),
        }
    return _copies(settings) | {"cleanup.policy": "delete", "retention.ms": str(topic.retention_ms)}


def _new(settings: Settings, name: str, partitions: int, configuration: dict[str, str]) -> NewTopic:
    return NewTopic(
        name=settings.topic_prefix + name,
        num_partitions=partitions,
        replication_factor=settings.kafka_replication_factor,
        topic_configs=configuration,
    )


async def create_topics(settings: Settings) -> list[str]:
    """Create what is missing; existing topics are left as they are. Returns the names created.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    admin = AIOKafkaAdminClient(**connection_arguments(settings))
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        missing = [topic for topic in wanted_topics(settings) if topic.name not in existing]
        if missing:
            await admin.create_topics(missing, timeout_ms=30_000)
        return [topic.name for topic in missing]
    finally:
        await admin.close()
