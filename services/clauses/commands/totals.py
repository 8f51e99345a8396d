"""A contract, its declarations and ledger, and the totals by month and by person that follow from them: written together."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from bson import Decimal128
from pymongo import UpdateOne

from services.clauses.domain.amounts import ZERO
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import Declaration, LedgerEntry
from services.clauses.domain.participant import FORGOTTEN
from services.clauses.domain.person_month import PersonMonth
from services.clauses.handles import Contracts
from services.clauses.queries import totals
from shared.contracts.topics import CONTRACTS
from shared.store import Store, Work


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
        await totals.fold(store, work, contract)
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
