"""A participant's pathway: their hours over all contracts and carriers, which follow one another or run side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bson import Decimal128

from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import HoursState
from services.clauses.domain.person import Person
from services.clauses.domain.reference import is_profile
from services.clauses.handles import Contracts
from services.clauses.store import COUNTS
from shared.store import Store, decode


@dataclass(frozen=True)
class Stage:
    """What somebody worked on one contract. Hours are exact, with two places; months are the first and last with hours."""

    contract: Contract
    first_month: str
    last_month: str
    declared: Decimal
    validated: Decimal


async def pathway_of(store: Store, person: Person, territories: Iterable[str]) -> list[Stage]:
    """The contracts on which somebody worked, in the order in which they began there.

    Of a profile those of all ``territories``, which are the reader's; a reference is nobody's outside of its own.
    """
    where = sorted(territories) if is_profile(person.participant_id) else [person.territory]
    counted = {
        "participant_id": person.participant_id,
        "territory": {"$in": where},
        "slot": COUNTS,
        "hours": {"$gt": 0},
    }
    validated = {"$cond": [{"$eq": ["$state", HoursState.VALIDATED.value]}, "$hours", Decimal128("0.00")]}
    sums: list[dict[str, Any]] = [
        {"$match": counted},
        {
            "$group": {
                "_id": "$contract_id",
                "first": {"$min": "$month"},
                "last": {"$max": "$month"},
                "declared": {"$sum": "$hours"},
                "validated": {"$sum": validated},
            }
        },
        {"$sort": {"first": 1, "_id": 1}},
    ]
    rows = [decode(row) async for row in store.aggregate("hours", sums)]
    ids = [row["_id"] for row in rows]
    contracts = {one.id: one for one in await Contracts(store).many({"_id": {"$in": ids}})}
    return [
        Stage(
            contracts[row["_id"]],
            row["first"],
            row["last"],
            two_places(row["declared"]),
            two_places(row["validated"]),
        )
        for row in rows
    ]


def together(stages: Iterable[Stage]) -> tuple[Decimal, Decimal]:
    """Declared and validated hours of all of them."""
    found = list(stages)
    return sum((one.declared for one in found), ZERO), sum((one.validated for one in found), ZERO)
