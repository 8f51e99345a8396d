"""A household that employs somebody is erased, on request of who acts for it or by a manager whom it asked."""

from collections.abc import Sequence

from services.offers.commands import closing
from services.offers.commands.duplicates import forget_proposals
from services.offers.commands.members import acting, inviting
from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.company import Company
from services.offers.domain.forgetting import check_person, forget_company, forget_in_application, forget_offer
from shared.contracts.topics import OFFERS
from shared.employers import NO_TITLE
from shared.http import forget_answers, forget_answers_in, forget_answers_to
from shared.kafka.erasing import forget_stuck
from shared.store import Work


async def erase(context: Context, company_id: str, by: Actor) -> None:
    """Its offers end, who applied is told as ever; then all of it is forgotten, here at once and elsewhere with the tombstones.

    Who acts for it leaves last: what broke off in between goes on when asked again. Again is no error.

    Raises:
        NotAPerson: a business.
        CompanyShared: others act for it, and the caller is one of them.
    """
    company = await context.companies.load(company_id)
    if company.erased_at is not None:
        return
    user = acting(by)
    company.check_acts(user)
    check_person(company)
    if user is not None:
        company.check_alone()
    await forget(context, company, by)


async def forget(context: Context, company: Company, by: Actor) -> None:
    """As ``erase``, whoever acts for it and whatever it says that it is."""
    company_id = company.id
    accounts = {*company.users, *company.former}
    await closing.end_offers(context, company_id, by)
    offers = await _forget_all(context, company_id, accounts)
    noted = await context.store.retry_conflicts(lambda: _leave(context, company_id, by, accounts, offers))
    # What was deposited while this was done was for somebody who is not there any more.
    offers = await _forget_all(context, company_id, accounts)
    await forget_answers(context.store, company_id, *offers, *noted)
    for account in accounts:
        await forget_answers_to(context.store, account)
    for id in (company_id, *offers):
        await forget_stuck(context.store, id)


async def _forget_all(context: Context, company_id: str, accounts: set[str]) -> list[str]:
    offers = await context.offers.ids({"company.id": company_id})
    for id in offers:
        await context.store.retry_conflicts(lambda id=id: _offer(context, id, accounts))  # type: ignore[misc]  # the default binds the loop variable
    kept = context.store.collection("saved_offers")
    await kept.update_many({"offer_id": {"$in": offers}}, {"$set": {"offer_title": NO_TITLE}, "$inc": {"version": 1}})
    for id in await context.applications.ids({"company_id": company_id}):
        await context.store.retry_conflicts(lambda id=id: _application(context, id, accounts))  # type: ignore[misc]  # as above
    return offers


async def _offer(context: Context, offer_id: str, accounts: set[str]) -> None:
    offer = await context.offers.load(offer_id)
    if not forget_offer(offer, {*accounts, offer.deposited_by}, context.clock.now()):
        return
    work = Work(context.new_id)
    await context.offers.save(work, offer)
    forget_proposals(work, offer)
    if offer.published_at is not None:
        now = context.clock.now()
        work.publish(OFFERS, "offer-archived.v1", key=offer.id, data=None, sequence=offer.version, time=now)
    await context.store.commit(work)


async def _application(context: Context, application_id: str, accounts: set[str]) -> None:
    application = await context.applications.load(application_id)
    forget_in_application(application, accounts, context.clock.now())
    work = Work(context.new_id)
    context.applications.save(work, application)
    await context.store.commit(work)


async def _leave(context: Context, company_id: str, by: Actor, accounts: set[str], offers: Sequence[str]) -> list[str]:
    """The ids of the visits and calls that had been noted: nothing else in an answer about one says whose it is. Nobody asks for
    this twice, so answers are forgotten with the same commit.
    """
    company: Company = await context.companies.load(company_id)
    if company.erased_at is not None:
        return []
    noted = [one.id for one in company.canvassing]
    now, work = context.clock.now(), Work(context.new_id)
    for user in company.users:
        contact = await context.contacts.find(user)
        if contact is not None:
            contact.leave(company.id, now)
            context.contacts.save(work, contact)
    forget_company(company, by.id, now)
    forget_answers_in(work, accounts, [company_id, *offers, *noted])
    await inviting(context).commit(work, company)
    return noted
