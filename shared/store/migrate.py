"""Rewriting stored documents into this release's shape, once, while the old release may still be running."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from shared.ids import new_id
from shared.store.collections import CollectionSpec
from shared.store.lease import Lease
from shared.store.migrations import SCHEMA, behind, current, upgraded
from shared.store.store import Store

CHUNK = 200
LEASE_SECONDS = 30.0
WAIT_SECONDS = 1.0


@dataclass(frozen=True)
class Progress:
    """How far a collection is: documents looked at and documents that were behind when it began."""

    collection: str
    steps: tuple[str, ...]
    done: int
    total: int


async def migrate(store: Store, specs: Sequence[CollectionSpec]) -> AsyncIterator[Progress]:
    """Bring every collection's documents to the present shape; yields after each chunk. Running it again changes nothing.

    One process at a time does it (a lease); others wait until it is done. A document that somebody changes meanwhile is
    left to the reader's step and to the next run: nothing is overwritten.
    """
    due = [spec for spec in specs if spec.migrations]
    if not due:
        return
    lease = Lease(store, "migrations", new_id(), LEASE_SECONDS)
    while await lease.acquire() is None:  # noqa: ASYNC110 - the holder is another process
        await asyncio.sleep(WAIT_SECONDS)
    try:
        for spec in due:
            async for progress in _collection(store, spec, lease):
                yield progress
            await store.collection("migrations").update_one(
                {"_id": spec.name}, {"$set": {"schema": current(spec.migrations), "at": store.clock.now()}}, upsert=True
            )
    finally:
        await lease.release()


async def _collection(store: Store, spec: CollectionSpec, lease: Lease) -> AsyncIterator[Progress]:
    collection = store.collection(spec.name)
    names = tuple(migration.name for migration in spec.migrations)
    total = await collection.count_documents(behind(spec.migrations))
    done = 0
    last: Any = None
    while done < total or last is None:
        after = {} if last is None else {"_id": {"$gt": last}}
        page = collection.find({**behind(spec.migrations), **after}).sort("_id", 1).limit(CHUNK)
        documents = [document async for document in page]
        if not documents:
            break
        for document in documents:
            # Only as it was read: whoever changed it since has the newer truth.
            seen = {name: document.get(name) for name in ("version", SCHEMA)}
            await collection.replace_one({"_id": document["_id"], **seen}, upgraded(document, spec.migrations))
        last = documents[-1]["_id"]
        done += len(documents)
        await lease.acquire()
        yield Progress(spec.name, names, done, max(done, total))
