"""Time and offers: reminders with a signed link, suspension, expiry, archiving."""

from datetime import datetime, timedelta
from typing import Any

from services.offers.commands.offers import confirm, save
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor
from services.offers.domain.company import Company
from services.offers.domain.life import Due, Outcome, Reason, Step
from services.offers.domain.offer import Offer
from shared import civil
from shared.contracts.vocabulary import Notice, OfferSource, OfferStatus
from shared.invitations.links import LinkRefused, sign, verify
from shared.items import each
from shared.store import Work, encode

PURPOSE = "confirm-offer"
_BATCH = 200


async def run(context: Context) -> int:
    """Take every step that is due now; returns how many were taken."""
    taken = 0
    last = ""
    while True:
        ids = await context.offers.ids(_candidates(context), after=last, limit=_BATCH)
        if not ids:
            return taken
        taken += await each("offer-life", ids, lambda offer_id: step(context, offer_id))
        last = ids[-1]


def _candidates(context: Context) -> dict[str, Any]:
    now = context.clock.now()
    policy = context.life

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    first = policy.reminder_days[0] if policy.reminder_days else policy.confirm_days
    today = civil.latest_today(now)
    found: dict[str, Any] = encode(
        {
            "$or": [
                {"status": OfferStatus.PUBLISHED, "confirmed_at": {"$lte": before(first)}},
                {"status": OfferStatus.PUBLISHED, "content.apply_by": {"$lt": today}},
                {"status": OfferStatus.SUSPENDED, "confirmed_at": {"$lte": before(policy.archive_days)}},
                {
                    "status": {"$in": [OfferStatus.FILLED, OfferStatus.CLOSED, OfferStatus.WITHDRAWN]},
                    "ended_at": {"$lte": before(policy.archive_days)},
                },
            ]
        }
    )
    return found


async def step(context: Context, offer_id: str) -> int:
    """Take what is due on one offer, step after step (a job that was away catches up); returns how many."""

    async def once() -> int:
        offer = await context.offers.load(offer_id)
        taken = 0
        while (due := offer.due(context.clock.now(), context.life)) is not None:
            await _take(context, offer, due)
            taken += 1
        return taken

    return await context.store.retry_conflicts(once)


async def _take(context: Context, offer: Offer, due: Due) -> None:
    now = context.clock.now()
    if due.step is Step.REMIND:
        offer.reminded(due.day, SYSTEM, now)
        await _tell(context, offer, Notice.OFFER_CONFIRM_REMINDER, {"day": str(due.day)})
    elif due.step is Step.SUSPEND:
        offer.suspend(SYSTEM, Reason.UNCONFIRMED, now)
        await _tell(context, offer, Notice.OFFER_SUSPENDED, {})
    elif due.step is Step.EXPIRE:
        offer.close(Outcome.APPLY_BY_PASSED, SYSTEM, now)
        await save(context, offer)
    else:
        offer.archive(SYSTEM, now)
        await save(context, offer)


async def _tell(context: Context, offer: Offer, template: Notice, more: dict[str, str]) -> None:
    work = Work(context.new_id)
    await context.offers.save(work, offer)
    # Nobody sits behind a feed: its next delivery confirms.
    if offer.source is not OfferSource.PARTNER and offer.confirm_by is not None and offer.confirmed_at is not None:
        company = await context.companies.find(offer.company.id)
        archive_on = offer.confirmed_at + timedelta(days=context.life.archive_days)
        params = {
            "offer_id": offer.id,
            "offer_title": offer.content.title,
            "company": offer.company.name,
            "confirm_by": f"{civil.local(offer.locality, offer.confirm_by):%d/%m/%Y}",
            "archive_on": f"{civil.local(offer.locality, archive_on):%d/%m/%Y}",
            **more,
        }
        await tell_keepers(context, work, offer, company, template, params)
    await context.store.commit(work)


async def tell_keepers(
    context: Context, work: Work, offer: Offer, company: Company | None, template: Notice, params: dict[str, str]
) -> None:
    """With ``work``: each of those who keep the offer gets a link of their own to confirm it by, once it was shown."""
    for whom in offer.told_of(company):
        link = await _confirmation_link(context, offer, whom) if offer.confirmed_at is not None else None
        context.notify(work, offer.territory, [whom], template, params, about=None, link=link)


async def _confirmation_link(context: Context, offer: Offer, whom: str) -> str:
    """A signed link that shows a page with a button; it works until the offer is archived, and while ``whom`` is asked."""
    assert offer.confirmed_at is not None
    expires = offer.confirmed_at + timedelta(days=context.life.archive_days)
    token = sign(await context.link_key.read(), PURPOSE, f"{offer.id}:{whom}", expires)
    return f"{context.settings.public_url.rstrip('/')}/v1/confirmations/{token}"


async def offer_of_link(context: Context, token: str) -> Offer:
    """The offer that a link speaks of.

    Raises:
        LinkRefused: cut, forged, expired, or of somebody who acts for the employer no longer.
    """
    subject = verify(await context.link_key.read(), PURPOSE, token, context.clock.now())
    # Links of the release before name nobody.
    offer_id, _, whom = subject.partition(":")
    offer = await context.offers.load(offer_id)
    if whom and whom not in offer.told_of(await context.companies.find(offer.company.id)):
        raise LinkRefused("Ce lien n'est plus valable.")
    return offer


async def confirm_by_link(context: Context, token: str) -> Offer:
    """The button behind the link was pressed."""
    offer = await offer_of_link(context, token)
    by = Actor("signed-link", SYSTEM.party)
    return await confirm(context, offer.id, by)
