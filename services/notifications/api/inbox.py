"""The inbox: what was told to the caller, to a person of their caseload, and what they are to tell."""

from typing import Annotated, Any

from fastapi import Query

from services.notifications import access
from services.notifications.api.views import InboxItem, InboxPage, inbox_item
from services.notifications.context import Ctx
from services.notifications.domain.errors import NoSuchInbox, NoSuchItem
from services.notifications.domain.notification import Notification
from shared.auth import Principal
from shared.http import BoundedRoute, Caller, Cursor, PageQuery, resource
from shared.store import Find, Pipeline, Reading, Work
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
    rows, open_now = await context.store.read(_inbox(caller, page, subject, unread))
    found = page.page(
        [context.store.restored(Notification, "notifications", row) for row in rows], lambda row: [row.id]
    )
    now = context.clock.now()
    return InboxPage(
        items=[inbox_item(row, now) for row in found.items], next_cursor=found.next_cursor, unread=open_now
    )


def _inbox(
    caller: Principal, page: Cursor, subject: str | None, unread: bool
) -> Reading[tuple[list[dict[str, Any]], int]]:
    """The rows of a page and one more, and how many unread items there are."""
    if subject is None:
        (owned,) = yield [access.owned_by(caller)]
        boxes = access.boxes_of(caller, owned)
    else:
        (contacts,) = yield [access.named(subject)]
        access.territory_among(caller, contacts, subject)
        boxes = [subject]
    of_boxes: dict[str, Any] = {"box": {"$in": boxes}} | access.readable(caller)
    open_items = of_boxes | {"read_at": None, "current": True}
    query = dict(open_items if unread else of_boxes)
    if page.after is not None:
        query["_id"] = {"$lt": str(page.after[0])}
    rows, counted = yield (
        Find("notifications", query, sort=[("_id", -1)], limit=page.limit + 1),
        Pipeline("notifications", [{"$match": open_items}, {"$count": "unread"}]),
    )
    return rows, counted[0]["unread"] if counted else 0


@router.post("/{item_id}/read")
async def mark_read(item_id: str, caller: Caller, context: Ctx) -> InboxItem:
    """Mark an item as read (again changes nothing); who did it is kept: a counsellor may do it for the person."""

    async def read() -> Notification:
        found, owned = await context.store.find_all(
            Find("notifications", {"_id": item_id, "box": {"$type": "string"}}, limit=1), access.owned_by(caller)
        )
        item = context.store.restored(Notification, "notifications", found[0]) if found else None
        if item is None or not await _may_read(item, access.boxes_of(caller, owned)):
            raise NoSuchItem(f"Le message {item_id} n'existe pas, ou vous ne pouvez pas le voir.", id=item_id)
        item.read(caller.subject, context.clock.now())
        if item.version != item.loaded_version:
            work = Work(context.new_id)
            work.save("notifications", item)
            await context.store.commit(work)
        return item

    async def _may_read(item: Notification, own_boxes: list[str]) -> bool:
        assert item.box is not None
        if not access.may_read(caller, item):
            return False
        if item.box in own_boxes:
            return True
        return item.box in await _of_caseload(item.box)

    async def _of_caseload(box: str) -> list[str]:
        try:
            return await access.boxes(context.store, caller, box)
        except NoSuchInbox:
            return []

    # A withdrawal may mark the same item at the same moment.
    return inbox_item(await context.store.retry_conflicts(read), context.clock.now())
