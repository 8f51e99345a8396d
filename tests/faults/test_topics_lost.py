"""Topics that are deleted and made again, or trimmed before they were read, on Apache Kafka."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import PolicyViolationError

from deploy.local.engines import ApacheKafka, BrokerKind, chosen_broker
from shared import metrics
from shared.contracts.topics import OFFERS
from shared.kafka.reading import partitions_of
from tests.contract.test_topics_made_again import IDS, QUICK, administrator, applied, publish
from tests.service.shared.sample import make_service
from tests.support import Stack, eventually

pytestmark = pytest.mark.skipif(
    chosen_broker() is not BrokerKind.APACHE,
    reason="what becomes of places and records is Apache Kafka's: BROKER=apache",
)


async def test_of_a_topic_that_is_made_again_nothing_is_passed_over(stack: Stack) -> None:
    """Its consumers had read more of the old one than there is in the new, and their places outlived it."""
    name = stack.topic_prefix + OFFERS.name
    before = metrics.TOPIC_BEGUN_ANEW.labels(OFFERS.name)._value.get()
    async with stack.running(make_service(), worker=True, **QUICK) as running, administrator(stack) as admin:
        worker = running.app.state.worker
        await publish(running, 1)
        await eventually(lambda: set(applied(running)) == set(IDS))
        await admin.delete_topics([name])
        await publish(running, 2)
        await eventually(lambda: "topics" in worker.health())
        await stack.create_topics()
        await publish(running, 3)
        await publish(running, 4)
        await eventually(lambda: applied(running) == {id: [1, 2, 3, 4] for id in IDS}, seconds=60)
        assert "topics" not in worker.health()
    assert metrics.TOPIC_BEGUN_ANEW.labels(OFFERS.name)._value.get() > before


async def test_records_that_were_gone_before_they_were_read_are_counted(stack: Stack) -> None:
    name = stack.topic_prefix + OFFERS.name
    async with stack.running(make_service(), worker=True) as running:
        await publish(running, 1)
        await eventually(lambda: set(applied(running)) == set(IDS))
    async with stack.running(make_service(consume=False), worker=True) as running, administrator(stack) as admin:
        await publish(running, 2)
        await publish(running, 3)
        await eventually(lambda: _published(running))
        settings = running.runtime.settings
        await _keep_the_last(admin, await partitions_of(settings, name), settings.kafka_bootstrap_servers)
    before = metrics.EVENTS_MISSED.labels(OFFERS.name)._value.get()
    async with stack.running(make_service(), worker=True) as running:
        await publish(running, 4)
        await eventually(lambda: all(4 in found for found in applied(running).values()) and len(applied(running)) == 12)
        partitions = len(running.app.state.worker.consumers[0].partitions)
    read = sum(len(found) for found in applied(running).values()) - len(IDS)
    assert read <= partitions
    assert metrics.EVENTS_MISSED.labels(OFFERS.name)._value.get() - before == 2 * len(IDS) - read


async def _published(running: object) -> bool:
    return await running.store.collection("outbox").count_documents({}) == 0  # type: ignore[attr-defined]


async def _keep_the_last(admin: AIOKafkaAdminClient, partitions: list, bootstrap: str) -> None:  # type: ignore[type-arg]
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        ends = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    # Kafka removes nothing by hand from a topic that is only compacted.
    topic = ConfigResource(ConfigResourceType.TOPIC, partitions[0].topic, {"cleanup.policy": "delete"})
    await admin.alter_configs([topic])

    async def removed() -> bool:
        try:
            await admin.delete_records(
                {one: RecordsToDelete(before_offset=max(0, end - 1)) for one, end in ends.items()}
            )
        except PolicyViolationError:  # the policy has not reached the brokers yet
            return False
        return True

    await eventually(removed)


async def test_a_broker_that_lost_its_disk_is_begun_anew_within_the_probe(stack: Stack, tmp_path: Path) -> None:
    """Not gone for long enough to let go of the consumers, and back without topics and places."""
    with ApacheKafka(tmp_path / "first") as kafka:
        own = Stack(
            stack.environment | {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap},
            stack.keys,
            stack.prefix,
            databases=stack.databases,
        )
        port = kafka.nodes[0].port
        async with own.running(make_service(), worker=True, **QUICK, kafka_silent_seconds=300.0) as running:
            await publish(running, 1)
            await eventually(lambda: set(applied(running)) == set(IDS))
            kafka.kill()
            await publish(running, 2)
            with ApacheKafka(tmp_path / "second", port=port) as empty:
                assert empty.bootstrap == kafka.bootstrap
                worker = running.app.state.worker
                await eventually(lambda: "topics" in worker.health(), seconds=60)
                own.topics.clear()
                await own.create_topics()
                await publish(running, 3)
                await eventually(lambda: applied(running) == {id: [1, 2, 3] for id in IDS}, seconds=90)
                await asyncio.sleep(0)
