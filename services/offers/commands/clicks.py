"""Commands on offers that are answered elsewhere: the way there is shown and counted, what became of it asked a week later."""

from services.offers.commands.admission import answered_here, check_may_apply
from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.click import ASKED_AFTER, Click, ClickOutcome
from services.offers.domain.errors import AnsweredHere
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.items import each
from shared.store import TEXT, Work


async def count(context: Context, offer: Offer, profile_id: str, by: Actor) -> Click:
    """The person goes to apply where the offer comes from. Counted once for each person and offer.

    Raises:
        AnsweredHere: the offer's employer is on the platform: one applies here.
        ApplicationsHeld: their age asks for something first, here as there.
    """
    if offer.feed is None or await answered_here(context, offer):
        raise AnsweredHere("On postule à cette offre ici.", allowed=["applications"], offer_id=offer.id)
    check_may_apply(await context.people.find(profile_id) or {})
    partner = offer.feed.partner

    async def once() -> Click:
        slot = f"{offer.id}:{profile_id}"
        known = await context.clicks.first({"slot": slot})
        if known is not None:
            return known
        now = context.clock.now()
        click = Click(
            id=context.new_id(),
            territory=offer.territory,
            version=1,
            created_at=now,
            updated_at=now,
            offer_id=offer.id,
            profile_id=profile_id,
            offer_title=offer.content.title,
            partner=partner,
            acted_by=None if by.party is Party.SEEKER else by.id,
            slot=slot,
        )
        work = Work(context.new_id)
        context.clicks.save(work, click)
        try:
            await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("Cela vient d'être compté : réessayez.", id=click.id) from None
        # Their erasure marks them first, then takes what there is.
        if await context.people.gone(profile_id):
            await forget(context, profile_id)
        return click

    return await context.store.retry_conflicts(once)


async def tell(context: Context, click_id: str, outcome: ClickOutcome) -> Click:
    """What became of it.

    Raises:
        AlreadyAnswered: see ``Click.tell``.
    """

    async def once() -> Click:
        click = await context.clicks.load(click_id)
        click.tell(outcome, context.clock.now())
        work = Work(context.new_id)
        context.clicks.save(work, click)
        await context.store.commit(work)
        return click

    return await context.store.retry_conflicts(once)


async def ask(context: Context) -> int:
    """Ask people what became of it, once, a week later; returns how many were asked."""
    due = {"asked_at": None, "outcome": None, "created_at": {"$lte": context.clock.now() - ASKED_AFTER}}

    async def one(click_id: str) -> bool:
        async def once() -> bool:
            click = await context.clicks.load(click_id)
            if click.slot is None or not click.ask(context.clock.now()):
                return False
            work = Work(context.new_id)
            context.clicks.save(work, click)
            params = {"offer_title": click.offer_title, "click_id": click.id}
            whom = click.profile_id
            context.notify(work, click.territory, [whom], Notice.OUTCOME_ASKED, params, about=whom)
            await context.store.commit(work)
            return True

        return await context.store.retry_conflicts(once)

    return await each("outcomes-elsewhere", await context.clicks.ids({**due, "slot": TEXT}), one)


async def forget(context: Context, profile_id: str) -> None:
    """What is left of an erased person's clicks are figures."""
    for id in await context.clicks.ids({"profile_id": profile_id}):

        async def once(click_id: str = id) -> None:
            click = await context.clicks.load(click_id)
            click.forget_person(context.clock.now())
            work = Work(context.new_id)
            context.clicks.save(work, click)
            await context.store.commit(work)

        await context.store.retry_conflicts(once)
