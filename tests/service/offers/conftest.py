"""A running offers service with people around it."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import HandClock
from tests.service.offers.support import Desk
from tests.support import Stack


@pytest.fixture
async def desk(stack: Stack, clock: HandClock) -> AsyncIterator[Desk]:
    """The service without its Kafka side: events stay in the outbox, where a test can read them."""
    async with stack.running("offers", clock=clock) as running:
        yield Desk(stack, running)
