"""Leases on the server's clock: one holder at a time, with an epoch that rises whenever the holder changes."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from shared.clock import SystemClock
from shared.release import RELEASE
from shared.store.store import Store


@dataclass(frozen=True)
class Held:
    """A lease held until ``deadline`` on this process's monotonic clock, taken before the request was sent: never late.

    ``ahead``: how far this machine's clock is ahead of the server's, in seconds; so much of it is the way there.
    """

    epoch: int
    deadline: float
    ahead: float = 0.0

    @property
    def valid(self) -> bool:
        """Still held for sure."""
        return time.monotonic() < self.deadline


class Lease:
    """The right to do something alone, e.g. ``relay`` or ``job:reminders``.

    Expiry is decided by MongoDB's ``$$NOW``, so the clocks of the replicas do not matter.
    """

    def __init__(self, store: Store, name: str, holder: str, seconds: float) -> None:
        self._store = store
        self._name = name
        self._holder = holder
        self._seconds = seconds

    async def acquire(self) -> Held | None:
        """Take or renew the lease; None while somebody else holds it."""
        asked, here = time.monotonic(), SystemClock().now()
        mine = {"$eq": ["$holder", self._holder]}
        # A missing ``until`` sorts before every date: a new lease is free.
        free = {"$or": [mine, {"$lt": ["$until", "$$NOW"]}]}
        until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(self._seconds * 1000)}}
        epoch = {"$add": [{"$ifNull": ["$epoch", 0]}, {"$cond": [mine, 0, 1]}]}
        taken = {"holder": self._holder, "until": until, "epoch": epoch, "release": RELEASE}
        try:
            document = await self._store.collection("leases").find_one_and_update(
                {"_id": self._name},
                [{"$replaceWith": {"$cond": [free, {"$mergeObjects": ["$$ROOT", taken]}, "$$ROOT"]}}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:  # somebody made the lease at the same moment
            return None
        if document["holder"] != self._holder:
            return None
        there = document["until"] - timedelta(milliseconds=int(self._seconds * 1000))
        return Held(document["epoch"], asked + self._seconds, (here - there).total_seconds())

    async def release(self) -> None:
        """Give it back at once; the next holder need not wait for the expiry."""
        await asyncio.shield(
            self._store.collection("leases").update_one(
                {"_id": self._name, "holder": self._holder},
                [{"$set": {"until": {"$dateSubtract": {"startDate": "$$NOW", "unit": "second", "amount": 1}}}}],
            )
        )
