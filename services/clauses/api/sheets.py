"""Monthly sheets: a template with last month's people, a preview, and the declaration of all lines or none."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from fastapi import Body, Query, Request, Response
from pydantic import Field

from services.clauses import access
from services.clauses.api import examples
from services.clauses.api.views import Reason
from services.clauses.commands import sheets as commands
from services.clauses.commands.hours import reject, validate
from services.clauses.context import Ctx
from services.clauses.domain.amounts import Month
from services.clauses.queries import employed
from services.clauses.sheets import template
from services.clauses.sheets.told import ReadCell
from shared.auth import Role
from shared.domain import Entity
from shared.errors import DomainError
from shared.http import Caller, resource, uploaded_file
from shared.types import Distinct, Identifier

router = resource("/v1/contracts/{contract_id}", "sheets")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BODY = {
    "requestBody": {
        "required": True,
        "description": "A CSV, XLSX or ODS file, as the body or as the field `file` of a form.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Participant;Nature du contrat;Employeur;Mois;Heures\nP-0042;CDD;Bâti Creuse;02/2026;121,33\n",
            },
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}


class SheetFormat(StrEnum):
    """Of the template."""

    CSV = "csv"
    XLSX = "xlsx"


class SheetProblem(Entity):
    """What is wrong in a line: the column's field, a stable rule, a sentence that says what to do, and in which cell."""

    field: str
    rule: str
    message: str
    cell: str | None = Field(default=None, description="As spreadsheets call it, for example E12")


class SheetCell(Entity):
    """A cell of a line: what stands there, and what it was taken for."""

    field: str
    cell: str = Field(description="As spreadsheets call it, for example E12")
    written: str | None = Field(description="Null where it may be a person's name")
    understood: str | None = Field(description="Null where it was not understood")


class SheetLine(Entity):
    """A line of the report."""

    line: int = Field(description="As the spreadsheet counts, from 1")
    outcome: commands.Outcome
    participant_id: str | None
    month: str | None
    hours: Decimal | None
    hours_id: str | None = Field(description="The declaration, where there is one")
    cells: list[SheetCell] = Field(description="What the line was read from, left to right; none of a line with a NIR")
    errors: list[SheetProblem]
    notes: list[str]


class SheetReport(Entity):
    """Line by line. One refused line, and nothing of the sheet is declared."""

    applied: bool
    declared: int
    unchanged: int
    refused: int
    declared_hours: Decimal
    notes: list[str]
    lines: list[SheetLine]

    @classmethod
    def of(cls, found: commands.SheetResult) -> "SheetReport":
        outcomes = [one.outcome for one in found.lines]
        return cls(
            applied=found.applied,
            declared=outcomes.count(commands.Outcome.DECLARED),
            unchanged=outcomes.count(commands.Outcome.UNCHANGED),
            refused=outcomes.count(commands.Outcome.REFUSED),
            declared_hours=found.hours,
            notes=found.notes,
            lines=[_line(one, applied=found.applied) for one in found.lines],
        )


class HoursList(Entity):
    """Declarations to validate, each by itself."""

    hours_ids: Annotated[tuple[Identifier, ...], Distinct(500)] = Field(min_length=1)


class HoursRejected(HoursList):
    """Declarations that do not count, each by itself: those of a sheet that was the wrong one. Their months are free again."""

    reason: Reason


class Rejected(Entity):
    """What became of one."""

    hours_id: str
    rejected: bool
    code: str | None = None
    detail: str | None = None


class RejectedList(Entity):
    """What became of each."""

    items: list[Rejected]


class Validated(Entity):
    """What became of one."""

    hours_id: str
    validated: bool
    code: str | None = Field(default=None, description="Of the refusal")
    detail: str | None = None


class ValidatedList(Entity):
    """One line for each, in the order asked."""

    items: list[Validated]


