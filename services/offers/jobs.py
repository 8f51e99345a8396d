"""What time triggers: the life of offers, silent applications, follow-ups, reminders of the agenda, reply rates."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.offers.commands import companies, life, waiting
from services.offers.context import Context
from services.offers.domain.application_rules import WAITING_FOR_EMPLOYER
from services.offers.domain.replies import reply_rate
from shared.service import Job

REFRESH_FROM = 0.05
"""A reply rate that moved less than this is not told again: each change is an event per live offer."""


def jobs(context: Context) -> list[Job]:
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

    async def moderations() -> None:
        await companies.settle(context)

    async def rates() -> None:
        await reply_rates(context)

    return [
        Job("offer-life", often, offers),
        Job("silent-applications", often, silent),
        Job("follow-ups", often, follow_ups),
        Job("agenda-reminders", often, agenda),
        Job("moderations", timedelta(minutes=10), moderations),
        Job("reply-rates", timedelta(hours=6), rates),
    ]


async def reply_rates(context: Context) -> int:
    """Recompute companies' reply rates and show them on their live offers; returns how many changed."""
    changed = 0
    async for company_id, rate in _rates(context):
        changed += await companies.rate(context, company_id, rate, REFRESH_FROM)
    return changed


async def _rates(context: Context) -> Any:
    limit = context.clock.now() - timedelta(days=context.rules.reminder_days)
    waiting_states = [state.value for state in WAITING_FOR_EMPLOYER]
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"status": {"$nin": ["invited"]}}},
        {
            "$group": {
                "_id": "$company_id",
                "answered": {"$sum": {"$cond": [{"$ne": ["$answered_at", None]}, 1, 0]}},
                "silent": {
                    "$sum": {
                        "$cond": [
                            {
                                "$and": [
                                    {"$eq": ["$answered_at", None]},
                                    {
                                        "$or": [
                                            {"$eq": ["$status", "no_answer"]},
                                            {
                                                "$and": [
                                                    {"$in": ["$status", waiting_states]},
                                                    {"$lt": ["$submitted_at", limit]},
                                                ]
                                            },
                                        ]
                                    },
                                ]
                            },
                            1,
                            0,
                        ]
                    }
                },
            }
        },
    ]
    async for row in context.store.aggregate("applications", pipeline):
        yield row["_id"], reply_rate(row["answered"], row["silent"], context.rules.reply_rate_from)
