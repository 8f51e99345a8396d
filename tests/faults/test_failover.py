"""The primary of three members steps down, dies or falls silent while people write and events are heard: nothing that was
acknowledged is lost, nothing happens twice, and everything goes on by itself.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from shared.store import Work
from tests.faults.replicas import Replicas, replicas, thaw
from tests.faults.test_kill import EVENTS_EACH, OFFERS_COUNT, assert_once_and_in_order, effects, write_events
from tests.service.shared.sample import make_service
from tests.support import Running, Stack, eventually


@pytest.fixture
def members() -> Any:
    with replicas() as three:
        yield three


@pytest.fixture
async def own(stack: Stack, members: Replicas) -> AsyncIterator[Stack]:
    """This test's world, on the three members."""
    environment = stack.environment | {"MONGODB_URL": members.url}
    made = Stack(environment, stack.keys, stack.database_prefix, stack.world)
    yield made
    await made.delete_topics()


def steps_down(members: Replicas) -> None:
    members.step_down()


def dies(members: Replicas) -> None:
    members.kill_primary().restart()


def falls_silent(members: Replicas) -> None:
    frozen = members.freeze_primary()
    thaw(frozen)


@pytest.mark.parametrize("fault", [steps_down, dies, falls_silent])
async def test_what_was_acknowledged_is_kept_and_happens_once(
    own: Stack, members: Replicas, fault: Callable[[Replicas], None]
) -> None:
    async with own.running(make_service(), worker=True) as running:
        writing = asyncio.create_task(write_events(running))
        total = OFFERS_COUNT * EVENTS_EACH
        for share in (0.1, 0.5):
            await eventually(lambda share=share: _reached(running, total * share), seconds=60)
            await asyncio.to_thread(fault, members)
        await asyncio.wait_for(writing, 120)
        await eventually(lambda: _reached(running, total), seconds=90)
        await assert_once_and_in_order(running)
        assert await running.store.collection("outbox").count_documents({}) == 0
        assert running.app.state.worker.health() == {"kafka": "ok"}
        assert await running.store.collection("dead_letters").count_documents({}) == 0


async def test_a_silent_primary_is_given_up(own: Stack, members: Replicas) -> None:
    """No connection breaks where a machine is gone: who asks goes to the other that leads while it is still silent."""
    async with own.running(make_service()) as running:
        work = Work()
        work.insert("counters", {"_id": "before", "count": 1})
        await running.store.commit(work)
        frozen = await asyncio.to_thread(members.freeze_primary)
        try:
            later = Work()
            later.insert("counters", {"_id": "after", "count": 1})
            await running.store.commit(later)
            assert await effects(running) == 2
        finally:
            thaw(frozen)


async def _reached(running: Running, count: float) -> bool:
    return await effects(running) >= count
