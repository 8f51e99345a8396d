"""The whole way on real engines: offers are published over HTTP, recommendations and notifications follow.

Services run as processes of their own, the engines beside them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from pymongo import MongoClient

from deploy.demo.bodies import Deposit, companies, deposits, reserved_publics
from deploy.demo.world import World
from deploy.local.engines import Engines
from services.matching.app import SERVICE
from services.matching.domain.life import LIVE
from services.matching.index.referential import shipped_structure
from shared.clock import HandClock
from shared.contracts.events.profiles import ContactState
from shared.contracts.topics import CONTACTS
from shared.contracts.vocabulary import Channel
from tests.bench.processor import engine_pids
from tests.bench.stage import service_processes, stage, until
from tests.bench.watching import Watch
from tests.service.matching.publishing import publish
from tests.service.matching.rooms import Rooms, event
from tests.support import Stack

SERVICES = ("offers", "matching", "notifications")
CALM_SECONDS = 0.3
"""So long nothing more may follow before a round is over."""
LANES = 4
LIVE_STATUSES = [status.value for status in LIVE]

Draft = tuple[str, dict[str, str]]


@dataclass
class Played:
    """What was published in one go: instants of the answers by offer id, and how long it took until all had followed."""

    published: dict[str, float] = field(default_factory=dict)
    refused: int = 0
    seconds: float = 0.0
    settled: bool = True


@dataclass
class Journey:
    """Services that run and know everybody, with drafts to publish."""

    stack: Stack
    client: httpx.AsyncClient
    mongo: MongoClient[dict[str, Any]]
    url: str
    drafts: list[Draft]
    pids: dict[str, int]
    deposit: Callable[[Sequence[Deposit]], Awaitable[list[Draft]]]
    undeposited: list[Deposit]
    watch: Watch | None = None

    async def stock(self, count: int) -> bool:
        """Deposit more until there are so many drafts; whether there are."""
        while (missing := count - len(self.drafts)) > 0 and self.undeposited:
            chosen, self.undeposited = self.undeposited[:missing], self.undeposited[missing:]
            self.drafts += await self.deposit(chosen)
        return len(self.drafts) >= count

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Note when everybody is told. Not while costs are measured: MongoDB would be charged for the change streams."""
        with Watch(self.url, self.stack.prefix) as self.watch:
            yield
        self.watch = None

    @property
    def matching(self) -> Any:
        """Matching's database."""
        return self.mongo[f"{self.stack.prefix}_matching"]

    @property
    def notifications(self) -> Any:
        """Notifications' database."""
        return self.mongo[f"{self.stack.prefix}_notifications"]

    async def play(self, count: int, per_second: float, patience: float = 15.0) -> Played:
        """Publish so many drafts at a steady rate and wait until nothing follows any more, at most ``patience`` seconds."""
        played = Played()
        chosen, self.drafts = self.drafts[:count], self.drafts[count:]
        begun = time.perf_counter()

        async def one(id: str, by: dict[str, str]) -> None:
            answer = await self.client.post(f"/v1/offers/{id}/publish", headers=by)
            if answer.status_code < 300:
                played.published[id] = time.perf_counter()
            else:
                played.refused += 1

        tasks = []
        for at, (id, by) in enumerate(chosen):
            await asyncio.sleep(max(0.0, begun + at / per_second - time.perf_counter()))
            tasks.append(asyncio.create_task(one(id, by)))
        await asyncio.gather(*tasks)
        try:
            await self.settled(patience)
        except TimeoutError:
            played.settled = False
        played.seconds = time.perf_counter() - begun
        return played

    async def settled(self, patience: float) -> None:
        """Wait until nothing is on its way: outboxes are empty and nothing was written for a moment.

        Raises:
            TimeoutError: it goes on.
        """
        last: tuple[int, ...] = ()
        since = time.perf_counter()

        async def calm() -> bool:
            nonlocal last, since
            seen = await asyncio.to_thread(self._seen)
            now = time.perf_counter()
            if seen != last or seen[0]:
                last, since = seen, now
            return now - since >= CALM_SECONDS

        await until(calm, patience, every=0.1)

    def waiting(self) -> int:
        """Outbox documents that have not left."""
        return sum(self.mongo[f"{self.stack.prefix}_{name}"]["outbox"].estimated_document_count() for name in SERVICES)

    def _seen(self) -> tuple[int, ...]:
        made = self.matching["recommendations"].estimated_document_count()
        told = self.notifications["notifications"].estimated_document_count()
        return self.waiting(), made, told

    def live_recommendations(self, offers: Sequence[str]) -> int:
        """How many people these offers are recommended to now."""
        query = {"offer_id": {"$in": list(offers)}, "status": {"$in": LIVE_STATUSES}}
        return int(self.matching["recommendations"].count_documents(query))

    def told(self, played: Played) -> list[float]:
        """Seconds from the answer to the employer to the first notification, of each offer that somebody was told of."""
        assert self.watch is not None
        return [self.watch.notified[id] - at for id, at in played.published.items() if id in self.watch.notified]

    def untold(self, played: Played) -> list[str]:
        """Offers that were recommended and told to nobody."""
        assert self.watch is not None
        return [id for id in played.published if id in self.watch.recommended and id not in self.watch.notified]

    def readable(self, played: Played) -> list[float]:
        """Seconds to the first recommendation."""
        assert self.watch is not None
        return [self.watch.recommended[id] - at for id, at in played.published.items() if id in self.watch.recommended]


