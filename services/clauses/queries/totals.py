"""Totals by month and by person, which reports are read from: they follow from the declarations and can be made anew of them.

A contract that an older release wrote last is behind: whoever reads it, or writes its hours, makes them first.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bson import Decimal128

from services.clauses.context import Context
from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import HoursState
from services.clauses.store import COUNTS
from shared.store import Store, Work, decode


async def bring_into_step(context: Context, contract_id: str) -> None:
    """A contract that an older release wrote last: its totals are made anew before they are read."""

    async def once() -> None:
        contract = await context.contracts.find(contract_id)
        if contract is None or contract.in_step:
            return
        work = Work(context.new_id)
        await refold(context.store, work, contract)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def fold(store: Store, work: Work, contract: Contract) -> None:
    """Make a contract's totals anew from its declarations: none were kept yet, or an older release wrote in between."""
    months: dict[str, list[Decimal]] = {}
    people: dict[str, dict[str, list[Decimal]]] = {}
    sums: dict[str, Any] = {
        "_id": {"participant_id": "$participant_id", "month": "$month"},
        "declared": {"$sum": "$hours"},
        "validated": {"$sum": {"$cond": [{"$eq": ["$state", HoursState.VALIDATED.value]}, "$hours", Decimal128("0")]}},
    }
    counting = {"contract_id": contract.id, "slot": COUNTS}
    async for row in store.aggregate("hours", [{"$match": counting}, {"$group": sums}]):
        found = decode(row)
        amounts = [two_places(found[kind]) for kind in ("declared", "validated")]
        month = months.setdefault(found["_id"]["month"], [ZERO, ZERO])
        month[:] = [before + more for before, more in zip(month, amounts, strict=True)]
        people.setdefault(found["_id"]["participant_id"], {})[found["_id"]["month"]] = amounts
    work.delete("month_totals", {"contract_id": contract.id})
    work.delete("presences", {"contract_id": contract.id})
    work.insert(
        "month_totals",
        *(
            {"contract_id": contract.id, "month": month, "declared": of[0], "validated": of[1]}
            for month, of in months.items()
        ),
    )
    work.insert("presences", *(_presence(contract, participant_id, of) for participant_id, of in people.items()))
    contract.folded = contract.loaded_version


async def refold(store: Store, work: Work, contract: Contract) -> None:
    """``fold`` by itself: the contract stays as it is, and whoever writes hours meanwhile makes this one conflict."""
    await fold(store, work, contract)
    work.touch("contracts", contract.id, contract.version)
    work.update("contracts", {"_id": contract.id}, {"$set": {"folded": contract.version}})


def _presence(contract: Contract, participant_id: str, of: Mapping[str, Sequence[Decimal]]) -> dict[str, Any]:
    return {
        "contract_id": contract.id,
        "participant_id": participant_id,
        "territory": contract.territory,
        "declared": sum((amounts[0] for amounts in of.values()), ZERO),
        "validated": sum((amounts[1] for amounts in of.values()), ZERO),
        "declared_by_month": {month: amounts[0] for month, amounts in of.items()},
        "validated_by_month": {month: amounts[1] for month, amounts in of.items()},
    }
