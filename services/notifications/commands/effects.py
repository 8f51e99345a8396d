"""What was told is remembered, so that whatever is heard again is told once.

A commit keeps one row for all of its effects. The release before kept a row for each, named by its key, and knows no other: while
rows of it are there, its workers may run beside ours, so theirs are written as well. Those that are marked ``beside`` are ours
and do not count as a sign of it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from shared.clock import Clock
from shared.store import Store, Work

ASKED_EVERY = timedelta(minutes=1)


class Effects:
    """The collection ``applied``. A key that is there already makes the whole commit fail."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._asked_at: datetime | None = None
        self._rows_each = True

    async def remember(self, work: Work, keys: Iterable[str]) -> None:
        """These effects come with ``work``."""
        now = self._clock.now()
        if not (keys := list(dict.fromkeys(keys))):
            return
        digests = list(map(_digest, keys))
        work.insert("applied", {"_id": digests[0], "keys": digests, "at": now})
        if await self.release_before():
            work.insert("applied", *({"_id": key, "at": now, "beside": True} for key in keys))

    async def known(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` whose effect is there."""
        by_digest = {_digest(key): key for key in keys}
        query = {"$or": [{"keys": {"$in": list(by_digest)}}, {"_id": {"$in": list(by_digest.values())}}]}
        found: set[str] = set()
        async for row in self._store.collection("applied").find(query, {"keys": 1}):
            found |= {by_digest[key] for key in row["keys"] if key in by_digest} if "keys" in row else {row["_id"]}
        return found

    async def release_before(self) -> bool:
        """Whether the release before has remembered anything that is still kept; asked now and then."""
        now = self._clock.now()
        if self._asked_at is None or now - self._asked_at >= ASKED_EVERY:
            rows = self._store.collection("applied")
            theirs = await rows.find_one({"_id": {"$type": "string"}, "beside": None}, {"_id": 1})
            self._rows_each, self._asked_at = theirs is not None, now
        return self._rows_each


def _digest(key: str) -> bytes:
    """Of what an effect is remembered by: two meet by chance once in 10²⁸."""
    return blake2b(key.encode(), digest_size=12).digest()
