"""The hours of contracts as the parties read them who neither did them all nor keep the ledger (``domain/telling.py``)."""

from collections.abc import Iterable
from typing import Any

from bson import Decimal128

from services.clauses.context import Context
from services.clauses.domain.amounts import two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import HoursState
from services.clauses.domain.progress import Balance
from services.clauses.domain.telling import Owed, owed_of
from services.clauses.store import COUNTS
from shared.store import decode


async def owed_in(context: Context, contracts: Iterable[Contract]) -> dict[str, tuple[Owed, Balance]]:
    """Of each contract what it owes its parties today, and what was done up to then."""
    owed = {one.id: owed_of(one, context.today(one.territory)) for one in contracts}
    if not owed:
        return {}
    either = [{"contract_id": id, "slot": COUNTS, "month": {"$lte": one.month}} for id, one in owed.items()]
    done = {"$cond": [{"$eq": ["$state", HoursState.VALIDATED.value]}, "$hours", Decimal128("0")]}
    whose = {"$cond": [{"$gt": ["$hours", 0]}, "$participant_id", "$$REMOVE"]}
    sums: dict[str, Any] = {"declared": {"$sum": "$hours"}, "validated": {"$sum": done}, "people": {"$addToSet": whose}}
    pipeline = [{"$match": {"$or": either}}, {"$group": {"_id": "$contract_id", **sums}}]
    found = {
        row["_id"]: Balance(two_places(row["declared"]), two_places(row["validated"]), len(row["people"]))
        for row in map(decode, await context.store.aggregated("hours", pipeline))
    }
    return {id: (one, found.get(id, Balance())) for id, one in owed.items()}
