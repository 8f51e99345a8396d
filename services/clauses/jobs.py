"""What time triggers in clauses."""

from datetime import timedelta
from functools import partial

from services.clauses.commands import alerts, members
from services.clauses.commands.contracts import end_contracts, fold_totals
from services.clauses.context import Context
from shared.logs import get_logger
from shared.service import Job

_log = get_logger()


async def _end(context: Context) -> None:
    ended = await end_contracts(context)
    if ended:
        _log.info("contracts_ended", count=ended)


async def _fold(context: Context) -> None:
    folded = await fold_totals(context)
    if folded:
        _log.info("totals_folded", contracts=folded)


async def _forget(context: Context) -> None:
    await members.forget_expired(context)


async def _look(context: Context) -> None:
    told = await alerts.look(context)
    if told:
        _log.info("alerts_told", count=told)


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The jobs of this service."""
    every = timedelta(seconds=context.settings.end_job_seconds)
    return (
        Job("end_contracts", every, partial(_end, context)),
        Job("fold_totals", every, partial(_fold, context)),
        Job("alerts", timedelta(seconds=context.settings.alert_job_seconds), partial(_look, context)),
        Job("old_invitations", timedelta(hours=1), partial(_forget, context)),
    )
