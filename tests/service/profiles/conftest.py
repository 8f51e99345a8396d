"""The profiles service on a real MongoDB, with a clock in hand."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import HandClock
from tests.service.profiles.disclosing import Desk
from tests.support import Running, Stack


@pytest.fixture
async def profiles(stack: Stack, clock: HandClock) -> AsyncIterator[Running]:
    async with stack.running("profiles", clock=clock) as running:
        yield running


@pytest.fixture
async def desk(stack: Stack, profiles: Running) -> Desk:
    made = Desk(stack, profiles)
    await made.begin()
    return made
