"""Read models that are written by whoever comes, in any order: the newest stays."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from shared.store.codec import encode
from shared.store.store import Store


def newer(
    document: Mapping[str, Any], keep: Sequence[str] = (), *, version: str = "version", onto: bool = False
) -> UpdateOne:
    """Write a projection unless the stored one has its ``version`` (the name of the field) already.

    ``keep`` names fields of ours that stay; ``onto``: all that the projection does not name stay.
    """
    fresh: dict[str, Any] = {"$literal": encode(document)}
    if onto:
        fresh = {"$mergeObjects": ["$$ROOT", fresh]}
    if keep:
        fresh = {"$mergeObjects": [fresh, {name: f"${name}" for name in keep}]}
    # Nothing comes after the erasure of a person, whatever its number.
    newer = {"$and": [{"$lt": [{"$ifNull": [f"${version}", -1]}, document[version]]}, {"$ne": ["$person", True]}]}
    guarded = {"$cond": [newer, fresh, "$$ROOT"]}
    return UpdateOne({"_id": document["_id"]}, [{"$replaceWith": guarded}], upsert=True)


async def project(store: Store, collection: str, updates: Sequence[Any]) -> None:
    """Apply guarded projections, each by itself."""
    if updates:
        await store.collection(collection).bulk_write(list(updates), ordered=False)
