"""Workers of matching on one real database, to be handed events one batch at a time."""

import asyncio
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from services.matching.consumers import Consumers
from services.matching.domain.allocation import Demand, Pair, exposure_budget, stable_allocation
from services.matching.domain.configuration import Configuration
from services.matching.domain.occupations import Referential
from services.matching.domain.scoring import judge
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.stream import follow, settle_in_time
from services.matching.engine.worker import Engine
from services.matching.settings import MatchingSettings
from shared.clock import HandClock
from shared.contracts.events.base import Place, Point
from shared.contracts.events.offers import ApplicationState, CompanyState, OfferCompany, OfferState
from shared.contracts.events.profiles import OccupationWish, ProfileState, Travel
from shared.contracts.topics import APPLICATIONS, COMPANIES, OFFERS, PROFILES, Topic
from shared.contracts.vocabulary import ApplicationStatus, ContractKind, OfferStatus, TravelMeans
from shared.ids import derived_id, new_id
from shared.kafka.envelope import Event
from tests.support import outbox_rows

PARTITIONS = 6


def partition_of(key: str) -> int:
    """Which partition a key goes to; any fixed function does."""
    return zlib.crc32(key.encode()) % PARTITIONS


def event(topic: Topic, kind: str, key: str, data: BaseModel | None, sequence: int, clock: HandClock) -> Event[Any]:
    return Event(new_id(), kind, topic, key, key, sequence, clock.now(), data, None, partition_of(key))


GUERET = Point(lat=46.17, lon=1.87)
AUBUSSON = Point(lat=45.96, lon=2.17)


def offer_state(name: str, clock: HandClock, **fields: Any) -> OfferState:
    """An open offer in Guéret for a home help."""
    values: dict[str, Any] = {
        "offer_id": derived_id("test-offer", name),
        "territory": "23",
        "status": OfferStatus.PUBLISHED,
        "title": f"Offre {name}",
        "company": OfferCompany(id="company-1", name="Creuse Services"),
        "occupation_code": "K1304",
        "place": Place(commune_code="23096", name="Guéret", point=GUERET),
        "contract_kind": ContractKind.CDI,
        "published_at": clock.now(),
        "confirmed_at": clock.now(),
    }
    return OfferState(**(values | fields))


def profile_state(name: str, **fields: Any) -> ProfileState:
    """Somebody in Guéret who looks for work as a home help within 30 km."""
    values: dict[str, Any] = {
        "profile_id": derived_id("test-profile", name),
        "territory": "23",
        "active": True,
        "owner_id": f"user-{name}",
        "counsellor_ids": ("counsellor-1",),
        "occupations": (OccupationWish(code="K1304"),),
        "point": GUERET,
        "travel": (Travel(means=TravelMeans.CAR, range_km=30),),
    }
    return ProfileState(**(values | fields))


def application_state(profile_id: str, offer_id: str, clock: HandClock, **fields: Any) -> ApplicationState:
    values: dict[str, Any] = {
        "application_id": derived_id("test-application", profile_id, offer_id),
        "offer_id": offer_id,
        "company_id": "company-1",
        "profile_id": profile_id,
        "territory": "23",
        "status": ApplicationStatus.SUBMITTED,
        "submitted_at": clock.now(),
        "changed_at": clock.now(),
    }
    return ApplicationState(**(values | fields))


