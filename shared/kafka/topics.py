"""Create the topics of the manifest, and the dead-letter topic of each consumer; say which are not as they should be."""

from collections.abc import Mapping, Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

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


async def amiss(settings: Settings, topics: Sequence[Topic] = TOPICS) -> dict[str, str]:
    """What is wrong with topics that exist or should, by name: a sentence that says what to do.

    Raises:
        KafkaError: Kafka is out of reach.
    """
    admin = AIOKafkaAdminClient(**connection_arguments(settings))
    await admin.start()
    try:
        names = {settings.topic_prefix + topic.name: topic for topic in topics}
        there = {one["topic"]: len(one["partitions"]) for one in await admin.describe_topics() if one["topic"] in names}
        policies = await _policies(admin, list(there))
    finally:
        await admin.close()
    told = {names[name].name: _wrong(names[name], there.get(name, 0), policies.get(name)) for name in names}
    return {name: sentence for name, sentence in told.items() if sentence}


def _wrong(topic: Topic, partitions: int, policy: str | None) -> str:
    if not partitions:
        return "is not there: make it with python -m deploy.init, then let its owner resync"
    if partitions < topic.partitions:
        return (
            f"has {partitions} partitions instead of {topic.partitions} (a broker that makes topics by itself): delete it, "
            "run python -m deploy.init, then let its owner resync"
        )
    if partitions > topic.partitions:
        return (
            f"has {partitions} partitions instead of {topic.partitions}: this release uses the first {topic.partitions}; "
            "what an older one put into the others stays there until the topic is deleted, made again and resynced"
        )
    wanted = "compact" if topic.compacted else "delete"
    if policy is not None and policy != wanted:
        loses = "last states go with their retention" if topic.compacted else "who was erased stays on it"
        return f"has cleanup.policy={policy} instead of {wanted}: {loses}; set it back with kafka-configs.sh"
    return ""


async def _policies(admin: AIOKafkaAdminClient, names: Sequence[str]) -> Mapping[str, str]:
    """``cleanup.policy`` by topic; nothing where the broker, or its rules, do not tell it."""
    found: dict[str, str] = {}
    if not names:
        return found
    try:
        answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    except KafkaError:
        return found
    for answer in answers:
        for error, _, _, name, entries in answer.resources:
            for entry in entries if error == 0 else ():
                if entry[0] == "cleanup.policy":
                    found[name] = entry[1]
    return found
