"""What readers may know of contracts' hours, where they are not the desk (``domain.telling``)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from services.clauses.access import Actor, actor_for, sides_of
from services.clauses.domain.contract import Contract
from services.clauses.domain.ledger import HoursState
from services.clauses.domain.telling import Sight, told_of
from services.clauses.store import COUNTS
from shared.auth import Principal, Role
from shared.store import Store

_EVERYTHING = Sight()


async def sight_of(store: Store, contract: Contract, actor: Actor) -> Sight:
    """Of one contract."""
    return (await _sights(store, [(contract, actor)]))[contract.id]


async def sights_of(store: Store, principal: Principal, contracts: Sequence[Contract]) -> Mapping[str, Sight]:
    """Of contracts that the caller may list, by id."""
    if all(principal.is_staff_of(one.territory, Role.FACILITATOR) for one in contracts):
        return {one.id: _EVERYTHING for one in contracts}
    sides = await sides_of(store, principal)
    actors = ((one, actor_for(principal, one, sides)) for one in contracts)
    return await _sights(store, [(one, actor) for one, actor in actors if actor is not None])


async def _sights(store: Store, read: Sequence[tuple[Contract, Actor]]) -> dict[str, Sight]:
    """The desk reads all. A contractor knows its own people's hours, and subtracts them: what is left are the others'."""
    found = {contract.id: _EVERYTHING for contract, _ in read}
    others: list[dict[str, Any]] = []
    for contract, actor in read:
        if actor.is_staff:
            continue
        own: tuple[str | None, ...] = actor.contractors if actor.role is Role.CONTRACTOR else ()
        if own and contract.contractors <= set(own):
            own = (*own, None)  # what the desk declared for it
        others.append({"contract_id": contract.id, "contractor_id": {"$nin": list(own)}})
        found[contract.id] = Sight(exact=actor.role is Role.CONTRACTOR and None in own)
    if not others:
        return found
    states = (HoursState.VALIDATED, HoursState.DECLARED)
    validated, waiting = ({"$max": {"$eq": ["$state", state.value]}} for state in states)
    whose = {"contract": "$contract_id", "person": "$participant_id"}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"$or": others, "slot": COUNTS, "hours": {"$gt": 0}}},
        {"$group": {"_id": whose, "validated": validated, "waiting": waiting}},
    ]
    people: dict[str, Counter[str]] = {}
    async for row in store.aggregate("hours", pipeline):
        of = people.setdefault(row["_id"]["contract"], Counter())
        of.update(name for name in ("validated", "waiting") if row[name])
    for id, of in people.items():
        found[id] = Sight(told_of(of["validated"], of["waiting"]), exact=False)
    return found
