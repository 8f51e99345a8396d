"""Commands on companies: registration, moderation, verification, details."""

import json
from typing import Any

from services.offers.commands import interviews
from services.offers.commands.checking import unverified
from services.offers.commands.members import commit, reached
from services.offers.commands.offers import act, put, save
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.company import (
    Company,
    CompanyDetails,
    CompanyStatus,
    Identity,
    Moderation,
    checked,
)
from services.offers.domain.contact import ContactPoints
from services.offers.domain.errors import CompanyKnown
from services.offers.domain.life import Reason
from services.offers.domain.offer import Offer
from services.offers.domain.text import key_of
from shared.aliases import new_key
from shared.contracts.vocabulary import Notice, OfferSource, OfferStatus, ReservedPublic
from shared.errors import AlreadyExists
from shared.http import forget_answers_to, forget_answers_with
from shared.items import each
from shared.store import Work

_AT_ONCE = 100
"""Offers that change state in the transaction of their company; a larger one would not fit into MongoDB's limits."""
_CARDS = 500
"""More live offers than this at once are refreshed by the job rather than while somebody waits."""


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
        alias_key=new_key(),
        vetted=Identity.of(details) if vetted else None,
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
        raise await _known(context, taken, details.siret) from None
    return company


async def moderate(context: Context, company_id: str, status: CompanyStatus, by: Actor, reason: str) -> Company:
    """Approve: pending offers go live. Suspend: live ones go out of sight, in the same commit as far as one can hold.

    Raises:
        CompanyKnown: nobody acted for it any more, and somebody registered under its number meanwhile.
    """

    async def once() -> Company:
        now = context.clock.now()
        company = await context.companies.load(company_id)
        company.moderate(status, by.id, now, reason)
        work = Work(context.new_id)
        context.companies.save(work, company)
        template = Notice.COMPANY_APPROVED if status is CompanyStatus.APPROVED else Notice.COMPANY_SUSPENDED
        params = {"company_id": company.id, "company": company.details.name}
        context.notify(work, company.territory, company.users, template, params, about=None)
        due = await _due(context, company, limit=_AT_ONCE)
        for offer in due:
            _bring_in_line(context, offer, company, by, reason)
            await put(context, work, offer, together={one.id for one in due})
        try:
            await context.store.commit(work)
        except AlreadyExists as taken:
            raise await _known(context, taken, company.details.siret) from None
        return company

    company = await context.store.retry_conflicts(once)
    if status is CompanyStatus.SUSPENDED:
        for user in company.users:
            # What they were answered holds what people wrote.
            await forget_answers_to(context.store, user)
    await follow(context, company, by, reason)
    await refresh_cards(context, company)
    return company


async def follow(context: Context, company: Company, by: Actor, reason: str = "") -> int:
    """Bring the rest of the company's offers in line with its moderation, and call off the interviews of one that is
    suspended; repeating it finds nothing more to do.
    """
    followed = 0
    for found in await _due(context, company):

        async def once(offer_id: str = found.id) -> bool:
            current = await context.companies.load(company.id)
            offer = next(iter(await _due(context, current, offer_id=offer_id)), None)
            if offer is None:
                return False
            _bring_in_line(context, offer, current, by, reason)
            await save(context, offer, current)
            return True

        followed += await context.store.retry_conflicts(once)
    if company.status is CompanyStatus.SUSPENDED:
        followed += await interviews.call_off(context, company.id)
    return followed


async def _due(context: Context, company: Company, *, limit: int = 0, offer_id: str | None = None) -> list[Offer]:
    """Offers whose state contradicts the company's."""
    wanted: dict[str, Any] = {"company.id": company.id}
    if offer_id is not None:
        wanted["_id"] = offer_id
    if company.status is CompanyStatus.SUSPENDED:
        wanted["status"] = OfferStatus.PUBLISHED.value
    elif company.status is CompanyStatus.APPROVED:
        wanted["$or"] = [
            {"status": OfferStatus.PENDING.value},
            {"status": OfferStatus.SUSPENDED.value, "suspended_because": Reason.COMPANY.value, "held": {"$ne": True}},
        ]
    else:
        return []
    found = await context.offers.many(wanted, limit=limit)
    return [offer for offer in found if not _waits_for_verification(offer, company)]


def _waits_for_verification(offer: Offer, company: Company) -> bool:
    """Whether a feed reserved what is not shown yet to publics that nobody verified the company for: a manager looks at each."""
    from_feed = offer.source is OfferSource.PARTNER and offer.status is OfferStatus.PENDING
    return from_feed and bool(unverified(company, offer.content.reserved_publics))


def _bring_in_line(context: Context, offer: Offer, company: Company, by: Actor, reason: str) -> None:
    now = context.clock.now()
    if offer.status is OfferStatus.PUBLISHED:
        offer.suspend(by, Reason.COMPANY, now, reason)
        return
    offer.take_card(company.card(), now)
    if offer.status is OfferStatus.PENDING:
        offer.publish(by, now, context.life, company.status)
    else:
        offer.confirm(by, now, context.life, company.status)


