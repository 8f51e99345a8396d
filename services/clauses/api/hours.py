"""The hours ledger: declarations of a contract, and what becomes of each."""

from typing import Annotated

from fastapi import Body, Query

from services.clauses import access, store
from services.clauses.api import examples
from services.clauses.api.views import HoursCorrection, HoursRejection, HoursView
from services.clauses.commands import hours as commands
from services.clauses.context import Ctx
from services.clauses.domain.amounts import Month
from services.clauses.domain.ledger import Declaration, HoursAsked, HoursState, LedgerEntry
from services.clauses.domain.reference import ParticipantId
from shared.http import Caller, Located, Page, PageQuery, resource
from shared.types import Identifier, Line

router = resource("/v1", "hours")


def _answer(declaration: Declaration) -> HoursView:
    return HoursView.of(declaration)


@router.post(
    "/contracts/{contract_id}/hours",
    status_code=201,
    summary="Declare a person's hours of a month (contractor for its own contracts, or facilitator)",
)
async def declare_hours(
    contract_id: str,
    body: Annotated[HoursAsked, Body(openapi_examples=examples.HOURS)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> HoursView:
    declaration = await commands.declare(context, caller, contract_id, body)
    located(f"/v1/hours/{declaration.id}")
    return _answer(declaration)


@router.get("/contracts/{contract_id}/hours", summary="The declarations behind a contract's figures; newest first")
async def list_hours(
    contract_id: str,
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    state: Annotated[HoursState | None, Query(description="Only those that are so; absent: all")] = None,
    month: Annotated[Month | None, Query(description="Only those of this month, YYYY-MM")] = None,
    participant_id: Annotated[ParticipantId | None, Query(description="Only those of this person")] = None,
    lot_id: Annotated[
        Annotated[str, Line(30)] | None, Query(description="Only those of this lot of the contract")
    ] = None,
) -> Page[HoursView]:
    contract, actor = await access.load(context.store, caller, contract_id)
    query = access.visible_hours(contract.id, actor)
    exact = {"state": state, "month": month, "participant_id": participant_id, "lot_id": lot_id}
    query |= {field: value for field, value in exact.items() if value is not None}
    rows = await store.declarations(context.store, query, page)
    found = page.page(rows, lambda declaration: (declaration.id,))
    return Page(items=[HoursView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get("/contracts/{contract_id}/ledger", summary="The entries that a contract's totals are the sums of")
async def list_entries(
    contract_id: str,
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    declaration_id: Annotated[Identifier | None, Query(description="Only those of this declaration of hours")] = None,
) -> Page[LedgerEntry]:
    contract, actor = await access.load(context.store, caller, contract_id)
    query = access.ledger_of(contract.id, actor)
    if declaration_id is not None:
        query["declaration_id"] = declaration_id
    return page.page(await store.entries(context.store, query, page), lambda entry: (entry.id,))


@router.get("/hours/{hours_id}", summary="A declaration with its present state")
async def read_hours(hours_id: str, caller: Caller, context: Ctx) -> HoursView:
    declaration, _, _ = await access.load_hours(context.store, caller, hours_id)
    return _answer(declaration)


@router.post("/hours/{hours_id}/validate", summary="The evidence was seen (facilitator)")
async def validate_hours(hours_id: str, caller: Caller, context: Ctx) -> HoursView:
    return _answer(await commands.validate(context, caller, hours_id))


@router.post("/hours/{hours_id}/reject", summary="The hours do not count (facilitator)")
async def reject_hours(
    hours_id: str,
    body: Annotated[HoursRejection, Body(openapi_examples=examples.REJECTION)],
    caller: Caller,
    context: Ctx,
) -> HoursView:
    return _answer(await commands.reject(context, caller, hours_id, body.reason))


@router.post("/hours/{hours_id}/correct", status_code=201, summary="Reverse and replace a declaration, with a reason")
async def correct_hours(
    hours_id: str,
    body: Annotated[HoursCorrection, Body(openapi_examples=examples.CORRECTION)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> HoursView:
    replacement = await commands.correct(context, caller, hours_id, body.hours, body.evidence, body.reason)
    located(f"/v1/hours/{replacement.id}")
    return _answer(replacement)
