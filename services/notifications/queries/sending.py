"""What waits to leave: how much, since when, and when the next may."""

from datetime import datetime, timedelta

from services.notifications.domain.notification import Status
from shared.clock import ClockWrong, SystemClock
from shared.contracts.vocabulary import Channel
from shared.store import Store


async def due(store: Store, channel: Channel, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of a channel should have left, and since when the oldest one.

    What waits for a mail server in trouble is due again and again: it has been late since it was tried first. A full mailbox is
    its owner's: there is always one somewhere.
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


async def next_due(store: Store, channel: Channel, most: timedelta) -> datetime | None:
    """When the first queued message of a channel may leave; None when none is queued.

    Raises:
        ClockWrong: this machine's clock is further from the database's than ``most``: nothing may be taken here.
    """
    queued = {"status": Status.QUEUED.value, "channel": channel.value}
    here = SystemClock().now()
    first = await store.first("notifications", queued, {"due_at": 1, "there": "$$NOW"}, sort=[("due_at", 1)])
    if first is None:
        return None
    if abs(ahead := here - first["there"]) >= most:
        raise ClockWrong(f"{ahead.total_seconds():.0f} s ahead of the database's clock")
    due_at: datetime = first["due_at"]
    return due_at


async def waiting_matters(store: Store) -> int:
    """About how many matters wait for somebody or something that they name to be heard of."""
    return await store.collection("waiting").estimated_document_count()
