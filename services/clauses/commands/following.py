"""Who is told of a contract: facilitators as they wish, and nobody who has left the desk."""

from collections.abc import Collection

from services.clauses.access import load
from services.clauses.commands.totals import put_contract
from services.clauses.context import Context
from services.clauses.domain.contract import Contract
from shared.auth import Principal, Role
from shared.store import Work


async def follow(context: Context, principal: Principal, contract_id: str, user_id: str, *, told: bool) -> Contract:
    """Who is told: a facilitator for themselves; anybody of the desk takes somebody off.

    Raises:
        ContractUnknown: none of the caller's business.
        Forbidden: not a facilitator.
    """

    async def once() -> Contract:
        contract, actor = await load(context.store, principal, contract_id)
        actor.must_be(Role.FACILITATOR)
        now = context.clock.now()
        if told:
            contract.follow(user_id, now)
        else:
            contract.unfollow(user_id, now)
        await _save(context, contract)
        return contract

    return await context.store.retry_conflicts(once)


async def let_go(context: Context, territory: str, left: Collection[str]) -> int:
    """Who left follows no contract of the territory; returns how many contracts somebody followed no longer. Twice is once."""
    if not left:
        return 0
    ended = 0
    following = {"territory": territory, "$or": [{"followed_by": {"$in": list(left)}}, {"followed_by": None}]}
    for contract_id in await context.contracts.ids(following):

        async def once(contract_id: str = contract_id) -> bool:
            contract = await context.contracts.load(contract_id)
            for user_id in set(contract.followers) & set(left):
                contract.unfollow(user_id, context.clock.now())
            return await _save(context, contract)

        ended += await context.store.retry_conflicts(once)
    return ended


async def _save(context: Context, contract: Contract) -> bool:
    if contract.version == contract.loaded_version:
        return False
    work = Work(context.new_id)
    put_contract(work, contract)
    await context.store.commit(work)
    return True
