"""Events that the offers service owns."""

from typing import Annotated

from pydantic import Field

from shared.contracts.events.base import (
    MOST,
    Count,
    Day,
    EventModel,
    EventPart,
    Id,
    Instant,
    OccupationCode,
    Place,
    Shift,
    Skill,
    Territory,
    Words,
)
from shared.contracts.vocabulary import (
    AgendaKind,
    ApplicationOrigin,
    ApplicationStatus,
    Caces,
    Card,
    ContractKind,
    FrenchLevel,
    Licence,
    OfferSource,
    OfferStatus,
    OpportunityKind,
    ReservedPublic,
)


class OfferCompany(EventPart):
    """The employer as the public sees it. ``reply_rate`` in [0, 1], absent until enough applications were due."""

    id: Id
    name: str = Field(max_length=200)
    label: str | None = Field(default=None, max_length=100)
    iae_kind: str | None = Field(default=None, max_length=20)
    reply_rate: float | None = Field(default=None, ge=0, le=1)


class Salary(EventPart):
    """Gross pay in euros an hour (a month or a year is converted at 151.67 h a month), and the text that people read."""

    hourly_min: float | None = Field(default=None, ge=0, le=1000)
    hourly_max: float | None = Field(default=None, ge=0, le=1000)
    text: str | None = Field(default=None, max_length=200)


class ScheduleFlags(EventPart):
    """What the schedule asks of a person: derived from the shifts, or declared where no shifts are given.

    ``early``: work before 7:00; ``late``: after 19:00; ``night``: between 21:00 and 6:00 (labour code L3122-2);
    ``weekend``: Saturday or Sunday. A flag that is named in ``unknown`` is not set because nobody said it, not because it
    is not so: it promises nothing.
    """

    early: bool = False
    late: bool = False
    night: bool = False
    weekend: bool = False
    unknown: tuple[Annotated[str, Field(max_length=20)], ...] = Field(
        default=(), max_length=MOST, description="Names of the flags above of which nothing is known"
    )

    @property
    def whole(self) -> bool:
        """Whether somebody said all of when the work is. Else people are told what is open, and may ask the employer."""
        return not self.unknown


class OccupationDoubt(EventPart):
    """The title of an offer names something that has nothing to do with its declared occupation, or none is declared."""

    title_code: OccupationCode | None = Field(
        default=None,
        description="The occupation that it names beyond doubt; absent: it is nothing of the declared kind, or no simple work",
    )


class OfferState(EventModel):
    """Full public state of an offer (topic ``offers.offers.v1``, key: offer id). No contact of any person."""

    offer_id: Id
    territory: Territory
    status: OfferStatus
    kind: OpportunityKind = OpportunityKind.JOB
    source: OfferSource = OfferSource.DEPOSITED
    hidden: bool = False
    exclusive: bool = False
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=10_000)
    company: OfferCompany
    occupation_code: OccupationCode | None = None
    occupation_label: str | None = Field(default=None, max_length=250)
    occupation_doubt: OccupationDoubt | None = Field(
        default=None,
        description="Set where the title contradicts the declared occupation, or tells something where none is declared",
    )
    occupation_also: OccupationCode | None = Field(
        default=None, description="A second occupation that the title names beside the declared one: «Maçon coffreur»"
    )
    skills: tuple[Skill, ...] = Field(default=(), max_length=MOST)
    place: Place | None = None
    positions_total: int = Field(default=1, ge=1, le=1000)
    positions_open: int = Field(default=1, ge=0, le=1000)
    contract_kind: ContractKind
    duration_months: float | None = Field(default=None, ge=0, le=120)
    weekly_hours: float | None = Field(default=None, ge=0, le=60)
    shifts: tuple[Shift, ...] = Field(default=(), max_length=MOST)
    schedule: ScheduleFlags = ScheduleFlags()
    schedule_known: bool | None = Field(
        default=None,
        description="False: nobody said when the work is, so a flag of ``schedule`` that is not set means nothing",
    )
    salary: Salary = Salary()
    licences: tuple[Licence, ...] = Field(default=(), max_length=MOST, description="Licences that the job truly needs")
    vehicle_required: bool = False
    accessible_without_car: bool = False
    french_level: FrenchLevel | None = None
    experience_months: int = Field(default=0, ge=0, le=600)
    qualification_level: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="Diploma asked, in the national frame (3 CAP, 4 bac … 8); absent: not stated",
    )
    diploma_or_experience: bool = Field(
        default=False, description="``qualification_level`` or ``experience_months`` is enough; else both are needed"
    )
    cards: tuple[Card, ...] = Field(default=(), max_length=MOST, description="Certificates that the job asks for")
    caces: tuple[Caces, ...] = Field(
        default=(), max_length=MOST, description="Which CACES the job asks for; empty: not stated"
    )
    caces_one_is_enough: bool = Field(default=False, description="One of ``caces`` is enough; else all are needed")
    reserved_publics: tuple[ReservedPublic, ...] = Field(
        default=(), max_length=MOST, description="When not empty: only people eligible for one of these"
    )
    starts_on: Day | None = None
    apply_by: Day | None = None
    published_at: Instant | None = None
    confirmed_at: Instant | None = None
    canonical_offer_id: Id | None = Field(
        default=None, description="Set on a duplicate: the offer that is shown instead"
    )
    outcome: str | None = Field(default=None, max_length=40, description="On a closed offer: how it ended")


