"""What the rules look at, out of the events: whole numbers and bit sets, the same for one pair and for a million.

Minutes a week, cents an hour, decimetres, days as proleptic ordinals (``date.toordinal``). Nothing of a person's sex,
age, nationality, benefits or disability is here: the profile topic does not even carry it.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from services.matching.domain.bits import mask
from services.matching.domain.certificates import A_CACES, caces_needed, certificates_held
from services.matching.domain.geometry import DM_PER_KM, Position, position
from shared.civil import mainland_day, mainland_day_through
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import MOST_PRACTISED, ProfileState
from shared.contracts.vocabulary import (
    ContractKind,
    FrenchLevel,
    Licence,
    OfferStatus,
    OpportunityKind,
    ReservedPublic,
)
from shared.reference.demands import Ask
from shared.reference.demands import demands as read_demands
from shared.reference.said_hours import weekly_hours_said
from shared.reference.tasks import SecondOccupation, second_occupation

MAX_WISHES = 8
"""Occupations of a profile that count: all that are practised and not sought, and before them the first of the sought."""
if MOST_PRACTISED >= MAX_WISHES:
    raise TypeError("A profile has no room for what is sought beside what is not sought any more.")
DEFAULT_REACH_KM = 10
"""Nobody is assumed to own a car: who declared no means of travel is looked at within a bicycle ride."""
ANY_MINUTES = 7 * 24 * 60
UNKNOWN = -1

# What a licence allows beside its own category (code de la route R221-7 and following).
_INCLUDED = {
    Licence.A: (Licence.AM,),
    Licence.B: (Licence.AM,),
    Licence.BE: (Licence.B, Licence.AM),
    Licence.C: (Licence.B, Licence.AM),
    Licence.CE: (Licence.C, Licence.BE, Licence.B, Licence.AM),
    Licence.D: (Licence.B, Licence.AM),
}
_LICENCE_B = mask((Licence.B,), Licence)
_LICENCES = tuple(
    (ask, mask((licence,), Licence))
    for ask, licence in (
        (Ask.LICENCE_B, Licence.B),
        (Ask.LICENCE_BE, Licence.BE),
        (Ask.LICENCE_C, Licence.C),
        (Ask.LICENCE_CE, Licence.CE),
        (Ask.LICENCE_D, Licence.D),
    )
)
_LEARNING = mask((OpportunityKind.APPRENTICESHIP, OpportunityKind.TRAINING, OpportunityKind.IMMERSION), OpportunityKind)
_VOLUNTEERING = mask((OpportunityKind.VOLUNTEERING,), OpportunityKind)
ALL_KINDS = (1 << len(OpportunityKind)) - 1
ALL_CONTRACTS = (1 << len(ContractKind)) - 1
_LEVELS: tuple[str, ...] = tuple(FrenchLevel)


def level(name: str | None) -> int:
    """The place of a CEFR level from 1; 0 for none, and for one that this release does not know."""
    return _LEVELS.index(name) + 1 if name in _LEVELS else 0


@lru_cache(maxsize=65_536)
def skill_key(code: str) -> int:
    """64-bit key of a skill code: 30,000 codes meet by chance once in 40 billion referentials."""
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), "big", signed=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """An occupation that the person looks for, or has practised and seeks no more, with experience in months."""

    code: str
    months: int
    sought: bool = True


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """A profile as the rules see it. ``reach_dm``: the farthest of the person's own means. ``french``, ``level`` 0: not stated.

    ``level``: of the highest diploma in the national frame (3 CAP … 8); ``cards``: certificates held, as bits of ``Ask``.
    ``caces``: the categories that they hold or, where they do not say which, may hold (``reference.caces``). ``runs_out``: last
    days, rising, each with the certificates that run out after it (``domain.certificates``).
    """

    profile_id: str
    territory: str
    active: bool = True
    position: Position | None = None
    reach_dm: int = DEFAULT_REACH_KM * DM_PER_KM
    licences: int = 0
    vehicle: bool = False
    early: bool = True
    late: bool = True
    night: bool = True
    weekend: bool = True
    minutes_min: int = 0
    minutes_max: int = ANY_MINUTES
    from_day: int = 0
    kinds: int = ALL_KINDS
    contracts: int = ALL_CONTRACTS
    wished_contracts: int = 0
    wished_minutes: int = UNKNOWN
    wage_floor: int = 0
    french: int = 0
    reserved: int = 0
    wishes: tuple[Wish, ...] = ()
    skills: tuple[int, ...] = ()
    level: int = 0
    cards: int = 0
    caces: int = 0
    runs_out: tuple[tuple[int, int], ...] = ()

    def run_out(self, today: int) -> int:
        """The certificates that they have said to have and that are not valid any more."""
        gone = 0
        for last_day, certificates in self.runs_out:
            if last_day < today:
                gone |= certificates
        return gone

    @property
    def held(self) -> int:
        """What a text may ask, and this person has for certain, as bits of ``Ask``."""
        schedule = (self.early, self.late, self.night, self.weekend)
        return self.cards | _certain(self.licences, self.vehicle, self.kinds, *schedule)

    @property
    def seeks(self) -> bool:
        """Whether they look for any occupation in particular; who does not may be shown any work that is open to all."""
        return any(wish.sought for wish in self.wishes)

    @property
    def leaves(self) -> bool:
        """Whether they have practised any occupation that they do not seek any more."""
        return any(not wish.sought for wish in self.wishes)

    @property
    def restricted(self) -> bool:
        """Whether the person refuses any part of a schedule."""
        return not (self.early and self.late and self.night and self.weekend)


@lru_cache(maxsize=4_096)
def _certain(licences: int, vehicle: bool, kinds: int, early: bool, late: bool, night: bool, weekend: bool) -> int:
    """Bits of ``Ask`` that follow from what a person declared; people differ in a few hundred ways."""
    given = (
        *((ask, bool(licences & licence)) for ask, licence in _LICENCES),
        (Ask.OWN_VEHICLE, vehicle),
        (Ask.ON_THE_ROAD, vehicle or bool(licences & _LICENCE_B)),
        (Ask.EARLY, early),
        (Ask.LATE, late),
        (Ask.LEARNER, bool(kinds & _LEARNING)),
        (Ask.VOLUNTEER, bool(kinds & _VOLUNTEERING)),
        (Ask.NIGHT, night),
        (Ask.WEEKEND, weekend),
    )
    return mask((ask for ask, has in given if has), Ask)


ANY_TIME_OR_KIND = _certain(0, False, ALL_KINDS, True, True, True, True)
"""Of ``held``, what somebody has who refuses no part of a schedule and no kind of opportunity."""


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill that an offer asks for; ``required`` weighs more than wished."""

    key: int
    label: str
    required: bool = False


