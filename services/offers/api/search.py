"""The public search and its other faces: map, feeds, screens, structured data, export."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.offers import queries
from services.offers.context import Context, Ctx
from services.offers.domain.errors import UnusablePlace, refused_field
from services.offers.domain.place import check_point
from services.offers.queries import Found, Sort, Wanted
from shared.contracts.events.base import OccupationCode
from shared.contracts.vocabulary import ContractKind, OpportunityKind
from shared.errors import FieldError, Refused
from shared.http import PROBLEMS, PageQuery
from shared.http.pages import encode_cursor

router = APIRouter(tags=["search"], responses=PROBLEMS)


class OfferCard(BaseModel, extra="allow"):
    """An offer in a list."""

    id: str
    title: str
    distance_km: float | None = Field(default=None, description="Straight-line distance from the given place")
    applications: int = 0


class Radius(BaseModel):
    """The circle that was searched."""

    used_km: float
    widened: bool = Field(description="Whether fewer than 5 offers were nearer, so that the circle grew")
    steps_km: tuple[float, ...] = queries.WIDENING_KM


class FacetCount(BaseModel):
    """How many offers of the whole answer have this value."""

    value: str
    count: int


class SearchPage(BaseModel):
    """One page of offers."""

    items: list[OfferCard]
    next_cursor: str | None = None
    radius: Radius | None = None
    facets: dict[str, list[FacetCount]] | None = None


class Filters(BaseModel):
    """What the search was asked."""

    wanted: Wanted
    facets: bool = False

    model_config = {"arbitrary_types_allowed": True}


def point_of(near: str | None, commune: str | None, context: Context) -> tuple[float, float] | None:
    if near is not None:
        try:
            lat, lon = (float(part) for part in near.split(","))
        except ValueError:
            raise Refused(
                "near is not a point.", errors=[FieldError("query.near", "lat_lon", "Write near=46.17,1.87.")]
            ) from None
        check_point(lat, lon, "query.near")
        return lat, lon
    if commune is not None:
        found = context.communes.get(commune)
        if found is None:
            raise refused_field(UnusablePlace, "query.commune", "commune_unknown", f"No commune has code {commune}.")
        return found.lat, found.lon
    return None


def search_filters(
    context: Ctx,
    page: PageQuery,
    near: Annotated[
        str | None, Query(max_length=60, description="lat,lon in degrees", examples=["46.171,1.871"])
    ] = None,
    commune: Annotated[
        str | None, Query(max_length=5, description="INSEE code: search around it", examples=["23096"])
    ] = None,
    radius_km: Annotated[
        float | None, Query(gt=0, le=200, description="Absent: widens 20, 35, 50, 75, 100 until 5 offers are inside")
    ] = None,
    occupation: Annotated[list[OccupationCode] | None, Query(max_length=50, description="ROME codes")] = None,
    q: Annotated[
        str | None, Query(max_length=200, description="Words in French; accents and plurals do not matter")
    ] = None,
    kind: Annotated[list[OpportunityKind] | None, Query(max_length=20)] = None,
    contract_kind: Annotated[list[ContractKind] | None, Query(max_length=20)] = None,
    territory: Annotated[str | None, Query(max_length=3)] = None,
    accessible_without_car: bool | None = None,
    no_licence: Annotated[bool | None, Query(description="Neither licence nor vehicle needed")] = None,
    no_early: Annotated[bool, Query(description="Nothing before 7:00")] = False,
    no_late: Annotated[bool, Query(description="Nothing after 19:00")] = False,
    no_night: bool = False,
    no_weekend: bool = False,
    exclusive: bool | None = None,
    sort: Annotated[Sort | None, Query(description="Default: distance with a place, freshness without")] = None,
    facets: Annotated[bool, Query(description="Count the whole answer by value")] = False,
) -> Filters:
    """Query parameters of every face of the search."""
    filters: dict[str, Any] = queries.words_filter(q) if q else {}
    for name, values in (("occupation", occupation), ("kind", kind), ("contract", contract_kind)):
        if values:
            filters[name] = {"$in": [str(value) for value in values]}
    if territory:
        filters["territory"] = territory
    for name, flag in (("car_free", accessible_without_car), ("no_licence", no_licence), ("exclusive", exclusive)):
        if flag is not None:
            filters[name] = flag
    for name, excluded in (("early", no_early), ("late", no_late), ("night", no_night), ("weekend", no_weekend)):
        if excluded:
            filters[name] = False
    point = point_of(near, commune, context)
    chosen = sort or (Sort.DISTANCE if point else Sort.FRESHNESS)
    if chosen is Sort.DISTANCE and point is None:
        raise Refused(
            "A list by distance needs a place.",
            errors=[FieldError("query.sort", "needs_place", "Give near or commune, or another sort.")],
        )
    after = list(page.after) if page.after else None
    if after is not None and chosen is Sort.FRESHNESS:
        after[0] = datetime.fromisoformat(str(after[0]))
    lat, lon = point or (None, None)
    return Filters(wanted=Wanted(lat, lon, radius_km, filters, chosen, page.limit, after), facets=facets)


SearchFilters = Annotated[Filters, Depends(search_filters)]


def card_of(row: dict[str, Any]) -> OfferCard:
    """A list's row."""
    distance = row.get("distance_m")
    return OfferCard(
        **row["card"],
        applications=row.get("applications", 0),
        distance_km=round(distance / 1000, 1) if distance is not None else None,
    )


def _position(found: Found, wanted: Wanted) -> str:
    row = found.rows[wanted.limit - 1]
    if wanted.sort is Sort.DISTANCE:
        value: Any = row["distance_m"]
    else:
        value = row["applications"] if wanted.sort is Sort.FEWEST_APPLICATIONS else row["confirmed_at"].isoformat()
    position = [value, row["_id"]]
    return encode_cursor(position if found.radius_km is None else [*position, found.radius_km, found.widened])


@router.get("/v1/offers", summary="Search published offers")
async def search_offers(context: Ctx, filters: SearchFilters) -> SearchPage:
    """Public. Around a place (`near` or `commune`) or everywhere; the circle widens by itself when little is near."""
    wanted = filters.wanted
    found = await queries.search(context.store, wanted)
    more = len(found.rows) > wanted.limit
    page = SearchPage(
        items=[card_of(row) for row in found.rows[: wanted.limit]],
        next_cursor=_position(found, wanted) if more else None,
    )
    if found.radius_km is not None:
        page.radius = Radius(used_km=found.radius_km, widened=found.widened)
    if filters.facets:
        counts = await queries.facets(context.store, wanted, found.radius_km)
        page.facets = {name: [FacetCount(**one) for one in values] for name, values in counts.items()}
    return page


@router.get("/v1/offers.geojson", summary="Search as GeoJSON, for maps")
async def search_geojson(context: Ctx, filters: SearchFilters) -> Response:
    """A FeatureCollection with a point per offer (RFC 7946)."""
    found = await queries.search(context.store, filters.wanted)
    features = [
        {"type": "Feature", "id": row["_id"], "geometry": row["at"], "properties": card_of(row).model_dump(mode="json")}
        for row in found.rows[: filters.wanted.limit]
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Response(body, media_type="application/geo+json")
