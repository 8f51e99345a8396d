"""Read models that are written by whoever comes, in any order: the newest stays."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from shared.store.codec import encode
from shared.store.store import Store


def newer(
    document: Mapping[str, Any],
    keep: Sequence[str] = (),
    *,
    beside: str | None = None,
    version: str = "version",
    onto: bool = False,
) -> UpdateOne:
    """Write a projection unless the stored one has its ``version`` (the name of the field) already.

    ``keep`` names fields of ours that stay, where they speak of another field while it is as it was (``beside``); ``onto``: all
    that the projection does not name stay.
    """
    fresh: dict[str, Any] = {"$literal": encode(document)}
    if onto:
        fresh = {"$mergeObjects": ["$$ROOT", fresh]}
    if keep:
        ours: dict[str, Any] = {name: f"${name}" for name in keep}
        if beside is not None:
            ours = {"$cond": [{"$eq": [f"${beside}", {"$literal": encode(document[beside])}]}, ours, {}]}
        fresh = {"$mergeObjects": [fresh, ours]}
    # Nothing comes after the erasure of a person, whatever its number.
    newer = {"$and": [{"$lt": [{"$ifNull": [f"${version}", -1]}, document[version]]}, {"$ne": ["$person", True]}]}
    guarded = {"$cond": [newer, fresh, "$$ROOT"]}
    return UpdateOne({"_id": document["_id"]}, [{"$replaceWith": guarded}], upsert=True)


async def project(store: Store, collection: str, updates: Sequence[Any]) -> None:
    """Apply guarded projections, each by itself."""
    if updates:
        await store.apply(collection, updates)
