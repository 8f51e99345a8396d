"""Commands on agenda events and their registrations."""

from collections.abc import Sequence

from services.offers.commands.onboarding import due_again, let_go_of_erased, position_waiting, settle_waiting
from services.offers.commands.places import forget
from services.offers.commands.waiting import when_and_where
from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.agenda import AgendaDetails, AgendaEvent
from services.offers.domain.errors import profile_unknown
from services.offers.domain.registration import LIVE, NoShowReason, Registration, RegistrationStatus
from services.offers.domain.sessions import Session, span
from shared.contracts.events.base import Place
from shared.contracts.vocabulary import Notice
from shared.store import Work


async def create(
    context: Context,
    details: AgendaDetails,
    place: Place | None,
    territory: str,
    sessions: tuple[Session, ...],
    by: Actor,
) -> AgendaEvent:
    """A new event, not announced yet."""
    now = context.clock.now()
    starts, ends = span(sessions)
    event = AgendaEvent(
        id=context.new_id(),
        territory=territory,
        created_at=now,
        updated_at=now,
        details=details,
        place=place,
        sessions=sessions,
        starts_at=starts,
        ends_at=ends,
        organiser=by.id,
    )
    event.touch(now)
    await _save(context, event)
    return event


async def publish(context: Context, agenda_id: str) -> int:
    """Announce; an Atelier takes those who wait for one. Returns how many were positioned."""

    async def once() -> AgendaEvent:
        event = await context.agenda.load(agenda_id)
        event.publish(context.clock.now())
        await _save(context, event)
        return event

    return await _after(context, await context.store.retry_conflicts(once))


async def revise(
    context: Context, event: AgendaEvent, details: AgendaDetails, place: Place | None, sessions: tuple[Session, ...]
) -> None:
    """Change; who moved up from the waiting list is told."""
    before = {session.id: (session.starts_at, session.ends_at) for session in event.sessions}
    moved_place = place != event.place
    now = context.clock.now()
    promoted = event.revise(details, place, sessions, now)
    coming = event.to_come(now)
    moved = {one.id for one in coming if moved_place or before.get(one.id) != (one.starts_at, one.ends_at)}
    told = [one for one in event.registrations if one.status in LIVE and one.session_id in moved]
    await _save(context, event, promoted, told)
    await _after(context, event)


async def cancel(context: Context, agenda_id: str) -> AgendaEvent:
    """Call off and tell everybody who had or waited for a place, those too who got one just now. Whom the platform had positioned
    on an Atelier is due on the next one.
    """

    async def once() -> AgendaEvent:
        event = await context.agenda.load(agenda_id)
        told = event.cancel(context.clock.now())
        work = Work(context.new_id)
        context.agenda.save(work, event)
        for one in told:
            facts = when_and_where(event, one.session_id)
            whom = one.profile_id
            context.notify(work, event.territory, [whom], Notice.AGENDA_CANCELLED, facts, about=whom)
        if event.details.onboarding:
            await due_again(context, work, event, told)
        await context.store.commit(work)
        return event

    event = await context.store.retry_conflicts(once)
    if event.details.onboarding:
        await let_go_of_erased(context, [one.profile_id for one in event.registrations])
        await settle_waiting(context)
    return event


async def register(
    context: Context, agenda_id: str, profile_id: str, by: Actor, session_id: str | None
) -> tuple[AgendaEvent, Registration]:
    """Register somebody; two who take the last place at once get one each of a place and of the waiting list.

    Raises:
        ProfileUnknown: they were erased, be it while this was written.
    """

    async def once() -> tuple[AgendaEvent, Registration]:
        if await context.people.gone(profile_id):
            raise profile_unknown(profile_id)
        event = await context.agenda.load(agenda_id)
        registration = event.register(context.new_id(), profile_id, by, context.clock.now(), session_id=session_id)
        work = Work(context.new_id)
        context.agenda.save(work, event)
        waiting = registration.status is RegistrationStatus.WAITING
        template = Notice.WORKSHOP_WAITING if waiting else Notice.WORKSHOP_REGISTERED
        facts = when_and_where(event, registration.session_id)
        context.notify(work, event.territory, [profile_id], template, facts, about=profile_id)
        await context.store.commit(work)
        return event, registration

    made = await context.store.retry_conflicts(once)
    # Their erasure marks them first, then takes what there is.
    if await context.people.gone(profile_id):
        await forget(context, agenda_id, profile_id)
        raise profile_unknown(profile_id)
    return made


async def cancel_registration(context: Context, agenda_id: str, registration_id: str) -> AgendaEvent:
    """Give a place back; the next of the waiting list gets it and is told."""

    async def once() -> AgendaEvent:
        event = await context.agenda.load(agenda_id)
        promoted = event.cancel_registration(registration_id, context.clock.now())
        await _save(context, event, promoted)
        return event

    event = await context.store.retry_conflicts(once)
    await _after(context, event)
    return event


async def attend(
    context: Context, agenda_id: str, registration_id: str, came: bool, reason: NoShowReason | None, by: Actor
) -> Registration:
    """Record attendance."""

    async def once() -> Registration:
        event = await context.agenda.load(agenda_id)
        changed = event.attend(registration_id, came, reason, by, context.clock.now())
        await _save(context, event)
        return changed

    return await context.store.retry_conflicts(once)


async def _save(
    context: Context, event: AgendaEvent, promoted: Sequence[Registration] = (), moved: Sequence[Registration] = ()
) -> None:
    work = Work(context.new_id)
    context.agenda.save(work, event)
    for one in promoted:
        facts = when_and_where(event, one.session_id)
        context.notify(work, event.territory, [one.profile_id], Notice.WAITLIST_PROMOTED, facts, about=one.profile_id)
    for one in moved:
        if one.id not in {other.id for other in promoted}:
            facts = when_and_where(event, one.session_id)
            context.notify(work, event.territory, [one.profile_id], Notice.AGENDA_MOVED, facts, about=one.profile_id)
    await context.store.commit(work)


async def _after(context: Context, event: AgendaEvent) -> int:
    if event.details.onboarding:
        return await position_waiting(context, event.territory)
    return 0
