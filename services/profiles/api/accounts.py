"""The account of somebody whose profile a counsellor made: invited, the profile's own once it accepts, and taken off again."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Body, Depends
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.profiles import store
from services.profiles.api import examples
from services.profiles.api.profiles import answer
from services.profiles.api.views import ProfileView
from services.profiles.commands import accounts as commands
from services.profiles.context import Ctx
from services.profiles.domain.journal import AccountEnd
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import Caller, Located, require, resource
from shared.invitations.views import Invited
from shared.types import Email, Identifier

router = resource("/v1/profiles/{profile_id}/account", "profiles")
invited = resource("/v1/account-invitations", "profiles")

Seeker = Annotated[Principal, Depends(require(Role.SEEKER))]


class AccountInvitation(Entity):
    """Who may take the profile over: the account that the person names, or one with their verified address."""

    owner_id: Identifier | None = Field(default=None, description="Only this account may accept")
    email: Email | None = Field(default=None, description="Only an account with this verified address may accept")

    @model_validator(mode="after")
    def _bound(self) -> Self:
        if self.owner_id is None and self.email is None:
            message = "Dites à qui est ce profil : le compte de la personne ou son adresse e-mail."
            raise PydanticCustomError("required", message)
        return self


class AccountInvitationView(BaseModel):
    """An open link, shown this once. Whether there is such an account, or it has a profile, is not known here."""

    profile_id: str
    owner_id: str | None
    created_at: datetime
    expires_at: datetime
    link: str = Field(description="Works once, for whom it names; the counsellor hands it to the person")


@router.post("", status_code=201, summary="A link by which the person's account takes the profile over (staff)")
async def invite_account(
    profile_id: str,
    body: Annotated[AccountInvitation, Body(openapi_examples=examples.ACCOUNT)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> AccountInvitationView:
    """In place of an earlier one."""
    profile, made, link = await commands.invite(context, caller, profile_id, body.owner_id, body.email)
    # Erasure finds the answers kept for repeated requests by this header.
    located(store.location(profile.id))
    return AccountInvitationView(
        profile_id=profile.id,
        owner_id=made.user_id,
        created_at=made.created_at,
        expires_at=made.expires_at,
        link=link,
    )


@router.delete("", status_code=204, summary="The open link works no longer (staff)")
async def revoke_account_invitation(profile_id: str, caller: Caller, context: Ctx) -> None:
    await commands.revoke(context, caller, profile_id)


class AccountRemoval(Entity):
    """Why the account is taken off."""

    reason: AccountEnd = Field(
        description="`wrong_account`: it is somebody else's; what it put there of its own, and what it agreed to, goes with it"
    )


class AccountRemovedView(BaseModel):
    """What the account did since a link made the profile its own, and what of it is undone; names of fields, never values."""

    profile_id: str
    account_id: str
    reason: AccountEnd
    changed: tuple[str, ...] = Field(description="Fields that it changed; the journal says when (`acted_by`)")
    actions: tuple[str, ...] = Field(description="What else it did, as in the journal")
    emptied: tuple[str, ...] = Field(description="Fields that were its own and are empty now, to be asked for anew")
    ended: int = Field(
        description="Agreements to show the person to an employer that it had given, and that have ended"
    )


@router.post("/removal", summary="The account is the profile's no longer (its holder, who accompanies, managers)")
async def remove_account(
    profile_id: str,
    body: Annotated[AccountRemoval, Body(openapi_examples=examples.ACCOUNT_REMOVAL)],
    caller: Caller,
    context: Ctx,
    located: Located,
) -> AccountRemovedView:
    """The profile stays, and a new link may be given. The account reads nothing of it any more anywhere; the person is told.

    Applications and registrations of that time stay: their history says who made them, and who accompanies withdraws them.
    """
    removed = await commands.remove(context, caller, profile_id, body.reason)
    located(store.location(profile_id))
    return AccountRemovedView(**vars(removed))


@invited.get("/{token}", summary="What a link is for")
async def read_account_invitation(token: str, caller: Seeker, context: Ctx) -> Invited:
    """For the account that is meant; changes nothing."""
    profile, invitation = await commands.invited(context, token, caller)
    return Invited(id=profile.id, place=profile.territory, expires_at=invitation.expires_at)


@invited.post("/{token}/acceptance", summary="The profile is the caller's own")
async def accept_account_invitation(token: str, caller: Seeker, context: Ctx, located: Located) -> ProfileView:
    return await answer(context, located, await commands.accept(context, token, caller))
