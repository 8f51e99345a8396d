"""The log of canvassing: visits and calls of an employer, for managers of its territory."""

from typing import Annotated

from fastapi import Body, Response
from pydantic import BaseModel

from services.offers.access import for_moderation
from services.offers.commands import canvassing as commands
from services.offers.context import Ctx
from services.offers.domain.canvassing import Canvassing, CanvassingDetails, CanvassingErased
from shared.http import Caller, IfMatch, Located, Patch, resource, set_etag, telling_version

router = resource("/v1/companies/{company_id}/canvassing", "companies")

_VISIT = {"visit": {"value": {"kind": "visit", "on": "2026-03-02", "outcome": "offer_collected"}}}
_MENDED = {"note": {"value": {"note": "Rappeler l'atelier en mai."}}}


class CanvassingLog(BaseModel):
    """Contacts with an employer, latest first, and that others were erased."""

    items: list[Canvassing]
    erased: list[CanvassingErased]


@router.post("", status_code=201, responses=telling_version(201), summary="Log a visit or a call")
async def log_canvassing(
    company_id: str,
    body: Annotated[CanvassingDetails, Body(openapi_examples=_VISIT)],
    context: Ctx,
    principal: Caller,
    response: Response,
    located: Located,
) -> Canvassing:
    """Managers only; the employer does not read the log."""
    _, by = await for_moderation(context.companies, principal, company_id)
    entry = Canvassing(id=context.new_id(), by=by.id, recorded_at=context.clock.now(), **dict(body))
    await commands.log(context, company_id, entry)
    located(f"/v1/companies/{company_id}/canvassing/{entry.id}")
    set_etag(response, entry.version)
    return entry


@router.get("", summary="The log of visits and calls")
async def read_canvassing(company_id: str, context: Ctx, principal: Caller) -> CanvassingLog:
    """Managers only. `version` is the ETag of an entry."""
    company, _ = await for_moderation(context.companies, principal, company_id)
    latest = sorted(company.canvassing, key=lambda entry: entry.on, reverse=True)
    return CanvassingLog(items=latest, erased=list(reversed(company.canvassing_erased)))


@router.patch(
    "/{entry_id}", summary="Put an entry right; If-Match says which version of it was read", responses=telling_version()
)
async def mend_canvassing(
    company_id: str,
    entry_id: str,
    body: Annotated[Patch[CanvassingDetails], Body(openapi_examples=_MENDED)],
    expected: IfMatch,
    context: Ctx,
    principal: Caller,
    response: Response,
) -> Canvassing:
    """By whoever wrote it or another manager; what it said before is not kept."""
    _, by = await for_moderation(context.companies, principal, company_id)
    entry = await commands.mend(context, company_id, entry_id, body, expected, by)
    set_etag(response, entry.version)
    return entry


@router.delete("/{entry_id}", status_code=204, summary="Erase an entry, as a person that it speaks of may ask")
async def erase_canvassing(company_id: str, entry_id: str, context: Ctx, principal: Caller) -> None:
    """Only that there was one stays, with who erased it and when."""
    _, by = await for_moderation(context.companies, principal, company_id)
    await commands.erase(context, company_id, entry_id, by)
