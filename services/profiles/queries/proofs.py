"""Proofs of erasures: kept by the erased id, read by an id of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import DESCENDING

from services.profiles.domain.erasure import Counted, Proof, Told
from services.profiles.store import PROOFS
from shared.http import Cursor
from shared.store import Store


async def not_looked_at(store: Store) -> list[str]:
    """Erasures after which a crash came before the second look."""
    return [row["_id"] async for row in store.collection(PROOFS).find({"looked": False}, {"_id": 1}).limit(500)]


async def proof_of(store: Store, query: Mapping[str, Any]) -> Proof | None:
    """A proof, by its own id or by the erased one."""
    row = await store.first(PROOFS, dict(query))
    return None if row is None else _proof(row)


async def proofs(store: Store, territories: Sequence[str], cursor: Cursor) -> list[Proof]:
    """Proofs of these territories, one more than the page holds."""
    query: dict[str, Any] = {"territory": {"$in": list(territories)}}
    if cursor.after is not None:
        query["proof"] = {"$lt": cursor.texts(1)[0]}
    rows = store.collection(PROOFS).find(query).sort("proof", DESCENDING).limit(cursor.limit + 1)
    return [_proof(row) async for row in rows]


def _proof(row: Mapping[str, Any]) -> Proof:
    told = {
        service: Told(
            service=service,
            at=said["at"],
            erased=tuple(Counted(**one) for one in said["erased"]),
            tombstones=said["tombstones"],
        )
        for service, said in row.get("told", {}).items()
    }
    return Proof(row["proof"], row["territory"], row["at"], told)
