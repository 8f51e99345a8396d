"""Published modifications (DECP) of contracts recorded here, until a facilitator records them as amendments or not."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Body, Depends, Query, Response
from fastapi.openapi.models import Example
from pydantic import Field

from services.clauses.api.drafts import Dismissal
from services.clauses.api.procurement import ProposedVolume
from services.clauses.api.views import ContractView
from services.clauses.commands import amendments as commands
from services.clauses.context import Context, Ctx
from services.clauses.domain.acceptance import Acceptance, ChangedField, Effect, ProposedChange, notes_of, resized
from services.clauses.domain.amendment_draft import AmendmentDraft, AmendmentDraftStatus
from services.clauses.domain.published import State
from services.clauses.domain.sizing import Sizing
from services.clauses.procurement.clause_text import propose
from services.clauses.queries.amendment_drafts import amendment_drafts
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.http import Caller, IfMatch, Located, Page, PageQuery, Version, require, resource
from shared.types import Identifier

router = resource("/v1/amendment-drafts", "procurement")

Staff = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]

_ACCEPTANCE: dict[str, Example] = {
    "longer": {"summary": "As published; the hours stay", "value": {"objective_stays": True}},
    "more": {
        "summary": "More works, more hours, from another day on",
        "value": {
            "objective": {"rule": "manual", "hours": "1200.00", "reason": "Avenant n° 2, article 3 : 1 200 heures"},
            "effective_on": "2025-07-01",
        },
    },
}
_DISMISSAL: dict[str, Example] = {
    "known": {"summary": "Why", "value": {"reason": "Déjà inscrite comme avenant n° 1 en juin"}}
}


class ChangeView(Entity):
    """One thing that the publication says, against the contract as it stands."""

    field: ChangedField
    before: date | Decimal | tuple[str, ...] | None = Field(description="As the contract stands")
    after: date | Decimal | tuple[str, ...] | None = Field(description="As published")
    effect: Effect = Field(
        description="applies: accepting takes it over; kept: nothing to do; superseded, by_hand: stays unless a value is given"
    )
    why: str | None

    @classmethod
    def of(cls, one: ProposedChange) -> "ChangeView":
        return cls.model_construct(None, **one._asdict())


class ResizedView(Entity):
    """The objective by the contract's own formula with the published amount; to be confirmed, nothing is set by it."""

    objective: Sizing
    hours: Decimal


class AmendmentDraftView(Entity):
    """A published modification, old and new. It moves no objective of hours by itself."""

    id: str
    territory: str
    version: Version
    status: AmendmentDraftStatus
    contract_id: str
    contract_title: str
    draft_id: str = Field(description="The published contract")
    modification: State
    rectifies: bool = Field(
        description="No modification: the notification was published anew with another amount or duration"
    )
    corrects: str | None = Field(description="The draft amendment that it is the correction of")
    changes: list[ChangeView]
    objective_hours: Decimal = Field(description="What the contract owes now; it stays unless a new objective is given")
    resized: ResizedView | None
    volumes: list[ProposedVolume] = Field(description="Hours that the publication's words name, each with its sentence")
    notes: list[str] = Field(description="What is odd of it, in French")
    amendment: int | None = Field(description="Number of the amendment that was made of it")
    reason: str | None = Field(description="Why it was set aside")
    decided_by: str | None
    decided_at: datetime | None


def _view(found: commands.Standing, today: date) -> AmendmentDraftView:
    one, contract, changes = found
    same = ("id", "territory", "version", "status", "contract_id", "draft_id", "modification", "rectifies", "corrects")
    decided = ("amendment", "reason", "decided_by", "decided_at")
    sized = resized(contract, changes)
    words = one.modification.words
    return AmendmentDraftView.model_construct(
        None,
        **{name: getattr(one, name) for name in (*same, *decided)},
        contract_title=contract.terms.title,
        changes=[ChangeView.of(change) for change in changes],
        objective_hours=contract.objective.hours,
        resized=None if sized is None else ResizedView.model_construct(None, objective=sized[0], hours=sized[1]),
        volumes=[] if words is None else [ProposedVolume.of(volume) for volume in propose(words)],
        notes=notes_of(contract, one, today),
    )


async def _views(context: Context, found: Sequence[AmendmentDraft]) -> list[AmendmentDraftView]:
    standing = await commands.standing(context, found)
    # Words are read for hours: a page of them costs what a request may not hold others up for.
    return await asyncio.to_thread(lambda: [_view(one, context.today(one.contract.territory)) for one in standing])


@router.get("", summary="Published modifications of the territory's contracts, open ones unless asked otherwise")
async def list_amendment_drafts(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="One of the token's; absent: all of them. Of another the list is empty")
    ] = None,
    contract_id: Annotated[Identifier | None, Query(description="Only modifications of this contract")] = None,
    status: Annotated[
        AmendmentDraftStatus, Query(description="How far they are; one at a time")
    ] = AmendmentDraftStatus.OPEN,
) -> Page[AmendmentDraftView]:
    """Contract by contract, in the order of the modifications' days."""
    found = await amendment_drafts(
        context, sorted(caller.territories), status, page, territory=territory, contract_id=contract_id
    )
    return Page(items=await _views(context, found.items), next_cursor=found.next_cursor)


@router.get("/{amendment_draft_id}", summary="A published modification of a contract recorded here, old and new")
async def read_amendment_draft(
    amendment_draft_id: Identifier, caller: Caller, context: Ctx, response: Response
) -> AmendmentDraftView:
    staff = (Role.FACILITATOR, Role.MANAGER)
    one = await commands.load_amendment_draft(context, caller, amendment_draft_id, *staff)
    [view] = await _views(context, [one])
    return view


@router.post(
    "/{amendment_draft_id}/accept",
    status_code=201,
    summary="Record it as an amendment of the contract (facilitator); If-Match says which version was read",
)
async def accept_amendment_draft(
    amendment_draft_id: Identifier,
    body: Annotated[Acceptance, Body(openapi_examples=_ACCEPTANCE)],
    expected: IfMatch,
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ContractView:
    """Answers the contract, with its ETag. What applies is taken over as it stands now; hours move by ``objective`` only."""
    contract = await commands.accept(context, caller, amendment_draft_id, body, expected)
    located(f"/v1/contracts/{contract.id}")
    return ContractView.of(contract)


@router.post(
    "/{amendment_draft_id}/dismiss",
    summary="Set it aside, with the reason (facilitator); If-Match says which version was read",
)
async def dismiss_amendment_draft(
    amendment_draft_id: Identifier,
    body: Annotated[Dismissal, Body(openapi_examples=_DISMISSAL)],
    expected: IfMatch,
    caller: Caller,
    context: Ctx,
) -> AmendmentDraftView:
    one = await commands.dismiss(context, caller, amendment_draft_id, body.reason, expected)
    [view] = await _views(context, [one])
    return view
