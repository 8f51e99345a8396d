"""Offers that a contract wished for, and who was hired on them: recorded as an employment with one call."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Body, Query
from pydantic import Field

from services.clauses import access, store
from services.clauses.api import examples
from services.clauses.api.employments import EmploymentRead, answer
from services.clauses.commands import hires as commands
from services.clauses.context import Ctx
from services.clauses.domain.hire import Hire, HireRecorded, HireState
from services.clauses.domain.offer_request import OfferRequest
from shared.auth import Role
from shared.contracts.vocabulary import ContractKind
from shared.domain import Entity
from shared.errors import Forbidden
from shared.http import Caller, Page, PageQuery, resource
from shared.types import Identifier

router = resource("/v1", "hires")


class OfferRequestView(Entity):
    """The wish for an offer; the offers service has a draft of it, and the offer made of it has this id."""

    id: str
    contract_id: str
    wanted: bool
    positions: int
    missing_hours: Decimal
    ends_on: date
    commune_code: str | None
    created_at: datetime

    @classmethod
    def of(cls, request: OfferRequest) -> "OfferRequestView":
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


class OfferRequestsView(Entity):
    """Of a contract, the newest first."""

    contract_id: str
    items: tuple[OfferRequestView, ...]


class HireView(Entity):
    """A hire on an offer that a contract wished for."""

    id: str = Field(description="The application's at offers, and the employment's once it is recorded")
    contract_id: str
    territory: str
    participant_id: str
    contract_kind: ContractKind | None
    starts_on: date | None
    hired_at: datetime
    state: HireState

    @classmethod
    def of(cls, hire: Hire) -> "HireView":
        return cls(**{name: getattr(hire, name) for name in cls.model_fields})


@router.get("/contracts/{contract_id}/offer-requests", summary="Offers that the contract wished for")
async def list_offer_requests(contract_id: str, caller: Caller, context: Ctx) -> OfferRequestsView:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR, Role.MANAGER)
    found = await store.offer_requests(context.store, contract.id)
    return OfferRequestsView(contract_id=contract.id, items=tuple(OfferRequestView.of(one) for one in found))


@router.get("/hires", summary="Hires on offers that the territory's contracts wished for (facilitator)")
async def list_hires(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    contract_id: Annotated[Identifier | None, Query(description="Only those on this contract")] = None,
    state: Annotated[HireState, Query(description="What became of them; one at a time")] = HireState.PROPOSED,
) -> Page[HireView]:
    if not caller.has(Role.FACILITATOR):
        raise Forbidden("Les embauches sont enregistrées par les facilitateurs.", needs=[Role.FACILITATOR.value])
    query: dict[str, Any] = {"territory": {"$in": sorted(caller.territories)}, "state": state.value}
    if contract_id is not None:
        query["contract_id"] = contract_id
    found = page.page(await store.hires(context.store, query, page), lambda one: (one.id,))
    return Page(items=[HireView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.post("/hires/{hire_id}/record", summary="Record the employment, with the person's consent (facilitator)")
async def record_hire(
    hire_id: Identifier,
    body: Annotated[HireRecorded, Body(openapi_examples=examples.HIRE)],
    caller: Caller,
    context: Ctx,
) -> EmploymentRead:
    """The person is put on the contract and the employment begins. Said twice, it is one employment."""
    record = await commands.record(context, caller, hire_id, body)
    return await answer(context, record, None)


@router.post("/hires/{hire_id}/dismiss", summary="The hire is none of the clause's; whom it was about is not kept")
async def dismiss_hire(hire_id: Identifier, caller: Caller, context: Ctx) -> HireView:
    return HireView.of(await commands.dismiss(context, caller, hire_id))
