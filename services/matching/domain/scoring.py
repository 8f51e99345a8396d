"""One score per pair: the weighted sum of the terms, a whole number, so that anybody can repeat it to the digit."""

from dataclasses import dataclass

from services.matching.domain.affinity import (
    Demanded,
    Terms,
    by_wish,
    counted_months,
    demanded,
    nearer_by_text,
    terms,
)
from services.matching.domain.configuration import TERMS, Configuration
from services.matching.domain.constraints import NONE, Failed, failed_with
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities
from services.matching.domain.scale import SCORE_SCALE


def as_share(score: int) -> float:
    """A score as people and events see it: 0 to 1, at most eight decimals, the same digits every time."""
    return score / SCORE_SCALE


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a pair: ``score`` counts only when ``failed`` is empty.

    ``by_text``: the occupation that the text speaks of brings the two nearer than the declared one. ``by_practice``: what the
    person has done and does not seek any more brings them nearer than what they seek. ``by_skills``: the skills of who names no
    occupation do.
    ``practised``: months of the occupation that counts most where experience is asked, ``elsewhere`` that it is another one than
    the offer's.
    """

    failed: Failed
    score: int
    terms: Terms
    contributions: tuple[int, ...]
    asked: Demanded
    by_text: bool = False
    by_practice: bool = False
    by_skills: bool = False
    practised: int = 0
    elsewhere: bool = False

    def recommendable(self, configuration: Configuration) -> bool:
        """Whether the pair may be recommended at all."""
        return self.failed == NONE and self.score >= configuration.minimum

    def named_contributions(self) -> dict[str, float]:
        """What each term adds to the score, 0 to 1; they add up to it exactly before conversion."""
        return dict(zip(TERMS, map(as_share, self.contributions), strict=True))


def judge(
    offer: OfferFacts, profile: ProfileFacts, configuration: Configuration, affinities: Affinities, today: int
) -> Judgement:
    """Constraints, terms and score of one pair on a day (proleptic ordinal)."""
    asked = demanded(offer, profile, configuration, affinities, today)
    found = terms(offer, profile, configuration, affinities, today, asked)
    practised, elsewhere = counted_months(offer, profile, configuration, affinities) if offer.months else (0, False)
    parts = tuple(weight * term for weight, term in zip(configuration.weights.in_order(), found, strict=True))
    return Judgement(
        failed_with(offer, profile, configuration, affinities, found.occupation, found.demands, today),
        sum(parts),
        found,
        parts,
        asked,
        nearer_by_text(offer, profile, configuration, affinities),
        profile.leaves and found.occupation > by_wish(offer, profile, configuration, affinities),
        not profile.wishes and found.occupation > by_wish(offer, profile, configuration, affinities),
        practised,
        elsewhere,
    )
