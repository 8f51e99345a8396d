"""What readers do with items of an inbox."""

from services.notifications.context import Context
from services.notifications.domain.notification import Notification
from services.notifications.queries import inbox
from shared.auth import Principal
from shared.store import Work


async def mark_read(context: Context, principal: Principal, item_id: str) -> Notification:
    """Mark an item as read; again changes nothing.

    Raises:
        NoSuchItem: none of the caller's business.
    """

    async def once() -> Notification:
        item = await inbox.item(context, principal, item_id)
        item.read(principal.subject, context.clock.now())
        if item.version != item.loaded_version:
            work = Work(context.new_id)
            work.save("notifications", item)
            await context.store.commit(work)
        return item

    # A withdrawal may mark the same item at the same moment.
    return await context.store.retry_conflicts(once)
