"""The engine of commit d3e87ea, frozen: what the present one is held against.

Written from the states alone, so that no later change of the product moves it: its table of occupations (links in both
directions to any rank, the first letter of the code as a domain), its terms, weights, constraints and order. Numbers are
shares here where it counted basis points; no order depends on the difference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shared.contracts.events.offers import OfferState
from shared.contracts.events.profiles import ProfileState
from shared.contracts.vocabulary import Licence
from shared.geo import distance_km
from shared.reference.occupations import Occupations

_WEIGHTS = {
    "occupation": 0.28, "skills": 0.26, "distance": 0.12, "experience": 0.12,
    "freshness": 0.03, "wishes": 0.07, "reply": 0.03, "mutual": 0.09,
}  # fmt: skip
_MINIMUM_SCORE, _MINIMUM_AFFINITY, _OPEN, _NEUTRAL, _DISTANCE_FLOOR = 0.2, 0.1, 0.3, 0.5, 0.2
_OTHER_CONTRACT, _HOURS_TOLERANCE, _REPLY_PRIOR, _CROWDING = 0.4, 20.0, 0.6, 0.2
_FRESH_DAYS, _FRESH_STEP = 30, 5
_LIVE, _EXPOSURE = 20, 20
_WIDENING_DAYS, _WIDENING = 7, (1.0, 1.5, 2.0, 3.0)
_REACH_KM = 10.0
INCLUDED = {
    Licence.A: {Licence.AM},
    Licence.B: {Licence.AM},
    Licence.BE: {Licence.B, Licence.AM},
    Licence.C: {Licence.B, Licence.AM},
    Licence.CE: {Licence.C, Licence.BE, Licence.B, Licence.AM},
    Licence.D: {Licence.B, Licence.AM},
}


@dataclass(frozen=True)
class Scored:
    """An offer with its score for a person."""

    offer_id: str
    score: float


def away_km(offer: OfferState, person: ProfileState) -> float | None:
    """Straight line in km; None where one has no place."""
    point = offer.place.point if offer.place else None
    if point is None or person.point is None:
        return None
    return distance_km(point.lat, point.lon, person.point.lat, person.point.lon)


def reach_km(person: ProfileState) -> float:
    """The farthest of the person's own means."""
    return max((travel.range_km for travel in person.travel), default=_REACH_KM)


def within_reach(offer: OfferState, person: ProfileState, slack_km: float = 0.0) -> bool:
    """Whether the offer lies in the person's own range; without a place, whether both are of one département."""
    away = away_km(offer, person)
    return offer.territory == person.territory if away is None else away <= reach_km(person) + slack_km


def possible(offer: OfferState, person: ProfileState) -> bool:
    """The hard constraints but the occupation: what every engine here holds to."""
    if not within_reach(offer, person):
        return False
    held = {*person.licences, *(more for one in person.licences for more in INCLUDED.get(one, ()))}
    if set(offer.licences) - held or (offer.vehicle_required and not person.vehicle):
        return False
    asked, can = offer.schedule, person.availability
    if any(getattr(asked, slot) is True and not getattr(can, slot) for slot in ("early", "late", "night", "weekend")):
        return False
    if offer.weekly_hours is not None:
        low, high = can.weekly_hours_min or 0, can.weekly_hours_max or 168
        if not low <= offer.weekly_hours <= high:
            return False
    if person.kinds and offer.kind not in person.kinds:
        return False
    if person.contract_kinds and offer.contract_kind not in person.contract_kinds:
        return False
    if person.french_level and offer.french_level and offer.french_level > person.french_level:
        return False
    return not offer.reserved_publics or bool(set(offer.reserved_publics) & set(person.reserved_eligible))


def affinity(referential: Occupations, wished: str, offered: str) -> float:
    """Nearness of two occupations, the same in both directions."""
    if wished == offered:
        return 1.0
    first, second = referential.get(wished), referential.get(offered)
    if first is None or second is None:
        return 0.0
    best = 0.4 if wished[:3] == offered[:3] else 0.15 if wished[0] == offered[0] else 0.0
    ranks = [
        rank
        for rank in (referential.neighbours(wished).get(offered), referential.neighbours(offered).get(wished))
        if rank is not None
    ]
    if ranks:
        best = max(best, 0.5, 0.85 - 0.03 * (min(ranks) - 1))
    return max(best, 0.8) if first.family == second.family else best


