"""The live stream: new and changed inbox items as Server-Sent Events.

Each event's id names its instant; a reader that comes back with ``Last-Event-ID`` gets what it missed, and perhaps an item
twice (``data.id`` and ``data.version`` tell). Two processes' clocks may differ, so catching up starts a little earlier.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import anyio
from fastapi import Header
from sse_starlette import EventSourceResponse, ServerSentEvent

from services.notifications import access
from services.notifications.api.inbox import Subject
from services.notifications.api.views import inbox_item
from services.notifications.context import Context, Ctx
from services.notifications.domain.errors import NoSuchInbox
from services.notifications.domain.notification import Notification
from services.notifications.queries import inbox
from services.notifications.queries.live import Listener
from shared.auth import Principal
from shared.errors import DomainError
from shared.http import BoundedRoute, Caller, resource

router = resource("/v1/stream", "inbox", route_class=BoundedRoute)

OVERLAP = timedelta(seconds=5)
CATCH_UP = 200
OPENING_SECONDS = 5.0
GRACE_SECONDS = 2.0


class StreamUnavailable(DomainError):
    """The change stream is not open just now; the inbox itself answers."""

    status = 503
    code = "stream-unavailable"


@router.get(
    "",
    response_class=EventSourceResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "Events `ready` and `item`"}},
)
async def stream(
    caller: Caller,
    context: Ctx,
    subject: Subject = None,
    last_event_id: Annotated[str | None, Header(max_length=80, description="Where the last stream ended")] = None,
) -> EventSourceResponse:
    """`ready` with the number of unread items, then an `item` for each inbox item written or changed.

    The stream ends after a while (setting), with the token that it was opened with, when the subject is no longer the caller's to
    read, and when the server stops; reconnect with `Last-Event-ID`.
    """
    boxes = await access.boxes(context.store, caller, subject)
    if not await context.live.watching(OPENING_SECONDS):
        raise StreamUnavailable("Le direct n'est pas disponible en ce moment : lisez la boîte, puis revenez.")
    stopping = anyio.Event()
    return EventSourceResponse(
        _events(context, caller, subject, boxes, _instant(last_event_id), stopping),
        ping=context.settings.stream_heartbeat_seconds,
        ping_message_factory=lambda: ServerSentEvent(comment="heartbeat"),
        shutdown_event=stopping,
        shutdown_grace_period=GRACE_SECONDS,
    )


async def _events(
    context: Context,
    caller: Principal,
    subject: str | None,
    boxes: list[str],
    since: datetime | None,
    stopping: anyio.Event,
) -> AsyncIterator[ServerSentEvent]:
    ends_at = time.monotonic() + lasts(caller, context.settings.stream_minutes, time.time())
    shown: dict[str, int] = {}
    with context.live.listen(boxes) as listener:
        # Listening came first, so nothing falls between what is read now and what comes live.
        missed = await _missed(context, caller, boxes, since)
        unread = await inbox.unread(context, caller, boxes)
        yield ServerSentEvent(event="ready", data=f'{{"unread": {unread}}}')
        for item in missed:
            shown[item.id] = item.version
            yield _event(item, context.clock.now())
        while True:
            found = await _next(listener, stopping, ends_at)
            if found is None or not await _still_theirs(context, caller, subject, found.box):
                return
            if access.may_read(caller, found) and shown.get(found.id, 0) < found.version:
                shown.pop(found.id, None)
                yield _event(found, context.clock.now())


def lasts(caller: Principal, minutes: float, now: float) -> float:
    """Seconds that a stream may last: no longer than the token that says who reads (``now`` in seconds since 1970)."""
    whole = minutes * 60
    return whole if caller.ends_at is None else max(0.0, min(whole, caller.ends_at - now))


async def _still_theirs(context: Context, caller: Principal, subject: str | None, box: str | None) -> bool:
    """Whether the box may still be read: who accompanied the person when the stream was opened may do so no more, and an account
    that was taken off their profile owns it no more.
    """
    if subject is None:
        return box in await access.own_boxes(context.store, caller)
    try:
        await access.subject_box(context.store, caller, subject)
    except NoSuchInbox:
        return False
    return True


async def _missed(context: Context, caller: Principal, boxes: list[str], since: datetime | None) -> list[Notification]:
    if since is None:
        return []
    return await inbox.changed_since(context, caller, boxes, since - OVERLAP, CATCH_UP)


async def _next(listener: Listener, stopping: anyio.Event, ends_at: float) -> Notification | None:
    """The next change; None when the stream is to end."""
    remaining = ends_at - time.monotonic()
    if remaining <= 0:
        return None
    getting = asyncio.ensure_future(listener.get())
    stop = asyncio.ensure_future(stopping.wait())
    try:
        done, _ = await asyncio.wait({getting, stop}, timeout=remaining, return_when=asyncio.FIRST_COMPLETED)
        return getting.result() if getting in done else None
    finally:
        getting.cancel()
        stop.cancel()


def _event(item: Notification, now: datetime) -> ServerSentEvent:
    milliseconds = int(item.updated_at.timestamp() * 1000)
    data = inbox_item(item, now).model_dump_json()
    return ServerSentEvent(event="item", id=f"{milliseconds}-{item.id}", data=data)


def _instant(last_event_id: str | None) -> datetime | None:
    """The instant in an id of ours; anything else starts afresh."""
    head = (last_event_id or "").partition("-")[0]
    if not (head.isascii() and head.isdigit()) or len(head) > 13:
        return None
    return datetime.fromtimestamp(int(head) / 1000, UTC)
