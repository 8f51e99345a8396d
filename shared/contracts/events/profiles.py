"""Events that the profiles service owns."""

from typing import Any, Self

from pydantic import Field

from shared.contracts.events.base import MOST, Day, EventModel, EventPart, Id, OccupationCode, Point, Territory, Words
from shared.contracts.vocabulary import (
    Caces,
    Card,
    Channel,
    ContractKind,
    FrenchLevel,
    Licence,
    OpportunityKind,
    ReservedPublic,
    TravelMeans,
)

MOST_LEFT_FACILITATORS = 1_000
"""Of one territory, the last ones: more than a desk has people in a century."""
MOST_PRACTISED = 6
"""Occupations of a profile that are practised and not sought: each is held against every offer, so none may be cut off."""


class OccupationWish(EventPart):
    """An occupation that the person looks for or has practised, with the experience in months."""

    code: OccupationCode
    experience_months: int = Field(default=0, ge=0, le=720)


class Travel(EventPart):
    """A means that the person has, and how far they go with it: straight-line km from home."""

    means: TravelMeans
    range_km: float = Field(gt=0, le=300)


class Availability(EventPart):
    """What schedule the person can take: the functional need, never the reason for it."""

    early: bool = True
    late: bool = True
    night: bool = True
    weekend: bool = True
    weekly_hours_min: float | None = Field(default=None, ge=0, le=60)
    weekly_hours_max: float | None = Field(default=None, ge=0, le=60)
    from_date: Day | None = None


class Certificate(EventPart):
    """A certificate that the person holds, as exactly as they say it. ``caces``: of a CACES, which."""

    card: Card
    caces: Caces | None = Field(default=None, description="Of a CACES: which; absent: not stated")
    valid_until: Day | None = Field(default=None, description="Its last day; absent: not stated, or it has none")


class ProfileState(EventModel):
    """What matching needs and nothing else (topic ``profiles.profiles.v1``, internal, key: profile id).

    No name, contact, status, age, sex, nationality or reason. ``point`` is coarse: rounded to 0.01° (about 1 km).
    ``owner_id`` and ``counsellor_ids`` are user ids, there so that other services can authorise.
    """

    profile_id: Id
    territory: Territory
    active: bool = Field(description="Available and consenting to be matched")
    may_apply: bool = Field(default=True, description="False: no application is made for now; never why")
    owner_id: Id | None = None
    counsellor_ids: tuple[Id, ...] = Field(default=(), max_length=MOST)
    visible_to_employers: bool = False
    occupations: tuple[OccupationWish, ...] = Field(
        default=(), max_length=MOST, description="Sought, most wished first"
    )
    practised: tuple[OccupationWish, ...] = Field(
        default=(),
        max_length=MOST_PRACTISED,
        description="Practised and not sought any more, never why. Apart from `occupations`, so that who does not know of it "
        "proposes none of them",
    )
    skills: tuple[Words, ...] = Field(default=(), max_length=MOST, description="Skill codes")
    point: Point | None = None
    travel: tuple[Travel, ...] = Field(default=(), max_length=MOST)
    licences: tuple[Licence, ...] = Field(default=(), max_length=MOST)
    vehicle: bool = Field(default=False, description="Has a car or moped to use for work")
    availability: Availability = Availability()
    kinds: tuple[OpportunityKind, ...] = Field(
        default=(), max_length=MOST, description="Opportunity kinds accepted; empty: all"
    )
    contract_kinds: tuple[ContractKind, ...] = Field(
        default=(), max_length=MOST, description="Contract kinds accepted; empty: all"
    )
    wished_contract_kinds: tuple[ContractKind, ...] = Field(
        default=(), max_length=MOST, description="Preferred among the accepted"
    )
    wished_weekly_hours: float | None = Field(default=None, ge=0, le=60)
    hourly_wage_floor: float | None = Field(default=None, ge=0, le=1000, description="Wish, gross euros an hour")
    french_level: FrenchLevel | None = None
    reserved_eligible: tuple[ReservedPublic, ...] = Field(default=(), max_length=MOST)
    qualification_level: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="Of the highest diploma in the national frame (3 CAP, 4 bac … 8); absent: not stated",
    )
    cards: tuple[Card, ...] = Field(default=(), max_length=MOST, description="Certificates that the person holds")
    certificates: tuple[Certificate, ...] = Field(
        default=(),
        max_length=MOST,
        description="Which ones of these, and until when: a kind that stands here is held as it is said here and no farther",
    )


class SeekerRegistered(EventModel):
    """A seeker was registered (topic ``profiles.registrations.v1``, restricted to offers, key: profile id).

    ``onboarding_workshop``: the person is to be positioned on the next Atelier. It says what is due, not why.
    """

    profile_id: Id
    territory: Territory
    onboarding_workshop: bool = False
    counsellor_ids: tuple[Id, ...] = Field(default=(), max_length=MOST)


class ContactState(EventModel):
    """Contact points (topics ``profiles.contacts.v1`` and ``offers.contacts.v1``, restricted to notifications).

    ``subject_id`` is a profile id (a seeker) or a user id (a counsellor, an employer's user …).
    """

    subject_id: Id
    territory: Territory
    kind: str = Field(pattern=r"^(profile|user)$")
    owner_id: Id | None = Field(default=None, description="The user who reads this subject's inbox")
    first_name: str | None = Field(default=None, max_length=100)
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, max_length=20, description="E.164")
    language: str = Field(default="fr", pattern=r"^[a-z]{2}$")
    channels: tuple[Channel, ...] = Field(default=(Channel.INBOX,), max_length=MOST)
    consents_to_messages: bool = False
    counsellor_ids: tuple[Id, ...] = Field(default=(), max_length=MOST)
    staff: bool = Field(
        default=False,
        description="An account that accompanies people: messages to it may name those whom it accompanies",
    )

    @classmethod
    def of_account(cls, id: str, territory: str, **more: Any) -> Self:
        """Of an account, which reads its own inbox."""
        return cls(subject_id=id, territory=territory, kind="user", owner_id=id, **more)


class StaffState(EventModel):
    """Who left the staff of a département (topic ``profiles.staff.v1``, internal, key: territory); ids of accounts alone. Staff
    that came by no invitation is known to the identity provider only, and not told of here.
    """

    territory: Territory
    left_facilitators: tuple[Id, ...] = Field(
        default=(),
        max_length=MOST_LEFT_FACILITATORS,
        description="Whose role on the desk of social clauses was taken back",
    )
