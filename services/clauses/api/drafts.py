"""Contracts imported from buyers' publications (DECP), until a facilitator concludes them or sets them aside."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Body, Depends, Query, Request, Response
from fastapi.openapi.models import Example
from pydantic import Field

from services.clauses.api.sheets import SheetProblem
from services.clauses.api.views import AuthorityName, ContractView, Reason
from services.clauses.commands import drafts as commands
from services.clauses.context import Ctx
from services.clauses.domain.draft import Draft, DraftStatus
from services.clauses.domain.published import Holder, Social, State
from services.clauses.domain.rules import Rules
from services.clauses.domain.sizing import Sizing
from services.clauses.domain.terms import Placed
from shared.auth import Principal, Role, territory_of
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ClauseKind
from shared.domain import Entity
from shared.http import ROW_BY_ROW, Caller, Located, Page, PageQuery, Version, require, resource, uploaded_file
from shared.types import CivilDate, Identifier, Name

MOST_LINES = 5_000
"""Lines of a report that are listed: one of eight megabytes would be read by nobody."""

imports = resource("/v1/contract-imports", "procurement")
router = resource("/v1/contract-drafts", "procurement")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]
Staff = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]

_BODY = {
    "requestBody": {
        "required": True,
        "description": "The DECP's JSON (schema v2.0.3 and its elder forms, JSON lines) or a table of it as CSV; as the body or "
        "as the field `file` of a form. 8 MB and 20,000 lines at most.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "example": {
                    "marches": {
                        "marche": [
                            {
                                "id": "2025-014",
                                "acheteur": {"id": "21230096600018"},
                                "objet": "Réhabilitation de l'école Jules-Ferry",
                                "lieuExecution": {"code": "23096", "typeCode": "Code commune"},
                                "dureeMois": 12,
                                "dateNotification": "2025-03-03",
                                "montant": 412000,
                                "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
                            }
                        ]
                    }
                },
            },
            "text/csv": {
                "schema": {"type": "string"},
                "example": "id;acheteur_id;objet;lieuExecution_code;lieuExecution_typeCode;dureeMois;dateNotification;montant;"
                "considerationsSociales\n2025-014;21230096600018;Réhabilitation de l'école Jules-Ferry;23096;Code commune;12;"
                "2025-03-03;412000;Clause sociale\n",
            },
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}

_CONCLUSION: dict[str, Example] = {
    "hours": {
        "summary": "The hours that the clause demands, confirmed",
        "value": {
            "kind": "execution_condition",
            "objective": {"rule": "manual", "hours": "1200.00", "reason": "CCAP, article 7 : 1 200 heures"},
            "contracting_authority_name": "Ville de Guéret",
        },
    }
}
_ATTACHMENT: dict[str, Example] = {
    "known": {"summary": "Recorded by hand before", "value": {"contract_id": "019a3f60-5c1e-7a34-9d8f-2f6f0a9c1b7e"}}
}
_DISMISSAL: dict[str, Example] = {"none": {"summary": "Why", "value": {"reason": "Le CCAP n'a pas de clause sociale"}}}


class PublishedLine(Entity):
    """A line of the report."""

    line: int = Field(description="Record of a JSON file, line of a CSV, from 1")
    outcome: commands.Outcome
    number: str | None = Field(description="The buyer's number of the contract")
    draft_id: str | None = Field(description="The draft, once the import is applied")
    contract_id: str | None = Field(description="The contract that was made of it before")
    joined_to: int | None = Field(description="The line that first named this contract")
    amendment_draft_ids: list[str] = Field(
        description="Its modifications that wait to be recorded as amendments since this import"
    )
    errors: list[SheetProblem]
    notes: list[str]


class ImportReport(Entity):
    """Line by line; lines of other territories are counted."""

    applied: bool
    read: int
    created: int
    amended: int = Field(description="Known ones with a modification that is new")
    updated: int
    unchanged: int
    proposed: int = Field(description="Modifications of contracts recorded here, which a facilitator decides on")
    joined: int = Field(description="Further lines of a contract: other holders, modifications")
    refused: int
    elsewhere: dict[str, int] = Field(description="Lines of other départements")
    left_out: int = Field(description="Lines beyond those listed")
    lines: list[PublishedLine]

    @classmethod
    def of(cls, found: commands.ImportResult) -> "ImportReport":
        counts = dict.fromkeys(commands.Outcome, 0)
        for result in found.lines:
            counts[result.outcome] += 1
        # What needs somebody stands before what does not.
        ordered = sorted(found.lines, key=lambda one: (one.outcome is not commands.Outcome.REFUSED, one.line.number))
        return cls(
            applied=found.applied,
            read=found.read,
            proposed=sum(len(one.proposed) for one in found.lines),
            **{outcome.value: count for outcome, count in counts.items()},
            elsewhere=dict(sorted(found.elsewhere.items())),
            left_out=max(len(ordered) - MOST_LINES, 0),
            lines=[_line(one, applied=found.applied) for one in ordered[:MOST_LINES]],
        )


class DraftView(Entity):
    """A published contract. What it owes is never published: a facilitator says it."""

    id: str
    territory: str
    version: Version
    status: DraftStatus
    buyer_siret: str
    buyer_name: str | None
    number: str
    title: str
    cpv: str | None
    procedure: str | None
    commune_code: str | None
    starts_on: date
    ends_on: date | None = Field(description="By its months; null where no publication names them")
    amount: Decimal | None = Field(description="Euros without tax, after the last modification")
    holders: tuple[Holder, ...]
    social: tuple[Social, ...] = Field(description="What the publication says of social considerations; empty: nothing")
    suggested_kind: ClauseKind | None
    states: tuple[State, ...] = Field(description="Its notification, then each modification")
    contract_id: str | None
    reason: str | None = Field(description="Why it was set aside")

    @classmethod
    def of(cls, draft: Draft) -> "DraftView":
        same = ("id", "territory", "version", "status", "buyer_siret", "buyer_name", "number", "cpv", "procedure")
        more = ("commune_code", "starts_on", "ends_on", "social", "suggested_kind", "states", "contract_id", "reason")
        shown = {name: getattr(draft, name) for name in (*same, *more)}
        latest = draft.latest
        return cls.model_construct(None, **shown, title=draft.shown_title, amount=latest.amount, holders=latest.holders)


class DraftConclusion(Placed):
    """What the publication does not say. Absent fields are the publication's."""

    kind: ClauseKind
    objective: Sizing = Field(description="Hours by hand with a reason, or the inputs of a formula")
    title: Annotated[str | None, Name(300, min_length=3)] = None
    ends_on: CivilDate | None = None
    contracting_authority_id: Identifier | None = None
    contracting_authority_name: AuthorityName | None = None
    contractor_ids: Annotated[tuple[Identifier, ...], Field(max_length=50)] | None = Field(
        default=None, description="Absent: the published holders, by their SIRET"
    )
    rules: Rules = Rules()


