"""Collections of the offers service, and which offers and applications count for whom. Handles are in ``handles.py``."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, GEOSPHERE, IndexModel

from services.offers.domain.saved import OVERLAP
from services.offers.migrations import APPLICATION_STEPS, COMPANY_STEPS, LISTING_STEPS, OFFER_STEPS
from shared.allowance import ALLOWANCES
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus, OfferStatus
from shared.invitations.guests import GUESTS
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, of_text

COLLECTIONS = (
    CollectionSpec(
        "companies",
        [
            of_text("siret", unique=True),
            IndexModel("users"),
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            of_text("vetted.siret"),
            of_text("details.siret"),
        ],
        COMPANY_STEPS,
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
            of_text("canonical_offer_id"),
            of_text("feed.partner", [("feed.partner", ASCENDING), ("feed.external_id", ASCENDING)], unique=True),
            IndexModel([("territory", ASCENDING), ("published_at", ASCENDING)]),
            of_text("feed.siret"),
        ],
        OFFER_STEPS,
    ),
    CollectionSpec(
        "listings",
        [
            IndexModel([("at", GEOSPHERE)]),
            IndexModel([("confirmed_at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([("occupation", ASCENDING), ("confirmed_at", DESCENDING)]),
            IndexModel([("crowd", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("confirmed_at", DESCENDING)]),
            IndexModel([("commune", ASCENDING), ("confirmed_at", DESCENDING)]),
        ],
        LISTING_STEPS,
    ),
    CollectionSpec(
        "applications",
        [
            of_text("slot", unique=True),
            IndexModel([("offer_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("company_id", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel(
                "hire_proposal.confirm_by", partialFilterExpression={"hire_proposal.confirm_by": {"$type": "date"}}
            ),
            IndexModel([("territory", ASCENDING), ("submitted_at", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("hired_at", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("follow_ups.due_on"),
            IndexModel("remind_at", partialFilterExpression={"remind_at": {"$type": "date"}}),
        ],
        APPLICATION_STEPS,
    ),
    CollectionSpec(
        "agenda",
        [
            # By the end: what is over is most of it, and nobody asks for that.
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("ends_at", ASCENDING)]),
            IndexModel([("status", ASCENDING), ("ends_at", ASCENDING)]),
            IndexModel("registrations.profile_id"),
        ],
    ),
    CollectionSpec(
        "duplicates",
        [
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("offer_id"),
            IndexModel("canonical_id"),
        ],
    ),
    CollectionSpec(
        "clause_requests", [IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)])]
    ),
    ALLOWANCES,
    CollectionSpec("people", [IndexModel("owner_id"), IndexModel("counsellor_ids")]),
    CollectionSpec("onboarding", [IndexModel([("territory", ASCENDING), ("asked_at", ASCENDING)])]),
    CollectionSpec("secrets"),
    GUESTS,
    # That an employer was asked something, once: never by whom.
    CollectionSpec("questions", [IndexModel("offer_id")]),
    CollectionSpec(
        "saved_offers",
        [IndexModel("slot", unique=True), IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)])],
    ),
    CollectionSpec(
        "saved_searches",
        [
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("next_at", partialFilterExpression={"next_at": {"$type": "date"}}),
        ],
    ),
    # Which offers a search was told of: once each, and remembered longer than an offer counts as new.
    CollectionSpec(
        "told_offers",
        [
            IndexModel("search_id"),
            IndexModel("profile_id"),
            IndexModel("at", expireAfterSeconds=10 * int(OVERLAP.total_seconds())),
        ],
    ),
    CollectionSpec(
        "clicks",
        [
            of_text("slot", unique=True),
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("offer_id"),
            IndexModel([("asked_at", ASCENDING), ("created_at", ASCENDING)]),
        ],
    ),
    ERASURE_COUNTS,
    CollectionSpec("imports", [IndexModel([("partner", ASCENDING), ("_id", DESCENDING)])]),
)


UNDER_WAY = (OfferStatus.PENDING.value, OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value)
"""Offers that somebody answers for."""
TOLD: dict[str, Any] = {
    "$or": [
        {"origin": {"$ne": ApplicationOrigin.EMPLOYER.value}},
        {"history.status": ApplicationStatus.SUBMITTED.value},
    ]
}
"""Applications that the employer knows of (``Application.told_to_employer``)."""
