"""The invited side: an account reads what a link is for, and accepts. Whoever else holds the link gets one answer."""

from services.clauses.commands import members as commands
from services.clauses.context import Ctx
from shared.http import Caller, resource
from shared.invitations.views import Invited

router = resource("/v1", "members")


@router.get("/authority-invitations/{token}", summary="What an authority's invitation is for")
async def read_authority_invitation(token: str, caller: Caller, context: Ctx) -> Invited:
    """Changes nothing."""
    place, invitation = await commands.of_authorities(context).invited(token, caller)
    return Invited(id=place.id, place=place.name, expires_at=invitation.expires_at)


@router.post("/authority-invitations/{token}/acceptance", summary="Act for the authority from now on")
async def accept_authority_invitation(token: str, caller: Caller, context: Ctx) -> Invited:
    """By the invited account itself, whatever roles its token has. A link works once."""
    _, invitation = await commands.of_authorities(context).invited(token, caller)
    place = await commands.of_authorities(context).accept(token, caller)
    return Invited(id=place.id, place=place.name, expires_at=invitation.expires_at)


@router.get("/contractor-invitations/{token}", summary="What a contractor's invitation is for")
async def read_contractor_invitation(token: str, caller: Caller, context: Ctx) -> Invited:
    """Changes nothing."""
    place, invitation = await commands.of_contractors(context).invited(token, caller)
    return Invited(id=place.contractor_id, place=place.contractor_id, expires_at=invitation.expires_at)


@router.post("/contractor-invitations/{token}/acceptance", summary="Act for the contractor from now on")
async def accept_contractor_invitation(token: str, caller: Caller, context: Ctx) -> Invited:
    """By the invited account itself, whatever roles its token has. A link works once."""
    _, invitation = await commands.of_contractors(context).invited(token, caller)
    place = await commands.of_contractors(context).accept(token, caller)
    return Invited(id=place.contractor_id, place=place.contractor_id, expires_at=invitation.expires_at)
