"""What the endpoints of profiles share."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.profiles.handles import Handles
from services.profiles.settings import ProfilesSettings
from shared.auth.provider import IdentityProvider
from shared.clock import Clock
from shared.ids import IdFactory
from shared.invitations import LinkKey
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import Store


@dataclass(frozen=True)
class Context(Handles):
    """Handed in once, at the composition root."""

    settings: ProfilesSettings
    store: Store
    clock: Clock
    new_id: IdFactory
    communes: Communes
    occupations: Occupations
    link_key: LinkKey
    provider: IdentityProvider | None


async def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(_context)]
