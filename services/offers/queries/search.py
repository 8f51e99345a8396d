"""The public search by facts: filters, radius with widening, sorts, facets. Reads MongoDB's listings only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.offers.search.chips import ChipKind
from services.offers.search.facts import Criteria
from services.offers.search.reading import Reading
from shared.geo import EARTH_RADIUS_KM, distance_km
from shared.store import Store, decode

EARTH_RADIUS_M = 6_378_100.0
"""The radius that MongoDB turns radians into metres with."""

WIDENING_KM = (20.0, 35.0, 50.0, 75.0, 100.0)
ENOUGH = 5
"""The radius widens until so many offers are inside."""


SELECTIVE = frozenset({"occupation"})
"""Filters that usually leave few offers, and have an index of their own."""

FEW = 1_500


class Sort(StrEnum):
    """Orders of the list. ``relevance``: how well the words fit, then how near and how fresh."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"
    FRESHNESS = "freshness"
    FEWEST_APPLICATIONS = "fewest_applications"


@dataclass(frozen=True)
class Wanted:
    """A search. ``radius_km`` None with a point: widen. ``sort`` None: the usual one for what was asked.

    ``literal``: ``q`` holds words only; ``without``: kinds of filters that are not to be read in it; ``strict``: nothing
    that meets a part only, where little meets all. ``also``: further points, an answer is near one of them; ``here``: where
    the caller is, ``home``: départements that they belong to, which settle what is meant and filter nothing. What is found is
    the same with ``facets`` and without.
    """

    lat: float | None = None
    lon: float | None = None
    radius_km: float | None = None
    criteria: Criteria = field(default_factory=Criteria)
    sort: Sort | None = None
    limit: int = 20
    after: Sequence[Any] | None = None
    q: str = ""
    literal: bool = False
    without: frozenset[ChipKind] = frozenset()
    facets: bool = field(default=False, compare=False)
    strict: bool = False
    also: tuple[tuple[float, float], ...] = ()
    here: tuple[float, float] | None = None
    home: tuple[str, ...] = ()

    @property
    def filters(self) -> dict[str, Any]:
        """What MongoDB is asked."""
        return self.criteria.query()

    @property
    def order(self) -> Sort:
        """The order asked for, or the usual one without words."""
        return self.sort or (Sort.FRESHNESS if self.lat is None else Sort.DISTANCE)


@dataclass(frozen=True)
class Found:
    """A page. ``rows`` have ``distance_m`` where a point was given, and ``other_work`` where a work was asked for and comes
    first; ``position`` is what the next page begins after. ``no_such_work``: no offer is the work that was asked for."""

    rows: list[dict[str, Any]]
    radius_km: float | None
    widened: bool
    position: list[Any] | None = None
    facets: dict[str, list[dict[str, Any]]] | None = None
    reading: Reading | None = None
    no_such_work: bool = False


async def search(store: Store, wanted: Wanted) -> Found:
    """One page of live offers, without words."""
    found = await _page(store, wanted)
    rows = found.rows[: wanted.limit]
    counts = await facets(store, wanted, found.radius_km) if wanted.facets else None
    position = _position(found, wanted) if len(found.rows) > wanted.limit else None
    return Found(rows, found.radius_km, found.widened, position, counts)


def _position(found: Found, wanted: Wanted) -> list[Any]:
    row = found.rows[wanted.limit - 1]
    if wanted.order is Sort.DISTANCE:
        value: Any = row["distance_m"]
    else:
        value = row.get("crowd", 0) if wanted.order is Sort.FEWEST_APPLICATIONS else row["confirmed_at"].isoformat()
    position = [value, row["_id"]]
    return position if found.radius_km is None else [*position, found.radius_km, found.widened]


