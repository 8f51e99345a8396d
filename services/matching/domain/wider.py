"""«Pour élargir»: what is no recommendation, and may be worth a look when there are few: farther occupations, weaker fits."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.matching.domain.configuration import Configuration
from services.matching.domain.constraints import Failed
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities
from services.matching.domain.scale import SCALE
from services.matching.domain.scoring import Judgement, judge
from services.matching.domain.ties import id_key


@dataclass(frozen=True, slots=True)
class Wider:
    """An offer beyond the recommendations, and why it is none: ``occupation_far``, ``asks_more`` or ``score_too_low``."""

    offer: OfferFacts
    judgement: Judgement
    because: str


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
) -> list[Wider]:
    """The best of those that pass every need of the person and are no recommendation all the same.

    Only the nearness of the occupation, or what the text asks beside, may fall short, and nearness never to nothing: two
    occupations of which the referential knows no relation stay out, and so does what the law keeps for others.
    """
    found = []
    for offer in offers:
        verdict = judge(offer, profile, configuration, affinities, today)
        related = verdict.terms.occupation >= configuration.nearness.least
        if (
            verdict.failed & ~(Failed.OCCUPATION | Failed.DEMANDS)
            or not related
            or verdict.recommendable(configuration)
        ):
            continue
        if verdict.score >= configuration.widening_score * SCALE:
            found.append(Wider(offer, verdict, _because(verdict)))
    return sorted(found, key=lambda one: (-one.judgement.score, id_key(one.offer.offer_id)))[:limit]
