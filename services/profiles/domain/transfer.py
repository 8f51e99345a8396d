"""Somebody moves house: their file goes from the desk of one territory to that of another, which takes it."""

from datetime import datetime, timedelta

from pydantic import Field

from services.profiles.domain.consent import Heard, unheard
from services.profiles.domain.errors import TransferRefused
from shared.auth import Role
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.errors import refused, refused_field
from shared.reference.departments import DEPARTMENTS

REMIND_EVERY = timedelta(days=14)
"""The managers of the other desk are told again."""
LONGEST = timedelta(days=60)
"""An administration that has not answered in two months has refused (code des relations entre le public et l'administration,
L231-4): the person hears that nobody took their file, instead of waiting for it.
"""


class Transfer(Entity):
    """That it is asked for: by the person, or by who acts for them and heard that they want it."""

    to: Territory
    asked_by: str
    role: Role
    heard: Heard | None = None
    asked_at: datetime
    reminded_at: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """Until when the other desk may take it."""
        return self.asked_at + LONGEST

    def remind(self, now: datetime) -> bool:
        """Whether its managers are to be told again."""
        return now - (self.reminded_at or self.asked_at) >= REMIND_EVERY


class TransferGiven(Entity):
    """Where to."""

    to: Territory = Field(description="Code of the département where the person lives from now on", examples=["87"])
    heard: Heard | None = Field(
        default=None, description="How the person said that they want it; demanded of who acts for them"
    )

    def asked(self, territory: str, by: str, role: Role, now: datetime) -> Transfer:
        """The demand, of somebody who is served by ``territory``.

        Raises:
            TransferRefused: there is no such département, the person is there already, or nobody says how it was heard.
        """
        if self.to not in DEPARTMENTS:
            raise refused_field(TransferRefused, "to", "unknown", "Ce département n'existe pas.")
        if self.to == territory:
            raise refused_field(TransferRefused, "to", "same", "Ce département suit déjà cette personne.")
        if role is not Role.SEEKER and self.heard is None:
            raise refused(TransferRefused, [unheard("a demandé ce changement")])
        return Transfer(
            to=self.to, asked_by=by, role=role, heard=None if role is Role.SEEKER else self.heard, asked_at=now
        )
