"""The public search and its other faces: map, feeds, screens, structured data, export."""

from dataclasses import replace
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field, StringConstraints

from services.offers.context import Context, Ctx
from services.offers.domain.errors import UnusablePlace
from services.offers.domain.place import check_point
from services.offers.queries import search as listings
from services.offers.queries.asked import Asked, criteria_of
from services.offers.queries.search import Found, Sort, Wanted
from services.offers.search.chips import ChipKind
from services.offers.search.facts import Moment, WorkingTime
from services.offers.search.reading import Reading
from services.offers.search.words import excerpt, marked
from shared.contracts.events.base import OccupationCode
from shared.contracts.vocabulary import ContractKind, OpportunityKind
from shared.errors import FieldError, Refused, refused_field
from shared.http import BoundedRoute, OptionalCaller, PageQuery, resource
from shared.http.media import GeoJson
from shared.visible import clean_line

router = resource("", "search", route_class=BoundedRoute)


class Highlight(BaseModel):
    """Where the words of the question were met: HTML that is safe to show, hits inside ``<mark>``."""

    title: str
    excerpt: str | None = Field(default=None, description="A stretch of the description; absent without a hit there")


class OfferCard(BaseModel, extra="allow"):
    """An offer in a list."""

    id: str
    title: str
    distance_km: float | None = Field(default=None, description="Straight-line distance from the given place")
    applications: int | None = Field(
        default=0,
        description="How many applied, at least: 5, 10, 15 …; null: one to four, of whom nothing more is told",
    )
    highlight: Highlight | None = Field(default=None, description="With `q` only")
    other_work: bool = Field(
        default=False,
        description="It is other work than the one that `q` asks for: near it, or only with its words. Those come last: show "
        "them apart",
    )


class Radius(BaseModel):
    """The circle that was searched."""

    used_km: float
    widened: bool = Field(description="Whether fewer than 5 offers were nearer, so that the circle grew")
    steps_km: tuple[float, ...] = listings.WIDENING_KM


class FacetCount(BaseModel):
    """How many offers of the whole answer have this value."""

    value: str
    count: int


class ChipView(BaseModel):
    """A filter that was read in `q`. To take it off, ask again with `without` added, or with `q_without` as `q`."""

    kind: ChipKind
    label: str = Field(examples=["CDI"])
    text: str = Field(description="The part of `q` that says it")
    start: int = Field(description="Where that part begins in `q` (characters)")
    end: int
    parameters: dict[str, str | tuple[str, ...]] = Field(
        description="The parameters of this search that say the same", examples=[{"contract_kind": "cdi"}]
    )
    without: ChipKind = Field(description="Value of the parameter `without` that takes it off")
    q_without: str = Field(description="`q` without that part")
    applied: bool = Field(
        description="False: it leaves no offer out, as none would be left (of a part of the day or week, which most do not say, "
        "too few); those that are known to have it come first. «Près de chez moi» needs a place. Without `parameters` it was "
        "only understood: «le mercredi», which no field of an offer says"
    )


class MeantOccupation(BaseModel):
    """An occupation that the words mean; offers of it are found even if they say it otherwise."""

    code: str
    label: str
    score: float


class Understanding(BaseModel):
    """How `q` was read."""

    chips: list[ChipView]
    words: list[str] = Field(description="What is left to be met as words")
    occupations: list[MeantOccupation]
    relaxed: bool = Field(description="Too few offers met all words, so those that meet a part are there too")
    no_such_work: bool = Field(
        default=False,
        description="No offer is the work that was asked for, by its occupation or its title: say so, and show what is there as "
        "other work",
    )
    elsewhere: bool = Field(
        default=False,
        description="The work that was asked for is not offered within the last of `radius.steps_km`: it is shown from further "
        "away, up to `radius.used_km`",
    )
    asks_where: bool = Field(
        description="«Près de chez moi» or kilometres were said and nobody knows from where: ask again with `here`"
    )


class SearchPage(BaseModel):
    """One page of offers."""

    items: list[OfferCard]
    next_cursor: str | None = None
    radius: Radius | None = None
    facets: dict[str, list[FacetCount]] | None = None
    understood: Understanding | None = Field(default=None, description="With `q` only")
    did_you_mean: str | None = Field(default=None, description="`q` as it was probably meant; already searched as well")


def degrees_of(text: str, field: str) -> tuple[float, float]:
    """The point of a parameter (``field``) in degrees.

    Raises:
        Refused, UnusablePlace: it is none.
    """
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        name = field.removeprefix("query.")
        sentence = f"{name} n'est pas un point : écrivez {name}=46.17,1.87, la latitude puis la longitude."
        raise refused_field(Refused, field, "lat_lon", sentence) from None
    check_point(lat, lon, field)
    return lat, lon


