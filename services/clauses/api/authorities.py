"""Contracting authorities."""

from typing import Annotated

from fastapi import Body, Depends, Query

from services.clauses import store
from services.clauses.api import examples
from services.clauses.api.views import AuthorityCreate, AuthorityView
from services.clauses.commands import contracts as commands
from services.clauses.context import Ctx
from shared.auth import Principal, Role, territory_of
from shared.http import Caller, Located, Page, PageQuery, require, resource

router = resource("/v1/authorities", "authorities")

Facilitator = Annotated[Principal, Depends(require(Role.FACILITATOR))]
Staff = Annotated[Principal, Depends(require(Role.FACILITATOR, Role.MANAGER))]


@router.post("", status_code=201, summary="Register a contracting authority (facilitator)")
async def create_authority(
    body: Annotated[AuthorityCreate, Body(openapi_examples=examples.AUTHORITY)],
    caller: Facilitator,
    context: Ctx,
    located: Located,
) -> AuthorityView:
    authority = await commands.register_authority(context, territory_of(caller, body.territory), body.name)
    located(f"/v1/authorities/{authority.id}")
    return AuthorityView.of(authority)


@router.get("", summary="Contracting authorities of the caller's territories, by name")
async def list_authorities(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    q: Annotated[str | None, Query(max_length=100, description="Beginnings of words of the name")] = None,
) -> Page[AuthorityView]:
    rows = await store.authorities(context.store, sorted(caller.territories), q, page)
    found = page.page(rows, lambda authority: (authority.name_key, authority.id))
    return Page(items=[AuthorityView.of(authority) for authority in found.items], next_cursor=found.next_cursor)


@router.get("/{authority_id}", summary="A contracting authority")
async def read_authority(authority_id: str, caller: Caller, context: Ctx) -> AuthorityView:
    authority = await context.authorities.find(authority_id)
    own = authority is not None and caller.subject in authority.users
    if authority is None or not (own or caller.is_staff_of(authority.territory, Role.FACILITATOR, Role.MANAGER)):
        raise commands.unknown_authority(authority_id)
    return AuthorityView.of(authority)
