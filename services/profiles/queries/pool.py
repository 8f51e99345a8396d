"""The pool of CVs: who is found there, who read whom, what was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pymongo import ASCENDING, DESCENDING

from services.profiles.domain.pool import ContactState, PoolConsent, PoolContact, PoolPerson, PoolReading
from services.profiles.domain.profile import Profile
from services.profiles.store import IN_POOL, POOL_CONTACTS, POOL_READINGS
from shared.contracts.events.profiles import Certificate
from shared.contracts.vocabulary import Caces, Card, Licence
from shared.http import Cursor
from shared.kept_enum import read_stored
from shared.store import Store, decode

ORDER = [("pool.pseudonym", ASCENDING)]
"""Of an answer: pseudonyms are in no order that tells anything of people."""
_TO_BE_FOUND = {"details.active": True, "withheld": None}


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

    Who has practised an occupation and seeks it no more is found by it as by those that they seek: their card says that
    experience, and who is found by all of a card but one occupation has told that they have left it. They answer for themselves.
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


def wanted(
    cursor: Cursor,
    *,
    occupations: Sequence[str],
    skills: Sequence[str],
    communes: Sequence[str] | None,
    available_by: date | None,
) -> dict[str, Any]:
    """The query of a search."""
    on_card = {
        "code": {"$in": list(occupations)},
        "$or": [{"sought": {"$ne": False}}, {"experience_months": {"$gt": 0}}],
    }
    query: dict[str, Any] = {**IN_POOL, **_TO_BE_FOUND, "details.occupations": {"$elemMatch": on_card}}
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
    rows = [row async for row in store.collection(POOL_READINGS).find(query)]
    account = {row["_id"]: row["profile_id"] for row in rows if row["reader_id"] == reader_id}
    company = {row["_id"]: row["profile_id"] for row in rows if row["company_id"] == company_id}
    both = (company[id] for id in account.keys() & company.keys())
    return Read(frozenset(account.values()), frozenset(company.values()), frozenset(both))


async def still_there(store: Store, people: Sequence[PoolPerson]) -> list[PoolPerson]:
    """Those of them who can be found now, by the pseudonym that they had."""
    query = {"_id": {"$in": [one.id for one in people]}, **IN_POOL, **_TO_BE_FOUND}
    rows = store.collection("profiles").find(query, {"pool.pseudonym": 1})
    names = {row["_id"]: row["pool"]["pseudonym"] async for row in rows}
    return [one for one in people if names.get(one.id) == one.pseudonym]


async def readings(store: Store, profile_id: str, cursor: Cursor) -> list[PoolReading]:
    """Who read somebody, the latest day first, one more than the page holds."""
    query: dict[str, Any] = {"profile_id": profile_id}
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    rows = store.collection(POOL_READINGS).find(query).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [read_stored(PoolReading, {"id": row["_id"], **decode(row)}) async for row in rows]


async def contacts_of(store: Store, profile_id: str, pseudonym: str) -> list[PoolContact]:
    """The questions that were asked of somebody since they are in the pool, the newest first."""
    query = {"profile_id": profile_id, "pseudonym": pseudonym}
    return await store.find_many(PoolContact, POOL_CONTACTS, query, sort=[("created_at", DESCENDING)], limit=200)


async def questions_of(store: Store, company_id: str, state: ContactState | None, cursor: Cursor) -> list[PoolContact]:
    """What an employer asked people who can be found now, under the pseudonym that they have; the newest first, one more than
    the page holds.
    """
    query: dict[str, Any] = {"company_id": company_id}
    if state is not None:
        query["state"] = state.value
    if cursor.after is not None:
        last, id = cursor.moment()
        query["$or"] = [{"created_at": {"$lt": last}}, {"created_at": last, "_id": {"$lt": id}}]
    person = {
        "from": "profiles",
        "localField": "profile_id",
        "foreignField": "_id",
        "pipeline": [{"$match": _TO_BE_FOUND}, {"$project": {"pool.pseudonym": 1}}],
        "as": "person",
    }
    pipeline: list[dict[str, Any]] = [
        {"$match": query},
        {"$sort": {"created_at": DESCENDING, "_id": DESCENDING}},
        {"$lookup": person},
        {"$match": {"$expr": {"$in": ["$pseudonym", "$person.pool.pseudonym"]}}},
        {"$limit": cursor.limit + 1},
        {"$unset": "person"},
    ]
    rows = store.aggregate(POOL_CONTACTS, pipeline)
    return [store.restored(PoolContact, POOL_CONTACTS, row) async for row in rows]
