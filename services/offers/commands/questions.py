"""What people would like to know of an offer that does not say it: asked of the employer once, whoever asks."""

from datetime import datetime

from services.offers.commands.checking import status_of
from services.offers.commands.life import tell_keepers
from services.offers.context import Context
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, NotFound, StateConflict
from shared.store import Work


class ScheduleIsKnown(StateConflict):
    """The offer says all of when the work is."""

    code = "schedule-known"


async def ask_for_schedule(context: Context, offer_id: str) -> datetime:
    """Ask the employer when the work is; when it was asked, which may be earlier. Who asked is not kept.

    Raises:
        NotFound: no offer that the public may read.
        ScheduleIsKnown: it says so already.
    """
    offer: Offer = await context.offers.load(offer_id)
    company = await context.companies.find(offer.company.id)
    if not offer.readable(status_of(company)):
        raise NotFound("Cette offre n'existe pas.", id=offer_id)
    if offer.content.demands.whole:
        raise ScheduleIsKnown("Cette offre dit déjà quand on travaille.", offer_id=offer_id, allowed=[])
    now = context.clock.now()
    work = Work(context.new_id)
    work.insert("questions", {"_id": f"{offer_id}:schedule", "offer_id": offer_id, "asked_at": now})
    params = {"offer_id": offer.id, "offer_title": offer.content.title, "company": offer.company.name}
    await tell_keepers(context, work, offer, company, Notice.SCHEDULE_ASKED, params)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        asked = await context.store.first("questions", {"_id": f"{offer_id}:schedule"})
        return asked["asked_at"] if asked else now
    return now
