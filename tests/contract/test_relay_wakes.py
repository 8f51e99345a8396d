"""The relay asks the outbox once for each commit: of its own process when it is done, of others when they ring."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.clock import HandClock
from shared.contracts.topics import OFFERS
from shared.ending import begun, end
from shared.kafka import relay as relays
from shared.kafka.publisher import Publisher
from shared.kafka.relay import Relay
from shared.store import Store, Work
from tests.contract.test_stuck import put, relaying
from tests.service.shared.sample import offer_state
from tests.service.shared.test_bell import rung_for
from tests.support import Running, Stack, eventually, outbox_rows

NEVER = {"relay_poll_seconds": 60.0, "lease_seconds": 60.0}


async def test_the_outbox_is_asked_once_for_each_commit(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        store = running.runtime.store
        asked = 0
        hearing = asyncio.Event()
        read, heard = store.read_as_of_one_instant, store.bell.heard

        async def counted(reading: Any) -> Any:
            nonlocal asked
            asked += 1
            return await read(reading)

        @asynccontextmanager
        async def told(wait_seconds: float) -> AsyncIterator[Any]:
            async with heard(wait_seconds) as batches:
                hearing.set()
                yield batches

        monkeypatch.setattr(store, "read_as_of_one_instant", counted)
        monkeypatch.setattr(store.bell, "heard", told)
        part = begun("relay", relay.run)
        await hearing.wait()
        await eventually(lambda: asked == 1, seconds=20)
        for number in range(5):
            await put(running, f"own-{number}")
            await eventually(lambda: _empty(store), seconds=20)
        assert [ids for ids in await rung_for(store) if ids] == [], "nobody else need know"
        async with _another(running, clock) as other:
            await _commit(other, clock, "other")
            await eventually(lambda: _empty(store), seconds=20)
        await end([part])
    assert asked == 1 + 5 + 1


async def test_nobody_follows_a_change_stream_for_the_outbox(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MongoDB wakes each for every write of the whole server."""
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        monkeypatch.delattr(Store, "watch")
        part = begun("relay", relay.run)
        await eventually(lambda: relay._hears_since is not None)
        await put(running, "own")
        await eventually(lambda: _empty(running.runtime.store), seconds=20)
        await end([part])


async def test_who_does_not_lead_rings_for_who_does(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        settings = stack.settings(running.service, **NEVER)
        async with _another(running, clock) as other:
            idle = Relay(other, Publisher(settings), settings, "matching", "two")
            parts = [begun("relay", relay.run)]
            await eventually(lambda: relay._held is not None and relay._hears_since is not None, seconds=20)
            parts.append(begun("idle relay", idle.run))
            await eventually(lambda: idle._looked_at > 0, seconds=20)
            await _commit(other, clock, "two")
            await eventually(lambda: _empty(other), seconds=20)
            assert idle._held is None
            await end(parts)


async def test_a_ring_that_never_came_costs_a_moment(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is killed between a commit and its ring has told nobody."""
    async with relaying(stack, clock, relay_poll_seconds=0.1) as (running, relay, _):
        part = begun("relay", relay.run)
        await eventually(lambda: relay._look_due() - relay._looked_at == pytest.approx(0.1 * relays.SELDOM))
        async with _another(running, clock) as other:
            monkeypatch.setattr(other.bell, "ring", lambda documents: None)
            await _commit(other, clock, "quiet")
            await eventually(lambda: _empty(other), seconds=20)
        await end([part])


async def test_who_lost_the_lease_after_a_commit_rings(stack: Stack, clock: HandClock) -> None:
    """It was to publish it itself, so nobody was told."""
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        store = running.runtime.store
        assert await relay.drain() is False
        await put(running, "late")
        assert await rung_for(store) == []
        stolen = {"holder": "another", "until": datetime.now(UTC) + timedelta(hours=1)}
        await store.collection("leases").update_one({"_id": "relay"}, {"$set": stolen})
        relay._held = None
        assert await relay._turn() is False
        await store.bell.rung()
        assert await rung_for(store) == [[row["_id"] for row in await outbox_rows(store)]]


async def test_after_its_relay_has_ended_a_process_rings(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        await relay.drain()
        await relay.close()
        await put(running, "at the end")
        await running.runtime.store.bell.rung()
        assert len(await rung_for(running.runtime.store)) == 1


async def test_a_leader_that_hears_of_every_commit_looks_seldom(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, relay_poll_seconds=0.05) as (running, relay, publisher):

        def pause() -> float:
            return round((relay._look_due() - relay._looked_at) / 0.05)

        assert pause() == 1, "it hears nothing yet"
        part = begun("relay", relay.run)
        await eventually(lambda: pause() == relays.SELDOM)
        publisher.failure = lambda key: ValueError("refused") if key == b"stuck" else None
        await put(running, "stuck")
        await eventually(lambda: pause() == 1)
        await end([part])


@asynccontextmanager
async def _another(running: Running, clock: HandClock) -> AsyncIterator[Store]:
    """The same database as another process has it."""
    other = Store(running.runtime.settings.mongodb_url, running.runtime.store.database.name, clock)
    yield other
    await other.close()


async def _commit(store: Store, clock: HandClock, key: str) -> None:
    work = Work()
    work.publish(OFFERS, "offer-updated.v1", key=key, data=offer_state(key), sequence=1, time=clock.now())
    await store.commit(work)


async def _empty(store: Store) -> bool:
    return not await outbox_rows(store)
