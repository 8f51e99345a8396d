"""Small random worlds, crowded on purpose: few places, occupations and values, so that ties and edges are common.

Sets are drawn from the enumerations themselves, so that a value that is added to one is drawn as well.
"""

from enum import StrEnum

from hypothesis import strategies as st

from services.matching.domain.certificates import A_CACES, OF_CARDS
from services.matching.domain.facts import UNKNOWN, AskedSkill, OfferFacts, ProfileFacts, Wish, skill_key
from services.matching.domain.geometry import position
from services.matching.domain.occupations import Affinities
from services.matching.domain.pointing import Pointers
from shared.contracts.vocabulary import Card, ContractKind, FrenchLevel, Licence, OpportunityKind, ReservedPublic
from shared.reference.caces import EVERY, FAMILIES, bits_of
from shared.reference.demands import Ask
from shared.reference.standing import Standing

TODAY = 740_000
SKILLS = tuple(skill_key(f"skill-{number}") for number in range(30))
OCCUPATIONS = ("A1101", "G1602", "K1304", "K1302", "N1103", "N4105")
AFFINITIES = Affinities(
    {
        "K1304": {"K1302": 7_000, "G1602": 2_500},
        "K1302": {"K1304": 6_000},
        "N1103": {"N4105": 4_000, "A1101": 1_500},
        "N4105": {"N1103": 3_500},
        "G1602": {},
    },
    regulated=["G1602", "N4105"],
    standings={
        "A1101": Standing(level=3, cards=frozenset({Card.CACES, Card.PHYTO, Card.CARE})),
        "G1602": Standing(rung=1, level=3),
        "K1304": Standing(kinds=frozenset({"home", "cleaning"})),
        "K1302": Standing(level=5, kinds=frozenset({"home"})),
        "N1103": Standing(rung=2, level=4),
    },
    families={"K1304": "K1302", "K1302": "K1302", "N1103": "N1101", "N4105": "N1101"},
    # Every second skill is asked somewhere; of few of them together nothing can be told.
    pointers=Pointers(
        {
            skill: (1_000 + 500 * (at % 5), tuple(code for nth, code in enumerate(OCCUPATIONS) if (at + nth) % 3 == 0))
            for at, skill in enumerate(SKILLS[::2])
        },
        least=3_500,
    ),
)
SOME_CACES = tuple(bits_of((code,)) for code in ("R482-A", "R482-B1", "R489-3", "R490"))
PLACES = [None, *(position(45.9 + step * 0.07, 1.9 + step * 0.05) for step in range(6)), position(48.85, 2.35)]

months = st.sampled_from((0, 6, 12, 36, 120))


def sets(universe: type[StrEnum]) -> st.SearchStrategy[int]:
    """Any set of an enumeration, nothing and everything more often than what lies between."""
    everything = (1 << len(universe)) - 1
    return st.one_of(st.just(everything), st.just(everything), st.just(0), st.integers(0, everything))


def one_of(universe: type[StrEnum]) -> st.SearchStrategy[int]:
    """Any single value of an enumeration; the first and the last more often."""
    last = len(universe) - 1
    return st.one_of(st.just(0), st.just(last), st.integers(0, last)).map(lambda at: 1 << at)


flags = st.sampled_from((True, True, False))
rarely = st.sampled_from((False, False, False, True))


def profile_ids(count: int = 30) -> st.SearchStrategy[str]:
    """UUIDs that differ in little, and ids that are none."""
    return st.integers(0, count).map(
        lambda n: f"00000000-0000-7000-8000-0000000000{n:02x}" if n % 5 else f"profile-{n}"
    )


def offer_ids(count: int = 20) -> st.SearchStrategy[str]:
    return st.integers(0, count).map(lambda n: f"11111111-0000-7000-8000-0000000000{n:02x}" if n % 7 else f"offer-{n}")


