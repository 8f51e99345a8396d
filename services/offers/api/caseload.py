"""All applications of a caseload in one list, and several people introduced or registered at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Query
from pydantic import BaseModel, Field

from services.offers.access import for_person, shown_event
from services.offers.api.offers import readable
from services.offers.commands import agenda, applications
from services.offers.context import Ctx
from services.offers.domain.application import Application
from services.offers.domain.application_rules import OPEN
from services.offers.domain.registration import RegistrationStatus
from services.offers.domain.turns import WORDS, NextStep, Turn, next_of
from shared import civil
from shared.auth import Principal, Role
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import ApplicationStatus
from shared.domain import Entity
from shared.errors import DomainError, FieldError, Forbidden
from shared.http import Caller, Page, PageQuery, resource
from shared.types import Distinct, Identifier, Prose

router = resource("/v1", "caseload")

MOST_AT_ONCE = 50


class CaseloadLine(BaseModel):
    """An application as a list shows it: how far it is, since when, and who is to do what next."""

    application_id: str
    profile_id: str
    offer_id: str
    offer_title: str
    company_id: str
    status: ApplicationStatus
    submitted_at: datetime
    changed_at: datetime
    age_days: int = Field(description="Since it was submitted, by the calendar of its territory")
    waiting_days: int = Field(description="Since anything happened")
    turn: Turn
    next_step: NextStep
    next_step_label: str
    interview_at: datetime | None
    disclosed: bool = Field(
        description="Whether an agreement to show a name and a way to reach the person goes with it, as who applied says; "
        "whether it stands, and who read it, is known to profiles"
    )

    @classmethod
    def of(cls, application: Application, now: datetime) -> "CaseloadLine":
        comes = next_of(application, now)
        interview = application.interview_to_come(now)
        today = civil.today(application.territory, now)
        return cls(
            application_id=application.id,
            profile_id=application.profile_id,
            offer_id=application.offer_id,
            offer_title=application.offer_title,
            company_id=application.company_id,
            status=application.status,
            submitted_at=application.submitted_at,
            changed_at=application.updated_at,
            age_days=(today - civil.today(application.territory, application.submitted_at)).days,
            waiting_days=(today - civil.today(application.territory, application.updated_at)).days,
            turn=comes.turn,
            next_step=comes.step,
            next_step_label=WORDS[comes.step],
            interview_at=interview.at if interview is not None else None,
            disclosed=application.disclosure_id is not None,
        )


class Introduced(Entity):
    """Somebody to introduce, and what they agreed to show."""

    profile_id: Identifier
    disclosure_id: Identifier | None = Field(default=None, description="Their agreement to this introduction: needed")
    message: Annotated[str, Prose(2_000, blank=True)] = ""


class IntroductionsInput(Entity):
    """Several people for one offer."""

    people: tuple[Introduced, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class RegistrationsInput(Entity):
    """Several people for one session; without it, the event's only one."""

    profile_ids: Annotated[tuple[Identifier, ...], Distinct(MOST_AT_ONCE)] = Field(min_length=1)
    session_id: Identifier | None = None


class Result(BaseModel):
    """What became of one of them: the id of what was made, or why not, in words that a person can be told."""

    profile_id: str
    done: bool
    id: str | None = None
    status: str | None = Field(default=None, description="Of what was made: submitted; registered or waiting")
    code: str | None = None
    detail: str | None = None
    errors: list[FieldError] = []


class Results(BaseModel):
    """One for each person, in the order given."""

    done: int
    results: list[Result]


