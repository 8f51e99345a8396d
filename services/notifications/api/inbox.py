"""The inbox: what was told to the caller, to a person of their caseload, and what they are to tell."""

from typing import Annotated, Any

from fastapi import Query

from services.notifications import access
from services.notifications.api.views import InboxItem, InboxPage, inbox_item
from services.notifications.context import Ctx
from services.notifications.domain.errors import NoSuchInbox, NoSuchItem
from services.notifications.domain.notification import Notification
from shared.http import BoundedRoute, Caller, PageQuery, resource
from shared.store import Work
from shared.types import Identifier

router = resource("/v1/inbox", "inbox", route_class=BoundedRoute)

Subject = Annotated[
    Identifier | None, Query(description="A person of your caseload (counsellors); without it, your own inbox")
]


@router.get("")
async def list_inbox(
    caller: Caller,
    context: Ctx,
    page: PageQuery,
    subject: Subject = None,
    unread: Annotated[bool, Query(description="Only unread items that still hold")] = False,
) -> InboxPage:
    """Items, newest first, with the number of unread ones."""
    boxes = await access.boxes(context.store, caller, subject)
    of_boxes: dict[str, Any] = {"box": {"$in": boxes}} | access.readable(caller)
    open_items = of_boxes | {"read_at": None, "current": True}
    query = dict(open_items if unread else of_boxes)
    if page.after is not None:
        query["_id"] = {"$lt": str(page.after[0])}
    rows = await context.store.find_many(Notification, "notifications", query, sort=[("_id", -1)], limit=page.limit + 1)
    found = page.page(rows, lambda row: [row.id])
    return InboxPage(
        items=[inbox_item(row, context.clock.now()) for row in found.items],
        next_cursor=found.next_cursor,
        unread=await context.store.collection("notifications").count_documents(open_items),
    )


@router.post("/{item_id}/read")
async def mark_read(item_id: str, caller: Caller, context: Ctx) -> InboxItem:
    """Mark an item as read (again changes nothing); who did it is kept: a counsellor may do it for the person."""

    async def read() -> Notification:
        item = await context.store.find_one(Notification, "notifications", {"_id": item_id, "box": {"$type": "string"}})
        if item is None or not await _may_read(item):
            raise NoSuchItem(f"There is no inbox item {item_id} that you may see.", id=item_id)
        item.read(caller.subject, context.clock.now())
        if item.version != item.loaded_version:
            work = Work(context.new_id)
            work.save("notifications", item)
            await context.store.commit(work)
        return item

    async def _may_read(item: Notification) -> bool:
        assert item.box is not None
        if not access.may_read(caller, item):
            return False
        if item.box in await access.own_boxes(context.store, caller):
            return True
        return item.box in await _of_caseload(item.box)

    async def _of_caseload(box: str) -> list[str]:
        try:
            return await access.boxes(context.store, caller, box)
        except NoSuchInbox:
            return []

    # A withdrawal may mark the same item at the same moment.
    return inbox_item(await context.store.retry_conflicts(read), context.clock.now())
