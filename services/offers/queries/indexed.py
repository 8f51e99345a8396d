"""What the search index is made of, and what MongoDB has now of the offers that the index found."""

from collections.abc import AsyncIterator, Collection
from typing import Any

from shared.store import Store, decode

LISTINGS = "listings"
_CONTENT = {
    "content.description": 1, "content.skills.label": 1, "content.shifts.start": 1, "content.shifts.end": 1,
    "content.experience_months": 1, "content.qualification_level": 1, "content.caces": 1,
    "content.salary.hourly_min": 1, "content.salary.hourly_max": 1,
}  # fmt: skip
_SHOWN = {"card": 1, "crowd": 1, "at": 1, "confirmed_at": 1}
_TEXT = {
    "from": "offers", "localField": "_id", "foreignField": "_id", "as": "text",
    "pipeline": [{"$project": {"_id": 0, "of": "$content.description"}}],
}  # fmt: skip


async def all_listings(store: Store) -> AsyncIterator[dict[str, Any]]:
    """Every listing, by id."""
    async for row in store.collection(LISTINGS).find({}).sort("_id", 1):
        yield row


async def listings(store: Store, ids: Collection[str]) -> list[dict[str, Any]]:
    """Those of these offers that are listed now."""
    return [row async for row in store.collection(LISTINGS).find({"_id": {"$in": list(ids)}})]


async def contents(store: Store, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """What the index knows of these offers beside their listings, by id."""
    cursor = store.collection("offers").find({"_id": {"$in": list(ids)}}, _CONTENT)
    return {offer["_id"]: offer.get("content", {}) async for offer in cursor}


async def shown(store: Store, ids: Collection[str], *, texts: bool) -> dict[str, dict[str, Any]]:
    """What an answer shows of those of these offers that are listed now, by id; ``description`` is empty without ``texts``."""
    pipeline: list[dict[str, Any]] = [{"$match": {"_id": {"$in": list(ids)}}}, {"$project": _SHOWN}]
    if texts:
        pipeline.append({"$lookup": _TEXT})
    found = {}
    async for row in store.aggregate(LISTINGS, pipeline):
        text = row.pop("text", None)
        found[row["_id"]] = decode(row) | {"description": text[0].get("of", "") if text else ""}
    return found
