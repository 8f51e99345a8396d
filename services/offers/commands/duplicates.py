"""Links the same job from several sources, so that it is shown once."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.offers.context import Context
from services.offers.domain.actors import SYSTEM
from services.offers.domain.duplicates import comparable, same_job, shown_first
from services.offers.domain.imports.rows import UNNAMED_EMPLOYER
from services.offers.domain.offer import Offer
from services.offers.domain.text import key_of
from shared.contracts.vocabulary import OfferStatus

_ALIVE = [OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value]
_UNNAMED = key_of(UNNAMED_EMPLOYER)


async def alike(context: Context, offers: Iterable[Offer]) -> dict[str, list[Offer]]:
    """Live stored offers of the same employers and communes, by duplicate key."""
    keys = sorted({offer.duplicate_key for offer in offers if _eligible(offer)})
    found: dict[str, list[Offer]] = {}
    if keys:
        wanted: dict[str, Any] = {"duplicate_key": {"$in": keys}, "status": {"$in": _ALIVE}}
        for other in await context.store.find_many(Offer, "offers", wanted):
            found.setdefault(other.duplicate_key, []).append(other)
    return found


def hide_behind(context: Context, offer: Offer, others: Sequence[Offer]) -> str | None:
    """The id of the better copy of ``offer`` among ``others``, behind which a new one is hidden from the start."""
    better = _better(context, offer, others)
    return better.id if better is not None else None


async def settle(context: Context, offer: Offer) -> list[Offer]:
    """After ``offer`` went live: link it to a better copy, or the worse copies to it. Returns what was changed."""
    if not _eligible(offer):
        return []
    others = (await alike(context, [offer])).get(offer.duplicate_key, [])
    better = _better(context, offer, others)
    now = context.clock.now()
    if better is not None:
        offer.link_to(better.id, SYSTEM, now)
        return [offer]
    worse = [one for one in others if one.canonical_offer_id is None and _same(context, offer, one)]
    for one in worse:
        one.link_to(offer.id, SYSTEM, now)
    return worse


def _better(context: Context, offer: Offer, others: Sequence[Offer]) -> Offer | None:
    same = [one for one in others if one.canonical_offer_id is None and _same(context, offer, one)]
    if not same:
        return None
    first = shown_first([offer, *same])
    return None if first.id == offer.id else first


def _same(context: Context, one: Offer, other: Offer) -> bool:
    return same_job(one, other, context.settings.duplicate_likeness)


def _eligible(offer: Offer) -> bool:
    return comparable(offer) and not offer.duplicate_key.startswith(f"{_UNNAMED}|")
