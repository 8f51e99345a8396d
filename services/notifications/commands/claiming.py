"""Who sends a message takes it first: one process at a time, for as long as a hand-over may take."""

from datetime import datetime, timedelta

from pydantic import ValidationError
from pymongo import ReturnDocument

from services.notifications.domain.notification import Notification, Status
from shared.clock import Clock, SystemClock
from shared.contracts.vocabulary import Channel
from shared.logs import get_logger
from shared.store import Store, decode

_log = get_logger()

LEAST_APART = timedelta(seconds=10)
"""Between this machine's clock and the database's there may be half a claim, and always this: a busy server answers late."""
LONGEST_PAUSE = timedelta(days=8)
"""No setting lets a message wait so long: a week between two e-mails with offers, a day after a refusal, an hour for a claim."""


async def claim(store: Store, clock: Clock, channel: Channel, lasts: timedelta) -> Notification | None:
    """The message of a channel that should have left first, for the caller alone until the claim has lasted; None when nothing
    is due, or where this machine's clock is not the database's: it would take what others are sending for forgotten.
    """
    most = most_apart(lasts) / timedelta(milliseconds=1)
    while True:
        now = clock.now()
        apart = {"$abs": {"$subtract": [SystemClock().now(), "$$NOW"]}}
        document = await store.collection("notifications").find_one_and_update(
            {"status": Status.QUEUED.value, "channel": channel.value, "due_at": {"$lte": now}}
            | {"$expr": {"$lt": [apart, most]}},
            {"$set": {"claimed": True, "due_at": now + lasts, "updated_at": now}, "$inc": {"version": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
        )
        if document is None:
            return None
        try:
            return Notification.restore(decode(document))
        except ValidationError as error:
            # Another release's shape, or a damaged row: it must not stand before all others for ever.
            _log.error("queued_message_unreadable", aggregate_id=document["_id"], error=type(error).__name__)
            gone = {"$set": {"status": Status.FAILED.value, "reason": "unreadable"}, "$unset": {"due_at": ""}}
            await store.collection("notifications").update_one({"_id": document["_id"]}, gone)


def most_apart(lasts: timedelta) -> timedelta:
    """Between this machine's clock and the database's, for claims that last so long."""
    return max(lasts / 2, LEAST_APART)


async def bring_near(store: Store, now: datetime) -> int:
    """What a clock that was wrong has put off by more than any pause there is leaves now; returns how many."""
    put_off = {
        "status": Status.QUEUED.value,
        "channel": {"$in": [*Channel]},
        "due_at": {"$gt": now + LONGEST_PAUSE},
    }
    changed = {"$set": {"due_at": now, "claimed": False}, "$inc": {"version": 1}}
    return (await store.collection("notifications").update_many(put_off, changed)).modified_count
