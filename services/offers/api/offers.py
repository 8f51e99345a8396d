"""Offers: deposit, read, change, and each step of their life."""

from typing import Annotated, Any

from fastapi import Body, Query, Response
from pydantic import Field

from services.offers.access import company_side, for_company, manager_of
from services.offers.api.views import LintView, OfferOwnView, OfferView
from services.offers.commands import duplicates
from services.offers.commands import offers as commands
from services.offers.commands.checking import status_of
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company
from services.offers.domain.content import OfferInput, as_input
from services.offers.domain.life import ASKED_OUTCOMES, Outcome
from services.offers.domain.linter import Draft, lint
from services.offers.domain.offer import Offer
from shared.auth import Principal, Role
from shared.contracts.vocabulary import OfferSource, OfferStatus, OpportunityKind
from shared.domain import Entity
from shared.errors import FieldError, Forbidden, NotFound, Refused
from shared.http import (
    COSTLY,
    BoundedRoute,
    Caller,
    IfMatch,
    Located,
    OptionalCaller,
    Page,
    PageQuery,
    Patch,
    resource,
    versioned,
)
from shared.types import Identifier, Line, Prose

router = resource("/v1/offers", "offers")

_EXAMPLE = {
    "company_id": "01961d3e-0000-7000-8000-000000000001",
    "title": "Agent d'entretien des locaux (H/F)",
    "description": "Entretien de bureaux et de salles de classe, en binôme, matériel fourni.",
    "occupation_code": "K2204",
    "place": {"commune_code": "23096"},
    "contract_kind": "cdd",
    "duration_months": 6,
    "weekly_hours": 24,
    "shifts": [{"weekday": 0, "start": "06:00", "end": "10:00"}],
    "salary": {"hourly_min": 12.5, "text": "12,50 € brut de l'heure"},
    "positions_total": 2,
}


class OfferDeposit(OfferInput):
    """A new offer. ``source`` other than ``deposited`` is for managers (an offer that they collected)."""

    company_id: Identifier
    source: OfferSource = OfferSource.DEPOSITED


class CloseInput(Entity):
    """How the offer ended."""

    outcome: Outcome = Field(description="filled_through_us, filled_elsewhere or cancelled")


class FillInput(Entity):
    """Hires outside an application of the platform."""

    count: int = Field(default=1, ge=1, le=1000)
    through_us: bool = False


class CountInput(Entity):
    """How many positions."""

    count: int = Field(default=1, ge=1, le=1000, examples=[1])


class NoteInput(Entity):
    """A reason."""

    reason: Annotated[str, Prose(500, blank=True)] = Field(
        default="", examples=["Précisez les horaires, s'il vous plaît."]
    )


class LinkInput(Entity):
    """The offer that is shown instead; null shows this one again."""

    canonical_offer_id: Identifier | None = Field(examples=["01961d3e-0000-7000-8000-000000000002"])


class LintInput(Entity):
    """A text to be read before it is deposited."""

    title: Annotated[str, Line(200)]
    description: Annotated[str, Prose(10_000, blank=True)] = ""
    kind: OpportunityKind = OpportunityKind.JOB
    legal_basis: Annotated[str | None, Line(300)] = None


async def readable(context: Context, offer_id: str) -> Offer:
    """An offer that everybody may read. Raises NotFound for any other."""
    offer = await context.offers.load(offer_id)
    company = None if offer.status is OfferStatus.PUBLISHED else await context.companies.find(offer.company.id)
    if not offer.readable(company.status if company else None):
        raise NotFound("Cette offre n'existe pas.", id=offer_id)
    return offer


async def owned(context: Context, principal: Principal, offer_id: str) -> tuple[Offer, Actor, Company | None]:
    """An offer with the side on which the caller may act for it.

    Raises:
        NotFound, Forbidden: a stranger learns of offers only that everybody may read.
    """
    offer = await context.offers.load(offer_id)
    company = await context.companies.find(offer.company.id)
    return offer, acting(principal, offer, company), company


def acting(principal: Principal, offer: Offer, company: Company | None) -> Actor:
    """The side on which the caller may act for an offer. Raises as ``owned``."""
    actor = company_side(principal, company, offer.territory)
    if actor is None and company is not None:
        actor = company_side(principal, None, company.territory)
    if actor is None:
        if not offer.readable(status_of(company)):
            raise NotFound("Cette offre n'existe pas.", id=offer.id)
        raise Forbidden("Seuls l'employeur et les gestionnaires du territoire peuvent le faire.", offer_id=offer.id)
    return actor


