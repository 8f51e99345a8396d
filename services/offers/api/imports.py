"""Partner feeds."""

import asyncio
import gzip
import io
from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.offers.commands import imports as commands
from services.offers.context import Context, Ctx
from shared.auth import Principal, Role
from shared.errors import FieldError, Forbidden, NotFound, Refused
from shared.http import PROBLEMS, Caller, IdempotentRoute, Page, PageQuery, uploaded_file

router = APIRouter(prefix="/v1/imports", tags=["imports"], route_class=IdempotentRoute, responses=PROBLEMS)

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
    rows: list[RowView]


class ImportSummary(BaseModel):
    """An import in the log."""

    id: str
    partner: str
    at: datetime
    rows: int
    accepted: int
    rejected: int
    closed: int


class ImportLog(ImportSummary):
    """With what was refused (the first 5,000)."""

    refused: list[dict[str, Any]]


def _partner(principal: Principal, named: str | None) -> str:
    if principal.has(Role.PARTNER):
        return principal.organisation or principal.subject
    if principal.has(Role.MANAGER):
        if named:
            return named
        raise Refused(
            "Whose feed is it?", errors=[FieldError("query.partner", "required", "A manager names the partner.")]
        )
    raise Forbidden("Only partners and managers import offers.", needs=["partner", "manager"])


@router.post("", summary="Import offers", openapi_extra=_BODY)
async def import_offers(
    request: Request,
    context: Ctx,
    principal: Caller,
    partner: Annotated[str | None, Query(max_length=80, description="For managers: whose feed it is")] = None,
    complete: Annotated[
        bool, Query(description="The feed is whole: offers that it no longer holds are closed")
    ] = False,
) -> ImportView:
    """France Travail's *Offres d'emploi v2* rows and our own, mixed as you like. Idempotent by partner and external id."""
    name = _partner(principal, partner)
    # Unpacking and parsing tens of megabytes takes a second: others are served meanwhile.
    rows = await asyncio.to_thread(_rows, await _content(request), context)
    report = await commands.run(context, name, rows, complete=complete)
    return _view(report)


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    return await uploaded_file(request, "file")


def _rows(content: bytes, context: Context) -> list[object]:
    """Parse; a file that is no list of rows is refused as a whole."""
    if content[:2] == b"\x1f\x8b":
        content = _unpacked(content, context.settings.import_max_bytes * 8)
    text = content.strip()
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        found = _lines(text)
    if isinstance(found, dict):
        found = found["resultats"] if isinstance(found.get("resultats"), list) else [found]
    if not isinstance(found, list) or not found:
        raise Refused("No rows were found.", errors=[FieldError("(body)", "rows", "Send a list of offers.")])
    if len(found) > context.settings.import_max_rows:
        most = context.settings.import_max_rows
        raise Refused("Too many rows.", errors=[FieldError("(body)", "too_many_rows", f"{most} rows at most.")])
    return found


def _unpacked(content: bytes, limit: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            plain = packed.read(limit + 1)
    except (OSError, EOFError):
        raise Refused("The file is no gzip.", errors=[FieldError("(body)", "gzip", "The file is damaged.")]) from None
    if len(plain) > limit:
        raise Refused("Too large.", errors=[FieldError("(body)", "too_large", f"{limit} bytes at most, unpacked.")])
    return plain


def _lines(text: bytes) -> list[object]:
    """JSON lines; a line that does not parse becomes a row that is refused by itself."""
    rows: list[object] = []
    for line in text.splitlines():
        if line.strip():
            try:
                rows.append(orjson.loads(line))
            except orjson.JSONDecodeError:
                rows.append(None)
    if rows and all(row is None for row in rows):
        raise Refused("The body is not JSON.", errors=[FieldError("(body)", "json", "Neither JSON nor JSON lines.")])
    return rows


def _view(report: commands.Report) -> ImportView:
    changes = [row.change for row in report.rows]
    return ImportView(
        id=report.id,
        partner=report.partner,
        accepted=report.accepted,
        rejected=len(report.rows) - report.accepted,
        created=changes.count("created"),
        updated=changes.count("updated"),
        unchanged=changes.count("unchanged") + changes.count("kept"),
        duplicates=sum(row.duplicate_of is not None for row in report.rows),
        closed=len(report.closed),
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
    """A partner's own, or one partner's for managers."""
    wanted: dict[str, Any] = {"partner": _partner(principal, partner)}
    if page.after:
        wanted["_id"] = {"$lt": page.after[0]}
    cursor = context.store.collection("imports").find(wanted, {"refused": 0}).sort("_id", -1).limit(page.limit + 1)
    found = page.page([row async for row in cursor], lambda row: [row["_id"]])
    return Page(
        items=[ImportSummary(id=row["_id"], **{k: v for k, v in row.items() if k != "_id"}) for row in found.items],
        next_cursor=found.next_cursor,
    )


@router.get("/{import_id}", summary="A past import with what it refused")
async def get_import(import_id: str, context: Ctx, principal: Caller) -> ImportLog:
    """For the partner itself and managers."""
    row = await context.store.collection("imports").find_one({"_id": import_id})
    if row is None or (not principal.has(Role.MANAGER) and _partner(principal, None) != row["partner"]):
        raise NotFound(f"There is no import with id {import_id}.", id=import_id)
    return ImportLog(id=row["_id"], **{name: value for name, value in row.items() if name != "_id"})
