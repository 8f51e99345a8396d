"""An employer ends here: its offers end, who applied is told as ever, and who acted for it leaves."""

from contextlib import suppress

from services.offers.commands import members, offers
from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.life import NOT_SHOWN_YET, Outcome
from services.offers.store import UNDER_WAY
from shared.contracts.vocabulary import OfferStatus
from shared.errors import TransitionRefused


async def close(context: Context, company_id: str, by: Actor) -> None:
    """End everything that waits for somebody, then remove the last user. What broke off in between goes on when asked again.

    Raises:
        CompanyShared: others act for it.
        LastUser: something new came in between; ask again.
    """
    company = await context.companies.load(company_id)
    company.check_acts(members.acting(by))
    company.check_alone()
    await end_offers(context, company_id, by)
    for user in company.users:
        await members.remove(context, company_id, user, by)


async def end_offers(context: Context, company_id: str, by: Actor) -> None:
    """Who applied is told as ever. What somebody else ends meanwhile has ended as they said."""
    open_ones = {"company.id": company_id, "status": {"$in": [OfferStatus.DRAFT.value, *UNDER_WAY]}}
    for offer in await context.offers.many(open_ones):
        with suppress(TransitionRefused):
            if offer.status in NOT_SHOWN_YET:
                await offers.withdraw(context, offer.id, by, "")
            else:
                await offers.close(context, offer.id, by, Outcome.CANCELLED)
