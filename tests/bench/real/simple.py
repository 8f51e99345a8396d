"""What simpler platforms would list for a person: the nearest offers, or those of the nearest ROME code."""

from collections.abc import Callable, Iterable, Mapping

from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from tests.bench.real.former import away_km, possible
from tests.bench.real.people import share

Key = Callable[[OfferState, ProfileState], tuple[float, ...] | None]
_LISTED = 20


def by_distance(offer: OfferState, person: ProfileState) -> tuple[float, ...] | None:
    """The nearest first."""
    away = away_km(offer, person)
    return (1e9 if away is None else away,)


def by_rome(offer: OfferState, person: ProfileState) -> tuple[float, ...] | None:
    """Same code, then same domain (three characters), then same family (one letter); nothing outside of it."""
    code = offer.occupation_code or ""
    tiers = [
        next((tier for tier, length in enumerate((5, 3, 1)) if wish.code[:length] == code[:length]), None)
        for wish in person.occupations
    ]
    best = min((tier for tier in tiers if tier is not None), default=None)
    return None if best is None else (float(best),)


def listed(people: Iterable[ProfileState], offers: Mapping[str, OfferState], key: Key) -> dict[str, list[str]]:
    """Profile id → offer ids by ``key``, within the same hard constraints; ties by a hash, not by the age of an id."""
    found: dict[str, list[str]] = {}
    for person in people:
        ranked = []
        for offer in offers.values():
            if possible(offer, person) and (rank := key(offer, person)) is not None:
                ranked.append((*rank, share(f"{person.profile_id}{offer.offer_id}"), offer.offer_id))
        found[person.profile_id] = [str(one[-1]) for one in sorted(ranked)[:_LISTED]]
    return found
