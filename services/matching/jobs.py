"""What time triggers: the audit report, once for all replicas."""

from datetime import timedelta
from functools import partial

from services.matching.commands.audit import keep_reports
from services.matching.context import Context
from shared.service import Job


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The leased jobs. New days are not among them: every worker follows the clock for its own shard."""
    every = timedelta(seconds=context.settings.audit_every_seconds)
    return (Job("audit", every, partial(keep_reports, context)),)
