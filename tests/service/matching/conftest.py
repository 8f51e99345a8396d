"""The matching service on a real MongoDB, with a clock in hand."""

from collections.abc import AsyncIterator

import pytest

from services.matching.app import SERVICE
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from tests.service.matching.house import House
from tests.service.matching.rooms import Rooms
from tests.support import Stack


@pytest.fixture
async def rooms(stack: Stack, clock: HandClock) -> AsyncIterator[Rooms]:
    """An empty database and no worker yet."""
    runtime = SERVICE.runtime(stack.settings(SERVICE), clock=clock)
    await stack.prepare(runtime.store, SERVICE.collections)
    rooms = Rooms(runtime.store, clock, shipped_structure(), runtime.settings)
    yield rooms
    await rooms.stop()
    await runtime.store.close()


@pytest.fixture
async def house(stack: Stack, clock: HandClock) -> AsyncIterator[House]:
    async with stack.running("matching", clock=clock) as running:
        rooms = Rooms(running.store, clock, shipped_structure(), running.runtime.settings)
        await rooms.start()
        yield House(rooms, running.client, stack)
        await rooms.stop()
