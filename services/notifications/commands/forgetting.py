"""What is given up and forgotten when its time has come."""

from datetime import datetime

from services.notifications import store
from shared.ids import IdFactory
from shared.store import Store, Work


async def give_up_waiting(kept: Store, since: datetime) -> int:
    """Matters that have waited since before this are told to nobody; returns how many."""
    return (await kept.collection("waiting").delete_many({"since": {"$lt": since}})).deleted_count


async def forget_again(kept: Store, new_id: IdFactory, since: datetime) -> None:
    """Forget again who was erased since then: an effect that had read the contact just before may have committed just after."""
    async for marker in kept.collection("contacts").find({"erased_at": {"$gte": since}}):
        work = Work(new_id)
        store.forget(work, marker["subject_id"])
        await kept.commit(work)
