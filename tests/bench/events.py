"""Events consumed with their durable effects, beside a FastStream batch consumer that does nothing with them."""

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
from tests.bench.processor import work_of
from tests.bench.stage import service_processes, stage, until
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms
from tests.support import Stack

ROUNDS = 3
SIZES = {"profiles": 8_000, "offers": 500, "updates": 90_000}
BURST = {"profiles": 1_000, "offers": 200}
QUICK = {"profiles": 4_000, "offers": 200, "updates": 45_000}
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
    """Events a second, and MongoDB's commands for each."""

    per_s: float
    commands: float


async def rate(
    stack: Stack, store: Store, server: MongoClient[dict[str, Any]], collection: str, target: int, **settings: str
) -> Rate:
    """What a worker of its own process makes of the events that lie in the topics.

    Counted from the first that is stored until all are and what follows from the last of them is stored as well. The start
    does not count, but that a worker looks at everybody once after it does.
    """
    stored = Stored(store)
    before = await stored.versions(collection)

    async def begun() -> bool:
        return await stored.versions(collection) > before

    async def all_stored() -> bool:
        return await stored.versions(collection) >= target

    async def count() -> Rate:
        started = await until(begun, 120)
        first, work, asked = await stored.versions(collection), await asyncio.to_thread(work_of, server), stored.asked
        # Counting costs the database what the worker then lacks: not too often.
        ended = await until(all_stored, 300, every=0.1)
        seen, now = -1, ended
        while now - ended < CALM_SECONDS:
            now, places = time.perf_counter(), await stored.versions("places")
            if places != seen:
                seen, ended = places, now
                commands = (await asyncio.to_thread(work_of, server) - work).commands - (stored.asked - asked)
            await asyncio.sleep(0.1)
        return Rate((target - first) / max(ended - started, 1e-3), commands / max(target - first, 1))

    counting = asyncio.create_task(count())
    process = service_processes(stack, ("matching",), **settings)
    await asyncio.to_thread(process.__enter__)
    try:
        return await counting
    finally:
        await asyncio.to_thread(process.__exit__, None, None, None)


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


async def _run(environment: dict[str, str], quick: bool) -> dict[str, Any]:
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
        with MongoClient[dict[str, Any]](environment["MONGODB_URL"]) as server:
            offers = await rate(stack, store, server, "offers", sizes["offers"], BASSIN_BATCH_EVENTS="50")
            await publish(settings, [rooms.profile(one) for one in people])
            first = await rate(stack, store, server, "profiles", sizes["profiles"])
            for number in range(1, ROUNDS + 1):
                await publish(settings, [rooms.profile(one) for one in updates(people, each, number)])
                target = sizes["profiles"] + each * number
                rates.append(await rate(stack, store, server, "profiles", target))
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


def main(environment: dict[str, str], quick: bool = False) -> dict[str, Any]:
    """Figures under ``events``, ``floor`` and ``ratio``."""
    configure_logs("bench", "ERROR")
    return asyncio.run(_run(environment, quick))
