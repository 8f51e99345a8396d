"""What became of messages, for those who run the platform. No content and no address."""

from typing import Annotated, Any

from fastapi import Depends, Query

from services.notifications.api.views import Delivery, delivery
from services.notifications.context import Ctx
from services.notifications.domain.notification import Status
from shared.auth import Principal, Role
from shared.contracts.vocabulary import Channel
from shared.http import BoundedRoute, Page, PageQuery, require, resource
from shared.types import Identifier

router = resource("/v1/deliveries", "deliveries", route_class=BoundedRoute)

Staff = Annotated[Principal, Depends(require(Role.OPERATOR, Role.MANAGER))]


@router.get("")
async def list_deliveries(
    caller: Staff,
    context: Ctx,
    page: PageQuery,
    status: Annotated[Status | None, Query(description="What became of them; absent: all")] = None,
    channel: Annotated[Channel | None, Query(description="How they go; absent: all")] = None,
    subject: Annotated[Identifier | None, Query(description="Profile or user id")] = None,
) -> Page[Delivery]:
    """Notifications of the caller's territories, newest first."""
    query: dict[str, Any] = {"territory": {"$in": sorted(caller.territories)}}
    if status is not None:
        query["status"] = status.value
    if channel is not None:
        query["channel"] = channel.value
    if subject is not None:
        query["subject_id"] = subject
    found = await context.notifications.page(query, page)
    return Page(items=[delivery(row) for row in found.items], next_cursor=found.next_cursor)
