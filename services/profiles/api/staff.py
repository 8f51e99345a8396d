"""Staff of a territory: whom its managers invite, who accepted, and what the identity provider knows of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Depends
from pydantic import BaseModel, Field

from services.profiles.commands import staff as commands
from services.profiles.context import Ctx
from services.profiles.domain.staff import INVITABLE, GrantState
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.http import Caller, Located, resource
from shared.invitations.views import InvitationInput, Invitations, InvitationView, Invited

router = resource("/v1/staff/{territory}", "staff")
invited = resource("/v1/staff-invitations", "staff")

_EXAMPLE = {"counsellor": {"value": {"role": "counsellor", "email": "lea@creuse.example", "label": "Léa, Guéret"}}}


class StaffInvitationInput(InvitationInput):
    """Somebody who is to work for the territory."""

    role: Role = Field(description=f"{', '.join(INVITABLE[:-1])} or {INVITABLE[-1]}")


class GrantView(BaseModel):
    """A role that an account accepted. It acts with it once the identity provider's tokens say so."""

    user_id: str
    role: Role
    by: str
    accepted_at: datetime
    state: GrantState = Field(description="pending: the identity provider is to be told, by the platform or by hand")
    reason: str = Field(description="Why it was refused: account-unknown, or roles-would-mix; else empty")


class StaffView(BaseModel):
    """Who works for a territory by invitation."""

    items: list[GrantView]


async def _manager(territory: Territory, caller: Caller) -> Principal:
    commands.for_managers(caller, territory)
    return caller


Manager = Annotated[Principal, Depends(_manager)]


@router.get("", summary="Who works for the territory by invitation (manager)")
async def list_staff(territory: Territory, context: Ctx, caller: Manager) -> StaffView:
    """Accounts that were made staff at the identity provider itself are not known here."""
    staff = await commands.inviting(context).load(territory)
    return StaffView(items=[GrantView(**grant.model_dump()) for grant in staff.grants])


@router.delete(
    "/users/{user_id}", status_code=204, summary="Take back what an account has here by invitation (manager)"
)
async def remove_staff(territory: Territory, user_id: str, context: Ctx, caller: Manager) -> None:
    """Tokens that it holds are good until they expire, five minutes at most with our realm."""
    await commands.remove(context, territory, user_id)


@router.post("/invitations", status_code=201, summary="Invite somebody to work for the territory (manager)")
async def invite_staff(
    territory: Territory,
    body: Annotated[StaffInvitationInput, Body(openapi_examples=_EXAMPLE)],
    context: Ctx,
    caller: Manager,
    located: Located,
) -> InvitationView:
    """Told to whom it names; the answer is the same whether they have an account or not."""
    made, link = await commands.invite(context, caller, territory, body.role, body)
    located(f"/v1/staff/{territory}/invitations/{made.id}")
    return InvitationView.of(made, link)


@router.get("/invitations", summary="Open invitations (manager)")
async def list_staff_invitations(territory: Territory, context: Ctx, caller: Manager) -> Invitations:
    desk = commands.inviting(context)
    return Invitations.of(await desk.open(await desk.load(territory)))


@router.delete("/invitations/{invitation_id}", status_code=204, summary="Take an invitation back (manager)")
async def revoke_staff_invitation(territory: Territory, invitation_id: str, context: Ctx, caller: Manager) -> None:
    """Its link works no longer."""
    await commands.inviting(context).revoke(territory, invitation_id)


@invited.get("/{token}", summary="What an invitation is for")
async def read_staff_invitation(token: str, context: Ctx, caller: Caller) -> Invited:
    """For the account that is meant; changes nothing."""
    staff, invitation = await commands.inviting(context).invited(token, caller)
    return Invited(id=staff.id, place=staff.id, role=invitation.role, expires_at=invitation.expires_at)


@invited.post("/{token}/acceptance", summary="Accept to work for the territory")
async def accept_staff_invitation(token: str, context: Ctx, caller: Caller) -> Invited:
    """By the invited account itself. The role comes with a token of the identity provider's, moments later: refresh it."""
    desk = commands.inviting(context)
    _, invitation = await desk.invited(token, caller)
    staff = await desk.accept(token, caller)
    return Invited(id=staff.id, place=staff.id, role=invitation.role, expires_at=invitation.expires_at)