@dataclass
class Rooms:
    """One worker, or several that share the profiles by partition."""

    store: Any
    clock: HandClock
    referential: Referential
    settings: MatchingSettings
    engines: list[Engine] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    shares: Callable[[int], int] = lambda partition: partition
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, workers: int = 1, *, following: bool = True) -> None:
        for at in range(workers):
            engine = Engine(self.store, self.clock, new_id, self.settings, self.referential)
            engine.assign(partition for partition in range(PARTITIONS) if partition % workers == at)
            self.engines.append(engine)
            if following:
                self._tasks.append(asyncio.create_task(settle_in_time(engine)))
                self._tasks.append(asyncio.create_task(follow(engine)))
                await asyncio.wait_for(engine.ready.wait(), 20)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        self.engines.clear()

    def profile(self, state: ProfileState | None, id: str = "") -> Event[Any]:
        return self._next(PROFILES, "profile-updated.v1", state.profile_id if state else id, state)

    def offer(self, state: OfferState) -> Event[Any]:
        return self._next(OFFERS, "offer-updated.v1", state.offer_id, state)

    def offer_gone(self, id: str) -> Event[Any]:
        return self._next(OFFERS, "offer-archived.v1", id, None)

    def company_gone(self, id: str) -> Event[Any]:
        return self._next(COMPANIES, "company-updated.v1", id, None)

    def application(self, state: ApplicationState) -> Event[Any]:
        return self._next(APPLICATIONS, "application-submitted.v1", state.application_id, state)

    def company(self, *users: str, approved: bool = True, id: str = "company-1") -> Event[Any]:
        state = CompanyState(company_id=id, territory="23", approved=approved, user_ids=users)
        return self._next(COMPANIES, "company-updated.v1", id, state)

    def _next(self, topic: Topic, kind: str, key: str, data: BaseModel | None) -> Event[Any]:
        self.versions[key] = self.versions.get(key, 0) + 1
        return event(topic, kind, key, data, self.versions[key], self.clock)

    async def hear(self, *events: Event[Any], settle: bool = True) -> None:
        """Hand each run of one topic to the workers that would get it; they work side by side, and settle in the end."""
        batch: list[Event[Any]] = []
        for one in (*events, None):
            if batch and (one is None or one.topic != batch[0].topic):
                await self._hand(batch)
                batch = []
            if one is not None:
                batch.append(one)
        if settle:
            await asyncio.gather(*(engine.settle() for engine in self.engines))

    async def _hand(self, batch: Sequence[Event[Any]]) -> None:
        shares: dict[int, list[Event[Any]]] = {}
        for one in batch:
            shares.setdefault(self.shares(one.partition) % len(self.engines), []).append(one)
        calls = []
        for at, share in shares.items():
            consumers = Consumers(self.engines[at])
            handler = {
                OFFERS.name: consumers.offers,
                PROFILES.name: consumers.profiles,
                COMPANIES.name: consumers.companies,
            }.get(share[0].topic.name, consumers.applications)
            calls.append(handler(share))
        await asyncio.gather(*calls)

    async def rows(self, collection: str, query: dict[str, Any] | None = None) -> list[dict[str, Any]]:
        if collection == "outbox":
            return await outbox_rows(self.store)
        return [row async for row in self.store.collection(collection).find(query or {}).sort("_id", 1)]

    async def live(self) -> set[tuple[str, str]]:
        """Pairs of the live recommendations that the engine made."""
        found = await self.rows("recommendations", {"status": {"$in": ["created", "seen"]}, "pinned": False})
        return {(row["profile_id"], row["offer_id"]) for row in found}

    async def told(self) -> set[str]:
        """Recommendations that are live for somebody who only hears the events, in the order of their sequence."""
        live: dict[str, tuple[int, bool]] = {}
        for row in await self.rows("outbox"):
            kind = row["type"].startswith("recommendation-created")
            if row["sequence"] >= live.get(row["subject"], (0, False))[0]:
                live[row["subject"]] = (row["sequence"], kind)
        return {id for id, (_, created) in live.items() if created}

    async def expected(self) -> set[tuple[str, str]]:
        """The one stable allocation of what the read model holds, by the ten-line oracle."""
        document = await self.store.collection("configurations").find_one({"active": True})
        configuration = Configuration.model_validate(document["values"]) if document else Configuration()
        today = self.clock.now().date().toordinal()
        offers = [offer_from(row["facts"]) for row in await self.rows("offers") if row["open"]]
        profiles = [profile_from(row["facts"]) for row in await self.rows("profiles") if row.get("facts")]
        applications = await self.rows("applications")
        over = {(row["profile_id"], row["offer_id"]) for row in applications if "profile_id" in row}
        over |= {(row["profile_id"], row["offer_id"]) for row in await self.rows("overrides")}
        demand = {}
        for offer in offers:
            mine = [row for row in applications if row.get("offer_id") == offer.offer_id and "profile_id" in row]
            demand[offer.offer_id] = Demand(
                sum(row["pending"] for row in mine), max((row["day"] for row in mine), default=0)
            )
        affinities = self.referential.under(configuration)
        pairs = []
        for offer in offers:
            for profile in profiles:
                if (profile.profile_id, offer.offer_id) in over:
                    continue
                verdict = judge(offer, profile, configuration, affinities, today)
                if verdict.recommendable(configuration):
                    pairs.append(Pair(profile.profile_id, offer.offer_id, verdict.score))
        budgets = {
            offer.offer_id: exposure_budget(offer, demand[offer.offer_id], configuration, today) for offer in offers
        }
        taken = stable_allocation(pairs, configuration.live_per_profile, budgets.__getitem__)
        return {(pair.profile_id, pair.offer_id) for pair in taken}
