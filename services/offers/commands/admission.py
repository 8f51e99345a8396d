"""What stands between a person and an application to an offer: asked before one is made, and when an invitation is accepted."""

from datetime import datetime
from typing import Any

from services.offers.context import Context
from services.offers.domain.errors import ApplicationsHeld, ApplyElsewhere, OfferNotOpen
from services.offers.domain.life import COMMANDS
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import OfferStatus


def check_open(offer: Offer, now: datetime) -> None:
    """Raises OfferNotOpen when the offer takes no applications: from the midnight on that ends its last day, too."""
    if offer.status is not OfferStatus.PUBLISHED or offer.positions_open == 0 or offer.expired(now):
        raise OfferNotOpen(
            "Cette offre ne reçoit pas de candidatures en ce moment.",
            offer_status=offer.status.value,
            allowed=sorted(COMMANDS[offer.status]),
        )
    if offer.canonical_offer_id is not None:
        raise OfferNotOpen(
            "Cette offre est présentée avec une autre : postulez à celle-là.",
            canonical_offer_id=offer.canonical_offer_id,
            allowed=[],
        )


async def answered_here(context: Context, offer: Offer) -> bool:
    """Whether one applies on the platform: not to an offer of a feed for whose employer nobody acts here."""
    return offer.feed is None or await context.companies.has_users(_id=offer.company.id)


async def check_read(context: Context, offer: Offer) -> None:
    """Raises ApplyElsewhere when nobody here would ever read it: with where the offer comes from."""
    if offer.feed is None or await answered_here(context, offer):
        return
    raise ApplyElsewhere(
        "L'employeur ne reçoit pas de candidature ici : postulez là d'où vient l'offre.",
        apply_url=offer.content.apply_url,
        partner=offer.feed.partner,
        external_id=offer.feed.external_id,
        company=offer.company.name,
        allowed=["clicks"],
    )


def check_may_apply(someone: dict[str, Any]) -> None:
    """Raises ApplicationsHeld; why it is so is known to profiles alone."""
    if not someone.get("may_apply", True):
        message = (
            "Aucune candidature ne peut partir pour l'instant : le profil dit ce qui manque, un conseiller peut aider."
        )
        raise ApplicationsHeld(message, allowed=[])


def eligible(offer: Offer, someone: dict[str, Any]) -> bool:
    reserved = {public.value for public in offer.content.reserved_publics}
    return not reserved or bool(reserved & set(someone.get("reserved_eligible", ())))
