"""How the people who act for a company can be reached; told to notifications only."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from shared.contracts.events.profiles import ContactState
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate, Entity
from shared.errors import Refused, refused_field
from shared.phones import UNFIT, Dialled, e164
from shared.types import Email, Name


class ContactPoints(Entity):
    """How the platform reaches somebody about their offers. Written by themselves only."""

    first_name: Annotated[str | None, Name(100)] = Field(default=None, examples=["Nadia"])
    email: Email | None = Field(default=None, examples=["nadia@scierie.example"])
    phone: Annotated[str | None, Dialled(30)] = Field(
        default=None,
        examples=["05 55 52 00 00"],
        description="As it is dialled in the company's territory; kept in E.164",
    )


class UserContact(Aggregate):
    """Contact points of an employer's user (``id`` is the user id) and the companies that they act for.

    It stays when they act for none any more, empty: the next event about them must be newer than the last.
    """

    company_ids: tuple[str, ...] = ()
    first_name: str | None = Field(default=None, max_length=100)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.INBOX)

    def event_data(self, event_type: str) -> BaseModel:
        return ContactState.of_account(
            self.id,
            self.territory,
            first_name=self.first_name,
            email=self.email,
            phone=self.phone,
            channels=self.channels,
            # An account that deposits offers asked for the service's messages about them; one that left did not.
            consents_to_messages=bool(self.company_ids),
        )

    @property
    def points(self) -> ContactPoints:
        """How they are reached now."""
        return ContactPoints(first_name=self.first_name, email=self.email, phone=self.phone)

    def join(self, company_id: str, now: datetime) -> None:
        """They act for this company."""
        self.company_ids = tuple(dict.fromkeys((*self.company_ids, company_id)))
        self.record("contact-updated.v1", now)

    def leave(self, company_id: str, now: datetime) -> None:
        """They no longer act for it. Who acts for none any more is reached no longer; what they were told stays theirs."""
        self.company_ids = tuple(one for one in self.company_ids if one != company_id)
        if not self.company_ids:
            self.first_name = self.email = self.phone = None
        self.record("contact-updated.v1", now)

    def set_points(self, points: ContactPoints) -> None:
        """How they are reached from now on; the change is told by the step that it comes with.

        Raises:
            Refused: nobody has this number in the territory.
        """
        phone = None if points.phone is None else e164(points.phone, self.territory)
        if points.phone is not None and phone is None:
            raise refused_field(Refused, "phone", "implausible-phone", UNFIT)
        self.first_name, self.email, self.phone = points.first_name, points.email, phone
