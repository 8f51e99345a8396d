"""Collections of the clauses service, its queries, and the writes that always go together."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import Decimal128
from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateMany

from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import Declaration, HoursState, LedgerEntry, PersonMonth, Share
from services.clauses.domain.participant import Participant, participant_key
from services.clauses.domain.progress import Balance
from services.clauses.migrations import AUTHORITY_STEPS, HOURS_STEPS
from shared.contracts.topics import CONTRACTS
from shared.http import Cursor
from shared.reference.text import asked_words
from shared.store import CollectionSpec, Store, Work, decode

_COUNTS = {"$type": "string"}  # a slot is there while the declaration counts

COLLECTIONS = (
    CollectionSpec(
        "authorities",
        [IndexModel([("territory", ASCENDING), ("name_key", ASCENDING)], unique=True)],
        AUTHORITY_STEPS,
    ),
    CollectionSpec(
        "contracts",
        [
            IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("authority_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("terms.contractor_ids"),
            IndexModel("terms.lots.contractor_ids"),
            IndexModel([("status", ASCENDING), ("terms.ends_on", ASCENDING)]),
        ],
    ),
    CollectionSpec(
        "hours",
        [
            IndexModel("slot", unique=True, partialFilterExpression={"slot": _COUNTS}),
            IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("participant_id", ASCENDING)]),
            IndexModel([("contract_id", ASCENDING), ("month", ASCENDING)]),
            IndexModel([("participant_id", ASCENDING), ("month", ASCENDING)]),
        ],
        HOURS_STEPS,
    ),
    # Append-only: nothing in this service updates or deletes a line; erasure takes the name of whom it is about.
    CollectionSpec(
        "ledger", [IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]), IndexModel("participant_id")]
    ),
    CollectionSpec("person_months", [IndexModel("participant_id")]),
    CollectionSpec(
        "participants",
        [IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]), IndexModel("participant_id")],
    ),
    # That a profile's person was erased: nobody is linked to it any more.
    CollectionSpec("erasures"),
)


def put_contract(work: Work, contract: Contract) -> None:
    """Save a contract with its events."""
    work.save("contracts", contract, CONTRACTS)


def put_hours(
    work: Work,
    contract: Contract,
    declarations: Sequence[Declaration],
    entries: Sequence[LedgerEntry],
    person: PersonMonth | None,
) -> None:
    """Append entries, with the states, the totals and the person's month that follow from them."""
    put_contract(work, contract)
    for declaration in declarations:
        work.save("hours", declaration)
    if person is not None:
        work.save("person_months", person)
    documents = [entry.model_dump() for entry in entries]
    work.insert("ledger", *({"_id": document.pop("id"), **document} for document in documents))


async def shares_of(store: Store, participant_id: str, month: str) -> tuple[Share, ...]:
    """The declarations of a participant's month that count, by contractor and territory."""
    query = {"participant_id": participant_id, "month": month, "slot": _COUNTS}
    validated = {"$cond": [{"$eq": ["$state", HoursState.VALIDATED.value]}, "$hours", Decimal128("0.00")]}
    whose = {"contractor_id": "$contractor_id", "territory": "$territory"}
    sums = {"_id": whose, "declared": {"$sum": "$hours"}, "validated": {"$sum": validated}}
    shares = []
    async for row in store.aggregate("hours", [{"$match": query}, {"$group": sums}]):
        found = decode(row)
        amounts = {name: two_places(found[name]) for name in ("declared", "validated")}
        shares.append(Share(**found["_id"], **amounts))
    return tuple(shares)


async def participant(store: Store, contract_id: str, participant_id: str) -> Participant | None:
    """Whom a facilitator put on a contract, if they did."""
    return await store.find_one(Participant, "participants", {"_id": participant_key(contract_id, participant_id)})


