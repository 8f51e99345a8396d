"""Who acts for a company and how they are reached: both are decided by the account itself."""

from datetime import timedelta

from services.offers.context import Context
from services.offers.domain.actors import Actor
from services.offers.domain.company import Company, Invitation
from services.offers.domain.contact import ContactPoints, UserContact
from services.offers.domain.links import sign, verify
from shared.errors import AlreadyExists, VersionConflict
from shared.store import Work

PURPOSE = "join-company"
INVITATION_DAYS = 14


async def invite(
    context: Context, company_id: str, by: Actor, label: str, user_id: str | None
) -> tuple[Invitation, str]:
    """An invitation and its link, which the inviter passes on: the platform writes to nobody whom it does not know."""
    now = context.clock.now()
    invitation = Invitation(
        id=context.new_id(),
        by=by.id,
        label=label,
        user_id=user_id,
        created_at=now,
        expires_at=now + timedelta(days=INVITATION_DAYS),
    )

    async def once() -> None:
        company = await context.companies.load(company_id)
        company.invite(invitation, now)
        await _commit(context, company)

    await context.store.retry_conflicts(once)
    return invitation, await link(context, company_id, invitation)


async def link(context: Context, company_id: str, invitation: Invitation) -> str:
    """The signed link of an invitation."""
    subject = f"{company_id}:{invitation.id}"
    token = sign(await context.link_key.read(), PURPOSE, subject, invitation.expires_at)
    return f"{context.settings.public_url.rstrip('/')}/v1/company-invitations/{token}"


async def revoke(context: Context, company_id: str, invitation_id: str) -> None:
    """An invitation is taken back."""

    async def once() -> None:
        company = await context.companies.load(company_id)
        company.revoke(invitation_id, context.clock.now())
        await _commit(context, company)

    await context.store.retry_conflicts(once)


async def invited(context: Context, token: str, user: str) -> tuple[Company, Invitation]:
    """The company that a link invites ``user`` to.

    Raises:
        LinkRefused: cut, forged, used, taken back, too old or for another account.
    """
    subject = verify(await context.link_key.read(), PURPOSE, token, context.clock.now())
    company_id, _, invitation_id = subject.partition(":")
    company = await context.companies.load(company_id)
    return company, company.invited(invitation_id, user, context.clock.now())


async def accept(context: Context, token: str, user: str, points: ContactPoints | None) -> Company:
    """``user`` acts for the company from now on, reached as they say themselves."""

    async def once() -> Company:
        company, invitation = await invited(context, token, user)
        company.join(invitation.id, user, context.clock.now())
        work = Work(context.new_id)
        context.companies.save(work, company)
        await reached(context, work, company, user, points)
        await commit(context, work)
        return company

    return await context.store.retry_conflicts(once)


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


async def remove(context: Context, company_id: str, user: str) -> None:
    """Somebody no longer acts for the company. Their inbox is theirs: notifications is told of an emptied contact, and
    never of an erasure.
    """

    async def once() -> None:
        now = context.clock.now()
        company = await context.companies.load(company_id)
        company.remove_user(user, now)
        work = Work(context.new_id)
        context.companies.save(work, company)
        contact = await context.contacts.find(user)
        if contact is not None and company.id in contact.company_ids:
            contact.leave(company.id, now)
            context.contacts.save(work, contact)
        await commit(context, work)

    await context.store.retry_conflicts(once)


async def commit(context: Context, work: Work) -> None:
    """Commit; what is written for the first time twice at once is a conflict like any other."""
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        if taken.extra.get("unique") not in (["_id"], ["slot"]):
            raise
        raise VersionConflict("This was written by somebody else in the meantime.") from None


async def _commit(context: Context, company: Company) -> None:
    work = Work(context.new_id)
    context.companies.save(work, company)
    await context.store.commit(work)
