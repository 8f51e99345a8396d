"""Events consumed with their durable effects, beside a FastStream batch consumer that does nothing with them.

Matching hears for a while and then stores what follows from all that it heard. So what is counted begins and ends where a
settling does: as many events as had all their effects stored in between. A worker's first settling looks at everybody once and
is not counted; while the end was that of the last event, half a second or two of unstored effects were in the figure or not.
"""

import asyncio
import random
import statistics
import time
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage
from pymongo import MongoClient

from deploy.demo.world import World
from deploy.local.engines import Engines
from services.matching.app import SERVICE
from services.matching.index.referential import shipped_structure
from services.matching.store import LIVE_STATUSES
from shared.clock import HandClock
from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import PROFILES, RECOMMENDATIONS
from shared.kafka.broker import consumer_arguments
from shared.logs import configure_logs
from shared.settings import Settings
from shared.store import Store
from tests.bench.processor import engine_pids, processor_seconds, work_of
from tests.bench.stage import service_processes, stage, until
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms
from tests.support import Stack

ROUNDS = 3
SIZES = {"profiles": 8_000, "offers": 500, "updates": 120_000}
BURST = {"profiles": 1_000, "offers": 200}
QUICK = {"profiles": 4_000, "offers": 200, "updates": 60_000}
LONGEST_SECONDS = 300.0
CALM_SECONDS = 4.0
"""After which nothing more follows: a burst is settled after two at most (``settle_within_seconds``), and that takes a while."""
ACCOMPANIMENT, WISHES, MOVES = 0.5, 0.35, 0.15
"""Shares of the updates: who accompanies somebody; hours, wage or a skill; a new home and range."""


def updates(people: list[ProfileState], count: int, seed: int) -> list[ProfileState]:
    """What becomes of profiles from day to day; with the seed of an earlier round, most would be said again."""
    order = random.Random(seed)
    found = []
    for _ in range(count):
        at = order.randrange(len(people))
        kind, other = order.random(), order.choice(people)
        changed: dict[str, Any]
        if kind < ACCOMPANIMENT:
            changed = {"counsellor_ids": (f"counsellor-{order.randrange(50)}",)}
        elif kind < ACCOMPANIMENT + WISHES:
            changed = order.choice(
                [
                    {"wished_weekly_hours": order.choice((20.0, 28.0, 35.0))},
                    {"hourly_wage_floor": order.choice((12.0, 12.5, 13.0))},
                    {"skills": tuple({*people[at].skills, *other.skills[:1]})},
                ]
            )
        else:
            changed = {"point": other.point, "travel": other.travel}
        people[at] = people[at].model_copy(update=changed)
        found.append(people[at])
    return found


async def floor(settings: Settings, count: int, number: int) -> float:
    """Events a second through a batch subscriber whose handler looks at nothing."""
    broker = KafkaBroker(settings.kafka_bootstrap_servers, logger=None)
    seen = 0
    ends = asyncio.Event()
    begun = 0.0

    async def nothing(messages: Any, raw: KafkaMessage) -> None:
        nonlocal seen, begun
        begun = begun or time.perf_counter()
        seen += len(raw.raw_message)
        if seen >= count:
            ends.set()

    broker.subscriber(
        settings.topic_prefix + PROFILES.name,
        group_id=f"{settings.topic_prefix}floor{number}",
        batch=True,
        max_records=500,
        **consumer_arguments(settings),
    )(nothing)
    started = time.perf_counter()
    await broker.start()
    await asyncio.wait_for(ends.wait(), 120)
    taken = time.perf_counter() - begun
    await broker.stop()
    # The first batch is there at once: a floor measured from it alone would have no bottom.
    return seen / max(taken, (time.perf_counter() - started) / 100)


