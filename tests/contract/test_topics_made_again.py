"""Topics that are not what they were: deleted, made again, of other partitions, or trimmed before they were read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.metadata import MetadataRequest_v5

from deploy import init
from shared import metrics
from shared.contracts.topics import OFFERS, PROFILES, TOPICS
from shared.kafka.beginning import begin_tidily
from shared.kafka.publisher import Publisher
from shared.kafka.reading import records_of
from shared.kafka.topics import amiss
from shared.settings import Settings, load_settings
from shared.store import Work
from tests.service.shared.sample import Context, make_service, offer_state
from tests.support import Running, Stack, eventually

IDS = [f"offer-{number}" for number in range(12)]
QUICK = {"kafka_probe_seconds": 0.2}


@asynccontextmanager
async def administrator(stack: Stack) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.environment["KAFKA_BOOTSTRAP_SERVERS"].split(","))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def publish(running: Running, sequence: int) -> None:
    work = Work()
    for id in IDS:
        now = running.runtime.clock.now()
        work.publish(OFFERS, "offer-updated.v1", key=id, data=offer_state(id), sequence=sequence, time=now)
    await running.store.commit(work)


def applied(running: Running) -> dict[str, list[int]]:
    context: Context = running.app.state.context
    found: dict[str, list[int]] = {}
    for event in context.seen:
        found.setdefault(event.subject, []).append(event.sequence)
    return found


def settings_of(stack: Stack) -> Settings:
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": stack.environment["KAFKA_BOOTSTRAP_SERVERS"]}
    return load_settings(Settings, topic_prefix=stack.topic_prefix, **kafka)


async def test_a_topic_that_is_made_again_under_a_running_worker_is_missed_and_read_again(stack: Stack) -> None:
    """aiokafka itself looks again after five minutes. That nothing is passed over is tried on Apache Kafka (``tests/faults``)."""
    name = stack.topic_prefix + OFFERS.name
    async with stack.running(make_service(), worker=True, **QUICK) as running, administrator(stack) as admin:
        worker = running.app.state.worker
        partitions = [TopicPartition(name, number) for number in range(OFFERS.partitions)]
        await publish(running, 1)
        await eventually(lambda: set(applied(running)) == set(IDS))

        async def committed() -> bool:
            places = await admin.list_consumer_group_offsets(worker.consumers[0].group, partitions=partitions)
            return sum(place.offset for place in places.values() if place.offset > 0) == len(IDS)

        # This broker keeps no text beside an offset: one that came after the new topic would be taken for one of it.
        await eventually(committed)
        await admin.delete_topics([name])
        await eventually(lambda: "offers.offers.v1 not there" in worker.health().get("topics", ""))
        assert metrics.TOPIC_AMISS.labels(OFFERS.name)._value.get() == 1
        assert (await running.client.get("/health/ready")).status_code == 503
        await stack.create_topics()
        await eventually(lambda: "topics" not in worker.health())
        assert metrics.TOPIC_AMISS.labels(OFFERS.name)._value.get() == 0
        await publish(running, 2)
        await eventually(lambda: applied(running) == {id: [1, 2] for id in IDS}, seconds=40)


async def test_who_goes_on_where_it_was_reads_nothing_again(stack: Stack) -> None:
    """The id of the topic that goes with each commit is compared, and is the same."""
    async with stack.running(make_service(), worker=True) as running:
        await publish(running, 1)
        await eventually(lambda: set(applied(running)) == set(IDS))
    before = metrics.TOPIC_BEGUN_ANEW.labels(OFFERS.name)._value.get()
    async with stack.running(make_service(), worker=True) as running:
        await publish(running, 2)
        await eventually(lambda: applied(running) == {id: [2] for id in IDS})
        context: Context = running.app.state.context
        assert {event.sequence for event in context.offered} == {2}
    assert metrics.TOPIC_BEGUN_ANEW.labels(OFFERS.name)._value.get() == before


async def test_more_partitions_move_no_key(stack: Stack) -> None:
    name = stack.topic_prefix + PROFILES.name
    keys = [f"profile-{number}".encode() for number in range(40)]
    await stack.create_topics()
    settings = stack.settings(make_service())
    where: list[dict[bytes, int]] = []
    async with administrator(stack) as admin:
        for partitions in (PROFILES.partitions, 2 * PROFILES.partitions):
            if where:
                await admin.delete_topics([name])
                await admin.create_topics([NewTopic(name, partitions, 1)])
            publisher = Publisher(settings)
            for sent in [await publisher.send(PROFILES.name, key, b"{}", {}) for key in keys]:
                await sent
            await publisher.reset()
            where.append({record.key: record.partition async for record in records_of(settings, name)})
    assert where[0] == where[1]
    assert len(set(where[0].values())) == PROFILES.partitions
    said = await amiss(settings_of(stack))
    assert list(said) == [PROFILES.name]
    assert "12 partitions instead of 6" in said[PROFILES.name]


async def test_what_is_wrong_with_a_topic_is_said_by_init_and_what_it_makes_is_not(stack: Stack) -> None:
    name = stack.topic_prefix + PROFILES.name
    settings = settings_of(stack)
    async with administrator(stack) as admin:
        await admin.create_topics([NewTopic(name, 1, 1)])  # as a broker does that makes them by itself
    made = [stack.topic_prefix + topic.name for topic in TOPICS if topic is not PROFILES]
    assert "is not there" in (await amiss(settings))[OFFERS.name]
    told = await init.attention(settings, made)
    assert len(told) == 1
    assert f"the topic {PROFILES.name} has 1 partitions instead of 6" in told[0]
    await stack.create_topics()
    assert list(await amiss(settings)) == [PROFILES.name]
    stack.topics.append(name)


async def test_asking_for_a_topic_makes_none() -> None:
    begin_tidily()
    asked = AIOKafkaClient._metadata_update.__globals__["MetadataRequest"](["offers.offers.v1"])
    assert asked.build(MetadataRequest_v5).allow_auto_topic_creation is False
