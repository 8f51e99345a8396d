"""From the answer to an employer to a recommendation that can be read and a notification in a channel, at a steady rate.

Services run as processes of their own. Instants are those at which MongoDB tells a change stream of the committed
document, which is when any replica of the API can read it; the clock is this process's for both ends.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import MongoClient

from deploy.demo.bodies import companies, deposits, reserved_publics
from deploy.demo.world import World
from deploy.local.engines import Engines
from services.matching.app import SERVICE
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from shared.contracts.events.profiles import ContactState
from shared.contracts.topics import CONTACTS
from shared.contracts.vocabulary import Channel
from shared.logs import configure_logs
from shared.store.driver import session_of
from tests.bench.stage import service_processes, stage, until
from tests.bench.timing import percentiles
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms, event
from tests.support import Stack

PEOPLE, OFFERS, PER_SECOND = 8_000, 300, 20
QUICK_PEOPLE, QUICK_OFFERS = 2_000, 80
HOPS, QUICK_HOPS = 300, 100


class Watch:
    """Notes when each offer's first recommendation, and each recommendation's notification, was committed."""

    def __init__(self, url: str, prefix: str) -> None:
        self._client: MongoClient[dict[str, Any]] = MongoClient(url)
        self.recommended: dict[str, float] = {}
        self.notified: dict[str, float] = {}
        self._stop = threading.Event()
        self._opened = threading.Barrier(3)
        self._threads = [
            threading.Thread(target=self._follow, args=(f"{prefix}_matching", "recommendations", self._recommendation)),
            threading.Thread(
                target=self._follow, args=(f"{prefix}_notifications", "notifications", self._notification)
            ),
        ]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        self._opened.wait(20)  # both streams are open before anything happens
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._client.close()

    def _follow(self, database: str, collection: str, note: Callable[[dict[str, Any]], None]) -> None:
        pipeline = [{"$match": {"operationType": {"$in": ["insert", "replace"]}}}]
        with self._client[database][collection].watch(pipeline, max_await_time_ms=100) as stream:
            self._opened.wait(20)
            while not self._stop.is_set():
                change = stream.try_next()
                if change is not None:
                    note(change["fullDocument"])

    def _recommendation(self, document: dict[str, Any]) -> None:
        self.recommended.setdefault(document["offer_id"], time.perf_counter())

    def _notification(self, document: dict[str, Any]) -> None:
        now = time.perf_counter()
        for item in document["items"]:
            if item.get("offer_id"):
                self.notified.setdefault(item["offer_id"], now)


async def _people(stack: Stack, world: World, count: int) -> None:
    """People and how they are reached, as the profiles service would have published them."""
    settings = stack.settings(SERVICE)
    clock = HandClock(datetime.now(UTC))
    rooms = Rooms(None, clock, shipped_structure(), settings)  # only to number the events
    contacts = [
        event(
            CONTACTS,
            "contact-updated.v1",
            world.profile_id(at),
            ContactState(
                subject_id=world.profile_id(at),
                territory="23",
                kind="profile",
                channels=(Channel.INBOX,),
                consents_to_messages=True,
                owner_id=f"user-{at}",
            ),
            1,
            clock,
        )
        for at in range(count)
    ]
    await publish(settings, contacts)
    await publish(settings, [rooms.profile(world.profile(at)) for at in range(count)])


async def _employers(client: httpx.AsyncClient, stack: Stack, world: World, count: int) -> list[tuple[str, Any]]:
    """Approved employers, and their offers as drafts: (offer id, headers of the employer)."""
    manager = stack.token("manager", subject="manager")
    chosen = deposits(world, count)
    ids = {}
    for number, body in companies(world, chosen).items():
        by = stack.token("employer", subject=f"employer-{number}")
        made = (await client.post("/v1/companies", json=body, headers=by)).raise_for_status().json()
        await client.post(f"/v1/companies/{made['id']}/approve", json={"reason": ""}, headers=manager)
        verified = {"publics": reserved_publics(chosen, number)}
        await client.post(f"/v1/companies/{made['id']}/verification", json=verified, headers=manager)
        ids[number] = made["id"]
    drafts = []
    for one in chosen:
        by = stack.token("employer", subject=f"employer-{one.company}")
        answer = await client.post("/v1/offers", json=one.body | {"company_id": ids[one.company]}, headers=by)
        if answer.status_code == 201:
            drafts.append((answer.json()["id"], by))
    return drafts


async def hops(stack: Stack, count: int) -> list[float]:
    """Seconds for two bare hops: a transaction, a record and its arrival, twice."""
    settings = stack.settings(SERVICE)
    first, second = f"{settings.topic_prefix}offers.offers.v1", f"{settings.topic_prefix}matching.recommendations.v1"
    runtime = SERVICE.runtime(settings)
    bare = runtime.store.client[f"{stack.prefix}_hops"]["rows"]
    await bare.insert_one({"_id": "there"})
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all", linger_ms=0)
    wait = settings.kafka_fetch_max_wait_ms
    readers = [
        AIOKafkaConsumer(
            topic,
            bootstrap_servers=settings.kafka_bootstrap_servers,
            fetch_max_wait_ms=wait,
            auto_offset_reset="latest",
            enable_auto_commit=False,
        )
        for topic in (first, second)
    ]
    for part in (producer, *readers):
        await part.start()
    for reader in readers:
        await reader.seek_to_end()

    async def hop(at: int, topic: str, reader: AIOKafkaConsumer) -> None:
        async with session_of(runtime.store.client) as session:
            await session.with_transaction(lambda s: bare.insert_one({"_id": f"{topic}-{at}"}, session=s))
        await producer.send_and_wait(topic, value=b"{}", key=str(at).encode())
        await reader.getone()

    taken = []
    for at in range(count + 10):
        started = time.perf_counter()
        await hop(at, first, readers[0])
        await hop(at, second, readers[1])
        taken.append(time.perf_counter() - started)
    for part in (producer, *readers):
        await part.stop()
    await runtime.store.client.drop_database(f"{stack.prefix}_hops")
    await runtime.store.close()
    return taken[10:]


async def _run(environment: dict[str, str], quick: bool) -> dict[str, Any]:
    people, count = (QUICK_PEOPLE, QUICK_OFFERS) if quick else (PEOPLE, OFFERS)
    async with stage(environment) as bare_stack:
        bare = percentiles(await hops(bare_stack, QUICK_HOPS if quick else HOPS))
    world = World.build("23", offers=count * 6, profiles=people, seed=5, now=datetime.now(UTC))
    published: dict[str, float] = {}
    async with stage(environment) as stack:
        with service_processes(stack, ("offers", "matching", "notifications")) as urls:
            await _people(stack, world, people)
            await _until_known(environment["MONGODB_URL"], stack.prefix, people)
            async with httpx.AsyncClient(base_url=urls["offers"], timeout=30) as client:
                drafts = await _employers(client, stack, world, count)
                with Watch(environment["MONGODB_URL"], stack.prefix) as watch:
                    await _publish_steadily(client, drafts, published)

                    async def all_told() -> bool:
                        return len(watch.notified.keys() & published.keys()) >= len(published)

                    # Some offers have nobody who may take them: they have no latency.
                    with contextlib.suppress(TimeoutError):
                        await until(all_told, 10)
        _drop(environment["MONGODB_URL"], stack.prefix)
    readable = [watch.recommended[id] - at for id, at in published.items() if id in watch.recommended]
    told = [watch.notified[id] - at for id, at in published.items() if id in watch.notified]
    figures = percentiles(told)
    return {
        "e2e": {**figures, "readable": percentiles(readable), "offers": len(published), "told": len(told)},
        "floor": {"hops": bare},
        "ratio": {"e2e_p50_vs_hops": round(figures["p50_ms"] / bare["p50_ms"], 2)},
    }


async def _publish_steadily(
    client: httpx.AsyncClient, drafts: list[tuple[str, Any]], published: dict[str, float]
) -> None:
    async def one(id: str, by: Any) -> None:
        answer = await client.post(f"/v1/offers/{id}/publish", headers=by)
        if answer.status_code < 300:
            published[id] = time.perf_counter()

    begun = time.perf_counter()
    tasks = []
    for at, (id, by) in enumerate(drafts):
        await asyncio.sleep(max(0.0, begun + at / PER_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(one(id, by)))
    await asyncio.gather(*tasks)


async def _until_known(url: str, prefix: str, people: int) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(url)

    async def known() -> bool:
        profiles = client[f"{prefix}_matching"]["profiles"].estimated_document_count()
        contacts = client[f"{prefix}_notifications"]["contacts"].estimated_document_count()
        return profiles >= people and contacts >= people

    await until(known, 120, every=0.2)
    client.close()


def _drop(url: str, prefix: str) -> None:
    with MongoClient[dict[str, Any]](url) as client:
        for name in client.list_database_names():
            if name.startswith(prefix):
                client.drop_database(name)


def main(engines: Engines, quick: bool = False) -> dict[str, Any]:
    """Figures under ``e2e``, ``floor`` and ``ratio``."""
    configure_logs("bench", "ERROR")
    # Topics that were made a moment ago have no leader yet: the client asks again, and says so as an error.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    report = asyncio.run(_run(engines.environment, quick))
    return {**report, "e2e": {**report["e2e"], "broker": engines.broker.value}}
