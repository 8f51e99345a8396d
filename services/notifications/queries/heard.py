"""What was heard of before an event, which decides what the event means."""

from collections.abc import Iterable
from typing import Any

from shared.store import Store


async def names_a_person(store: Store, contact_id: str) -> bool:
    """Whether a contact is, or was, a person's who has a profile; False for an account and for who was never heard of."""
    before = await store.first("contacts", {"_id": contact_id}, {"kind": 1, "person": 1})
    return before is not None and (before.get("kind") == "profile" or "person" in before)


async def named_offers(store: Store, ids: Iterable[str]) -> list[dict[str, Any]]:
    """Offers of which it is known what texts say of them: those that were heard of and not erased."""
    wanted = list(ids)
    if not wanted:
        return []
    query = {"_id": {"$in": wanted}, "company": {"$exists": True}}
    return [row async for row in store.collection("offers").find(query)]


async def applications(store: Store, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The last known step of applications, by id; an erased one has its version only."""
    cursor = store.collection("applications").find({"_id": {"$in": list(set(ids))}})
    return {row["_id"]: row async for row in cursor}
