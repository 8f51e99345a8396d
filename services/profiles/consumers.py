"""What profiles learns: from offers, who may read what a person agreed to show; from all services, what they keep of somebody."""

from collections.abc import Sequence
from typing import Any

from services.profiles.commands import exports
from services.profiles.commands.pool_traces import forget_employers
from services.profiles.commands.proofs import take_report
from services.profiles.commands.watching import take_standing
from services.profiles.context import Context
from shared.contracts.events.offers import ApplicationState
from shared.contracts.events.rights import ErasureReport, ExportPart, Standing
from shared.contracts.topics import APPLICATIONS, COMPANIES, RIGHTS_ANSWERS
from shared.employers import KNOWN_EMPLOYERS
from shared.kafka.envelope import Event
from shared.kafka.errors import Permanent
from shared.kafka.keeping import keep
from shared.kafka.rebuild import ReadModel
from shared.kafka.subscription import AnySubscription, BatchSubscription, Subscription

Batch = Sequence[Event[Any]]


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers."""

    async def applications(batch: Batch) -> None:
        await keep(context.store, APPLICATIONS_SHOWN, batch, context.clock.now())

    async def companies(batch: Batch) -> None:
        await keep(context.store, KNOWN_EMPLOYERS, batch, context.clock.now())
        if gone := [event.key for event in batch if event.data is None]:
            await forget_employers(context.store, gone)

    async def answers(event: Event[Any]) -> None:
        told = event.state
        # A service speaks for itself only: its topic says who it is.
        if told.service != event.topic.owner:
            raise Permanent("contradiction: another service's answer")
        if isinstance(told, ExportPart):
            await exports.take(context, told)
        elif isinstance(told, ErasureReport):
            await take_report(context.store, told, context.clock.now())
        elif isinstance(told, Standing):
            await take_standing(context.store, told, context.clock.now())

    return [
        BatchSubscription(APPLICATIONS, applications),
        BatchSubscription(COMPANIES, companies),
        *(Subscription(topic, answers) for topic in RIGHTS_ANSWERS.values()),
    ]


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
        "hired_at": state.hired_at,
    }


APPLICATIONS_SHOWN = ReadModel("applications", (APPLICATIONS,), _application)
READ_MODELS = (APPLICATIONS_SHOWN, KNOWN_EMPLOYERS)
