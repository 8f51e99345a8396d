"""Employers: identity, users, moderation and the log of canvassing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number

from services.offers.domain.errors import InvalidSiret, LastUser, refused_field, transition_refused
from shared.contracts.events.base import Place
from shared.contracts.events.offers import OfferCompany
from shared.domain import Aggregate, Entity
from shared.errors import AlreadyExists, NotFound
from shared.types import CivilDate, Distinct, Email, Identifier, Line, Name, Prose, Website


def check_siret(value: str, field: str = "siret") -> str:
    """The 14 digits without blanks.

    The check is Luhn's; La Poste's establishments (SIREN 356 000 000, but for its head office) are valid when the sum of
    their digits is a multiple of 5, since they outnumber what Luhn leaves.

    Raises:
        InvalidSiret: naming ``field``.
    """
    try:
        return str(siret_number.validate(value))
    except NumberError:
        digits = siret_number.compact(value)
        rule = "siret_length" if not digits.isdigit() or len(digits) != 14 else "siret_checksum"
        message = (
            "Un SIRET compte 14 chiffres." if rule == "siret_length" else "La clé de contrôle de ce SIRET est fausse."
        )
        raise refused_field(InvalidSiret, field, rule, message) from None


class CompanyStatus(StrEnum):
    """Moderation: an approved company publishes without waiting."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"


class IaeKind(StrEnum):
    """Kinds of structure of insertion through work, of adapted work, and employers' groups."""

    ACI = "ACI"
    EI = "EI"
    AI = "AI"
    ETTI = "ETTI"
    EITI = "EITI"
    EA = "EA"
    EATT = "EATT"
    ESAT = "ESAT"
    GEIQ = "GEIQ"


class CanvassingKind(StrEnum):
    """How the département met an employer."""

    VISIT = "visit"
    CALL = "call"
    EMAIL = "email"
    EVENT = "event"


class CanvassingOutcome(StrEnum):
    """What came of it."""

    OFFER_COLLECTED = "offer_collected"
    TO_CALL_BACK = "to_call_back"
    NO_NEED = "no_need"
    NOT_REACHED = "not_reached"
    REFUSED = "refused"


class Canvassing(Entity):
    """A contact with an employer, by whom and what came of it; read by staff only."""

    id: str
    kind: CanvassingKind
    on: CivilDate
    outcome: CanvassingOutcome
    note: Annotated[str, Prose(2_000, blank=True)] = ""
    call_back_on: CivilDate | None = None
    offer_ids: Annotated[tuple[Identifier, ...], Distinct(100)] = ()
    by: str
    recorded_at: datetime


class Moderation(Entity):
    """A decision of a manager."""

    at: datetime
    by: str
    status: CompanyStatus
    reason: Annotated[str, Prose(500, blank=True)] = ""


class CompanyContact(Entity):
    """A contact of the company itself, not of one of its users."""

    name: Annotated[str, Name(120, blank=True)] = ""
    role: Annotated[str, Line(120, blank=True)] = ""
    email: Email | None = None
    phone: Annotated[str | None, Line(20)] = None


class CompanyPlace(Place):
    """A place as the company writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True, from_attributes=True)

    name: Annotated[str, Name(120)]


class CompanyDetails(Entity):
    """What the employer says of itself and may change."""

    name: Annotated[str, Name(200)]
    siret: Annotated[str | None, Line(40)] = Field(
        default=None, description="14 digits; absent for a private household (private_employer)"
    )
    private_employer: bool = Field(default=False, description="A household that employs somebody: has no SIRET")
    sector: Annotated[str | None, Line(100)] = Field(default=None, description="NAF code or words")
    label: Annotated[str | None, Name(100)] = Field(
        default=None, description="A label of the employer, such as 'Handi-engagé'"
    )
    iae_kind: IaeKind | None = None
    website: Website | None = None
    presentation: Annotated[str, Prose(3_000, blank=True)] = ""
    places: Annotated[tuple[CompanyPlace, ...], Distinct(50)] = ()
    contacts: tuple[CompanyContact, ...] = Field(default=(), max_length=20)


class Company(Aggregate):
    """An employer. ``users`` are the ids of the people who act for it."""

    details: CompanyDetails
    siret: str | None = None
    name_key: str
    status: CompanyStatus = CompanyStatus.PENDING
    users: tuple[str, ...] = ()
    moderation: tuple[Moderation, ...] = ()
    canvassing: tuple[Canvassing, ...] = ()
    reply_rate: float | None = None

    def card(self) -> OfferCompany:
        """What the public sees on an offer."""
        kind = self.details.iae_kind
        return OfferCompany(
            id=self.id,
            name=self.details.name,
            label=self.details.label,
            iae_kind=kind.value if kind else None,
            reply_rate=self.reply_rate,
        )

    def moderate(self, status: CompanyStatus, by: str, now: datetime, reason: str = "") -> None:
        """Approve or suspend.

        Raises:
            TransitionRefused: nothing leads back to pending, and the same decision twice is none.
        """
        allowed = {CompanyStatus.APPROVED, CompanyStatus.SUSPENDED} - {self.status}
        if status not in allowed:
            raise transition_refused("This company", self.status, status, allowed)
        self.status = status
        self.moderation += (Moderation(at=now, by=by, status=status, reason=reason),)
        self.touch(now)

    def add_user(self, user: str, now: datetime) -> None:
        """Let one more person act for the company.

        Raises:
            AlreadyExists: they do already.
        """
        if user in self.users:
            raise AlreadyExists("This user acts for the company already.", user_id=user)
        self.users += (user,)
        self.touch(now)

    def remove_user(self, user: str, now: datetime) -> None:
        """Raises NotFound for a stranger and LastUser when nobody would be left."""
        if user not in self.users:
            raise NotFound("This user does not act for the company.", user_id=user)
        if len(self.users) == 1:
            raise LastUser("The last user of a company cannot be removed: add another one first.", allowed=["add_user"])
        self.users = tuple(one for one in self.users if one != user)
        self.touch(now)

    def log(self, entry: Canvassing, now: datetime) -> None:
        """Append to the canvassing log; entries are never changed."""
        self.canvassing += (entry,)
        self.touch(now)


def checked(details: CompanyDetails) -> CompanyDetails:
    """The details with the SIRET normalised.

    Raises:
        InvalidSiret: wrong, or absent without ``private_employer``.
    """
    if details.siret:
        return details.model_copy(update={"siret": check_siret(details.siret)})
    if details.private_employer:
        return details.model_copy(update={"siret": None})
    raise refused_field(
        InvalidSiret, "siret", "siret_required", "Un SIRET est demandé, sauf pour un particulier employeur."
    )
