"""An employer's own table of offers."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request, Response

from services.offers.access import for_company
from services.offers.api.import_views import ImportLog, ImportSummary, ImportView, logged
from services.offers.api.imports import IMPORTING, Sending, shown, take
from services.offers.context import Context, Ctx
from services.offers.domain.imports.scope import Scope
from services.offers.queries.imports import one_past, past
from shared.auth import Principal
from shared.http import Caller, Located, Page, PageQuery, resource

router = resource("/v1/companies/{company_id}/imports", "imports")


async def _scope(context: Context, principal: Principal, company_id: str) -> Scope:
    company = await context.companies.load(company_id)
    return Scope.of_employer(company, for_company(principal, company))


@router.post("", summary="Deposit the offers of a table", **IMPORTING)
async def import_company_offers(
    company_id: str,
    request: Request,
    response: Response,
    located: Located,
    background: BackgroundTasks,
    context: Ctx,
    principal: Caller,
    sending: Annotated[Sending, Depends()],
) -> ImportView | ImportSummary:
    """The company's own posts, for its users and managers, in any shape that `POST /v1/imports` reads. Each row is deposited and
    published as by hand: one of a company that is not vetted yet waits for a manager. The same row again confirms its offer
    and takes back nothing that was mended here since; a changed one is a new text. With `complete`, what the table no longer
    lists is closed; offers that were written here stay.
    """
    scope = await _scope(context, principal, company_id)
    path = f"/v1/companies/{company_id}/imports"
    return await take(request, response, located, background, context, scope, sending, path)


@router.get("", summary="Past imports of a company")
async def list_company_imports(
    company_id: str, context: Ctx, principal: Caller, page: PageQuery
) -> Page[ImportSummary]:
    """For its users and managers, newest first."""
    return shown(await past(context, await _scope(context, principal, company_id), page))


@router.get("/{import_id}", summary="A past import of a company with what it refused")
async def get_company_import(company_id: str, import_id: str, context: Ctx, principal: Caller) -> ImportLog:
    """For its users and managers."""
    return ImportLog(**logged(await one_past(context, await _scope(context, principal, company_id), import_id)))