def _line(one: commands.LineResult, *, applied: bool) -> SheetLine:
    asked = one.line.asked
    made = one.outcome is commands.Outcome.DECLARED
    return SheetLine(
        line=one.line.number,
        outcome=one.outcome,
        participant_id=None if asked is None else asked.participant_id,
        month=None if asked is None else asked.month,
        hours=None if asked is None else asked.hours,
        # Of a preview no declaration is kept, so its id leads nowhere.
        hours_id=None if made and not applied else one.hours_id,
        cells=[SheetCell.model_construct(**cell._asdict()) for cell in one.line.read],
        errors=[SheetProblem(**vars(error), cell=_cell_of(one.line.read, error.field)) for error in one.line.errors],
        notes=one.line.notes,
    )


def _cell_of(read: list[ReadCell], field: str) -> str | None:
    """Where what is wrong stands; an employment without its number is known by its kind."""
    wanted = {"employment": ("kind", "employment_id"), "employment_id": ("employment_id", "kind")}.get(field, (field,))
    return next((cell.cell for name in wanted for cell in read if cell.field == name), None)


@router.get(
    "/sheets/template",
    summary="A sheet with the people of the month before; a contractor's own",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}, XLSX: {}}}},
)
async def sheet_template(
    contract_id: str,
    caller: Caller,
    context: Ctx,
    month: Annotated[Month, Query(description="Month that the sheet is for, YYYY-MM")],
    format: Annotated[SheetFormat, Query(description="Kind of the file; `Accept` is not asked")] = SheetFormat.XLSX,
) -> Response:
    contract, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR, Role.CONTRACTOR)
    own = actor.contractors if actor.role is Role.CONTRACTOR else None
    people, recorded = await employed.people_for_sheet(context.store, contract.id, own, month)
    rows = template.template_rows(people, month, recorded)
    csv = format is SheetFormat.CSV
    body, media = (template.as_csv(rows), "text/csv; charset=utf-8") if csv else (template.as_xlsx(rows), XLSX)
    name = f'attachment; filename="heures-{month}.{format}"'
    return Response(body, media_type=media, headers={"Content-Disposition": name, "X-Content-Type-Options": "nosniff"})


@router.post(
    "/sheets",
    summary="Declare a month's sheet: every line or none; the same sheet again changes nothing",
    openapi_extra=_BODY,
)
async def declare_sheet(
    contract_id: str,
    request: Request,
    caller: Caller,
    context: Ctx,
    month: Annotated[Month | None, Query(description="Of lines that name none, YYYY-MM")] = None,
    contractor_id: Annotated[Identifier | None, Query(description="Facilitator: for which contractor")] = None,
    preview: Annotated[bool, Query(description="Say what would come of it, and declare nothing")] = False,
) -> SheetReport:
    form = request.headers.get("content-type", "").startswith("multipart/form-data")
    content = await uploaded_file(request, "file") if form else await request.body()
    found = await commands.read_and_declare(
        context, caller, contract_id, content, month, contractor_id, preview=preview
    )
    return SheetReport.of(found)


@router.post("/hours/reject", summary="Reject several declarations, each by itself: a sheet taken back (facilitator)")
async def reject_several(
    contract_id: str,
    body: Annotated[HoursRejected, Body(openapi_examples=examples.HOURS_REJECTED)],
    caller: Caller,
    context: Ctx,
) -> RejectedList:
    _, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR)
    items: list[Rejected] = []
    for hours_id in body.hours_ids:
        try:
            await reject(context, caller, hours_id, body.reason, of=contract_id)
            items.append(Rejected(hours_id=hours_id, rejected=True))
        except DomainError as refused:
            items.append(Rejected(hours_id=hours_id, rejected=False, code=refused.code, detail=refused.detail))
    return RejectedList(items=items)


@router.post("/hours/validate", summary="Validate several declarations, each by itself (facilitator)")
async def validate_several(
    contract_id: str,
    body: Annotated[HoursList, Body(openapi_examples=examples.HOURS_LIST)],
    caller: Caller,
    context: Ctx,
) -> ValidatedList:
    _, actor = await access.load(context.store, caller, contract_id)
    actor.must_be(Role.FACILITATOR)
    items: list[Validated] = []
    for hours_id in body.hours_ids:
        try:
            await validate(context, caller, hours_id, of=contract_id)
            items.append(Validated(hours_id=hours_id, validated=True))
        except DomainError as refused:
            items.append(Validated(hours_id=hours_id, validated=False, code=refused.code, detail=refused.detail))
    return ValidatedList(items=items)
