"""Clients of Kafka that are stopped while they begin leave nothing open, and nobody in a group who reads nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError

from shared.contracts.topics import OFFERS, PROFILES
from shared.kafka.broker import producer_arguments, reader_arguments
from shared.kafka.subscription import Subscription
from shared.parts import Parts
from shared.worker import Worker
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually


@pytest.mark.parametrize("request_number", [1, 2, 3])
@pytest.mark.parametrize(
    "make",
    [
        lambda settings: AIOKafkaProducer(**producer_arguments(settings)),
        lambda settings: AIOKafkaConsumer(**reader_arguments(settings)),
    ],
    ids=["producer", "consumer"],
)
async def test_a_client_that_is_stopped_while_it_begins_leaves_no_connection(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, make: Callable[[Any], Any], request_number: int
) -> None:
    client = make(stack.settings(make_service()))
    used: list[AIOKafkaConnection] = []
    ask = AIOKafkaConnection.send

    def cancelling(connection: AIOKafkaConnection, *arguments: Any, **named: Any) -> Any:
        used.append(connection)
        answer = ask(connection, *arguments, **named)
        if len(used) == request_number:
            asyncio.get_running_loop().call_soon(beginning.cancel)
        return answer

    monkeypatch.setattr(AIOKafkaConnection, "send", cancelling)
    beginning = asyncio.create_task(client.start())
    await asyncio.gather(beginning, return_exceptions=True)
    await client.stop()
    assert used
    assert [one for one in used if one.connected()] == []


class Clients:
    """What is started and stopped of consumers' clients, of which those behind the first ``failing`` start for ever."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
        self.starting: list[AIOKafkaConsumer] = []
        self.given_up: list[AIOKafkaConsumer] = []
        self.stopped: list[AIOKafkaConsumer] = []
        stop, clients = AIOKafkaConsumer.stop, self

        async def start(client: AIOKafkaConsumer) -> None:
            clients.starting.append(client)
            if len(clients.starting) <= failing:
                raise KafkaConnectionError
            try:
                await asyncio.Event().wait()
            finally:
                clients.given_up.append(client)

        async def noted_stop(client: AIOKafkaConsumer) -> None:
            clients.stopped.append(client)
            await stop(client)

        monkeypatch.setattr(AIOKafkaConsumer, "start", start)
        monkeypatch.setattr(AIOKafkaConsumer, "stop", noted_stop)


@asynccontextmanager
async def _working(stack: Stack) -> AsyncIterator[Worker]:
    service = make_service()
    runtime = service.runtime(stack.settings(service))
    context = Context(runtime)
    both = [Subscription(topic, context.apply) for topic in (OFFERS, PROFILES)]
    worker = Worker(service.name, runtime, Parts(context=context, routers=[], subscriptions=both))
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()
        await runtime.store.close()


async def test_a_worker_that_stops_while_it_connects_takes_its_consumers_out(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = Clients(monkeypatch, failing=0)
    async with _working(stack):
        await eventually(lambda: len(clients.starting) == 2)
    assert set(clients.stopped) == set(clients.starting) == set(clients.given_up)


async def test_where_one_consumer_fails_to_start_the_others_are_not_left_starting(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = Clients(monkeypatch, failing=1)
    async with _working(stack):
        await eventually(lambda: len(clients.stopped) == 2)
        # One that went on after its client was stopped would join the group, and nobody would read its partitions.
        assert clients.given_up == clients.starting[1:2]
