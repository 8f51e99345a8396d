"""The agenda: workshops, job datings, fairs, briefings, visits, training sessions."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Query, Response
from pydantic import BaseModel, Field

from services.offers.access import manager_of, shown_event
from services.offers.api.calendar import calendar
from services.offers.commands import agenda as commands
from services.offers.context import Context, Ctx
from services.offers.domain.actors import Actor
from services.offers.domain.agenda import AgendaDetails, AgendaEvent, AgendaStatus
from services.offers.domain.content import PlaceInput
from services.offers.domain.place import settle
from services.offers.domain.registration import RegistrationStatus
from services.offers.domain.sessions import Session
from shared.auth import Principal, Role
from shared.contracts.events.base import Place, Territory
from shared.contracts.vocabulary import AgendaKind
from shared.domain import Entity
from shared.errors import FieldError, Refused
from shared.http import (
    VERSIONED,
    Caller,
    IfMatch,
    Located,
    OptionalCaller,
    Page,
    PageQuery,
    check_version,
    resource,
)
from shared.http.examples import NEXT_WEEK
from shared.http.media import Calendar
from shared.types import AskedInstant, Identifier, Instant, Name

router = resource("/v1", "agenda")

_EXAMPLE = {
    "kind": "workshop",
    "title": "Atelier Job 23",
    "onboarding": True,
    "by_invitation": True,
    "place": {"commune_code": "23096", "name": "Maison de l'emploi, Guéret"},
    "sessions": [{"starts_at": f"{NEXT_WEEK}T08:30:00Z", "ends_at": f"{NEXT_WEEK}T11:00:00Z", "places": 12}],
}


class SessionInput(Entity):
    """A slot; ``id`` is kept when it is sent again in a change."""

    id: Identifier | None = None
    starts_at: Instant
    ends_at: Instant
    places: int | None = Field(default=None, ge=1, le=10_000)
    label: Annotated[str, Name(100, blank=True)] = ""


class AgendaInput(AgendaDetails):
    """An event with its sessions."""

    territory: Territory | None = Field(default=None, description="Département; default: that of the place")
    place: PlaceInput | None = None
    sessions: tuple[SessionInput, ...] = Field(min_length=1, max_length=200)


_NO_LIMIT = "null: no limit, or not told (by invitation: the territory's staff know)"


class SessionView(BaseModel):
    """A slot with what is left of it."""

    id: str
    starts_at: datetime
    ends_at: datetime
    label: str
    places: int | None = Field(description=_NO_LIMIT)
    places_left: int | None = Field(description=_NO_LIMIT)


class AgendaView(BaseModel):
    """An event as everybody sees it: no person, and of one that people are placed in by the desk no figures about them."""

    id: str
    version: Annotated[int | None, VERSIONED] = Field(
        description="For If-Match; it counts registrations, so where these are not told it is null"
    )
    territory: str
    status: AgendaStatus
    kind: AgendaKind
    title: str
    description: str
    by_invitation: bool
    onboarding: bool
    company_ids: tuple[str, ...]
    place: Place | None
    starts_at: datetime
    ends_at: datetime
    sessions: list[SessionView]
    places: int | None = Field(description=_NO_LIMIT)
    places_left: int | None = Field(description=_NO_LIMIT)
    waiting: int | None = Field(description="null: not told")

    @classmethod
    def of(cls, event: AgendaEvent, now: datetime, principal: Principal | None) -> "AgendaView":
        told = figures_told(event, principal)
        return cls(
            id=event.id,
            version=event.version if told else None,
            territory=event.territory,
            status=event.status,
            **event.details.model_dump(),
            place=event.place,
            starts_at=event.starts_at,
            ends_at=event.ends_at,
            sessions=[
                SessionView(
                    id=session.id,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    label=session.label,
                    places=session.places if told else None,
                    places_left=event.left_in(session) if told else None,
                )
                for session in event.sessions
            ],
            places=event.places if told else None,
            places_left=event.places_left(now) if told else None,
            waiting=sum(one.status is RegistrationStatus.WAITING for one in event.registrations) if told else None,
        )


def figures_told(event: AgendaEvent, principal: Principal | None) -> bool:
    """Whether the caller learns how many sit and wait there."""
    staff = principal is not None and principal.is_staff_of(event.territory, Role.COUNSELLOR, Role.MANAGER)
    return staff or not event.details.closed


def _parts(context: Context, body: AgendaInput) -> tuple[AgendaDetails, Place | None, str, tuple[Session, ...]]:
    place, territory = None, body.territory
    if body.place is not None:
        given = body.place
        place, found = settle(context.communes, given.commune_code, given.point, given.name, given.postcode)
        territory = territory or found
    if territory is None:
        raise Refused(
            "Il manque le territoire.",
            errors=[FieldError("territory", "required", "Donnez le territoire ou un lieu.")],
        )
    details = AgendaDetails(**{name: getattr(body, name) for name in AgendaDetails.model_fields})
    sessions = tuple(
        Session(
            id=one.id or context.new_id(),
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            places=one.places,
            label=one.label,
        )
        for one in _in_order(body.sessions)
    )
    return details, place, territory, sessions


def _in_order(sessions: tuple[SessionInput, ...]) -> list[SessionInput]:
    seen: set[str] = set()
    for index, one in enumerate(sessions):
        if one.id is not None and one.id in seen:
            twice = FieldError(f"sessions.{index}.id", "duplicate", "Cet identifiant de session est donné deux fois.")
            raise Refused("Une séance est donnée deux fois.", errors=[twice])
        seen.add(one.id or "")
    wrong = [
        FieldError(f"sessions.{index}.ends_at", "after_start", "Une session finit après avoir commencé.")
        for index, one in enumerate(sessions)
        if one.ends_at <= one.starts_at
    ]
    if wrong:
        raise Refused("Une séance finit avant de commencer.", errors=wrong)
    return sorted(sessions, key=lambda one: one.starts_at)


async def _managed(context: Context, principal: Principal, agenda_id: str) -> tuple[AgendaEvent, Actor]:
    event = await shown_event(context.agenda, principal, agenda_id)
    return event, manager_of(principal, event.territory)


@router.post("/agenda", status_code=201, summary="Plan an event")
async def plan_event(
    body: Annotated[AgendaInput, Body(openapi_examples={"atelier": {"value": _EXAMPLE}})],
    context: Ctx,
    principal: Caller,
    located: Located,
) -> AgendaView:
    """Managers; it is announced by publishing."""
    details, place, territory, sessions = _parts(context, body)
    by = manager_of(principal, territory)
    event = await commands.create(context, details, place, territory, sessions, by)
    located(f"/v1/agenda/{event.id}")
    return AgendaView.of(event, context.clock.now(), principal)


@router.get("/agenda", summary="Events to come")
async def list_agenda(
    context: Ctx,
    principal: OptionalCaller,
    page: PageQuery,
    territory: Annotated[Territory | None, Query(description="Département of the event; absent: all")] = None,
    kind: Annotated[list[AgendaKind] | None, Query(max_length=20, description="Any of these; absent: all")] = None,
    since: Annotated[
        AskedInstant | None,
        Query(
            description="An instant with its offset (`2026-03-09T00:00:00+01:00`): a session begins then or later; absent: all "
            "that is not over"
        ),
    ] = None,
    until: Annotated[
        AskedInstant | None, Query(description="An instant with its offset: a session begins before it")
    ] = None,
) -> Page[AgendaView]:
    """Public; soonest first."""
    rows = await _upcoming(
        context, territory, kind, since, until, page.limit + 1, page.moment() if page.after else None
    )
    found = page.page(rows, lambda event: [event.starts_at.isoformat(), event.id])
    return Page(
        items=[AgendaView.of(event, context.clock.now(), principal) for event in found.items],
        next_cursor=found.next_cursor,
    )


async def _upcoming(
    context: Context,
    territory: str | None,
    kind: list[AgendaKind] | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[AgendaEvent]:
    begins: dict[str, Any] = {"$gte": since} if since else {}
    if until:
        begins["$lt"] = until
    # What begins at an hour or later ends after it: the index is of ends.
    wanted: dict[str, Any] = {
        "status": AgendaStatus.PUBLISHED.value,
        "ends_at": {"$gt": since or context.clock.now()},
    }
    if begins:
        # One of its sessions: a weekly workshop goes on after its first.
        wanted["sessions"] = {"$elemMatch": {"starts_at": begins}}
    if territory:
        wanted["territory"] = territory
    if kind:
        wanted["details.kind"] = {"$in": [one.value for one in kind]}
    if after:
        last, id = after
        wanted["$or"] = [{"starts_at": {"$gt": last}}, {"starts_at": last, "_id": {"$gt": id}}]
    return await context.agenda.many(wanted, sort=(("starts_at", 1), ("_id", 1)), limit=limit)


@router.get("/agenda.ics", response_class=Calendar, summary="Events to come as a calendar feed")
async def agenda_calendar(
    context: Ctx,
    territory: Annotated[Territory | None, Query(description="Département of the event; absent: all")] = None,
    kind: Annotated[list[AgendaKind] | None, Query(max_length=20, description="Any of these; absent: all")] = None,
) -> Response:
    """iCalendar (RFC 5545), to subscribe to."""
    events = await _upcoming(context, territory, kind, None, None, 500)
    return Calendar(calendar(events, context.settings.public_url))


@router.get("/agenda/{agenda_id}.ics", response_class=Calendar, summary="One event for a calendar")
async def event_calendar(agenda_id: str, context: Ctx) -> Response:
    """iCalendar; a cancelled event says so."""
    event = await shown_event(context.agenda, None, agenda_id)
    return Calendar(calendar([event], context.settings.public_url))


@router.get("/agenda/{agenda_id}", summary="An event")
async def get_event(agenda_id: str, context: Ctx, principal: OptionalCaller) -> AgendaView:
    """Public once announced."""
    event = await shown_event(context.agenda, principal, agenda_id)
    return AgendaView.of(event, context.clock.now(), principal)


@router.patch("/agenda/{agenda_id}", summary="Change an event")
async def change_event(
    agenda_id: str,
    body: Annotated[AgendaInput, Body(openapi_examples={"atelier": {"value": _EXAMPLE}})],
    context: Ctx,
    principal: Caller,
    expected: IfMatch,
) -> AgendaView:
    """The whole event as it is to be; send the sessions' ids. More places promote people who wait."""
    event, _ = await _managed(context, principal, agenda_id)
    check_version(expected, event.version)
    details, place, _, sessions = _parts(context, body)
    await commands.revise(context, event, details, place, sessions)
    return AgendaView.of(event, context.clock.now(), principal)


@router.post("/agenda/{agenda_id}/publish", summary="Announce an event")
async def publish_event(agenda_id: str, context: Ctx, principal: Caller) -> AgendaView:
    """An Atelier takes those who wait for one, first come first served."""
    event, _ = await _managed(context, principal, agenda_id)
    await commands.publish(context, event.id)
    return AgendaView.of(await context.agenda.load(agenda_id), context.clock.now(), principal)


@router.post("/agenda/{agenda_id}/cancel", summary="Call an event off")
async def cancel_event(agenda_id: str, context: Ctx, principal: Caller) -> AgendaView:
    """Everybody registered is told."""
    await _managed(context, principal, agenda_id)
    event = await commands.cancel(context, agenda_id)
    return AgendaView.of(event, context.clock.now(), principal)
