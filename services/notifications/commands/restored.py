"""After a restore: what waited to leave when the copy was made."""

from typing import Any

from services.notifications.domain.notification import Notification, Status
from services.notifications.store import put
from shared.clock import Clock
from shared.ids import IdFactory
from shared.store import Store, Work
from shared.store.codec import decode

RESTORED = "restored"
_AT_ONCE = 200


async def end_queued(store: Store, clock: Clock, new_id: IdFactory) -> int:
    """Messages that waited are not sent: they have left since, most likely. Returns how many. What people read in their inbox is
    in the copy as it was, and what is told from now on leaves as ever.
    """
    ended = 0
    query: dict[str, Any] = {"status": Status.QUEUED.value}
    while rows := await store.collection("notifications").find(query).limit(_AT_ONCE).to_list(None):
        work = Work(new_id)
        messages = [Notification.restore(decode(row)) for row in rows]
        for message in messages:
            message.ended(RESTORED, clock.now())
        put(work, messages)
        await store.commit(work)
        ended += len(rows)
    return ended