def point_of(near: str | None, commune: str | None, context: Context) -> tuple[float, float] | None:
    """The point that is given outright.

    Raises:
        Refused, UnusablePlace: it is none.
    """
    if near is not None:
        return degrees_of(near, "query.near")
    if commune is not None:
        found = context.communes.get(commune)
        if found is None:
            raise refused_field(UnusablePlace, "query.commune", "commune_unknown", "Aucune commune n'a ce code.")
        return found.lat, found.lon
    return None


CommuneCode = Annotated[str, StringConstraints(max_length=5)]
TerritoryCode = Annotated[str, StringConstraints(max_length=3)]


async def search_filters(
    context: Ctx,
    caller: OptionalCaller,
    page: PageQuery,
    near: Annotated[
        str | None, Query(max_length=60, description="lat,lon in degrees", examples=["46.171,1.871"])
    ] = None,
    commune: Annotated[
        list[CommuneCode] | None,
        Query(max_length=5, description="INSEE codes: around them, near one is enough", examples=[["23096"]]),
    ] = None,
    here: Annotated[
        str | None,
        Query(
            max_length=60,
            description="Where the caller is (lat,lon): settles «près de chez moi» and which of several communes of one name is "
            "meant in `q`; filters nothing by itself",
            examples=["46.171,1.871"],
        ),
    ] = None,
    radius_km: Annotated[
        float | None, Query(gt=0, le=200, description="Absent: widens 20, 35, 50, 75, 100 until 5 offers are inside")
    ] = None,
    occupation: Annotated[list[OccupationCode] | None, Query(max_length=50, description="ROME codes")] = None,
    q: Annotated[
        str | None,
        Query(
            max_length=200,
            description="As people type: a trade, its abbreviation, a place, a contract, hours («serveuse cdi annecy»); "
            "accents, gender, plurals and typing errors do not matter",
        ),
    ] = None,
    kind: Annotated[
        list[OpportunityKind] | None, Query(max_length=20, description="One is enough; absent: all kinds")
    ] = None,
    contract_kind: Annotated[list[ContractKind] | None, Query(max_length=20, description="One is enough")] = None,
    territory: Annotated[
        list[TerritoryCode] | None, Query(max_length=20, description="Départements, one is enough")
    ] = None,
    accessible_without_car: Annotated[
        bool | None, Query(description="True: those whose employer says so; false: the others")
    ] = None,
    no_licence: Annotated[bool | None, Query(description="Neither licence nor vehicle needed")] = None,
    no_early: Annotated[bool, Query(description="Nothing before 7:00")] = False,
    no_late: Annotated[bool, Query(description="Nothing after 19:00")] = False,
    no_night: Annotated[bool, Query(description="Nothing between 21:00 and 6:00")] = False,
    no_weekend: Annotated[bool, Query(description="Nothing on Saturday or Sunday")] = False,
    exclusive: Annotated[bool | None, Query(description="True: offers found here only; false: the others")] = None,
    working_time: Annotated[WorkingTime | None, Query(description="Part time: below 35 h a week")] = None,
    weekly_hours: Annotated[float | None, Query(gt=0, le=60, description="About so many hours, 3 more or less")] = None,
    moment: Annotated[list[Moment] | None, Query(max_length=5, description="Work at all these times")] = None,
    beginner: Annotated[bool, Query(description="No experience asked")] = False,
    experience_months_max: Annotated[int | None, Query(ge=0, le=600, description="At most so much asked")] = None,
    hourly_min: Annotated[
        float | None, Query(gt=0, le=200, description="Gross euros an hour; offers that state no pay stay in the list")
    ] = None,
    no_diploma: Annotated[bool, Query(description="Leaves out offers that state a diploma")] = False,
    without: Annotated[
        list[ChipKind] | None, Query(max_length=10, description="Kinds of filters not to be read in `q`")
    ] = None,
    literal: Annotated[bool, Query(description="`q` holds words and no filters")] = False,
    sort: Annotated[
        Sort | None, Query(description="Default: relevance with `q`, else distance with a place, freshness without")
    ] = None,
    facets: Annotated[bool, Query(description="Count the whole answer by value")] = False,
) -> Wanted:
    """Query parameters of every face of the search."""
    criteria = criteria_of(
        Asked.model_construct(
            occupation=tuple(occupation or ()),
            kind=tuple(kind or ()),
            contract_kind=tuple(contract_kind or ()),
            territory=None,
            accessible_without_car=accessible_without_car,
            no_licence=no_licence,
            no_early=no_early,
            no_late=no_late,
            no_night=no_night,
            no_weekend=no_weekend,
            exclusive=exclusive,
            working_time=working_time,
            weekly_hours=weekly_hours,
            moment=tuple(moment or ()),
            beginner=beginner,
            experience_months_max=experience_months_max,
            hourly_min=hourly_min,
            no_diploma=no_diploma,
        )
    )
    criteria = replace(criteria, territory=tuple(dict.fromkeys(territory or ())))
    point, *also = _points(near, commune, context) or (None,)
    # As texts are kept: what is pasted into the question may hide something, too. Of nothing visible nothing is found.
    words = clean_line(q or "") or (q or "").strip()
    if sort is Sort.DISTANCE and point is None and not words:
        raise _needs_place()
    lat, lon = point or (None, None)
    return Wanted(
        lat,
        lon,
        radius_km,
        criteria,
        sort,
        page.limit,
        list(page.after) if page.after else None,
        words,
        literal,
        frozenset(without or ()),
        facets,
        also=tuple(also),
        here=None if here is None else degrees_of(here, "query.here"),
        home=() if caller is None else tuple(sorted(caller.territories)),
    )


