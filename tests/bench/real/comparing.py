"""The engine beside the simpler platforms and its former self, on real offers and lifelike people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from services.matching.domain.configuration import Configuration
from shared.contracts.events.offers import OfferState
from tests.bench.real import former, simple
from tests.bench.real.judging import DEEP, Judged, judge_lists
from tests.bench.real.labels import Label, Pair, labels
from tests.bench.real.offers import NOW, at_hand, real_offers
from tests.bench.real.people import UNSEEN, Person, people
from tests.bench.recommending import Recommended, Referential, recommend, referential

ENGINE = "engine"
Lists = dict[str, list[str]]
_SLACK_KM = 0.5
"""The engine measures along the chord and decides itself; this only leaves out what is plainly too far."""


@dataclass(frozen=True)
class Market:
    """The people, the offers and the referential of one evaluation, and what was said (or is true) of the pairs."""

    people: Mapping[str, Person]
    offers: Mapping[str, OfferState]
    referential: Referential
    said: Mapping[Pair, Label]
    day: date


@cache
def market() -> Market:
    """The real one; it needs the materials."""
    known = referential()
    return Market(
        people=people(known.occupations),
        offers={offer_id: offer.state for offer_id, offer in real_offers().items()},
        referential=known,
        said=labels(),
        day=NOW.date(),
    )


def engine_lists(on: Market, configuration: Configuration) -> dict[str, list[Recommended]]:
    """What the product recommends to each person; below short lists, marked, what stands apart as «pour élargir»."""
    states = [person.state for person in on.people.values()]
    # What fails a constraint is not judged at all: distance alone leaves out 97 of 100 pairs.
    return recommend(
        states,
        on.offers,
        configuration,
        on.referential.structure,
        on.day.toordinal(),
        asked=lambda state: [offer for offer in on.offers.values() if former.within_reach(offer, state, _SLACK_KM)],
        filled=DEEP,
    )


def baseline_lists(on: Market) -> dict[str, Lists]:
    """Name of a baseline → profile id → offer ids."""
    states = [person.state for person in on.people.values()]
    return {
        "former": former.recommended(states, on.offers, on.referential.occupations, on.day),
        "rome": simple.listed(states, on.offers, simple.by_rome),
        "distance": simple.listed(states, on.offers, simple.by_distance),
    }


def ids(lists: Mapping[str, list[Recommended]]) -> Lists:
    """Offer ids of the recommendations only."""
    return {profile_id: [one.offer_id for one in mine if not one.wider] for profile_id, mine in lists.items()}


def wider_ids(lists: Mapping[str, list[Recommended]]) -> Lists:
    """Offer ids of what stands apart below them."""
    return {profile_id: [one.offer_id for one in mine if one.wider] for profile_id, mine in lists.items()}


def judged(
    on: Market, lists: Mapping[str, list[str]], half: str, wider: Mapping[str, list[str]] | None = None
) -> Judged:
    """The measures on one half of the people."""
    return judge_lists(lists, on.said, [name for name, person in on.people.items() if person.half == half], wider)


def main() -> dict[str, dict[str, dict[str, float]]]:
    """``{"real": {engine|former|rome|distance: measures}}`` on the half that no fit has seen; empty without materials."""
    if not at_hand():
        return {}
    on = market()
    engine = engine_lists(on, Configuration())
    lists = {ENGINE: ids(engine), **baseline_lists(on)}
    wider = {ENGINE: wider_ids(engine)}
    return {"real": {name: judged(on, mine, UNSEEN, wider.get(name)).as_dict() for name, mine in lists.items()}}
