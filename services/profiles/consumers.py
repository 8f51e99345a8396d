"""What profiles learns from offers, to decide who may read what a person agreed to show: applications, and who recruits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pymongo import ReplaceOne

from services.profiles.context import Context
from shared.contracts.events.offers import ApplicationState, CompanyState
from shared.contracts.topics import APPLICATIONS, COMPANIES
from shared.kafka.consumer import AnySubscription, BatchSubscription
from shared.kafka.envelope import Event, newest
from shared.kafka.rebuild import ReadModel
from shared.store import encode
from shared.store.projecting import newer

Batch = Sequence[Event[Any]]


def subscriptions(context: Context) -> list[AnySubscription]:
    """This service's consumers."""

    async def applications(batch: Batch) -> None:
        await _keep(context, "applications", _application, batch)

    async def companies(batch: Batch) -> None:
        await _keep(context, "companies", _company, batch)

    return [BatchSubscription(APPLICATIONS, applications), BatchSubscription(COMPANIES, companies)]


async def _keep(
    context: Context, collection: str, document: Callable[[Event[Any]], dict[str, Any]], batch: Batch
) -> None:
    """The newest state of each; of what was erased only that it was."""
    rows = context.store.collection(collection)
    stored = rows.find({"_id": {"$in": list({event.key for event in batch})}}, {"version": 1})
    versions: Mapping[str, int] = {row["_id"]: row["version"] async for row in stored}
    now = context.clock.now()
    writes: list[Any] = []
    for id, (event, version) in newest(batch, lambda id: versions.get(id, 0)).items():
        if event.data is None:
            gone = encode({"_id": id, "version": version, "erased_at": now})
            writes.append(ReplaceOne({"_id": id}, gone, upsert=True))
        else:
            writes.append(newer(document(event)))
    if writes:
        await rows.bulk_write(writes, ordered=True)


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


def _company(event: Event[Any]) -> dict[str, Any]:
    state: CompanyState = event.state
    row = {"_id": event.key, "version": event.sequence}
    return row | {"user_ids": list(state.user_ids), "approved": state.approved}


READ_MODELS = (
    ReadModel("applications", (APPLICATIONS,), _application),
    ReadModel("companies", (COMPANIES,), _company),
)
