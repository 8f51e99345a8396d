"""Collections of the offers service, and the writes that always go together."""

import secrets
from typing import Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel, ReturnDocument

from services.offers.domain.application import Application
from services.offers.domain.company import Company
from services.offers.domain.contact import UserContact
from services.offers.domain.listing import listing
from services.offers.domain.offer import Offer
from shared.contracts.topics import APPLICATIONS, OFFER_CONTACTS, OFFERS
from shared.store import CollectionSpec, Store, Work

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
            IndexModel("tokens"),
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


def put_company(work: Work, company: Company) -> None:
    """Save a company (no event: its public card travels on its offers)."""
    work.save("companies", company)


def put_contact(work: Work, contact: UserContact) -> None:
    """Save how a user can be reached, and tell notifications."""
    work.save("contacts", contact, OFFER_CONTACTS)


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
