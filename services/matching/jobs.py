"""What time triggers: the audit report, once for all replicas."""

from datetime import timedelta

from services.matching.context import Context
from services.matching.queries import overviews
from shared import civil
from shared.service import Job


def jobs_of(context: Context) -> tuple[Job, ...]:
    """The leased jobs. New days are not among them: every worker follows the clock for its own shard."""

    async def audit() -> None:
        """Keep a report a day for each territory, apart from anything about a person."""
        for territory in await context.store.collection("profiles").distinct("territory"):
            report = await overviews.audit(context, territory)
            day = civil.today(territory, report["at"]).isoformat()
            await context.store.collection("audit").replace_one(
                {"_id": f"{territory}:{day}"}, {"_id": f"{territory}:{day}", **report}, upsert=True
            )

    return (Job("audit", timedelta(seconds=context.settings.audit_every_seconds), audit),)
