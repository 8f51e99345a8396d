"""Employments on a contract: legal employer, place of work, supplier, support, end, and what came after."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Query, Response
from pydantic import Field

from services.clauses import access
from services.clauses.api import examples
from services.clauses.commands import employments as commands
from services.clauses.context import Context, Ctx
from services.clauses.domain.employment import EmploymentGiven, EmploymentRecord, EmploymentTerms, Exit
from services.clauses.domain.reference import ParticipantId
from services.clauses.queries import employed
from shared.http import (
    Caller,
    IfMatch,
    Located,
    Page,
    PageQuery,
    Patch,
    Version,
    resource,
)
from shared.types import STORED, Identifier

router = resource("/v1", "employments")


class EmploymentView(EmploymentTerms):
    """A recorded employment."""

    id: str
    version: Version
    contract_id: str
    participant_id: str
    contractor_id: str | None
    exits: tuple[Exit, ...] = Field(
        description="For the desk; where somebody went is not their former employer's to read"
    )
    recorded_by: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, record: EmploymentRecord, *, staff: bool = True) -> "EmploymentView":
        """For the desk, or for a contractor that declared it."""
        own = [name for name in cls.model_fields if name not in EmploymentTerms.model_fields]
        shown = {**dict(record.terms), **{name: getattr(record, name) for name in own}}
        return cls.model_validate(shown if staff else {**shown, "exits": ()}, context=STORED)


class EmploymentRead(EmploymentView):
    """A recorded employment by itself."""

    overlaps: tuple[str, ...] = Field(
        default=(),
        description="Other employments of the person on this contract, of this kind with this employer, on days of this one: "
        "perhaps the same, recorded with another first day",
    )


async def answer(context: Context, record: EmploymentRecord, known_to: tuple[str, ...] | None) -> EmploymentRead:
    """The employment and what it may be besides; ``known_to``: whose employments the caller may learn of, None: everybody's."""
    told = await employed.overlapping(context.store, record, known_to)
    view = EmploymentView.of(record, staff=known_to is None)
    return EmploymentRead.model_construct(**dict(view), overlaps=told)


async def _answer(context: Context, found: tuple[EmploymentRecord, access.Actor]) -> EmploymentRead:
    record, actor = found
    return await answer(context, record, access.known_to(actor))


@router.post(
    "/contracts/{contract_id}/employments",
    status_code=201,
    summary="Record an employment of a participant of the contract (contractor its own, facilitator)",
)
async def begin_employment(
    contract_id: str,
    body: Annotated[EmploymentGiven, Body(openapi_examples=examples.EMPLOYMENT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> EmploymentRead:
    found = await commands.begin(context, caller, contract_id, body)
    located(f"/v1/employments/{found[0].id}")
    return await _answer(context, found)


@router.get("/contracts/{contract_id}/employments", summary="Employments on a contract; the newest first")
async def list_employments(
    contract_id: str,
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    participant_id: Annotated[ParticipantId | None, Query(description="Only those of this person")] = None,
) -> Page[EmploymentView]:
    contract, actor = await access.load(context.store, caller, contract_id)
    query: dict[str, Any] = access.visible_hours(contract.id, actor)
    if participant_id is not None:
        query["participant_id"] = participant_id
    found = page.page(await employed.employments(context.store, query, page), lambda record: (record.id,))
    items = [EmploymentView.of(one, staff=actor.is_staff) for one in found.items]
    return Page(items=items, next_cursor=found.next_cursor)


@router.get("/employments/{employment_id}", summary="An employment")
async def read_employment(
    employment_id: Identifier, caller: Caller, context: Ctx, response: Response
) -> EmploymentRead:
    return await _answer(context, await access.load_employment(context.store, caller, employment_id))


@router.patch("/employments/{employment_id}", summary="Change an employment, or end it; needs If-Match")
async def change_employment(
    employment_id: Identifier,
    body: Annotated[Patch[EmploymentTerms], Body(openapi_examples=examples.EMPLOYMENT_PATCH)],
    expected: IfMatch,
    caller: Caller,
    context: Ctx,
) -> EmploymentRead:
    record, actor = await access.load_employment(context.store, caller, employment_id)
    wanted = body.applied_to(dict(record.terms))
    await commands.change(context, record, actor, wanted, expected)
    return await _answer(context, (record, actor))


@router.post(
    "/employments/{employment_id}/exits", summary="Where the person is 1, 3 or 6 months after the end (facilitator)"
)
async def follow_exit(
    employment_id: Identifier,
    body: Annotated[Exit, Body(openapi_examples=examples.EXIT)],
    caller: Caller,
    context: Ctx,
) -> EmploymentRead:
    return await _answer(context, await commands.follow(context, caller, employment_id, body))
