"""Collections of the clauses service, its queries, and the writes that always go together."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.clauses.domain.alerts import Alert
from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility, LocalCategory
from services.clauses.domain.hire import Hire, HireState
from services.clauses.domain.ledger import Declaration, LedgerEntry
from services.clauses.domain.offer_request import OfferRequest
from services.clauses.domain.participant import Participant, participant_key
from services.clauses.domain.person import Person
from services.clauses.domain.progress import Balance
from services.clauses.domain.reference import is_profile
from services.clauses.handles import (
    Alerts,
    Authorities,
    Contracts,
    Declarations,
    Eligibilities,
    LocalCategories,
    OfferRequests,
    Participants,
    Persons,
)
from services.clauses.migrations import AUTHORITY_STEPS, DRAFT_STEPS, EMPLOYMENT_STEPS, HOURS_STEPS, SUPPLIER_STEPS
from shared.http import Cursor
from shared.invitations.guests import GUESTS
from shared.kept_enum import read_stored
from shared.reference.text import asked_words
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, Find, Store, Work, decode

COUNTS = {"$ne": None}
"""A slot is there while the declaration counts. Not in the words of its index: by them that index may serve any question, and
of contracts that stand first in it MongoDB cannot tell that it would read all others' declarations as well (a million).
"""

MOST_DECISIONS = 200
MOST_MONTHS = 600
"""More than a working life has of either."""
MOST_PEOPLE = 10_000
"""More than work on any one contract."""

COLLECTIONS = (
    CollectionSpec(
        "authorities",
        [
            IndexModel([("territory", ASCENDING), ("name_key", ASCENDING)], unique=True),
            IndexModel("users"),
            IndexModel("invitations.expires_at"),
        ],
        AUTHORITY_STEPS,
    ),
    CollectionSpec("contractors", [IndexModel("users"), IndexModel("invitations.expires_at")]),
    CollectionSpec("secrets"),
    GUESTS,
    CollectionSpec(
        "contracts",
        [
            IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("terms.kind", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("authority_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("terms.contractor_ids"),
            IndexModel("terms.lots.contractor_ids"),
            IndexModel([("status", ASCENDING), ("terms.ends_on", ASCENDING)]),
        ],
    ),
    CollectionSpec(
        "hours",
        [
            IndexModel("slot", unique=True, partialFilterExpression={"slot": {"$type": "string"}}),
            IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("participant_id", ASCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("month", ASCENDING)]),
            IndexModel([("participant_id", ASCENDING), ("month", ASCENDING)]),
            IndexModel("employment.id", sparse=True),
        ],
        HOURS_STEPS,
    ),
    # Append-only: nothing in this service updates or deletes a line; erasure takes the name of whom it is about.
    CollectionSpec(
        "ledger",
        [
            IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("month", ASCENDING)]),
            IndexModel("participant_id"),
        ],
    ),
    CollectionSpec("person_months", [IndexModel("participant_id")]),
    # Sums of the ledger, written with it; ``Contract.folded`` says whether they are in step. Reports are read from tallies of
    # them, which are made when somebody asks, or by the job.
    CollectionSpec("month_totals", [IndexModel([("contract_id", ASCENDING), ("month", ASCENDING)], unique=True)]),
    CollectionSpec(
        "presences",
        [
            IndexModel([("contract_id", ASCENDING), ("participant_id", ASCENDING)], unique=True),
            IndexModel("participant_id"),
        ],
    ),
    CollectionSpec("tallies", [IndexModel("people")]),
    CollectionSpec("exits"),
    CollectionSpec(
        "participants",
        [IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]), IndexModel("participant_id")],
    ),
    CollectionSpec(
        "persons",
        [
            IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("participant_id", ASCENDING), ("territory", ASCENDING)], unique=True),
        ],
    ),
    CollectionSpec("eligibilities", [IndexModel([("participant_id", ASCENDING), ("decided_on", ASCENDING)])]),
    CollectionSpec("local_categories", [IndexModel("territory")]),
    CollectionSpec(
        "employments",
        [
            IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("participant_id", ASCENDING), ("terms.starts_on", ASCENDING)]),
            # What the versions of a contract's employments add up to is read out of this one alone.
            IndexModel([("territory", ASCENDING), ("contract_id", ASCENDING), ("version", ASCENDING)]),
        ],
        EMPLOYMENT_STEPS,
    ),
    CollectionSpec(
        "alerts",
        [
            IndexModel([("territory", ASCENDING), ("_id", ASCENDING)]),
            IndexModel("contract_id"),
            IndexModel("facts.participant_id", sparse=True),
            IndexModel("awaited_by"),
        ],
    ),
    # Wishes for an offer of a contract, and hires on what became of them.
    CollectionSpec("digests"),
    # Read model of profiles: who left a desk.
    CollectionSpec("left_staff"),
    CollectionSpec("employers"),
    CollectionSpec("offer_requests", [IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)])]),
    CollectionSpec(
        "hires",
        [IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]), IndexModel("participant_id", sparse=True)],
    ),
    # What a territory's directory lists: all of a source at once, those that vanished from it closed.
    CollectionSpec(
        "suppliers",
        [
            IndexModel([("territory", ASCENDING), ("source", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("listed.point.lat", ASCENDING)]),
        ],
        SUPPLIER_STEPS,
    ),
    # Contracts as buyers publish them, until a facilitator makes one of theirs of them.
    CollectionSpec(
        "contract_drafts",
        [
            IndexModel([("territory", ASCENDING), ("_id", ASCENDING)]),
            IndexModel("contract_id", partialFilterExpression={"contract_id": {"$type": "string"}}),
        ],
        DRAFT_STEPS,
    ),
    # Their modifications after that: each waits to be recorded as an amendment, or was decided about.
    CollectionSpec(
        "amendment_drafts",
        [
            IndexModel([("territory", ASCENDING), ("status", ASCENDING), ("contract_id", ASCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("status", ASCENDING)]),
            IndexModel("draft_id"),
        ],
    ),
    ERASURE_COUNTS,
    # That a profile's person, or a desk's reference, was erased (when, by whom): nobody is put under it any more.
    CollectionSpec("erasures"),
)


async def participant(store: Store, contract_id: str, participant_id: str) -> Participant | None:
    """Whom a facilitator put on a contract, if they did."""
    return await Participants(store).find(participant_key(contract_id, participant_id))


async def participants(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Participant]:
    """Participants that match, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Participants(store).many(on_page(query, cursor), sort=order, limit=cursor.limit + 1)


