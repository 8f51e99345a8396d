"""What profiles learns from offers, to decide who may read what a person agreed to show: applications, and who recruits."""

from collections.abc import Sequence
from typing import Any

from services.profiles.context import Context
from shared.contracts.events.offers import ApplicationState
from shared.contracts.topics import APPLICATIONS, COMPANIES
from shared.employers import KNOWN_EMPLOYERS
from shared.kafka.consumer import AnySubscription, BatchSubscription
from shared.kafka.envelope import Event
from shared.kafka.keeping import keep
from shared.kafka.rebuild import ReadModel

Batch = Sequence[Event[Any]]


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers."""

    async def applications(batch: Batch) -> None:
        await keep(context.store, APPLICATIONS_SHOWN, batch, context.clock.now())

    async def companies(batch: Batch) -> None:
        await keep(context.store, KNOWN_EMPLOYERS, batch, context.clock.now())

    return [BatchSubscription(APPLICATIONS, applications), BatchSubscription(COMPANIES, companies)]


def _application(event: Event[Any]) -> dict[str, Any]:
    """Of applications that show nothing of anybody nothing is kept."""
    state: ApplicationState = event.state
    row: dict[str, Any] = {"_id": event.key, "version": event.sequence}
    if state.disclosure_id is None:
        return row
    return row | {
        "disclosure_id": state.disclosure_id,
        "profile_id": state.profile_id,
        "company_id": state.company_id,
        "offer_id": state.offer_id,
        # A step that this release cannot name may be one that ends it: nothing is shown by it.
        "status": None if "status" in state.not_understood else state.status.value,
    }


APPLICATIONS_SHOWN = ReadModel("applications", (APPLICATIONS,), _application)
READ_MODELS = (APPLICATIONS_SHOWN, KNOWN_EMPLOYERS)