class ApplicationState(EventModel):
    """Ids and states of an application, no person (topic ``offers.applications.v1``, key: application id)."""

    application_id: Id
    offer_id: Id
    company_id: Id
    profile_id: Id
    territory: Territory
    status: ApplicationStatus
    origin: ApplicationOrigin = ApplicationOrigin.SEEKER
    disclosure_id: Id | None = Field(
        default=None, description="What the person agreed to show of themselves; profiles alone knows what it is"
    )
    appointment: bool = Field(
        default=False, description="The interview has a day and an hour, of which a notice of its own tells"
    )
    hire_reported: bool = Field(
        default=False, description="`proposed` by who accompanies the person, who told of a hire; the employer has not"
    )
    refusal_reason: str | None = Field(default=None, max_length=60)
    contract_kind: ContractKind | None = None
    duration_months: float | None = Field(default=None, ge=0, le=120)
    starts_on: Day | None = Field(default=None, description="Of a hire: its first day")
    hired_at: Instant | None = Field(default=None, description="When the hire was recorded")
    submitted_at: Instant
    answered_at: Instant | None = None
    changed_at: Instant


class AgendaState(EventModel):
    """Public state of an agenda event (topic ``offers.agenda.v1``, key: agenda event id)."""

    agenda_id: Id
    territory: Territory
    kind: AgendaKind
    title: str = Field(max_length=200)
    description: str = Field(default="", max_length=5_000)
    place: Place | None = None
    starts_at: Instant
    ends_at: Instant
    places: Count | None = Field(
        default=None,
        description="Absent: no limit, or the desk places people there and nobody else is told how many",
    )
    places_left: Count | None = None
    by_invitation: bool = False
    cancelled: bool = False


class CompanyState(EventModel):
    """Who acts for an employer (topic ``offers.companies.v1``, internal, key: company id), so that others can authorise.

    Ids of accounts, the number of a business that a manager looked at, and the key to what the employer calls people who are
    shown to it without a name (``shared.aliases``); what the public sees of an employer travels on its offers.
    """

    company_id: Id
    territory: Territory
    approved: bool = Field(description="A manager has looked at it, and it is not suspended")
    user_ids: tuple[Id, ...] = Field(default=(), max_length=MOST)
    suspended: bool = Field(default=False, description="By a manager; one that waits to be looked at (again) is not")
    siret: str | None = Field(default=None, pattern=r"^[0-9]{14}$")
    alias_key: str | None = Field(default=None, max_length=64, pattern=r"^[A-Za-z0-9_-]{43}$", repr=False)


class Appointment(EventPart):
    """Something for a calendar, beside what is told (RFC 5545). ``zone`` names that of its place in the tz database.

    ``sequence`` rises with each change of the same ``uid``; ``cancelled`` takes it out of the calendar again. ``tentative``:
    not everybody has said yes to it (RFC 5545, 3.8.1.11).
    """

    uid: str = Field(min_length=1, max_length=200)
    sequence: Count
    starts_at: Instant
    ends_at: Instant
    zone: str = Field(max_length=64)
    summary: str = Field(max_length=300)
    location: str = Field(default="", max_length=500)
    description: str = Field(default="", max_length=1_000)
    cancelled: bool = False
    tentative: bool = False


class NoticeState(EventModel):
    """Something to tell somebody (topics ``….notices.v1``, restricted to notifications, key: notice id).

    ``template`` names the text; ``params`` fill it (plain facts such as an offer's title, no status of a person);
    ``link`` may be a signed one-click link, which is why the topic is restricted. ``about`` is nobody's to read: it is
    what the erasure of that person finds the message by, in whosever inbox it lies.
    """

    notice_id: Id
    territory: Territory
    recipients: tuple[Id, ...] = Field(
        max_length=MOST, description="User or profile ids whose contact points notifications knows"
    )
    template: str = Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")
    params: dict[Id, Words] = Field(default_factory=dict, max_length=MOST)
    about: Id | None = Field(default=None, description="The person whom it tells of, whoever is told; no text shows it")
    link: str | None = Field(default=None, max_length=2_000)
    appointment: Appointment | None = Field(
        default=None, description="Goes with the message, for the reader's calendar"
    )
