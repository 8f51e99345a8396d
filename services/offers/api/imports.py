"""Partner feeds."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import BackgroundTasks, Header, Query, Request, Response
from pydantic import BaseModel, Field

from services.offers.commands import imports as commands
from services.offers.commands.import_report import Report, Scope
from services.offers.context import Context, Ctx
from services.offers.domain.imports.files import Rows, UnreadableFile, read_file
from shared.auth import Principal, Role
from shared.errors import FieldError, Forbidden, NotFound, Refused
from shared.http import ROW_BY_ROW, Caller, Page, PageQuery, resource, uploaded_file

router = resource("/v1/imports", "imports")

_BODY = {
    "requestBody": {
        "required": True,
        "description": 'A list, `{"resultats": [...]}`, JSON lines, any of them gzipped, or a file field of a form.',
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [
                    {
                        "id": "188TYYN",
                        "intitule": "Maçon / Maçonne (H/F)",
                        "typeContrat": "CDI",
                        "lieuTravail": {"libelle": "23 - GUERET", "commune": "23096"},
                    }
                ],
            },
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/gzip": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
            },
        },
    }
}


class RowError(BaseModel):
    """A field and the rule that it broke, or what was mended."""

    field: str
    rule: str
    message: str


class RowView(BaseModel):
    """What came of a row."""

    row: int = Field(description="From 1")
    external_id: str | None
    status: str = Field(pattern="^(accepted|rejected)$")
    offer_id: str | None = None
    change: str | None = Field(default=None, description="created, updated, unchanged, or kept (ended here by people)")
    duplicate_of: str | None = Field(default=None, description="The offer that is shown instead")
    errors: list[RowError] = []
    warnings: list[RowError] = []


class ImportView(BaseModel):
    """Line by line."""

    id: str
    partner: str
    accepted: int
    rejected: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    closed: int = Field(description="Offers of the feed that it no longer holds (complete feeds only)")
    kept_open: str | None = Field(
        default=None, description="Why nothing was closed although the feed was said to be complete"
    )
    rows: list[RowView]


class ImportSummary(BaseModel):
    """An import in the log."""

    id: str
    partner: str
    at: datetime
    state: str = Field(
        default="done", description="running, done, or interrupted: send the feed again, what is there stays as it is"
    )
    rows: int
    done: int = Field(default=0, description="Rows that were decided so far")
    accepted: int
    rejected: int
    closed: int
    kept_open: str | None = None


class ImportLog(ImportSummary):
    """With what was refused (the first 5,000, as far as they fit)."""

    refused: list[dict[str, Any]]


def _scope(principal: Principal, named: str | None) -> Scope:
    """Whose feed the caller may send. A partner's name is its token's; a manager names one and acts in its territories.

    Raises:
        Forbidden: another role, or a manager of no territory.
        Refused: a manager who names nobody.
    """
    if principal.has(Role.PARTNER):
        return Scope(principal.organisation or principal.subject, principal.subject)
    if not principal.has(Role.MANAGER):
        raise Forbidden("Only partners and managers import offers.", needs=["partner", "manager"])
    if not principal.territories:
        raise Forbidden("Your account works for no territory.", territories=[])
    if not (named or "").strip():
        raise Refused(
            "Whose feed is it?", errors=[FieldError("query.partner", "required", "A manager names the partner.")]
        )
    return Scope(str(named).strip(), principal.subject, principal.territories)


@router.post(
    "",
    summary="Import offers",
    openapi_extra=_BODY | ROW_BY_ROW,
    responses={202: {"model": ImportSummary, "description": "Taken; `Location` tells how far it is"}},
)
async def import_offers(
    request: Request,
    response: Response,
    background: BackgroundTasks,
    context: Ctx,
    principal: Caller,
    partner: Annotated[str | None, Query(max_length=80, description="For managers: whose feed it is")] = None,
    complete: Annotated[
        bool, Query(description="The feed is whole: offers that it no longer holds are closed")
    ] = False,
    prefer: Annotated[
        str | None, Header(max_length=200, description="`respond-async`: answer 202 at once and import meanwhile")
    ] = None,
) -> ImportView | ImportSummary:
    """France Travail's *Offres d'emploi v2* rows and our own, mixed as you like. Idempotent by partner and external id.

    A row that is wrong in any way is refused with its reasons and stops no other. With `complete`, nothing is closed
    when a row could not be read or has no identifier, or the file has no proper end (`kept_open` says so). A manager's
    rows outside of its territories are refused, and only offers of its territories are closed.
    """
    scope = _scope(principal, partner)
    # Unpacking and parting tens of megabytes takes a second: others are served meanwhile.
    rows = await asyncio.to_thread(_rows, await _content(request), context)
    report = await commands.begin(context, scope, rows)
    if "respond-async" in (prefer or "").lower():
        background.add_task(commands.run, context, report, rows, complete=complete)
        response.status_code = 202
        response.headers["Location"] = f"/v1/imports/{report.id}"
        response.headers["Preference-Applied"] = "respond-async"
        return _summary({"_id": report.id, "partner": scope.partner, "at": report.at, "state": "running"}, len(rows))
    await commands.run(context, report, rows, complete=complete)
    return _view(report)


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    return await uploaded_file(request, "file")


def _rows(content: bytes, context: Context) -> Rows:
    settings = context.settings
    try:
        return read_file(content, settings.import_max_bytes * 2, settings.import_max_rows)
    except UnreadableFile as problem:
        raise Refused(problem.message, errors=[FieldError("(body)", problem.rule, problem.message)]) from None


def _summary(row: dict[str, Any], rows: int) -> ImportSummary:
    return ImportSummary(id=row.pop("_id"), rows=rows, accepted=0, rejected=0, closed=0, **row)


def _view(report: Report) -> ImportView:
    changes = [row.change for row in report.rows]
    return ImportView(
        id=report.id,
        partner=report.scope.partner,
        accepted=report.accepted,
        rejected=len(report.rows) - report.accepted,
        created=changes.count("created"),
        updated=changes.count("updated"),
        unchanged=changes.count("unchanged") + changes.count("kept"),
        duplicates=sum(row.duplicate_of is not None for row in report.rows),
        closed=len(report.closed),
        kept_open=report.kept_open,
        rows=[
            RowView(
                row=row.row,
                external_id=row.external_id,
                status="accepted" if row.accepted else "rejected",
                offer_id=row.offer_id,
                change=row.change,
                duplicate_of=row.duplicate_of,
                errors=[RowError(**vars(error)) for error in row.errors],
                warnings=[RowError(**vars(warning)) for warning in row.warnings],
            )
            for row in report.rows
        ],
    )


@router.get("", summary="Past imports")
async def list_imports(
    context: Ctx, principal: Caller, page: PageQuery, partner: Annotated[str | None, Query(max_length=80)] = None
) -> Page[ImportSummary]:
    """A partner's own; for managers, one partner's that concern their territories."""
    scope = _scope(principal, partner)
    wanted: dict[str, Any] = {"partner": scope.partner, **_concerning(scope)}
    if page.after:
        wanted["_id"] = {"$lt": page.after[0]}
    cursor = context.store.collection("imports").find(wanted, {"refused": 0}).sort("_id", -1).limit(page.limit + 1)
    found = page.page([row async for row in cursor], lambda row: [row["_id"]])
    return Page(items=[ImportSummary(**_shown(row)) for row in found.items], next_cursor=found.next_cursor)


@router.get("/{import_id}", summary="A past import with what it refused")
async def get_import(import_id: str, context: Ctx, principal: Caller) -> ImportLog:
    """For the partner itself and managers of the territories that it concerns (of the rows placed elsewhere they see none)."""
    scope = _scope(principal, "any" if principal.has(Role.MANAGER) else None)
    wanted = {"_id": import_id, **_concerning(scope)}
    if scope.territories is None:
        wanted["partner"] = scope.partner
    row = await context.store.first("imports", wanted)
    if row is None:
        raise NotFound(f"There is no import with id {import_id}.", id=import_id)
    row["refused"] = [
        {name: value for name, value in one.items() if name != "territory"}
        for one in row["refused"]
        if one.get("territory") is None or scope.covers(one["territory"])
    ]
    return ImportLog(**_shown(row))


def _concerning(scope: Scope) -> dict[str, Any]:
    """Imports of a territory are those that delivered to it or were sent for it by its managers."""
    return {} if scope.territories is None else {"territories": {"$in": sorted(scope.territories)}}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    hidden = {"_id", "by", "territories", "updated_at", "schema"}
    return {"id": row["_id"], **{name: value for name, value in row.items() if name not in hidden}}
