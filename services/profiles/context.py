"""What the endpoints of profiles share."""

import asyncio
import random
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.profiles.settings import ProfilesSettings
from shared.clock import Clock
from shared.errors import AlreadyExists, VersionConflict
from shared.ids import IdFactory
from shared.reference.communes import Communes
from shared.store import Store, Work

ATTEMPTS = 20
"""Commands that take no If-Match start again when somebody else was faster."""


@dataclass(frozen=True)
class Context:
    """Handed in once, at the composition root."""

    settings: ProfilesSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    communes: Communes

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
