"""What somebody agreed to, thing by thing: in which words, to whom, what for, since when, and how it is taken back.

Taking something back ends that one thing. None of it is an input of the matching but ``matching`` itself.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from services.profiles.domain.consent import Heard
from shared.domain import Entity


class Tick(StrEnum):
    """Agreements that are a field of the profile: the value is the field's name."""

    MATCHING = "active"
    EMPLOYERS = "visible_to_employers"
    MESSAGES = "consents_to_messages"


TICK_TEXT_VERSION = "2026-11"
TICK_TEXTS = {
    "2026-11": {
        Tick.MATCHING: (
            "J'accepte que mon profil, sans mon nom ni mes coordonnées, soit comparé aux offres pour m'en proposer."
        ),
        Tick.EMPLOYERS: (
            "J'accepte que l'employeur d'une offre qui m'est proposée voie, sans mon nom, que je peux convenir, "
            "et puisse m'inviter à y répondre."
        ),
        Tick.MESSAGES: "J'accepte de recevoir des messages de la plateforme par les moyens que j'ai choisis.",
    }
}
"""Every wording that was ever agreed to; a new one is added, none is changed."""
PURPOSES = {
    Tick.MATCHING: "Vous proposer des offres",
    Tick.EMPLOYERS: "Être invité par un employeur",
    Tick.MESSAGES: "Vous prévenir",
}
RECIPIENTS = {
    Tick.MATCHING: "le service de recommandations de la plateforme",
    Tick.EMPLOYERS: "les employeurs des offres proposées",
    Tick.MESSAGES: "le service de messages de la plateforme",
}


class TickReceipt(Entity):
    """That a field was ticked: in which words, by whom, for whom."""

    text_version: str
    given_at: datetime
    acted_by: str
    on_behalf_of: str | None = None


def noted(
    receipts: Mapping[str, TickReceipt],
    ticked: Mapping[Tick, bool],
    now: datetime,
    acted_by: str,
    on_behalf_of: str | None,
) -> dict[str, TickReceipt]:
    """The receipts by field after some of them were said anew, in the words of today; what is not ticked has none."""
    kept = {name: one for name, one in receipts.items() if name not in ticked}
    fresh = TickReceipt(text_version=TICK_TEXT_VERSION, given_at=now, acted_by=acted_by, on_behalf_of=on_behalf_of)
    return kept | {tick.value: fresh for tick, there in ticked.items() if there}


class Kind(StrEnum):
    """What an agreement is about."""

    MATCHING = "matching"
    EMPLOYERS = "employers"
    MESSAGES = "messages"
    POOL = "pool"
    POOL_CONTACT = "pool_contact"
    DISCLOSURE = "disclosure"
    COUNSELLOR = "counsellor"


TICK_OF = {Kind.MATCHING: Tick.MATCHING, Kind.EMPLOYERS: Tick.EMPLOYERS, Kind.MESSAGES: Tick.MESSAGES}


class Revocation(BaseModel):
    """The request that takes it back."""

    method: str
    path: str


class Consent(BaseModel):
    """One thing that somebody agreed to, or that is done for them by law (``counsellor``)."""

    id: str
    kind: Kind
    standing: bool = Field(description="Whether it holds now")
    recipient: str = Field(description="Who sees or does something by it")
    company_id: str | None = None
    offer_id: str | None = None
    counsellor_id: str | None = None
    purpose: str
    text_version: str | None = Field(
        description="null: ticked before wordings were kept, or no agreement (`counsellor`)"
    )
    text: str | None
    given_at: datetime | None
    acted_by: str | None
    on_behalf_of: str | None = None
    heard: Heard | None = None
    ended_at: datetime | None = None
    revoke: Revocation | None = Field(description="null: it has ended, or is not the person's to take back")
    how: str = Field(description="How it is taken back, as a French sentence")


class Elsewhere(BaseModel):
    """Agreements that another service keeps, and where they are listed and taken back."""

    service: str
    title: str
    path: str
    how: str
