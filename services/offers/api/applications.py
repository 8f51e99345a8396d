"""Applications and introductions."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, Field

from services.offers.access import company_side, for_person, person_side
from services.offers.api.offers import owned
from services.offers.commands import applications as commands
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.application import (
    Application,
    Feedback,
    FeedbackResult,
    FollowUp,
    HireTerms,
    Interview,
    Step,
)
from services.offers.domain.application_rules import NEXT, WHO
from services.offers.domain.company import Company
from services.offers.domain.errors import ProfileUnknown
from services.offers.domain.offer import Offer
from services.offers.store import person
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus, OfferStatus
from shared.domain import Entity
from shared.errors import Forbidden, NotFound
from shared.http import PROBLEMS, Caller, IdempotentRoute, Page, PageQuery, set_etag
from shared.types import CivilDate, Identifier, Line, Prose

router = APIRouter(prefix="/v1", tags=["applications"], route_class=IdempotentRoute, responses=PROBLEMS)


class ApplicationInput(Entity):
    """An application. ``profile_id`` is the person's; a seeker may leave it out."""

    profile_id: Identifier | None = None
    message: Annotated[str, Prose(2_000, blank=True)] = ""
    recommendation_id: Identifier | None = None
    obsolete_others: bool = Field(default=False, description="When hired here, my other open applications fall away")


class InvitationInput(Entity):
    """An employer invites a profile that is visible to employers."""

    profile_id: Identifier
    message: Annotated[str, Prose(2_000, blank=True)] = ""


class AdvanceInput(Entity):
    """The next step and what it needs: a reason to refuse or withdraw, the terms of a hire."""

    to: ApplicationStatus
    reason: Annotated[str | None, Line(60)] = None
    interview: Interview | None = None
    postponed_until: CivilDate | None = None
    hire: HireTerms | None = None


class AcceptanceInput(Entity):
    """The seeker's yes."""

    obsolete_others: bool = Field(default=False, examples=[True], description="My other open applications fall away")


class FeedbackInput(Entity):
    """How the interview went."""

    result: FeedbackResult
    strengths: Annotated[str, Prose(1_000, blank=True)] = ""
    to_improve: Annotated[str, Prose(1_000, blank=True)] = ""


class FollowUpInput(Entity):
    """Still there?"""

    still_there: bool = Field(examples=[True])
    note: Annotated[str, Prose(500, blank=True)] = Field(default="", examples=["Contrat prolongé"])


class ApplicationView(BaseModel):
    """An application as both sides see it; never a status of the person."""

    id: str
    version: int
    offer_id: str
    offer_title: str
    company_id: str
    profile_id: str
    territory: str
    origin: ApplicationOrigin
    status: ApplicationStatus
    message: str
    acted_by: str | None
    on_behalf_of: str | None
    submitted_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    refusal_reason: str | None
    postponed_until: date | None
    interviews: tuple[Interview, ...]
    feedback: tuple[Feedback, ...]
    accepted_at: datetime | None
    obsolete_others: bool
    hire: HireTerms | None
    follow_ups: tuple[FollowUp, ...]
    history: tuple[Step, ...]
    next_steps: list[ApplicationStatus] = Field(description="Steps that the caller may take now")

    @classmethod
    def of(cls, application: Application, by: Actor) -> "ApplicationView":
        """For the caller's side."""
        steps = sorted(step for step in NEXT[application.status] if by.party in WHO[step])
        fields = {name: getattr(application, name) for name in cls.model_fields if name != "next_steps"}
        if by.party is Party.EMPLOYER:
            # Whether a counsellor stands behind somebody says something about them: employers do not learn it.
            fields |= {"acted_by": None, "on_behalf_of": None, "follow_ups": ()}
            ours = (Party.EMPLOYER, Party.MANAGER)
            fields["feedback"] = tuple(one for one in application.feedback if one.party in ours)
            fields["history"] = tuple(
                step.model_copy(update={"by": Party.SEEKER.value, "party": Party.SEEKER})
                if step.party is Party.COUNSELLOR
                else step
                for step in application.history
            )
            if application.origin is ApplicationOrigin.COUNSELLOR:
                fields["origin"] = ApplicationOrigin.SEEKER
        return cls(next_steps=steps, **fields)