async def _page(store: Store, wanted: Wanted) -> Found:
    if wanted.lat is None or wanted.lon is None:
        return Found(await _plain(store, wanted, wanted.filters), None, False)
    radius, widened = wanted.radius_km, False
    if wanted.after is not None and len(wanted.after) > 2:
        # A later page stays within the radius of the first.
        radius, widened = float(wanted.after[2]), bool(wanted.after[3])
    if wanted.order is Sort.DISTANCE:
        return await _by_distance(store, wanted, radius, widened)
    if radius is None:
        radius, widened = await _enough(store, wanted)
    inside = {"$geoWithin": {"$centerSphere": [[wanted.lon, wanted.lat], radius * 1000 / EARTH_RADIUS_M]}}
    rows = await _plain(store, wanted, {**wanted.filters, "at": inside})
    return Found(rows, radius, widened)


async def _by_distance(store: Store, wanted: Wanted, radius: float | None, widened: bool) -> Found:
    if radius is not None:
        return Found(await _near(store, wanted, radius, wanted.limit + 1, wanted.after), radius, widened)
    most = max(wanted.limit + 1, ENOUGH)
    nearest = await _widening(store, wanted, most)
    radius, widened = _step([row["distance_m"] for row in nearest])
    nearest = [row for row in nearest if row["distance_m"] <= radius * 1000]
    return Found(nearest[: wanted.limit + 1], radius, widened)


async def _widening(
    store: Store, wanted: Wanted, limit: int, keep: dict[str, int] | None = None
) -> list[dict[str, Any]]:
    """The nearest within the widest radius, asked for in the first one before: in towns that is enough and 3 × faster."""
    nearest = await _near(store, wanted, WIDENING_KM[0], limit, None, keep)
    if len(nearest) >= ENOUGH:
        return nearest
    return await _near(store, wanted, WIDENING_KM[-1], limit, None, keep)


async def _enough(store: Store, wanted: Wanted) -> tuple[float, bool]:
    nearest = await _widening(store, wanted, ENOUGH, keep={"_id": 1, "distance_m": 1})
    return _step([row["distance_m"] for row in nearest])


def _step(distances_m: Sequence[float]) -> tuple[float, bool]:
    """The first radius that holds enough offers, else the widest; and whether it is not the first."""
    for step in WIDENING_KM:
        if sum(distance <= step * 1000 for distance in distances_m) >= ENOUGH:
            return step, step != WIDENING_KM[0]
    return WIDENING_KM[-1], True


async def _near(
    store: Store,
    wanted: Wanted,
    radius: float,
    limit: int,
    after: Sequence[Any] | None,
    keep: dict[str, int] | None = None,
) -> list[dict[str, Any]]:
    if wanted.filters.keys() & SELECTIVE:
        few = await _near_few(store, wanted, radius, limit, after, keep)
        if few is not None:
            return few
    near: dict[str, Any] = {
        "near": {"type": "Point", "coordinates": [wanted.lon, wanted.lat]},
        "distanceField": "distance_m",
        "maxDistance": radius * 1000,
        "query": wanted.filters,
        "key": "at",
    }
    if after is not None:
        # Distances are unique to a fraction of a millimetre (see domain/listing), so one is a position.
        near["minDistance"] = float(after[0]) * (1 - 1e-12)
        near["query"]["_id"] = {"$ne": after[1]}
    pipeline: list[dict[str, Any]] = [{"$geoNear": near}, {"$limit": limit}]
    pipeline.append({"$project": keep or {"card": 1, "distance_m": 1, "crowd": 1, "at": 1}})
    return [decode(row) async for row in store.aggregate("listings", pipeline)]


