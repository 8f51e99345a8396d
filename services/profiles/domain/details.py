"""What is said of a person. Most of it never leaves this service."""

import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from services.profiles.domain.agreements import Tick
from services.profiles.domain.resume import Resume
from shared.contracts.events.profiles import MOST_PRACTISED, Availability, Certificate, OccupationWish, Travel
from shared.contracts.vocabulary import (
    Caces,
    Card,
    Channel,
    ContractKind,
    FrenchLevel,
    Licence,
    OpportunityKind,
    TravelMeans,
)
from shared.domain import Entity
from shared.kept_enum import StoredEnum
from shared.refusals import shaped
from shared.types import CivilDate, Email, Line, Name

PersonName = Annotated[str, Name(100)]
PhoneText = Annotated[str, Line(30, min_length=4)]
SkillCode = Annotated[str, Line(60)]
_CODE = re.compile(r"[A-Za-z0-9_-]+")
Language = Annotated[
    str, StringConstraints(pattern=shaped(r"^[a-z]{2}$", "Une langue s'écrit en deux minuscules, par exemple fr."))
]


class Sex(StoredEnum):
    """As the département's statistics ask for it; never in matching."""

    FEMALE = "female"
    MALE = "male"
    UNSTATED = "unstated"


# The contracts' models ignore fields that they do not know; what people send is held to the known ones.
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Wish(OccupationWish):
    """An occupation wished or practised (ROME code), with the experience in months."""

    model_config = _STRICT

    sought: bool = Field(
        default=True,
        description="false: practised and not sought any more, never why. Its experience counts and work nearby is proposed, the "
        "occupation itself never. Left out of a change, it stays as it was for this code",
    )


class Mobility(Travel):
    """A means of travel that the person has, and how far they go with it: straight-line km from home."""

    model_config = _STRICT


class Schedule(Availability):
    """What schedule the person can take: the functional need, never the reason for it."""

    model_config = _STRICT

    from_date: CivilDate | None = None


class HeldCertificate(Certificate):
    """A certificate as exactly as the person says it: of a CACES which, and until when it is valid."""

    model_config = _STRICT

    valid_until: CivilDate | None = Field(
        default=None,
        description="Its last day. A CACES is valid for 5 years, for works machines (R482) 10; a FIMO or FCO for 5",
    )


class LicenceInPreparation(Entity):
    """A licence that the person is learning for. It is not held, and opens no offer, until it stands among the licences."""

    licence: Licence
    expected_on: CivilDate | None = Field(
        default=None, description="Day of the examination, or when they hope to have it"
    )


class ProfileDetails(Entity):
    """Everything that the person, or somebody on their behalf, says. Ranges in km, hours a week, euros an hour."""

    first_name: PersonName
    last_name: PersonName
    birth_date: CivilDate | None = Field(
        default=None,
        description="From 16; before 18 with a guardian's consent. For statistics; never in matching, or shown",
    )
    birth_year: int | None = Field(
        default=None,
        ge=0,
        le=9_999,
        description="Of profiles that are older than `birth_date`, which replaces it; taken of adults only",
        json_schema_extra={"deprecated": True},
    )
    sex: Sex = Sex.UNSTATED

    email: Email | None = None
    phone: PhoneText | None = Field(default=None, description="As people write it; kept in E.164")
    language: Language = Field(default="fr", description="ISO 639-1, of the messages")
    channels: tuple[Channel, ...] = Field(
        default=(), max_length=len(Channel), description="Empty: the first that can reach them"
    )
    consents_to_messages: bool = False

    active: bool = Field(default=True, description="Available and consenting to be matched")
    visible_to_employers: bool = Field(default=False, description="Employers of proposed offers may see the profile")
    occupations: tuple[Wish, ...] = Field(
        default=(),
        max_length=20,
        description=f"Most wished first; at most {MOST_PRACTISED} of them practised and not sought",
    )
    skills: tuple[SkillCode, ...] = Field(default=(), max_length=100, description="Skill codes")
    travel: tuple[Mobility, ...] = Field(
        default=(), max_length=len(TravelMeans), description="Means of travel and how far with each"
    )
    licences: tuple[Licence, ...] = Field(default=(), max_length=len(Licence))
    licences_in_preparation: tuple[LicenceInPreparation, ...] = Field(
        default=(),
        max_length=len(Licence),
        description="Not held yet: who has one says so in `licences`, and it leaves this list",
    )
    vehicle: bool = Field(default=False, description="Has a car or moped to use for work")
    availability: Schedule = Schedule()
    kinds: tuple[OpportunityKind, ...] = Field(
        default=(), max_length=len(OpportunityKind), description="Opportunity kinds accepted; empty: all"
    )
    contract_kinds: tuple[ContractKind, ...] = Field(
        default=(), max_length=len(ContractKind), description="Contract kinds accepted; empty: all"
    )
    wished_contract_kinds: tuple[ContractKind, ...] = Field(
        default=(), max_length=len(ContractKind), description="Preferred among the accepted"
    )
    wished_weekly_hours: float | None = Field(default=None, ge=0, le=60)
    hourly_wage_floor: float | None = Field(default=None, ge=0, le=1000, description="Wish, gross euros an hour")
    french_level: FrenchLevel | None = None
    qualification_level: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="Of the highest diploma in the national frame: 3 CAP, 4 bac, 5 bac + 2 … 8; absent: not stated",
    )
    cards: tuple[Card, ...] = Field(
        default=(), max_length=len(Card), description="Certificates held: CACES, FIMO, BAFA …"
    )
    certificates: tuple[HeldCertificate, ...] = Field(
        default=(),
        max_length=len(Caces) + len(Card),
        description="Which ones, and until when. Of a kind that stands here others are not held; it need not stand in `cards`",
    )
    cv: Resume = Resume()

    @property
    def sought(self) -> tuple[Wish, ...]:
        """The occupations that they look for."""
        return tuple(wish for wish in self.occupations if wish.sought)

    @property
    def practised(self) -> tuple[Wish, ...]:
        """Those that they have practised and look for no more."""
        return tuple(wish for wish in self.occupations if not wish.sought)

    @property
    def coded_skills(self) -> tuple[str, ...]:
        """The skills that may be codes of a referential, which others compare: own words may name anybody, and stay here."""
        return tuple(skill for skill in self.skills if _CODE.fullmatch(skill))

    def without_account(self, strange: Collection[str]) -> "ProfileDetails":
        """Of somebody who has no account any more: an inbox reaches them no longer, and what is in the fields ``strange`` was
        never theirs.
        """
        gone = {Channel.INBOX} | ({Channel.EMAIL} if "email" in strange else set())
        update: dict[str, Any] = {name: None for name in ("email", "phone") if name in strange}
        update |= {tick.value: False for tick in Tick if tick.value in strange}
        kept = () if "channels" in strange else tuple(one for one in self.channels if one not in gone)
        return self.model_copy(update={**update, "channels": kept})

    def keeping_what_is_left(self, before: "ProfileDetails") -> "ProfileDetails":
        """What was not sought before, and of which nothing is said now, is not sought: who knows no such field undoes nothing."""
        left = {wish.code for wish in before.practised}
        if not left:
            return self
        return self.model_copy(
            update={
                "occupations": tuple(
                    wish.model_copy(update={"sought": False})
                    if wish.code in left and "sought" not in wish.model_fields_set
                    else wish
                    for wish in self.occupations
                )
            }
        )
