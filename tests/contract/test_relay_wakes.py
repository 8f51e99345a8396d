"""The relay asks the outbox once for each commit: of its own process when it is done, of others over the change stream."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from shared.clock import HandClock
from shared.contracts.topics import OFFERS
from shared.ending import begun, end
from shared.kafka import relay as relays
from shared.store import Store, Work
from tests.contract.test_stuck import put, relaying
from tests.service.shared.sample import offer_state
from tests.support import Stack, eventually, outbox_rows

NEVER = {"relay_poll_seconds": 60.0, "lease_seconds": 60.0}


async def test_the_outbox_is_asked_once_for_each_commit(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relaying(stack, clock, **NEVER) as (running, relay, _):
        store = running.runtime.store
        asked = 0
        watching = asyncio.Event()
        read, watch = store.read_as_of_one_instant, store.watch

        async def counted(reading: Any) -> Any:
            nonlocal asked
            asked += 1
            return await read(reading)

        @asynccontextmanager
        async def told(*arguments: Any, **options: Any) -> AsyncIterator[Any]:
            async with watch(*arguments, **options) as batches:
                watching.set()
                yield batches

        monkeypatch.setattr(store, "read_as_of_one_instant", counted)
        monkeypatch.setattr(store, "watch", told)
        part = begun("relay", relay.run)
        await watching.wait()
        await eventually(lambda: asked == 1, seconds=20)
        for number in range(5):
            await put(running, f"own-{number}")
            await eventually(lambda: _empty(store), seconds=20)
        # What another process commits comes over the stream behind all that this one has committed.
        settings = running.runtime.settings
        other = Store(settings.mongodb_url, store.database.name, clock)
        work = Work()
        work.publish(OFFERS, "offer-updated.v1", key="other", data=offer_state("other"), sequence=1, time=clock.now())
        await other.commit(work)
        await eventually(lambda: _empty(store), seconds=20)
        await end([part])
        await other.close()
    assert asked == 1 + 5 + 1


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


async def _empty(store: Store) -> bool:
    return not await outbox_rows(store)
