"""Of whom little is heard: how it stands with each, and who is due to be looked at. One row each, never part of the profile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.domain.inactivity import Watch
from services.profiles.domain.journal import Action
from services.profiles.domain.profile import Profile
from services.profiles.store import POOL_CONTACTS, WATCHES
from shared.auth import Role
from shared.http import Cursor
from shared.store import Store, decode

AT_ONCE = 500
"""Looked at in one run of the job; the next run goes on."""
_ACTING = [Role.SEEKER.value, Role.COUNSELLOR.value]


async def to_look_at(store: Store, created_before: datetime, now: datetime) -> list[str]:
    """Profiles that are due: those whose next look is, and old ones that were never looked at."""
    rows = store.collection(WATCHES).find({"look_at": {"$lte": now}}, {"_id": 1}).sort("look_at", 1).limit(AT_ONCE)
    found = [row["_id"] async for row in rows]
    never: list[dict[str, Any]] = [
        {"$match": {"created_at": {"$lte": created_before}}},
        {"$project": {"_id": 1}},
        {"$lookup": {"from": WATCHES, "localField": "_id", "foreignField": "_id", "as": "watch"}},
        {"$match": {"watch": []}},
        {"$limit": AT_ONCE},
    ]
    return found + [row["_id"] async for row in store.aggregate("profiles", never)]


async def last_act(store: Store, profile: Profile) -> datetime:
    """The last thing that the person, or a counsellor for them, did here."""
    acts = [profile.created_at]
    # Asking for more time is no word of the person.
    heard = {"$nin": [Action.INACTIVITY_POSTPONED.value]}
    journal = {"profile_id": profile.id, "role": {"$in": _ACTING}, "action": heard}
    for collection, query, field in (
        ("journal", journal, "at"),
        ("disclosures", {"profile_id": profile.id}, "updated_at"),
        (POOL_CONTACTS, {"profile_id": profile.id, "role": {"$in": _ACTING}}, "answered_at"),
    ):
        row = await store.first(collection, query, {field: 1}, sort=[(field, -1)])
        if row is not None and row.get(field) is not None:
            acts.append(row[field])
    return max(acts)


async def watch_of(store: Store, profile: Profile) -> Watch:
    """How it stands with somebody; nothing yet for most."""
    row = await store.first(WATCHES, {"_id": profile.id}) or {}
    kept = {name: value for name, value in decode(row).items() if name not in ("_id", "profile_id", "territory")}
    return Watch(profile_id=profile.id, territory=profile.territory, **kept)


async def warned(store: Store, query: dict[str, Any], cursor: Cursor) -> list[dict[str, Any]]:
    """Who was warned, one more than the page holds."""
    wanted: dict[str, Any] = {**query, "warned_at": {"$type": "date"}}
    if cursor.after is not None:
        wanted["_id"] = {**wanted.get("_id", {}), "$gt": cursor.texts(1)[0]}
    return await store.collection(WATCHES).find(wanted).sort("_id", 1).limit(cursor.limit + 1).to_list(None)


async def accompanied(store: Store, counsellor_id: str, territories: Sequence[str]) -> list[str]:
    """Whom somebody accompanies."""
    query = {"counsellor_ids": counsellor_id, "territory": {"$in": list(territories)}}
    return [row["_id"] async for row in store.collection("profiles").find(query, {"_id": 1})]
