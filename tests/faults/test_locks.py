"""The locks of Kafka, on Apache Kafka itself: who may read and write what, as the manifest says and no further."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from deploy.access.acls import OPERATOR, all_grants, partner_grants, partner_user, service_user
from deploy.access.kafka import apply_grants, described, remove_users, set_passwords
from deploy.local.secured import ADMIN, SecuredKafka
from shared import metrics
from shared.contracts.topics import (
    CONTACTS,
    OFFER_NOTICES,
    OFFERS,
    SERVICES,
    TOPICS,
    Topic,
    Visibility,
    consumer_group,
    dead_letter_topic,
)
from shared.kafka.broker import producer_arguments
from shared.kafka.connection import connection_arguments
from shared.kafka.pulse import Pulse
from shared.kafka.reading import admin_of, records_of
from shared.kafka.topics import amiss, create_topics
from shared.service import build_app
from shared.settings import Settings, load_settings
from tests.contract.kafka_records import offer
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually

PARTNERS = ("cap-emploi", "cap")


class Locked:
    """The broker with the manifest's topics, users and ACLs, and a password for each user."""

    def __init__(self, broker: SecuredKafka) -> None:
        self.broker = broker
        users = [*all_grants(PARTNERS)]
        self.passwords = {user: secrets.token_urlsafe(24) for user in users} | {ADMIN: broker.admin_password}

    def settings(self, user: str, **more: Any) -> Settings:
        values: dict[str, Any] = {
            "environment": "test",
            "KAFKA_BOOTSTRAP_SERVERS": self.broker.bootstrap,
            "kafka_security_protocol": "SASL_PLAINTEXT",
            "kafka_username": user,
            "kafka_password": self.passwords[user],
        }
        return load_settings(Settings, **(values | more))

    def from_outside(self, user: str) -> Settings:
        return self.settings(
            user,
            KAFKA_BOOTSTRAP_SERVERS=self.broker.partners,
            kafka_security_protocol="SASL_SSL",
            kafka_ca_file=str(self.broker.ca_file),
        )


@pytest.fixture(scope="session")
async def locked(secured_kafka: SecuredKafka) -> Locked:
    world = Locked(secured_kafka)
    await create_topics(world.settings(ADMIN))
    async with admin_of(world.settings(ADMIN)) as admin:
        await set_passwords(admin, {user: word for user, word in world.passwords.items() if user != ADMIN})
        # Another file of this process may have made them on the same broker.
        _, removed = await apply_grants(admin, all_grants(PARTNERS))
        assert removed == 0
    for user in world.passwords:
        await eventually(lambda user=user: may_log_in(world.settings(user)), seconds=60)
    return world


async def may_log_in(settings: Settings) -> bool:
    """A broker learns of a new user a moment after the user was made."""
    client = AIOKafkaClient(**connection_arguments(settings))
    try:
        await client.bootstrap()
    except KafkaError:
        return False
    finally:
        await client.close()
    return True


def refused(error: KafkaError) -> bool:
    """Whether the broker said no; anything else is another fault, and raised."""
    if "Authorization" not in type(error).__name__:
        raise error
    return True


async def may_write(settings: Settings, topic: str) -> bool:
    producer = AIOKafkaProducer(**producer_arguments(settings))
    try:
        await producer.start()
        await producer.send_and_wait(topic, value=b"{}", key=b"k")
    except KafkaError as error:
        return not refused(error)
    finally:
        await producer.stop()
    return True


