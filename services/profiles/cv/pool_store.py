"""Queries and writes of the pool of CVs."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument, UpdateOne

from services.profiles.domain.pool import PoolConsent, PoolContact, PoolPerson
from services.profiles.domain.profile import Profile
from shared.contracts.events.profiles import Certificate
from shared.contracts.vocabulary import Caces, Card, Licence
from shared.http import Cursor
from shared.store import CollectionSpec, Store, Work, decode

CONTACTS, READINGS, SEARCHES = "pool_contacts", "pool_readings", "pool_searches"
_KEPT_SEARCHES = 3 * 86_400
ORDER = [("pool.pseudonym", ASCENDING)]
"""Of an answer: pseudonyms are in no order that tells anything of people."""
_IN_POOL = {"pool.pseudonym": {"$type": "string"}}
_TO_BE_FOUND = {"details.active": True, "withheld": None}

POOL_INDEXES = (
    IndexModel("pool.pseudonym", name="pool_pseudonym", unique=True, partialFilterExpression=_IN_POOL),
    IndexModel(
        [("details.occupations.code", ASCENDING), ("pool.pseudonym", ASCENDING)],
        name="pool_occupation",
        partialFilterExpression=_IN_POOL,
    ),
)
POOL_COLLECTIONS = (
    CollectionSpec(CONTACTS, [IndexModel("profile_id")]),
    CollectionSpec(
        READINGS,
        [
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("reader_id", ASCENDING), ("day", ASCENDING)]),
        ],
    ),
    CollectionSpec(SEARCHES, [IndexModel("at", expireAfterSeconds=_KEPT_SEARCHES)]),
)


class PoolReading(BaseModel):
    """That an employer's user had somebody's profile in an answer, on one day."""

    id: str
    company_id: str
    reader_id: str = Field(description="Account of the employer's user")
    day: date
    last_at: datetime
    times: int


async def search(
    store: Store,
    cursor: Cursor,
    *,
    occupations: Sequence[str],
    skills: Sequence[str],
    communes: Sequence[str] | None,
    available_by: date | None,
) -> list[PoolPerson]:
    """People of the pool who can be asked, one more than the page holds. All skills are wanted, one of the occupations.

    Who has practised an occupation and seeks it no more is not found by it: their card says that experience to whoever finds
    them by what they do seek.
    """
    query = wanted(cursor, occupations=occupations, skills=skills, communes=communes, available_by=available_by)
    rows = store.collection("profiles").find(query, _SHOWN).sort(ORDER).limit(cursor.limit + 1)
    return [_person(row) async for row in rows]


# Whole profiles cost six times the query: what people say for their CV alone is most of them.
_SHOWN = {
    "version": 1,
    "pool.pseudonym": 1,
    "home.commune_code": 1,
    **{
        f"details.{name}": 1
        for name in (
            "occupations",
            "skills",
            "qualification_level",
            "licences",
            "vehicle",
            "cards",
            "certificates",
            "wished_weekly_hours",
        )
    },
    "details.availability.from_date": 1,
}


def _person(row: dict[str, Any]) -> PoolPerson:
    said, home = row["details"], row.get("home")
    begins = said.get("availability", {}).get("from_date")
    return PoolPerson(
        id=row["_id"],
        version=row["version"],
        pseudonym=row["pool"]["pseudonym"],
        wishes=[
            (one["code"], one["experience_months"])
            for one in said["occupations"]
            if one.get("sought", True) or one["experience_months"]
        ],
        skills=said.get("skills", ()),
        qualification_level=said.get("qualification_level"),
        # A newer release may know more of them.
        licences=[Licence(one) for one in said.get("licences", ()) if one in _LICENCES],
        vehicle=said.get("vehicle", False),
        cards=[Card(one) for one in said.get("cards", ()) if one in _CARDS],
        certificates=[
            Certificate.model_validate(one)
            for one in said.get("certificates", ())
            if one["card"] in _CARDS and one.get("caces") in _CACES
        ],
        available_from=None if begins is None else date.fromisoformat(begins),
        weekly_hours=said.get("wished_weekly_hours"),
        commune_code=None if home is None else home["commune_code"],
    )


_LICENCES, _CARDS = frozenset(map(str, Licence)), frozenset(map(str, Card))
_CACES = frozenset({None, *map(str, Caces)})


def person_of(profile: Profile, given: PoolConsent) -> PoolPerson:
    """The same of a profile at hand."""
    details = profile.details
    return PoolPerson(
        id=profile.id,
        version=profile.loaded_version,
        pseudonym=given.pseudonym,
        wishes=[
            (one.code, one.experience_months) for one in details.occupations if one.sought or one.experience_months
        ],
        skills=details.skills,
        qualification_level=details.qualification_level,
        licences=details.licences,
        vehicle=details.vehicle,
        cards=details.cards,
        certificates=details.certificates,
        available_from=details.availability.from_date,
        weekly_hours=details.wished_weekly_hours,
        commune_code=None if profile.home is None else profile.home.commune_code,
    )


def seeking(occupations: Sequence[str]) -> dict[str, Any]:
    """The query of ``details.occupations`` for who looks for one of these; before it was said, all were looked for."""
    return {"$elemMatch": {"code": {"$in": list(occupations)}, "sought": {"$ne": False}}}


def wanted(
    cursor: Cursor,
    *,
    occupations: Sequence[str],
    skills: Sequence[str],
    communes: Sequence[str] | None,
    available_by: date | None,
) -> dict[str, Any]:
    """The query of a search."""
    query: dict[str, Any] = {**_IN_POOL, **_TO_BE_FOUND, "details.occupations": seeking(occupations)}
    if skills:
        query["details.skills"] = {"$all": list(skills)}
    if communes is not None:
        query["home.commune_code"] = {"$in": list(communes)}
    if available_by is not None:
        begins = "details.availability.from_date"
        query["$or"] = [{begins: None}, {begins: {"$lte": available_by.isoformat()}}]
    if cursor.after is not None:
        query["pool.pseudonym"] = {"$type": "string", "$gt": cursor.texts(1)[0]}
    return query


async def in_pool(store: Store, pseudonym: str) -> Profile | None:
    """The person behind a pseudonym that stands."""
    return await store.find_one(Profile, "profiles", by_pseudonym(pseudonym))


def by_pseudonym(pseudonym: str) -> dict[str, Any]:
    """The query of whom can be found under it; that it is a text has to be said for the index to be read."""
    return {"pool.pseudonym": {"$eq": pseudonym, "$type": "string"}, **_TO_BE_FOUND}


async def count_search(store: Store, of: str, whom: str, day: date, now: datetime) -> int:
    """Count one more search of an account's or an employer's day; returns how many there are."""
    row = await store.collection(SEARCHES).find_one_and_update(
        {"_id": f"{day.isoformat()}:{of}:{whom}"},
        {"$inc": {"times": 1}, "$setOnInsert": {"at": now}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    return int(row["times"]) if row else 1


@dataclass(frozen=True)
class Read:
    """Of some people, who was read on a day: by the account, by anybody of the employer, by the one for the other."""

    account: frozenset[str]
    company: frozenset[str]
    both: frozenset[str]


async def read_before(store: Store, people: Sequence[PoolPerson], company_id: str, reader_id: str, day: date) -> Read:
    """Whom of these people an account and its employer had in answers of a day."""
    theirs = [{"reader_id": reader_id}, {"company_id": company_id}]
    query = {"profile_id": {"$in": [one.id for one in people]}, "day": day.isoformat(), "$or": theirs}
    rows = [row async for row in store.collection(READINGS).find(query)]
    account = {row["_id"]: row["profile_id"] for row in rows if row["reader_id"] == reader_id}
    company = {row["_id"]: row["profile_id"] for row in rows if row["company_id"] == company_id}
    both = (company[id] for id in account.keys() & company.keys())
    return Read(frozenset(account.values()), frozenset(company.values()), frozenset(both))


async def still_there(store: Store, people: Sequence[PoolPerson]) -> list[PoolPerson]:
    """Those of them who can be found now, by the pseudonym that they had."""
    query = {"_id": {"$in": [one.id for one in people]}, **_IN_POOL, **_TO_BE_FOUND}
    rows = store.collection("profiles").find(query, {"pool.pseudonym": 1})
    names = {row["_id"]: row["pool"]["pseudonym"] async for row in rows}
    return [one for one in people if names.get(one.id) == one.pseudonym]


def trace(
    work: Work,
    people: Sequence[PoolPerson | Profile],
    company_id: str,
    reader_id: str,
    day: date,
    now: datetime,
    before: Set[str] = frozenset(),
) -> None:
    """That an account read these people: one line for each of its days, with how often.

    A first line is written only of who is as they were read, and the line of one read ``before`` is never made anew: an
    erasure at the same time leaves none.
    """
    for one in people:
        if one.id not in before:
            work.touch("profiles", one.id, one.version if isinstance(one, PoolPerson) else one.loaded_version)
    work.bulk(
        READINGS,
        [
            UpdateOne(
                {"_id": f"{day.isoformat()}:{one.id}:{company_id}:{reader_id}"},
                {
                    "$setOnInsert": {
                        "profile_id": one.id, "company_id": company_id, "reader_id": reader_id, "day": day.isoformat(),
                    },
                    "$set": {"last_at": now},
                    "$inc": {"times": 1},
                },
                upsert=one.id not in before,
            )
            for one in people
        ],
    )  # fmt: skip


async def readings(store: Store, profile_id: str, cursor: Cursor) -> list[PoolReading]:
    """Who read somebody, the latest day first, one more than the page holds."""
    query: dict[str, Any] = {"profile_id": profile_id}
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    rows = store.collection(READINGS).find(query).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [PoolReading.model_validate({"id": row["_id"], **decode(row)}) async for row in rows]


async def contacts_of(store: Store, profile_id: str, pseudonym: str) -> list[PoolContact]:
    """The questions that were asked of somebody since they are in the pool, the newest first."""
    query = {"profile_id": profile_id, "pseudonym": pseudonym}
    return await store.find_many(PoolContact, CONTACTS, query, sort=[("created_at", DESCENDING)], limit=200)


def forget_pool(work: Work, profile_id: str) -> None:
    """Nothing of the pool speaks of the person any more."""
    for name in (CONTACTS, READINGS):
        work.delete(name, {"profile_id": profile_id})
