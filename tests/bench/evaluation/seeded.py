"""A built département in the place of the real offers, for a clone that has none beside it."""

from functools import cache

from shared.contracts.events.profiles import ProfileState
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from tests.bench.real.comparing import Market
from tests.bench.real.labels import Label, No, Pair
from tests.bench.real.people import Person
from tests.bench.recommending import referential
from tests.bench.world import BOTH, BenchWorld, told
from tests.bench.world.truth import LEAST_GAIN

_AT_ONCE = 0.3
"""A chance of a good interview that counts as «yes, at once» in the place of a reader's grade."""
_PEOPLE, _OFFERS, _SEED = 260, 110, 41


@cache
def seeded_market() -> Market:
    """People and offers of a built Creuse that tells little and wrongly; what is true of each pair stands for the labels."""
    world = told(BenchWorld.build("23", profiles=_PEOPLE, offers=_OFFERS, seed=_SEED), BOTH)
    known = referential()
    states = [state for state in world.profiles() if state.active]
    said: dict[Pair, Label] = {}
    for state in states:
        gains = world.outcome.gain[world.row(state.profile_id)]
        for at, gain in enumerate(gains.tolist()):
            grade = 2 if gain >= _AT_ONCE else 1 if gain >= LEAST_GAIN else 0
            said[state.profile_id, world.offer_id(at)] = Label(grade, None if grade else No.OCCUPATION)
    return Market(
        people={state.profile_id: _person(state, known.occupations) for state in states},
        offers={offer.offer_id: offer for offer in world.offers()},
        referential=known,
        said=said,
        day=world.now.date(),
    )


def _person(state: ProfileState, occupations: Occupations) -> Person:
    named = [occupations.get(wish.code) for wish in state.occupations]
    who = ", ".join(one.label for one in named if one) or "Sans métier indiqué"
    point = state.point
    home = Communes.load().nearest(point.lat, point.lon).name if point else "?"
    return Person(state=state, who=who, home=home)
