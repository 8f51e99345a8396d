"""What the endpoints and jobs of clauses share."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from weakref import WeakValueDictionary

from fastapi import Depends, Request

from services.clauses.handles import Handles
from services.clauses.settings import ClausesSettings
from shared import civil
from shared.clock import Clock
from shared.errors import Refused, refused_field
from shared.ids import IdFactory
from shared.invitations import LinkKey
from shared.reference.communes import Communes
from shared.store import Store


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
class Context(Handles):
    """Handed in once, at the composition root."""

    settings: ClausesSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    communes: Communes
    link_key: LinkKey
    turns: Turns = field(default_factory=Turns)

    def check_commune(self, code: str | None, refusal: type[Refused], field: str = "commune_code") -> None:
        """Raises ``refusal`` for a code that is no commune of today."""
        if code is not None and self.communes.get(code) is None:
            raise refused_field(refusal, field, "unknown-commune", "Ce code n'est pas celui d'une commune.")

    def today(self, territory: str) -> date:
        """The day that it is in a territory."""
        return civil.today(territory, self.clock.now())


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
