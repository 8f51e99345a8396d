"""What somebody has done and does not seek any more: it counts as experience, leads to work nearby, and is never proposed itself.

Why it is not sought is nobody's business here. A diploma may not be recognised, a body may not carry it any more: so what the
law keeps for who holds it is not opened by having done it either, and no card is taken to be held because of it.
"""

from collections.abc import Iterator

from services.matching.domain.facts import OfferFacts, ProfileFacts
from services.matching.domain.occupations import Affinities


def is_left_behind(offer: OfferFacts, profile: ProfileFacts, affinities: Affinities) -> bool:
    """Whether an offer is of such work, under this name or another, and nearer to it than to anything that they seek.

    To lead is other work: «chef de cuisine» stands under the cook's code, and a chef who cooks for nobody else any more seeks it.
    """
    if not profile.leaves:
        return False
    left, sought = 0, 0
    leads = offer.rung and any(
        wish.sought and affinities.standing(wish.code).rung == offer.rung for wish in profile.wishes
    )
    for wish in profile.wishes:
        if leads and not wish.sought and affinities.standing(wish.code).rung < offer.rung:
            continue
        same = max((affinities.sameness(wish.code, code) for code in work_of(offer)), default=0)
        if wish.sought:
            sought = max(sought, same)
        else:
            left = max(left, same)
    return left > sought


def work_of(offer: OfferFacts) -> Iterator[str]:
    """What is done: what the title names against the declared occupation, else the declared one and that of the text."""
    if offer.occupation is not None and not (offer.doubted and offer.also is not None):
        yield offer.occupation
    if offer.also is not None:
        yield offer.also
