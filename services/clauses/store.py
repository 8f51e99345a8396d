"""Collections of the clauses service, its queries, and the writes that always go together."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateMany, UpdateOne

from services.clauses.domain.alerts import Alert
from services.clauses.domain.amounts import ZERO, first_day, last_day, month_of, two_places
from services.clauses.domain.authority import Authority
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility, LocalCategory
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.hire import Hire, HireState
from services.clauses.domain.ledger import Declaration, Employment, LedgerEntry
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
    Employments,
    LocalCategories,
    OfferRequests,
    Participants,
    Persons,
)
from services.clauses.migrations import AUTHORITY_STEPS, HOURS_STEPS
from shared.http import Cursor
from shared.invitations.guests import GUESTS
from shared.reference.text import asked_words
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, Store, Work, decode
from shared.store.codec import to_document

COUNTS = {"$type": "string"}  # a slot is there while the declaration counts

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
            IndexModel([("authority_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("terms.contractor_ids"),
            IndexModel("terms.lots.contractor_ids"),
            IndexModel([("status", ASCENDING), ("terms.ends_on", ASCENDING)]),
        ],
    ),
    CollectionSpec(
        "hours",
        [
            IndexModel("slot", unique=True, partialFilterExpression={"slot": COUNTS}),
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
        "ledger", [IndexModel([("contract_id", ASCENDING), ("_id", DESCENDING)]), IndexModel("participant_id")]
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
        ],
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
    ),
    # Contracts as buyers publish them, until a facilitator makes one of theirs of them.
    CollectionSpec("contract_drafts", [IndexModel([("territory", ASCENDING), ("_id", ASCENDING)])]),
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
    return await Participants(store).many(_before(query, cursor), sort=order, limit=cursor.limit + 1)


def _of_participant(participant_id: str, territory: str) -> dict[str, Any]:
    """A profile is one person everywhere, a reference means nothing in another territory."""
    return {"participant_id": participant_id} | ({} if is_profile(participant_id) else {"territory": territory})


async def person(store: Store, territory: str, participant_id: str) -> Person | None:
    """A desk's record of a participant."""
    query = {"territory": territory, "participant_id": participant_id}
    return await Persons(store).first(query)


async def persons(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Person]:
    """Records that match, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Persons(store).many(_before(query, cursor), sort=order, limit=cursor.limit + 1)


async def eligibilities_of(store: Store, participant_id: str, territory: str) -> list[Eligibility]:
    """Decisions of a participant, the oldest first."""
    order = [("decided_on", ASCENDING), ("_id", ASCENDING)]
    return await Eligibilities(store).many(_of_participant(participant_id, territory), sort=order, limit=MOST_DECISIONS)


async def employments(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[EmploymentRecord]:
    """Employments that match, the newest first, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Employments(store).many(_before(query, cursor), sort=order, limit=cursor.limit + 1)


async def declared_months(store: Store, contract_id: str) -> set[tuple[str, str]]:
    """(recorded employment, month) of hours that count on a contract."""
    query = {"contract_id": contract_id, "slot": COUNTS, "employment.id": {"$type": "string"}}
    cursor = store.collection("hours").find(query, {"employment.id": 1, "month": 1})
    return {(row["employment"]["id"], row["month"]) async for row in cursor}


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


_NOBODYS = {"$unset": {"participant_id": "", "starts_on": ""}}
"""Of a hire whose person is gone: no id, and no day that would lead back to them."""


async def hires(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Hire]:
    """Hires that match, the newest first, one more than the page holds."""
    asked = {"$and": [_before(query, cursor), {"participant_id": {"$type": "string"}}]}
    rows = store.collection("hires").find(asked).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [hire_of(row) async for row in rows]


def hire_of(row: Mapping[str, Any]) -> Hire:
    """As it is stored."""
    return Hire.model_validate({name: value for name, value in decode(row).items() if name != "_schema"})


