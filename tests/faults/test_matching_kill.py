"""A matching worker killed in the middle of 5,000 profile updates ends with what an undisturbed one ends with."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.demo.world import World
from services.matching.app import SERVICE
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from shared.ids import new_id
from shared.kafka.envelope import Event
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms
from tests.support import Stack, eventually

ROOT = Path(__file__).resolve().parents[2]
UPDATES = 5_000
PEOPLE = 500


class Worker:
    """``python -m services.matching worker`` as a process of its own."""

    def __init__(self, stack: Stack) -> None:
        self._environment = {
            **os.environ,
            **stack.environment,
            "PYTHONPATH": str(ROOT),
            "BASSIN_ENVIRONMENT": "test",
            "BASSIN_DATABASE_PREFIX": stack.prefix,
            "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
            "BASSIN_WORKER_PORT": "0",
            "BASSIN_LEASE_SECONDS": "1",
            "BASSIN_LOG_LEVEL": "WARNING",
            "BASSIN_BATCH_EVENTS": "50",
        }
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "services.matching", "worker"],
            env=self._environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        """kill -9: no hook runs, nothing is flushed."""
        self._process.kill()
        self._process.wait()


def updates(rooms: Rooms, now: datetime) -> list[Event[Any]]:
    """Offers first, then people who move, change their range, come and go."""
    world = World.build("23", offers=120, profiles=PEOPLE, seed=11, now=now)
    order = random.Random(11)
    people = list(world.profiles())
    events = [rooms.offer(offer) for offer in world.offers()]
    for _ in range(UPDATES // PEOPLE):
        order.shuffle(people)
        for at, person in enumerate(people):
            other = order.choice(people)
            changed = person.model_copy(
                update={"point": other.point, "travel": other.travel, "active": order.random() > 0.1}
            )
            people[at] = changed
            events.append(rooms.profile(changed))
    return events


@asynccontextmanager
async def rooms_of(stack: Stack, now: datetime) -> AsyncIterator[Rooms]:
    await stack.create_topics()
    runtime = SERVICE.runtime(stack.settings(SERVICE))
    await runtime.store.prepare(SERVICE.collections)
    yield Rooms(runtime.store, HandClock(now), shipped_structure(), runtime.settings)
    await runtime.store.client.drop_database(runtime.store.database.name)
    await runtime.store.close()


async def heard(rooms: Rooms, events: Sequence[Event[Any]]) -> int:
    """How many of the updates are behind the worker, by the versions that it stored."""
    rows = await rooms.rows("profiles")
    return sum(row["version"] for row in rows)


async def settled(rooms: Rooms, events: Sequence[Event[Any]]) -> None:
    async def all_heard() -> bool:
        return await heard(rooms, events) == UPDATES

    await eventually(all_heard, 240)
    expected = await rooms.expected()

    async def quiet() -> bool:
        return await rooms.live() == expected

    await eventually(quiet, 60)


async def test_a_worker_killed_in_the_middle_of_updates_ends_where_an_undisturbed_one_does(stack: Stack) -> None:
    now = datetime.now(UTC)
    name = "t" + new_id().replace("-", "")[-12:]
    # Topics of its own too: what one worker has heard, the other must hear as well.
    calm = replace(stack, database_prefix=name, world=name, databases=None)
    async with rooms_of(stack, now) as disturbed, rooms_of(calm, now) as undisturbed:
        events = updates(disturbed, now)
        assert len(events) == UPDATES + 120
        await asyncio.gather(
            publish(disturbed.settings, events),
            publish(undisturbed.settings, events),
        )
        quiet = Worker(calm)
        try:
            await settled(undisturbed, events)
        finally:
            quiet.kill()
        victim = Worker(stack)
        try:
            for share in (0.15, 0.4, 0.7):

                async def so_far(share: float = share) -> bool:
                    return await heard(disturbed, events) >= share * UPDATES

                await eventually(so_far, 240)
                victim.kill()
                assert await heard(disturbed, events) < UPDATES
                victim.start()
            await settled(disturbed, events)
        finally:
            victim.kill()
        assert await disturbed.live() == await undisturbed.live()
        assert len(await disturbed.live()) > 100
        live = await disturbed.rows("recommendations", {"status": {"$in": ["created", "seen"]}})
        assert len({row["_id"] for row in live}) == len(live)