@router.post("", status_code=201, summary="Deposit an offer as a draft")
async def deposit_offer(
    body: Annotated[OfferDeposit, Body(openapi_examples={"offer": {"value": _EXAMPLE}})],
    context: Ctx,
    principal: Caller,
    located: Located,
) -> OfferOwnView:
    """The text is read by the linter: what the law forbids is refused with the words, the rest is warned of."""

    def side(company: Company) -> Actor:
        by = for_company(principal, company)
        if body.source is OfferSource.PARTNER:
            raise Refused(
                "Les offres d'un partenaire viennent de son flux.",
                errors=[FieldError("source", "from_feed", "Au choix : deposited, collected.")],
            )
        if body.source is not OfferSource.DEPOSITED and by.party is not Party.MANAGER:
            raise Forbidden("Seul un gestionnaire dépose des offres collectées.", needs=[Role.MANAGER.value])
        return by

    offer, report = await commands.deposit(context, body.company_id, body, side, body.source)
    located(f"/v1/offers/{offer.id}")
    return OfferOwnView.own(offer, report)


@router.post("/lint", summary="Read a text as the law does", openapi_extra=COSTLY)
async def lint_text(
    body: Annotated[LintInput, Body(openapi_examples={"text": {"value": {"title": "Vendeuse, moins de 30 ans"}}})],
) -> LintView:
    """Changes nothing; for help while writing."""
    return LintView.of(lint(Draft(body.title, body.description, body.kind, body.legal_basis)))


# This view first: the other way round each answer is tried as the larger one.
@router.get("/{offer_id}", summary="An offer", response_model=OfferView | OfferOwnView)
async def get_offer(
    offer_id: str, context: Ctx, principal: OptionalCaller, response: Response
) -> OfferOwnView | Response:
    """Everybody sees published offers; the employer and managers see theirs in every state and with the history."""
    shown = await context.shown_offers.load(offer_id)
    offer = shown.aggregate
    company = None
    # What is live was asked of its company when it went live; only of the rest it matters now.
    if principal is not None or offer.status is not OfferStatus.PUBLISHED:
        company = await context.companies.find(offer.company.id)
    if principal is not None and company_side(principal, company, offer.territory):
        return OfferOwnView.own(offer)
    if not offer.readable(status_of(company)):
        raise NotFound("Cette offre n'existe pas.", id=offer_id)
    return versioned(shown.face(OfferView, OfferView.of), offer.version)


@router.patch("/{offer_id}", summary="Change an offer")
async def change_offer(
    offer_id: str,
    body: Annotated[Patch[OfferInput], Body(openapi_examples={"hours": {"value": {"weekly_hours": 28}}})],
    context: Ctx,
    principal: Caller,
    expected: IfMatch,
) -> OfferOwnView:
    """Needs If-Match with the version that was read."""
    offer, by, company = await owned(context, principal, offer_id)
    given = body.applied_to(as_input(offer.content))
    report = await commands.change(context, offer, company, given, by, expected)
    return OfferOwnView.own(offer, report)


@router.post("/{offer_id}/publish", summary="Publish an offer, or approve a pending one")
async def publish_offer(offer_id: str, context: Ctx, principal: Caller) -> OfferOwnView:
    """A vetted company's offer goes live at once; otherwise it is pending until a manager approves it."""
    published = await commands.publish(context, offer_id, lambda offer, company: acting(principal, offer, company))
    return OfferOwnView.own(published)


@router.post("/{offer_id}/send-back", summary="Return a pending offer to its author")
async def send_back_offer(offer_id: str, body: NoteInput, context: Ctx, principal: Caller) -> OfferOwnView:
    """Managers only; the reason is told to the author."""
    offer, _, _ = await owned(context, principal, offer_id)
    by = manager_of(principal, offer.territory)
    return OfferOwnView.own(await commands.send_back(context, offer_id, by, body.reason))


@router.post("/{offer_id}/confirm", summary="Confirm that an offer still stands")
async def confirm_offer(offer_id: str, context: Ctx, principal: Caller) -> OfferOwnView:
    """Extends it by the setting's days (15); brings a suspended one back. Twice at once does no harm."""
    _, by, _ = await owned(context, principal, offer_id)
    return OfferOwnView.own(await commands.confirm(context, offer_id, by))