def of_participant(participant_id: str, territory: str) -> dict[str, Any]:
    """A profile is one person everywhere, a reference means nothing in another territory."""
    return {"participant_id": participant_id} | ({} if is_profile(participant_id) else {"territory": territory})


async def person(store: Store, territory: str, participant_id: str) -> Person | None:
    """A desk's record of a participant."""
    query = {"territory": territory, "participant_id": participant_id}
    return await Persons(store).first(query)


async def persons(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Person]:
    """Records that match, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Persons(store).many(on_page(query, cursor), sort=order, limit=cursor.limit + 1)


async def eligibilities_of(store: Store, participant_id: str, territory: str) -> list[Eligibility]:
    """Decisions of a participant, the oldest first."""
    order = [("decided_on", ASCENDING), ("_id", ASCENDING)]
    return await Eligibilities(store).many(of_participant(participant_id, territory), sort=order, limit=MOST_DECISIONS)


async def months_declared_by(store: Store, contract_id: str) -> set[tuple[str | None, str]]:
    """(contractor, month) of hours that count on a contract."""
    whose = {"_id": {"contractor_id": "$contractor_id", "month": "$month"}}
    pipeline: list[dict[str, Any]] = [{"$match": {"contract_id": contract_id, "slot": COUNTS}}, {"$group": whose}]
    rows = store.aggregate("hours", pipeline)
    return {(row["_id"].get("contractor_id"), row["_id"]["month"]) async for row in rows}


async def alerts(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Alert]:
    """Alerts that match, contract by contract, one more than the page holds."""
    conditions = [dict(query)]
    if cursor.after is not None:
        conditions.append({"_id": {"$gt": cursor.texts(1)[0]}})
    order = [("_id", ASCENDING)]
    return await Alerts(store).many({"$and": conditions}, sort=order, limit=cursor.limit + 1)


async def offer_requests(store: Store, contract_id: str) -> list[OfferRequest]:
    """Wishes for offers of a contract, the newest first."""
    order = [("_id", DESCENDING)]
    return await OfferRequests(store).many({"contract_id": contract_id}, sort=order, limit=MOST_MONTHS)


async def contracts_of_requests(store: Store, ids: Sequence[str]) -> dict[str, str]:
    """Contract of each id that is one of our requests, and so of the offer that was made of it."""
    rows = store.collection("offer_requests").find({"_id": {"$in": list(ids)}}, {"contract_id": 1})
    return {str(row["_id"]): str(row["contract_id"]) async for row in rows}


NOBODYS = {"$unset": {"participant_id": "", "starts_on": ""}}
"""Of a hire whose person is gone: no id, and no day that would lead back to them."""


async def hires(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Hire]:
    """Hires that match, the newest first, one more than the page holds."""
    asked = {"$and": [on_page(query, cursor), {"participant_id": {"$type": "string"}}]}
    rows = store.collection("hires").find(asked).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [hire_of(row) async for row in rows]


def hire_of(row: Mapping[str, Any]) -> Hire:
    """As it is stored."""
    return read_stored(Hire, {name: value for name, value in decode(row).items() if name != "_schema"})


_UNDECIDED = {"state": HireState.PROPOSED.value, "participant_id": {"$type": "string"}}


def record_hire(work: Work, hire_id: str) -> None:
    """A facilitator recorded it; conflicts where it was decided otherwise or its person erased meanwhile."""
    recorded = {"$set": {"state": HireState.RECORDED.value}}
    work.update("hires", {"_id": hire_id, **_UNDECIDED}, recorded, found=True)


def dismiss_hire(work: Work, hire_id: str) -> None:
    """A facilitator set it aside: no more is kept than that there was one. Conflicts where it was decided otherwise meanwhile."""
    dismissed = {**NOBODYS, "$set": {"state": HireState.DISMISSED.value}}
    work.update("hires", {"_id": hire_id, **_UNDECIDED}, dismissed, found=True)


def forget_hire(work: Work, hire_id: str) -> None:
    """Keep no more of a hire than that there was one."""
    work.update("hires", {"_id": hire_id}, NOBODYS)


async def local_categories(store: Store, territories: Sequence[str]) -> list[LocalCategory]:
    """What territories add to the referential."""
    return await LocalCategories(store).many({"territory": {"$in": list(territories)}})


async def balance_of(store: Store, contract_id: str) -> Balance:
    """The fold of a contract's ledger, added up by MongoDB in exact decimals."""
    sums: list[dict[str, Any]] = [
        {"$match": {"contract_id": contract_id}},
        {"$group": {"_id": None, "declared": {"$sum": "$declared_delta"}, "validated": {"$sum": "$validated_delta"}}},
    ]
    people: list[dict[str, Any]] = [
        {"$match": {"contract_id": contract_id, "slot": COUNTS, "hours": {"$gt": 0}}},
        {"$group": {"_id": "$participant_id"}},
        {"$count": "participants"},
    ]
    totals = await only(store, "ledger", sums)
    count = await only(store, "hours", people)
    return Balance(
        declared=two_places(totals.get("declared", ZERO)),
        validated=two_places(totals.get("validated", ZERO)),
        participants=count.get("participants", 0),
    )


