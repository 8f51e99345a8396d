"""The same job from two sources: found by employer, place and a near-identical title, linked and shown once."""

from collections.abc import Iterable

from rapidfuzz import fuzz

from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import OfferSource
from shared.reference.titles import stems

# What the employer wrote itself is shown before what was collected, and that before what a feed repeats.
_PRECEDENCE = {OfferSource.DEPOSITED: 0, OfferSource.COLLECTED: 1, OfferSource.PARTNER: 2}


def origin_of(offer: Offer) -> str:
    """The source: offers of one source are never duplicates of each other (two posts may read alike)."""
    return offer.feed.partner if offer.feed else offer.source.value


def comparable(offer: Offer) -> bool:
    """Whether employer and commune are both known."""
    name, _, commune = offer.duplicate_key.partition("|")
    return bool(name) and bool(commune)


def same_job(one: Offer, other: Offer, likeness: float) -> bool:
    """Same employer and commune, another source, titles alike by at least ``likeness`` (0–100, word order free)."""
    if one.id == other.id or origin_of(one) == origin_of(other):
        return False
    if one.duplicate_key != other.duplicate_key or not comparable(one):
        return False
    # Gender marks, contract and numbers fall away: "Maçon H/F" and "MAÇON(NE) - CDI" are one title.
    return title_likeness(one.content.title, other.content.title) >= likeness


def title_likeness(one: str, other: str) -> float:
    """How alike two titles are, 0–100."""
    return float(fuzz.token_sort_ratio(" ".join(stems(one)), " ".join(stems(other))))


def shown_first(offers: Iterable[Offer]) -> Offer:
    """Which of the same job is shown: the better source, then the older."""
    return min(offers, key=lambda offer: (_PRECEDENCE[offer.source], offer.created_at, offer.id))
