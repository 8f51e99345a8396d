"""Partner feeds."""

import asyncio
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import BackgroundTasks, Header, Query, Request, Response
from pydantic import BaseModel, Field

from services.offers.commands import imports as commands
from services.offers.commands.import_report import Report, Scope
from services.offers.context import Context, Ctx
from services.offers.domain.imports.feeds import FeedRows, read_feed
from services.offers.domain.imports.files import UnreadableFile
from services.offers.domain.imports.sheets.rows import Asked, SheetRows
from services.offers.domain.imports.sheets.titles import Column
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ContractKind
from shared.errors import FieldError, Forbidden, NotFound, Refused
from shared.http import ROW_BY_ROW, Caller, Page, PageQuery, resource, uploaded_file

router = resource("/v1/imports", "imports")

ColumnAsked = Annotated[str, Field(max_length=200)]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
_BODY = {
    "requestBody": {
        "required": True,
        "description": 'A list, `{"resultats": [...]}`, JSON lines, or a table (CSV, XLSX, ODS) with a line of titles, any of '
        "them gzipped, or a file field of a form.",
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
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Référence;Poste;Commune;Contrat;Temps de travail;Salaire\n"
                "A-1;Agent d'entretien;23000 Guéret;CDD de 6 mois;28/35e;12,02 €/h\n",
            },
            XLSX: {"schema": {"type": "string", "format": "binary"}},
            ODS: {"schema": {"type": "string", "format": "binary"}},
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
    column: str | None = Field(
        default=None, description="Of a table: the column's letter and title, as its program shows them"
    )


class UnderstoodView(BaseModel):
    """What an offer of a preview would say."""

    title: str
    company: str
    place: str
    commune_code: str | None
    contract_kind: ContractKind
    duration_months: float | None
    weekly_hours: float | None
    hourly_min: float | None
    hourly_max: float | None
    starts_on: date | None
    positions_total: int
    occupation_code: str | None


class ColumnView(BaseModel):
    """A column of a table and what it is read as."""

    column: str = Field(description="Its letter", examples=["C"])
    title: str
    field: Column | None = Field(description="None: it is not read")


class RowView(BaseModel):
    """What came of a row."""

    row: int = Field(description="From 1; of a table, the number that its program shows")
    external_id: str | None
    status: str = Field(pattern="^(accepted|rejected)$")
    offer_id: str | None = None
    change: str | None = Field(default=None, description="created, updated, unchanged, or kept (ended here by people)")
    duplicate_of: str | None = Field(default=None, description="The offer that is shown instead")
    understood: UnderstoodView | None = Field(
        default=None, description="Of a preview, where the offer is new or changed"
    )
    errors: list[RowError] = []
    warnings: list[RowError] = []


class ImportView(BaseModel):
    """Line by line."""

    id: str | None = Field(description="In the log; none of a preview")
    preview: bool = Field(default=False, description="Nothing was imported: this is what would come of it")
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
    columns: list[ColumnView] = Field(default=[], description="Of a table: what each of its columns is read as")
    notes: list[str] = Field(
        default=[],
        description="Of the file: what of a table was passed over, in French; what is wrong with the file as a whole",
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
        raise Forbidden(
            "Seuls les partenaires et les gestionnaires importent des offres.", needs=["partner", "manager"]
        )
    if not principal.territories:
        raise Forbidden("Votre compte ne travaille pour aucun territoire.", territories=[])
    if not (named or "").strip():
        raise Refused(
            "De qui est ce flux ?",
            errors=[FieldError("query.partner", "required", "Un gestionnaire dit pour quel partenaire.")],
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
    preview: Annotated[bool, Query(description="Say what would come of it, row by row, and import nothing")] = False,
    column: Annotated[
        list[ColumnAsked],
        Query(
            max_length=60,
            description="Of a table: what a column is, `<letter or title>=<field>`; without a field it is not read",
            examples=[["C=place", "Titre annonce=title", "Notes internes="]],
        ),
    ] = [],  # noqa: B006 -- FastAPI copies it
    default: Annotated[
        list[ColumnAsked],
        Query(
            max_length=30,
            description="Of a table: what holds for rows that leave a field empty, `<field>=<text>`",
            examples=[["employer=Mairie de Guéret", "contract=CDD"]],
        ),
    ] = [],  # noqa: B006
    sheet: Annotated[
        str | None,
        Query(max_length=100, description="Of a workbook: the sheet that is meant, where several hold offers"),
    ] = None,
    prefer: Annotated[
        str | None, Header(max_length=200, description="`respond-async`: answer 202 at once and import meanwhile")
    ] = None,
) -> ImportView | ImportSummary:
    """France Travail's *Offres d'emploi v2* rows and our own, mixed as you like, or a table of offers (CSV, XLSX, ODS) whose
    columns are told by their titles. Idempotent by partner and external id; an offer of a table without a reference is known
    again by title, employer, place, contract, hours and start.

    A row that is wrong in any way is refused with its reasons and stops no other. With `complete`, nothing is closed
    when a row could not be read or has no identifier, or the file has no proper end (`kept_open` says so). A manager's
    rows outside of its territories are refused, and only offers of its territories are closed.
    """
    scope = _scope(principal, partner)
    # Unpacking and parting tens of megabytes takes a second: others are served meanwhile.
    asked = _asked(column, default, sheet)
    rows = await asyncio.to_thread(_rows, await _content(request), asked, context)
    if preview:
        return _view(await commands.preview(context, scope, rows), rows, preview=True)
    report = await commands.begin(context, scope, rows)
    if "respond-async" in (prefer or "").lower():
        background.add_task(commands.run, context, report, rows, complete=complete)
        response.status_code = 202
        response.headers["Location"] = f"/v1/imports/{report.id}"
        response.headers["Preference-Applied"] = "respond-async"
        return _summary({"_id": report.id, "partner": scope.partner, "at": report.at, "state": "running"}, len(rows))
    await commands.run(context, report, rows, complete=complete)
    return _view(report, rows)


def _asked(columns: list[str], defaults: list[str], sheet: str | None) -> Asked:
    """What the caller says of a table.

    Raises:
        Refused: something without an equals sign, or a field that nobody knows.
    """
    errors: list[FieldError] = []

    def field(parameter: str, name: str) -> Column | None:
        found = next((one for one in Column if one.value == name), None)
        if found is None and (name or parameter == "default"):
            known = ", ".join(Column)
            errors.append(FieldError(f"query.{parameter}", "unknown", f"« {name[:40]} » n'est pas un champ : {known}."))
        return found

    named = [text.rpartition("=") for text in columns]
    given = [text.partition("=") for text in defaults]
    if any(not sign or not name.strip() for name, sign, _ in (*named, *given)):
        errors.append(FieldError("query.column", "equals_sign", "Écrivez par exemple C=place, ou employer=Mairie."))
    asked = Asked(
        {name.strip(): field("column", text.strip()) for name, _, text in named},
        {one: text.strip() for name, _, text in given if (one := field("default", name.strip())) and text.strip()},
        sheet.strip() if sheet else None,
    )
    if errors:
        raise Refused("Ces colonnes ne sont pas connues.", errors=errors)
    return asked


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    return await uploaded_file(request, "file")


def _rows(content: bytes, asked: Asked, context: Context) -> FeedRows:
    settings = context.settings
    try:
        return read_feed(content, settings.import_max_bytes * 2, settings.import_max_rows, asked)
    except UnreadableFile as problem:
        raise Refused(problem.message, errors=[FieldError("(body)", problem.rule, problem.message)]) from None


def _summary(row: dict[str, Any], rows: int) -> ImportSummary:
    return ImportSummary(id=row.pop("_id"), rows=rows, accepted=0, rejected=0, closed=0, **row)


def _view(report: Report, rows: FeedRows, *, preview: bool = False) -> ImportView:
    changes = [row.change for row in report.rows]
    table = rows if isinstance(rows, SheetRows) else None

    def told(error: FieldError) -> RowError:
        return RowError(**vars(error), column=report.columns.get(error.field))

    return ImportView(
        id=None if preview else report.id,
        preview=preview,
        columns=[
            ColumnView(column=one.letter, title=one.title, field=one.column) for one in (table.columns if table else ())
        ],
        notes=table.notes if table else list(rows.flaws),
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
                offer_id=None if preview and row.change == "created" else row.offer_id,
                change=row.change,
                duplicate_of=row.duplicate_of,
                understood=UnderstoodView(**vars(row.understood)) if row.understood else None,
                errors=[told(error) for error in row.errors],
                warnings=[told(warning) for warning in row.warnings],
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
        raise NotFound(f"L'import {import_id} n'existe pas.", id=import_id)
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
