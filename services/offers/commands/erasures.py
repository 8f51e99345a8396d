"""Erasing again what was erased here after the copy was made that this database was restored from."""

from collections.abc import AsyncIterator

from services.offers.commands import forgetting
from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from shared.errors import NotFound
from shared.rights.erasures import Erasure, ErasureKind
from shared.store import Store, Work


async def erasures(store: Store) -> AsyncIterator[Erasure]:
    """Households and notes of canvassing that were erased, as far as this database knows."""
    query = {"$or": [{"erased_at": {"$type": "date"}}, {"canvassing_erased.0": {"$exists": True}}]}
    fields = {"territory": 1, "erased_at": 1, "erased_by": 1, "canvassing_erased": 1}
    async for row in store.collection("companies").find(query, fields).sort("_id", 1):
        id, territory = row["_id"], row["territory"]
        if row.get("erased_at") is not None:
            by = row.get("erased_by")
            yield Erasure(kind=ErasureKind.HOUSEHOLD, id=id, territory=territory, at=row["erased_at"], by=by)
        for note in row.get("canvassing_erased", ()):
            yield Erasure(
                kind=ErasureKind.NOTE, id=note["id"], of=id, territory=territory, at=note["at"], by=note["by"]
            )


async def erase_again(context: Context, erasure: Erasure) -> bool:
    """Whether the copy had brought it back. Safe to repeat; events tell every other service, as the first time."""
    if erasure.kind is ErasureKind.HOUSEHOLD:
        company = await context.companies.find(erasure.id)
        if company is None or company.erased_at is not None:
            return False
        await forgetting.forget(context, company, Actor(erasure.by or Party.EMPLOYER.value, Party.MANAGER))
        return True

    async def once() -> bool:
        company = await context.companies.find(erasure.of or "")
        if company is None:
            return False
        try:
            company.erase_entry(erasure.id, erasure.by or "", erasure.at)
        except NotFound:
            return False
        work = Work(context.new_id)
        context.companies.save(work, company)
        await context.store.commit(work)
        return True

    return await context.store.retry_conflicts(once)
