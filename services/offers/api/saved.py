"""Offers and searches that a person keeps, by themselves or with who accompanies them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Query
from pydantic import BaseModel, Field

from services.offers.access import for_person, person_side
from services.offers.api.offers import readable
from services.offers.commands import saved as commands
from services.offers.context import Context, Ctx
from services.offers.domain.saved import Alert, SavedSearch
from services.offers.queries.asked import Asked
from shared.auth import Principal
from shared.contracts.vocabulary import OfferStatus
from shared.domain import Entity
from shared.errors import NotFound
from shared.http import Caller, Located, Page, PageQuery, resource
from shared.kept_enum import read_stored
from shared.types import Identifier, Name

router = resource("/v1", "saved")

Whose = Annotated[Identifier | None, Query(description="Staff: for whom; a seeker may leave it out")]


_SEEN = (OfferStatus.PUBLISHED, OfferStatus.FILLED, OfferStatus.CLOSED)


class SavedOfferView(BaseModel):
    """An offer that is kept, as it stands now."""

    offer_id: str
    title: str
    status: OfferStatus | None = Field(description="null: it is not shown any more")
    saved_at: datetime


class SearchInput(Entity):
    """A search to keep."""

    profile_id: Identifier | None = None
    name: Annotated[str, Name(80)]
    search: Asked
    alert: Alert = Alert.DAILY


class AlertInput(Entity):
    """When new offers are told."""

    alert: Alert = Field(examples=["immediate"])


class SavedSearchView(BaseModel):
    """A search that is kept."""

    id: str
    profile_id: str
    name: str
    search: Asked
    alert: Alert
    created_at: datetime
    checked_at: datetime
    next_at: datetime | None

    @classmethod
    def of(cls, search: SavedSearch) -> "SavedSearchView":
        shown = ("id", "profile_id", "name", "alert", "created_at", "checked_at", "next_at")
        return cls(search=read_stored(Asked, search.asked), **{name: getattr(search, name) for name in shown})


_EXAMPLES: Any = {
    "daily": {
        "value": {
            "name": "Aide à domicile près d'Aubusson",
            "search": {"q": "aide à domicile", "commune": "23008", "radius_km": 20, "no_night": True},
            "alert": "daily",
        }
    }
}


@router.put("/saved-offers/{offer_id}", summary="Keep an offer to come back to")
async def save_offer(offer_id: str, context: Ctx, principal: Caller, profile_id: Whose = None) -> SavedOfferView:
    """Kept twice is kept once. The employer does not learn of it."""
    offer = await readable(context, offer_id)
    _, someone = await for_person(context.people, principal, profile_id)
    kept = await commands.keep_offer(context, offer, someone)
    return SavedOfferView(offer_id=offer.id, title=offer.content.title, status=offer.status, saved_at=kept.created_at)


@router.delete("/saved-offers/{offer_id}", status_code=204, summary="Keep an offer no longer")
async def unsave_offer(offer_id: str, context: Ctx, principal: Caller, profile_id: Whose = None) -> None:
    _, someone = await for_person(context.people, principal, profile_id)
    await commands.let_offer_go(context, offer_id, str(someone["_id"]))


@router.get("/saved-offers", summary="Offers that a person keeps, the last kept first")
async def list_saved_offers(
    context: Ctx, principal: Caller, page: PageQuery, profile_id: Whose = None
) -> Page[SavedOfferView]:
    _, someone = await for_person(context.people, principal, profile_id)
    found = await context.saved_offers.page({"profile_id": someone["_id"]}, page)
    offers = {one.id: one for one in await context.offers.many({"_id": {"$in": [one.offer_id for one in found.items]}})}
    items = []
    for kept in found.items:
        offer = offers.get(kept.offer_id)
        # Of one that is out of sight only what the person has seen of it.
        shown = offer is not None and offer.status in _SEEN
        title = offer.content.title if offer is not None and offer.shown else kept.offer_title
        items.append(
            SavedOfferView(
                offer_id=kept.offer_id,
                title=title,
                status=offer.status if offer is not None and shown else None,
                saved_at=kept.created_at,
            )
        )
    return Page(items=items, next_cursor=found.next_cursor)


@router.post("/saved-searches", status_code=201, summary="Keep a search, and be told of new offers")
async def save_search(
    body: Annotated[SearchInput, Body(openapi_examples=_EXAMPLES)], context: Ctx, principal: Caller, located: Located
) -> SavedSearchView:
    """What is published from now on and matches is told once: daily at seven, or within some minutes."""
    by, someone = await for_person(context.people, principal, body.profile_id)
    made = await commands.keep_search(context, someone, by, body.name, body.search, body.alert)
    located(f"/v1/saved-searches/{made.id}")
    return SavedSearchView.of(made)


@router.get("/saved-searches", summary="Searches that a person keeps")
async def list_saved_searches(
    context: Ctx, principal: Caller, page: PageQuery, profile_id: Whose = None
) -> Page[SavedSearchView]:
    _, someone = await for_person(context.people, principal, profile_id)
    found = await context.saved_searches.page({"profile_id": someone["_id"]}, page)
    return Page(items=[SavedSearchView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.patch("/saved-searches/{search_id}", summary="Be told at other times, or no more")
async def change_saved_search(
    search_id: str,
    body: Annotated[AlertInput, Body(openapi_examples={"at once": {"value": {"alert": "immediate"}}})],
    context: Ctx,
    principal: Caller,
) -> SavedSearchView:
    await _mine(context, principal, search_id)
    return SavedSearchView.of(await commands.change_alert(context, search_id, body.alert))


@router.delete("/saved-searches/{search_id}", status_code=204, summary="Keep a search no longer")
async def unsave_search(search_id: str, context: Ctx, principal: Caller) -> None:
    await _mine(context, principal, search_id)
    await commands.let_search_go(context, search_id)


async def _mine(context: Context, principal: Principal, search_id: str) -> SavedSearch:
    search = await context.saved_searches.load(search_id)
    someone = await context.people.find(search.profile_id)
    if someone is None or person_side(principal, someone) is None:
        raise NotFound("Cette recherche n'existe pas.", id=search_id)
    return search
