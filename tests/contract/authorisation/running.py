"""A running service with one thing of each kind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.clock import HandClock
from tests.contract.authorisation.things import clauses, matching, notifications, offers, profiles
from tests.contract.authorisation.world import NOW, World, callers
from tests.service.notifications import builders as told
from tests.support import Stack

THINGS = {
    "offers": offers.things,
    "profiles": profiles.things,
    "matching": matching.things,
    "notifications": notifications.things,
    "clauses": clauses.things,
}


@asynccontextmanager
async def world_of(service: str, stack: Stack) -> AsyncIterator[World]:
    """The service with its things, kept so that they can be put back."""
    clock = HandClock(told.NOW if service == "notifications" else NOW)
    async with stack.running(service, clock=clock) as running:
        if service in THINGS:
            world = await THINGS[service](stack, running)
        else:  # one that has no operations yet; the matrix refuses those that it has no thing for
            world = World(running, callers(stack), {})
        await world.keep()
        yield world
