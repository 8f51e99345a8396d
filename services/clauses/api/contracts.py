"""Contracts and grants with a clause, and where they stand."""

from typing import Annotated, Any

from fastapi import Body, Depends, Query

from services.clauses import access, store
from services.clauses.api import examples
from services.clauses.api.views import TAKE_SINGLE_MEMBERS, ContractCreate, ContractRevision, ContractView, ProgressView
from services.clauses.commands import contracts as commands
from services.clauses.context import Ctx
from services.clauses.domain.contract import Contract, ContractStatus
from services.clauses.domain.progress import progress_of
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ClauseKind
from shared.http import (
    Caller,
    IfMatch,
    Located,
    Page,
    PageQuery,
    Patch,
    require,
    resource,
)
from shared.types import Identifier

router = resource("/v1/contracts", "contracts")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]


def _answer(contract: Contract) -> ContractView:
    return ContractView.of(contract)


@router.post("", status_code=201, summary="Record a contract or grant with its clause (facilitator)")
async def create_contract(
    body: Annotated[ContractCreate, Body(openapi_examples=examples.CONTRACT)],
    caller: Facilitator,
    context: Ctx,
    located: Located,
) -> ContractView:
    contract = await commands.conclude(
        context,
        territory_of(caller, body.territory),
        body.terms(context.settings.parameters),
        body.objective,
        body.contracting_authority_id,
        body.contracting_authority_name,
        body.rule_set(caller.subject, context.clock.now()),
        body,
    )
    located(f"/v1/contracts/{contract.id}")
    return _answer(contract)


@router.get("", summary="Contracts: of the territory (facilitator, manager), or the organisation's own; newest first")
async def list_contracts(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="Département of the contract; absent: all that the caller may see")
    ] = None,
    kind: Annotated[ClauseKind | None, Query(description="Kind of the clause; absent: all")] = None,
    status: Annotated[ContractStatus | None, Query(description="How far it is; absent: all")] = None,
    contracting_authority_id: Annotated[Identifier | None, Query(description="Only those of this buyer")] = None,
    contractor_id: Annotated[
        Identifier | None, Query(description="Only those that this contractor works on, whole or by a lot")
    ] = None,
) -> Page[ContractView]:
    conditions: list[dict[str, Any]] = [await access.visible_contracts(context.store, caller)]
    exact = {"territory": territory, "terms.kind": kind, "status": status, "authority_id": contracting_authority_id}
    conditions += [{field: value} for field, value in exact.items() if value is not None]
    if contractor_id is not None:
        own = [{"terms.contractor_ids": contractor_id}, {"terms.lots.contractor_ids": contractor_id}]
        conditions.append({"$or": own})
    rows = await store.newest(context.store, {"$and": conditions}, page)
    found = page.page(rows, lambda contract: (contract.id,))
    return Page(items=[ContractView.of(contract) for contract in found.items], next_cursor=found.next_cursor)


@router.get("/{contract_id}", summary="A contract with its objective and totals")
async def read_contract(contract_id: str, caller: Caller, context: Ctx) -> ContractView:
    contract, _ = await access.load(context.store, caller, contract_id)
    return _answer(contract)


@router.patch("/{contract_id}", summary="Change a contract (facilitator); If-Match says which version was read")
async def change_contract(
    contract_id: str,
    body: Annotated[Patch[ContractRevision], Body(openapi_examples=examples.PATCH)],
    expected: IfMatch,
    caller: Caller,
    context: Ctx,
) -> ContractView:
    contract, actor = await access.load(context.store, caller, contract_id)
    placed = {"carrier": contract.carrier, "commune_code": contract.commune_code}
    current = {**dict(contract.terms), **placed, "objective": contract.objective.sizing}
    wanted = body.applied_to(current, merging=TAKE_SINGLE_MEMBERS)
    await commands.change(context, contract, actor, wanted.terms(), wanted.objective, wanted, expected)
    return _answer(contract)


@router.get("/{contract_id}/progress", summary="Done against owed and against the time passed, with a forecast")
async def read_progress(contract_id: str, caller: Caller, context: Ctx) -> ProgressView:
    contract, actor = await access.load(context.store, caller, contract_id)
    balance = await store.balance_of(context.store, contract.id)
    progress = progress_of(contract, balance, context.today(contract.territory))
    exact = actor.is_staff or contract.contractors <= set(actor.contractors)
    return ProgressView.of(contract.id, progress, context.clock.now(), exact=exact)
