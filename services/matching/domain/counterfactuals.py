"""What would open more offers to somebody: «avec 10 km de plus: 12 offres». One change at a time, each one feasible."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from services.matching.domain.bits import mask
from services.matching.domain.configuration import Configuration
from services.matching.domain.facts import ALL_CONTRACTS, ANY_MINUTES, MAX_WISHES, OfferFacts, ProfileFacts, Wish
from services.matching.domain.geometry import DM_PER_KM, Position
from services.matching.domain.obtaining import lacking_only_certificates, obtainable
from services.matching.domain.occupations import Affinities
from services.matching.domain.scoring import Judgement, judge
from shared.contracts.vocabulary import Licence

_WIDER_KM = (5, 10, 20)
_CERTIFICATES = 3
"""More of them than that are no advice any more."""
_LESS_THAN = {"range": "range", "licence_and_vehicle": "licence"}
"""A change → the smaller one that it holds."""
SAID_OF = 50
"""Beyond this many offers nobody decides otherwise: they are not counted further («plus de 50»)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be different: ``code`` and its argument, and the profile as it would then be."""

    code: str
    argument: str
    profile: ProfileFacts


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """How many offers one change would add to those that the person can have now: ``SAID_OF`` + 1 is «more»."""

    code: str
    argument: str
    added: int
    offer_ids: tuple[str, ...]


def changes(profile: ProfileFacts) -> Iterator[Change]:
    """The changes that are looked at: range, licence B, vehicle, schedule, hours, contract kinds.

    Eligibility for reserved offers is not among them: nobody can decide to have it.
    """
    if profile.position is not None:
        for km in _WIDER_KM:
            # More than twice as far is another means of travel: nobody who walks 4 km walks 24.
            if km * DM_PER_KM <= profile.reach_dm:
                yield Change("range", str(km), replace(profile, reach_dm=profile.reach_dm + km * DM_PER_KM))
    with_b = profile.licences | mask((Licence.B, Licence.AM), Licence)
    if with_b != profile.licences:
        yield Change("licence", "B", replace(profile, licences=with_b))
        if not profile.vehicle:
            yield Change("licence_and_vehicle", "B", replace(profile, licences=with_b, vehicle=True))
    if not profile.vehicle and profile.licences:
        # Who has no licence at all cannot drive one.
        yield Change("vehicle", "", replace(profile, vehicle=True))
    if not profile.early:
        yield Change("schedule", "early", replace(profile, early=True))
    if not profile.late:
        yield Change("schedule", "late", replace(profile, late=True))
    if not profile.night:
        yield Change("schedule", "night", replace(profile, night=True))
    if not profile.weekend:
        yield Change("schedule", "weekend", replace(profile, weekend=True))
    if profile.minutes_min > 0 or profile.minutes_max < ANY_MINUTES:
        yield Change("hours", "", replace(profile, minutes_min=0, minutes_max=ANY_MINUTES))
    if profile.contracts != ALL_CONTRACTS:
        yield Change("contracts", "", replace(profile, contracts=ALL_CONTRACTS))


def named(profile: ProfileFacts, affinities: Affinities) -> Iterator[Change]:
    """Of who names no occupation: those that their skills point to, as if each were what they look for. What is open to everybody
    would not be shown to them any more, and what is near to it would.
    """
    for code in affinities.pointed(profile):
        yield Change("occupation", code, replace(profile, wishes=(Wish(code, 0),)))


def counterfactuals(
    profile: ProfileFacts,
    offers: Iterable[OfferFacts],
    configuration: Configuration,
    affinities: Affinities,
    today: int,
) -> tuple[int, tuple[Counterfactual, ...]]:
    """How many offers the person can have now, and what each change would add, the most useful first; certificates with them.

    What a change adds is counted up to ``SAID_OF`` + 1.
    """
    around = list(offers)

    def possible(who: ProfileFacts, among: Iterable[OfferFacts]) -> Iterator[str]:
        for offer in among:
            if judge(offer, who, configuration, affinities, today).recommendable(configuration):
                yield offer.offer_id

    judged = [(offer, judge(offer, profile, configuration, affinities, today)) for offer in around]
    left = [(offer, verdict) for offer, verdict in judged if not verdict.recommendable(configuration)]
    others = [offer for offer, _ in left]
    found: list[Counterfactual] = []
    for change in (*changes(profile), *named(profile, affinities)):
        added = sorted(islice(possible(change.profile, others), SAID_OF + 1))
        # Going farther is only worth saying when it gives more than going less far, a vehicle when the licence alone does not.
        before = next((one.added for one in reversed(found) if one.code == _LESS_THAN.get(change.code)), 0)
        if len(added) > before:
            found.append(Counterfactual(change.code, change.argument, len(added), tuple(added)))
    found += _certificates(profile, left, possible, today)
    return len(around) - len(left), tuple(sorted(found, key=lambda item: -item.added))


def _certificates(
    profile: ProfileFacts,
    left: Iterable[tuple[OfferFacts, Judgement]],
    possible: Callable[[ProfileFacts, Iterable[OfferFacts]], Iterator[str]],
    today: int,
) -> list[Counterfactual]:
    """What certificates add, the most useful ones; one that adds nothing to what another does is not said beside it."""
    lacking = [(offer, verdict) for offer, verdict in left if lacking_only_certificates(verdict)]
    offers = [offer for offer, _ in lacking]
    with_each = []
    for one in obtainable(profile, lacking, today):
        added = tuple(sorted(islice(possible(one.profile, offers), SAID_OF + 1)))
        code = "certificate_renewed" if one.renewed else "certificate"
        with_each.append(Counterfactual(code, one.argument, len(added), added))
    found: list[Counterfactual] = []
    for each in sorted(with_each, key=lambda item: (-item.added, len(item.argument), item.argument)):
        if each.added and not any({*each.offer_ids} <= {*kept.offer_ids} for kept in found):
            found.append(each)
    return found[:_CERTIFICATES]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is about to say: where they live, how far they go with all their means, occupations beside their own."""

    home: Position | None = None
    reach_km: float | None = None
    occupations: tuple[str, ...] = ()

    def given_by(self, profile: ProfileFacts) -> ProfileFacts:
        """The profile once it is said. As anywhere, the first eight occupations count."""
        held = {wish.code for wish in profile.wishes}
        more = tuple(Wish(code, 0) for code in dict.fromkeys(self.occupations) if code not in held)
        return replace(
            profile,
            position=profile.position if self.home is None else self.home,
            reach_dm=profile.reach_dm if self.reach_km is None else max(1, round(self.reach_km * DM_PER_KM)),
            wishes=(*profile.wishes, *more)[:MAX_WISHES],
        )


@dataclass(frozen=True, slots=True)
class Brought:
    """How many offers the person can have with an answer, and how many of them only with it: ``SAID_OF`` + 1 is «more»."""

    possible: int
    added: int


def brought(
    profile: ProfileFacts,
    answered: ProfileFacts,
    offers: Iterable[OfferFacts],
    configuration: Configuration,
    affinities: Affinities,
    today: int,
) -> Brought:
    """Count among the offers around the profile as it would be; nothing is stored or told."""
    possible = added = 0
    for offer in offers:
        if not judge(offer, answered, configuration, affinities, today).recommendable(configuration):
            continue
        possible += 1
        added += not judge(offer, profile, configuration, affinities, today).recommendable(configuration)
        if added > SAID_OF:
            break
    return Brought(min(possible, SAID_OF + 1), added)
