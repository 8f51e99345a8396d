"""A small service on the real mechanisms, for tests of those mechanisms: contracts that can be created and changed."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, Field

from shared.cli import run
from shared.contracts.events.clauses import ContractState
from shared.contracts.events.offers import OfferState
from shared.contracts.topics import CONTRACTS, OFFERS
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Aggregate
from shared.errors import FieldError, Refused
from shared.http import Caller, Cursor, IfMatch, Page, PageQuery, check_version, resource, set_etag
from shared.kafka.envelope import Event
from shared.kafka.errors import Permanent
from shared.kafka.subscription import BatchSubscription, Subscription
from shared.service import Parts, Resync, Runtime, Service
from shared.settings import Settings
from shared.store import CollectionSpec, Store, Work


class Thing(Aggregate):
    """An aggregate with an event."""

    title: str
    hours: Decimal = Decimal("0.00")
    starts: date = date(2026, 1, 1)

    def event_data(self, event_type: str) -> ContractState:
        return ContractState(
            contract_id=self.id,
            territory=self.territory,
            kind=ClauseKind.EXECUTION_CONDITION,
            title=self.title,
            contracting_authority_id="a",
            contracting_authority_name="Commune",
            objective_hours=self.hours,
            declared_hours=Decimal(0),
            validated_hours=Decimal(0),
            starts_on=self.starts,
            ends_on=self.starts,
            status="running",
        )


@dataclass
class Context:
    """What the endpoints and handlers use; tests steer failures through it."""

    runtime: Runtime
    seen: list[Event[Any]] = field(default_factory=list)
    offered: list[Event[Any]] = field(default_factory=list)
    poison: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)
    hold: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def store(self) -> Store:
        return self.runtime.store

    async def create(self, title: str, hours: Decimal = Decimal("0.00")) -> Thing:
        now = self.runtime.clock.now()
        thing = Thing(
            id=self.runtime.new_id(), territory="23", created_at=now, updated_at=now, title=title, hours=hours
        )
        thing.record("contract-created.v1", now)
        work = Work()
        work.save("things", thing, CONTRACTS)
        await self.store.commit(work)
        return thing

    async def apply(self, event: Event[Any]) -> None:
        """Count each offer event once, in the same transaction as the inbox row."""
        self.offered.append(event)
        if event.subject in self.poison:
            raise Permanent("poisoned")
        left = self.failures.get(event.subject, 0)
        if left:
            self.failures[event.subject] = left - 1
            raise RuntimeError("passing fault")
        work = Work()
        work.once("counter", event.id)
        work.update("counters", {"_id": event.subject}, {"$inc": {"count": 1}}, upsert=True)
        work.insert("order", {"_id": self.runtime.new_id(), "subject": event.subject, "sequence": event.sequence})
        if await self.store.commit(work):
            self.seen.append(event)

    async def apply_all(self, events: Any) -> None:
        for event in events:
            await self.apply(event)


class Create(BaseModel):
    title: str = Field(min_length=1, max_length=50)
    hours: Annotated[Decimal, Field(ge=0, decimal_places=2)] = Decimal("0.00")


class View(BaseModel):
    id: str
    title: str
    version: int


router = resource("/v1/things")


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


@router.post("", status_code=201)
async def create(body: Create, request: Request, response: Response, caller: Caller) -> View:
    if body.title == "interdit":
        raise Refused("Not this.", errors=[FieldError("title", "forbidden-word", "Another title, please.")])
    thing = await _context(request).create(body.title, body.hours)
    set_etag(response, thing.version)
    return View(id=thing.id, title=thing.title, version=thing.version)


@router.patch("/{id}")
async def change(id: str, body: Create, request: Request, response: Response, caller: Caller, match: IfMatch) -> View:
    context = _context(request)
    thing = await context.store.load(Thing, "things", id, "thing")
    check_version(match, thing.version)
    thing.title = body.title
    thing.record("contract-updated.v1", context.runtime.clock.now())
    work = Work()
    work.save("things", thing, CONTRACTS)
    await context.store.commit(work)
    set_etag(response, thing.version)
    return View(id=thing.id, title=thing.title, version=thing.version)


@router.get("")
async def listing(request: Request, caller: Caller, page: PageQuery) -> Page[View]:
    after: Cursor = page
    condition = {"_id": {"$gt": after.after[0]}} if after.after else {}
    things = await _context(request).store.find_many(Thing, "things", condition, limit=page.limit + 1)
    views = [View(id=t.id, title=t.title, version=t.version) for t in things]
    return page.page(views, lambda view: [view.id])


def make_service(*, name: str = "matching", batch: bool = False, consume: bool = True) -> Service:
    """The sample under a name that the manifest lets consume offers."""

    def compose(runtime: Runtime) -> Parts:
        context = Context(runtime)
        subscription = BatchSubscription(OFFERS, context.apply_all) if batch else Subscription(OFFERS, context.apply)
        return Parts(
            context=context,
            routers=[router],
            subscriptions=[subscription] if consume else [],
            resync=[Resync("things", Thing, CONTRACTS, lambda thing: "contract-updated.v1")],
        )

    collections = [CollectionSpec("things"), CollectionSpec("counters"), CollectionSpec("order")]
    return Service(name, "Sample", "A sample service", Settings, collections, compose)


def offer_state(offer_id: str, **changes: Any) -> OfferState:
    """A small valid offer."""
    fields: dict[str, Any] = {
        "offer_id": offer_id,
        "territory": "23",
        "status": "published",
        "title": "Maçon",
        "company": {"id": "c", "name": "Dupont"},
        "contract_kind": "cdi",
    }
    return OfferState.model_validate(fields | changes)


if __name__ == "__main__":
    run(make_service())
