"""What clauses learns: from profiles who was erased, from offers who was hired on an offer that a contract wished for."""

from collections.abc import Sequence

from services.clauses.commands import hires, participants
from services.clauses.context import Context
from services.clauses.holdings import HOLDINGS, standing
from shared.contracts.events.offers import ApplicationState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.topics import APPLICATIONS, PROFILES
from shared.kafka.consumer import AnySubscription, BatchSubscription
from shared.kafka.envelope import Event
from shared.rights import Answering, Erasing, Whose
from shared.rights.answering import Known


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers."""

    async def under_way(of: Whose) -> Known:
        return await standing(context.store, of, context.clock.now())

    kept = ("clauses", context.store, context.clock, context.new_id, HOLDINGS)
    erasing = Erasing(*kept)

    async def profiles(events: Sequence[Event[ProfileState]]) -> None:
        """A tombstone erases the person from participants; nothing else of a profile is of interest here."""
        for event in events:
            if event.data is None:
                gone = await erasing.count(event.key)
                await participants.forget(context, event.key)
                await erasing.tell(gone)

    async def applications(events: Sequence[Event[ApplicationState]]) -> None:
        """Hires on offers of ours; every other application is nobody's business here and leaves nothing."""
        await hires.hear(context, events)

    return [
        BatchSubscription(PROFILES, profiles),
        BatchSubscription(APPLICATIONS, applications),
        Answering(*kept, under_way).subscription,
    ]
