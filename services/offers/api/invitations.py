"""The invited side of joining a company: nobody acts for one without having accepted, and contact points are their own."""

from datetime import datetime
from typing import Annotated

from fastapi import Body, Depends
from pydantic import BaseModel

from services.offers.api.companies import CompanyView
from services.offers.commands import members
from services.offers.context import Ctx
from services.offers.domain.contact import ContactPoints
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.http import require, resource

router = resource("/v1/company-invitations", "companies")

Employer = Annotated[Principal, Depends(require(Role.EMPLOYER))]


class Invited(BaseModel):
    """What an invitation is for."""

    company_id: str
    company: str
    expires_at: datetime


class JoinInput(Entity):
    """The invited account's yes."""

    contact: ContactPoints | None = None


@router.get("/{token}", summary="What an invitation is for")
async def read_invitation(token: str, context: Ctx, principal: Employer) -> Invited:
    """For the account that holds the link; changes nothing."""
    company, invitation = await members.inviting(context).invited(token, principal)
    return Invited(company_id=company.id, company=company.details.name, expires_at=invitation.expires_at)


@router.post("/{token}/acceptance", summary="Act for the company from now on")
async def accept_invitation(
    token: str,
    context: Ctx,
    principal: Employer,
    body: Annotated[
        JoinInput | None, Body(openapi_examples={"yes": {"value": {"contact": {"email": "nadia@scierie.example"}}}})
    ] = None,
) -> CompanyView:
    """By the invited account itself, which says how it is reached. A link works once."""
    company = await members.accept(context, token, principal, body.contact if body else None)
    return CompanyView.of(company)
