"""Facts out of events: what an offer and a profile are to the rules, by what their services and the texts tell of them."""

from enum import StrEnum

from services.matching.domain.bits import mask
from services.matching.domain.certificates import A_CACES, caces_needed, certificates_held
from services.matching.domain.facts import (
    ALSO,
    ALSO_TITLE,
    ANY_MINUTES,
    DEFAULT_REACH_KM,
    MAX_WISHES,
    SLOTS,
    UNKNOWN,
    AskedSkill,
    OfferFacts,
    ProfileFacts,
    Wish,
    level,
    skill_key,
)
from services.matching.domain.geometry import DM_PER_KM, position
from shared.civil import mainland_day, mainland_day_through
from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import (
    ContractKind,
    Licence,
    OfferStatus,
    OpportunityKind,
    ReservedPublic,
)
from shared.reference.demands import Ask
from shared.reference.demands import demands as read_demands
from shared.reference.said_hours import weekly_hours_said
from shared.reference.tasks import SecondOccupation, second_occupation

# What a licence allows beside its own category (code de la route R221-7 and following).
_INCLUDED = {
    Licence.A: (Licence.AM,),
    Licence.B: (Licence.AM,),
    Licence.BE: (Licence.B, Licence.AM),
    Licence.C: (Licence.B, Licence.AM),
    Licence.CE: (Licence.C, Licence.BE, Licence.B, Licence.AM),
    Licence.D: (Licence.B, Licence.AM),
}


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
        said=(*read.words, *_second_said(second, state)),
        also=second.code if second else None,
        doubted=doubt is not None and (declared is None or state.occupation_code is not None),
    )


def _beside(state: OfferState) -> SecondOccupation | None:
    """What the title names against the declared occupation, to the word, or beside it, or else what the text speaks of."""
    named = state.occupation_doubt.title_code if state.occupation_doubt else None
    named = named or state.occupation_also
    if named is not None:
        return SecondOccupation(named, state.title)
    return second_occupation(state.title, state.description, state.occupation_code)


def _second_said(second: SecondOccupation | None, state: OfferState) -> tuple[tuple[str, str], ...]:
    """The words that speak of a second occupation, by where they stand."""
    if second is None:
        return ()
    # Only a title says both; one that contradicts what is declared is told as such.
    both = second.code == state.occupation_also and second.words == state.title
    return ((ALSO_TITLE if both else ALSO, second.words),)


def _schedule_known(state: OfferState) -> bool:
    if not state.schedule.whole:
        return False
    if state.schedule_known is not None:
        return state.schedule_known
    # Before offers said so: whoever gave hours, or set a flag, had looked at the schedule.
    flags = state.schedule
    return bool(state.shifts) or flags.early or flags.late or flags.night or flags.weekend
