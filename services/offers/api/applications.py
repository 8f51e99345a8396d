"""Applications and introductions."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Body, Path, Query, Response
from pydantic import BaseModel, Field

from services.offers.access import company_side, for_person, person_side
from services.offers.api.offers import owned, readable
from services.offers.api.sides import ApplicationView
from services.offers.commands import applications as commands
from services.offers.commands import interviews
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.application import Application
from services.offers.domain.hire import HireTerms
from services.offers.domain.interview import Feedback, FeedbackResult, InterviewDetails
from services.offers.store import TOLD
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ApplicationStatus
from shared.domain import Entity
from shared.errors import Forbidden, NotFound
from shared.http import Caller, Located, Page, PageQuery, resource
from shared.http.examples import NEXT_WEEK
from shared.types import CivilDate, Identifier, Line, Prose

router = resource("/v1", "applications")


_DISCLOSURE = (
    "The receipt of what the person agreed to show this employer (`POST /v1/profiles/{id}/disclosures` of profiles): without "
    "it they would read neither a name nor how to reach anybody, so nobody applies without"
)


class ApplicationInput(Entity):
    """An application. ``profile_id`` is the person's; a seeker may leave it out."""

    profile_id: Identifier | None = None
    message: Annotated[str, Prose(2_000, blank=True)] = ""
    recommendation_id: Identifier | None = None
    obsolete_others: bool = Field(
        default=False, description="When hired here, and I have said yes to it, my other open applications fall away"
    )
    disclosure_id: Identifier | None = Field(default=None, description=_DISCLOSURE)


class InvitationInput(Entity):
    """An employer invites somebody who is visible to employers."""

    profile_id: Identifier = Field(description="As the candidates of this offer name them, or the id of a profile")
    message: Annotated[str, Prose(2_000, blank=True)] = ""


class AdvanceInput(Entity):
    """The next step and what it needs: a reason to refuse or withdraw, the terms of a hire."""

    to: ApplicationStatus
    reason: Annotated[str | None, Line(60)] = None
    interview: InterviewDetails | None = Field(
        default=None, description="With `interview`; one with a day and an hour is told as PUT …/interview does"
    )
    postponed_until: CivilDate | None = None
    hire: HireTerms | None = None
    disclosure_id: Identifier | None = Field(
        default=None, description="Needed with `submitted`, which accepts an invitation. " + _DISCLOSURE
    )


class DisclosedInput(Entity):
    """What the person shows with this application."""

    disclosure_id: Identifier = Field(examples=["018f2b6c-8f0e-7c3a-9d54-3b1e6a7f2c01"], description=_DISCLOSURE)


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


class InvitationSent(BaseModel):
    """An invitation went its way. The answer is the same whoever was named: the employer learns of somebody when they
    accept, and of nobody else.
    """

    offer_id: str
    profile_id: str
    sent_at: datetime


async def sided(context: Context, principal: Principal, application_id: str) -> tuple[Application, Actor]:
    """An application and the side of the caller; a stranger learns nothing, nor an employer of whom they invited.

    A manager of the person's territory who is none of the offer's stands on the person's side, as a counsellor does.
    """
    application = await context.applications.load(application_id)
    someone = await context.people.find(application.profile_id)
    actor = person_side(principal, someone) if someone else None
    if actor is not None and actor.party is Party.MANAGER and not principal.may_see(application.territory):
        actor = Actor(actor.id, Party.COUNSELLOR)
    if actor is None:
        company = await context.companies.find(application.company_id)
        actor = company_side(principal, company, application.territory)
    if actor is None or (actor.party is Party.EMPLOYER and not application.told_to_employer):
        raise NotFound("Cette candidature n'existe pas.", id=application_id)
    return application, actor


@router.post("/offers/{offer_id}/applications", status_code=201, summary="Apply, or introduce somebody")
async def apply_to_offer(
    offer_id: str,
    body: Annotated[
        ApplicationInput,
        Body(
            openapi_examples={
                "seeker": {
                    "value": {
                        "message": "Disponible tout de suite.",
                        "disclosure_id": "0190c7d3-41b2-7a95-b0e6-7f2d1c8a3e54",
                    }
                }
            }
        ),
    ],
    context: Ctx,
    principal: Caller,
    located: Located,
) -> ApplicationView:
    """By the seeker, or by a counsellor for somebody (`acted_by` and `on_behalf_of` are kept). Twice is refused, and so is an
    offer of a feed whose employer is not here (`apply-elsewhere`): the answer says where to apply, `…/clicks` counts it.
    Without `disclosure_id` it is refused (`agreement-missing`): show what will be shown, take the agreement, then apply.
    """
    await readable(context, offer_id)
    by, someone = await for_person(context.people, principal, body.profile_id)
    application = await commands.submit(
        context,
        offer_id,
        str(someone["_id"]),
        by,
        body.message,
        body.recommendation_id,
        body.obsolete_others,
        body.disclosure_id,
    )
    located(f"/v1/applications/{application.id}")
    return ApplicationView.of(application, by)


@router.post("/offers/{offer_id}/invitations", status_code=202, summary="Invite somebody to apply")
async def invite_to_offer(
    offer_id: str,
    body: Annotated[
        InvitationInput,
        Body(openapi_examples={"profile": {"value": {"profile_id": "018f2b6c-8f0e-7c3a-9d54-3b1e6a7f2c01"}}}),
    ],
    context: Ctx,
    principal: Caller,
) -> InvitationSent:
    """By the employer. Told to people who show themselves to employers; the answer never says whether somebody was."""
    _, by, _ = await owned(context, principal, offer_id)
    sent_at = await commands.invite(context, offer_id, body.profile_id, by, body.message)
    return InvitationSent(offer_id=offer_id, profile_id=body.profile_id, sent_at=sent_at)


