"""How accounts that are not seekers are reached."""

from typing import Annotated

from fastapi import Body, Response

from services.profiles.api import examples
from services.profiles.api.views import ContactPut, ContactView
from services.profiles.commands import contacts as commands
from services.profiles.context import Ctx
from services.profiles.domain.contact import UserContact
from shared.http import BoundedRoute, Caller, resource

router = resource("/v1/contacts", "contacts", route_class=BoundedRoute)


def _answer(contact: UserContact) -> ContactView:
    return ContactView.of(contact)


@router.put(
    "/me",
    summary="Leave or replace the caller's contact points",
    responses={201: {"model": ContactView, "description": "Left for the first time"}},
)
async def put_own_contact(
    body: Annotated[ContactPut, Body(openapi_examples=examples.CONTACT)],
    caller: Caller,
    context: Ctx,
    response: Response,
) -> ContactView:
    contact, first = await commands.leave(context, caller, body.details(), body.territory)
    response.status_code = 201 if first else 200
    return _answer(contact)


@router.get("/me", summary="The caller's contact points")
async def read_own_contact(caller: Caller, context: Ctx) -> ContactView:
    return _answer(await commands.read(context, caller))


@router.delete("/me", status_code=204, summary="Forget the caller's contact points")
async def erase_own_contact(caller: Caller, context: Ctx) -> None:
    await commands.erase(context, caller)