_UNDECIDED = {"state": HireState.PROPOSED.value, "participant_id": {"$type": "string"}}


def record_hire(work: Work, hire_id: str) -> None:
    """A facilitator recorded it; conflicts where it was decided otherwise or its person erased meanwhile."""
    recorded = {"$set": {"state": HireState.RECORDED.value}}
    work.update("hires", {"_id": hire_id, **_UNDECIDED}, recorded, found=True)


def dismiss_hire(work: Work, hire_id: str) -> None:
    """A facilitator set it aside: no more is kept than that there was one. Conflicts where it was decided otherwise meanwhile."""
    dismissed = {**_NOBODYS, "$set": {"state": HireState.DISMISSED.value}}
    work.update("hires", {"_id": hire_id, **_UNDECIDED}, dismissed, found=True)


def forget_hire(work: Work, hire_id: str) -> None:
    """Keep no more of a hire than that there was one."""
    work.update("hires", {"_id": hire_id}, _NOBODYS)


async def employments_of(
    store: Store, contract_id: str, contractors: Sequence[str] | None = None
) -> list[EmploymentRecord]:
    """All recorded employments of a contract, or some contractors'."""
    query: dict[str, Any] = {"contract_id": contract_id}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    return await Employments(store).many(query, limit=MOST_PEOPLE)


async def people_for_sheet(
    store: Store, contract_id: str, contractors: Sequence[str] | None, month: str
) -> tuple[list[tuple[str, Employment, str | None]], frozenset[str]]:
    """Whom a sheet of a month expects (participant, employment, lot), and which employments are recorded.

    Those of the month before, and whose recorded employment covers a day of this one.
    """
    before = month_of(first_day(month) - timedelta(days=1))
    query: dict[str, Any] = {"contract_id": contract_id, "month": before, "slot": COUNTS}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    found: dict[tuple[str, str], tuple[str, Employment, str | None]] = {}
    for one in await Declarations(store).many(query, limit=MOST_PEOPLE):
        found[one.participant_id, one.employment.key] = (one.participant_id, one.employment, one.lot_id)
    records = await employments_of(store, contract_id, contractors)
    for record in records:
        running = record.terms.ends_on is None or record.terms.ends_on >= first_day(month)
        if running and record.terms.starts_on <= last_day(month):
            found.setdefault((record.participant_id, record.named.key), (record.participant_id, record.named, None))
    return [found[key] for key in sorted(found)], frozenset(record.id for record in records)


async def local_categories(store: Store, territories: Sequence[str]) -> list[LocalCategory]:
    """What territories add to the referential."""
    return await LocalCategories(store).many({"territory": {"$in": list(territories)}})


def erasure_key(participant_id: str, territory: str) -> str:
    """A profile is erased everywhere, a reference of a desk there."""
    return participant_id if is_profile(participant_id) else f"{territory}|{participant_id}"


async def erased(store: Store, participants: Iterable[str], territory: str) -> set[str]:
    """Which of them, as a desk of the territory names them, were erased."""
    keys = {erasure_key(one, territory): one for one in participants}
    rows = store.collection("erasures").find({"_id": {"$in": sorted(keys)}}, {"_id": 1})
    return {keys[row["_id"]] async for row in rows}


async def was_erased(store: Store, participant_id: str, territory: str) -> bool:
    """Whether this was a profile whose person was erased, or a reference that the desk has erased."""
    return bool(await erased(store, [participant_id], territory))


async def is_kept(store: Store, territory: str, reference: str) -> bool:
    """Whether anything is kept under a reference of a desk."""
    named = _of_participant(reference, territory)
    for collection in ("persons", "participants", "hours", "employments", "eligibilities"):
        if await store.collection(collection).find_one(named, {"_id": 1}) is not None:
            return True
    return False


