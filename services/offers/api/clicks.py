"""Offers of feeds whose employers recruit elsewhere: the way there, and what became of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel, Field

from services.offers.access import for_person, person_side
from services.offers.api.offers import owned, readable
from services.offers.commands import clicks as commands
from services.offers.context import Ctx
from services.offers.domain.click import Click, ClickOutcome
from shared.domain import Entity
from shared.errors import NotFound
from shared.http import Caller, Page, PageQuery, resource
from shared.types import Identifier

router = resource("/v1", "applications")


class ClickInput(Entity):
    """Who goes there; a seeker may leave it out."""

    profile_id: Identifier | None = None


class OutcomeInput(Entity):
    """What became of it."""

    outcome: ClickOutcome = Field(examples=["no_reply"])


class ClickView(BaseModel):
    """A way to an offer that is answered elsewhere."""

    id: str
    offer_id: str
    offer_title: str
    profile_id: str
    partner: str
    created_at: datetime
    outcome: ClickOutcome | None

    @classmethod
    def of(cls, click: Click) -> "ClickView":
        return cls(**{name: getattr(click, name) for name in cls.model_fields})


class WayView(ClickView):
    """And where it leads: `apply_url`, or the number under which the partner knows the offer."""

    apply_url: str | None
    external_id: str


class ClickCounts(BaseModel):
    """How many people went there, and what they said became of it."""

    offer_id: str
    clicks: int
    outcomes: dict[ClickOutcome, int]


@router.post("/offers/{offer_id}/clicks", summary="Go and apply where an offer of a feed comes from")
async def count_click(
    offer_id: str,
    body: Annotated[ClickInput, Body(openapi_examples={"seeker": {"value": {}}})],
    context: Ctx,
    principal: Caller,
) -> WayView:
    """Counted once for each person and offer. A week later they are asked what became of it."""
    offer = await readable(context, offer_id)
    by, someone = await for_person(context.people, principal, body.profile_id)
    click = await commands.count(context, offer, str(someone["_id"]), by)
    return WayView(
        apply_url=offer.content.apply_url,
        external_id=offer.feed.external_id if offer.feed else "",
        **ClickView.of(click).model_dump(),
    )


@router.get("/offers/{offer_id}/clicks", summary="How many went to apply elsewhere, and what became of it")
async def offer_clicks(offer_id: str, context: Ctx, principal: Caller) -> ClickCounts:
    """For the offer's own side."""
    await owned(context, principal, offer_id)
    found = await context.clicks.many({"offer_id": offer_id})
    said = [one.outcome for one in found if one.outcome is not None]
    return ClickCounts(
        offer_id=offer_id, clicks=len(found), outcomes={outcome: said.count(outcome) for outcome in dict.fromkeys(said)}
    )


@router.get("/clicks", summary="Offers that a person went to apply to elsewhere")
async def person_clicks(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    profile_id: Annotated[Identifier | None, Query(description="Absent: the caller's own profile")] = None,
) -> Page[ClickView]:
    """For the person and who accompanies them, newest first."""
    _, someone = await for_person(context.people, principal, profile_id)
    found = await context.clicks.page({"profile_id": someone["_id"]}, page)
    return Page(items=[ClickView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.post("/clicks/{click_id}/outcome", summary="Say what became of an application elsewhere")
async def tell_outcome(
    click_id: str,
    body: Annotated[OutcomeInput, Body(openapi_examples={"silence": {"value": {"outcome": "no_reply"}}})],
    context: Ctx,
    principal: Caller,
) -> ClickView:
    """By the person or who accompanies them."""
    click = await context.clicks.load(click_id)
    someone = await context.people.find(click.profile_id)
    if someone is None or person_side(principal, someone) is None:
        raise NotFound("Ce clic n'existe pas.", id=click_id)
    return ClickView.of(await commands.tell(context, click_id, body.outcome))
