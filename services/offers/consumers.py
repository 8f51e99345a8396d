"""What offers learns: who may act for whom, who is due on the next Atelier (profiles), which offers desks wish for (clauses)."""

from collections.abc import Sequence
from typing import Any

from services.offers.commands import clause_requests, held, onboarding, people
from services.offers.context import Context
from services.offers.holdings import HOLDINGS, standing
from shared.contracts.events.clauses import OfferRequestState
from shared.contracts.events.profiles import ProfileState, SeekerRegistered
from shared.contracts.topics import OFFER_REQUESTS, PROFILES, REGISTRATIONS
from shared.kafka.envelope import Event
from shared.kafka.rebuild import ReadModel
from shared.kafka.subscription import AnySubscription, BatchSubscription, Subscription
from shared.rights import Answering, Erasing, Whose
from shared.rights.answering import Known
from shared.store import because


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers."""

    async def whose(profile_id: str) -> Whose:
        known = await context.people.find(profile_id) or {}
        return Whose(profile_id, known.get("owner_id"))

    async def under_way(of: Whose) -> Known:
        return await standing(context.store, of, context.clock.now())

    kept = ("offers", context.store, context.clock, context.new_id, HOLDINGS)
    erasing = Erasing(*kept, whose)

    async def profiles(events: Sequence[Event[ProfileState]]) -> None:
        """Keep the newest state of each profile; a tombstone erases what offers keeps of the person. Whose applications may not
        go on has none open once this is known, also where a later event of the same batch lets them apply again.
        """
        taken: list[Event[ProfileState]] = []
        for event in events:
            if event.data is None:
                continue
            taken.append(event)
            if not event.data.may_apply:
                await context.people.take(map(_person, taken))
                taken.clear()
                with because(event.correlation, event.id):
                    await held.withdraw_all(context, event.key)
        await context.people.take(map(_person, taken))
        await onboarding.follow(context, [event.key for event in events if event.data is not None])
        for event in events:
            if event.data is None:
                with because(event.correlation, event.id):
                    gone = await erasing.count(event.key)
                    tombstones = await people.erase(context, event.key)
                    await erasing.tell(gone, tombstones)

    async def registrations(event: Event[SeekerRegistered]) -> None:
        if event.data is not None and event.data.onboarding_workshop:
            await onboarding.ask(context, event.id, event.data)

    async def wishes(event: Event[OfferRequestState]) -> None:
        await clause_requests.hear(context, event)

    return [
        BatchSubscription(PROFILES, profiles),
        Subscription(REGISTRATIONS, registrations),
        Subscription(OFFER_REQUESTS, wishes),
        Answering(*kept, under_way).subscription,
    ]


def _person(event: Event[ProfileState]) -> dict[str, Any]:
    state = event.state
    return {
        "_id": event.key,
        "owner_id": state.owner_id,
        "counsellor_ids": list(state.counsellor_ids),
        "territory": state.territory,
        "active": state.active,
        "may_apply": state.may_apply,
        "visible_to_employers": state.visible_to_employers,
        "reserved_eligible": [public.value for public in state.reserved_eligible],
        "sequence": event.sequence,
    }


READ_MODELS = (
    ReadModel("people", (PROFILES,), _person, version="sequence", erased=lambda document: bool(document.get("erased"))),
)