def forget_person(
    work: Work, participant_id: str, pseudonym: str, now: datetime, *, territory: str = "", by: str | None = None
) -> None:
    """Take a profile's id out of everything, or a desk's reference out of what is its territory's.

    The entries stay together under ``pseudonym``. ``by``: the facilitator who erased a reference.
    """
    named = _of_participant(participant_id, territory)
    here = {name: value for name, value in named.items() if name == "territory"}
    renamed: dict[str, Any] = {"participant_id": pseudonym}
    # What stands before the name in a slot may hold the same letters (``slot_of``).
    before = {"$concat": ["$contract_id", "\x1f", {"$ifNull": ["$lot_id", ""]}, "\x1f"]}
    after = {"$add": [{"$strLenCP": before}, len(participant_id)]}
    rest = {"$substrCP": ["$slot", after, {"$strLenCP": "$slot"}]}
    slot = {"$concat": [before, pseudonym, rest]}
    # The version goes up, so that whoever has read a declaration does not write the id back.
    declared = renamed | {
        "version": {"$add": ["$version", 1]},
        "slot": {"$cond": [{"$eq": [{"$type": "$slot"}, "string"]}, slot, "$slot"]},
        # What people wrote may name anybody; that there was a paper, of what kind and day, is the audit trail's.
        "reason": None,
        "evidence": {
            "$map": {"input": "$evidence", "as": "one", "in": {"$mergeObjects": ["$$one", {"reference": None}]}}
        },
    }
    work.bulk("hours", [UpdateMany(named, [{"$set": declared}])])
    work.bulk("ledger", [UpdateMany(named, {"$set": renamed | {"reason": None}})])
    work.bulk("presences", [UpdateMany(named, {"$set": renamed})])
    work.delete("tallies", {"people": participant_id, **here})
    # Of a reference also another desk's of the same name: made anew from the declarations when it is asked for.
    work.delete("person_months", {"participant_id": participant_id})
    work.delete("participants", named)
    # What the reports count by stays, under the pseudonym; what could lead back to one person in a small commune does not.
    stays = {"participant_id": pseudonym, "version": {"$add": ["$version", 1]}, "consented_on": None}
    unknown = dict.fromkeys(("terms.birth_year", "terms.guardian_consent_on", "terms.commune_code", "terms.prescriber"))
    work.bulk("persons", [UpdateMany(named, [{"$set": stays | unknown}])])
    untold: dict[str, Any] = {"version": {"$add": ["$version", 1]}, "opinion": None, "reason": None, "evidence": []}
    work.bulk("eligibilities", [UpdateMany(named, [{"$set": renamed | untold}])])
    places: dict[str, Any] = {"version": {"$add": ["$version", 1]}, "terms.workplace": None, "terms.support": None}
    work.bulk("employments", [UpdateMany(named, [{"$set": renamed | places}])])
    work.bulk("hires", [UpdateMany(named, _NOBODYS)])
    untell: dict[str, Any] = {"$pull": {"facts": {"participant_id": participant_id}}, "$inc": {"version": 1}}
    work.bulk("alerts", [UpdateMany({"facts.participant_id": participant_id, **here}, untell)])
    noted = {"at": now} if is_profile(participant_id) else {"at": now, "by": by, "reference": participant_id, **here}
    key = erasure_key(participant_id, territory)
    work.update("erasures", {"_id": key}, {"$setOnInsert": noted}, upsert=True)


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
    totals = await _only(store, "ledger", sums)
    count = await _only(store, "hours", people)
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


