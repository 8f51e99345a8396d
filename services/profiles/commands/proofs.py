"""A proof begins with its erasure, and takes what each service reports of it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.profiles.holdings import HOLDINGS
from services.profiles.store import PROOFS, publish_erasure
from shared.contracts.events.rights import ErasedCount, ErasureReport
from shared.contracts.topics import HOLDERS
from shared.rights.erasing import counted
from shared.rights.holdings import Whose
from shared.store import Store, Work, encode

TOMBSTONES = 2
"""Of profiles itself: the profile's and the contact's topics."""
AT_ONCE = 200


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


async def take_report(store: Store, report: ErasureReport, now: datetime) -> None:
    """What a service tells; a later telling takes the place of an earlier one. Of nobody who was erased here nothing is kept."""
    told = {"at": now, **report.model_dump(exclude={"request_id", "service"})}
    await store.collection(PROOFS).update_one(
        {"_id": report.request_id}, {"$set": encode({f"told.{report.service}": told})}
    )


async def tell_again(store: Store, now: datetime) -> int:
    """Publish the tombstones again of whoever somebody has not reported to have erased; returns how many people that is.

    A topic that was lost may have had them unread, and nothing else says that somebody was erased: they would be matched and
    written to for ever. An erasure wins over any sequence, so it needs no number, and nobody comes back under such an id.
    """
    unheard = {"$or": [{f"told.{service}": None} for service in HOLDERS]}
    ids = [row["_id"] async for row in store.collection(PROOFS).find(unheard, {"_id": 1}).sort("_id", 1)]
    there = {row["_id"] async for row in store.collection("profiles").find({"_id": {"$in": ids}}, {"_id": 1})}
    gone = [id for id in ids if id not in there]  # a restored copy: it is erased again as a whole
    for start in range(0, len(gone), AT_ONCE):
        work = Work()
        for id in gone[start : start + AT_ONCE]:
            publish_erasure(work, id, 1, now)
        await store.commit(work)
    return len(gone)


def _key(name: str) -> str:
    """A collection's name as a field's: dots would nest."""
    return name.replace(".", "_")
