"""Who left the desk of a territory, as profiles tells it, and so who is told of a contract now."""

from collections.abc import Iterable
from typing import Any

from services.clauses.domain.contract import Contract
from shared.contracts.topics import STAFF
from shared.kafka.envelope import Event
from shared.kafka.rebuild import ReadModel
from shared.store import Store


def _row(event: Event[Any]) -> dict[str, Any]:
    return {"_id": event.key, "version": event.sequence, "facilitators": list(event.state.left_facilitators)}


LEFT_STAFF = ReadModel("left_staff", (STAFF,), _row)


async def left(store: Store, territories: Iterable[str]) -> dict[str, frozenset[str]]:
    """The facilitators who left, by territory."""
    rows = store.collection(LEFT_STAFF.collection).find({"_id": {"$in": list(set(territories))}})
    return {row["_id"]: frozenset(row.get("facilitators", ())) async for row in rows}


async def told_of(store: Store, contract: Contract) -> tuple[str, ...]:
    """The facilitators who follow a contract and have not left its desk: also where they were written down after they had."""
    gone = (await left(store, [contract.territory])).get(contract.territory, frozenset())
    return tuple(one for one in contract.followers if one not in gone)
