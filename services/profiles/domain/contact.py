"""How people who are not seekers are reached: counsellors, employers' users and other accounts."""

from pydantic import BaseModel, Field

from services.profiles.domain.details import Language, PersonName, PhoneText
from services.profiles.domain.errors import ContactRefused
from services.profiles.domain.rules import channel_errors, phone_error
from shared.contracts.events.profiles import ContactState
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate, Entity
from shared.errors import refused
from shared.phones import e164
from shared.types import Email

CONTACT = "contact-updated.v1"


class ContactDetails(Entity):
    """What an account says about how to reach it."""

    first_name: PersonName | None = None
    email: Email | None = None
    phone: PhoneText | None = Field(default=None, description="As people write it; kept in E.164")
    language: Language = Field(default="fr", description="ISO 639-1, of the messages")
    channels: tuple[Channel, ...] = Field(
        default=(), max_length=len(Channel), description="Empty: e-mail when known, and the inbox"
    )
    consents_to_messages: bool = Field(default=True, description="Whoever leaves them here wants the messages")
    relays_employers: bool = Field(
        default=False,
        description="For who accompanies people: employers may be shown these in place of a person's own, where that "
        "person chose so",
    )


class UserContact(Aggregate):
    """Contact points of an account (``id`` is the user id). ``staff``: its token said so when it left them."""

    details: ContactDetails
    staff: bool = False

    @property
    def channels(self) -> tuple[Channel, ...]:
        """As chosen, else e-mail when there is an address, and the inbox."""
        if self.details.channels:
            return self.details.channels
        return (Channel.EMAIL, Channel.INBOX) if self.details.email else (Channel.INBOX,)

    def event_data(self, event_type: str) -> BaseModel:
        if event_type != CONTACT:
            return super().event_data(event_type)
        return ContactState.of_account(
            self.id,
            self.territory,
            first_name=self.details.first_name,
            email=self.details.email,
            phone=self.details.phone,
            language=self.details.language,
            channels=self.channels,
            consents_to_messages=self.details.consents_to_messages,
            staff=self.staff,
        )


def checked(details: ContactDetails, territory: str) -> ContactDetails:
    """The details with the phone number normalised.

    Raises:
        ContactRefused: naming every field that cannot be.
    """
    errors = channel_errors(details.channels, email=details.email)
    phone = details.phone
    if phone is not None:
        phone = e164(phone, territory)
        if phone is None:
            errors.append(phone_error())
    if errors:
        raise refused(ContactRefused, errors)
    return details if phone == details.phone else details.model_copy(update={"phone": phone})
