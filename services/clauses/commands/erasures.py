"""Erasing again who was erased here after the copy was made that this database was restored from."""

from collections.abc import AsyncIterator

from services.clauses.commands.erasing import mark_erased
from services.clauses.commands.participants import forget
from services.clauses.context import Context
from services.clauses.queries.erased import is_kept
from shared.rights.erasures import Erasure, ErasureKind
from shared.store import Store


async def erasures(store: Store) -> AsyncIterator[Erasure]:
    """References that desks have erased; profiles say themselves who of theirs was."""
    async for row in store.collection("erasures").find({"reference": {"$type": "string"}}).sort("_id", 1):
        where = row["territory"]
        yield Erasure(
            kind=ErasureKind.REFERENCE, id=row["reference"], of=where, territory=where, at=row["at"], by=row.get("by")
        )


async def erase_again(context: Context, erasure: Erasure) -> bool:
    """Whether the copy had brought them back. Safe to repeat; the reference is closed in any case."""
    kept = await is_kept(context.store, erasure.territory, erasure.id)
    await mark_erased(context.store, erasure.id, erasure.at, territory=erasure.territory, by=erasure.by)
    if kept:
        await forget(context, erasure.id, territory=erasure.territory, by=erasure.by)
    return kept
