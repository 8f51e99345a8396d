"""Change streams in batches. The driver's own hands out one change at a time, each by way of a thread: at hundreds of
changes a second that costs more than applying them.
"""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

from pymongo.errors import PyMongoError

from shared.store.driver import Database, Session, session_of


class ChangesEnded(PyMongoError):
    """The server closed the stream: what was watched is gone, or was renamed."""


@asynccontextmanager
async def watch(
    database: Database,
    pipeline: Sequence[Mapping[str, Any]],
    *,
    collection: str | None = None,
    documents: bool = False,
    wait_seconds: float = 1.0,
) -> AsyncIterator[AsyncIterator[list[dict[str, Any]]]]:
    """Open a stream on a collection, or on the whole database; what is committed from then on is in its batches.

    An empty batch comes when nothing happened for ``wait_seconds``. ``documents`` adds the whole document to updates.
    The stream does not resume by itself: whoever follows must know what to do after a gap anyway.

    Raises:
        PyMongoError: the stream could not be opened, broke, or ended (``ChangesEnded``).
    """
    options = {"fullDocument": "updateLookup"} if documents else {}
    opening = {
        "aggregate": collection or 1,
        "pipeline": [{"$changeStream": options}, *pipeline],
        "cursor": {},
        "readConcern": {"level": "majority"},
    }
    async with session_of(database.client) as session:
        cursor = (await database.command(opening, codec_options=database.codec_options, session=session))["cursor"]
        async with aclosing(following(database, cursor, session, wait_seconds)) as stream:
            yield stream


async def following(
    database: Database, cursor: Mapping[str, Any], session: Session, wait_seconds: float
) -> AsyncGenerator[list[dict[str, Any]], None]:
    """What a cursor that waits at its end was answered with, and what comes to it from then on, in batches.

    Raises:
        PyMongoError: it broke, or ended (``ChangesEnded``).
    """
    codec, name = database.codec_options, cursor["ns"].split(".", 1)[1]
    asking = {"getMore": cursor["id"], "collection": name, "maxTimeMS": int(wait_seconds * 1_000)}
    try:
        yield cursor["firstBatch"]
        while True:
            answer = await database.command(asking, codec_options=codec, session=session)
            yield answer["cursor"]["nextBatch"]
            if not answer["cursor"]["id"]:
                raise ChangesEnded(f"the stream on {name} was closed")
    finally:
        with contextlib.suppress(PyMongoError):
            await database.command({"killCursors": name, "cursors": [cursor["id"]]}, session=session)
