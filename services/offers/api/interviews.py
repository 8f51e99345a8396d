"""The interview of an application, for both sides and for their calendars."""

from typing import Annotated

from fastapi import Body, Response
from pydantic import Field

from services.offers.api.applications import sided
from services.offers.api.sides import ApplicationView
from services.offers.commands import interviews as commands
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor
from services.offers.domain.application import Application
from services.offers.domain.interview import InterviewDetails
from shared.calendars import ics
from shared.domain import Entity
from shared.errors import NotFound
from shared.http import Caller, resource
from shared.http.examples import NEXT_WEEK
from shared.http.media import Calendar
from shared.types import Name

router = resource("/v1/applications/{application_id}", "interviews")


class InterviewInput(InterviewDetails):
    """An interview to propose, or to move: what is not said again is as for a new one."""

    commune_code: str | None = Field(
        default=None, max_length=5, description="INSEE code of its place, whose clocks count; empty: the offer's"
    )


class AnswerInput(Entity):
    """Whether the person comes."""

    sequence: int = Field(ge=0, le=1_000_000, examples=[0], description="Of the interview that they read")
    confirmed: bool = Field(examples=[True], description="False: they ask for another time")
    wish: Annotated[str, Name(200, blank=True)] = Field(default="", description="When it would suit, in a few words")


_EXAMPLES = {
    "on_site": {
        "value": {
            "at": f"{NEXT_WEEK}T09:30:00+01:00",
            "way": "on_site",
            "place": "12 rue de la Gare, Guéret",
            "contact": "Mme Durand, à l'accueil",
            "to_bring": "Une pièce d'identité et vos certificats",
        }
    },
    "phone": {"value": {"at": f"{NEXT_WEEK}T14:00:00+01:00", "minutes": 20, "way": "phone"}},
    "video": {
        "value": {
            "at": f"{NEXT_WEEK}T14:00:00+01:00",
            "way": "video",
            "video_url": "https://visio.example.org/entretien",
        }
    },
}


def _answer(application: Application, by: Actor) -> ApplicationView:
    return ApplicationView.of(application, by)


@router.put("/interview", summary="Propose an interview, or move the one to come")
async def set_interview(
    application_id: str,
    body: Annotated[InterviewInput, Body(openapi_examples=_EXAMPLES)],
    context: Ctx,
    principal: Caller,
) -> ApplicationView:
    """By the employer. The person and who accompanies them are told, with the appointment for their calendar."""
    _, by = await sided(context, principal, application_id)
    details = InterviewDetails(**body.model_dump(exclude={"commune_code"}))
    application = await commands.propose(context, application_id, details, by, commune_code=body.commune_code)
    return _answer(application, by)


@router.delete("/interview", summary="Call the interview off; the application goes on")
async def cancel_interview(application_id: str, context: Ctx, principal: Caller) -> ApplicationView:
    """By the employer. It is taken out of the calendars that it was put in."""
    _, by = await sided(context, principal, application_id)
    return _answer(await commands.cancel(context, application_id, by), by)


@router.post("/interview/answer", summary="Confirm the interview, or ask for another time")
async def answer_interview(
    application_id: str, body: AnswerInput, context: Ctx, principal: Caller, response: Response
) -> ApplicationView:
    """By the person or who accompanies them; the employer is told. An answer to what was changed since is 409."""
    _, by = await sided(context, principal, application_id)
    application = await commands.answer(
        context, application_id, by, sequence=body.sequence, confirmed=body.confirmed, wish=body.wish
    )
    return _answer(application, by)


@router.get("/interview.ics", response_class=Calendar, summary="The interview for a calendar")
async def interview_calendar(application_id: str, context: Ctx, principal: Caller) -> Response:
    """iCalendar, for both sides; one that was called off takes itself out of the calendar. It names no person."""
    application, _ = await sided(context, principal, application_id)
    last = application.interviews[-1] if application.interviews else None
    if last is None or last.at is None:
        raise NotFound("Aucun entretien de cette candidature n'a de jour ni d'heure.", id=application_id)
    made = commands.appointment(application, last, await _company(context, application))
    return Calendar(
        ics(made, context.clock.now()), headers={"Content-Disposition": 'attachment; filename="entretien.ics"'}
    )


async def _company(context: Context, application: Application) -> str:
    company = await context.companies.find(application.company_id)
    return company.card().name if company is not None else ""
