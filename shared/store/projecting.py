"""Read models that are written by whoever comes, in any order: the newest stays."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne

from shared.store.codec import encode


def newer(document: Mapping[str, Any], keep: Sequence[str] = ()) -> UpdateOne:
    """Write a projection unless the stored one has its ``version`` already; ``keep`` names fields of ours that stay."""
    fresh: dict[str, Any] = {"$literal": encode(document)}
    if keep:
        fresh = {"$mergeObjects": [fresh, {name: f"${name}" for name in keep}]}
    # Nothing comes after the erasure of a person, whatever its number.
    newer = {"$and": [{"$lt": [{"$ifNull": ["$version", -1]}, document["version"]]}, {"$ne": ["$person", True]}]}
    guarded = {"$cond": [newer, fresh, "$$ROOT"]}
    return UpdateOne({"_id": document["_id"]}, [{"$replaceWith": guarded}], upsert=True)