def score(offer: OfferState, person: ProfileState, referential: Occupations, today: date) -> float | None:
    """The score of a pair; None where it would not have been recommended."""
    if not possible(offer, person):
        return None
    wishes = {wish.code: wish.experience_months for wish in person.occupations}
    code = offer.occupation_code
    near = {wish: affinity(referential, wish, code) for wish in wishes} if code else {}
    occupation = max(near.values()) if near else _OPEN
    if occupation < _MINIMUM_AFFINITY:
        return None
    asked = {skill.code: 3 if skill.required else 1 for skill in offer.skills}
    held = set(person.skills)
    skills = sum(w for one, w in asked.items() if one in held) / sum(asked.values()) if asked else _NEUTRAL
    away, reach = away_km(offer, person), reach_km(person)
    distance = _NEUTRAL if away is None else 1 - (1 - _DISTANCE_FLOOR) * min(1.0, away / reach)
    months = offer.experience_months
    experience = 1.0 if not months else max((near[w] * min(wishes[w], months) / months for w in near), default=0.0)
    wished = _wishes(offer, person)
    seeker, employer = (occupation + distance + wished) / 3, (occupation + skills + experience) / 3
    found = {
        "occupation": occupation,
        "skills": skills,
        "distance": distance,
        "experience": experience,
        "freshness": _freshness(offer, today),
        "wishes": wished,
        "reply": offer.company.reply_rate if offer.company.reply_rate is not None else _REPLY_PRIOR,
        "mutual": seeker * employer,
    }
    total = sum(_WEIGHTS[term] * value for term, value in found.items())
    return total if total >= _MINIMUM_SCORE else None


def _freshness(offer: OfferState, today: date) -> float:
    confirmed = offer.confirmed_at or offer.published_at
    age = (today - confirmed.date()).days if confirmed else _FRESH_DAYS
    return max(0.0, 1 - max(0, age) // _FRESH_STEP * _FRESH_STEP / _FRESH_DAYS)


def _exposure(offer: OfferState, today: date) -> float:
    """Seekers shown an offer to which nobody has applied: more for each week since its publication."""
    weeks = (today - offer.published_at.date()).days // _WIDENING_DAYS if offer.published_at else 0
    return _EXPOSURE * offer.positions_open * _WIDENING[min(max(0, weeks), len(_WIDENING) - 1)]


def _wishes(offer: OfferState, person: ProfileState) -> float:
    liked = not person.wished_contract_kinds or offer.contract_kind in person.wished_contract_kinds
    hours = 1.0
    if person.wished_weekly_hours is not None:
        hours = _NEUTRAL
        if offer.weekly_hours is not None:
            hours = 1 - min(1.0, abs(offer.weekly_hours - person.wished_weekly_hours) / _HOURS_TOLERANCE)
    wage = 1.0
    if person.hourly_wage_floor:
        paid = offer.salary.hourly_max if offer.salary.hourly_max is not None else offer.salary.hourly_min
        wage = _NEUTRAL if paid is None else min(1.0, paid / person.hourly_wage_floor)
    return ((1.0 if liked else _OTHER_CONTRACT) + hours + wage) / 3


def recommended(
    people: Iterable[ProfileState],
    offers: Mapping[str, OfferState],
    referential: Occupations,
    today: date,
    asked: Callable[[ProfileState], Iterable[OfferState]] | None = None,
) -> dict[str, list[str]]:
    """Profile id → offer ids in the order in which that engine listed them: stable allocation, then expected surplus.

    ``asked`` narrows the offers scored for a person to those that can pass at all, for speed.
    """
    pairs = []
    for person in people:
        for offer in asked(person) if asked else offers.values():
            worth = score(offer, person, referential, today)
            if worth is not None:
                pairs.append((worth, person.profile_id, offer.offer_id))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    budget = {offer.offer_id: _exposure(offer, today) for offer in offers.values()}
    lists: dict[str, list[Scored]] = {}
    crowd: Counter[str] = Counter()
    for worth, profile_id, offer_id in pairs:
        mine = lists.setdefault(profile_id, [])
        if len(mine) < _LIVE and crowd[offer_id] < budget[offer_id]:
            mine.append(Scored(offer_id, worth))
            crowd[offer_id] += 1

    def worth_now(one: Scored) -> tuple[float, str]:
        shown = max(1.0, crowd[one.offer_id] / max(1, offers[one.offer_id].positions_open))
        return -(one.score * shown**-_CROWDING), one.offer_id

    return {profile_id: [one.offer_id for one in sorted(mine, key=worth_now)] for profile_id, mine in lists.items()}
