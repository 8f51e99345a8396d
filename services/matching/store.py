"""Collections of the matching service: what it read from others, and what it made of it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne

from services.matching.domain.life import LIVE
from shared.contracts.topics import PROFILES
from shared.employers import EMPLOYERS
from shared.ids import derived_id
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, CompareAndSet, Find, Pipeline, Retired, Store, Work

Write = InsertOne[Any] | CompareAndSet

SEEKS_NONE = "none"
"""Among the ``wishes`` of a stored profile whose occupations are all practised and not sought: any open work may be theirs."""

COLLECTIONS = (
    # Read models. ``version`` is the sequence of the event that made them; an erased one keeps its id and version only.
    CollectionSpec(
        "profiles",
        [
            # Each index of a collection costs 9 µs of processor with every update that touches any of them. Who accompanies
            # somebody, which changes most often, is in none: MongoDB then leaves all of them alone.
            IndexModel("partition"),
            # Everybody of a territory by id, a page at a time.
            IndexModel([("territory", ASCENDING), ("active", ASCENDING), ("_id", ASCENDING)]),
            # Who looks for an occupation, anywhere or in a territory.
            IndexModel([("wishes", ASCENDING), ("active", ASCENDING), ("territory", ASCENDING)]),
        ],
        retired=[Retired("territory_1_counsellor_ids_1", "2026-12")],
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
    # How each offer stands: the profiles that it admits. Written by compare-and-set on ``version``, as a whole each time, so that
    # ``by`` is always the worker that wrote it.
    CollectionSpec("places"),
    CollectionSpec(
        "recommendations",
        # Without the score, which changes most often of all: two entries taken out and put in were half of what it cost.
        [
            IndexModel([("profile_id", ASCENDING), ("status", ASCENDING)]),
            IndexModel([("offer_id", ASCENDING), ("status", ASCENDING)]),
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

_SHARD_BATCH = 20_000
"""Profiles that are read at once when a shard is restored."""
_MOST_OF_SHARDS = 3
"""From one partition in so many on, a shard is most of the collection."""

IN_FORCE: Final = Find("configurations", {"active": True}, limit=1)
"""The query for the configuration in force; ``engine.restoring.in_force`` reads it."""

LIVE_STATUSES = [status.value for status in LIVE]


@lru_cache(maxsize=200_000)
def recommendation_id(profile_id: str, offer_id: str) -> str:
    """One recommendation for a pair, whoever makes it, however often it comes and goes."""
    return derived_id("recommendation", profile_id, offer_id)


def replace_at(collection: str, document: Mapping[str, Any], expected: int) -> Write:
    """Compare-and-set of a whole document.

    Where nobody follows the collection only what differs is written: indexes of what stays are left alone, which is more than
    half of what it costs MongoDB (71 and 29 µs of processor a profile). A change stream would have to look the document up.
    """
    if not expected:
        return InsertOne(document)
    anew = document if collection in FOLLOWED else [{"$replaceWith": {"$literal": document}}]
    return CompareAndSet(document["_id"], expected, anew)


def update_at(id: str, expected: int, fields: Mapping[str, Any]) -> Write:
    """Compare-and-set of some fields, which carry the new version; the rest stays as the expected version has it."""
    return CompareAndSet(id, expected, {"$set": fields}) if expected else InsertOne({"_id": id, **fields})


def write(work: Work, collection: str, writes: Iterable[Write]) -> None:
    """Add writes to a unit of work, new documents first: the driver sends runs of one kind as one command.

    Where another version stands than was expected the commit ends with ``AlreadyExists`` or ``VersionConflict``.
    """
    new, changed = [], []
    for each in writes:
        if isinstance(each, CompareAndSet):
            changed.append(each)
        else:
            new.append(each)
    work.bulk(collection, new)
    work.compare_and_set(collection, changed)


async def by_id(
    store: Store, collection: str, ids: Iterable[str], projection: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """Documents with these ids, by id."""
    wanted = list(ids)
    if not wanted:
        return {}
    (found,) = await store.find_all(Find(collection, {"_id": {"$in": wanted}}, projection))
    return {document["_id"]: document for document in found}


async def one_by_id(store: Store, collection: str, id: str) -> dict[str, Any] | None:
    """The document with this id; None where nothing was heard of it."""
    return await store.first(collection, {"_id": id})


def pinned_and_live(store: Store, query: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """Recommendations that a person pinned, and that live, among those of ``query``."""
    mine = {**query, "pinned": True, "status": {"$in": LIVE_STATUSES}}
    return aiter(store.collection("recommendations").find(mine))


def offers_to_restore(store: Store) -> AsyncIterator[dict[str, Any]]:
    """Every offer that was ever heard of: its version, its facts, whether it is open."""
    return aiter(store.collection("offers").find({}, {"version": 1, "facts": 1, "open": 1}))


def applications_to_restore(store: Store) -> AsyncIterator[dict[str, Any]]:
    """Every application of somebody who was not erased."""
    return aiter(store.collection("applications").find({"profile_id": {"$exists": True}}))


def all_of(store: Store, collection: str) -> AsyncIterator[dict[str, Any]]:
    """A whole collection, in no order: those that every worker holds (``overrides``, ``places``)."""
    return aiter(store.collection(collection).find({}))


class Shard:
    """The profiles of some partitions, as a worker restores them: those that one layout packed, and the odd ones."""

    def __init__(self, store: Store, partitions: Sequence[int], readable: Mapping[str, Any]) -> None:
        self._profiles = store.collection("profiles")
        self._readable = readable
        self._query = {"partition": {"$in": list(partitions)}}
        # With most of the collection wanted, reading it in its own order beats jumping along the index.
        self._hint = [("$natural", 1)] if len(partitions) * _MOST_OF_SHARDS >= PROFILES.partitions else None

    async def packed(self) -> AsyncIterator[list[dict[str, Any]]]:
        """Rows with their versions, in batches."""
        shown = {"_id": 0, "packed": 1, "version": 1}
        cursor = self._profiles.find({**self._query, **self._readable}, shown, hint=self._hint, batch_size=_SHARD_BATCH)
        while batch := await cursor.to_list(_SHARD_BATCH):
            yield batch

    def odd(self) -> AsyncIterator[dict[str, Any]]:
        """Facts with their versions: ids that are no UUIDs, more skills than fit a row, certificates with an end, erased ones,
        and what another layout packed.
        """
        query = self._query | {"$nor": [self._readable]}
        return aiter(self._profiles.find(query, {"facts": 1, "version": 1}, hint=self._hint))


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


async def crowd_of(store: Store, offer_ids: Iterable[str]) -> dict[str, int]:
    """How many people each offer is shown to now."""
    (rows,) = await store.find_all(shown_to(offer_ids))
    return crowds(rows)
