"""What time triggers in profiles."""

from datetime import timedelta
from functools import partial

from services.profiles.commands import accounts, exports, guardians, inactivity, rsa_people, staff, transfers
from services.profiles.commands.proofs import look_again
from services.profiles.context import Context
from services.profiles.domain.staff import Staff
from services.profiles.queries.proofs import not_looked_at
from shared.logs import get_logger
from shared.service import Job

_log = get_logger()


async def _grant(context: Context) -> None:
    told = await staff.tell_provider(context)
    if told:
        _log.info("staff_roles_told", count=told)


async def _forget(context: Context) -> None:
    await staff.inviting(context).forget_expired("staff", Staff)
    await accounts.forget_expired(context)


async def _make_exports(context: Context) -> None:
    await exports.make_complete(context)


async def _look_again(context: Context) -> None:
    for profile_id in await not_looked_at(context.store):
        await look_again(context.store, profile_id, context.clock.now())


async def _look_at_inactive(context: Context) -> None:
    await inactivity.look(context)


async def _let_go(context: Context) -> None:
    await exports.let_go(context)


async def _calendar(context: Context) -> None:
    changed = await guardians.look_again(context)
    if changed:
        _log.info("calendar_looked_at", count=changed)


async def _look_at_transfers(context: Context) -> None:
    told = await transfers.look(context)
    if told:
        _log.info("transfers_looked_at", count=told)


async def _purge_list(context: Context) -> None:
    gone = await rsa_people.purge(context)
    if gone:
        _log.info("listed_people_purged", count=gone)


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The jobs of this service."""
    often = timedelta(seconds=context.settings.staff_job_seconds)
    return (
        Job("staff_roles", often, partial(_grant, context)),
        Job("old_invitations", timedelta(hours=1), partial(_forget, context)),
        Job("exports", timedelta(seconds=context.settings.export_job_seconds), partial(_make_exports, context)),
        Job("erasure_proofs", timedelta(minutes=5), partial(_look_again, context)),
        Job(
            "inactivity",
            timedelta(minutes=context.settings.inactivity_job_minutes),
            partial(_look_at_inactive, context),
        ),
        Job("old_exports", timedelta(hours=1), partial(_let_go, context)),
        # Midnights of French territories are spread over the whole day.
        Job("calendar", timedelta(minutes=10), partial(_calendar, context)),
        Job("transfers", timedelta(hours=1), partial(_look_at_transfers, context)),
        Job("listed_people", timedelta(hours=1), partial(_purge_list, context)),
    )
