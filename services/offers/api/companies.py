"""Companies: registration, details, users, moderation."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Depends, Query
from pydantic import BaseModel, Field

from services.offers.access import for_company, for_moderation
from services.offers.api.views import OfferOwnView
from services.offers.commands import closing, forgetting, members
from services.offers.commands import companies as commands
from services.offers.context import Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import (
    Company,
    CompanyDetails,
    CompanyStatus,
    Identity,
    Moderation,
)
from services.offers.domain.contact import ContactPoints
from services.offers.domain.text import key_of
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import OfferStatus, ReservedPublic
from shared.domain import Entity
from shared.errors import FieldError, Forbidden, Refused
from shared.http import (
    Caller,
    IfMatch,
    Located,
    Page,
    PageQuery,
    Patch,
    Version,
    check_version,
    require,
    resource,
)
from shared.types import STORED, Distinct, Email, Identifier, Line, Prose

router = resource("/v1/companies", "companies")

_EXAMPLE = {
    "name": "Scierie de la Gartempe",
    "siret": "73282932000074",
    "sector": "16.10A",
    "territory": "23",
    "places": [{"name": "Guéret", "commune_code": "23096"}],
    "contact": {"first_name": "Nadia", "email": "nadia@scierie.example"},
}


class CompanyInput(CompanyDetails):
    """A company as it registers."""

    territory: Territory | None = Field(default=None, description="Département; default: that of the first place")
    contact: ContactPoints | None = Field(default=None, description="How the caller is reached")


class InvitationInput(Entity):
    """Somebody who is to act for the company too."""

    label: Annotated[str, Line(100, blank=True)] = Field(default="", description="The inviter's own note")
    user_id: Identifier | None = Field(
        default=None, description="Only this account may accept; absent: who has the link"
    )
    email: Email | None = Field(
        default=None, description="Only an account with this verified address may accept; a manager's is mailed there"
    )


class ModerationInput(Entity):
    """Why."""

    reason: Annotated[str, Prose(500, blank=True)] = Field(default="", examples=["SIRET vérifié par téléphone"])


class VerificationInput(Entity):
    """To whom this structure may reserve offers, and by which evidence."""

    publics: Annotated[tuple[ReservedPublic, ...], Distinct(10)]
    reason: Annotated[str, Prose(500, blank=True)] = ""


class CompanyView(CompanyDetails):
    """A company as its users and managers see it."""

    id: str
    territory: str
    version: Version
    status: CompanyStatus
    users: tuple[str, ...]
    reply_rate: float | None
    vetted: Identity | None = Field(description="The identity that a manager looked at: what offers are shown under")
    verified_publics: tuple[ReservedPublic, ...] = Field(description="To whom it may reserve offers")
    moderation: tuple[Moderation, ...]

    @classmethod
    def of(cls, company: Company) -> "CompanyView":
        shown = {
            **dict(company.details),
            "id": company.id,
            "territory": company.territory,
            "version": company.seen_version,
            "status": company.status,
            "users": company.users,
            "reply_rate": company.reply_rate,
            "vetted": company.vetted,
            "verified_publics": company.verified_publics,
            "moderation": company.moderation,
        }
        return cls.model_validate(shown, context=STORED)


class InvitationView(BaseModel):
    """An open invitation. Whether the account that it is meant for exists is not known here."""

    id: str
    by: str
    label: str
    user_id: str | None
    created_at: datetime
    expires_at: datetime
    link: str = Field(description="To be passed on by the inviter; works once, for an employer's account")


class Invitations(BaseModel):
    """Open invitations of a company."""

    items: list[InvitationView]


@router.post("", status_code=201, summary="Register a company")
async def register_company(
    body: Annotated[CompanyInput, Body(openapi_examples={"company": {"value": _EXAMPLE}})],
    context: Ctx,
    principal: Annotated[Principal, Depends(require(Role.EMPLOYER, Role.MANAGER))],
    located: Located,
) -> CompanyView:
    """An employer's company waits for a manager's approval; one that a manager registers is vetted."""
    territory = body.territory
    if territory is None:
        codes = [place.commune_code for place in body.places if place.commune_code]
        commune = context.communes.get(codes[0]) if codes else None
        if commune is None:
            raise Refused(
                "Il manque le territoire.",
                errors=[
                    FieldError("territory", "required", "Donnez le territoire, ou un lieu avec le code de sa commune.")
                ],
            )
        territory = commune.department
    by = Actor(principal.subject, Party.EMPLOYER)
    if principal.is_staff_of(territory, Role.MANAGER):
        by = Actor(principal.subject, Party.MANAGER)
    elif not principal.has(Role.EMPLOYER):
        principal.require_territory(territory)
    details = CompanyDetails(**{name: getattr(body, name) for name in CompanyDetails.model_fields})
    company = await commands.register(context, details, territory, by, body.contact)
    located(f"/v1/companies/{company.id}")
    return CompanyView.of(company)


@router.get("", summary="Companies that the caller acts for or moderates")
async def list_companies(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    status: Annotated[CompanyStatus | None, Query(description="How far it is; absent: all")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Start of the name, or a SIRET")] = None,
) -> Page[CompanyView]:
    """An employer sees its own, a manager those of their territories."""
    reach: list[dict[str, Any]] = [{"users": principal.subject}]
    if principal.has(Role.MANAGER):
        reach.append({"territory": {"$in": sorted(principal.territories)}})
    wanted: dict[str, Any] = {"$or": reach}
    if status is not None:
        wanted["status"] = status.value
    if q:
        words = key_of(q)
        digits = q.replace(" ", "")
        if digits.isdigit():
            wanted["$and"] = [{"$or": [{"siret": digits}, {"details.siret": digits}]}]
        else:
            wanted["name_key"] = {"$gte": words, "$lt": words + "\uffff"}
    found = await context.companies.page(wanted, page)
    return Page(items=[CompanyView.of(company) for company in found.items], next_cursor=found.next_cursor)


@router.get("/{company_id}", summary="A company")
async def get_company(company_id: str, context: Ctx, principal: Caller) -> CompanyView:
    """For its users and managers of its territory."""
    company = await context.companies.load(company_id)
    for_company(principal, company)
    return CompanyView.of(company)


@router.patch("/{company_id}", summary="Change a company's details")
async def change_company(
    company_id: str,
    body: Annotated[Patch[CompanyDetails], Body(openapi_examples={"label": {"value": {"label": "Handi-engagé"}}})],
    context: Ctx,
    principal: Caller,
    expected: IfMatch,
) -> CompanyView:
    """A new name, number or kind waits for a manager: the company is pending, its offers go on under the old identity."""
    company = await context.companies.load(company_id)
    by = for_company(principal, company)
    check_version(expected, company.seen_version)
    details = body.applied_to(dict(company.details))
    await commands.change(context, company, details, by)
    return CompanyView.of(company)


@router.post("/{company_id}/approve", summary="Approve a company: it publishes without waiting")
async def approve_company(
    company_id: str, context: Ctx, principal: Caller, body: ModerationInput | None = None
) -> CompanyView:
    """Its pending offers go live."""
    return await _moderate(company_id, CompanyStatus.APPROVED, context, principal, body)


@router.post("/{company_id}/suspend", summary="Suspend a company and its offers")
async def suspend_company(
    company_id: str, context: Ctx, principal: Caller, body: ModerationInput | None = None
) -> CompanyView:
    """Its live offers go out of sight until it is approved again."""
    return await _moderate(company_id, CompanyStatus.SUSPENDED, context, principal, body)


async def _moderate(
    company_id: str, status: CompanyStatus, context: Ctx, principal: Principal, body: ModerationInput | None
) -> CompanyView:
    _, by = await for_moderation(context.companies, principal, company_id)
    return CompanyView.of(await commands.moderate(context, company_id, status, by, body.reason if body else ""))


@router.post("/{company_id}/verification", summary="Record to whom a structure may reserve offers")
async def verify_company(
    company_id: str,
    body: Annotated[
        VerificationInput,
        Body(openapi_examples={"iae": {"value": {"publics": ["iae"], "reason": "Convention SIAE du 2 mars 2026"}}}),
    ],
    context: Ctx,
    principal: Caller,
) -> CompanyView:
    """Managers only, upon evidence; an empty list takes it back. A new SIRET or kind of structure takes it back too."""
    _, by = await for_moderation(context.companies, principal, company_id)
    return CompanyView.of(await commands.verify(context, company_id, body.publics, by, body.reason))


@router.post("/{company_id}/invitations", status_code=201, summary="Invite somebody to act for the company")
async def invite_user(
    company_id: str,
    body: Annotated[InvitationInput, Body(openapi_examples={"colleague": {"value": {"label": "Nadia, atelier"}}})],
    context: Ctx,
    principal: Caller,
    located: Located,
) -> InvitationView:
    """By a user of an approved company, who passes the link on, or a manager, whose invitation is told to whom it names."""
    company = await context.companies.load(company_id)
    by = for_company(principal, company)
    invitation, link = await members.invite(context, company, by, body.label, body.user_id, body.email)
    located(f"/v1/companies/{company.id}/invitations/{invitation.id}")
    return InvitationView(**invitation.model_dump(), link=link)


@router.get("/{company_id}/invitations", summary="Open invitations")
async def list_invitations(company_id: str, context: Ctx, principal: Caller) -> Invitations:
    """For its users and managers."""
    company = await context.companies.load(company_id)
    for_company(principal, company)
    found = company.open_invitations(context.clock.now())
    items = [
        InvitationView(**one.model_dump(), link=await members.inviting(context).link(company_id, one)) for one in found
    ]
    return Invitations(items=items)


@router.delete("/{company_id}/invitations/{invitation_id}", status_code=204, summary="Take an invitation back")
async def revoke_invitation(company_id: str, invitation_id: str, context: Ctx, principal: Caller) -> None:
    """Its link works no longer."""
    for_company(principal, await context.companies.load(company_id))
    await members.inviting(context).revoke(company_id, invitation_id)


@router.put("/{company_id}/contact", status_code=204, summary="Say how the caller is reached about this company")
async def set_contact(company_id: str, body: ContactPoints, context: Ctx, principal: Caller) -> None:
    """For a user of the company, about themselves; what is absent is no longer used."""
    company = await context.companies.load(company_id)
    for_company(principal, company)
    if principal.subject not in company.users:
        raise Forbidden(
            "Seules les personnes qui agissent pour l'entreprise sont jointes à son sujet.", company_id=company_id
        )
    await members.set_contact(context, company, principal.subject, body)


@router.delete("/{company_id}/users/{user_id}", status_code=204, summary="Remove a user of the company")
async def remove_user(company_id: str, user_id: str, context: Ctx, principal: Caller) -> None:
    """The last one leaves when no offer is under way and no application waits. Who acts for no company any more is written to no
    longer; their inbox stays theirs.
    """
    by = for_company(principal, await context.companies.load(company_id))
    await members.remove(context, company_id, user_id, by)


@router.post(
    "/{company_id}/closure", status_code=204, summary="End everything of a company and leave it (its last user)"
)
async def close_company(company_id: str, context: Ctx, principal: Caller) -> None:
    """Drafts are withdrawn, offers closed, who applied is told, and nobody acts for the company any more; also by a manager. A
    manager may invite somebody again.
    """
    by = for_company(principal, await context.companies.load(company_id))
    await closing.close(context, company_id, by)


@router.delete(
    "/{company_id}", status_code=204, summary="Erase an employer that is a person, a household (its last user, manager)"
)
async def erase_company(company_id: str, context: Ctx, principal: Caller) -> None:
    """Its offers end and who applied is told; then its name, its words, addresses and accounts go, here and everywhere else.
    Figures without a name stay. A business is `409 company-not-a-person`: it closes instead. There is no way back.
    """
    by = for_company(principal, await context.companies.load(company_id))
    await forgetting.erase(context, company_id, by)


@router.get("/{company_id}/offers", summary="A company's offers in every state")
async def company_offers(
    company_id: str,
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    status: Annotated[OfferStatus | None, Query(description="How far it is; absent: all")] = None,
) -> Page[OfferOwnView]:
    """For its users and managers, newest first."""
    company = await context.companies.load(company_id)
    for_company(principal, company)
    wanted: dict[str, Any] = {"company.id": company_id}
    if status is not None:
        wanted["status"] = status.value
    found = await context.offers.page(wanted, page)
    return Page(items=[OfferOwnView.own(offer) for offer in found.items], next_cursor=found.next_cursor)