async def months_with_hours(store: Store, contract_id: str) -> tuple[str, ...]:
    """Months with hours that count, in order. Those that were corrected to none keep no date of the contract from moving."""
    worked = {"contract_id": contract_id, "slot": COUNTS, "hours": {"$gt": 0}}
    pipeline: list[dict[str, Any]] = [{"$match": worked}, {"$group": {"_id": "$month"}}, {"$sort": {"_id": ASCENDING}}]
    return tuple([row["_id"] async for row in store.aggregate("hours", pipeline)])


async def lots_with_hours(store: Store, contract_id: str) -> frozenset[str]:
    """Lots on which hours are declared that count and are more than none."""
    worked = {"contract_id": contract_id, "slot": COUNTS, "hours": {"$gt": 0}, "lot_id": {"$ne": None}}
    pipeline: list[dict[str, Any]] = [{"$match": worked}, {"$group": {"_id": "$lot_id"}}]
    return frozenset([row["_id"] async for row in store.aggregate("hours", pipeline)])


async def only(store: Store, collection: str, pipeline: list[dict[str, Any]]) -> dict[str, Any]:
    """The one document that a pipeline ends in; empty where it found nothing."""
    async for row in store.aggregate(collection, pipeline):
        result: dict[str, Any] = decode(row)
        return result
    return {}


