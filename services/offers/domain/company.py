"""Employers: identity, users, moderation and the log of canvassing (``canvassing``)."""

from datetime import date, datetime
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret as siret_number

from services.offers.domain.actors import Actor, Party
from services.offers.domain.canvassing import WithCanvassing
from services.offers.domain.errors import CompanyNotApproved, CompanyShared, InvalidSiret, last_user
from services.offers.domain.text import key_of
from shared.contracts.events.base import Place
from shared.contracts.events.offers import CompanyState, OfferCompany
from shared.contracts.vocabulary import ReservedPublic
from shared.domain import Entity
from shared.errors import refused_field, transition_refused
from shared.invitations import Members
from shared.kept_enum import StoredEnum
from shared.phones import Dialled
from shared.types import Distinct, Email, Line, Name, Prose, Website

IDENTITY_CHANGED = "identity changed"
IDENTITY_RESTORED = "identity as it was approved"
COMPANY_UPDATED = "company-updated.v1"
MOST_FORMER = 100


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


class CompanyStatus(StoredEnum):
    """Moderation: an approved company publishes without waiting."""

    PENDING = "pending"
    APPROVED = "approved"
    SUSPENDED = "suspended"


_STEPS = {CompanyStatus.APPROVED: "approve", CompanyStatus.SUSPENDED: "suspend", CompanyStatus.PENDING: "change"}


class IaeKind(StoredEnum):
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
    phone: Annotated[str | None, Dialled(20)] = None


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


class UnderWay(NamedTuple):
    """What waits for somebody of an employer: offers that have not ended, applications that have not been answered."""

    offers: int
    applications: int


