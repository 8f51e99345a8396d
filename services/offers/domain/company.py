"""Employers: identity, users, moderation and the log of canvassing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number

from services.offers.domain.actors import Actor, Party
from services.offers.domain.errors import (
    CompanyNotApproved,
    InvalidSiret,
    LastUser,
    LinkRefused,
    TooManyUsers,
    transition_refused,
)
from services.offers.domain.text import key_of
from shared.contracts.events.base import Place
from shared.contracts.events.offers import OfferCompany
from shared.contracts.vocabulary import ReservedPublic
from shared.domain import Aggregate, Entity
from shared.errors import AlreadyExists, NotFound, refused_field
from shared.types import CivilDate, Distinct, Email, Identifier, Line, Name, Prose, Website

IDENTITY_CHANGED = "identity changed"
IDENTITY_RESTORED = "identity as it was approved"
MOST_USERS = 50
MOST_INVITATIONS = 20
"""Open at once: a company that needs more has links lying about."""


def check_siret(value: str, field: str = "siret") -> str:
    """The 14 digits without blanks.

    The check is Luhn's; La Poste's establishments (SIREN 356 000 000, but for its head office) are valid when the sum of
    their digits is a multiple of 5, since they outnumber what Luhn leaves.

    Raises:
        InvalidSiret: naming ``field``.
    """
    try:
        number = str(siret_number.validate(value))
        if not number[:9].strip("0") or not number[9:].strip("0"):
            # Zeros pass every check sum; INSEE gives neither such a company nor an establishment 00000.
            raise NumberError
        return number
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
    """A decision of a manager, or what a changed identity undid of one."""

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


class Verification(Entity):
    """A manager's record that this structure may reserve offers to these publics (a convention, an approval seen)."""

    at: datetime
    by: str
    publics: tuple[ReservedPublic, ...] = ()
    reason: str = Field(default="", max_length=500)


class Identity(Entity):
    """Who an employer is, as a manager looked at it: what the public sees under its offers until the next look."""

    name: str
    siret: str | None = None
    iae_kind: IaeKind | None = None
    private_employer: bool = False

    @classmethod
    def of(cls, details: CompanyDetails) -> "Identity":
        """What of the details is identity."""
        return cls(**{name: getattr(details, name) for name in cls.model_fields})


class Invitation(Entity):
    """A link that lets one account join; ``user_id``: only this one. ``label`` is the inviter's own note."""

    id: str
    by: str
    label: Annotated[str, Line(100, blank=True)] = ""
    user_id: str | None = None
    created_at: datetime
    expires_at: datetime


