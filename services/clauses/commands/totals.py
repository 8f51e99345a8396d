"""A contract, its declarations and ledger, and the totals by month and by person that follow from them: written together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from bson import Decimal128
from pymongo import UpdateOne

from services.clauses.domain.amounts import ZERO, two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import Declaration, HoursState, LedgerEntry
from services.clauses.domain.participant import FORGOTTEN
from services.clauses.domain.person_month import PersonMonth
from services.clauses.handles import Contracts
from services.clauses.store import COUNTS
from shared.contracts.topics import CONTRACTS
from shared.store import Store, Work, decode


def put_contract(work: Work, contract: Contract) -> None:
    """Save a contract with its events."""
    if contract.loaded_version == 0 or contract.in_step:
        contract.folded = contract.version
    work.save("contracts", contract, CONTRACTS)


async def put_hours(
    store: Store,
    work: Work,
    contract: Contract,
    declarations: Sequence[Declaration],
    entries: Sequence[LedgerEntry],
    persons: Sequence[PersonMonth],
) -> None:
    """Append entries, with the states, the totals and the people's months that follow from them."""
    if contract.loaded_version and not contract.in_step:
        await fold(store, work, contract)
    _count(work, contract, entries)
    put_contract(work, contract)
    for declaration in declarations:
        work.save("hours", declaration)
    for person in persons:
        work.save("person_months", person)
    documents = [entry.model_dump() for entry in entries]
    work.insert("ledger", *({"_id": document.pop("id"), **document} for document in documents))


def _count(work: Work, contract: Contract, entries: Sequence[LedgerEntry]) -> None:
    """Add entries to the totals by month and by person, which reports are read from."""
    months: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    people: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for entry in entries:
        for kind, delta in (("declared", entry.declared_delta), ("validated", entry.validated_delta)):
            months[entry.month][kind] += delta
            people[entry.participant_id][kind] += delta
            people[entry.participant_id][f"{kind}_by_month.{entry.month}"] += delta
    work.bulk("month_totals", [_more(contract, {"month": month}, added) for month, added in months.items()])
    work.bulk("presences", [_more(contract, {"participant_id": who}, added) for who, added in people.items()])


def _more(contract: Contract, key: Mapping[str, str], added: Mapping[str, Decimal]) -> UpdateOne:
    amounts = {name: Decimal128(amount) for name, amount in added.items()}
    fixed = {"territory": contract.territory}
    return UpdateOne({"contract_id": contract.id, **key}, {"$inc": amounts, "$setOnInsert": fixed}, upsert=True)


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


async def out_of_step(store: Store) -> list[str]:
    """Ids of contracts whose totals are not those of their ledger."""
    return await Contracts(store).ids({"$expr": {"$ne": ["$folded", "$version"]}})


async def sweep_presences(store: Store) -> None:
    """Take the erased out of totals that were folded, and tallies that were made, while they were being erased."""
    profiles, references = [], []
    async for row in store.collection("erasures").find({}):
        if "reference" in row:
            references.append((row["reference"], row["territory"]))
        else:
            profiles.append(row["_id"])
    name = {"$concat": [FORGOTTEN, {"$toString": "$_id"}]}
    await store.collection("presences").update_many(
        {"participant_id": {"$in": profiles}}, [{"$set": {"participant_id": name}}]
    )
    await store.collection("tallies").delete_many({"people": {"$in": profiles}})
    for reference, territory in references:
        named = {"participant_id": reference, "territory": territory}
        await store.collection("presences").update_many(named, [{"$set": {"participant_id": name}}])
        await store.collection("tallies").delete_many({"people": reference, "territory": territory})