class Attachment(Entity):
    """Which contract it is."""

    contract_id: Identifier


class Dismissal(Entity):
    """Why it owes no hours."""

    reason: Reason


def _line(one: commands.LineResult, *, applied: bool) -> PublishedLine:
    kept = one.draft is not None and (applied or one.draft.loaded_version > 0)
    return PublishedLine(
        line=one.line.number,
        outcome=one.outcome,
        number=one.line.shown_number,
        draft_id=one.draft.id if one.draft is not None and kept else None,
        contract_id=None if one.draft is None else one.draft.contract_id,
        joined_to=one.joined_to,
        amendment_draft_ids=[made.id for made in one.proposed] if applied else [],
        errors=[SheetProblem(**vars(error)) for error in one.line.errors],
        notes=one.line.notes,
    )


@imports.post(
    "",
    summary="Take over published contracts (DECP) of the territory; the same file again changes nothing (facilitator)",
    openapi_extra=_BODY | ROW_BY_ROW,
    response_model=ImportReport,
)
async def import_contracts(
    request: Request,
    caller: Facilitator,
    context: Ctx,
    territory: Annotated[Territory | None, Query(description="Without it, the token's only one")] = None,
    preview: Annotated[bool, Query(description="Say what would come of it, and keep nothing")] = False,
) -> Response:
    where = territory_of(caller, territory)
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    content = await uploaded_file(request, "file") if form else await request.body()
    found = await commands.import_published(context, where, content, preview=preview)
    # Thousands of lines cost a fifth of a second to write: others are served meanwhile.
    body = await asyncio.to_thread(lambda: ImportReport.of(found).model_dump_json())
    return Response(body, media_type="application/json")


