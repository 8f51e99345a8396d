"""Dead letters that an operator hands back: to the one consumer whose they are, never to the topic that others read."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.errors import PyMongoError

from shared.kafka.consumer import Consumer
from shared.kafka.deadletters import COLLECTION, count_waiting, kept
from shared.logs import get_logger
from shared.settings import Settings
from shared.store import Store

AT_ONCE = 200
COUNT_EVERY = 10
"""Rounds between two counts of what waits."""

_log = get_logger()


class Redriver:
    """Applies what was handed back, in the worker that reads the record's partition, so that order and shards hold."""

    def __init__(self, store: Store, settings: Settings, consumers: Sequence[Consumer]) -> None:
        self._store = store
        self._settings = settings
        self._consumers = {consumer.topic.name: consumer for consumer in consumers}
        self._kept = 0
        self._there_are = False

    async def run(self) -> None:
        """Look until cancelled, where there are dead letters at all; a database that is away is waited for."""
        number = 0
        while True:
            try:
                if await self.there_are(number):
                    await self.round()
            except PyMongoError as error:
                _log.info("redrive_waits", error=type(error).__name__)
            number += 1
            await asyncio.sleep(self._settings.relay_poll_seconds)

    async def there_are(self, number: int) -> bool:
        """Whether there are dead letters: counted in some rounds, and whenever a consumer here has kept one."""
        kept = sum(consumer.kept for consumer in self._consumers.values())
        if number % COUNT_EVERY == 0 or kept != self._kept:
            self._there_are = await count_waiting(self._store, self._consumers)
            self._kept = kept
        return self._there_are

    async def round(self) -> int:
        """Apply what is handed back now; returns how many were taken."""
        mine = [
            {"topic": name, "partition": {"$in": sorted(consumer.partitions)}}
            for name, consumer in self._consumers.items()
            if consumer.partitions and consumer.halted is None
        ]
        if not mine:
            return 0
        query = {"redrive_at": {"$exists": True}, "$or": mine}
        cursor = self._store.collection(COLLECTION).find(query).sort([("redrive_at", 1), ("at", 1)]).limit(AT_ONCE)
        documents = [document async for document in cursor]
        for document in documents:
            await self._consumers[document["topic"]].redrive(kept(document))
            # One that failed again was kept again, without the mark: that one stays.
            await self._store.collection(COLLECTION).delete_one(
                {"_id": document["_id"], "redrive_at": document["redrive_at"]}
            )
        return len(documents)


async def hand_back(store: Store, query: Mapping[str, Any], now: datetime) -> int:
    """Mark dead letters for their consumer; returns how many. One that was cut has not all its bytes and is left."""
    found = await store.collection(COLLECTION).update_many({**query, "cut": False}, {"$set": {"redrive_at": now}})
    return int(found.modified_count)


async def being_redriven(store: Store) -> int:
    """Dead letters that were handed back and that no worker has taken yet."""
    return int(await store.collection(COLLECTION).count_documents({"redrive_at": {"$exists": True}}))
