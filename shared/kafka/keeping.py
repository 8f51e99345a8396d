"""The consumer of a read model that nothing else follows from: the newest state of each key is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne

from shared.kafka.envelope import Event, newest
from shared.kafka.rebuild import ReadModel
from shared.store import Store, encode
from shared.store.projecting import newer


async def keep(store: Store, model: ReadModel, batch: Sequence[Event[Any]], now: datetime) -> None:
    """The newest state of each; of what was erased only that it was."""
    rows = store.collection(model.collection)
    stored = rows.find({"_id": {"$in": list({event.key for event in batch})}}, {"version": 1})
    versions: Mapping[str, int] = {row["_id"]: row["version"] async for row in stored}
    writes: list[Any] = []
    for id, (event, version) in newest(batch, lambda id: versions.get(id, 0)).items():
        if event.data is None:
            gone = encode({"_id": id, "version": version, "erased_at": now})
            writes.append(ReplaceOne({"_id": id}, gone, upsert=True))
        else:
            writes.append(newer(model.document(event)))
    if writes:
        await rows.bulk_write(writes, ordered=True)