class Stored:
    """What is stored so far, and how often that was asked: the database's commands for it are the bench's own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0

    async def versions(self, collection: str) -> int:
        """Versions stored so far: each event adds one to a document of its read model, each settling one to places."""
        self.asked += 1
        rows = self._store.aggregate(collection, [{"$group": {"_id": None, "sum": {"$sum": "$version"}}}])
        return sum([row["sum"] async for row in rows])


class Rate(NamedTuple):
    """Events a second, MongoDB's commands for each, and µs of processor that each cost the service and MongoDB."""

    per_s: float
    commands: float
    cpu_us: dict[str, float]


class Settled(NamedTuple):
    """A moment at which all that follows from what was heard is stored."""

    at: float
    events: int
    commands: int
    cpu: dict[str, float]


async def rate(
    stack: Stack,
    store: Store,
    engines: Engines,
    collection: str,
    target: int,
    *,
    first_settling: bool = True,
    **settings: str,
) -> Rate:
    """What a worker of its own process makes of the events that lie in the topics, from one settling to another.

    ``first_settling``: from the first event that is stored; else from the end of the first settling.
    """
    stored, pids = Stored(store), engine_pids(engines)

    async def settled(at: float, events: int, server: MongoClient[dict[str, Any]]) -> Settled:
        commands = (await asyncio.to_thread(work_of, server)).commands - stored.asked
        return Settled(at, events, commands, processor_seconds(pids))

    async def settlings(before: int, server: MongoClient[dict[str, Any]]) -> list[Settled]:
        async def begun() -> bool:
            return await stored.versions(collection) > before

        started = await until(begun, 120)
        found = [await settled(started, await stored.versions(collection), server)]
        seen, deadline = await stored.versions("places"), started + LONGEST_SECONDS
        while time.perf_counter() - found[-1].at < CALM_SECONDS or await stored.versions(collection) < target:
            await asyncio.sleep(0.1 if first_settling else 0.05)
            now, places = time.perf_counter(), await stored.versions("places")
            if now > deadline:
                raise TimeoutError(f"{found[-1].events} of {target} events are stored with what follows from them")
            # Places are few: counting profiles each time would cost the database what the worker then lacks. Where all is new
            # it is done, since nothing follows from offers as long as there is nobody.
            if places == seen and not first_settling:
                continue
            heard = await stored.versions(collection)
            if places == seen and heard == found[-1].events:
                continue
            seen = places
            if heard == found[-1].events and len(found) > 1:
                found.pop()  # another portion of the same settling
            found.append(await settled(now, heard, server))
        return found

    before = await stored.versions(collection)
    with MongoClient[dict[str, Any]](stack.environment["MONGODB_URL"]) as server:
        counting = asyncio.create_task(settlings(before, server))
        process = service_processes(stack, ("matching",), **settings)
        try:
            pids |= (await asyncio.to_thread(process.__enter__)).pids
            found = await counting
        finally:
            await asyncio.to_thread(process.__exit__, None, None, None)
    end = found[-1]
    begin = found[0] if first_settling else next((one for one in found[1:-1] if "matching" in one.cpu), found[0])
    count = max(end.events - begin.events, 1)
    cpu_us = {name: round((end.cpu[name] - before) / count * 1e6, 1) for name, before in begin.cpu.items()}
    return Rate(count / max(end.at - begin.at, 1e-3), (end.commands - begin.commands) / count, cpu_us)


