"""Who publishes a service's events is told of what other processes of it commit: they ring, and only then it costs anything.

A change stream on the outbox tells the same, and MongoDB wakes it for every write of the whole server, whoever's: 0.35 ms of its
processor an offer for each service that had one, nearly always for nothing, since what the publishing process itself commits it
knows. A cursor at the end of a capped collection is woken by inserts into that collection alone.
A bell that is not heard (its process died before it rang) costs latency only: the outbox is looked at all the same.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, Final

from pymongo import WriteConcern
from pymongo.errors import OperationFailure, PyMongoError

from shared.logs import get_logger
from shared.store.changes import ChangesEnded, following
from shared.store.driver import Database, Session, session_of

BELL: Final = "bell"
BELL_BYTES: Final = 65_536
MOST_NAMED: Final = 50
"""Ids of documents in one ring; of more than these it says only that there are some."""

_BAD_VALUE, _EXISTS = 2, 48
"""What MongoDB answers where a cursor is to wait at the end of a collection that is not capped; and to who makes one again."""

LAST_SECONDS: Final = 1.0
"""For a last ring when the process ends."""

_log = get_logger()


class Bell:
    """Of one service's database, as one process rings and hears it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # What was committed is durable before: a ring need not be, and waits for no journal.
        self._rings: Any = database.get_collection(BELL, write_concern=WriteConcern(1))
        self._due: list[str] | None = None
        self._ringing: asyncio.Task[None] | None = None

    def ring(self, documents: Sequence[str]) -> None:
        """These outbox documents were committed here. In the background; what comes meanwhile is told by one more ring."""
        self._due = [*(self._due or ()), *documents]
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="bell")

    async def rung(self) -> None:
        """Wait a moment until everything is told."""
        if self._ringing is not None:
            await asyncio.wait({self._ringing}, timeout=LAST_SECONDS)

    async def _ring(self) -> None:
        while (due := self._due) is not None:
            self._due = None
            try:
                await self._rings.insert_one({"documents": due if len(due) <= MOST_NAMED else []})
            except PyMongoError as error:
                _log.info("bell_not_rung", error=type(error).__name__)

    @asynccontextmanager
    async def heard(self, wait_seconds: float) -> AsyncIterator[AsyncIterator[list[list[str]]]]:
        """Hear what is rung from now on: batches of the documents that each ring names (none: it does not say which).

        An empty batch comes when nobody rang for ``wait_seconds``.

        Raises:
            PyMongoError: it cannot be heard, or no longer (``ChangesEnded``).
        """
        async with session_of(self._database.client) as session:
            try:
                cursor = await self._opened(session)
            except OperationFailure as error:
                if error.code != _BAD_VALUE:
                    raise
                # A ring made the collection itself, where it had been dropped or brought back without what it is: it would grow.
                await self._database.command({"convertToCapped": BELL, "size": BELL_BYTES}, session=session)
                cursor = await self._opened(session)
            if not cursor["id"]:
                await self._make()
                # Where there is nothing yet, there is no end to wait at.
                await self._rings.insert_one({"documents": []})
                cursor = await self._opened(session)
            if not cursor["id"]:
                raise ChangesEnded("the bell cannot be heard")
            # What was rung before is not told again.
            cursor = {**cursor, "firstBatch": []}
            try:
                async with aclosing(following(self._database, cursor, session, wait_seconds)) as rings:
                    yield ([ring["documents"] for ring in batch] async for batch in rings)
            except asyncio.CancelledError:
                # MongoDB goes on waiting at the end though its cursor is killed, and the process with it until it is told.
                with suppress(PyMongoError, TimeoutError):
                    async with asyncio.timeout(LAST_SECONDS):
                        await self._rings.insert_one({"documents": []})
                raise

    async def _opened(self, session: Session) -> dict[str, Any]:
        opening = {"find": BELL, "filter": {}, "tailable": True, "awaitData": True}
        cursor: dict[str, Any] = (await self._database.command(opening, session=session))["cursor"]
        return cursor

    async def _make(self) -> None:
        try:
            await self._database.command({"create": BELL, "capped": True, "size": BELL_BYTES})
        except OperationFailure as error:
            if error.code != _EXISTS:
                raise
