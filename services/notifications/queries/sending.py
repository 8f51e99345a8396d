"""What waits to leave: how much, since when, and when the next may."""

from datetime import datetime

from services.notifications.domain.notification import Status
from shared.contracts.vocabulary import Channel
from shared.store import Store


async def due(store: Store, channel: Channel, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of a channel should have left, and since when the oldest one."""
    query = {"status": Status.QUEUED.value, "channel": channel.value, "due_at": {"$lte": now}}
    notifications = store.collection("notifications")
    oldest = await notifications.find_one(query, {"due_at": 1}, sort=[("due_at", 1)])
    return await notifications.count_documents(query), None if oldest is None else oldest["due_at"]


async def next_due(store: Store, channel: Channel) -> datetime | None:
    """When the first queued message of a channel may leave; None when none is queued."""
    queued = {"status": Status.QUEUED.value, "channel": channel.value}
    first = await store.first("notifications", queued, {"due_at": 1}, sort=[("due_at", 1)])
    due_at: datetime | None = None if first is None else first["due_at"]
    return due_at


async def waiting_matters(store: Store) -> int:
    """About how many matters wait for somebody or something that they name to be heard of."""
    return await store.collection("waiting").estimated_document_count()