SLOTS = ("early", "late", "night", "weekend")
"""What a schedule asks of a person and a person may be unable to give."""


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as the rules see it. ``open``: published, with a place left, not a duplicate of another.

    ``beyond``: it needs or is something that this release does not know, so nobody can be matched to it by us.
    ``schedule_known``: somebody said all of when the work is, so that a flag that is not set means «no»; ``unsaid`` are the
    flags of which nobody said anything (none when nobody said anything at all).

    ``rung``, ``level`` (0: none asked), ``asks`` (bits of ``Ask``), a part of ``months`` and the ``minutes`` that no field has
    are read from title and text (``shared.reference.demands``, ``shared.reference.said_hours``), ``said`` are the words by what
    they ask. ``doubted``: the title contradicts the declared occupation; then ``also`` is what the title names, if it does. Where
    none is declared, ``occupation`` is what the title names, or ``doubted`` that it is no simple work.
    ``caces``: categories that are all needed, ``caces_any`` of which one is, ``caces_families`` recommendations (in
    the order of ``reference.caces.WHOLE``) of which any category is. ``also``: the occupation that the text speaks of beside the
    declared one (``shared.reference.tasks``); it brings people near, and satisfies no constraint. ``or_level``, ``or_months``: a
    diploma and experience of which one is enough (0 and 0: none such).
    """

    offer_id: str
    territory: str
    company_id: str = ""
    open: bool = True
    positions: int = 1
    position: Position | None = None
    kind: int = 1
    contract: int = 1
    licences: int = 0
    vehicle: bool = False
    early: bool = False
    late: bool = False
    night: bool = False
    weekend: bool = False
    minutes: int = UNKNOWN
    starts_day: int = 0
    apply_by_day: int = 0
    published_day: int = 0
    confirmed_day: int = 0
    french: int = 0
    reserved: int = 0
    occupation: str | None = None
    skills: tuple[AskedSkill, ...] = ()
    months: int = 0
    wage: int = UNKNOWN
    reply: int = UNKNOWN
    schedule_known: bool = True
    unsaid: tuple[str, ...] = ()
    beyond: bool = False
    rung: int = 0
    level: int = 0
    asks: int = 0
    caces: int = 0
    caces_any: int = 0
    caces_families: int = 0
    or_level: int = 0
    or_months: int = 0
    said: tuple[tuple[str, str], ...] = ()
    also: str | None = None
    doubted: bool = False


def profile_facts(state: ProfileState) -> ProfileFacts:
    """The facts of a profile event."""
    held = set(state.licences)
    for licence in state.licences:
        held.update(_INCLUDED.get(licence, ()))
    slots = state.availability
    reach_km = max((travel.range_km for travel in state.travel), default=float(DEFAULT_REACH_KM))
    cards, machines, runs_out = certificates_held(state)
    low, high = slots.weekly_hours_min, slots.weekly_hours_max
    return ProfileFacts(
        profile_id=state.profile_id,
        territory=state.territory,
        active=state.active,
        position=position(state.point.lat, state.point.lon) if state.point else None,
        reach_dm=max(1, round(reach_km * DM_PER_KM)),
        licences=mask(held, Licence),
        vehicle=state.vehicle,
        early=slots.early,
        late=slots.late,
        night=slots.night,
        weekend=slots.weekend,
        minutes_min=0 if low is None else round(low * 60),
        minutes_max=ANY_MINUTES if high is None else round(high * 60),
        from_day=slots.from_date.toordinal() if slots.from_date else 0,
        kinds=_accepted(state, "kinds", OpportunityKind),
        contracts=_accepted(state, "contract_kinds", ContractKind),
        wished_contracts=mask(state.wished_contract_kinds, ContractKind),
        wished_minutes=UNKNOWN if state.wished_weekly_hours is None else round(state.wished_weekly_hours * 60),
        wage_floor=round(state.hourly_wage_floor * 100) if state.hourly_wage_floor else 0,
        # A level that is not known here opens no more than the lowest does.
        french=1 if "french_level" in state.not_understood else level(state.french_level),
        reserved=mask(state.reserved_eligible, ReservedPublic),
        wishes=_wishes(state),
        skills=tuple(sorted({skill_key(code) for code in state.skills})),
        level=state.qualification_level or 0,
        cards=cards,
        caces=machines,
        runs_out=runs_out,
    )


def _wishes(state: ProfileState) -> tuple[Wish, ...]:
    """Each occupation once, with the longest experience that is said of it; what is sought anywhere is sought."""
    months: dict[str, int] = {}
    for one in state.occupations:
        months[one.code] = max(one.experience_months, months.get(one.code, 0))
    sought = len(months)
    for one in state.practised:
        months[one.code] = max(one.experience_months, months.get(one.code, 0))
    codes = list(months)
    left = codes[sought:]
    return (
        *[Wish(code, months[code]) for code in codes[: min(sought, MAX_WISHES - len(left))]],
        *[Wish(code, months[code], sought=False) for code in left],
    )


def _accepted(state: ProfileState, field: str, universe: type[StrEnum]) -> int:
    """What somebody accepts: everything when nothing is said, nothing when all that was said is not known here."""
    members = getattr(state, field)
    if members or field in state.not_understood:
        return mask(members, universe)
    return (1 << len(universe)) - 1


ASKED = frozenset({"status", "kind", "contract_kind", "licences", "french_level", "reserved_publics"})
"""Fields by which an offer asks something of people: with a value that nobody here knows, nobody can be said to meet it."""


def offer_facts(state: OfferState) -> OfferFacts:
    """The facts of an offer event."""
    point = state.place.point if state.place else None
    wage = state.salary.hourly_max if state.salary.hourly_max is not None else state.salary.hourly_min
    published = mainland_day(state.published_at) if state.published_at else 0
    locality = (state.place.commune_code if state.place else None) or state.territory
    skills: dict[str, AskedSkill] = {}
    for skill in state.skills:
        before = skills.get(skill.code)
        required = skill.required or (before is not None and before.required)
        skills[skill.code] = AskedSkill(skill_key(skill.code), skill.label, required)
    read = read_demands(state.title, state.description)
    doubt = state.occupation_doubt
    declared = state.occupation_code or (doubt.title_code if doubt else None)
    second = _beside(state) if state.occupation_code else None
    weekly_hours = state.weekly_hours
    if weekly_hours is None:
        weekly_hours = weekly_hours_said(state.title, state.description)
    diploma, months = state.qualification_level or read.level, max(state.experience_months, read.months)
    or_level, or_months = read.either
    if state.diploma_or_experience and diploma and months:
        or_level, or_months = diploma, months
    if or_level:
        # The fields of a feed have no word for «or»: there the one that is asked stands beside a text that says so.
        diploma = 0 if state.diploma_or_experience or state.qualification_level else diploma
        months = 0 if months <= or_months else months
    needed, one_of, families = caces_needed(state, read)
    return OfferFacts(
        offer_id=state.offer_id,
        territory=state.territory,
        company_id=state.company.id,
        open=state.status is OfferStatus.PUBLISHED and state.positions_open > 0 and not state.canonical_offer_id,
        positions=state.positions_open,
        position=position(point.lat, point.lon) if point else None,
        kind=mask((state.kind,), OpportunityKind),
        contract=mask((state.contract_kind,), ContractKind),
        licences=mask(state.licences, Licence),
        vehicle=state.vehicle_required,
        early=state.schedule.early,
        late=state.schedule.late,
        night=state.schedule.night,
        weekend=state.schedule.weekend,
        minutes=UNKNOWN if weekly_hours is None else round(weekly_hours * 60),
        starts_day=state.starts_on.toordinal() if state.starts_on else 0,
        apply_by_day=mainland_day_through(locality, state.apply_by) if state.apply_by else 0,
        published_day=published,
        confirmed_day=mainland_day(state.confirmed_at) if state.confirmed_at else published,
        french=level(state.french_level),
        reserved=mask(state.reserved_publics, ReservedPublic),
        occupation=declared,
        skills=tuple(skills.values()),
        months=months,
        or_level=or_level,
        or_months=or_months,
        wage=UNKNOWN if wage is None else round(wage * 100),
        reply=UNKNOWN if state.company.reply_rate is None else round(state.company.reply_rate * 10_000),
        schedule_known=_schedule_known(state),
        unsaid=tuple(slot for slot in SLOTS if slot in state.schedule.unknown),
        beyond=bool(state.not_understood & ASKED),
        rung=read.rung,
        level=diploma,
        asks=mask(state.cards, Ask) | mask(read.asks, Ask) | (A_CACES if state.caces else 0),
        caces=needed,
        caces_any=one_of,
        caces_families=families,
        said=(*read.words, *(("also", second.words) for second in (second,) if second)),
        also=second.code if second else None,
        doubted=doubt is not None and (declared is None or state.occupation_code is not None),
    )


def _beside(state: OfferState) -> SecondOccupation | None:
    """What the title names against the declared occupation, to the word, or else what the text speaks of beside it."""
    doubt = state.occupation_doubt
    if doubt is not None and doubt.title_code is not None:
        return SecondOccupation(doubt.title_code, state.title)
    return second_occupation(state.title, state.description, state.occupation_code)


def _schedule_known(state: OfferState) -> bool:
    if not state.schedule.whole:
        return False
    if state.schedule_known is not None:
        return state.schedule_known
    # Before offers said so: whoever gave hours, or set a flag, had looked at the schedule.
    flags = state.schedule
    return bool(state.shifts) or flags.early or flags.late or flags.night or flags.weekend