@router.get("/caseload/applications", summary="All applications of the people whom the caller accompanies")
async def caseload_applications(
    context: Ctx,
    principal: Caller,
    page: PageQuery,
    status: Annotated[list[ApplicationStatus] | None, Query(max_length=20, description="One is enough")] = None,
    territory: Annotated[Territory | None, Query(description="One of the caller's; absent: all of them")] = None,
    oldest_first: Annotated[bool, Query(description="Default: the newest first")] = False,
) -> Page[CaseloadLine]:
    """A counsellor's own people, a manager's territories; without `status` those that go on and those left unanswered."""
    _staff(principal)
    if territory is not None:
        principal.require_territory(territory)
    territories = {territory} if territory is not None else principal.territories
    shown = status or [*OPEN, ApplicationStatus.NO_ANSWER]
    wanted: dict[str, Any] = {"status": {"$in": sorted(one.value for one in shown)}}
    if principal.has(Role.MANAGER):
        wanted["territory"] = {"$in": sorted(territories)}
        wanted["profile_id"] = {"$ne": "erased"}
    else:
        wanted["profile_id"] = {"$in": await context.people.accompanied(principal.subject, territories)}
    found = await context.applications.page(wanted, page, newest_first=not oldest_first)
    now = context.clock.now()
    return Page(items=[CaseloadLine.of(one, now) for one in found.items], next_cursor=found.next_cursor)


_TWO = {
    "two": {
        "value": {
            "people": [
                {
                    "profile_id": "018f2b6c-8f0e-7c3a-9d54-3b1e6a7f2c01",
                    "disclosure_id": "0190c7d3-41b2-7a95-b0e6-7f2d1c8a3e54",
                },
                {
                    "profile_id": "018e9a41-22d7-7b60-8c1f-5e0d9b3a4f72",
                    "disclosure_id": "01914e2f-6a0c-7d18-9f3b-2c5a8e7d1b06",
                },
            ]
        },
    }
}


@router.post("/offers/{offer_id}/introductions", summary="Introduce several people, with a result for each")
async def introduce_several(
    offer_id: str, body: Annotated[IntroductionsInput, Body(openapi_examples=_TWO)], context: Ctx, principal: Caller
) -> Results:
    """By counsellors and managers. One that is refused stops no other; who is named twice is introduced once."""
    _staff(principal)
    await readable(context, offer_id)
    results = []
    for one in body.people:

        async def made(one: Introduced = one) -> Result:
            by, someone = await for_person(context.people, principal, one.profile_id)
            application = await applications.submit(
                context, offer_id, str(someone["_id"]), by, one.message, disclosure_id=one.disclosure_id
            )
            return Result(profile_id=one.profile_id, done=True, id=application.id, status=application.status.value)

        results.append(await _result(one.profile_id, made))
    return _all(results)


@router.post("/agenda/{agenda_id}/registrations/several", summary="Register several people, with a result for each")
async def register_several(
    agenda_id: str,
    body: Annotated[
        RegistrationsInput,
        Body(
            openapi_examples={
                "two": {
                    "value": {
                        "profile_ids": ["018f2b6c-8f0e-7c3a-9d54-3b1e6a7f2c01", "018e9a41-22d7-7b60-8c1f-5e0d9b3a4f72"]
                    }
                }
            }
        ),
    ],
    context: Ctx,
    principal: Caller,
) -> Results:
    """By counsellors and managers. Who finds the session full waits for a place."""
    _staff(principal)
    await shown_event(context.agenda, principal, agenda_id)
    results = []
    for profile_id in body.profile_ids:

        async def made(profile_id: str = profile_id) -> Result:
            by, someone = await for_person(context.people, principal, profile_id)
            _, registration = await agenda.register(context, agenda_id, str(someone["_id"]), by, body.session_id)
            status: RegistrationStatus = registration.status
            return Result(profile_id=profile_id, done=True, id=registration.id, status=status.value)

        results.append(await _result(profile_id, made))
    return _all(results)


async def _result(profile_id: str, make: Callable[[], Awaitable[Result]]) -> Result:
    """What was made, or the refusal: that of one person is none of the others'."""
    try:
        return await make()
    except DomainError as refused:
        return Result(
            profile_id=profile_id, done=False, code=refused.code, detail=refused.detail, errors=list(refused.errors)
        )


def _all(results: list[Result]) -> Results:
    return Results(done=sum(one.done for one in results), results=results)


def _staff(principal: Principal) -> None:
    if not principal.has(Role.COUNSELLOR, Role.MANAGER):
        raise Forbidden(
            "Seuls les conseillers et les gestionnaires ont une file active.", needs=["counsellor", "manager"]
        )
