"""The Atelier: everybody newly registered who is due is positioned on the next one of their territory."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from services.offers.commands import places
from services.offers.commands.waiting import when_and_where
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM
from services.offers.domain.agenda import AgendaEvent, AgendaStatus
from services.offers.domain.registration import LIVE, Registration, RegistrationOrigin
from services.offers.domain.sessions import Session
from shared.contracts.events.profiles import SeekerRegistered
from shared.contracts.vocabulary import Notice
from shared.items import each
from shared.store import Work, encode

CONSUMER = "onboarding"


async def ask(context: Context, event_id: str, state: SeekerRegistered) -> None:
    """Position somebody now, or remember that they wait for the next Atelier. Once per event."""
    # Who has moved since is due where they live now.
    known = await context.people.find(state.profile_id) or {}
    territory = str(known.get("territory") or state.territory)
    waiting = {
        "_id": state.profile_id,
        "territory": territory,
        "counsellor_ids": list(state.counsellor_ids),
        "asked_at": context.clock.now(),
    }

    if await context.people.gone(state.profile_id):
        # The erasure travels on another topic and may have come first.
        return

    async def once() -> None:
        work = Work(context.new_id)
        work.once(CONSUMER, event_id)
        place = await _next(context, territory, state.profile_id) if _is_due(known) else None
        if place is None:
            work.update("onboarding", {"_id": state.profile_id}, {"$setOnInsert": _without_id(waiting)}, upsert=True)
        else:
            await _position(context, work, place, waiting)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)
    await _settle(context, state.profile_id)


async def _settle(context: Context, profile_id: str) -> None:
    """Who was erased while this was written sits and waits nowhere: their erasure marks them first, then takes what there is."""
    if await context.people.gone(profile_id):
        await places.forget_all(context, profile_id)


def _is_due(known: Mapping[str, Any]) -> bool:
    """Whether somebody is placed now: who takes a pause, or whose age asks for a consent first, waits."""
    return bool(known.get("active", True) and known.get("may_apply", True))


async def follow(context: Context, profile_ids: Sequence[str]) -> None:
    """Who waits for an Atelier and has moved waits for that of where they live now, from when they began to wait; who had been
    positioned on the one that they left waits anew.
    """
    await _leave_behind(context, profile_ids)
    waiting = context.store.collection("onboarding")
    async for someone in waiting.find({"_id": {"$in": list(profile_ids)}}):
        profile_id = str(someone["_id"])
        known = await context.people.find(profile_id) or {}
        territory = known.get("territory")
        if territory is None or territory == someone["territory"]:
            continue

        async def once(profile_id: str = profile_id, territory: str = str(territory), known: Any = known) -> None:
            someone = await waiting.find_one({"_id": profile_id})
            if someone is None:
                return
            place = await _next(context, territory, profile_id) if _is_due(known) else None
            work = Work(context.new_id)
            if place is None:
                work.update("onboarding", {"_id": profile_id}, {"$set": {"territory": territory}})
            else:
                await _position(context, work, place, someone)
            await context.store.commit(work)

        await context.store.retry_conflicts(once)
        await _settle(context, profile_id)


async def _leave_behind(context: Context, profile_ids: Sequence[str]) -> None:
    """Places to come that the platform gave at a desk which does not serve the person any more go to who waits there. Those that
    people chose stay theirs.
    """
    now = context.clock.now()
    of_them = {"registrations.profile_id": {"$in": list(profile_ids)}, "details.onboarding": True}
    for planned in await context.agenda.many(
        {**of_them, "status": AgendaStatus.PUBLISHED.value, "ends_at": {"$gt": now}}
    ):
        for profile_id in {one.profile_id for one in planned.registrations}.intersection(profile_ids):

            async def once(agenda_id: str = planned.id, profile_id: str = profile_id) -> str | None:
                known = await context.people.find(profile_id) or {}
                event = await context.agenda.load(agenda_id)
                place = event.live_registration(profile_id, context.clock.now())
                if known.get("territory") in (None, event.territory) or place is None or place.status not in LIVE:
                    return None
                if place.origin is not RegistrationOrigin.AUTOMATIC:
                    return None
                promoted = event.cancel_registration(place.id, context.clock.now())
                work = Work(context.new_id)
                context.agenda.save(work, event)
                told = [(Notice.AGENDA_CANCELLED, place), *((Notice.WAITLIST_PROMOTED, one) for one in promoted)]
                for notice, one in told:
                    facts, whom = when_and_where(event, one.session_id), one.profile_id
                    context.notify(work, event.territory, [whom], notice, facts, about=whom)
                await due_again(context, work, event, [place])
                await context.store.commit(work)
                return str(known["territory"])

            if (moved_to := await context.store.retry_conflicts(once)) is not None:
                for territory in (planned.territory, moved_to):
                    await position_waiting(context, territory)
                await _settle(context, profile_id)


async def due_again(context: Context, work: Work, event: AgendaEvent, lost: Sequence[Registration]) -> None:
    """With ``work``: an Atelier was called off, or is not theirs any more. Who was positioned on it waits again, from when they
    were, where they live.
    """
    for one in lost:
        if one.origin is not RegistrationOrigin.AUTOMATIC or await context.people.gone(one.profile_id):
            continue
        known = await context.people.find(one.profile_id) or {}
        waiting = {
            "territory": str(known.get("territory") or event.territory),
            "counsellor_ids": list(known.get("counsellor_ids", ())),
            "asked_at": one.registered_at,
        }
        work.update("onboarding", {"_id": one.profile_id}, {"$setOnInsert": waiting}, upsert=True)


async def let_go_of_erased(context: Context, profile_ids: Sequence[str]) -> None:
    """Of these people, those who were erased while something was written wait nowhere."""
    for id in profile_ids:
        await _settle(context, id)


async def settle_waiting(context: Context) -> int:
    """Position who waits wherever there is a place by now, also where a crash came between; returns how many."""
    territories = await context.store.collection("onboarding").distinct("territory")
    return await each("ateliers", sorted(territories), lambda territory: position_waiting(context, territory))


async def position_waiting(context: Context, territory: str) -> int:
    """After an Atelier was published or got places: those who wait, first come first served. Returns how many."""
    positioned = 0
    waiting = context.store.collection("onboarding").find({"territory": territory}).sort("asked_at", 1)
    async for someone in waiting:
        if not _is_due(await context.people.find(str(someone["_id"])) or {}):
            continue

        async def once(someone: dict[str, Any] = someone) -> bool:
            place = await _next(context, territory, someone["_id"])
            if place is None:
                return False
            work = Work(context.new_id)
            await _position(context, work, place, someone)
            await context.store.commit(work)
            return True

        if not await context.store.retry_conflicts(once):
            break
        await _settle(context, str(someone["_id"]))
        positioned += 1
    return positioned


async def _next(context: Context, territory: str, profile_id: str) -> tuple[AgendaEvent, Session | None] | None:
    """The Atelier of the territory whose session with a free place comes first and not too soon.

    The one that they have a place on already counts; it comes without a session to be positioned in.
    """
    now = context.clock.now()
    soonest = now + timedelta(hours=context.settings.atelier_lead_hours)
    planned = await context.agenda.many(
        encode(
            {
                "territory": territory,
                "status": AgendaStatus.PUBLISHED,
                "details.onboarding": True,
                "sessions.starts_at": {"$gt": now},
                "ends_at": {"$gt": now},
            }
        ),
    )
    found: list[tuple[AgendaEvent, Session]] = []
    for agenda in planned:
        if agenda.live_registration(profile_id, now) is not None:
            return agenda, None
        session = agenda.next_session(soonest)
        if session is not None and agenda.left_in(session) != 0:
            found.append((agenda, session))
    return min(found, key=lambda one: (one[1].starts_at, one[0].id), default=None)


async def _position(
    context: Context, work: Work, place: tuple[AgendaEvent, Session | None], someone: dict[str, Any]
) -> None:
    agenda, session = place
    profile_id = str(someone["_id"])
    work.delete("onboarding", {"_id": profile_id})
    if session is None:
        return
    now = context.clock.now()
    agenda.register(context.new_id(), profile_id, SYSTEM, now, session_id=session.id)
    context.agenda.save(work, agenda)
    params = when_and_where(agenda, session.id) | {"profile_id": profile_id}
    # They may have waited for months: who accompanies them now is told. Their profile may be heard of a moment later.
    known = await context.people.find(profile_id) or {}
    counsellors = known.get("counsellor_ids", someone.get("counsellor_ids", ()))
    context.notify(work, agenda.territory, counsellors, Notice.COUNSELLOR_INFO, params, about=profile_id)
    context.notify(work, agenda.territory, [profile_id], Notice.WORKSHOP_REGISTERED, params, about=profile_id)


def _without_id(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "_id"}
