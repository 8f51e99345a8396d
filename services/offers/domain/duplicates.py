"""The same job from two sources: found by employer, place and a near-identical title, linked and shown once.

A name is no proof of an employer: anybody may call themselves like another, and would hide their offers. Offers are linked
within the same company or SIRET; a pair that only looks the same is proposed to a manager.
"""

from collections.abc import Iterable
from datetime import datetime

from rapidfuzz import fuzz

from services.offers.domain.actors import Actor
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import OfferSource
from shared.domain import Aggregate
from shared.errors import transition_refused
from shared.kept_enum import Otherwise, StoredEnum
from shared.reference.titles import stems

MOST_PROPOSALS = 5
"""Of one offer at once: who deposits look-alikes by the dozen gives managers no more work than that."""

# What the employer wrote itself is shown before what was collected, and that before what a feed repeats.
_PRECEDENCE = Otherwise(
    {OfferSource.DEPOSITED: 0, OfferSource.COLLECTED: 1, OfferSource.PARTNER: 2}, lambda _: len(OfferSource)
)


def origin_of(offer: Offer) -> str:
    """The source: offers of one source are never duplicates of each other (two posts may read alike)."""
    return offer.feed.partner if offer.feed else offer.source.value


def comparable(offer: Offer) -> bool:
    """Whether the commune is known."""
    return bool(offer.content.place.commune_code)


def same_employer(one: Offer, other: Offer) -> bool:
    """The same registered company (or employer of one feed), or the same SIRET in two feeds."""
    if one.company.id == other.company.id:
        return True
    return bool(one.feed and other.feed and one.feed.siret and one.feed.siret == other.feed.siret)


def looks_same(one: Offer, other: Offer, likeness: float) -> bool:
    """Same commune, another source, titles alike by at least ``likeness`` (0–100, word order free)."""
    if one.id == other.id or origin_of(one) == origin_of(other):
        return False
    if one.content.place.commune_code != other.content.place.commune_code:
        return False
    # Gender marks, contract and numbers fall away: "Maçon H/F" and "MAÇON(NE) - CDI" are one title.
    return title_likeness(one.content.title, other.content.title) >= likeness


def title_likeness(one: str, other: str) -> float:
    """How alike two titles are, 0–100."""
    return float(fuzz.token_sort_ratio(" ".join(stems(one)), " ".join(stems(other))))


def shown_first(offers: Iterable[Offer]) -> Offer:
    """Which of the same job is shown: the better source, then the older."""
    return min(offers, key=lambda offer: (_PRECEDENCE[offer.source], offer.created_at, offer.id))


class ProposalStatus(StoredEnum):
    """What a manager made of it."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Proposal(Aggregate):
    """Two offers that may be the same job: ``offer_id`` would be hidden behind ``canonical_id``."""

    offer_id: str
    canonical_id: str
    likeness: float
    status: ProposalStatus = ProposalStatus.OPEN
    decided_by: str | None = None

    @classmethod
    def of(cls, offer: Offer, canonical: Offer, now: datetime) -> "Proposal":
        """The pair; its id is the same whenever it is found again."""
        return cls(
            id=f"{offer.id}:{canonical.id}",
            territory=offer.territory,
            version=1,
            created_at=now,
            updated_at=now,
            offer_id=offer.id,
            canonical_id=canonical.id,
            likeness=round(title_likeness(offer.content.title, canonical.content.title), 1),
        )

    def decide(self, status: ProposalStatus, by: Actor, now: datetime) -> None:
        """Accept or refuse, once. Raises TransitionRefused."""
        if self.status is not ProposalStatus.OPEN:
            raise transition_refused("cette proposition", self.status, status, ())
        self.status = status
        self.decided_by = by.id
        self.touch(now)
