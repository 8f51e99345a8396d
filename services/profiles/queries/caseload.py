"""The people whom somebody accompanies: filters, order, and which of them have a status today."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING

from services.profiles.domain.profile import Profile
from services.profiles.domain.status import RSA
from services.profiles.domain.text import begins
from services.profiles.handles import Profiles
from shared import civil
from shared.http import Cursor
from shared.reference.text import asked_words
from shared.store import Store


def caseload_filter(
    scope: dict[str, Any],
    *,
    q: str | None = None,
    commune_code: str | None = None,
    occupation: str | None = None,
    active: bool | None = None,
) -> dict[str, Any]:
    """The query of a caseload within ``scope`` (what the caller may see); ``q`` begins a word of the name."""
    query = dict(scope)
    if words := asked_words(q):
        query["$and"] = [{"name_key": {"$regex": begins(word)}} for word in words]
    exact = {
        "home.commune_code": commune_code,
        "details.occupations": None if occupation is None else seeking([occupation]),
        "details.active": active,
    }
    return query | {field: value for field, value in exact.items() if value is not None}


async def having(store: Store, category: str, territories: Iterable[str], now: datetime) -> list[str]:
    """Ids of the profiles of which a status stands today: by the day of each territory."""
    found: set[str] = set()
    for territory in territories:
        query = {"territory": territory, "category": category, **standing_query(civil.today(territory, now))}
        found.update(await store.collection("statuses").distinct("profile_id", query))
    return sorted(found)


def standing_query(day: date) -> dict[str, Any]:
    """Statuses that stand on a day, as ``Status.stands_on`` has it."""
    on = day.isoformat()
    return {
        "replaced_by": None,
        "$and": [
            {"$or": [{"since": None}, {"since": {"$lte": on}}]},
            {"$or": [{"until": None}, {"until": {"$gte": on}}]},
            {"$or": [{"ended_on": None}, {"ended_on": {"$gt": on}}]},
        ],
    }


async def with_rsa(
    store: Store, query: dict[str, Any], territories: Iterable[str], now: datetime, *, has: bool
) -> None:
    """Narrow a caseload's query to those who receive the RSA today, or do not."""
    ids = await having(store, RSA, territories, now)
    if has:
        query["$or"] = [{"_id": {"$in": ids}}, {"earlier.rsa_recipient": True}]
    else:
        query |= {"_id": {"$nin": ids}, "earlier.rsa_recipient": {"$ne": True}}


async def with_status(store: Store, category: str, profiles: Sequence[Profile], now: datetime) -> set[str]:
    """Which of these people have a status today."""
    found: set[str] = {one.id for one in profiles if category == RSA and one.earlier and one.earlier.rsa_recipient}
    for territory in {one.territory for one in profiles}:
        ids = [one.id for one in profiles if one.territory == territory]
        query = {"profile_id": {"$in": ids}, "category": category, **standing_query(civil.today(territory, now))}
        found.update(await store.collection("statuses").distinct("profile_id", query))
    return found


async def caseload(store: Store, query: dict[str, Any], cursor: Cursor) -> list[Profile]:
    """Profiles by name, one more than the page holds."""
    if cursor.after is not None:
        name, last = cursor.texts(2)
        beyond = {"$or": [{"name_key": {"$gt": name}}, {"name_key": name, "_id": {"$gt": last}}]}
        query = {"$and": [query, beyond]}
    order = [("name_key", ASCENDING), ("_id", ASCENDING)]
    return await Profiles(store).many(query, sort=order, limit=cursor.limit + 1)


def seeking(occupations: Sequence[str]) -> dict[str, Any]:
    """The query of ``details.occupations`` for who looks for one of these; before it was said, all were looked for."""
    return {"$elemMatch": {"code": {"$in": list(occupations)}, "sought": {"$ne": False}}}
