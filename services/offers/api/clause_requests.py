"""Offers that clauses desks wish for: a facilitator or manager completes and confirms one with one call, or says no."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Body, Depends, Query
from pydantic import Field

from services.offers.api.views import OfferOwnView
from services.offers.commands import clause_requests as commands
from services.offers.context import Ctx
from services.offers.domain.clause_request import ClauseRequest, Confirmation, RequestStatus
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import Located, Page, PageQuery, require, resource
from shared.types import Identifier, Prose

router = resource("/v1/clause-requests", "offers")

Decider = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]

_EXAMPLE = {
    "company_id": "01961d3e-0000-7000-8000-000000000001",
    "title": "Manœuvre du bâtiment (H/F)",
    "occupation_code": "F1704",
    "contract_kind": "cdd",
    "duration_months": 4,
    "weekly_hours": 35,
}


class ClauseRequestView(Entity):
    """The wish for an offer, and what was decided. ``id`` is also that of the offer that is made of it."""

    id: str
    territory: str
    contract_id: str
    contract_title: str
    positions: int
    missing_hours: Decimal = Field(description="At the pace so far, at the contract's end")
    ends_on: date
    commune_code: str | None
    status: RequestStatus
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, request: ClauseRequest) -> "ClauseRequestView":
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


class DeclineInput(Entity):
    """Why no offer is made."""

    reason: Annotated[str, Prose(500, min_length=3)]


@router.get("", summary="Offers that the desks of the caller's territories wish for; the newest first")
async def list_clause_requests(
    context: Ctx,
    principal: Decider,
    page: PageQuery,
    status: Annotated[RequestStatus, Query(description="What became of them; one at a time")] = RequestStatus.OPEN,
) -> Page[ClauseRequestView]:
    wanted = {"territory": {"$in": sorted(principal.territories)}, "status": status.value}
    found = await context.clause_requests.page(wanted, page)
    return Page(items=[ClauseRequestView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.post("/{request_id}/confirm", summary="Make and publish the reserved offer (facilitator, manager)")
async def confirm_clause_request(
    request_id: Identifier,
    body: Annotated[Confirmation, Body(openapi_examples={"works": {"value": _EXAMPLE}})],
    context: Ctx,
    principal: Decider,
    located: Located,
) -> OfferOwnView:
    """Reserved to who is eligible for a clause. Said twice, it is one offer."""
    offer = await commands.confirm(context, principal, request_id, body)
    located(f"/v1/offers/{offer.id}")
    return OfferOwnView.own(offer)


@router.post("/{request_id}/decline", summary="No offer is made of it (facilitator, manager)")
async def decline_clause_request(
    request_id: Identifier,
    body: Annotated[DeclineInput, Body(openapi_examples={"elsewhere": {"value": {"reason": "Pourvu par le GEIQ"}}})],
    context: Ctx,
    principal: Decider,
) -> ClauseRequestView:
    return ClauseRequestView.of(await commands.decline(context, principal, request_id, body.reason))