@st.composite
def profiles(draw: st.DrawFn, identifier: str | None = None) -> ProfileFacts:
    codes = draw(st.lists(st.sampled_from(OCCUPATIONS), max_size=3, unique=True))
    cards, held = draw(sets(Card)) & ~A_CACES, draw(_caces())
    return ProfileFacts(
        profile_id=identifier or draw(profile_ids()),
        territory=draw(st.sampled_from(("23", "2A"))),
        active=draw(st.sampled_from((True, True, True, False))),
        position=draw(st.sampled_from(PLACES)),
        reach_dm=draw(st.sampled_from((5, 14, 40, 41, 109, 300))) * 10_000,
        licences=draw(sets(Licence)),
        vehicle=draw(flags),
        early=draw(flags),
        late=draw(flags),
        night=draw(flags),
        weekend=draw(flags),
        minutes_min=draw(st.sampled_from((0, 0, 1_200))),
        minutes_max=draw(st.sampled_from((10_080, 10_080, 2_100))),
        from_day=draw(st.sampled_from((0, TODAY - 1, TODAY + 30, TODAY + 31))),
        kinds=draw(sets(OpportunityKind)),
        contracts=draw(sets(ContractKind)),
        wished_contracts=draw(st.one_of(st.just(0), one_of(ContractKind))),
        wished_minutes=draw(st.sampled_from((UNKNOWN, 2_100, 1_500))),
        wage_floor=draw(st.sampled_from((0, 1_300, 1_500))),
        french=draw(st.one_of(st.just(0), st.integers(0, len(FrenchLevel)))),
        reserved=draw(sets(ReservedPublic)),
        wishes=tuple(Wish(code, draw(months), draw(flags)) for code in codes),
        skills=tuple(sorted(draw(st.sets(st.sampled_from(SKILLS), max_size=20)))),
        level=draw(st.sampled_from((0, 0, 3, 5, 8))),
        cards=cards | (A_CACES if held else 0),
        caces=held,
        runs_out=draw(_ends(cards, held)),
    )


@st.composite
def _caces(draw: st.DrawFn) -> int:
    """Categories that somebody holds: none, not said which, or some."""
    return draw(st.sampled_from((0, 0, EVERY, *SOME_CACES, FAMILIES[0], SOME_CACES[0] | SOME_CACES[1])))


@st.composite
def _ends(draw: st.DrawFn, cards: int, held: int) -> tuple[tuple[int, int], ...]:
    """When some of it runs out: yesterday, today, tomorrow."""
    all_of = held | (cards & ~A_CACES) << OF_CARDS
    days = draw(st.sampled_from(((), (), (TODAY - 1,), (TODAY,), (TODAY - 1, TODAY + 1))))
    found, left = [], all_of
    for day in days:
        some = left & draw(st.one_of(st.just(all_of), st.integers(0, all_of)))
        left &= ~some
        if some:
            found.append((day, some))
    return tuple(found)


@st.composite
def offers(draw: st.DrawFn, identifier: str | None = None) -> OfferFacts:
    chosen = draw(st.lists(st.sampled_from(SKILLS), max_size=16, unique=True))
    code = draw(st.sampled_from((*OCCUPATIONS, None)))
    asks = draw(st.one_of(st.just(0), st.just(0), st.just(A_CACES), one_of(Ask), sets(Ask)))
    either = draw(st.sampled_from((0, 0, 12, 24, 120)))
    few = st.sampled_from((0, 0, *SOME_CACES, SOME_CACES[0] | SOME_CACES[2]))
    return OfferFacts(
        offer_id=identifier or draw(offer_ids()),
        territory=draw(st.sampled_from(("23", "2A"))),
        open=draw(st.sampled_from((True, True, True, True, False))),
        positions=draw(st.integers(1, 3)),
        position=draw(st.sampled_from(PLACES)),
        kind=draw(one_of(OpportunityKind)),
        contract=draw(one_of(ContractKind)),
        licences=draw(st.one_of(st.just(0), st.just(0), one_of(Licence))),
        vehicle=draw(rarely),
        early=draw(rarely),
        late=draw(rarely),
        night=draw(rarely),
        weekend=draw(rarely),
        minutes=draw(st.sampled_from((UNKNOWN, 2_100, 900))),
        starts_day=draw(st.sampled_from((0, 0, TODAY - 5, TODAY + 31))),
        apply_by_day=draw(st.sampled_from((0, 0, TODAY, TODAY - 1))),
        published_day=TODAY - 40,
        confirmed_day=TODAY - draw(st.integers(-1, 40)),
        french=draw(st.one_of(st.just(0), st.integers(0, len(FrenchLevel)))),
        reserved=draw(st.one_of(st.just(0), st.just(0), sets(ReservedPublic))),
        occupation=code,
        also=draw(st.sampled_from((None, *OCCUPATIONS))) if code else None,
        doubted=draw(st.booleans()),
        skills=tuple(AskedSkill(key, "", draw(rarely)) for key in chosen),
        months=draw(months),
        wage=draw(st.sampled_from((UNKNOWN, 1_250, 1_500))),
        reply=draw(st.sampled_from((UNKNOWN, 0, 9_000))),
        schedule_known=draw(flags),
        beyond=draw(st.sampled_from((False,) * 6 + (True,))),
        rung=draw(st.sampled_from((0, 0, 0, 1, 2))),
        level=draw(st.sampled_from((0, 0, 3, 5, 7))),
        asks=asks,
        or_level=draw(st.sampled_from((0, 3, 5))) if either else 0,
        or_months=either,
        caces=draw(few) if asks & A_CACES else 0,
        caces_any=draw(few) if asks & A_CACES else 0,
        caces_families=draw(st.sampled_from((0, 0, 0, 1, 2, 0b1000001))) if asks & A_CACES else 0,
    )
