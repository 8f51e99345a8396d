"""Registrations for agenda events: a place taken, given back, and who came."""

from typing import Annotated

from fastapi import Body, Query
from pydantic import BaseModel

from services.offers.access import for_person, person_side, shown_event
from services.offers.api.agenda import AgendaView
from services.offers.commands import agenda as commands
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor, Party
from services.offers.domain.agenda import AgendaEvent
from services.offers.domain.errors import registration_unknown
from services.offers.domain.registration import NoShowReason, Registration
from shared.auth import Principal, Role
from shared.domain import Entity
from shared.errors import Forbidden
from shared.http import Caller, Located, resource
from shared.types import Identifier

router = resource("/v1", "agenda")


class RegistrationInput(Entity):
    """Who, and in which session; the first with a free place without one."""

    profile_id: Identifier | None = None
    session_id: Identifier | None = None


class AttendanceInput(Entity):
    """Who came; a no-show has a reason."""

    attended: bool
    reason: NoShowReason | None = None


class OwnRegistration(BaseModel):
    """A place that the person holds or waits for, with what it is a place of."""

    registration: Registration
    event: AgendaView


class OwnAgenda(BaseModel):
    """Events to come, the next first."""

    items: list[OwnRegistration]


class RegistrationList(BaseModel):
    """Registrations in the order they came."""

    items: list[Registration]


@router.post("/agenda/{agenda_id}/registrations", status_code=201, summary="Register somebody")
async def register_person(
    agenda_id: str,
    body: Annotated[RegistrationInput, Body(openapi_examples={"self": {"value": {}}})],
    context: Ctx,
    principal: Caller,
    located: Located,
) -> Registration:
    """By the person, or a counsellor for somebody. A full session puts them on the waiting list."""
    by, someone = await for_person(context.people, principal, body.profile_id)
    await shown_event(context.agenda, principal, agenda_id)
    _, registration = await commands.register(context, agenda_id, someone["_id"], by, body.session_id)
    located(f"/v1/agenda/{agenda_id}/registrations/{registration.id}")
    return registration


@router.delete("/agenda/{agenda_id}/registrations/{registration_id}", status_code=204, summary="Give a place back")
async def cancel_registration(agenda_id: str, registration_id: str, context: Ctx, principal: Caller) -> None:
    """The next of the waiting list gets it."""
    event = await shown_event(context.agenda, principal, agenda_id)
    await _for_registration(context, principal, event, registration_id)
    await commands.cancel_registration(context, agenda_id, registration_id)


async def _for_registration(context: Context, principal: Principal, event: AgendaEvent, registration_id: str) -> Actor:
    registration = event.registration(registration_id)
    if principal.is_staff_of(event.territory, Role.MANAGER):
        return Actor(principal.subject, Party.MANAGER)
    someone = await context.people.find(registration.profile_id)
    actor = person_side(principal, someone) if someone else None
    if actor is None:
        raise registration_unknown()
    return actor


@router.get("/agenda/{agenda_id}/registrations", summary="Who is registered")
async def list_registrations(agenda_id: str, context: Ctx, principal: Caller) -> RegistrationList:
    """All for managers of the territory; a counsellor sees their own people, a person theirs."""
    event = await shown_event(context.agenda, principal, agenda_id)
    if principal.is_staff_of(event.territory, Role.MANAGER):
        return RegistrationList(items=list(event.registrations))
    ids = [one.profile_id for one in event.registrations]
    mine = {row["_id"] for row in await context.people.near(principal.subject, ids) if person_side(principal, row)}
    return RegistrationList(items=[one for one in event.registrations if one.profile_id in mine])


@router.post("/agenda/{agenda_id}/registrations/{registration_id}/attendance", summary="Record who came")
async def record_attendance(
    agenda_id: str,
    registration_id: str,
    body: Annotated[AttendanceInput, Body(openapi_examples={"came": {"value": {"attended": True}}})],
    context: Ctx,
    principal: Caller,
) -> Registration:
    """By a manager, or the person's counsellor."""
    event = await shown_event(context.agenda, principal, agenda_id)
    by = await _for_registration(context, principal, event, registration_id)
    if by.party is Party.SEEKER:
        raise Forbidden("La présence est notée par les agents du territoire.", needs=["manager", "counsellor"])
    return await commands.attend(context, agenda_id, registration_id, body.attended, body.reason, by)


@router.get("/registrations", summary="A person's own agenda")
async def my_registrations(
    context: Ctx,
    principal: Caller,
    profile_id: Annotated[Identifier | None, Query(description="Absent: the caller's own profile")] = None,
) -> OwnAgenda:
    """What the person is registered for, with their registration: whether they have the place or wait for it, in which session,
    and the id by which it is given back. For them and who accompanies them.
    """
    _, someone = await for_person(context.people, principal, profile_id)
    events = await context.agenda.many(
        {"registrations.profile_id": someone["_id"], "ends_at": {"$gt": context.clock.now()}},
        sort=(("starts_at", 1),),
    )
    now = context.clock.now()
    return OwnAgenda(
        items=[
            OwnRegistration(registration=held, event=AgendaView.of(event, now, principal))
            for event in events
            if (held := event.under_way_for(someone["_id"], now)) is not None
        ]
    )
