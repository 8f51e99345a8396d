"""Somebody who moves house: their file asked for elsewhere, and what the desk of that territory makes of it."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Depends
from pydantic import BaseModel, Field

from services.profiles import access
from services.profiles.api import examples
from services.profiles.commands import transfers as commands
from services.profiles.context import Ctx
from services.profiles.domain.profile import Profile
from services.profiles.domain.transfer import Transfer, TransferGiven
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import Caller, Page, PageQuery, require, resource
from shared.types import Identifier

router = resource("/v1/profiles/{profile_id}/transfer", "transfers")
desks = resource("/v1/transfers", "transfers")

Manager = Annotated[Principal, Depends(require(Role.MANAGER))]


class TransferState(BaseModel):
    """Whose desk the file is at, and to whose it is to go; null: to none."""

    profile_id: str
    territory: str
    transfer: Transfer | None
    expires_at: datetime | None = Field(description="When it ends by itself, if the other desk does not answer")

    @classmethod
    def of(cls, profile: Profile) -> "TransferState":
        asked = profile.transfer
        return cls(
            profile_id=profile.id,
            territory=profile.territory,
            transfer=asked,
            expires_at=None if asked is None else asked.expires_at,
        )


class TransferAsked(BaseModel):
    """What the other desk reads before it takes a file: nothing of who the person is, which the desk that has it can say."""

    id: str = Field(description="By which it is taken or not: that of the profile")
    territory: str = Field(description="Whose desk it comes from")
    to: str
    asked_at: datetime
    expires_at: datetime
    accompanied: bool = Field(description="Whether somebody there accompanies the person and can be called")

    @classmethod
    def of(cls, profile: Profile) -> "TransferAsked":
        assert profile.transfer is not None
        return cls(
            id=profile.id,
            territory=profile.territory,
            to=profile.transfer.to,
            asked_at=profile.transfer.asked_at,
            expires_at=profile.transfer.expires_at,
            accompanied=bool(profile.counsellor_ids),
        )


class TransferTaken(Entity):
    """Who accompanies the person from now on."""

    counsellor_id: Identifier | None = Field(
        default=None, description="Of the desk that takes it; absent: nobody yet, counsellors find them among those"
    )


@router.get("", summary="Whether the file is to go to another territory's desk")
async def read_transfer(profile_id: str, caller: Caller, context: Ctx) -> TransferState:
    """For the person and who acts for them."""
    profile, _ = await access.load(context.store, caller, profile_id)
    return TransferState.of(profile)


@router.put("", summary="Ask that the file go to another territory's desk (the person has moved house)")
async def ask_transfer(
    profile_id: str,
    body: Annotated[TransferGiven, Body(openapi_examples=examples.TRANSFER)],
    caller: Caller,
    context: Ctx,
) -> TransferState:
    """By the person, or by who acts for them and says how they heard it. Nothing changes before a manager there takes it."""
    return TransferState.of(await commands.ask(context, caller, profile_id, body))


@router.delete("", status_code=204, summary="Ask for it no longer")
async def take_transfer_back(profile_id: str, caller: Caller, context: Ctx) -> None:
    """By whoever may ask."""
    await commands.take_back(context, caller, profile_id)


@desks.get("", summary="Files that wait for the caller's desks (manager)")
async def list_transfers(caller: Manager, context: Ctx, page: PageQuery) -> Page[TransferAsked]:
    """Without a name: the desk that a file comes from says who it is."""
    found = page.page(await commands.waiting(context, caller, page), lambda one: [one.id])
    return Page(items=[TransferAsked.of(one) for one in found.items], next_cursor=found.next_cursor)


@desks.post("/{transfer_id}/acceptance", summary="Take the file (manager of the territory that it is asked for)")
async def accept_transfer(
    transfer_id: str,
    body: Annotated[TransferTaken, Body(openapi_examples=examples.TRANSFER_TAKEN)],
    caller: Manager,
    context: Ctx,
) -> TransferState:
    """From now on this desk reads it and the other does not; recommendations, messages and rights elsewhere follow within
    seconds.
    """
    return TransferState.of(await commands.accept(context, caller, transfer_id, body.counsellor_id))


@desks.post("/{transfer_id}/refusal", status_code=204, summary="Do not take the file (as for taking it)")
async def refuse_transfer(transfer_id: str, caller: Manager, context: Ctx) -> None:
    """It stays where it is, and the person and who accompanies them are told."""
    await commands.refuse(context, caller, transfer_id)
