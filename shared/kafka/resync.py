"""Publish the state of every aggregate again: after a broker lost its topics, or for a new consumer of a trimmed topic.

It goes through the outbox, so order per aggregate holds: the transaction that writes the row also touches the aggregate,
and a change made at the same moment makes it start again with the newer state.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shared.errors import EventTooLarge
from shared.logs import get_logger
from shared.store import Store, Work

if TYPE_CHECKING:
    from shared.parts import Resync

CHUNK = 200

_log = get_logger()


async def resync(
    store: Store,
    sources: "Sequence[Resync]",
    too_large: list[str] | None = None,
    leave_out: Collection[str] = (),
) -> AsyncIterator[tuple[str, int]]:
    """Re-publish; yields (collection, aggregates put into the outbox so far) after each chunk.

    Ids of aggregates whose event Kafka would refuse are added to ``too_large``; the others go on.
    ``leave_out``: ids that are not published.
    """
    for source in sources:
        done = 0
        last = ""
        while True:
            page = store.collection(source.collection).find({"_id": {"$gt": last}}, {"_id": 1})
            ids = [document["_id"] async for document in page.sort("_id", 1).limit(CHUNK)]
            if not ids:
                break
            for id in ids:
                if id in leave_out:
                    continue
                try:
                    done += await store.retry_conflicts(partial(_one, store, source, id))
                except EventTooLarge as refused:
                    _log.error("resync_refused", aggregate_id=id, fields=[error.field for error in refused.errors])
                    if too_large is not None:
                        too_large.append(id)
            last = ids[-1]
            yield source.collection, done


async def _one(store: Store, source: "Resync", id: str) -> int:
    aggregate = await store.find_one(source.model, source.collection, {"_id": id})
    if aggregate is None:
        return 0
    event_type = source.event_type(aggregate)
    if event_type is None:
        return 0
    work = Work()
    work.publish(
        source.topic,
        event_type,
        key=aggregate.id,
        data=aggregate.event_data(event_type),
        sequence=aggregate.version,
        time=aggregate.updated_at,
    )
    work.touch(source.collection, id, aggregate.version)
    await store.commit(work)
    return 1
