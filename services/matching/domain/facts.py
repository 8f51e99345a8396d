"""What the rules look at, out of the events: whole numbers and bit sets, the same for one pair and for a million.

Minutes a week, cents an hour, decimetres, days as proleptic ordinals (``date.toordinal``). Nothing of a person's sex,
age, nationality, benefits or disability is here: the profile topic does not even carry it.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from services.matching.domain.bits import mask
from services.matching.domain.geometry import DM_PER_KM, Position
from shared.contracts.events.profiles import MOST_PRACTISED
from shared.contracts.vocabulary import (
    ContractKind,
    FrenchLevel,
    Licence,
    OpportunityKind,
)
from shared.reference.demands import Ask

MAX_WISHES = 8
"""Occupations of a profile that count: all that are practised and not sought, and before them the first of the sought."""
if MOST_PRACTISED >= MAX_WISHES:
    raise TypeError("A profile has no room for what is sought beside what is not sought any more.")
DEFAULT_REACH_KM = 10
"""Nobody is assumed to own a car: who declared no means of travel is looked at within a bicycle ride."""
ANY_MINUTES = 7 * 24 * 60
UNKNOWN = -1
TRADE_LEVEL = 3
"""Of the CAP, BEP, CQP or title by which a trade is learnt; diplomas above are asked of many trades alike."""

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


ALSO, ALSO_TITLE = "also", "also_title"
"""Whose words of ``OfferFacts.said`` speak of ``also``: the text's, or a title's that names it beside the declared occupation."""
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
    the order of ``reference.caces.WHOLE``) of which any category is. ``also``: the occupation that the title names beside the
    declared one, or the text speaks of (``shared.reference.two_trades``, ``shared.reference.tasks``); it brings people near, and
    satisfies no constraint. ``or_level``, ``or_months``: a diploma and experience of which one is enough (0 and 0: none such).
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
