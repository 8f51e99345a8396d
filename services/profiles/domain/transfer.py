"""Somebody moves house: their file goes from the desk of one territory to that of another, which takes it."""

from datetime import datetime

from pydantic import Field

from services.profiles.domain.consent import Heard
from services.profiles.domain.errors import TransferRefused
from shared.auth import Role
from shared.contracts.events.base import Territory
from shared.domain import Entity
from shared.errors import refused_field
from shared.reference.departments import DEPARTMENTS


class Transfer(Entity):
    """That it is asked for: by the person, or by who acts for them and heard that they want it."""

    to: Territory
    asked_by: str
    role: Role
    heard: Heard | None = None
    asked_at: datetime


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
            raise refused_field(TransferRefused, "to", "unknown", f"Il n'y a pas de département {self.to}.")
        if self.to == territory:
            raise refused_field(TransferRefused, "to", "same", "Ce département suit déjà cette personne.")
        if role is not Role.SEEKER and self.heard is None:
            message = "Dites comment la personne a demandé ce changement : in_person, by_phone ou in_writing."
            raise refused_field(TransferRefused, "heard", "required", message)
        return Transfer(
            to=self.to, asked_by=by, role=role, heard=None if role is Role.SEEKER else self.heard, asked_at=now
        )
