"""The notifications service on a real MongoDB with a real SMTP server beside it, and a clock in hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from services.notifications.app import SERVICE
from services.notifications.channels.email import Email
from services.notifications.channels.sender import Sender
from services.notifications.commands.telling import Telling
from services.notifications.consumers import Consumers
from services.notifications.jobs import Jobs
from services.notifications.templates.texts import Texts
from shared.clock import HandClock
from shared.kafka.envelope import Event
from tests.service.notifications.builders import NOW
from tests.service.notifications.sink import SmtpSink
from tests.support import Stack, outbox_rows


@pytest.fixture
def clock() -> HandClock:
    """A clock that the test moves."""
    return HandClock(NOW)


@dataclass
class Rooms:
    """The parts of the service, to be called one by one: what a worker does in its own time happens here on demand."""

    clock: HandClock
    store: Any
    settings: Any
    consumers: Consumers
    sender: Sender
    outlet: Email
    jobs: Jobs

    async def hear(self, *events: Event[Any]) -> None:
        """Hand events to the consumer of their topic, as one batch for each run of one topic."""
        handlers = {subscription.topic.name: subscription.handler for subscription in self.consumers.subscriptions()}
        batch: list[Event[Any]] = []
        for event in (*events, None):
            if batch and (event is None or event.topic != batch[0].topic):
                await handlers[batch[0].topic.name](batch)  # type: ignore[arg-type]  # all are batch subscriptions
                batch = []
            if event is not None:
                batch.append(event)

    async def rows(self, collection: str, **query: Any) -> list[dict[str, Any]]:
        if collection == "outbox":
            return await outbox_rows(self.store)
        found = await self.store.collection(collection).find(query).sort("_id", 1).to_list(None)
        return list(found)

    async def inbox(self, box: str) -> list[str]:
        """Titles in a box, oldest first."""
        return [row["items"][0]["title"] for row in await self.rows("notifications", box=box)]

    async def mails(self, status: str | None = None) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"channel": "email"}
        return await self.rows("notifications", **(query if status is None else query | {"status": status}))

    async def deliveries(self) -> list[str]:
        """Types of the events that the service has to publish."""
        return [row["type"] for row in await self.rows("outbox")]


@pytest.fixture
async def smtp() -> AsyncIterator[SmtpSink]:
    """A real SMTP server on a free port of loopback."""
    sink = SmtpSink()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink, hostname="localhost"), "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


@asynccontextmanager
async def rooms_of(stack: Stack, clock: HandClock, **overrides: Any) -> AsyncIterator[Rooms]:
    """Another process's parts on the same database."""
    settings = stack.settings(SERVICE, **overrides)
    runtime = SERVICE.runtime(settings, clock=clock)
    await stack.prepare(runtime.store, SERVICE.collections)
    assert isinstance(settings, SERVICE.settings)
    texts = Texts(settings)  # type: ignore[arg-type]  # the service's own settings, see above
    outlet = Email(settings, texts, clock)  # type: ignore[arg-type]  # as above
    outlets = [outlet.channel] if outlet.enabled else []
    telling = Telling(runtime.store, clock, runtime.new_id, settings, texts, outlets)  # type: ignore[arg-type]  # as above
    yield Rooms(
        clock,
        runtime.store,
        settings,
        Consumers(runtime.store, clock, runtime.new_id, telling),
        Sender(runtime.store, clock, runtime.new_id, settings, outlet, telling),  # type: ignore[arg-type]  # as above
        outlet,
        Jobs(runtime.store, clock, runtime.new_id, settings, telling),  # type: ignore[arg-type]  # as above
    )
    await runtime.store.close()


@pytest.fixture
async def rooms(stack: Stack, clock: HandClock, smtp: SmtpSink) -> AsyncIterator[Rooms]:
    async with rooms_of(
        stack, clock, smtp_host="127.0.0.1", smtp_port=smtp.port, digest_seconds=10, email_retry_base_seconds=60
    ) as parts:
        yield parts
