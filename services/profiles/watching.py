"""Queries and writes of those of whom little is heard: one row each, never part of the profile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.profiles.cv.pool_store import CONTACTS
from services.profiles.domain.inactivity import Answer, Step, Watch
from services.profiles.domain.journal import Action
from services.profiles.domain.profile import Profile
from shared.auth import Role
from shared.contracts.events.rights import Standing
from shared.http import Cursor
from shared.store import CollectionSpec, Store, Work, decode, encode, of_text

WATCHES = "inactivity"
AT_ONCE = 500
"""Looked at in one run of the job; the next run goes on."""
_ACTING = [Role.SEEKER.value, Role.COUNSELLOR.value]

WATCH_COLLECTION = CollectionSpec(
    WATCHES,
    [
        IndexModel("look_at"),
        of_text("request_id"),
        IndexModel(
            [("territory", ASCENDING), ("_id", ASCENDING)], partialFilterExpression={"warned_at": {"$type": "date"}}
        ),
    ],
)


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
        (CONTACTS, {"profile_id": profile.id, "role": {"$in": _ACTING}}, "answered_at"),
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


def put_step(work: Work, profile: Profile, step: Step, **more: Any) -> None:
    """What a look found, with what follows from it."""
    fields = {"territory": profile.territory, "look_at": step.look_at, "last_act_at": step.last_act_at}
    fields |= {"kept_because": list(step.kept_because)} | more
    if step.active:
        fields |= {"warned_at": None, "postponed_until": None, "postponed_by": None}
    # ``request_id`` None ends what was asked: answers that come later are nobody's.
    if step.active or step.kept_because:
        fields |= {"request_id": None, "asked_at": None, "answers": {}}
    work.update(WATCHES, {"_id": profile.id}, {"$set": fields}, upsert=True)


async def take_standing(store: Store, told: Standing, now: datetime) -> None:
    """A service's answer. The next run of the job looks at it when it is the last."""
    answer = Answer(running=told.running, last_act_at=told.last_act_at)
    await store.collection(WATCHES).update_one(
        {"request_id": told.request_id},
        {"$set": {f"answers.{told.service}": encode(answer), "look_at": now}},
    )


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