async def _near_few(
    store: Store,
    wanted: Wanted,
    radius: float,
    limit: int,
    after: Sequence[Any] | None,
    keep: dict[str, int] | None,
) -> list[dict[str, Any]] | None:
    """The same answer by way of the filter's own index: all that match inside the circle, sorted here.

    None when they are more than ``FEW``. A rare occupation lies so far apart that walking outwards from the place reads
    thousands of others (measured over 100,000 offers: 33 ms, this way 4 ms).
    """
    assert wanted.lat is not None
    assert wanted.lon is not None
    listings = store.collection("listings")
    inside = {"$geoWithin": {"$centerSphere": [[wanted.lon, wanted.lat], radius * 1000 / EARTH_RADIUS_M]}}
    cursor = listings.find({**wanted.filters, "at": inside}, {"at.coordinates": 1}).limit(FEW + 1)
    matches = [row async for row in cursor]
    if len(matches) > FEW:
        return None
    placed = []
    for row in matches:
        lon, lat = row["at"]["coordinates"]
        # The great circle on MongoDB's sphere, so that both ways agree on a position.
        metres = distance_km(wanted.lat, wanted.lon, lat, lon) / EARTH_RADIUS_KM * EARTH_RADIUS_M
        placed.append((metres, row["_id"]))
    placed.sort()
    if after is not None:
        placed = [one for one in placed if one > (float(after[0]), str(after[1]))]
    chosen = placed[:limit]
    if keep is not None:
        return [{"_id": id, "distance_m": metres} for metres, id in chosen]
    wanted_fields = {"card": 1, "crowd": 1, "at": 1}
    found = {row["_id"]: row async for row in listings.find({"_id": {"$in": [id for _, id in chosen]}}, wanted_fields)}
    return [decode({**found[id], "distance_m": metres}) for metres, id in chosen if id in found]


async def _plain(store: Store, wanted: Wanted, filters: dict[str, Any]) -> list[dict[str, Any]]:
    fewest = wanted.order is Sort.FEWEST_APPLICATIONS
    name, way = ("crowd", 1) if fewest else ("confirmed_at", -1)
    if wanted.after is not None:
        value, last = wanted.after[0], wanted.after[1]
        value = value if fewest else datetime.fromisoformat(str(value))
        beyond = "$gt" if fewest else "$lt"
        filters["$or"] = [{name: {beyond: value}}, {name: value, "_id": {"$lt": last}}]
    cursor = (
        store.collection("listings")
        .find(filters, {"card": 1, "crowd": 1, "at": 1, "confirmed_at": 1})
        .sort([(name, way), ("_id", -1)])
        .limit(wanted.limit + 1)
    )
    return [decode(row) async for row in cursor]


FACETS = {
    "kind": ("$kind", 20),
    "contract_kind": ("$contract", 20),
    "occupation": ("$occupation", 15),
    "commune": ("$commune", 15),
    "source": ("$source", 5),
}


async def facets(store: Store, wanted: Wanted, radius_km: float | None) -> dict[str, list[dict[str, Any]]]:
    """Counts of the whole answer by value, most frequent first."""
    filters = wanted.filters
    if radius_km is not None:
        circle = [[wanted.lon, wanted.lat], radius_km * 1000 / EARTH_RADIUS_M]
        filters["at"] = {"$geoWithin": {"$centerSphere": circle}}
    flags = ("early", "late", "night", "weekend", "car_free", "no_licence")
    group: dict[str, Any] = {"_id": None, "total": {"$sum": 1}}
    group |= {flag: {"$sum": {"$cond": [f"${flag}", 1, 0]}} for flag in flags}
    pipeline: list[dict[str, Any]] = [
        {"$match": filters},
        # The cards are most of a document: every facet would carry them along.
        {"$project": dict.fromkeys([path.removeprefix("$") for path, _ in FACETS.values()] + list(flags), 1)},
        {
            "$facet": {
                **{name: [{"$sortByCount": path}, {"$limit": most}] for name, (path, most) in FACETS.items()},
                "flags": [{"$group": group}],
            }
        },
    ]
    found = [row async for row in store.aggregate("listings", pipeline)]
    row = found[0] if found else {}
    counts = {
        name: [{"value": one["_id"], "count": one["count"]} for one in row.get(name, ()) if one["_id"] is not None]
        for name in FACETS
    }
    flag_row = (row.get("flags") or [{}])[0]
    counts["flags"] = [{"value": flag, "count": int(flag_row.get(flag, 0))} for flag in flags]
    counts["total"] = [{"value": "offers", "count": int(flag_row.get("total", 0))}]
    return counts
