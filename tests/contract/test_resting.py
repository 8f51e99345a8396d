"""Consumers that hear nothing ask the broker less often, and nothing else of it."""

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.consumer import fetcher

from shared.contracts.topics import OFFERS
from shared.kafka import resting
from shared.kafka.consumer import Consumer
from shared.settings import Settings, load_settings
from tests.contract.kafka_records import offer, produce
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually

BUSY, IDLE = 51, 151


async def test_who_hears_nothing_asks_less_often_until_something_comes(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    build = fetcher.FetchRequest

    def building(max_wait: int, *more: object, **named: object) -> object:
        if max_wait in (BUSY, IDLE):  # not what another test's consumer, which ends meanwhile, still asks
            waits.append(max_wait)
        return build(max_wait, *more, **named)

    monkeypatch.setattr(fetcher, "FetchRequest", building)
    monkeypatch.setattr(resting, "AFTER_SECONDS", 0.4)
    waiting = {"kafka_fetch_max_wait_ms": BUSY, "kafka_idle_fetch_max_wait_ms": IDLE}
    async with stack.running(make_service(), worker=True, **waiting) as running:
        context: Context = running.app.state.context
        await eventually(lambda: IDLE in waits)
        asked = len(waits)
        await produce(stack, OFFERS.name, [offer("first")])
        await eventually(lambda: len(context.seen) == 1)
        await eventually(lambda: BUSY in waits[asked:])
        asked = len(waits)
        await eventually(lambda: IDLE in waits[asked:])


@pytest.mark.parametrize("under_way", [True, False])
async def test_who_rests_waits_for_no_old_fetch_where_partitions_are_handed_out_anew(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, under_way: bool
) -> None:
    waits: list[int] = []
    build, longest = fetcher.FetchRequest, 14_000 if under_way else 200

    def building(max_wait: int, *more: object, **named: object) -> object:
        waits.append(max_wait)
        if max_wait == longest and not under_way:
            # As where a process stood still: its fetch is over, and the group has another generation.
            asyncio.get_running_loop().call_soon(consumer._resting.let_go)
        return build(max_wait, *more, **named)

    monkeypatch.setattr(fetcher, "FetchRequest", building)
    monkeypatch.setattr(resting, "AFTER_SECONDS", 0.4)
    async with stack.running(make_service(), worker=True, kafka_fetch_max_wait_ms=BUSY) as running:
        context: Context = running.app.state.context
        consumer: Consumer = running.app.state.worker.consumers[0]
        await produce(stack, OFFERS.name, [offer("first")])
        await eventually(lambda: len(context.seen) == 1)
        consumer._resting._idle_ms = longest
        await eventually(lambda: longest in waits)
        asked = waits.index(longest) + 1
        caplog.clear()
        if under_way:
            await consumer._let_go()
            resting_next = consumer._resting._going_to_rest
            assert resting_next is not None
            assert resting_next.cancelled()  # others may take as long as they like to join
            consumer._resting.awake()
        # The second is built when the first is answered: on a connection that still waits that would be after the longest.
        await eventually(lambda: len(waits) > asked + 1, seconds=7)
        await produce(stack, OFFERS.name, [offer("second")])
        await eventually(lambda: len(context.seen) == 2)
        assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []


async def test_who_rests_knows_its_lag_without_asking(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "AFTER_SECONDS", 0.1)
    async with stack.running(make_service(), worker=True) as running:
        context: Context = running.app.state.context
        consumer: Consumer = running.app.state.worker.consumers[0]
        await produce(stack, OFFERS.name, [offer("first")])
        await eventually(lambda: len(context.seen) == 1)
        await eventually(lambda: consumer._resting.at_rest)
        client: Any = consumer.client

        async def refused(*_: object) -> None:
            raise AssertionError("asked")

        for question in ("end_offsets", "committed"):
            monkeypatch.setattr(client, question, refused)
        await eventually(lambda: all(client.highwater(one) is not None for one in client.assignment()))
        assert await consumer.lag() == 0


async def test_nobody_rests_while_something_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch that waits long may ask for a part of the partitions only while records of the others are in hand."""
    monkeypatch.setattr(resting, "AFTER_SECONDS", 0.01)
    settings = load_settings(Settings, environment="test")
    fetcher_of: Any = SimpleNamespace(_fetcher=SimpleNamespace(_fetch_max_wait_ms=0))
    asked = 0

    def busy() -> bool:
        nonlocal asked
        asked += 1
        return asked < 3

    one = resting.Resting(settings, lambda: fetcher_of, busy)
    one.awake()
    assert fetcher_of._fetcher._fetch_max_wait_ms == settings.kafka_fetch_max_wait_ms
    await eventually(lambda: one.at_rest)
    assert asked == 3
    assert fetcher_of._fetcher._fetch_max_wait_ms == settings.kafka_idle_fetch_max_wait_ms
    one.awake()
    assert not one.at_rest
