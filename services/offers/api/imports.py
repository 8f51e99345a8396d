"""Partner feeds."""

import asyncio
from dataclasses import replace
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, Header, Query, Request, Response
from pydantic import Field

from services.offers.api.import_views import ImportLog, ImportSummary, ImportView, begun, logged, told
from services.offers.commands import imports as commands
from services.offers.commands.import_report import MOST_BYTES_OF_EMPLOYER, MOST_OF_EMPLOYER
from services.offers.context import Context, Ctx
from services.offers.domain.imports.feeds import FeedRows, read_feed
from services.offers.domain.imports.files import UnreadableFile
from services.offers.domain.imports.scope import OF_EMPLOYER, Scope
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.rows import Asked
from services.offers.domain.imports.sheets.titles import Column
from services.offers.queries.imports import one_past, past
from shared import civil
from shared.auth import Principal, Role
from shared.errors import FieldError, Forbidden, Refused
from shared.http import ROW_BY_ROW, Caller, Located, Page, PageQuery, resource, uploaded_file

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
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"id": "188TYYN", "intitule": "Maçon / Maçonne (H/F)", "lieuTravail": {"commune": "23096"}}\n'
                '{"id": "188TYYP", "intitule": "Cariste (H/F)", "lieuTravail": {"commune": "23096"}}\n',
            },
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
    if str(named).strip().startswith(OF_EMPLOYER):
        raise Refused(
            "Ce nom n'est pas celui d'un partenaire.",
            errors=[FieldError("query.partner", "reserved", "Les offres d'un employeur s'importent depuis sa fiche.")],
        )
    return Scope(str(named).strip(), principal.subject, principal.territories)


class Sending:
    """What is said beside the rows, of every import."""

    def __init__(
        self,
        complete: Annotated[
            bool, Query(description="The feed is whole: offers that it no longer holds are closed")
        ] = False,
        preview: Annotated[
            bool, Query(description="Say what would come of it, row by row, and import nothing")
        ] = False,
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
        ] = [],  # noqa: B006 -- as above
        sheet: Annotated[
            str | None,
            Query(max_length=100, description="Of a workbook: the sheet that is meant, where several hold offers"),
        ] = None,
        prefer: Annotated[
            str | None,
            Header(max_length=200, description="`respond-async`: answer 202 at once and import meanwhile"),
        ] = None,
    ) -> None:
        self.complete, self.preview = complete, preview
        self.column, self.default, self.sheet = column, default, sheet
        self.later = "respond-async" in (prefer or "").lower()


IMPORTING: dict[str, Any] = {
    "openapi_extra": _BODY | ROW_BY_ROW,
    "responses": {202: {"model": ImportSummary, "description": "Taken; `Location` tells how far it is"}},
}


async def take(
    request: Request,
    response: Response,
    located: Located,
    background: BackgroundTasks,
    context: Context,
    scope: Scope,
    sending: Sending,
    path: str,
) -> ImportView | ImportSummary:
    """Import what the request brings, or preview it. ``path``: where its log is read."""
    asked = _asked(sending.column, sending.default, sending.sheet)
    if scope.company is not None:
        # A table of one's own posts says whose they are nowhere.
        asked = replace(asked, otherwise={Column.EMPLOYER: scope.company.card().name, **asked.otherwise})
    # Unpacking and parting tens of megabytes takes a second: others are served meanwhile.
    rows = await asyncio.to_thread(_rows, await _content(request), asked, context, scope)
    if sending.preview:
        return told(await commands.preview(context, scope, rows), rows, preview=True)
    report = await commands.begin(context, scope, rows, complete=sending.complete)
    if sending.later:
        background.add_task(commands.run, context, report, rows, complete=sending.complete)
        response.status_code = 202
        located(f"{path}/{report.id}")
        response.headers["Preference-Applied"] = "respond-async"
        return begun(report, len(rows))
    await commands.run(context, report, rows, complete=sending.complete)
    return told(report, rows)


@router.post("", summary="Import offers", **IMPORTING)
async def import_offers(
    request: Request,
    response: Response,
    located: Located,
    background: BackgroundTasks,
    context: Ctx,
    principal: Caller,
    sending: Annotated[Sending, Depends()],
    partner: Annotated[str | None, Query(max_length=80, description="For managers: whose feed it is")] = None,
) -> ImportView | ImportSummary:
    """France Travail's *Offres d'emploi v2* rows and our own, mixed as you like, or a table of offers (CSV, XLSX, ODS) whose
    columns are told by their titles. Idempotent by partner and external id; an offer of a table without a reference is known
    again by title, employer, place, contract, hours and start.

    A row that is wrong in any way is refused with its reasons and stops no other. With `complete`, nothing is closed
    when a row could not be read or has no identifier, or the file has no proper end (`kept_open` says so). A manager's
    rows outside of its territories are refused, and only offers of its territories are closed.
    """
    scope = _scope(principal, partner)
    return await take(request, response, located, background, context, scope, sending, "/v1/imports")


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
            errors.append(
                FieldError(f"query.{parameter}", "unknown", f"Ce champ n'existe pas. Valeurs possibles : {known}.")
            )
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


_IS_WORK = 0.3
"""How far an occupation is believed that a cell is said to name: as where one is proposed."""


def known_by(context: Context) -> Known:
    """What a table's columns are told by, where their titles are not known."""

    def is_work(text: str) -> bool:
        return any(hit.score >= _IS_WORK for hit in context.occupations.search(text, 1))

    return Known(context.communes, is_work, civil.today(None, context.clock.now()))


async def _content(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    return await uploaded_file(request, "file")


def _rows(content: bytes, asked: Asked, context: Context, scope: Scope) -> FeedRows:
    settings = context.settings
    most, size = settings.import_max_rows, settings.import_max_bytes * 2
    if scope.company is not None:
        most, size = min(most, MOST_OF_EMPLOYER), min(size, MOST_BYTES_OF_EMPLOYER)
    try:
        return read_feed(content, size, most, asked, known_by(context))
    except UnreadableFile as problem:
        raise Refused(problem.message, errors=[FieldError("(body)", problem.rule, problem.message)]) from None


@router.get("", summary="Past imports")
async def list_imports(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    partner: Annotated[
        str | None, Query(max_length=80, description="Of managers: whose imports; of an unknown one there are none")
    ] = None,
) -> Page[ImportSummary]:
    """A partner's own; for managers, one partner's that concern their territories."""
    return shown(await past(context, _scope(principal, partner), page))


def shown(found: Page[dict[str, Any]]) -> Page[ImportSummary]:
    """A page of the log."""
    return Page(items=[ImportSummary(**logged(row)) for row in found.items], next_cursor=found.next_cursor)


@router.get("/{import_id}", summary="A past import with what it refused")
async def get_import(import_id: str, context: Ctx, principal: Caller) -> ImportLog:
    """For the partner itself and managers of the territories that it concerns (of the rows placed elsewhere they see none)."""
    scope = _scope(principal, "any" if principal.has(Role.MANAGER) else None)
    return ImportLog(**logged(await one_past(context, scope, import_id)))
