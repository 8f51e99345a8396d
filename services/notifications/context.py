"""What the endpoints, consumers and jobs of notifications share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.notifications.handles import Handles
from services.notifications.queries.live import Live
from services.notifications.settings import NotificationsSettings
from services.notifications.templates.texts import Texts
from shared.clock import Clock
from shared.ids import IdFactory
from shared.store import Store


@dataclass(frozen=True)
class Context(Handles):
    """Handed in once, at the composition root."""

    settings: NotificationsSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    texts: Texts
    live: Live


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