async def settle(context: Context) -> int:
    """Finish moderations that a crash cut short between the company and its offers; returns how much followed."""
    behind = {
        "$or": [
            {"status": OfferStatus.PENDING.value},
            {"status": OfferStatus.SUSPENDED.value, "suspended_because": Reason.COMPANY.value},
        ]
    }
    waiting = await context.offers.companies_of(behind)
    wanted = {
        "$or": [
            {"_id": {"$in": waiting}, "status": CompanyStatus.APPROVED.value},
            {"status": CompanyStatus.SUSPENDED.value},
        ]
    }
    found = {company.id: company for company in await context.companies.many(wanted)}
    return await each("moderations", found, lambda id: follow(context, found[id], SYSTEM))


async def give_keys(context: Context) -> int:
    """Employers of a release before get their key; returns how many."""

    async def one(company_id: str) -> bool:
        async def once() -> bool:
            company = await context.companies.load(company_id)
            if company.alias_key is not None:
                return False
            company.take_key(new_key(), context.clock.now())
            work = Work(context.new_id)
            context.companies.save(work, company)
            await context.store.commit(work)
            return True

        return await context.store.retry_conflicts(once)

    return await each("alias-keys", await context.companies.ids({"alias_key": None, "erased_at": None}), one)


async def verify(
    context: Context, company_id: str, publics: tuple[ReservedPublic, ...], by: Actor, reason: str
) -> Company:
    """A manager records to whom this structure may reserve offers; what a feed brought and waited for that goes live."""

    async def once() -> Company:
        company = await context.companies.load(company_id)
        company.verify(publics, by.id, context.clock.now(), reason)
        work = Work(context.new_id)
        context.companies.save(work, company)
        await context.store.commit(work)
        return company

    company = await context.store.retry_conflicts(once)
    await follow(context, company, by, reason)
    return company


async def rate(context: Context, company_id: str, reply_rate: float | None, at_least: float) -> bool:
    """Keep how often an employer answers, and show it, when it moved by ``at_least``."""

    async def once() -> Company | None:
        company = await context.companies.find(company_id)
        if company is None or not company.rate(reply_rate, at_least, context.clock.now()):
            return None
        work = Work(context.new_id)
        context.companies.save(work, company)
        await context.store.commit(work)
        return company

    company = await context.store.retry_conflicts(once)
    if company is None:
        return False
    await refresh_cards(context, company)
    return True


async def change(context: Context, company: Company, details: CompanyDetails, by: Actor) -> None:
    """New details; the public card of the company's live offers follows, as far as a manager looked at it. A contact person who
    is taken out is in no answer either that is kept for a repeated request.

    Raises:
        InvalidSiret: the number is wrong.
        CompanyKnown: another company has it. Held it is from approval on, so two may claim it and one gets it.
    """
    details = checked(details)
    if details.siret is not None and await context.companies.holds(details.siret, but=company.id):
        raise await _known(context, AlreadyExists("", unique=["siret"]), details.siret)
    gone = [one for one in company.details.contacts if one not in details.contacts]
    company.revise(details, by, context.clock.now())
    work = Work(context.new_id)
    context.companies.save(work, company)
    try:
        await context.store.commit(work)
    except AlreadyExists as taken:
        raise await _known(context, taken, company.details.siret) from None
    said = {value for one in gone for value in (one.name, one.email, one.phone) if value}
    # As they stand in JSON, whole: «Al» is not in «Alice». A contact may be called «id».
    whole = (json.dumps(value, ensure_ascii=False) for value in said)
    await forget_answers_with(context.store, *whole, of=company.id)
    await refresh_cards(context, company)


async def _known(context: Context, taken: AlreadyExists, siret: str | None) -> AlreadyExists:
    if "siret" not in taken.extra.get("unique", ()):
        return taken
    asked = "à un gestionnaire"
    if siret is not None and await context.companies.has_users(siret=siret):
        asked = "à l'un de ses utilisateurs ou à un gestionnaire"
    return CompanyKnown(
        f"Une entreprise avec ce SIRET est déjà inscrite : demandez {asked} de vous y inviter.", siret=siret
    )


async def refresh_cards(context: Context, company: Company) -> int:
    """Show the company as it is now on its live offers; one that no manager looked at changes nothing that is shown."""
    if company.vetted is None:
        return 0
    live = [OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value]
    changed = 0
    at = context.clock.now()
    for found in await context.offers.many({"company.id": company.id, "status": {"$in": live}}, limit=_CARDS):
        if found.company == company.card():
            continue
        # The company is read again with the offer: the newest card stays, whoever of two refreshes comes last.
        await act(context, found.id, lambda offer, now: offer.take_card(now.card(), at) if now else None)
        changed += 1
    return changed