@asynccontextmanager
async def journey(engines: Engines, people: int, drafts: int, more: int = 0) -> AsyncIterator[Journey]:
    """Services with so many people, and so many offers as drafts; ``more`` of them are deposited when they are wanted
    (``Journey.stock``). Everything is dropped at the end.
    """
    environment = engines.environment
    url = environment["MONGODB_URL"]
    world = World.build("23", offers=drafts * 6, profiles=people, seed=5, now=datetime.now(UTC))
    with MongoClient[dict[str, Any]](url) as mongo:
        async with stage(environment) as stack:
            try:
                with service_processes(stack, SERVICES) as services:
                    await _people(stack, world, people)
                    await _until_known(mongo, stack.prefix, people)
                    # The server ends what is idle for 5 s, and a floor takes longer: what it ends is not to be asked once more.
                    brief = httpx.Limits(keepalive_expiry=2)
                    async with httpx.AsyncClient(base_url=services.urls["offers"], timeout=30, limits=brief) as client:
                        chosen = deposits(world, drafts)
                        deposit = await _employers(client, stack, world, chosen)
                        pids = {**engine_pids(engines), **services.pids}
                        one = Journey(stack, client, mongo, url, [], pids, deposit, chosen)
                        await one.stock(drafts - more)
                        yield one
            finally:
                for name in mongo.list_database_names():
                    if name.startswith(stack.prefix):
                        mongo.drop_database(name)


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


async def _employers(
    client: httpx.AsyncClient, stack: Stack, world: World, chosen: list[Deposit]
) -> Callable[[Sequence[Deposit]], Awaitable[list[Draft]]]:
    """Approve the employers of these offers; what is returned deposits offers of them: (offer id, headers of the employer)."""
    manager = stack.token("manager", subject="manager")
    ids = {}
    for number, body in companies(world, chosen).items():
        by = stack.token("employer", subject=f"employer-{number}")
        made = (await client.post("/v1/companies", json=body, headers=by)).raise_for_status().json()
        await client.post(f"/v1/companies/{made['id']}/approve", json={"reason": ""}, headers=manager)
        verified = {"publics": reserved_publics(chosen, number)}
        await client.post(f"/v1/companies/{made['id']}/verification", json=verified, headers=manager)
        ids[number] = made["id"]
    tokens = {number: stack.token("employer", subject=f"employer-{number}") for number in ids}
    lanes = asyncio.Semaphore(LANES)

    async def draft(one: Deposit) -> list[Draft]:
        by = tokens[one.company]
        async with lanes:
            answer = await client.post("/v1/offers", json=one.body | {"company_id": ids[one.company]}, headers=by)
        return [(answer.json()["id"], by)] if answer.status_code == 201 else []

    async def deposit(some: Sequence[Deposit]) -> list[Draft]:
        made = await asyncio.gather(*(draft(one) for one in some))
        return [one for found in made for one in found]

    return deposit


async def _until_known(mongo: MongoClient[dict[str, Any]], prefix: str, people: int) -> None:
    async def known() -> bool:
        profiles = mongo[f"{prefix}_matching"]["profiles"].estimated_document_count()
        contacts = mongo[f"{prefix}_notifications"]["contacts"].estimated_document_count()
        return profiles >= people and contacts >= people

    await until(known, 120, every=0.2)
