"""The pool of CVs: people who agree to be found by employers without being named, and to be asked before they are.

An employer sees what somebody can do and roughly how far away they live, never who they are. What people wrote in their own
words is not shown: words name. Distances are those between communes, so that no number of questions finds a house.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from services.profiles.domain.consent import ContactPoint, Heard
from shared.auth import Role
from shared.contracts.events.profiles import Certificate
from shared.contracts.vocabulary import Caces, Card, Licence
from shared.domain import Aggregate, Entity
from shared.kept_enum import StoredEnum
from shared.types import Prose

TEXT_VERSION = "2026-11"
TEXTS = {
    "2026-11": (
        "J'accepte que les employeurs vérifiés par le département trouvent mon profil sans mon nom ni mes coordonnées : "
        "métiers, compétences, permis, disponibilité et distance arrondie. Un employeur ne peut me joindre qu'après mon "
        "accord, demande par demande. Je vois qui a lu mon profil, et je peux en sortir à tout moment, avec effet immédiat."
    )
}
"""Every wording that was ever agreed to; a new one is added, none is changed."""


@dataclass(frozen=True)
class Share:
    """How much of the pool a day gives. Who fills a post reads some dozens of profiles; who copies the pool reads all."""

    searches: int
    people: int
    questions: int


class PoolConsent(Entity):
    """The receipt of the agreement. ``pseudonym`` is how employers call the person until it is taken back."""

    pseudonym: str
    text_version: str
    given_at: datetime
    acted_by: str
    on_behalf_of: str | None = None
    heard: Heard | None = None


class ContactState(StoredEnum):
    """What became of an employer's question."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class PoolContact(Aggregate):
    """An employer asks somebody of the pool whether they may know who it is: once for each employer and person."""

    profile_id: str
    pseudonym: str
    company_id: str
    asked_by: str
    message: Annotated[str, Prose(1_000)]
    state: ContactState = ContactState.PENDING
    contacts: tuple[ContactPoint, ...] = ()
    answered_at: datetime | None = None
    answered_by: str | None = None
    role: Role | None = None
    heard: Heard | None = None

    def answer(
        self,
        *,
        accept: bool,
        contacts: tuple[ContactPoint, ...],
        by: str,
        role: Role,
        heard: Heard | None,
        now: datetime,
    ) -> None:
        """The person's word; a later one takes the place of the one before."""
        self.state = ContactState.ACCEPTED if accept else ContactState.REFUSED
        self.contacts = contacts if accept else ()
        self.answered_at, self.answered_by, self.role, self.heard = now, by, role, heard
        self.touch(now)


@dataclass(frozen=True)
class Known:
    """An occupation in the referential, with the experience in months."""

    code: str
    label: str
    months: int


@dataclass(frozen=True)
class PoolPerson:
    """Somebody of the pool, of what they said as much as a card is made of. ``wishes``: occupations with months of practice,
    those that they seek no more among them, and not told apart: why somebody left their work is nobody's guess.
    """

    id: str
    version: int
    pseudonym: str
    wishes: Sequence[tuple[str, int]]
    skills: Sequence[str]
    qualification_level: int | None
    licences: Sequence[Licence]
    vehicle: bool
    cards: Sequence[Card]
    certificates: Sequence[Certificate]
    available_from: date | None
    weekly_hours: float | None
    commune_code: str | None


class PoolCard(Entity):
    """What an employer sees of somebody: nothing that names them."""

    pseudonym: str
    occupations: Sequence[Known]
    skills: Sequence[str] = Field(description="Labels of the referential")
    qualification_level: int | None
    licences: Sequence[Licence]
    vehicle: bool
    cards: Sequence[Card] = Field(description="Those that are valid")
    caces: Sequence[Caces] = Field(description="Which CACES, of who says so")
    available_from: date | None = Field(description="null: now")
    weekly_hours: float | None
    within_km: int | None = Field(description="Up to so many km between the communes; null: farther, or not said")


class PoolReading(BaseModel):
    """That an employer's user had somebody's profile in an answer, on one day."""

    id: str
    company_id: str
    reader_id: str = Field(description="Account of the employer's user")
    day: date
    last_at: datetime
    times: int
