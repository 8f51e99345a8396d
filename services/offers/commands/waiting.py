"""Time and people: silent employers, hires to follow up, sessions that begin soon."""

from datetime import timedelta
from typing import Any

from services.offers.commands import applications as hires
from services.offers.commands import interviews
from services.offers.commands.offers import answer_late
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM
from services.offers.domain.agenda import AgendaEvent, AgendaStatus
from services.offers.domain.application_rules import OPEN, WAITING_FOR_EMPLOYER
from services.offers.domain.life import ENDED
from shared import civil
from shared.contracts.vocabulary import ApplicationStatus, Notice
from shared.items import each
from shared.store import Work, encode

_LATELY = timedelta(days=2)
"""A crash is noticed sooner."""


async def applications(context: Context) -> int:
    """Remind employers who are silent for 15 days; give up after 60; count hires that nobody denied for 7. Returns how
    many steps were taken.
    """
    now = context.clock.now()
    states = [ApplicationStatus.INVITED, *WAITING_FOR_EMPLOYER]
    before = now - timedelta(days=context.rules.reminder_days)
    over = now - timedelta(days=context.rules.no_answer_days)
    wanted = encode(
        {
            "$or": [
                {"status": {"$in": states}, "submitted_at": {"$lte": over}},
                {"status": {"$in": states}, "submitted_at": {"$lte": before}, "reminded_at": None},
                {"hire_proposal.confirm_by": {"$type": "date", "$lte": now}},
            ],
        }
    )

    async def one(application_id: str) -> bool:
        return await context.store.retry_conflicts(lambda: _silent(context, application_id))

    return await each("silent-applications", await context.applications.ids(wanted), one)


async def left_behind(context: Context) -> int:
    """Answer applications that a crash left open between the end of their offer and its answers; returns how many."""
    ended = [state.value for state in ENDED]
    since = context.clock.now() - _LATELY
    ids = await context.offers.ids({"status": {"$in": ended}, "ended_at": {"$gte": since}})
    states = [state.value for state in OPEN]
    waiting = await context.applications.many({"offer_id": {"$in": ids}, "status": {"$in": states}})

    async def one(offer_id: str) -> int:
        return await answer_late(context, await context.offers.load(offer_id))

    return await each("silent-applications", sorted({one.offer_id for one in waiting}), one)


async def _silent(context: Context, application_id: str) -> bool:
    application = await context.applications.load(application_id)
    now = context.clock.now()
    due = application.due(now, context.rules)
    if due is None:
        return False
    if due == "hire":
        await hires.take_step(context, application, ApplicationStatus.HIRED, SYSTEM)
        return True
    work = Work(context.new_id)
    if due == "remind":
        application.reminded(now)
        company = await context.companies.find(application.company_id)
        params = {
            "application_id": application.id,
            "offer_id": application.offer_id,
            "offer_title": application.offer_title,
            "submitted_on": f"{civil.local(application.territory, application.submitted_at):%d/%m/%Y}",
        }
        users = company.users if company else ()
        context.notify(
            work, application.territory, users, Notice.APPLICATION_REMINDER, params, about=application.person
        )
    else:
        application.advance(ApplicationStatus.NO_ANSWER, SYSTEM, now, policy=context.rules)
        await interviews.tell(context, work, application)
    context.applications.save(work, application)
    await context.store.commit(work)
    return True


async def follow_ups(context: Context) -> int:
    """Ask counsellors whether people are still in their job, 1, 3 and 6 months after the start."""
    now = context.clock.now()
    due = {"due_on": {"$lte": civil.latest_today(now).isoformat()}, "still_there": None, "asked_at": None}

    async def one(application_id: str) -> int:
        async def once() -> int:
            application = await context.applications.load(application_id)
            asked = application.due_follow_ups(civil.today(application.territory, now))
            if not asked:
                return 0
            application.asked([one.month for one in asked], context.clock.now())
            work = Work(context.new_id)
            context.applications.save(work, application)
            someone = await context.people.find(application.profile_id) or {}
            recipients = someone.get("counsellor_ids") or [application.profile_id]
            params = {
                "application_id": application.id,
                "offer_id": application.offer_id,
                "offer_title": application.offer_title,
                "month": str(asked[-1].month),
                "profile_id": application.profile_id,
            }
            context.notify(
                work, application.territory, recipients, Notice.FOLLOW_UP_DUE, params, about=application.person
            )
            await context.store.commit(work)
            return len(asked)

        return await context.store.retry_conflicts(once)

    return await each("follow-ups", await context.applications.ids({"follow_ups": {"$elemMatch": due}}), one)


async def agenda(context: Context) -> int:
    """Remind people of a session two days (setting) before."""
    now = context.clock.now()
    days = context.settings.agenda_reminder_days
    wanted = {
        "status": AgendaStatus.PUBLISHED.value,
        "ends_at": {"$gt": now},
        "starts_at": {"$lte": now + timedelta(days=days)},
    }

    async def of_event(agenda_id: str) -> int:
        async def once() -> int:
            event = await context.agenda.load(agenda_id)
            due = event.due_reminders(now, days)
            if not due:
                return 0
            event.reminded([one.id for one in due], now)
            work = Work(context.new_id)
            context.agenda.save(work, event)
            for one in due:
                context.notify(
                    work,
                    event.territory,
                    [one.profile_id],
                    Notice.AGENDA_REMINDER,
                    when_and_where(event, one.session_id),
                    about=one.profile_id,
                )
            await context.store.commit(work)
            return len(due)

        return await context.store.retry_conflicts(once)

    return await each("agenda-reminders", await context.agenda.ids(wanted), of_event)


def when_and_where(event: AgendaEvent, session_id: str) -> dict[str, str]:
    """What a message says of a session, by the clocks of its place."""
    starts = civil.local(event.locality, event.session(session_id).starts_at)
    facts: dict[str, Any] = {
        "agenda_id": event.id,
        "session_id": session_id,
        "agenda_title": event.details.title,
        "date": f"{starts:%d/%m/%Y}",
        "time": f"{starts:%H:%M}",
        "place": event.place.name if event.place else "",
    }
    return facts
