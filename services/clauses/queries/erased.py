"""Who was erased, and whether anything is kept under a name."""

from collections.abc import Iterable

from services.clauses.domain.participant import was_forgotten
from services.clauses.domain.reference import is_profile
from services.clauses.store import of_participant
from shared.store import Store


def erasure_key(participant_id: str, territory: str) -> str:
    """A profile is erased everywhere, a reference of a desk there."""
    return participant_id if is_profile(participant_id) else f"{territory}|{participant_id}"


async def erased(store: Store, participants: Iterable[str], territory: str) -> set[str]:
    """Which of them, as a desk of the territory names them, were erased. The name that entries keep is nobody's any more."""
    keys = {erasure_key(one, territory): one for one in participants}
    rows = store.collection("erasures").find({"_id": {"$in": sorted(keys)}}, {"_id": 1})
    return {keys[row["_id"]] async for row in rows} | {one for one in keys.values() if was_forgotten(one)}


async def was_erased(store: Store, participant_id: str, territory: str) -> bool:
    """Whether this was a profile whose person was erased, or a reference that the desk has erased."""
    return bool(await erased(store, [participant_id], territory))


async def is_kept(store: Store, territory: str, reference: str) -> bool:
    """Whether anything is kept under a reference of a desk."""
    named = of_participant(reference, territory)
    for collection in ("persons", "participants", "hours", "employments", "eligibilities"):
        if await store.first(collection, named, {"_id": 1}) is not None:
            return True
    return False