async def months_of_employment(store: Store, employment_id: str) -> tuple[str, str] | None:
    """First and last month with hours that count of a recorded employment, on whatever contracts."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"employment.id": employment_id, "slot": COUNTS}},
        {"$group": {"_id": None, "first": {"$min": "$month"}, "last": {"$max": "$month"}}},
    ]
    found = await _only(store, "hours", pipeline)
    return (found["first"], found["last"]) if found else None


_MARK = "_declared"
"""How often hours were declared of an employment since it was saved. A mark of the store, as ``_touched`` is."""


async def mark_of_employment(store: Store, employment_id: str) -> int | None:
    """To be read before what is decided by the hours of an employment, and handed to ``put_employment``."""
    row = await store.collection("employments").find_one({"_id": employment_id}, {_MARK: 1}) or {}
    found: int | None = row.get(_MARK)
    return found


def mark_employments(work: Work, ids: Iterable[str]) -> None:
    """Hours are declared of these: a change that was decided without them is overtaken."""
    work.bulk("employments", [UpdateOne({"_id": id}, {"$inc": {_MARK: 1}}) for id in ids])


def put_employment(work: Work, record: EmploymentRecord, mark: int | None) -> None:
    """Save a changed employment unless somebody changed it, or declared hours of it on any contract, since ``mark`` was read."""
    document = {name: value for name, value in to_document(record).items() if name != "_id"}
    read = {"_id": record.id, "version": record.loaded_version, _MARK: mark}
    work.update("employments", read, {"$set": document}, found=True)


async def _only(store: Store, collection: str, pipeline: list[dict[str, Any]]) -> dict[str, Any]:
    async for row in store.aggregate(collection, pipeline):
        result: dict[str, Any] = decode(row)
        return result
    return {}


async def newest(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Contract]:
    """Contracts that match, the newest first, one more than the page holds."""
    return await Contracts(store).many(_before(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1)


async def declarations(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[Declaration]:
    """Declarations that match, the newest first, one more than the page holds."""
    return await Declarations(store).many(_before(query, cursor), sort=[("_id", DESCENDING)], limit=cursor.limit + 1)


async def entries(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[LedgerEntry]:
    """Ledger entries that match, the newest first, one more than the page holds."""
    rows = store.collection("ledger").find(_before(query, cursor)).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [LedgerEntry.model_validate({"id": row["_id"], **decode(row)}) async for row in rows]


async def has_contracts(store: Store, territory: str, contractor_id: str) -> bool:
    """Whether a contract of the territory names this contractor."""
    named = [{"terms.contractor_ids": contractor_id}, {"terms.lots.contractor_ids": contractor_id}]
    query = {"territory": territory, "$or": named}
    return await store.collection("contracts").find_one(query, {"_id": 1}) is not None


async def authorities_of(store: Store, user_id: str) -> frozenset[str]:
    """Ids of the authorities that an account acts for."""
    rows = store.collection("authorities").find({"users": user_id}, {"_id": 1})
    return frozenset([str(row["_id"]) async for row in rows])


async def contractors_of(store: Store, user_id: str) -> frozenset[tuple[str, str]]:
    """Territory and id of the contractors that an account acts for."""
    rows = store.collection("contractors").find({"users": user_id}, {"territory": 1, "contractor_id": 1})
    return frozenset([(str(row["territory"]), str(row["contractor_id"])) async for row in rows])


async def authorities(store: Store, territories: Sequence[str], q: str | None, cursor: Cursor) -> list[Authority]:
    """Contracting authorities by name, one more than the page holds."""
    conditions: list[dict[str, Any]] = [{"territory": {"$in": list(territories)}}]
    conditions += [{"name_key": {"$regex": rf"(^| ){re.escape(word)}"}} for word in asked_words(q)]
    if cursor.after is not None:
        name, last = cursor.texts(2)
        conditions.append({"$or": [{"name_key": {"$gt": name}}, {"name_key": name, "_id": {"$gt": last}}]})
    order = [("name_key", ASCENDING), ("_id", ASCENDING)]
    return await Authorities(store).many({"$and": conditions}, sort=order, limit=cursor.limit + 1)


def _before(query: Mapping[str, Any], cursor: Cursor) -> dict[str, Any]:
    if cursor.after is None:
        return dict(query)
    return {"$and": [dict(query), {"_id": {"$lt": cursor.texts(1)[0]}}]}