@router.get("", summary="Published contracts of the territory, open ones unless asked otherwise")
async def list_drafts(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    territory: Annotated[
        Territory | None, Query(description="One of the token's; absent: all of them. Of another the list is empty")
    ] = None,
    status: Annotated[DraftStatus, Query(description="How far they are; one at a time")] = DraftStatus.OPEN,
    social: Annotated[Social | None, Query(description="Whose publication says so")] = None,
) -> Page[DraftView]:
    wanted: dict[str, Any] = {"territory": {"$in": sorted(caller.territories)}, "status": status.value}
    if territory is not None:
        wanted = {"$and": [wanted, {"territory": territory}]}
    if social is not None:
        wanted["social"] = social.value
    if page.after:
        wanted["_id"] = {"$gt": page.texts(1)[0]}
    rows = await context.drafts.many(wanted, limit=page.limit + 1)
    found = page.page(rows, lambda draft: (draft.id,))
    return Page(items=[DraftView.of(draft) for draft in found.items], next_cursor=found.next_cursor)


@router.get("/{draft_id}", summary="A published contract")
async def read_draft(draft_id: str, caller: Caller, context: Ctx) -> DraftView:
    draft = await commands.draft_of(context, caller, draft_id, Role.FACILITATOR, Role.MANAGER)
    return DraftView.of(draft)


@router.post(
    "/{draft_id}/conclude", status_code=201, summary="Make a contract of it, with its clause and hours (facilitator)"
)
async def conclude_draft(
    draft_id: str,
    body: Annotated[DraftConclusion, Body(openapi_examples=_CONCLUSION)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> ContractView:
    said = commands.Conclusion(
        kind=body.kind,
        objective=body.objective,
        placed=Placed(carrier=body.carrier, commune_code=body.commune_code),
        rules=body.rules,
        title=body.title,
        ends_on=body.ends_on,
        authority_id=body.contracting_authority_id,
        authority_name=body.contracting_authority_name,
        contractor_ids=body.contractor_ids,
    )
    contract = await commands.make_contract(context, caller, draft_id, said)
    located(f"/v1/contracts/{contract.id}")
    return ContractView.of(contract)


@router.post(
    "/{draft_id}/attach",
    summary="It is a contract recorded by hand: its modifications are proposed there (facilitator)",
)
async def attach_draft(
    draft_id: str,
    body: Annotated[Attachment, Body(openapi_examples=_ATTACHMENT)],
    caller: Caller,
    context: Ctx,
) -> DraftView:
    draft = await commands.attach(context, caller, draft_id, body.contract_id)
    return DraftView.of(draft)


@router.post("/{draft_id}/dismiss", summary="Set it aside: it owes no hours (facilitator)")
async def dismiss_draft(
    draft_id: str,
    body: Annotated[Dismissal, Body(openapi_examples=_DISMISSAL)],
    caller: Caller,
    context: Ctx,
) -> DraftView:
    draft = await commands.dismiss(context, caller, draft_id, body.reason)
    return DraftView.of(draft)
