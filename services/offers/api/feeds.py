"""Offers for others: feeds, structured data, public screens, export."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import Query, Response
from pydantic import BaseModel

from services.offers.api.search import SearchFilters, card_of, find, point_of
from services.offers.api.tables import offers_table
from services.offers.api.words import CONTRACT_WORDS, posting
from services.offers.commands.admission import answered_here
from services.offers.context import Ctx
from services.offers.queries import export
from services.offers.queries import search as listings
from services.offers.queries.search import Sort, Wanted
from shared.auth import Role
from shared.contracts.vocabulary import ContractKind, OfferStatus
from shared.errors import FieldError, Forbidden, NotFound, Refused
from shared.http import BoundedRoute, Caller, resource
from shared.http.media import Csv, JsonFeed, JsonLd, Rss
from shared.outputs import script_json, xml_text

router = resource("/v1", "search", route_class=BoundedRoute)


def _instant(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _written(value: Any) -> str:
    """An instant as all our answers write it."""
    return _instant(value).isoformat().replace("+00:00", "Z")


def _newest(wanted: Wanted) -> Wanted:
    """A reader of feeds expects the newest first, also where words are asked."""
    return replace(wanted, sort=Sort.FRESHNESS) if wanted.q and wanted.sort is None else wanted


@router.get("/offers.rss", response_class=Rss, summary="Search as an RSS feed")
async def offers_rss(context: Ctx, wanted: SearchFilters) -> Response:
    """RSS 2.0, newest confirmed first unless sorted otherwise."""
    found = await find(context, _newest(wanted))
    items = []
    for row in found.rows:
        card = row["card"]
        published = _instant(card["published_at"])
        where = f"{card['company']['name']}, {card['place']['name']}"
        items.append(
            f"<item><title>{xml_text(card['title'])}</title><link>{xml_text(context.settings.link_to_offer(row['_id']))}</link>"
            f'<guid isPermaLink="false">{xml_text(row["_id"])}</guid><pubDate>{published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>'
            f"<description>{xml_text(where)}</description></item>"
        )
    home = xml_text(context.settings.public_url)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>Offres d'emploi</title><link>{home}</link><description>Offres publiées près de chez vous</description>"
        f"<language>fr</language>{''.join(items)}</channel></rss>"
    )
    return Rss(body)


@router.get("/offers.feed.json", response_class=JsonFeed, summary="Search as a JSON Feed")
async def offers_json_feed(context: Ctx, wanted: SearchFilters) -> Response:
    """JSON Feed 1.1."""
    found = await find(context, _newest(wanted))
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Offres d'emploi",
        "language": "fr",
        "items": [
            {
                "id": row["_id"],
                "url": context.settings.link_to_offer(row["_id"]),
                "title": row["card"]["title"],
                "content_text": f"{row['card']['company']['name']}, {row['card']['place']['name']}",
                "date_published": _written(row["card"]["published_at"]),
                "date_modified": _written(row["card"]["confirmed_at"]),
            }
            for row in found.rows
        ],
    }
    return JsonFeed(orjson.dumps(feed))


@router.get("/offers/{offer_id}/jobposting", response_class=JsonLd, summary="An offer as schema.org JobPosting")
async def job_posting(offer_id: str, context: Ctx) -> Response:
    """JSON-LD, to be put into a page for search engines as it is: nothing in it closes a script."""
    offer = await context.offers.load(offer_id)
    if not offer.shown:
        raise NotFound("Cette offre n'existe pas.", id=offer_id)
    here = await answered_here(context, offer)
    return JsonLd(script_json(posting(offer, context.settings.link_to_offer(offer.id), here=here)))


class ScreenOffer(BaseModel):
    """A line on a public screen."""

    title: str
    company: str
    place: str
    distance_km: float
    contract: str
    positions_open: int
    link: str


class Screen(BaseModel):
    """What a screen at a stop shows; ``refresh_seconds``: when to ask again."""

    radius_km: float
    items: list[ScreenOffer]
    refresh_seconds: int = 600


@router.get("/stops/nearby", summary="Offers around a stop, for public screens")
async def offers_near_stop(
    context: Ctx,
    response: Response,
    near: Annotated[
        str | None, Query(max_length=60, description="lat,lon of the stop", examples=["46.171,1.871"])
    ] = None,
    commune: Annotated[str | None, Query(max_length=5, description="INSEE code instead of a point")] = None,
    radius_km: Annotated[float, Query(gt=0, le=50, description="Around the stop, in km")] = 5.0,
    limit: Annotated[int, Query(ge=1, le=20, description="The nearest so many")] = 6,
) -> Screen:
    """Public data only, nearest first."""
    point = point_of(near, commune, context)
    if point is None:
        raise Refused("Il manque l'arrêt.", errors=[FieldError("query.near", "required", "Donnez near ou commune.")])
    found = await listings.search(context.store, Wanted(*point, radius_km, sort=Sort.DISTANCE, limit=limit))
    response.headers["Cache-Control"] = "public, max-age=300"
    items = []
    for row in found.rows:
        card = card_of(row)
        raw = row["card"]
        items.append(
            ScreenOffer(
                title=raw["title"],
                company=raw["company"]["name"],
                place=raw["place"]["name"],
                distance_km=card.distance_km or 0.0,
                contract=CONTRACT_WORDS[ContractKind.of_stored(raw["contract_kind"])],
                positions_open=raw["positions_open"],
                link=context.settings.link_to_offer(row["_id"]),
            )
        )
    return Screen(radius_km=radius_km, items=items)


@router.get("/offers.csv", response_class=Csv, summary="Export offers")
async def export_offers(
    context: Ctx,
    principal: Caller,
    status: Annotated[list[OfferStatus] | None, Query(max_length=20, description="Any of these; absent: all")] = None,
) -> Response:
    """Managers, for their territories; in French, as French spreadsheets open it."""
    if not principal.has(Role.MANAGER):
        raise Forbidden("Seul un gestionnaire exporte les offres.", needs=[Role.MANAGER.value])
    rows = await export.lines(context.store, sorted(principal.territories), status)
    return Csv(
        offers_table(rows),
        headers={"Content-Disposition": 'attachment; filename="offers.csv"'},
    )
