"""Live inboxes: a change stream of MongoDB brings what any process wrote to the readers of this one."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError
from pymongo.errors import PyMongoError

from services.notifications.domain.notification import Notification
from shared import metrics
from shared.logs import get_logger
from shared.store import Store

RESTART_SECONDS = 1.0
IDLE_SECONDS = 30.0
"""So long after the last reader the change stream stays open: it brings every item of everybody to this process."""

_log = get_logger()

# None ends a stream: its reader comes back with Last-Event-ID and misses nothing.
Listener = asyncio.Queue[Notification | None]


class Live:
    """The hub between the change stream and the open streams of this process."""

    def __init__(self, store: Store, lag: int) -> None:
        self._store = store
        self._lag = lag
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._wanted = asyncio.Event()
        self._watching = asyncio.Event()
        self._asked_at = 0.0

    @contextmanager
    def listen(self, boxes: Iterable[str]) -> Iterator[Listener]:
        """What is written to ``boxes`` from now on."""
        listener: Listener = asyncio.Queue(self._lag + 1)
        mine = tuple(set(boxes))
        for box in mine:
            self._listeners[box].add(listener)
        metrics.STREAMS.inc()
        try:
            yield listener
        finally:
            metrics.STREAMS.dec()
            for box in mine:
                self._listeners[box].discard(listener)
                if not self._listeners[box]:
                    del self._listeners[box]

    async def watching(self, seconds: float) -> bool:
        """Wait until the change stream is open, for whoever listens next; what is committed after that is seen."""
        self._asked_at = time.monotonic()
        self._wanted.set()
        try:
            async with asyncio.timeout(seconds):
                await self._watching.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Watch while anybody reads, until cancelled; when the watch breaks, all streams end and their readers come back."""
        try:
            while True:
                await self._wanted.wait()
                try:
                    await self._watch()
                except PyMongoError as error:
                    _log.info("inbox_watch_interrupted", error=type(error).__name__)
                    self._end_all()
                    await asyncio.sleep(RESTART_SECONDS)
        finally:
            self._end_all()

    async def _watch(self) -> None:
        pipeline: list[dict[str, Any]] = [
            {
                "$match": {
                    "operationType": {"$in": ["insert", "update", "replace"]},
                    "fullDocument.box": {"$type": "string"},
                }
            },
            {"$project": {"fullDocument": 1}},
        ]
        async with self._store.watch(pipeline, collection="notifications", documents=True) as batches:
            self._watching.set()
            async for batch in batches:
                for change in batch:
                    self._publish(change["fullDocument"])
                if not self._listeners and time.monotonic() - self._asked_at > IDLE_SECONDS:
                    self._wanted.clear()
                    self._watching.clear()
                    return

    def _publish(self, document: Mapping[str, Any]) -> None:
        listeners = self._listeners.get(document["box"])
        if not listeners:
            return
        try:
            item = self._store.restored(Notification, "notifications", document)
        except ValidationError as error:
            # Another release's shape, or a damaged row: one item must not end the watch, which nobody begins again.
            _log.error("live_item_unreadable", aggregate_id=document["_id"], error=type(error).__name__)
            return
        for listener in tuple(listeners):
            _put(listener, item)

    def _end_all(self) -> None:
        self._watching.clear()
        for listener in {listener for group in self._listeners.values() for listener in group}:
            _put(listener, None)


def _put(listener: Listener, item: Notification | None) -> None:
    """A reader that lags too far behind is sent away, to come back and catch up from the store."""
    if item is not None and listener.qsize() >= listener.maxsize - 1:
        item = None
    if not listener.full():
        listener.put_nowait(item)