async def burst(environment: dict[str, str]) -> dict[str, Any]:
    """An import and a start at once: what is told of the recommendations, and how many of them stay."""
    now = datetime.now(UTC)
    world = World.build("23", offers=BURST["offers"], profiles=BURST["profiles"], seed=4, now=now)
    async with stage(environment) as stack:
        runtime = SERVICE.runtime(stack.settings(SERVICE))
        store, settings = runtime.store, runtime.settings
        await store.prepare(SERVICE.collections)
        rooms = Rooms(store, HandClock(now), shipped_structure(), settings)
        process = service_processes(stack, ("matching",))
        await asyncio.to_thread(process.__enter__)
        try:
            await publish(settings, [rooms.offer(one) for one in world.offers()])
            await publish(settings, [rooms.profile(one) for one in world.profiles()])
            seen: tuple[int, ...] = ()

            async def calm() -> bool:
                nonlocal seen
                counts = [
                    await store.collection(name).count_documents({})
                    for name in ("recommendations", "profiles", "outbox")
                ]
                last, seen = seen, tuple(counts)
                return seen == last and counts[1] == BURST["profiles"] and not counts[2] and counts[0] > 0

            await until(calm, 120, every=1.0)
        finally:
            await asyncio.to_thread(process.__exit__, None, None, None)
        told = await count_of(settings, RECOMMENDATIONS.name)
        live = await store.collection("recommendations").count_documents({"status": {"$in": LIVE_STATUSES}})
        await store.client.drop_database(store.database.name)
        await store.close()
    return {
        "recommendation events per live recommendation": round(told / max(1, live), 3),
        "recommendation_events": told,
        "live_recommendations": live,
        **BURST,
    }


async def count_of(settings: Settings, topic: str) -> int:
    """How many records a topic holds."""
    name = settings.topic_prefix + topic
    reader = AIOKafkaConsumer(name, bootstrap_servers=settings.kafka_bootstrap_servers, enable_auto_commit=False)
    await reader.start()
    try:
        ends = await reader.end_offsets(list(reader.assignment()))
        return int(sum(ends.values()))
    finally:
        await reader.stop()


async def _run(engines: Engines, quick: bool) -> dict[str, Any]:
    environment = engines.environment
    sizes = QUICK if quick else SIZES
    now = datetime.now(UTC)
    world = World.build("23", offers=sizes["offers"], profiles=sizes["profiles"], seed=3, now=now)
    people = list(world.profiles())
    async with stage(environment) as stack:
        runtime = SERVICE.runtime(stack.settings(SERVICE))
        await runtime.store.prepare(SERVICE.collections)
        store, settings = runtime.store, runtime.settings
        rooms = Rooms(store, HandClock(now), shipped_structure(), settings)
        # Events lie in the topics before the worker starts, so that making them costs it nothing.
        await publish(settings, [rooms.offer(one) for one in world.offers()])
        rates, floors = [], []
        each = sizes["updates"] // ROUNDS
        offers = await rate(stack, store, engines, "offers", sizes["offers"], BASSIN_BATCH_EVENTS="50")
        await publish(settings, [rooms.profile(one) for one in people])
        first = await rate(stack, store, engines, "profiles", sizes["profiles"])
        for number in range(1, ROUNDS + 1):
            await publish(settings, [rooms.profile(one) for one in updates(people, each, number)])
            target = sizes["profiles"] + each * number
            rates.append(await rate(stack, store, engines, "profiles", target, first_settling=False))
            floors.append(await floor(settings, target, number))
        made = await store.collection("recommendations").count_documents({})
        await store.client.drop_database(store.database.name)
        await store.close()
    return {
        "events": {
            "profiles_per_s": round(statistics.median(one.per_s for one in rates)),
            "first_profiles_per_s": round(first.per_s),
            "offers_per_s": round(offers.per_s),
            "recommendations": made,
            "mongodb_commands_per_event": round(statistics.median(one.commands for one in rates), 3),
            "cpu_us_per_event": {
                name: statistics.median(one.cpu_us.get(name, 0.0) for one in rates) for name in sorted(rates[-1].cpu_us)
            },
            "mix": {"accompaniment": ACCOMPANIMENT, "wishes": WISHES, "moves": MOVES},
        },
        "burst": await burst(environment),
        "floor": {"events_per_s": round(statistics.median(floors))},
        "ratio": {
            "events_vs_floor": round(
                statistics.median(ours.per_s / bare for ours, bare in zip(rates, floors, strict=True)), 3
            )
        },
    }


def main(engines: Engines, quick: bool = False) -> dict[str, Any]:
    """Figures under ``events``, ``floor`` and ``ratio``."""
    configure_logs("bench", "ERROR")
    return asyncio.run(_run(engines, quick))
