"""The course of a contract: rules in versions, amendments, suspensions, termination; what is due; penalties on request."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Body, Query, Response
from pydantic import Field

from services.clauses import access, store
from services.clauses.api import examples
from services.clauses.api.views import ContractView, Reason
from services.clauses.commands.contracts import Course, alter
from services.clauses.context import Ctx
from services.clauses.domain.amounts import Month, month_of
from services.clauses.domain.contract import Contract
from services.clauses.domain.course import AmendmentGiven
from services.clauses.domain.participant import was_forgotten
from services.clauses.domain.progress import progress_of
from services.clauses.domain.reporting import periods
from services.clauses.domain.rules import Rules, RuleSet, penalties_of
from services.clauses.queries import employed
from shared.auth import Role
from shared.domain import Entity
from shared.http import Caller, Located, resource, set_etag, telling_version
from shared.types import CivilDate

router = resource("/v1/contracts/{contract_id}", "contracts")


class RulesChange(Entity):
    """Other rules, for months from ``since`` on; what was judged by the ones before stays."""

    since: Month
    rules: Rules
    reason: Reason


class RuleSetsView(Entity):
    """The rules of a contract. No version at all: it was recorded before there were any, and nothing is asked."""

    contract_id: str
    items: tuple[RuleSet, ...]


class SuspensionGiven(Entity):
    """The contract rests from a day on."""

    since: CivilDate
    until: CivilDate | None = Field(default=None, description="Last day, where it runs again since; absent: it lasts")
    reason: Reason


class ResumptionGiven(Entity):
    """It runs again from a day on."""

    on: CivilDate


class TerminationGiven(Entity):
    """It ends with a day."""

    on: CivilDate
    reason: Reason


class MissingView(Entity):
    """A month of a recorded employment without a declaration."""

    month: str
    participant_id: str
    employment_id: str
    contractor_id: str | None


class PeriodView(Entity):
    """A period of reporting that has begun."""

    ends_on: date
    due_on: date = Field(description="Day until which its hours are declared")
    late: bool = Field(description="Something is missing after that day")
    missing: tuple[MissingView, ...]


class ReportingView(Entity):
    """What is still to be declared of a contract; a contractor sees its own."""

    contract_id: str
    items: tuple[PeriodView, ...]


class PenaltiesView(Entity):
    """What the contract would let the buyer ask for, if it ended as it stands. Nothing is applied by this."""

    contract_id: str
    missing_hours: Decimal
    days_without_evidence: int
    euros: Decimal
    as_of: datetime


def _answer(contract: Contract) -> ContractView:
    return ContractView.of(contract)


@router.get("/rules", summary="The rules of a contract, in versions")
async def list_rules(contract_id: str, caller: Caller, context: Ctx) -> RuleSetsView:
    contract, _ = await access.load(context.store, caller, contract_id)
    return RuleSetsView(contract_id=contract.id, items=contract.rule_sets)


@router.post(
    "/rules", status_code=201, responses=telling_version(201), summary="Other rules from a month on (facilitator)"
)
async def change_rules(
    contract_id: str,
    body: Annotated[RulesChange, Body(openapi_examples=examples.RULES)],
    caller: Caller,
    context: Ctx,
    response: Response,
) -> RuleSetsView:
    contract, _ = await alter(
        context,
        caller,
        contract_id,
        lambda contract, course: contract.change_rules(body.rules, body.since, body.reason, course.author),
    )
    set_etag(response, contract.version)
    return RuleSetsView(contract_id=contract.id, items=contract.rule_sets)


@router.post(
    "/amendments",
    status_code=201,
    summary="An amendment that moves objective, end, amount or contractors (facilitator)",
)
async def amend_contract(
    contract_id: str,
    body: Annotated[AmendmentGiven, Body(openapi_examples=examples.AMENDMENT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ContractView:
    contract, _ = await alter(
        context,
        caller,
        contract_id,
        lambda contract, course: contract.amend(body, course.months, course.author, course.today),
    )
    located(f"/v1/contracts/{contract.id}")
    return _answer(contract)


@router.post("/suspend", summary="The contract rests from a day on (facilitator)")
async def suspend_contract(
    contract_id: str,
    body: Annotated[SuspensionGiven, Body(openapi_examples=examples.SUSPENSION)],
    caller: Caller,
    context: Ctx,
) -> ContractView:
    def step(contract: Contract, course: Course) -> None:
        contract.suspend(body.since, body.reason, course.author, course.months, body.until)

    contract, _ = await alter(context, caller, contract_id, step)
    return _answer(contract)


@router.post("/resume", summary="It runs again from a day on (facilitator)")
async def resume_contract(
    contract_id: str,
    body: Annotated[ResumptionGiven, Body(openapi_examples=examples.RESUMPTION)],
    caller: Caller,
    context: Ctx,
) -> ContractView:
    contract, _ = await alter(
        context, caller, contract_id, lambda contract, course: contract.resume(body.on, course.author)
    )
    return _answer(contract)


@router.post("/terminate", summary="It ends before its day (facilitator)")
async def terminate_contract(
    contract_id: str,
    body: Annotated[TerminationGiven, Body(openapi_examples=examples.TERMINATION)],
    caller: Caller,
    context: Ctx,
) -> ContractView:
    contract, _ = await alter(
        context,
        caller,
        contract_id,
        lambda contract, course: contract.terminate(body.on, body.reason, course.months, course.author, course.today),
    )
    return _answer(contract)


@router.get("/reporting", summary="What is still to be declared, by period of reporting; a contractor sees its own")
async def read_reporting(contract_id: str, caller: Caller, context: Ctx) -> ReportingView:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR, Role.MANAGER, Role.CONTRACTOR)
    own = actor.contractors if actor.role is Role.CONTRACTOR else None
    today = context.today(contract.territory)
    everybody = await employed.employments_of(context.store, contract.id, own)
    employments = [one for one in everybody if not was_forgotten(one.participant_id)]
    declared = await employed.declared_months(context.store, contract.id, employments)
    found = periods(contract, employments, declared, today)
    return ReportingView(
        contract_id=contract.id,
        items=tuple(
            PeriodView(
                ends_on=one.ends_on,
                due_on=one.due_on,
                late=one.late_on(today),
                missing=tuple(MissingView(**vars(missing)) for missing in one.missing),
            )
            for one in found
        ),
    )


@router.get("/penalties", summary="What the contract would let the buyer ask for, computed on request (facilitator)")
async def compute_penalties(
    contract_id: str,
    caller: Caller,
    context: Ctx,
    days_without_evidence: Annotated[
        int,
        Query(
            ge=0,
            le=3_660,
            description="For how many days evidence is late: days are counted by the rules of the contract",
        ),
    ] = 0,
) -> PenaltiesView:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR)
    today = context.today(contract.territory)
    progress = progress_of(contract, await store.balance_of(context.store, contract.id), today)
    rules = contract.rules_of(month_of(min(today, contract.last_day)))
    return PenaltiesView(
        contract_id=contract.id,
        missing_hours=progress.remaining_hours,
        days_without_evidence=days_without_evidence,
        euros=penalties_of(rules, progress.remaining_hours, days_without_evidence),
        as_of=context.clock.now(),
    )
