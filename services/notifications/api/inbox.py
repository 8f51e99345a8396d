"""The inbox: what was told to the caller, to a person of their caseload, and what they are to tell."""

from typing import Annotated

from fastapi import Query

from services.notifications.api.views import InboxItem, InboxPage, inbox_item
from services.notifications.commands import inbox as commands
from services.notifications.context import Ctx
from services.notifications.queries import inbox as queries
from shared.http import BoundedRoute, Caller, PageQuery, resource
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
    found, open_now = await queries.inbox(context, caller, page, subject, unread=unread)
    now = context.clock.now()
    return InboxPage(
        items=[inbox_item(row, now) for row in found.items], next_cursor=found.next_cursor, unread=open_now
    )


@router.post("/{item_id}/read")
async def mark_read(item_id: str, caller: Caller, context: Ctx) -> InboxItem:
    """Mark an item as read (again changes nothing); who did it is kept: a counsellor may do it for the person."""
    return inbox_item(await commands.mark_read(context, caller, item_id), context.clock.now())
