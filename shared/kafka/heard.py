"""What a consumer remembers of a topic beside its effects: erasures that it executed, and the producer's epoch.

An erasure wins over any sequence, so its redelivery has to be told from a new one: otherwise an old tombstone that comes
again would erase somebody who came back after it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pymongo import UpdateOne

from shared.clock import Clock
from shared.contracts.topics import Topic
from shared.kafka.envelope import Event
from shared.kafka.erasing import forget_letters
from shared.kafka.sequences import parts
from shared.logs import get_logger
from shared.store import Store

_log = get_logger()


class Heard:
    """Of one topic, in the consuming service's database."""

    def __init__(self, store: Store, topic: Topic, clock: Clock) -> None:
        self._store = store
        self._topic = topic
        self._clock = clock
        self._loaded = False
        self.epoch = 0

    async def load(self) -> None:
        """Read the highest epoch heard so far, once."""
        if not self._loaded:
            found = await self._store.collection("epochs").find_one({"_id": f"heard:{self._topic.name}"})
            self.epoch = 0 if found is None else int(found["epoch"])
            self._loaded = True

    def is_news(self, event: Event[Any]) -> bool:
        """Whether the event is of an epoch that was not heard of."""
        return parts(event.sequence)[0] > self.epoch

    async def note_epoch(self, event: Event[Any]) -> None:
        """Remember the epoch of an event."""
        epoch = parts(event.sequence)[0]
        await self._store.collection("epochs").update_one(
            {"_id": f"heard:{self._topic.name}"}, {"$max": {"epoch": epoch}}, upsert=True
        )
        self.epoch = max(self.epoch, epoch)
        _log.warning("new_epoch_heard", topic=self._topic.name, epoch=epoch)

    async def mark(self, events: Sequence[Event[Any]], marked: list[Event[Any]]) -> None:
        """Put the events into ``marked``, erasures that were executed here before as ``repeated``."""
        ids = [self._id(event) for event in events if event.data is None]
        cursor = self._store.collection("erasures_heard").find({"_id": {"$in": ids}}, {"event_id": 1})
        known = {row["_id"]: row["event_id"] async for row in cursor}
        marked[:] = [
            replace(event, repeated=True) if event.data is None and known.get(self._id(event)) == event.id else event
            for event in events
        ]

    async def remember(self, events: Sequence[Event[Any]]) -> None:
        """Erasures among ``events`` were executed: what could not be applied before them goes as well."""
        now = self._clock.now()
        executed = [
            UpdateOne({"_id": self._id(event)}, {"$set": {"event_id": event.id, "at": now}}, upsert=True)
            for event in events
            if event.data is None
        ]
        if executed:
            await self._store.collection("erasures_heard").bulk_write(executed, ordered=True)
            await forget_letters(self._store, [event for event in events if event.data is None and not event.repeated])

    def _id(self, event: Event[Any]) -> str:
        return f"{self._topic.name}:{event.key}"
