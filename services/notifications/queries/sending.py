"""What waits to leave: how much, since when, and when the next may."""

from datetime import datetime

from services.notifications.domain.notification import Status
from shared.contracts.vocabulary import Channel
from shared.store import Store


async def due(store: Store, channel: Channel, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of a channel should have left, and since when the oldest one.

    What is tried in vain is due again and again: it has been late since it was tried first.
    """
    queued = {"status": Status.QUEUED.value, "channel": channel.value}
    notifications = store.collection("notifications")
    late = [
        await notifications.find_one({**queued, field: {"$lte": now}}, {field: 1}, sort=[(field, 1)])
        for field in ("due_at", "tried_since")
    ]
    since = [one[field] for one, field in zip(late, ("due_at", "tried_since"), strict=True) if one is not None]
    count = await notifications.count_documents(
        {**queued, "$or": [{"due_at": {"$lte": now}}, {"tried_since": {"$lte": now}}]}
    )
    return count, min(since, default=None)


async def next_due(store: Store, channel: Channel) -> datetime | None:
    """When the first queued message of a channel may leave; None when none is queued."""
    queued = {"status": Status.QUEUED.value, "channel": channel.value}
    first = await store.first("notifications", queued, {"due_at": 1}, sort=[("due_at", 1)])
    due_at: datetime | None = None if first is None else first["due_at"]
    return due_at


async def waiting_matters(store: Store) -> int:
    """About how many matters wait for somebody or something that they name to be heard of."""
    return await store.collection("waiting").estimated_document_count()