async def _sided(context: Context, principal: Principal, application_id: str) -> tuple[Application, Actor]:
    """An application and the side of the caller; a stranger learns nothing."""
    application = await context.store.load(Application, "applications", application_id, "application")
    someone = await person(context.store, application.profile_id)
    actor = person_side(principal, someone) if someone else None
    if actor is None:
        company = await context.store.find_one(Company, "companies", {"_id": application.company_id})
        actor = company_side(principal, company.users if company else (), application.territory)
    if actor is None:
        raise NotFound(f"There is no application with id {application_id}.", id=application_id)
    return application, actor


@router.post("/offers/{offer_id}/applications", status_code=201, summary="Apply, or introduce somebody")
async def apply_to_offer(
    offer_id: str,
    body: Annotated[
        ApplicationInput, Body(openapi_examples={"seeker": {"value": {"message": "Disponible tout de suite."}}})
    ],
    context: Ctx,
    principal: Caller,
    response: Response,
) -> ApplicationView:
    """By the seeker, or by a counsellor for somebody (`acted_by` and `on_behalf_of` are kept). Twice is refused."""
    offer = await context.store.load(Offer, "offers", offer_id, "offer")
    if offer.status is OfferStatus.DRAFT or (offer.published_at is None and offer.status is not OfferStatus.PUBLISHED):
        raise NotFound(f"There is no offer with id {offer_id}.", id=offer_id)
    by, someone = await for_person(context.store, principal, body.profile_id)
    application = await commands.submit(
        context, offer, someone, by, body.message, body.recommendation_id, body.obsolete_others
    )
    response.headers["Location"] = f"/v1/applications/{application.id}"
    set_etag(response, application.version)
    return ApplicationView.of(application, by)


