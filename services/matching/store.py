"""Collections of the matching service: what it read from others, and what it made of it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne, ReplaceOne, UpdateOne

from services.matching.domain.life import LIVE
from shared.employers import EMPLOYERS
from shared.ids import derived_id
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, Find, Pipeline, Store, Work

Write = InsertOne[Any] | ReplaceOne[Any] | UpdateOne

COLLECTIONS = (
    # Read models. ``version`` is the sequence of the event that made them; an erased one keeps its id and version only.
    CollectionSpec(
        "profiles",
        [
            IndexModel("partition"),
            IndexModel([("territory", ASCENDING), ("counsellor_ids", ASCENDING)]),
            IndexModel([("wishes", ASCENDING), ("active", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("wishes", ASCENDING)]),
        ],
    ),
    CollectionSpec(
        "offers",
        [
            IndexModel([("open", ASCENDING), ("territory", ASCENDING)]),
            IndexModel("company_id"),
            IndexModel("occupation"),
            IndexModel("also"),
        ],
    ),
    CollectionSpec("applications", [IndexModel("offer_id"), IndexModel("profile_id")]),
    EMPLOYERS,
    # What people decided against or beside the engine: dismissed, pinned, added.
    CollectionSpec(
        "overrides",
        [
            IndexModel("profile_id"),
            IndexModel("offer_id"),
            IndexModel([("territory", ASCENDING), ("kind", ASCENDING), ("at", ASCENDING)]),
        ],
    ),
    # How each offer stands: the profiles that it admits. Written by compare-and-set on ``version``.
    CollectionSpec("places"),
    CollectionSpec(
        "recommendations",
        [
            IndexModel([("profile_id", ASCENDING), ("status", ASCENDING), ("score", DESCENDING)]),
            IndexModel([("offer_id", ASCENDING), ("status", ASCENDING), ("score", DESCENDING)]),
        ],
    ),
    CollectionSpec("configurations"),
    ERASURE_COUNTS,
    # Who read a report of decisions and what it said: figures only.
    CollectionSpec(
        "readings",
        [
            IndexModel([("territory", ASCENDING), ("at", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("until", ASCENDING), ("at", ASCENDING)]),
        ],
    ),
    CollectionSpec("audit", [IndexModel([("territory", ASCENDING), ("at", DESCENDING)])]),
)
FOLLOWED = ("offers", "applications", "overrides", "places", "configurations")
"""Collections whose changes every worker takes over, whoever wrote them."""

LIVE_STATUSES = [status.value for status in LIVE]


@lru_cache(maxsize=200_000)
def recommendation_id(profile_id: str, offer_id: str) -> str:
    """One recommendation for a pair, whoever makes it, however often it comes and goes."""
    return derived_id("recommendation", profile_id, offer_id)


def replace_at(document: Mapping[str, Any], expected: int) -> Write:
    """Compare-and-set of a whole document; another version in the store ends the transaction with ``AlreadyExists``."""
    if expected == 0:
        return InsertOne(document)
    return ReplaceOne({"_id": document["_id"], "version": expected}, document, upsert=True)


def update_at(id: str, expected: int, fields: Mapping[str, Any]) -> Write:
    """Compare-and-set of some fields; ``fields`` carry the new version. What was erased meanwhile does not come back."""
    if expected == 0:
        return InsertOne({"_id": id, **fields})
    return change_at(id, expected, fields)


def change_at(id: str, expected: int, fields: Mapping[str, Any]) -> UpdateOne:
    """Compare-and-set of some fields of a document that is there; the rest of it stays as the expected version has it."""
    return UpdateOne({"_id": id, "version": expected}, {"$set": dict(fields)})


def write(work: Work, collection: str, writes: Iterable[Write]) -> None:
    """Add writes to a unit of work, new documents first: the driver sends runs of one kind as one command."""
    chosen = list(writes)
    work.bulk(collection, [each for each in chosen if isinstance(each, InsertOne)])
    work.bulk(collection, [each for each in chosen if isinstance(each, ReplaceOne)])
    work.bulk(collection, [each for each in chosen if isinstance(each, UpdateOne)], found=True)


async def by_id(
    store: Store, collection: str, ids: Iterable[str], projection: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Documents with these ids, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    (found,) = await store.find_all(Find(collection, {"_id": {"$in": wanted}}, projection))
    return {document["_id"]: document for document in found}


def of_profile(profile_id: str, statuses: Sequence[str]) -> Find:
    """Recommendations of a profile in these states, the live ones when none is named; in no order, without their inputs."""
    query = {"profile_id": profile_id, "status": {"$in": list(statuses) or LIVE_STATUSES}}
    return Find("recommendations", query, {"inputs": 0})


def shown_to(offer_ids: Iterable[str]) -> Pipeline:
    """How many people each offer is shown to now; ``crowds`` reads it."""
    counted = {"admitted": {"$size": "$admitted"}}
    return Pipeline("places", [{"$match": {"_id": {"$in": list(offer_ids)}}}, {"$project": counted}])


def crowds(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many by offer."""
    return {row["_id"]: row["admitted"] for row in rows}
