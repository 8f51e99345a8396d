"""The clauses service on a real MongoDB, with a clock in hand."""

from collections.abc import AsyncIterator

import pytest

from shared.clock import HandClock
from tests.service.clauses.builders import People, everybody_acting
from tests.support import Running, Stack


@pytest.fixture
async def clauses(stack: Stack, clock: HandClock) -> AsyncIterator[Running]:
    async with stack.running("clauses", clock=clock) as running:
        await running.store.collection("contractors").insert_many(everybody_acting())
        yield running


@pytest.fixture
def people(stack: Stack) -> People:
    return People(
        facilitator=stack.token("facilitator", subject="facilitator-1"),
        manager=stack.token("manager", subject="manager-1"),
        contractor=stack.token("contractor", subject="clerk-1", territories=()),
        other_contractor=stack.token("contractor", subject="clerk-2", territories=()),
        stranger=stack.token("contractor", subject="clerk-9", territories=()),
        neighbour=stack.token("facilitator", subject="facilitator-2", territories=("87",)),
    )
