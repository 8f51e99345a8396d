"""The one place where a recommendation is worked out: what is stored of it, so that anybody can repeat it to the digit."""

from functools import lru_cache
from typing import Any, TypedDict

from services.matching.domain.affinity import Terms
from services.matching.domain.configuration import FORMULA, Configuration
from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities
from services.matching.domain.pointing import Told
from services.matching.domain.reasons import Reason, reasons, short_of
from services.matching.domain.scoring import Judgement, judge
from shared.contracts.vocabulary import Card
from shared.reference.standing import Standing


class Inputs(TypedDict):
    """All that the score came of: facts as they are stored, the day, and what the referential said of the two."""

    today: int
    offer: bytes
    profile: bytes
    affinities: dict[str, int]
    by_text: dict[str, int]
    pointed: list[str]
    regulated: bool
    standings: dict[str, dict[str, Any]]
    offer_version: int
    profile_version: int


class WorkedOut(TypedDict):
    """What a recommendation keeps of how it was made, beside its life."""

    score: int
    terms: list[int]
    contributions: list[int]
    reasons: list[Reason]
    configuration_version: int
    formula: str
    inputs: Inputs


class Side(TypedDict):
    """Facts of one side as they are stored, and their version."""

    facts: bytes
    version: int


def work_out(
    offer: OfferFacts,
    profile: ProfileFacts,
    stored: tuple[Side, Side],
    configuration: Configuration,
    affinities: Affinities,
    today: int,
) -> WorkedOut:
    """``stored``: offer and profile as they are kept."""
    verdict = judge(offer, profile, configuration, affinities, today)
    of_offer, of_profile = stored
    occupation = offer.occupation or ""
    # What skills point to is known by the referential alone.
    pointed = list(affinities.pointed(profile))
    codes = [*(wish.code for wish in profile.wishes), *pointed]
    return {
        "score": verdict.score,
        "terms": list(verdict.terms),
        "contributions": list(verdict.contributions),
        "reasons": [
            *reasons(offer, profile, verdict),
            *short_of(offer, verdict.asked),
        ],
        "configuration_version": configuration.version,
        "formula": FORMULA,
        "inputs": {
            "today": today,
            "offer": of_offer["facts"],
            "profile": of_profile["facts"],
            "affinities": {code: affinities.of(code, occupation) for code in codes},
            "by_text": {code: affinities.of(code, offer.also) for code in codes} if offer.also else {},
            "pointed": pointed,
            "regulated": occupation in affinities.regulated,
            "standings": {
                code: _stored(affinities.standings[code])
                for code in (*codes, occupation)
                if code in affinities.standings
            },
            "offer_version": of_offer["version"],
            "profile_version": of_profile["version"],
        },
    }


@lru_cache(maxsize=4_096)
def _stored(standing: Standing) -> dict[str, Any]:
    """Made once for each standing: every recommendation keeps three, and there are a few hundred in all."""
    fields = {"rung": standing.rung, "level": standing.level, "enlists": standing.enlists}
    return fields | {"kinds": sorted(standing.kinds), "cards": sorted(card.value for card in standing.cards)}


def _standing(stored: dict[str, Any]) -> Standing:
    cards = frozenset(Card.of_stored(card) for card in stored["cards"])
    return Standing(stored["rung"], stored["level"], frozenset(stored["kinds"]), cards, stored["enlists"])


def replayed(
    document: WorkedOut, offer: OfferFacts, profile: ProfileFacts, configuration: Configuration
) -> Judgement | None:
    """A recommendation computed again from its inputs; None when another release computed its terms otherwise."""
    if document.get("formula") != FORMULA:
        return None
    inputs, occupation = document["inputs"], offer.occupation or ""
    pairs = {code: {occupation: points} for code, points in inputs["affinities"].items()}
    for code, points in inputs["by_text"].items():
        pairs[code][offer.also or ""] = points
    standings = {code: _standing(stored) for code, stored in inputs["standings"].items()}
    affinities = Affinities(
        pairs, [occupation] if inputs["regulated"] else [], standings, None, Told(inputs.get("pointed", ()))
    )
    return judge(offer, profile, configuration, affinities, inputs["today"])


def as_stored(document: WorkedOut) -> tuple[Terms, list[int]]:
    """The terms and contributions that a recommendation was made of."""
    return Terms(*document["terms"]), document["contributions"]
