"""How the people who act for a company can be reached; told to notifications only."""

from pydantic import BaseModel, Field

from shared.contracts.events.profiles import ContactState
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate


class UserContact(Aggregate):
    """Contact points of an employer's user (``id`` is the user id)."""

    company_ids: tuple[str, ...] = ()
    first_name: str | None = Field(default=None, max_length=100)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20)
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.INBOX)

    def event_data(self, event_type: str) -> BaseModel:
        return ContactState(
            subject_id=self.id,
            territory=self.territory,
            kind="user",
            owner_id=self.id,
            first_name=self.first_name,
            email=self.email,
            phone=self.phone,
            channels=self.channels,
            # An account that deposits offers asked for the service's messages about them.
            consents_to_messages=True,
        )
