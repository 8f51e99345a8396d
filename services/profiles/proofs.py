"""Proofs of erasures: kept by the erased id, read by an id of their own."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.profiles.domain.erasure import Counted, Proof, Told
from services.profiles.holdings import HOLDINGS
from shared.contracts.events.rights import ErasedCount, ErasureReport
from shared.http import Cursor
from shared.rights.erasing import counted
from shared.rights.holdings import Whose
from shared.store import CollectionSpec, Store, Work, encode

PROOFS = "erasure_proofs"
_KEPT_SECONDS = 3 * 366 * 86_400
"""Longer than somebody can be asked for it."""
TOMBSTONES = 2
"""Of profiles itself: the profile's and the contact's topics."""

PROOF_COLLECTION = CollectionSpec(
    PROOFS,
    [
        IndexModel("proof", unique=True),
        IndexModel([("territory", ASCENDING), ("proof", DESCENDING)]),
        IndexModel("at", expireAfterSeconds=_KEPT_SECONDS),
        IndexModel("looked", partialFilterExpression={"looked": False}),
    ],
)


def new_proof_id() -> str:
    """Nobody guesses it: whoever holds it may read."""
    return secrets.token_urlsafe(24)


async def found_of(store: Store, whose: Whose) -> dict[str, int]:
    """What profiles keeps of somebody, counted before it goes."""
    return await counted(store, HOLDINGS, whose)


def begin_proof(
    work: Work, profile_id: str, territory: str, found: Mapping[str, int], proof: str, now: datetime
) -> None:
    """With the erasure's own commit. An erasure that is done again (a restored copy) adds to what was found."""
    work.update(
        PROOFS,
        {"_id": profile_id},
        {
            "$setOnInsert": {"territory": territory, "at": now, "proof": proof},
            "$max": {f"found.{_key(name)}": number for name, number in found.items()},
            "$set": {"looked": False},
        },
        upsert=True,
    )


async def look_again(store: Store, profile_id: str, now: datetime) -> None:
    """What profiles itself has erased: counted again, after the commit."""
    row: dict[str, Any] = await store.first(PROOFS, {"_id": profile_id}) or {}
    if not row:
        return
    before: Mapping[str, int] = row.get("found", {})
    left = await counted(store, HOLDINGS, Whose(profile_id))
    report = ErasureReport(
        request_id=profile_id,
        service="profiles",
        erased=tuple(
            ErasedCount(
                collection=one.called, title=one.title, found=before.get(_key(one.called), 0), left=left[one.called]
            )
            for one in HOLDINGS
            if one.erasable
        ),
        tombstones=TOMBSTONES,
    )
    await take_report(store, report, now)
    await store.collection(PROOFS).update_one({"_id": profile_id}, {"$set": {"looked": True}})


async def not_looked_at(store: Store) -> list[str]:
    """Erasures after which a crash came before the second look."""
    return [row["_id"] async for row in store.collection(PROOFS).find({"looked": False}, {"_id": 1}).limit(500)]


async def take_report(store: Store, report: ErasureReport, now: datetime) -> None:
    """What a service tells; a later telling takes the place of an earlier one. Of nobody who was erased here nothing is kept."""
    told = {"at": now, **report.model_dump(exclude={"request_id", "service"})}
    await store.collection(PROOFS).update_one(
        {"_id": report.request_id}, {"$set": encode({f"told.{report.service}": told})}
    )


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


def _key(name: str) -> str:
    """A collection's name as a field's: dots would nest."""
    return name.replace(".", "_")
