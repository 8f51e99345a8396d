"""The proof of an erasure: counted before, counted again afterwards, told to profiles. Ids and counts only."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymongo import IndexModel

from shared.clock import Clock
from shared.contracts.events.rights import ErasedCount, ErasureReport
from shared.contracts.topics import RIGHTS_ANSWERS
from shared.ids import IdFactory
from shared.kafka.erasing import forget_stuck
from shared.rights.holdings import Holding, Whose
from shared.store import CollectionSpec, Store, Work

ERASURE_REPORTED = "erasure-reported.v1"
COLLECTION = "erasure_counts"
_DAYS = 60
"""As long as an erasure may come again (``shared.store.collections.ERASURE_DAYS``)."""

ERASURE_COUNTS = CollectionSpec(COLLECTION, [IndexModel("at", expireAfterSeconds=_DAYS * 86_400)])


@dataclass(frozen=True)
class Erasing:
    """One service's side. ``whose`` finds the account of a person before they are gone."""

    service: str
    store: Store
    clock: Clock
    new_id: IdFactory
    holdings: Sequence[Holding]
    whose: Callable[[str], Awaitable[Whose]] | None = None

    async def count(self, profile_id: str) -> Whose:
        """Before anything goes: how many of each there are. What was counted before a crash is not lost by it."""
        whose = Whose(profile_id) if self.whose is None else await self.whose(profile_id)
        found = await counted(self.store, self.holdings, whose)
        most = {f"found.{name}": number for name, number in found.items()}
        await self.store.collection(COLLECTION).update_one(
            {"_id": profile_id}, {"$max": most, "$set": {"at": self.clock.now()}}, upsert=True
        )
        return whose

    async def tell(self, whose: Whose, tombstones: int = 0) -> None:
        """Afterwards: what is stuck about them goes, look again and tell profiles."""
        await forget_stuck(self.store, whose.profile_id)
        row: dict[str, Any] = await self.store.collection(COLLECTION).find_one({"_id": whose.profile_id}) or {}
        before: dict[str, int] = row.get("found", {})
        left = await counted(self.store, self.holdings, whose)
        report = ErasureReport(
            request_id=whose.profile_id,
            service=self.service,
            erased=tuple(
                ErasedCount(
                    collection=one.called, title=one.title, found=before.get(one.called, 0), left=left[one.called]
                )
                for one in self.holdings
                if one.erasable
            ),
            tombstones=tombstones,
        )
        work = Work(self.new_id)
        work.publish(
            RIGHTS_ANSWERS[self.service],
            ERASURE_REPORTED,
            key=whose.profile_id,
            data=report,
            sequence=1,
            time=self.clock.now(),
        )
        await self.store.commit(work)


async def counted(store: Store, holdings: Sequence[Holding], whose: Whose) -> dict[str, int]:
    """How many of each kind there are."""
    return {
        one.called: await store.collection(one.collection).count_documents(dict(one.query(whose)))
        for one in holdings
        if one.erasable
    }
