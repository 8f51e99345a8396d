"""What the endpoints and jobs of matching share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.matching.domain.configuration import Configuration
from services.matching.domain.occupations import Referential
from services.matching.engine.restoring import Restoring
from services.matching.settings import MatchingSettings
from shared.civil import mainland_day
from shared.clock import Clock
from shared.ids import IdFactory
from shared.store import Store


@dataclass(frozen=True)
class Context:
    """Handed in once, at the composition root."""

    settings: MatchingSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    referential: Referential

    def today(self) -> int:
        """The day by the clock in the engine's one calendar, as a proleptic ordinal."""
        return mainland_day(self.clock.now())

    async def configuration(self) -> Configuration:
        """The configuration in force."""
        return await Restoring(self.store).configuration()


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
"""The service's context, for endpoints."""
