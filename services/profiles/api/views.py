"""What profiles takes and answers. A profile is shown to the person, their counsellors and managers only."""

from collections.abc import Sequence, Set
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.profiles.domain.contact import ContactDetails, UserContact
from services.profiles.domain.details import ProfileDetails
from services.profiles.domain.home import Home, HomeInput
from services.profiles.domain.profile import MOST_COUNSELLORS, Profile
from services.profiles.domain.status import Said, ShortStatuses
from services.profiles.domain.withheld import WITHHELD_TEXT, Withheld
from shared.contracts.events.base import Territory
from shared.contracts.vocabulary import Channel, ReservedPublic
from shared.domain import Entity
from shared.errors import FieldError
from shared.http import Version
from shared.types import STORED, Distinct, Identifier

TAKE_SINGLE_MEMBERS = ("availability", "cv", "statuses")
"""Objects of a profile of which a PATCH may send a part; any other field is replaced as a whole."""


class _ShortStatuses(ProfileDetails):
    """The short form of statuses beside the rest: what stands, without paper or day."""

    statuses: ShortStatuses = Field(
        default=ShortStatuses(),
        description="A short form of `…/statuses`, where the paper and the day are said; of the person: their word",
        json_schema_extra={"deprecated": True},
    )
    reserved_eligible: tuple[ReservedPublic, ...] = Field(
        default=(),
        max_length=len(ReservedPublic),
        description="Reserved publics that the person's statuses open; sent by staff: as it was decided elsewhere, never why",
    )

    def details(self) -> ProfileDetails:
        """What is said of the person."""
        return ProfileDetails(**{name: getattr(self, name) for name in ProfileDetails.model_fields})

    def said(self, given: Set[str]) -> Said:
        """What is said of statuses, of the fields that were sent."""
        return Said(
            self.statuses if "statuses" in given else None,
            self.reserved_eligible if "reserved_eligible" in given else None,
        )


class ProfileCreate(_ShortStatuses):
    """A new profile. Without ``territory``, the token's only one."""

    territory: Territory | None = Field(default=None, description="Département that serves the person, e.g. 23")
    place: HomeInput | None = Field(default=None, description="Home: a commune, a point, or both")
    counsellor_ids: Annotated[tuple[Identifier, ...], Distinct(MOST_COUNSELLORS)] = Field(
        default=(), description="Staff only: who accompanies; a counsellor is added to what they create"
    )


class ProfileRevision(_ShortStatuses):
    """What can be changed of a profile."""

    place: HomeInput | None = Field(default=None, description="null removes the home")


class ProfileWarning(BaseModel):
    """Something that was taken as it was said, and is hardly meant."""

    field: str = Field(description="Path of the field in the profile")
    rule: str
    message: str = Field(description="To be shown to people")


class ProfileView(_ShortStatuses):
    """A profile in full."""

    id: str
    territory: str
    version: Version
    owner_id: str | None
    counsellor_ids: tuple[str, ...]
    place: Home | None
    effective_channels: tuple[Channel, ...] = Field(description="How the person is reached now")
    withheld: Withheld | None = Field(
        description="Nothing is matched, shown to employers or applied for as long as the age asks for something first"
    )
    withheld_text: str | None = Field(description="What that is, to be shown to the person")
    warnings: tuple[ProfileWarning, ...] = Field(description="Fields that were taken and lead to nothing")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, profile: Profile, statuses: ShortStatuses, doubts: Sequence[FieldError] = ()) -> "ProfileView":
        details = profile.details
        shown = {
            **dict(details),
            "birth_year": details.birth_date.year if details.birth_date else details.birth_year,
            "statuses": statuses,
            "reserved_eligible": profile.reserved_eligible,
            "id": profile.id,
            "territory": profile.territory,
            "version": profile.version,
            "owner_id": profile.owner_id,
            "counsellor_ids": profile.counsellor_ids,
            "place": profile.home,
            "effective_channels": profile.channels,
            "withheld": profile.withheld,
            "withheld_text": None if profile.withheld is None else WITHHELD_TEXT[profile.withheld],
            "warnings": tuple(ProfileWarning(field=one.field, rule=one.rule, message=one.message) for one in doubts),
            "created_at": profile.created_at,
            "updated_at": profile.updated_at,
        }
        # What the domain has validated is not validated again to be shown.
        return cls.model_construct(None, **shown)


class ProfileSummary(BaseModel):
    """A line of a caseload: what one needs to find the person."""

    id: str
    territory: str
    version: int
    first_name: str
    last_name: str
    birth_date: date | None = Field(description="Tells two people of one name apart")
    birth_year: int | None
    commune_code: str | None
    commune_name: str | None
    occupations: tuple[str, ...] = Field(description="ROME codes of those sought, most wished first")
    active: bool
    withheld: Withheld | None
    rsa_recipient: bool
    has_account: bool
    counsellor_ids: tuple[str, ...]
    updated_at: datetime

    @classmethod
    def of(cls, profile: Profile, *, rsa_recipient: bool) -> "ProfileSummary":
        details, home = profile.details, profile.home
        return cls(
            id=profile.id,
            territory=profile.territory,
            version=profile.version,
            first_name=details.first_name,
            last_name=details.last_name,
            birth_date=details.birth_date,
            birth_year=details.birth_year,
            commune_code=home.commune_code if home else None,
            commune_name=home.commune_name if home else None,
            occupations=tuple(wish.code for wish in details.sought),
            active=details.active,
            withheld=profile.withheld,
            rsa_recipient=rsa_recipient,
            has_account=profile.owner_id is not None,
            counsellor_ids=profile.counsellor_ids,
            updated_at=profile.updated_at,
        )


class CounsellorChange(Entity):
    """Begin or end to accompany somebody."""

    action: Literal["assign", "remove"] = "assign"
    counsellor_id: Identifier | None = Field(default=None, description="User id; absent: the caller")


class ContactPut(ContactDetails):
    """The caller's contact points. Without ``territory``, the token's only one."""

    territory: Territory | None = None

    def details(self) -> ContactDetails:
        """What is kept."""
        return ContactDetails(**{name: getattr(self, name) for name in ContactDetails.model_fields})


class ContactView(ContactDetails):
    """The caller's contact points as they are kept."""

    id: str
    territory: str
    version: Version
    effective_channels: tuple[Channel, ...] = Field(description="How messages reach the caller now")
    updated_at: datetime

    @classmethod
    def of(cls, contact: UserContact) -> "ContactView":
        shown = {
            **dict(contact.details),
            "id": contact.id,
            "territory": contact.territory,
            "version": contact.version,
            "effective_channels": contact.channels,
            "updated_at": contact.updated_at,
        }
        return cls.model_validate(shown, context=STORED)