async def may_read(settings: Settings, topic: str) -> bool:
    # A consumer asks again and again for the partitions of a topic that it may not even see: ask once instead.
    async with admin_of(settings) as admin:
        (told,) = await admin.describe_topics([topic])
    if told["error_code"] == TopicAuthorizationFailedError.errno:
        return False
    consumer = AIOKafkaConsumer(**connection_arguments(settings), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        await consumer.seek_to_beginning(partition)
        await consumer.getmany(timeout_ms=200)
    except KafkaError as error:
        return not refused(error)
    finally:
        await consumer.stop()
    return True


async def may_join(settings: Settings, group: str, topic: Topic) -> bool:
    consumer = AIOKafkaConsumer(topic.name, group_id=group, **connection_arguments(settings))
    try:
        await consumer.start()
    except KafkaError as error:
        return not refused(error)
    finally:
        await consumer.stop()
    return True


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_what_it_owns_and_reads_what_the_manifest_says(locked: Locked, service: str) -> None:
    settings = locked.settings(service_user(service))
    wrong = []
    for topic in TOPICS:
        writes, reads = topic.owner == service, service in topic.consumers or topic.owner == service
        if await may_write(settings, topic.name) is not writes:
            wrong.append(f"write {topic.name}")
        if await may_read(settings, topic.name) is not reads:
            wrong.append(f"read {topic.name}")
    assert wrong == []


async def test_dead_letters_are_their_services_own(locked: Locked) -> None:
    name = dead_letter_topic("matching", OFFERS)
    assert await may_write(locked.settings(service_user("matching")), name)
    assert await may_read(locked.settings(service_user("matching")), name)
    assert not await may_write(locked.settings(service_user("notifications")), name)
    assert not await may_read(locked.settings(service_user("notifications")), name)


async def test_nobody_joins_the_groups_of_others(locked: Locked) -> None:
    group = consumer_group("matching", OFFERS)
    assert await may_join(locked.settings(service_user("matching")), group, OFFERS)
    assert not await may_join(locked.settings(service_user("notifications")), group, OFFERS)
    assert not await may_join(locked.settings(partner_user("cap")), group, OFFERS)


async def test_a_partner_reads_what_is_meant_for_partners_over_tls_and_nothing_else(locked: Locked) -> None:
    settings = locked.from_outside(partner_user("cap-emploi"))
    reads = {topic.name for topic in TOPICS if await may_read(settings, topic.name)}
    assert reads == {topic.name for topic in TOPICS if topic.visibility in (Visibility.PARTNER, Visibility.PUBLIC)}
    assert not await may_write(settings, OFFERS.name)
    assert await may_join(settings, "partner-cap-emploi.feed", OFFERS)
    # "cap" is how "cap-emploi" begins: neither gets into the other's groups.
    assert not await may_join(settings, "partner-cap.feed", OFFERS)
    assert not await may_join(locked.from_outside(partner_user("cap")), "partner-cap-emploi.feed", OFFERS)


async def test_without_the_password_or_tls_nobody_is_let_in(locked: Locked) -> None:
    wrong = locked.settings(service_user("offers"), kafka_password="not the password of anybody")
    without = load_settings(Settings, environment="test", KAFKA_BOOTSTRAP_SERVERS=locked.broker.bootstrap)
    clear = locked.settings(partner_user("cap"), KAFKA_BOOTSTRAP_SERVERS=locked.broker.partners)
    stranger = locked.settings(
        partner_user("cap"), KAFKA_BOOTSTRAP_SERVERS=locked.broker.partners, kafka_security_protocol="SASL_SSL"
    )
    for settings in (wrong, without, clear, stranger):
        consumer = AIOKafkaConsumer(**connection_arguments(settings), request_timeout_ms=3_000)
        with pytest.raises(KafkaError):
            await consumer.start()
        await consumer.stop()


async def test_the_operators_user_sees_lag_and_no_content(locked: Locked) -> None:
    settings = locked.settings(OPERATOR)
    async with admin_of(settings) as admin:
        assert OFFERS.name in await admin.list_topics()
        await admin.list_consumer_group_offsets(consumer_group("matching", OFFERS))
    assert not await may_read(settings, CONTACTS.name)
    assert not await may_write(settings, OFFERS.name)


async def test_the_operators_user_is_told_how_a_topic_keeps_its_records(locked: Locked) -> None:
    """As whom the init job and ``bassin status`` ask on Kubernetes."""
    topic = replace(OFFER_NOTICES, compacted=True)
    told = await amiss(locked.settings(OPERATOR), [topic, OFFERS])
    assert list(told) == [topic.name]
    assert "cleanup.policy=delete instead of compact" in told[topic.name]


async def test_who_may_not_see_a_topic_is_told_so_and_not_that_it_is_not_there(locked: Locked) -> None:
    """Where somebody else makes the rules (a managed Kafka) one may be lacking: what the init job makes helps nobody then."""
    pulse = Pulse(locked.settings(service_user("matching")), [OFFERS, OFFER_NOTICES, replace(OFFERS, name="none.v1")])
    asking = asyncio.create_task(pulse.run())
    try:
        await asyncio.wait_for(pulse.alive(), 60)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    told = pulse.missing() or ""
    assert f"{OFFER_NOTICES.name}, none.v1 closed to this account" in told
    assert "deploy.init" not in told
    assert OFFERS.name not in told
    assert metrics.TOPIC_AMISS.labels(OFFER_NOTICES.name)._value.get() == 1


async def test_applying_again_changes_nothing_and_what_is_no_longer_said_goes(locked: Locked) -> None:
    user = partner_user("passing")
    async with admin_of(locked.settings(ADMIN)) as admin:
        await set_passwords(admin, {user: "a password of one that passes"})
        locked.passwords[user] = "a password of one that passes"
        granted = partner_grants("passing")
        assert (await apply_grants(admin, {user: granted}))[0] == 2 * len(granted)

        async def unchanged() -> bool:
            """A broker learns of what was granted a moment after it was."""
            return await apply_grants(admin, {user: granted}) == (0, 0)

        await eventually(unchanged)
        settings = locked.from_outside(user)
        await eventually(lambda: may_log_in(settings))
        assert await may_read(settings, OFFERS.name)
        # The topic is no longer for partners: one rule less, and the others stay.
        fewer = [one for one in granted if one.name != OFFERS.name]
        assert await apply_grants(admin, {user: fewer}) == (0, 2)

        async def closed() -> bool:
            return not await may_read(settings, OFFERS.name)

        await eventually(closed)
        before = {acl for acl in await described(admin) if acl.user != user}
        await remove_users(admin, [user])
        await remove_users(admin, [user])
        assert await described(admin) == before
    consumer = AIOKafkaConsumer(**connection_arguments(settings), request_timeout_ms=3_000)
    with pytest.raises(KafkaError):
        await consumer.start()
    await consumer.stop()


async def test_a_worker_consumes_and_announces_dead_letters_with_its_own_account(locked: Locked, stack: Stack) -> None:
    user = service_user("matching")
    service = make_service()
    settings = stack.settings(
        service,
        KAFKA_BOOTSTRAP_SERVERS=locked.broker.bootstrap,
        topic_prefix="",
        kafka_idempotence=True,
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_username=user,
        kafka_password=locked.passwords[user],
    )
    app = build_app(service, settings, worker=True)
    producer = AIOKafkaProducer(**producer_arguments(locked.settings(service_user("offers"))))
    await producer.start()
    async with app.router.lifespan_context(app):
        context: Context = app.state.context
        good, bad = offer("good"), offer("bad", ce_id=None)
        for record in (bad, good):
            await producer.send_and_wait(OFFERS.name, record.value, key=record.key, headers=record.headers)
        await producer.stop()
        # What other tests of this broker have sent is applied too: of these two, the one that can be.
        await eventually(lambda: "good" in [event.subject for event in context.seen], seconds=60)
        assert "bad" not in [event.subject for event in context.seen]
        assert app.state.worker.health()["kafka"] == "ok"
    announced = [
        record
        async for record in records_of(locked.settings(user), dead_letter_topic("matching", OFFERS))
        if record.key == b"bad"
    ]
    assert len(announced) == 1


async def test_a_worker_goes_on_reading_once_the_rule_that_was_taken_from_it_is_back(
    locked: Locked, stack: Stack
) -> None:
    user = service_user("notifications")
    service = make_service(name="notifications")
    settings = stack.settings(
        service,
        KAFKA_BOOTSTRAP_SERVERS=locked.broker.bootstrap,
        topic_prefix="",
        kafka_idempotence=True,
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_username=user,
        kafka_password=locked.passwords[user],
        kafka_probe_seconds=1.0,
    )
    granted = all_grants(PARTNERS)[user]
    fewer = [one for one in granted if one.name != OFFERS.name]
    app = build_app(service, settings, worker=True)
    producer = AIOKafkaProducer(**producer_arguments(locked.settings(service_user("offers"))))
    await producer.start()
    async with app.router.lifespan_context(app), admin_of(locked.settings(ADMIN)) as admin:
        context: Context = app.state.context
        worker = app.state.worker

        async def published(id: str) -> None:
            record = offer(id)
            await producer.send_and_wait(OFFERS.name, record.value, key=record.key, headers=record.headers)

        def read(id: str) -> bool:
            return id in [event.subject for event in context.seen]

        await published("before")
        await eventually(lambda: read("before"), seconds=60)
        await apply_grants(admin, {user: fewer})
        try:
            await published("closed")
            await eventually(lambda: "closed to this account" in worker.health().get("topics", ""), seconds=60)
            assert worker.health()["kafka"] == "ok"
            # One that starts now reads what it may, here nothing, instead of none of its topics.
            second = build_app(service, settings, worker=True)
            async with second.router.lifespan_context(second):
                await eventually(lambda: second.state.worker.health()["kafka"] == "ok", seconds=60)
                assert second.state.worker.consumers[0].client is None
        finally:
            await apply_grants(admin, {user: granted})
        await published("after")
        await producer.stop()
        await eventually(lambda: read("closed") and read("after"), seconds=90)
        await eventually(lambda: "topics" not in worker.health())
