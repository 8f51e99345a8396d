"""Published modifications of a desk's contracts."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING

from services.clauses.context import Context
from services.clauses.domain.amendment_draft import AmendmentDraft, AmendmentDraftStatus
from shared.http import Cursor, Page


async def amendment_drafts(
    context: Context,
    territories: Sequence[str],
    status: AmendmentDraftStatus,
    cursor: Cursor,
    *,
    territory: str | None,
    contract_id: str | None,
) -> Page[AmendmentDraft]:
    """Contract by contract, in the order of the modifications' days."""
    conditions: list[dict[str, Any]] = [{"territory": {"$in": list(territories)}, "status": status.value}]
    if territory is not None:
        conditions.append({"territory": territory})
    if contract_id is not None:
        conditions.append({"contract_id": contract_id})
    if cursor.after:
        contract, day, last = cursor.texts(3)
        same: dict[str, Any] = {"contract_id": contract, "modification.on": day}
        conditions.append(
            {
                "$or": [
                    {"contract_id": {"$gt": contract}},
                    {"contract_id": contract, "modification.on": {"$gt": day}},
                    same | {"_id": {"$gt": last}},
                ]
            }
        )
    order = [("contract_id", ASCENDING), ("modification.on", ASCENDING), ("_id", ASCENDING)]
    rows = await context.amendment_drafts.many({"$and": conditions}, sort=order, limit=cursor.limit + 1)
    return cursor.page(rows, lambda one: (one.contract_id, one.modification.on.isoformat(), one.id))
