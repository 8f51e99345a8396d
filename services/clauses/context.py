"""What the endpoints and jobs of clauses share."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Request

from services.clauses.domain.amounts import today
from services.clauses.settings import ClausesSettings
from shared.clock import Clock
from shared.errors import AlreadyExists, VersionConflict
from shared.ids import IdFactory
from shared.store import Store, Work

ATTEMPTS = 20
"""Commands that take no If-Match start again when somebody else was faster."""


class Turns:
    """Lets writers of one contract go one after the other within this process.

    It only saves retries (each declaration changes its contract); what is right is decided by versions in MongoDB.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, contract_id: str) -> AsyncIterator[None]:
        """Wait for this contract's turn."""
        lock = self._locks.setdefault(contract_id, asyncio.Lock())
        async with lock:
            yield


@dataclass(frozen=True)
class Context:
    """Handed in once, at the composition root."""

    settings: ClausesSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    turns: Turns = field(default_factory=Turns)

    def today(self) -> date:
        """The day in Paris."""
        return today(self.clock.now())

    async def commit(self, work: Work) -> None:
        """Commit; a loser waits 10 to 50 ms before it may begin again.

        Reads are majority reads: until the winner's write has reached a majority they show the old version, and who
        begins again at once loses again (20 times in a row were seen).

        Raises:
            VersionConflict, AlreadyExists: as the store does.
        """
        try:
            await self.store.commit(work)
        except (VersionConflict, AlreadyExists):
            await asyncio.sleep(random.uniform(0.01, 0.05))  # jitter, nothing secret
            raise


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
