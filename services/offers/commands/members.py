"""Who acts for a company and how they are reached: both are decided by the account itself."""

from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.company import Company, UnderWay
from services.offers.domain.contact import ContactPoints, UserContact
from services.offers.domain.errors import last_user
from shared.auth import Principal
from shared.contracts.topics import OFFER_CONTACTS, OFFER_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.http import forget_answers_to
from shared.invitations import Invitation, Inviting, Letter
from shared.store import Work


def inviting(context: Context) -> Inviting[Company]:
    """Invitations to act for a company."""
    return Inviting(
        store=context.store,
        clock=context.clock,
        new_id=context.new_id,
        key=context.link_key,
        purpose="join-company",
        page=f"{context.settings.public_url.rstrip('/')}/v1/company-invitations/",
        mailed_page=context.settings.invitation_page,
        load=context.companies.load,
        save=context.companies.save,
        contacts=OFFER_CONTACTS,
        notices=OFFER_NOTICES,
    )


async def invite(
    context: Context, company: Company, by: Actor, label: str, user_id: str | None, email: str | None
) -> tuple[Invitation, str]:
    """An invitation and its link. A manager's is told to whom it names; an employer passes theirs on themselves: the
    platform writes to nobody whom it does not know because a company says so.
    """
    told = by.party is Party.MANAGER and (user_id is not None or email is not None)
    letter = Letter(
        Notice.INVITED, company.details.name, "Vous êtes invité à déposer et suivre les offres de cette entreprise."
    )
    return await inviting(context).invite(
        company.id,
        by.id,
        label=label,
        user_id=user_id,
        email=email,
        letter=letter if told else None,
        acting=acting(by),
    )


async def accept(context: Context, token: str, caller: Principal, points: ContactPoints | None) -> Company:
    """The caller acts for the company from now on, reached as they say themselves."""

    async def joined(work: Work, company: Company, _: Invitation) -> None:
        await reached(context, work, company, caller.subject, points)

    return await inviting(context).accept(token, caller, joined)


async def reached(context: Context, work: Work, company: Company, user: str, points: ContactPoints | None) -> None:
    """With ``work``: the user acts for the company; what they gave before stays where they say nothing new."""
    now = context.clock.now()
    contact = await context.contacts.find(user)
    if contact is None:
        contact = UserContact(id=user, territory=company.territory, created_at=now, updated_at=now)
    if points is not None:
        contact.set_points(points)
    contact.join(company.id, now)
    context.contacts.save(work, contact)


async def set_contact(context: Context, company: Company, user: str, points: ContactPoints) -> None:
    """A user of the company says how they are reached."""

    async def once() -> None:
        work = Work(context.new_id)
        await reached(context, work, company, user, points)
        await commit(context, work)

    await context.store.retry_conflicts(once)


async def remove(context: Context, company_id: str, user: str, by: Actor) -> None:
    """Somebody no longer acts for the company, if whoever removes them still does. Their inbox is theirs: notifications is told
    of an emptied contact, and never of an erasure.

    Raises:
        LastUser: offers or applications wait for them, and for nobody else.
    """

    async def once() -> tuple[bool, ContactPoints | None]:
        now = context.clock.now()
        company = await context.companies.load(company_id)
        company.check_acts(acting(by))
        company.leave(user, await under_way(context, company.id), now)
        work = Work(context.new_id)
        contact = await context.contacts.find(user)
        points = None
        if contact is not None and company.id in contact.company_ids:
            points = contact.points
            contact.leave(company.id, now)
            context.contacts.save(work, contact)
        await inviting(context).commit(work, company)
        return not company.users, points

    was_last, points = await context.store.retry_conflicts(once)
    if was_last:
        # Who published while the last one left had been counted by nobody; from now on nobody of theirs can.
        waits = await under_way(context, company_id)
        if any(waits):
            await context.store.retry_conflicts(lambda: _back(context, company_id, user, points))
            raise last_user(*waits)
    await forget_answers_to(context.store, user)


async def _back(context: Context, company_id: str, user: str, points: ContactPoints | None) -> None:
    """The last one has left too early."""
    company = await context.companies.load(company_id)
    company.come_back(user, context.clock.now())
    work = Work(context.new_id)
    if points is not None:
        await reached(context, work, company, user, points)
    await inviting(context).commit(work, company)


async def under_way(context: Context, company_id: str) -> UnderWay:
    """What waits for somebody of the employer."""
    return UnderWay(await context.offers.under_way(company_id), await context.applications.waiting(company_id))


def acting(by: Actor) -> str | None:
    """The user of the company by whose right something is done; None: a manager's."""
    return by.id if by.party is Party.EMPLOYER else None


async def commit(context: Context, work: Work) -> None:
    """Commit; what is written for the first time twice at once is a conflict like any other."""
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        if taken.extra.get("unique") not in (["_id"], ["slot"]):
            raise
        raise VersionConflict("Quelqu'un d'autre a modifié cela entre-temps : relisez, puis recommencez.") from None