def _points(near: str | None, communes: list[str] | None, context: Context) -> list[tuple[float, float]]:
    codes = dict.fromkeys(communes or ())
    given = [point_of(near, None, context)] if near is not None else [point_of(None, code, context) for code in codes]
    return [point for point in given if point is not None]


SearchFilters = Annotated[Wanted, Depends(search_filters)]


def card_of(row: dict[str, Any], reading: Reading | None = None) -> OfferCard:
    """A list's row."""
    distance = row.get("distance_m")
    return OfferCard(
        **row["card"],
        applications=None if (known := row.get("crowd", 0)) == 1 else known,
        distance_km=round(distance / 1000, 1) if distance is not None else None,
        highlight=_highlight(row, reading.question.terms) if reading is not None and reading.question.terms else None,
        other_work=row.get("other_work", False),
    )


def _highlight(row: dict[str, Any], terms: frozenset[str]) -> Highlight:
    return Highlight(title=marked(row["card"]["title"], terms), excerpt=excerpt(row.get("description", ""), terms))


def _understanding(reading: Reading, *, placed: bool, no_such_work: bool) -> Understanding:
    applied = reading.applied
    return Understanding(
        chips=[
            ChipView(
                kind=chip.kind,
                label=chip.label,
                text=reading.q[chip.start : chip.end],
                start=chip.start,
                end=chip.end,
                parameters=dict(chip.parameters),
                without=chip.kind,
                q_without=" ".join((reading.q[: chip.start] + " " + reading.q[chip.end :]).split()),
                applied=chip in applied,
            )
            for chip in reading.chips
            if chip.kind not in reading.left_out
        ],
        words=list(dict.fromkeys(word.text for unit in reading.question.units for word in unit.words)),
        occupations=[
            MeantOccupation(code=trade.code, label=trade.label, score=round(trade.belief, 2))
            for trade in reading.question.trades
        ],
        relaxed=reading.relaxed or reading.unheard,
        no_such_work=no_such_work,
        elsewhere=reading.far,
        asks_where=not placed
        and any(
            chip.kind is ChipKind.RADIUS or (chip.kind is ChipKind.PLACE and not chip.parameters)
            for chip in reading.chips
        ),
    )


def _needs_place() -> Refused:
    return Refused(
        "Pour trier par distance, il faut un lieu.",
        errors=[
            FieldError("query.sort", "needs_place", "Donnez un point (near) ou une commune (commune), ou un autre tri.")
        ],
    )


async def find(context: Context, wanted: Wanted) -> Found:
    """One page, by words or by facts.

    Raises:
        Refused: an order by distance, and no place given outright or read in the question.
    """
    found = await context.finder.find(wanted)
    if wanted.sort is Sort.DISTANCE and found.radius_km is None and not (found.reading and found.reading.blank):
        raise _needs_place()
    return found


@router.get("/v1/offers", summary="Search published offers")
async def search_offers(context: Ctx, wanted: SearchFilters, asked: PageQuery) -> SearchPage:
    """Public. Around a place (`near`, `commune` or one named in `q`) or everywhere; the circle widens by itself when little
    is near. Filters that are read in `q` are in `understood`, each with how to take it off.
    """
    found = await find(context, wanted)
    page = SearchPage(
        items=[card_of(row, found.reading) for row in found.rows],
        next_cursor=None if found.position is None else asked.at(found.position),
    )
    if found.radius_km is not None:
        page.radius = Radius(used_km=found.radius_km, widened=found.widened)
    if found.facets is not None:
        page.facets = {name: [FacetCount(**one) for one in values] for name, values in found.facets.items()}
    if found.reading is not None and wanted.q:
        page.understood = _understanding(
            found.reading, placed=found.radius_km is not None, no_such_work=found.no_such_work
        )
        page.did_you_mean = found.reading.did_you_mean
    return page


@router.get("/v1/offers.geojson", response_class=GeoJson, summary="Search as GeoJSON, for maps")
async def search_geojson(context: Ctx, wanted: SearchFilters) -> Response:
    """A FeatureCollection with a point per offer (RFC 7946)."""
    found = await find(context, wanted)
    features = [
        {"type": "Feature", "id": row["_id"], "geometry": row["at"], "properties": card_of(row).model_dump(mode="json")}
        for row in found.rows
    ]
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return GeoJson(body)