@router.post("/{offer_id}/suspend", summary="Take an offer out of sight for a while")
async def suspend_offer(offer_id: str, context: Ctx, principal: Caller, body: NoteInput | None = None) -> OfferOwnView:
    """One confirmation brings it back: of a manager, when a manager did it."""
    _, by, _ = await owned(context, principal, offer_id)
    return OfferOwnView.own(await commands.suspend(context, offer_id, by, body.reason if body else ""))


@router.post("/{offer_id}/resume", summary="Bring a suspended offer back")
async def resume_offer(offer_id: str, context: Ctx, principal: Caller) -> OfferOwnView:
    """The same as confirming it."""
    return await confirm_offer(offer_id, context, principal)


@router.post("/{offer_id}/fill", summary="Record hires")
async def fill_offer(
    offer_id: str,
    body: Annotated[FillInput, Body(openapi_examples={"one": {"value": {"count": 1, "through_us": False}}})],
    context: Ctx,
    principal: Caller,
) -> OfferOwnView:
    """Positions are filled one by one; the last one makes the offer filled."""
    _, by, _ = await owned(context, principal, offer_id)
    return OfferOwnView.own(await commands.fill(context, offer_id, by, body.count, through_us=body.through_us))


@router.post("/{offer_id}/reopen", summary="A hire fell through")
async def reopen_offer(offer_id: str, body: CountInput, context: Ctx, principal: Caller) -> OfferOwnView:
    """Positions of a filled offer are open again."""
    _, by, _ = await owned(context, principal, offer_id)
    return OfferOwnView.own(await commands.reopen(context, offer_id, by, body.count))


@router.post("/{offer_id}/close", summary="End an offer and say how it ended")
async def close_offer(
    offer_id: str,
    body: Annotated[CloseInput, Body(openapi_examples={"filled": {"value": {"outcome": "filled_through_us"}}})],
    context: Ctx,
    principal: Caller,
) -> OfferOwnView:
    """Open applications are answered."""
    _, by, _ = await owned(context, principal, offer_id)
    if body.outcome not in ASKED_OUTCOMES:
        raise Refused(
            "Un employeur ne donne pas cette issue.",
            errors=[FieldError("outcome", "enum", f"Au choix : {', '.join(ASKED_OUTCOMES)}.")],
        )
    return OfferOwnView.own(await commands.close(context, offer_id, by, body.outcome))


@router.post("/{offer_id}/withdraw", summary="Take an offer back")
async def withdraw_offer(offer_id: str, context: Ctx, principal: Caller, body: NoteInput | None = None) -> OfferOwnView:
    """For an offer that should not have been there."""
    _, by, _ = await owned(context, principal, offer_id)
    return OfferOwnView.own(await commands.withdraw(context, offer_id, by, body.reason if body else ""))


@router.post("/{offer_id}/archive", summary="Put an ended offer away")
async def archive_offer(offer_id: str, context: Ctx, principal: Caller) -> OfferOwnView:
    """Managers only; time does it by itself after the setting's days (60)."""
    offer, _, _ = await owned(context, principal, offer_id)
    by = manager_of(principal, offer.territory)
    return OfferOwnView.own(await commands.archive(context, offer_id, by))


@router.post("/{offer_id}/link", summary="Say that an offer duplicates another, or no longer does")
async def link_offer(offer_id: str, body: LinkInput, context: Ctx, principal: Caller) -> OfferOwnView:
    """Managers only; a duplicate is linked and not shown twice."""
    offer, _, _ = await owned(context, principal, offer_id)
    by = manager_of(principal, offer.territory)
    return OfferOwnView.own(await duplicates.link(context, offer_id, body.canonical_offer_id, by))


moderation = resource("/v1/moderation", "offers", route_class=BoundedRoute)


@moderation.get("/offers", summary="Offers that wait for a manager, or any state")
async def moderated_offers(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    status: Annotated[OfferStatus, Query(description="How far they are; one at a time")] = OfferStatus.PENDING,
) -> Page[OfferOwnView]:
    """Managers, for their territories."""
    if not principal.has(Role.MANAGER):
        raise Forbidden("Seul un gestionnaire peut le faire.", needs=[Role.MANAGER.value])
    wanted: dict[str, Any] = {"territory": {"$in": sorted(principal.territories)}, "status": status.value}
    found = await context.offers.page(wanted, page)
    return Page(items=[OfferOwnView.own(offer) for offer in found.items], next_cursor=found.next_cursor)