async def newest(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Contract]:
    """Contracts that match, the newest first, one more than the page holds."""
    return await Contracts(store).many(on_page(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1)


async def declarations(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Declaration]:
    """Declarations that match, the newest first, one more than the page holds."""
    return await Declarations(store).many(on_page(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1)


async def entries(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[LedgerEntry]:
    """Ledger entries that match, the newest first, one more than the page holds."""
    rows = store.collection("ledger").find(on_page(query, cursor)).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [read_stored(LedgerEntry, {"id": row["_id"], **decode(row)}) async for row in rows]


async def has_contracts(store: Store, territory: str, contractor_id: str) -> bool:
    """Whether a contract of the territory names this contractor."""
    return await store.first("contracts", naming(territory, contractor_id), {"_id": 1}) is not None


def naming(territory: str, contractor_id: str) -> dict[str, Any]:
    """The query of contracts of a territory that name this contractor."""
    return {"territory": territory, **naming_any([contractor_id])}


def naming_any(contractor_ids: Sequence[str]) -> dict[str, Any]:
    """The query of contracts of all territories that name one of these contractors."""
    ids = {"$in": list(contractor_ids)}
    return {"$or": [{"terms.contractor_ids": ids}, {"terms.lots.contractor_ids": ids}]}


def sides_asked(user_id: str) -> tuple[Find, Find]:
    """The questions whose answers ``authorities_in`` and ``contractors_in`` read."""
    return (
        Find("authorities", {"users": user_id}, {"_id": 1}),
        Find("contractors", {"users": user_id}, {"territory": 1, "contractor_id": 1}),
    )


def authorities_in(rows: Sequence[dict[str, Any]]) -> frozenset[str]:
    """Ids of the authorities that an account acts for."""
    return frozenset(str(row["_id"]) for row in rows)


def contractors_in(rows: Sequence[dict[str, Any]]) -> frozenset[tuple[str, str]]:
    """Territory and id of the contractors that an account acts for."""
    return frozenset((str(row["territory"]), str(row["contractor_id"])) for row in rows)


async def authorities(store: Store, territories: Sequence[str], q: str | None, cursor: Cursor) -> list[Authority]:
    """Contracting authorities by name, one more than the page holds."""
    conditions: list[dict[str, Any]] = [{"territory": {"$in": list(territories)}}]
    conditions += [{"name_key": {"$regex": rf"(^| ){re.escape(word)}"}} for word in asked_words(q)]
    if cursor.after is not None:
        name, last = cursor.texts(2)
        conditions.append({"$or": [{"name_key": {"$gt": name}}, {"name_key": name, "_id": {"$gt": last}}]})
    order = [("name_key", ASCENDING), ("_id", ASCENDING)]
    return await Authorities(store).many({"$and": conditions}, sort=order, limit=cursor.limit + 1)


def on_page(query: Mapping[str, Any], cursor: Cursor) -> dict[str, Any]:
    """What comes after the page that ended at the cursor, the newest first."""
    if cursor.after is None:
        return dict(query)
    return {"$and": [dict(query), {"_id": {"$lt": cursor.texts(1)[0]}}]}
