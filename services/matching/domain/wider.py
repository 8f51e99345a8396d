"""«Pour élargir»: what is no recommendation, and may be worth a look when there are few: farther occupations, weaker fits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.matching.domain.affinity import by_text, near
from services.matching.domain.bits import mask
from services.matching.domain.certificates import CARDS
from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import TRADE_LEVEL, OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities
from services.matching.domain.order import surplus
from services.matching.domain.practised import work_of
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.ties import id_key
from shared.reference.demands import Ask


@dataclass(frozen=True, slots=True)
class Wider:
    """An offer beyond the recommendations, and why it is none: ``occupation_far``, ``asks_more`` or ``score_too_low``."""

    offer: OfferFacts
    judgement: Judgement
    because: str


_ENOUGH_ASKED = 2
"""One skill alone says little: everybody can «welcome people»."""
_KNOWN = 3
"""Whoever has one in so many of the asked skills knows something of the work. Half of three were asked for before: built
worlds, where much is said wrongly, lost a fiftieth of the offers by it, and lists of real offers are the same."""


def _knows_the_work(offer: OfferFacts, verdict: Judgement, configuration: Configuration) -> bool:
    """Whether the person has a third of the skills that the offer lists, whatever its occupation is called."""
    known = configuration.skills_floor + (SCALE - configuration.skills_floor) // _KNOWN
    regulated = bool(verdict.failed & Failed.REGULATED)
    return not regulated and len(offer.skills) >= _ENOUGH_ASKED and verdict.terms.skills >= known


_WIDENED = CARDS | mask((Ask.EARLY, Ask.LATE, Ask.WEEKEND), Ask)
"""What a text may ask and somebody lack «pour élargir»: what one gets, and hours that are seldom all of them («un week-end sur
deux») and that an employer may be asked about."""


_FAR_ABOVE = 2
"""Levels of diploma: one is a year or two of school, and many employers take it for the other."""


def _asks_a_need(verdict: Judgement) -> bool:
    """Whether the text asks what nobody has by looking farther: a licence, a vehicle or a night is as much a need there as in a
    field, and a language is learnt in years.
    """
    return bool(verdict.asked.missing & ~_WIDENED)


def _is_of_other_studies(offer: OfferFacts, profile: ProfileFacts, verdict: Judgement) -> bool:
    """Whether it is farther work that wants a diploma two levels or more above the one that is stated: like a language, that
    is learnt in years, and nothing that they have done stands in its place.
    """
    if not verdict.failed & Failed.OCCUPATION or not profile.level:
        return False
    wanted = offer.level if verdict.asked.either == SCALE else max(offer.level, offer.or_level)
    return wanted - profile.level >= _FAR_ABOVE


def _leads_too_far(
    offer: OfferFacts, profile: ProfileFacts, verdict: Judgement, configuration: Configuration, affinities: Affinities
) -> bool:
    """Whether it is a step up for who has practised less than half as long as that takes: to lead others is no widening then."""
    if not verdict.failed & Failed.DEMANDS or verdict.asked.rung == SCALE:
        return False
    practised = (wish.months for wish in profile.wishes if near(wish.code, offer, configuration, affinities))
    return 2 * max(practised, default=0) < configuration.step_up_months


def _is_other_work(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities
) -> bool:
    """Whether the title contradicts what is declared, which is not done there: then only what it names widens, or, where that is
    nothing known, the work that somebody seeks itself, in case it is the title that misleads.
    """
    if not offer.doubted or not profile.seeks:
        return False
    if offer.also is None:
        return not any(wish.sought and wish.code == offer.occupation for wish in profile.wishes)
    return not any(by_text(wish.code, offer, configuration, affinities) for wish in profile.wishes)


def _is_nothing_to_begin_with(
    offer: OfferFacts, profile: ProfileFacts, verdict: Judgement, affinities: Affinities
) -> bool:
    """Whether somebody who seeks nothing in particular would need a diploma for it that they do not say they have: a CAP is of a
    trade, and who names none has that of another, if any.
    """
    if profile.seeks or verdict.by_practice or verdict.by_skills:
        return False
    known = [affinities.standings.get(code) for code in work_of(offer)]
    return any(one is not None and not one.simple and not TRADE_LEVEL < one.level <= profile.level for one in known)


def _because(verdict: Judgement) -> str:
    if verdict.failed & Failed.DEMANDS:
        return "asks_more"
    return "occupation_far" if verdict.failed else "score_too_low"


def wider(
    profile: ProfileFacts,
    offers: Iterable[OfferFacts],
    configuration: Configuration,
    affinities: Affinities,
    today: int,
    limit: int,
    shown_to: Mapping[str, int] | None = None,
) -> list[Wider]:
    """The best of those that pass every need of the person and are no recommendation all the same.

    Only the nearness of the occupation, or what the text asks beside, may fall short, and nearness never to nothing: two
    occupations of which the referential knows no relation stay out, unless the person has a third of the skills that the offer
    lists; what the law keeps for others stays out always. What is shown
    to few (``shown_to``: people by offer) goes before what many see already: to look farther is also to look elsewhere.
    """
    found = []
    for offer in offers:
        verdict = judge(offer, profile, configuration, affinities, today)
        related = verdict.terms.occupation >= min(configuration.nearness.trace, configuration.nearness.least)
        # What is far from what they seek, and less far from what they do not seek any more, widens nothing.
        related = related and not (verdict.by_practice and verdict.failed & Failed.OCCUPATION)
        related = related and not _is_nothing_to_begin_with(offer, profile, verdict, affinities)
        related = related or _knows_the_work(offer, verdict, configuration)
        if (
            verdict.failed & ~(Failed.OCCUPATION | Failed.DEMANDS)
            or not related
            or verdict.recommendable(configuration)
        ):
            continue
        if _asks_a_need(verdict) or _is_other_work(offer, profile, configuration, affinities):
            continue
        if _is_of_other_studies(offer, profile, verdict) or _leads_too_far(
            offer, profile, verdict, configuration, affinities
        ):
            continue
        if verdict.score >= configuration.widening_score * SCALE:
            found.append(Wider(offer, verdict, _because(verdict)))
    crowds = shown_to or {}

    def worth(one: Wider) -> int:
        crowd = crowds.get(one.offer.offer_id, 0)
        return surplus(one.judgement.score, crowd, one.offer.positions, configuration.widening_crowding)

    return sorted(found, key=lambda one: (-worth(one), id_key(one.offer.offer_id)))[:limit]