@router.post("/offers/{offer_id}/invitations", status_code=201, summary="Invite somebody to apply")
async def invite_to_offer(
    offer_id: str,
    body: Annotated[InvitationInput, Body(openapi_examples={"profile": {"value": {"profile_id": "018f-…"}}})],
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """By the employer; the profile must be visible to employers. The person decides."""
    offer, by, _ = await owned(context, principal, offer_id)
    someone = await person(context.store, body.profile_id)
    if someone is None or not someone.get("visible_to_employers") or not someone.get("active"):
        raise ProfileUnknown(f"There is no profile {body.profile_id} that shows itself to employers.")
    inviting = Actor(by.id, Party.EMPLOYER)
    application = await commands.submit(context, offer, someone, inviting, body.message)
    return ApplicationView.of(application, by)


@router.get("/offers/{offer_id}/applications", summary="Applications to an offer")
async def offer_applications(
    offer_id: str, context: Ctx, principal: Caller, page: PageQuery, status: ApplicationStatus | None = None
) -> Page[ApplicationView]:
    """For its employer and managers, newest first."""
    _, by, _ = await owned(context, principal, offer_id)
    return await _page(context, {"offer_id": offer_id}, status, page, by)


@router.get("/applications", summary="Applications of a person")
async def person_applications(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    profile_id: Annotated[Identifier | None, Query()] = None,
    status: ApplicationStatus | None = None,
) -> Page[ApplicationView]:
    """For the person and who accompanies them."""
    by, someone = await for_person(context.store, principal, profile_id)
    return await _page(context, {"profile_id": someone["_id"]}, status, page, by)


async def _page(
    context: Context, wanted: dict[str, Any], status: ApplicationStatus | None, page: PageQuery, by: Actor
) -> Page[ApplicationView]:
    if status is not None:
        wanted["status"] = status.value
    if page.after:
        wanted["_id"] = {"$lt": page.after[0]}
    rows = await context.store.find_many(Application, "applications", wanted, sort=(("_id", -1),), limit=page.limit + 1)
    found = page.page(rows, lambda application: [application.id])
    return Page(items=[ApplicationView.of(one, by) for one in found.items], next_cursor=found.next_cursor)


@router.get("/applications/{application_id}", summary="An application")
async def get_application(application_id: str, context: Ctx, principal: Caller, response: Response) -> ApplicationView:
    """For both sides."""
    application, by = await _sided(context, principal, application_id)
    set_etag(response, application.version)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/advance", summary="Take the next step")
async def advance_application(
    application_id: str,
    body: Annotated[
        AdvanceInput,
        Body(
            openapi_examples={
                "interview": {
                    "value": {"to": "interview", "interview": {"at": "2026-03-09T09:00:00Z", "place": "Guéret"}}
                },
                "refusal": {"value": {"to": "refused", "reason": "experience"}},
                "hire": {
                    "value": {
                        "to": "hired",
                        "hire": {"contract_kind": "cdd", "duration_months": 6, "starts_on": "2026-03-16"},
                    }
                },
            }
        ),
    ],
    context: Ctx,
    principal: Caller,
    response: Response,
) -> ApplicationView:
    """A step that the state forbids is 409 with those it allows; a refusal says why; a hire gives its terms."""
    application, by = await _sided(context, principal, application_id)
    await commands.advance(
        context,
        application,
        body.to,
        by,
        reason=body.reason,
        interview=body.interview,
        postponed_until=body.postponed_until,
        hire=body.hire,
    )
    set_etag(response, application.version)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/acceptance", summary="The seeker accepts a proposal")
async def accept_application(
    application_id: str, body: AcceptanceInput, context: Ctx, principal: Caller
) -> ApplicationView:
    """Their other open applications become obsolete only where they say so."""
    application, by = await _sided(context, principal, application_id)
    await commands.accept(context, application, by, obsolete_others=body.obsolete_others)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/feedback", summary="Say how the interview went")
async def give_feedback(
    application_id: str,
    body: Annotated[FeedbackInput, Body(openapi_examples={"good": {"value": {"result": "positive"}}})],
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """Each side once; saying it again replaces it."""
    application, by = await _sided(context, principal, application_id)
    now = context.clock.now()
    application.add_feedback(Feedback(at=now, by=by.id, party=by.party, **body.model_dump()), now)
    await commands.save(context, application)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/follow-ups/{month}", summary="Record a follow-up of a hire")
async def record_follow_up(
    application_id: str, month: int, body: FollowUpInput, context: Ctx, principal: Caller
) -> ApplicationView:
    """At 1, 3 and 6 months; by the employer, a counsellor or a manager."""
    application, by = await _sided(context, principal, application_id)
    application.follow_up(month, body.still_there, body.note, by, context.clock.now())
    await commands.save(context, application)
    return ApplicationView.of(application, by)


class DueFollowUp(BaseModel):
    """A hire whose follow-up is due."""

    application_id: str
    offer_id: str
    offer_title: str
    profile_id: str
    month: int
    due_on: date


@router.get("/follow-ups", summary="Follow-ups that are due")
async def due_follow_ups(context: Ctx, principal: Caller, page: PageQuery) -> Page[DueFollowUp]:
    """A counsellor's own people, or a manager's territories."""
    now = context.clock.now()
    wanted: dict[str, Any] = {
        "follow_ups": {"$elemMatch": {"due_on": {"$lte": civil.latest_today(now).isoformat()}, "still_there": None}}
    }
    if principal.has(Role.MANAGER):
        wanted["territory"] = {"$in": sorted(principal.territories)}
    elif principal.has(Role.COUNSELLOR):
        people = context.store.collection("people").find({"counsellor_ids": principal.subject}, {"_id": 1})
        wanted["profile_id"] = {"$in": [row["_id"] async for row in people]}
    else:
        raise Forbidden("Only counsellors and managers follow hires up.", needs=["counsellor", "manager"])
    if page.after:
        wanted["_id"] = {"$gt": page.after[0]}
    rows = await context.store.find_many(Application, "applications", wanted, limit=page.limit + 1)
    found = page.page(rows, lambda application: [application.id])
    due = [
        DueFollowUp(
            application_id=application.id,
            offer_id=application.offer_id,
            offer_title=application.offer_title,
            profile_id=application.profile_id,
            month=one.month,
            due_on=one.due_on,
        )
        for application in found.items
        for one in application.follow_ups
        if one.due_on <= civil.today(application.territory, now) and one.still_there is None
    ]
    return Page(items=due, next_cursor=found.next_cursor)
