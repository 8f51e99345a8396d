"""Who acts for an authority or a contractor, and whom facilitators and their colleagues invite to."""

from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import Body

from services.clauses.commands import members as commands
from services.clauses.context import Ctx
from shared.contracts.events.base import Territory
from shared.http import Caller, Located, resource
from shared.invitations.views import EXAMPLES, InvitationInput, Invitations, InvitationView, Members
from shared.types import Identifier

router = resource("/v1", "members")

_AUTHORITY = "/authorities/{authority_id}"
_CONTRACTOR = "/contractors/{territory}/{contractor_id}"
Invitee = Annotated[InvitationInput, Body(openapi_examples=EXAMPLES)]


@router.post(f"{_AUTHORITY}/invitations", status_code=201, summary="Invite somebody to read an authority's contracts")
async def invite_to_authority(
    authority_id: str, body: Invitee, caller: Caller, context: Ctx, located: Located
) -> InvitationView:
    """By a facilitator of its territory, whose invitation is told to whom it names, or one of its users."""
    authority, told = await commands.authority_for(context, caller, authority_id)
    inviting = commands.of_authorities(context)
    made, link = await commands.invite(inviting, authority, authority.name, caller, body, told=told)
    located(f"/v1/authorities/{authority_id}/invitations/{made.id}")
    return InvitationView.of(made, link)


@router.get(f"{_AUTHORITY}/invitations", summary="Open invitations of an authority")
async def list_authority_invitations(authority_id: str, caller: Caller, context: Ctx) -> Invitations:
    authority, _ = await commands.authority_for(context, caller, authority_id)
    return Invitations.of(await commands.of_authorities(context).open(authority))


@router.delete(f"{_AUTHORITY}/invitations/{{invitation_id}}", status_code=204, summary="Take an invitation back")
async def revoke_authority_invitation(authority_id: str, invitation_id: str, caller: Caller, context: Ctx) -> None:
    """Its link works no longer."""
    await commands.authority_for(context, caller, authority_id)
    await commands.of_authorities(context).revoke(authority_id, invitation_id)


@router.get(f"{_AUTHORITY}/users", summary="Accounts that act for an authority")
async def list_authority_users(authority_id: str, caller: Caller, context: Ctx) -> Members:
    authority, _ = await commands.authority_for(context, caller, authority_id)
    return Members(users=authority.users)


@router.delete(f"{_AUTHORITY}/users/{{user_id}}", status_code=204, summary="Remove a user of an authority")
async def remove_authority_user(authority_id: str, user_id: str, caller: Caller, context: Ctx) -> None:
    """Invitations that they made go with them."""
    _, facilitator = await commands.authority_for(context, caller, authority_id)
    acting = None if facilitator else caller.subject
    await commands.remove(commands.of_authorities(context), authority_id, user_id, acting)


@router.post(f"{_CONTRACTOR}/invitations", status_code=201, summary="Invite somebody to declare a contractor's hours")
async def invite_to_contractor(
    territory: Territory, contractor_id: Identifier, body: Invitee, caller: Caller, context: Ctx, located: Located
) -> InvitationView:
    """By a facilitator of the territory, whose invitation is told to whom it names, or one of its users there.

    A contract of the territory must name the contractor; in another territory its users are others.
    """
    contractor, told = await commands.contractor_for(context, caller, territory, contractor_id)
    inviting = commands.of_contractors(context)
    made, link = await commands.invite(inviting, contractor, contractor_id, caller, body, told=told)
    located(f"/v1/contractors/{territory}/{quote(contractor_id, safe='')}/invitations/{made.id}")
    return InvitationView.of(made, link)


@router.get(f"{_CONTRACTOR}/invitations", summary="Open invitations of a contractor")
async def list_contractor_invitations(
    territory: Territory, contractor_id: Identifier, caller: Caller, context: Ctx
) -> Invitations:
    contractor, _ = await commands.contractor_for(context, caller, territory, contractor_id)
    return Invitations.of(await commands.of_contractors(context).open(contractor))


@router.delete(f"{_CONTRACTOR}/invitations/{{invitation_id}}", status_code=204, summary="Take an invitation back")
async def revoke_contractor_invitation(
    territory: Territory, contractor_id: Identifier, invitation_id: str, caller: Caller, context: Ctx
) -> None:
    """Its link works no longer."""
    contractor, _ = await commands.contractor_for(context, caller, territory, contractor_id)
    await commands.of_contractors(context).revoke(contractor.id, invitation_id)


@router.get(f"{_CONTRACTOR}/users", summary="Accounts that act for a contractor")
async def list_contractor_users(
    territory: Territory, contractor_id: Identifier, caller: Caller, context: Ctx
) -> Members:
    contractor, _ = await commands.contractor_for(context, caller, territory, contractor_id)
    return Members(users=contractor.users)


@router.delete(f"{_CONTRACTOR}/users/{{user_id}}", status_code=204, summary="Remove a user of a contractor")
async def remove_contractor_user(
    territory: Territory, contractor_id: Identifier, user_id: str, caller: Caller, context: Ctx
) -> None:
    """Invitations that they made go with them. The last one may leave, whatever contracts owe: their facilitators are told."""
    contractor, facilitator = await commands.contractor_for(context, caller, territory, contractor_id)
    acting = None if facilitator else caller.subject
    inviting = commands.of_contractors(context)
    await commands.remove(inviting, contractor.id, user_id, acting, partial(commands.tell_of_nobody, context))
