"""The whole way on a real broker: events in, e-mails and inbox items out, deliveries published."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.contracts.topics import DELIVERIES, dead_letter_topic
from shared.ids import new_id
from shared.kafka.envelope import Event, to_headers
from shared.kafka.publisher import Publisher
from tests.service.notifications.builders import contact, erased, offer, recommended
from tests.service.notifications.kafka import read_all
from tests.service.notifications.sink import SmtpSink
from tests.support import Running, Stack, eventually


class Others:
    """The services whose events this one hears."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    async def publish(self, *events: Event[Any]) -> None:
        now = SystemClock().now()
        for event in events:
            row = {
                "_id": event.id,
                "type": event.type,
                "subject": event.subject,
                "sequence": event.sequence,
                "time": now,
                "correlation_id": None,
            }
            value = None if event.data is None else event.data.model_dump_json().encode()
            headers = to_headers(row, event.topic.owner)
            await (await self._publisher.send(event.topic.name, event.key.encode(), value, headers))


@pytest.fixture
async def notifications(stack: Stack, smtp: SmtpSink) -> AsyncIterator[Running]:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "digest_seconds": 0.05, "waiting_retry_seconds": 0.2}
    async with stack.running("notifications", worker=True, **mail) as running:
        yield running


@pytest.fixture
async def others(notifications: Running) -> AsyncIterator[Others]:
    publisher = Publisher(notifications.runtime.settings)
    yield Others(publisher)
    await publisher.reset()


async def inbox_size(running: Running, box: str = "profile-1") -> int:
    """How many things were told there; an item of a burst tells several."""
    rows = running.store.collection("notifications").find({"box": box}, {"items.ref": 1})
    return sum([len(row["items"]) async for row in rows])


async def test_a_recommendation_becomes_an_email_and_a_delivery(
    notifications: Running, others: Others, smtp: SmtpSink, stack: Stack
) -> None:
    now = SystemClock().now()
    await others.publish(contact(), offer(), recommended(caused_at=now))
    await eventually(lambda: smtp.messages)
    assert smtp.messages[0]["Subject"] == "Une offre pour vous : Aide à domicile, à Guéret"
    settings = notifications.runtime.settings

    async def published() -> list[Any]:
        return await read_all(settings, DELIVERIES)

    deliveries = await eventually(published)
    assert {(state.channel, state.status) for state in deliveries} == {("email", "sent")}
    for state in deliveries:
        assert (state.caused_by, state.caused_at) == ("cause-1", now)
        assert state.delivered_at >= now
    page = await notifications.client.get("/v1/inbox", headers=stack.token("seeker", subject="user-1"))
    assert page.json()["unread"] == 1


async def test_once_in_effect_under_redelivery_and_resync(
    notifications: Running, others: Others, smtp: SmtpSink
) -> None:
    first = recommended()
    await others.publish(contact(), offer(), first)
    await eventually(lambda: smtp.messages)
    await others.publish(first, replace(first, id=new_id()), contact(), offer(), first)
    # The marker comes after them on the same partition.
    await others.publish(recommended("rec-2", offer_id="offer-1"))

    async def second_is_there() -> bool:
        return await inbox_size(notifications) == 2

    await eventually(second_is_there)
    await eventually(lambda: len(smtp.messages) == 2)
    assert smtp.text(1).count("Creuse Services") == 1


async def test_the_order_of_topics_does_not_matter_and_nothing_is_a_dead_letter(
    notifications: Running, others: Others, smtp: SmtpSink
) -> None:
    store = notifications.store
    await others.publish(recommended())
    await eventually(lambda: store.collection("waiting").count_documents({}))
    await others.publish(offer())
    await eventually(lambda: inbox_size(notifications))
    assert smtp.messages == []
    await others.publish(contact())
    await eventually(lambda: smtp.messages)

    async def nothing_waits() -> bool:
        return await store.collection("waiting").count_documents({}) == 0

    await eventually(nothing_waits)
    for consumer in notifications.app.state.worker.consumers:
        topic = dead_letter_topic("notifications", consumer.topic)
        assert await read_all(notifications.runtime.settings, topic) == []


async def test_a_tombstone_erases_the_person(notifications: Running, others: Others, smtp: SmtpSink) -> None:
    await others.publish(contact(), offer(), recommended())
    await eventually(lambda: smtp.messages)
    await others.publish(erased())

    async def gone() -> bool:
        left: int = await notifications.store.collection("notifications").count_documents({"subject_id": "profile-1"})
        named: int = await notifications.store.collection("contacts").count_documents({"first_name": "Nadia"})
        return left == named == 0

    await eventually(gone)


async def test_another_worker_continues_with_nothing_lost_or_doubled(
    stack: Stack, notifications: Running, others: Others, smtp: SmtpSink
) -> None:
    await others.publish(
        contact(), offer(), *(recommended(f"rec-{n}", caused_at=SystemClock().now()) for n in range(30))
    )
    await eventually(lambda: inbox_size(notifications))
    mail = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    await notifications.app.state.worker.stop()
    await others.publish(*(recommended(f"rec-{n}") for n in range(30, 40)))
    async with stack.running("notifications", worker=True, **mail) as second:

        async def all_told() -> bool:
            return await inbox_size(second) == 40

        await eventually(all_told)
        items = await second.store.collection("notifications").distinct("items.ref", {"box": "profile-1"})
        assert len(items) == 40
