"""Collections of the offers service: a handle for each kind of aggregate, and the writes that always go together."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel, ReturnDocument

from services.offers.domain.application import Application
from services.offers.domain.company import Company
from services.offers.domain.contact import UserContact
from services.offers.domain.listing import listing
from services.offers.domain.offer import Offer
from shared.contracts.topics import APPLICATIONS, OFFER_CONTACTS, OFFERS
from shared.domain import Aggregate
from shared.http import Cursor, Page
from shared.store import CollectionSpec, Store, Work

A = TypeVar("A", bound=Aggregate)

_PRESENT = {"$type": "string"}

COLLECTIONS = (
    CollectionSpec(
        "companies",
        [
            IndexModel("siret", unique=True, partialFilterExpression={"siret": _PRESENT}),
            IndexModel("users"),
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
        ],
    ),
    CollectionSpec("contacts"),
    CollectionSpec(
        "offers",
        [
            IndexModel([("company.id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("status", ASCENDING), ("confirmed_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("ended_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("content.apply_by", ASCENDING)]),
            IndexModel("duplicate_key"),
            IndexModel("canonical_offer_id", partialFilterExpression={"canonical_offer_id": _PRESENT}),
            IndexModel(
                [("feed.partner", ASCENDING), ("feed.external_id", ASCENDING)],
                unique=True,
                partialFilterExpression={"feed.partner": _PRESENT},
            ),
            IndexModel([("territory", ASCENDING), ("published_at", ASCENDING)]),
        ],
    ),
    CollectionSpec(
        "listings",
        [
            IndexModel([("at", GEOSPHERE)]),
            IndexModel([("confirmed_at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("occupation", ASCENDING), ("confirmed_at", DESCENDING)]),
            IndexModel([("applications", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("confirmed_at", DESCENDING)]),
            IndexModel([("commune", ASCENDING), ("confirmed_at", DESCENDING)]),
        ],
    ),
    CollectionSpec(
        "applications",
        [
            IndexModel("slot", unique=True, partialFilterExpression={"slot": _PRESENT}),
            IndexModel([("offer_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("company_id", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("hired_at", ASCENDING)]),
            IndexModel("follow_ups.due_on"),
        ],
    ),
    CollectionSpec(
        "agenda",
        [
            IndexModel([("territory", ASCENDING), ("starts_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("starts_at", ASCENDING)]),
            IndexModel("registrations.profile_id"),
        ],
    ),
    CollectionSpec("people", [IndexModel("owner_id"), IndexModel("counsellor_ids")]),
    CollectionSpec("onboarding", [IndexModel([("territory", ASCENDING), ("asked_at", ASCENDING)])]),
    CollectionSpec("secrets"),
    CollectionSpec("imports", [IndexModel([("partner", ASCENDING), ("_id", DESCENDING)])]),
)


class Handle(Generic[A]):
    """Reads of one kind of aggregate."""

    model: type[A]
    collection: str
    what: str

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, id: str) -> A:
        """The one with this id. Raises NotFound."""
        return await self._store.load(self.model, self.collection, id, self.what)

    async def find(self, id: str) -> A | None:
        """The one with this id, or None."""
        return await self.first({"_id": id})

    async def first(self, query: Mapping[str, Any]) -> A | None:
        """The first that matches, or None."""
        return await self._store.find_one(self.model, self.collection, query)

    async def many(
        self, query: Mapping[str, Any], *, sort: Sequence[tuple[str, int]] = (("_id", ASCENDING),), limit: int = 0
    ) -> list[A]:
        """Those that match; ``limit=0`` is all."""
        return await self._store.find_many(self.model, self.collection, query, sort=sort, limit=limit)

    async def page(self, query: Mapping[str, Any], cursor: Cursor, *, newest_first: bool = True) -> Page[A]:
        """A page of those that match, by id (ids rise with time)."""
        wanted = dict(query)
        if cursor.after:
            wanted["_id"] = {"$lt" if newest_first else "$gt": cursor.after[0]}
        order = DESCENDING if newest_first else ASCENDING
        rows = await self.many(wanted, sort=(("_id", order),), limit=cursor.limit + 1)
        return cursor.page(rows, lambda row: [row.id])


class Companies(Handle[Company]):
    """Employers. No event: their public card travels on their offers."""

    model, collection, what = Company, "companies", "company"

    def save(self, work: Work, company: Company) -> None:
        """With the commit of ``work``."""
        work.save(self.collection, company)


class Contacts(Handle[UserContact]):
    """How employers' users are reached; notifications is told."""

    model, collection, what = UserContact, "contacts", "contact"

    def save(self, work: Work, contact: UserContact) -> None:
        """With the commit of ``work``."""
        work.save(self.collection, contact, OFFER_CONTACTS)


async def put_offer(store: Store, work: Work, offer: Offer) -> None:
    """Save an offer with its events, and keep the public listing in step within the same transaction."""
    work.save("offers", offer, OFFERS)
    if offer.shown:
        document = listing(offer)
        document.pop("applications")
        # Only a listing that comes (back) into being needs the count; a living one is incremented.
        known = 0
        if offer.loaded_version:
            known = await store.collection("applications").count_documents({"offer_id": offer.id})
        work.update(
            "listings",
            {"_id": document.pop("_id")},
            {"$set": document, "$setOnInsert": {"applications": known}},
            upsert=True,
        )
    elif offer.published_at is not None:
        work.delete("listings", {"_id": offer.id})


def put_application(work: Work, application: Application) -> None:
    """Save an application; a new one counts on the offer's listing."""
    work.save("applications", application, APPLICATIONS)
    if not application.loaded_version:
        work.update("listings", {"_id": application.offer_id}, {"$inc": {"applications": 1}})


class LinkKey:
    """The key that signs links: the setting, else one that is made at the first use and shared by all replicas."""

    def __init__(self, store: Store, configured: str) -> None:
        self._store = store
        self._key = configured

    async def read(self) -> str:
        """The key; after the first call without a query."""
        if not self._key:
            kept = await self._store.collection("secrets").find_one_and_update(
                {"_id": "links"},
                {"$setOnInsert": {"key": secrets.token_urlsafe(32)}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            self._key = kept["key"]
        return self._key


async def person(store: Store, profile_id: str) -> dict[str, Any] | None:
    """What offers knows of a profile: owner, counsellors, territory; None when it has not heard of it."""
    return await store.collection("people").find_one({"_id": profile_id})
