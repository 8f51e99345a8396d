"""A contractor whose employer ends in offers: what is owed stays owed; who follows its contracts hears that nobody recruits."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.clauses.commands.alerts import ask
from services.clauses.context import Context
from services.clauses.queries.alerts import watched
from services.clauses.queries.desks import told_of
from services.clauses.queries.employers import EMPLOYERS, recruits
from services.clauses.store import naming_any
from shared import civil
from shared.contracts.events.offers import CompanyState
from shared.contracts.vocabulary import Notice
from shared.kafka.envelope import Event
from shared.kafka.keeping import keep
from shared.store import Work

CONSUMER = "employers"
_NEWS = timedelta(days=7)
"""Who reads the topic from its beginning (a new installation of this service) tells of no end of long ago."""


async def hear(context: Context, events: Sequence[Event[CompanyState]]) -> None:
    """Tell of those that recruited and do so no more, and keep how they stand. Once per event."""
    for event in events:
        known: dict[str, Any] = await context.store.first(EMPLOYERS.collection, {"_id": event.key}) or {}
        ended = event.data is None or not recruits(event.data)
        new = context.clock.now() - event.time <= _NEWS
        if ended and new and known.get("recruits") and event.beats(known.get("version", 0)):
            # What was heard by a release before had no number; its end has.
            await _tell(context, event, (event.data and event.data.siret) or known.get("siret"))
        await keep(context.store, EMPLOYERS, [event], context.clock.now())


async def _tell(context: Context, event: Event[CompanyState], siret: str | None) -> None:
    work = Work(context.new_id)
    work.once(CONSUMER, event.id)
    query = watched(civil.latest_today(context.clock.now()))
    names = [event.key, *([siret] if siret else [])]
    for contract in await context.contracts.many({**query, **naming_any(names)}):
        followers = await told_of(context.store, contract)
        ask(context, work, contract, Notice.CLAUSE_CONTRACTOR_ENDED, followers, {})
    await context.store.commit(work)
