"""What lies in inboxes: a page of it, one item, how much is unread, what a stream's reader missed."""

from datetime import datetime
from typing import Any

from services.notifications import access
from services.notifications.context import Context
from services.notifications.domain.errors import NoSuchInbox, NoSuchItem
from services.notifications.domain.notification import Notification
from shared.auth import Principal
from shared.http import Cursor, Page
from shared.store import Find, Pipeline, Reading

_OPEN: dict[str, Any] = {"read_at": None, "current": True}
"""Unread, and still so."""


async def inbox(
    context: Context, principal: Principal, cursor: Cursor, subject: str | None, *, unread: bool
) -> tuple[Page[Notification], int]:
    """A page of the caller's inbox or of a person's whom they accompany, newest first, and how many unread items there are.

    Raises:
        NoSuchInbox: the subject is none of the caller's business.
    """
    rows, open_now = await context.store.read(_inbox(principal, cursor, subject, unread))
    return cursor.page(context.notifications.all_made(rows), lambda row: [row.id]), open_now


def _inbox(
    principal: Principal, cursor: Cursor, subject: str | None, unread: bool
) -> Reading[tuple[list[dict[str, Any]], int]]:
    """The rows of a page and one more, and how many unread items there are."""
    if subject is None:
        (owned,) = yield [access.owned_by(principal)]
        boxes = access.boxes_of(principal, owned)
    else:
        (contacts,) = yield [access.named(subject)]
        access.territory_among(principal, contacts, subject)
        boxes = [subject]
    of_boxes = theirs(principal, boxes)
    open_items = of_boxes | _OPEN
    query = dict(open_items if unread else of_boxes)
    if cursor.after is not None:
        query["_id"] = {"$lt": str(cursor.after[0])}
    rows, counted = yield (
        Find("notifications", query, sort=[("_id", -1)], limit=cursor.limit + 1),
        Pipeline("notifications", [{"$match": open_items}, {"$count": "unread"}]),
    )
    return rows, counted[0]["unread"] if counted else 0


def theirs(principal: Principal, boxes: list[str]) -> dict[str, Any]:
    """The query of what the caller may read in these boxes."""
    return {"box": {"$in": boxes}} | access.readable(principal)


async def item(context: Context, principal: Principal, item_id: str) -> Notification:
    """An item of a box that the caller may read.

    Raises:
        NoSuchItem: there is none, or it is none of the caller's business; the two are not told apart.
    """
    found, owned = await context.store.find_all(
        Find("notifications", {"_id": item_id, "box": {"$type": "string"}}, limit=1), access.owned_by(principal)
    )
    one = context.notifications.made(found)
    if one is None or not await _may_read(context, principal, one, access.boxes_of(principal, owned)):
        raise NoSuchItem("Ce message n'existe pas, ou vous ne pouvez pas le voir.", id=item_id)
    return one


async def _may_read(context: Context, principal: Principal, one: Notification, own_boxes: list[str]) -> bool:
    assert one.box is not None
    if not access.may_read(principal, one):
        return False
    if one.box in own_boxes:
        return True
    try:
        return one.box in await access.boxes(context.store, principal, one.box)
    except NoSuchInbox:
        return False


async def unread(context: Context, principal: Principal, boxes: list[str]) -> int:
    """How many items of these boxes are unread and still hold."""
    return await context.store.collection("notifications").count_documents(theirs(principal, boxes) | _OPEN)


async def changed_since(
    context: Context, principal: Principal, boxes: list[str], since: datetime, most: int
) -> list[Notification]:
    """Items of these boxes that were written or changed, the oldest change first."""
    changed = theirs(principal, boxes) | {"updated_at": {"$gte": since}}
    return await context.notifications.many(changed, sort=[("updated_at", 1), ("_id", 1)], limit=most)
