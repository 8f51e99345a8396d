"""What time triggers: the life of offers, silent applications, follow-ups, reminders, reply rates."""

from datetime import timedelta

from services.offers.commands import (
    canvassing,
    clicks,
    companies,
    duplicates,
    interviews,
    life,
    onboarding,
    saved,
    waiting,
)
from services.offers.commands.members import inviting
from services.offers.context import Context
from services.offers.domain.company import Company
from services.offers.domain.replies import reply_rate
from services.offers.queries import replies
from shared.service import Job

REFRESH_FROM = 0.05
"""A reply rate that moved less than this is not told again: each change is an event per live offer."""


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The jobs of this service; each is leased and may run twice without harm."""
    often = timedelta(seconds=context.settings.life_job_seconds)

    async def offers() -> None:
        await life.run(context)

    async def silent() -> None:
        await waiting.left_behind(context)
        await waiting.applications(context)

    async def follow_ups() -> None:
        await waiting.follow_ups(context)

    async def agenda() -> None:
        await waiting.agenda(context)
        await onboarding.settle_waiting(context)

    async def reminders() -> None:
        await interviews.remind(context)

    async def outcomes() -> None:
        await clicks.ask(context)

    async def alerts() -> None:
        await saved.alert(context)

    async def moderations() -> None:
        await companies.give_keys(context)
        await companies.settle(context)

    async def copies() -> None:
        await duplicates.show_lost(context)

    async def invitations() -> None:
        await inviting(context).forget_expired("companies", Company)

    async def rates() -> None:
        await reply_rates(context)

    async def contacts() -> None:
        await canvassing.forget_old(context)

    return (
        Job("offer-life", often, offers),
        Job("silent-applications", often, silent),
        Job("follow-ups", often, follow_ups),
        Job("agenda-reminders", often, agenda),
        Job("interview-reminders", often, reminders),
        Job("outcomes-elsewhere", timedelta(hours=1), outcomes),
        Job("search-alerts", often, alerts),
        Job("moderations", timedelta(minutes=10), moderations),
        Job("lost-copies", timedelta(minutes=10), copies),
        Job("old-invitations", timedelta(hours=1), invitations),
        Job("old-canvassing", timedelta(hours=6), contacts),
        Job("reply-rates", timedelta(hours=6), rates),
    )


async def reply_rates(context: Context) -> int:
    """Recompute companies' reply rates and show them on their live offers; returns how many changed."""
    late = context.clock.now() - timedelta(days=context.rules.reminder_days)
    changed = 0
    async for company_id, answered, silent in replies.by_company(context.store, late):
        rate = reply_rate(answered, silent, context.rules.reply_rate_from)
        changed += await companies.rate(context, company_id, rate, REFRESH_FROM)
    return changed
