"""Commands on companies: registration, moderation, users."""

from services.offers.commands.members import commit, reached
from services.offers.commands.offers import save
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.company import Company, CompanyDetails, CompanyStatus, Moderation, checked
from services.offers.domain.contact import ContactPoints
from services.offers.domain.errors import CompanyKnown
from services.offers.domain.life import Reason
from services.offers.domain.offer import Offer
from services.offers.domain.text import key_of
from shared.contracts.vocabulary import OfferStatus
from shared.errors import AlreadyExists
from shared.store import Work

# More live offers than this at once are refreshed by the job rather than while somebody waits.
_AT_ONCE = 500


async def register(
    context: Context, details: CompanyDetails, territory: str, by: Actor, points: ContactPoints | None
) -> Company:
    """A new company: vetted at once when a manager registers it, waiting for one otherwise.

    ``points``: how the employer who registers it is reached.

    Raises:
        InvalidSiret: the number is wrong.
        CompanyKnown: another company has it; its users or a manager can invite the caller.
    """
    details = checked(details)
    now = context.clock.now()
    vetted = by.party is Party.MANAGER
    company = Company(
        id=context.new_id(),
        territory=territory,
        created_at=now,
        updated_at=now,
        details=details,
        siret=details.siret,
        name_key=key_of(details.name),
        status=CompanyStatus.APPROVED if vetted else CompanyStatus.PENDING,
        users=() if vetted else (by.id,),
        moderation=(Moderation(at=now, by=by.id, status=CompanyStatus.APPROVED),) if vetted else (),
    )
    company.touch(now)

    async def once() -> None:
        work = Work(context.new_id)
        context.companies.save(work, company)
        if not vetted:
            await reached(context, work, company, by.id, points)
        await commit(context, work)

    try:
        await context.store.retry_conflicts(once)
    except AlreadyExists as taken:
        if "siret" not in taken.extra.get("unique", ()):
            raise
        raise CompanyKnown(
            "Une entreprise avec ce SIRET est déjà inscrite : demandez à l'un de ses utilisateurs ou à un gestionnaire "
            "de vous y inviter.",
            siret=details.siret,
        ) from None
    return company


async def moderate(context: Context, company: Company, status: CompanyStatus, by: Actor, reason: str) -> int:
    """Approve: pending offers go live. Suspend: live ones go out of sight. Returns how many offers followed."""
    now = context.clock.now()
    company.moderate(status, by.id, now, reason)
    work = Work(context.new_id)
    context.companies.save(work, company)
    template = "company_approved" if status is CompanyStatus.APPROVED else "company_suspended"
    context.notify(work, company.territory, company.users, template, {"company": company.details.name})
    await context.store.commit(work)
    return await follow(context, company, by, reason)


async def follow(context: Context, company: Company, by: Actor, reason: str = "") -> int:
    """Bring the company's offers in line with its moderation; repeating it finds nothing more to do."""
    now = context.clock.now()
    if company.status is CompanyStatus.PENDING:
        return 0
    approved = company.status is CompanyStatus.APPROVED
    wanted = (OfferStatus.PENDING, OfferStatus.SUSPENDED) if approved else (OfferStatus.PUBLISHED,)
    offers = await context.store.find_many(
        Offer, "offers", {"company.id": company.id, "status": {"$in": [state.value for state in wanted]}}
    )
    followed = 0
    for offer in offers:
        if offer.status is OfferStatus.PENDING:
            offer.publish(by, now, context.life, vetted=True)
        elif offer.status is OfferStatus.PUBLISHED:
            offer.suspend(by, Reason.MODERATION, now, reason)
        elif offer.suspended_because is Reason.MODERATION:
            offer.confirm(by, now, context.life)
        else:
            continue
        await save(context, offer)
        followed += 1
    return followed


async def settle(context: Context) -> int:
    """Finish moderations that a crash cut short between the company and its offers; returns how many offers followed."""
    waiting = await context.store.collection("offers").distinct("company.id", {"status": OfferStatus.PENDING.value})
    wanted = {
        "$or": [
            {"_id": {"$in": waiting}, "status": CompanyStatus.APPROVED.value},
            {"status": CompanyStatus.SUSPENDED.value},
        ]
    }
    followed = 0
    for company in await context.companies.many(wanted):
        followed += await follow(context, company, SYSTEM)
    return followed


async def change(context: Context, company: Company, details: CompanyDetails) -> None:
    """New details; the public card of the company's live offers follows."""
    now = context.clock.now()
    company.details = checked(details)
    company.siret = company.details.siret
    company.name_key = key_of(company.details.name)
    company.touch(now)
    work = Work(context.new_id)
    context.companies.save(work, company)
    await context.store.commit(work)
    await refresh_cards(context, company)


async def refresh_cards(context: Context, company: Company) -> int:
    """Show the company as it is now on its live offers."""
    live = [OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value]
    offers = await context.store.find_many(
        Offer, "offers", {"company.id": company.id, "status": {"$in": live}}, limit=_AT_ONCE
    )
    changed = 0
    for offer in offers:
        if offer.take_card(company.card(), context.clock.now()):
            await save(context, offer)
            changed += 1
    return changed