async def participants(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Participant]:
    """Participants that match, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await store.find_many(
        Participant, "participants", _before(query, cursor), sort=order, limit=cursor.limit + 1
    )


async def was_erased(store: Store, participant_id: str) -> bool:
    """Whether this was a profile whose person was erased."""
    return await store.collection("erasures").find_one({"_id": participant_id}, {"_id": 1}) is not None


def forget_person(work: Work, profile_id: str, pseudonym: str, now: datetime) -> None:
    """Take a profile's id out of everything; its entries stay together under ``pseudonym``."""
    named = {"participant_id": profile_id}
    renamed: dict[str, Any] = {"participant_id": pseudonym}
    slot = {"$replaceOne": {"input": "$slot", "find": profile_id, "replacement": pseudonym}}
    # The version goes up, so that whoever has read a declaration does not write the id back.
    declared = renamed | {
        "version": {"$add": ["$version", 1]},
        "slot": {"$cond": [{"$eq": [{"$type": "$slot"}, "string"]}, slot, "$slot"]},
    }
    work.bulk("hours", [UpdateMany(named, [{"$set": declared}])])
    work.bulk("ledger", [UpdateMany(named, {"$set": renamed})])
    work.delete("person_months", named)
    work.delete("participants", named)
    work.update("erasures", {"_id": profile_id}, {"$setOnInsert": {"at": now}}, upsert=True)


async def holder_of(store: Store, slot: str) -> str | None:
    """Id of the declaration that counts for an employment and month."""
    found = await store.collection("hours").find_one({"slot": slot}, {"_id": 1})
    return None if found is None else str(found["_id"])


async def balance_of(store: Store, contract_id: str) -> Balance:
    """The fold of a contract's ledger, added up by MongoDB in exact decimals."""
    sums: list[dict[str, Any]] = [
        {"$match": {"contract_id": contract_id}},
        {"$group": {"_id": None, "declared": {"$sum": "$declared_delta"}, "validated": {"$sum": "$validated_delta"}}},
    ]
    people: list[dict[str, Any]] = [
        {"$match": {"contract_id": contract_id, "slot": _COUNTS, "hours": {"$gt": 0}}},
        {"$group": {"_id": "$participant_id"}},
        {"$count": "participants"},
    ]
    totals = await _only(store, "ledger", sums)
    count = await _only(store, "hours", people)
    return Balance(
        declared=two_places(totals.get("declared", ZERO)),
        validated=two_places(totals.get("validated", ZERO)),
        participants=count.get("participants", 0),
    )


async def months_with_hours(store: Store, contract_id: str) -> tuple[str, str] | None:
    """First and last month with hours that count."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"contract_id": contract_id, "slot": _COUNTS}},
        {"$group": {"_id": None, "first": {"$min": "$month"}, "last": {"$max": "$month"}}},
    ]
    found = await _only(store, "hours", pipeline)
    return (found["first"], found["last"]) if found else None


async def _only(store: Store, collection: str, pipeline: list[dict[str, Any]]) -> dict[str, Any]:
    async for row in store.aggregate(collection, pipeline):
        result: dict[str, Any] = decode(row)
        return result
    return {}


async def newest(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Contract]:
    """Contracts that match, the newest first, one more than the page holds."""
    return await store.find_many(
        Contract, "contracts", _before(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1
    )


async def declarations(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Declaration]:
    """Declarations that match, the newest first, one more than the page holds."""
    return await store.find_many(
        Declaration, "hours", _before(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1
    )


async def entries(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[LedgerEntry]:
    """Ledger entries that match, the newest first, one more than the page holds."""
    rows = store.collection("ledger").find(_before(query, cursor)).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [LedgerEntry.model_validate({"id": row["_id"], **decode(row)}) async for row in rows]


async def authorities(store: Store, territories: Sequence[str], q: str | None, cursor: Cursor) -> list[Authority]:
    """Contracting authorities by name, one more than the page holds."""
    conditions: list[dict[str, Any]] = [{"territory": {"$in": list(territories)}}]
    conditions += [{"name_key": {"$regex": rf"(^| ){re.escape(word)}"}} for word in asked_words(q)]
    if cursor.after is not None:
        name, last = cursor.texts(2)
        conditions.append({"$or": [{"name_key": {"$gt": name}}, {"name_key": name, "_id": {"$gt": last}}]})
    order = [("name_key", ASCENDING), ("_id", ASCENDING)]
    return await store.find_many(Authority, "authorities", {"$and": conditions}, sort=order, limit=cursor.limit + 1)


def _before(query: Mapping[str, Any], cursor: Cursor) -> dict[str, Any]:
    if cursor.after is None:
        return dict(query)
    return {"$and": [dict(query), {"_id": {"$lt": cursor.texts(1)[0]}}]}
