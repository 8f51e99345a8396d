"""The audit report is kept: one a day for each territory, apart from anything about a person."""

from services.matching.context import Context
from services.matching.queries import overviews
from shared import civil


async def keep_reports(context: Context) -> None:
    """Make today's of every territory; again takes the place of the first."""
    for territory in await context.store.collection("profiles").distinct("territory"):
        report = await overviews.audit(context, territory)
        day = civil.today(territory, report["at"]).isoformat()
        await context.store.collection("audit").replace_one(
            {"_id": f"{territory}:{day}"}, {"_id": f"{territory}:{day}", **report}, upsert=True
        )
