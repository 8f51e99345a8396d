"""What clauses learns: who was erased or left a desk (profiles), whom a wish of ours hired, which employer ends (offers)."""

from collections.abc import Sequence

from services.clauses.commands import employers, following, hires, participants
from services.clauses.context import Context
from services.clauses.holdings import HOLDINGS, standing
from services.clauses.queries.desks import LEFT_STAFF
from services.clauses.queries.employers import EMPLOYERS
from shared.contracts.events.offers import ApplicationState, CompanyState
from shared.contracts.events.profiles import ProfileState, StaffState
from shared.contracts.topics import APPLICATIONS, COMPANIES, PROFILES, STAFF
from shared.kafka.envelope import Event
from shared.kafka.keeping import keep
from shared.kafka.subscription import AnySubscription, BatchSubscription
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

    async def staff(events: Sequence[Event[StaffState]]) -> None:
        """Who left a desk is told of its contracts no longer."""
        await keep(context.store, LEFT_STAFF, events, context.clock.now())
        for event in events:
            if event.data is not None:
                await following.let_go(context, event.data.territory, event.data.left_facilitators)

    async def applications(events: Sequence[Event[ApplicationState]]) -> None:
        """Hires on offers of ours; every other application is nobody's business here and leaves nothing."""
        await hires.hear(context, events)

    async def companies(events: Sequence[Event[CompanyState]]) -> None:
        """An employer that ends may be a contractor."""
        await employers.hear(context, events)

    return [
        BatchSubscription(PROFILES, profiles),
        BatchSubscription(COMPANIES, companies),
        BatchSubscription(APPLICATIONS, applications),
        BatchSubscription(STAFF, staff),
        Answering(*kept, under_way).subscription,
    ]


READ_MODELS = (LEFT_STAFF, EMPLOYERS)
