"""The report of dismissals is read: who read it, when and with which figures is kept."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from services.matching.context import Context
from services.matching.queries.dismissals import dismissals, kept, last_full_month
from shared.auth import Principal
from shared.store import Work

_FIGURES = ("territory", "at", "until", "people", "reasons", "pairs")


async def read_report(context: Context, principal: Principal, territory: str) -> Mapping[str, Any]:
    """The figures of a territory until the end of its last full month, as they were at their first reading."""
    now = context.clock.now()
    until = last_full_month(territory, now)
    figures = await kept(context, territory, until)
    if figures is None:
        found = await dismissals(context, territory, until)
        figures = {"territory": territory, "at": now, "until": until.isoformat(), **asdict(found)}
    said = {name: figures[name] for name in _FIGURES}
    work = Work(context.new_id)
    reading = {"report": "dismissals", "read_by": principal.subject, "read_at": now}
    work.insert("readings", {"_id": context.new_id(), **reading, **said})
    await context.store.commit(work)
    return said