@router.get("/offers/{offer_id}/applications", summary="Applications to an offer")
async def offer_applications(
    offer_id: str,
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    status: Annotated[ApplicationStatus | None, Query(description="How far it is; absent: all")] = None,
) -> Page[ApplicationView]:
    """For its employer and managers, newest first; who was invited is there once they accepted."""
    _, by, _ = await owned(context, principal, offer_id)
    known = TOLD if by.party is Party.EMPLOYER else {}
    return await _page(context, {"offer_id": offer_id, **known}, status, page, by)


@router.get("/applications", summary="Applications of a person")
async def person_applications(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    profile_id: Annotated[Identifier | None, Query(description="Absent: the caller's own profile")] = None,
    status: Annotated[ApplicationStatus | None, Query(description="How far it is; absent: all")] = None,
) -> Page[ApplicationView]:
    """For the person and who accompanies them."""
    by, someone = await for_person(context.people, principal, profile_id)
    return await _page(context, {"profile_id": someone["_id"]}, status, page, by)


async def _page(
    context: Context, wanted: dict[str, Any], status: ApplicationStatus | None, page: PageQuery, by: Actor
) -> Page[ApplicationView]:
    if status is not None:
        wanted["status"] = status.value
    found = await context.applications.page(wanted, page)
    return Page(items=[ApplicationView.of(one, by) for one in found.items], next_cursor=found.next_cursor)


@router.get("/applications/{application_id}", summary="An application")
async def get_application(application_id: str, context: Ctx, principal: Caller) -> ApplicationView:
    """For both sides."""
    application, by = await sided(context, principal, application_id)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/advance", summary="Take the next step")
async def advance_application(
    application_id: str,
    body: Annotated[
        AdvanceInput,
        Body(
            openapi_examples={
                "interview": {
                    "value": {"to": "interview", "interview": {"at": f"{NEXT_WEEK}T09:00:00Z", "place": "Guéret"}}
                },
                "refusal": {"value": {"to": "refused", "reason": "experience"}},
                "hire": {
                    "value": {
                        "to": "hired",
                        "hire": {"contract_kind": "cdd", "duration_months": 6, "starts_on": NEXT_WEEK},
                    }
                },
            }
        ),
    ],
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """A step that the state forbids is 409 with those it allows; a refusal says why; a hire gives its terms.

    A counsellor's hire is a proposal until the employer or a manager confirms it, or seven days have passed.
    """
    _, by = await sided(context, principal, application_id)
    interview = body.interview
    if body.to is ApplicationStatus.INTERVIEW and interview is not None:
        application = await interviews.propose(
            context, application_id, interview, by, prefix="interview.", open_day=True
        )
        return ApplicationView.of(application, by)
    application = await commands.advance(
        context,
        application_id,
        body.to,
        by,
        reason=body.reason,
        postponed_until=body.postponed_until,
        hire=body.hire,
        disclosure_id=body.disclosure_id,
    )
    return ApplicationView.of(application, by)


@router.put("/applications/{application_id}/disclosure", summary="Say what this application shows of the person")
async def disclose_with_application(
    application_id: str, body: DisclosedInput, context: Ctx, principal: Caller, response: Response
) -> ApplicationView:
    """To show something else from now on, or again after it was taken back. By the person's side."""
    _, by = await sided(context, principal, application_id)
    application = await commands.disclose(context, application_id, body.disclosure_id, by)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/acceptance", summary="The seeker accepts a proposal")
async def accept_application(
    application_id: str, body: AcceptanceInput, context: Ctx, principal: Caller
) -> ApplicationView:
    """Their other open applications become obsolete only where they say so."""
    _, by = await sided(context, principal, application_id)
    application = await commands.accept(context, application_id, by, obsolete_others=body.obsolete_others)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/feedback", summary="Say how the interview went")
async def give_feedback(
    application_id: str,
    body: Annotated[FeedbackInput, Body(openapi_examples={"good": {"value": {"result": "positive"}}})],
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """Each side once; saying it again replaces it."""
    _, by = await sided(context, principal, application_id)
    given = Feedback(at=context.clock.now(), by=by.id, party=by.party, **body.model_dump())
    application = await commands.feedback(context, application_id, given)
    return ApplicationView.of(application, by)


@router.post("/applications/{application_id}/follow-ups/{month}", summary="Record a follow-up of a hire")
async def record_follow_up(
    application_id: str,
    month: Annotated[int, Path(ge=0, le=120, description="Months after the first day: one of the hire's `follow_ups`")],
    body: FollowUpInput,
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """At 1, 3 and 6 months; by the employer, the person, a counsellor or a manager."""
    _, by = await sided(context, principal, application_id)
    application = await commands.follow_up(
        context, application_id, month, by, still_there=body.still_there, note=body.note
    )
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
        wanted["profile_id"] = {"$in": await context.people.accompanied(principal.subject, principal.territories)}
    else:
        raise Forbidden(
            "Seuls les conseillers et les gestionnaires suivent les embauches.", needs=["counsellor", "manager"]
        )
    found = await context.applications.page(wanted, page, newest_first=False)
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