class Company(Members, WithCanvassing):
    """An employer. ``users`` are the ids of the people who act for it: who registered it, and who accepted to."""

    details: CompanyDetails
    siret: str | None = None
    """The number that it holds, under which nobody else registers: the one that was looked at, that of its details, or none
    (``_hold_number``).
    """
    name_key: str
    status: CompanyStatus = CompanyStatus.PENDING
    vetted: Identity | None = None
    verifications: tuple[Verification, ...] = ()
    moderation: tuple[Moderation, ...] = ()
    alias_key: str | None = Field(default=None, repr=False)
    """By what people who are shown to it without a name are called (``shared.aliases``)."""
    former: tuple[str, ...] = ()
    """Who has left, the last ones: what comes of their offers is not told to them."""
    reply_rate: float | None = None
    erased_at: datetime | None = None
    erased_by: str | None = None
    """It was a person, who was erased, by themselves or by which manager: what stays has no name."""

    _told: tuple[object, ...] = PrivateAttr(default=())

    @property
    def to_tell(self) -> bool:
        """Whether others have not heard yet who acts for it now, or whether it may."""
        return self._told != self._to_tell()

    def mark_saved(self) -> None:
        super().mark_saved()
        self._told = self._to_tell()

    def _to_tell(self) -> tuple[object, ...]:
        return self.users, self.status, self.alias_key, self.vetted and self.vetted.siret

    def event_data(self, event_type: str) -> BaseModel:
        if event_type != COMPANY_UPDATED:
            return super().event_data(event_type)
        approved = self.status is CompanyStatus.APPROVED
        return CompanyState(
            company_id=self.id,
            territory=self.territory,
            approved=approved,
            user_ids=self.users,
            suspended=self.status is CompanyStatus.SUSPENDED,
            siret=self.vetted.siret if self.vetted else None,
            alias_key=self.alias_key,
        )

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
        allowed = set() if self.erased_at else {CompanyStatus.APPROVED, CompanyStatus.SUSPENDED} - {self.status}
        if status not in allowed:
            state = "erased" if self.erased_at else self.status
            raise transition_refused("cette entreprise", state, _STEPS[status], (_STEPS[one] for one in allowed))
        self._judge(status, by, now, reason)
        if status is CompanyStatus.APPROVED:
            self.vetted = Identity.of(self.details)
        self._hold_number()
        self.touch(now)

    def revise(self, details: CompanyDetails, by: Actor, now: datetime) -> None:
        """New details. An approved company that changes its name, number or kind waits for a manager again: its offers go
        on under the identity that was looked at, so that a mended typing mistake takes no offer out of sight and a
        borrowed name is never shown. Back to that identity is back to approved.

        Raises:
            TransitionRefused: they were erased.
        """
        if self.erased_at is not None:
            raise transition_refused("cette entreprise", "erased", "change", ())
        before, identity = Identity.of(self.details), Identity.of(details)
        self.details = details
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
        self._hold_number()
        self.touch(now)

    def rate(self, reply_rate: float | None, at_least: float, now: datetime) -> bool:
        """Take a new reply rate; False when it did not come, go or move by ``at_least``."""
        old = self.reply_rate
        if old is reply_rate or (old is not None and reply_rate is not None and abs(old - reply_rate) < at_least):
            return False
        self.reply_rate = reply_rate
        self.touch(now)
        return True

    def take_key(self, key: str, now: datetime) -> None:
        """From now on people without a name have one at each of its offers."""
        self.alias_key = key
        self.touch(now)

    def forget_contacts(self, before: date, today: date, now: datetime, *, idle: bool) -> bool:
        """Let go of notes about contacts of before that day, and of the contact persons of an employer of whom nothing is heard
        (``idle``). A note with a day to call back stays that long from that day on, but at most twice as long as others: the
        day may be any, in 2099 too. False when there was nothing.
        """
        at_most = before - (today - before)
        kept = tuple(one for one in self.canvassing if one.kept_from(before, at_most, self.territory))
        contacts = () if idle else self.details.contacts
        if (kept, contacts) == (self.canvassing, self.details.contacts):
            return False
        touch = self.touch_unseen if contacts == self.details.contacts else self.touch
        self.canvassing = kept
        self.details = self.details.model_copy(update={"contacts": contacts})
        touch(now)
        return True

    def leave(self, user: str, under_way: UnderWay, now: datetime) -> None:
        """Somebody acts for the employer no longer, who may be the last when nothing waits for anybody.

        Raises:
            LastUser: offers or applications would have nobody left who answers.
            NotFound: a stranger.
        """
        if self.users == (user,) and any(under_way):
            raise last_user(*under_way)
        self.remove_user(user, now)
        self._hold_number()
        self.former = (*(one for one in self.former if one != user), user)[-MOST_FORMER:]

    def come_back(self, user: str, now: datetime) -> None:
        """Who left too early acts for the employer again, unless somebody does by now."""
        if not self.users:
            self.users = (user,)
            self.former = tuple(one for one in self.former if one != user)
            self._hold_number()
            self.touch(now)

    def check_alone(self) -> None:
        """Raises CompanyShared where others act for the employer: nobody ends it over their heads."""
        if len(self.users) > 1:
            raise CompanyShared(
                "D'autres personnes agissent pour cette entreprise : quittez-la, elles continuent.",
                users=len(self.users),
            )

    def _hold_number(self) -> None:
        """Nobody else registers under the number that a manager looked at: its offers are shown and its feeds are read under it,
        also while another waits for the next look. A number that was only claimed is held while somebody acts for it, and goes
        free with the last one: the employer whose it is finds nobody to ask.
        """
        if self.vetted is not None and self.vetted.siret is not None:
            self.siret = self.vetted.siret
        else:
            claimed = self.users or self.status is not CompanyStatus.PENDING
            self.siret = self.details.siret if claimed else None

    def _judge(self, status: CompanyStatus, by: str, now: datetime, reason: str) -> None:
        self.status = status
        self.moderation += (Moderation(at=now, by=by, status=status, reason=reason),)

    def check_open(self) -> None:
        """Raises CompanyNotApproved: a manager has not looked at this company (or suspended it)."""
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