class Company(Aggregate):
    """An employer. ``users`` are the ids of the people who act for it: who registered it, and who accepted to."""

    details: CompanyDetails
    siret: str | None = None
    name_key: str
    status: CompanyStatus = CompanyStatus.PENDING
    users: tuple[str, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    vetted: Identity | None = None
    verifications: tuple[Verification, ...] = ()
    moderation: tuple[Moderation, ...] = ()
    canvassing: tuple[Canvassing, ...] = ()
    reply_rate: float | None = None

    def card(self) -> OfferCompany:
        """What the public sees on an offer: the identity that a manager looked at, where one did."""
        shown = self.vetted or Identity.of(self.details)
        kind = shown.iae_kind
        return OfferCompany(
            id=self.id,
            name=shown.name,
            label=self.details.label,
            iae_kind=kind.value if kind else None,
            reply_rate=self.reply_rate,
        )

    @property
    def verified_publics(self) -> tuple[ReservedPublic, ...]:
        """To whom it may reserve offers: by the last verification, never by what it says of itself."""
        return self.verifications[-1].publics if self.verifications else ()

    def verify(self, publics: tuple[ReservedPublic, ...], by: str, now: datetime, reason: str = "") -> None:
        """A manager records to whom this structure may reserve offers; an empty list takes it back."""
        self.verifications += (Verification(at=now, by=by, publics=publics, reason=reason),)
        self.touch(now)

    def moderate(self, status: CompanyStatus, by: str, now: datetime, reason: str = "") -> None:
        """Approve or suspend.

        Raises:
            TransitionRefused: nothing leads back to pending, and the same decision twice is none.
        """
        allowed = {CompanyStatus.APPROVED, CompanyStatus.SUSPENDED} - {self.status}
        if status not in allowed:
            raise transition_refused("This company", self.status, status, allowed)
        self._judge(status, by, now, reason)
        if status is CompanyStatus.APPROVED:
            self.vetted = Identity.of(self.details)
        self.touch(now)

    def revise(self, details: CompanyDetails, by: Actor, now: datetime) -> None:
        """New details. An approved company that changes its name, number or kind waits for a manager again: its offers go
        on under the identity that was looked at, so that a mended typing mistake takes no offer out of sight and a
        borrowed name is never shown. Back to that identity is back to approved.
        """
        before, identity = Identity.of(self.details), Identity.of(details)
        self.details = details
        self.siret = details.siret
        self.name_key = key_of(details.name)
        if (before.siret, before.iae_kind) != (identity.siret, identity.iae_kind) and self.verified_publics:
            # What was verified was another structure.
            self.verify((), by.id, now, IDENTITY_CHANGED)
        if self.status is CompanyStatus.APPROVED and identity != self.vetted:
            if by.party is Party.MANAGER:
                self.vetted = identity
            else:
                self._judge(CompanyStatus.PENDING, by.id, now, IDENTITY_CHANGED)
        elif self.status is CompanyStatus.PENDING and self.vetted is not None and identity == self.vetted:
            self._judge(CompanyStatus.APPROVED, by.id, now, IDENTITY_RESTORED)
        self.touch(now)

    def invite(self, invitation: Invitation, now: datetime) -> None:
        """Offer a place among the users; nobody is told, and nobody is a user before they accept.

        Raises:
            CompanyNotApproved: a manager has not looked at this company (or suspended it).
            TooManyUsers: too many links are open.
        """
        self._approved()
        kept = self.open_invitations(now)
        if len(kept) >= MOST_INVITATIONS:
            raise TooManyUsers(f"{len(kept)} invitations sont déjà ouvertes : retirez-en une.", limit=MOST_INVITATIONS)
        self.invitations = (*kept, invitation)
        self.touch(now)

    def open_invitations(self, now: datetime) -> tuple[Invitation, ...]:
        """Invitations that may still be accepted."""
        return tuple(one for one in self.invitations if one.expires_at > now)

    def revoke(self, invitation_id: str, now: datetime) -> None:
        """Take an invitation back. Raises NotFound when it is not open."""
        kept = self.open_invitations(now)
        if invitation_id not in {one.id for one in kept}:
            raise NotFound("There is no such open invitation.", id=invitation_id)
        self.invitations = tuple(one for one in kept if one.id != invitation_id)
        self.touch(now)

    def invited(self, invitation_id: str, user: str, now: datetime) -> Invitation:
        """The invitation that ``user`` may accept.

        Raises:
            LinkRefused: used, taken back, too old or somebody else's: one answer for all.
            CompanyNotApproved: the company was suspended since.
        """
        found = next((one for one in self.open_invitations(now) if one.id == invitation_id), None)
        if found is None or found.user_id not in (None, user):
            raise LinkRefused("Cette invitation n'est plus valable.")
        self._approved()
        return found

    def join(self, invitation_id: str, user: str, now: datetime) -> None:
        """``user`` accepts an invitation, which is used up by it.

        Raises:
            LinkRefused, CompanyNotApproved: as ``invited``.
            AlreadyExists: they act for the company already.
            TooManyUsers: the company has as many as it may.
        """
        taken = self.invited(invitation_id, user, now)
        if user in self.users:
            raise AlreadyExists("You act for this company already.", company_id=self.id)
        if len(self.users) >= MOST_USERS:
            raise TooManyUsers("Cette entreprise a déjà son nombre maximal d'utilisateurs.", limit=MOST_USERS)
        self.users += (user,)
        self.invitations = tuple(one for one in self.open_invitations(now) if one.id != taken.id)
        self.touch(now)

    def remove_user(self, user: str, now: datetime) -> None:
        """Raises NotFound for a stranger and LastUser when nobody would be left."""
        if user not in self.users:
            raise NotFound("This user does not act for the company.", user_id=user)
        if len(self.users) == 1:
            raise LastUser(
                "The last user of a company cannot be removed: invite another one first.", allowed=["invite"]
            )
        self.users = tuple(one for one in self.users if one != user)
        # Links that they made would let them back in.
        self.invitations = tuple(one for one in self.open_invitations(now) if one.by != user)
        self.touch(now)

    def rate(self, reply_rate: float | None, at_least: float, now: datetime) -> bool:
        """Take a new reply rate; False when it did not come, go or move by ``at_least``."""
        old = self.reply_rate
        if old is reply_rate or (old is not None and reply_rate is not None and abs(old - reply_rate) < at_least):
            return False
        self.reply_rate = reply_rate
        self.touch(now)
        return True

    def log(self, entry: Canvassing, now: datetime) -> None:
        """Append to the canvassing log; entries are never changed."""
        self.canvassing += (entry,)
        self.touch(now)

    def _judge(self, status: CompanyStatus, by: str, now: datetime, reason: str) -> None:
        self.status = status
        self.moderation += (Moderation(at=now, by=by, status=status, reason=reason),)

    def _approved(self) -> None:
        if self.status is not CompanyStatus.APPROVED:
            raise CompanyNotApproved(
                "Cette entreprise n'est pas validée par un gestionnaire : personne ne peut la rejoindre.",
                company_id=self.id,
                company_status=self.status.value,
            )


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
