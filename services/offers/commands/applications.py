"""Commands on applications: apply, introduce, invite, and each step towards an outcome."""

from datetime import timedelta
from typing import Any

from services.offers.commands.offers import close_applications
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.application import Application, slot_of
from services.offers.domain.application_rules import OPEN
from services.offers.domain.company import Company
from services.offers.domain.errors import (
    AlreadyApplied,
    NotReservedFor,
    OfferNotOpen,
    TooManyApplications,
    TooManyInvitations,
)
from services.offers.domain.life import COMMANDS
from services.offers.domain.offer import Offer
from services.offers.store import put_application, put_offer
from shared.contracts.vocabulary import ApplicationOrigin, ApplicationStatus, OfferStatus
from shared.errors import AlreadyExists
from shared.store import Work

_DAY = timedelta(days=1)


async def submit(
    context: Context,
    offer: Offer,
    someone: dict[str, Any],
    by: Actor,
    message: str = "",
    recommendation_id: str | None = None,
    obsolete_others: bool = False,
) -> Application:
    """An application of the person, by themselves or by who accompanies them; an invitation when the employer acts.

    Raises:
        OfferNotOpen: not published or no open position.
        AlreadyApplied: they have one already (409 names it).
        NotReservedFor: a reserved offer, and the profile lacks the flag.
        TooManyApplications, TooManyInvitations: limits of a day.
    """
    invited = by.party is Party.EMPLOYER
    if offer.status is not OfferStatus.PUBLISHED or offer.positions_open == 0:
        raise OfferNotOpen(
            "This offer takes no applications now.",
            offer_status=offer.status.value,
            allowed=sorted(COMMANDS[offer.status]),
        )
    if offer.canonical_offer_id is not None:
        raise OfferNotOpen(
            "This offer is shown under another one: apply there.",
            canonical_offer_id=offer.canonical_offer_id,
            allowed=[],
        )
    reserved = {public.value for public in offer.content.reserved_publics}
    if reserved and not reserved & set(someone.get("reserved_eligible", ())):
        raise NotReservedFor("Cette offre est réservée à des publics dont ce profil ne fait pas partie.")
    now = context.clock.now()
    profile_id = str(someone["_id"])
    await _limits(context, offer, profile_id, invited=invited)
    origin = {Party.SEEKER: ApplicationOrigin.SEEKER, Party.EMPLOYER: ApplicationOrigin.EMPLOYER}.get(
        by.party, ApplicationOrigin.COUNSELLOR
    )
    helped = origin is ApplicationOrigin.COUNSELLOR
    application = Application(
        id=context.new_id(),
        territory=offer.territory,
        created_at=now,
        updated_at=now,
        offer_id=offer.id,
        company_id=offer.company.id,
        profile_id=profile_id,
        offer_title=offer.content.title,
        origin=origin,
        status=ApplicationStatus.INVITED if invited else ApplicationStatus.SUBMITTED,
        message=message,
        acted_by=by.id if helped else None,
        on_behalf_of=profile_id if helped else None,
        recommendation_id=recommendation_id,
        submitted_at=now,
        obsolete_others=obsolete_others,
    )
    application.submit(by, now)
    work = Work(context.new_id)
    put_application(work, application)
    if not invited:  # the person invited is told by the application's own event
        await _tell_employer(context, work, offer, "application_received")
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise await _already(context, offer.id, profile_id) from None
    return application


async def _limits(context: Context, offer: Offer, profile_id: str, *, invited: bool) -> None:
    applications = context.store.collection("applications")
    since = {"$gt": context.clock.now() - _DAY}
    if invited:
        sent = await applications.count_documents(
            {"offer_id": offer.id, "origin": ApplicationOrigin.EMPLOYER.value, "created_at": since}
        )
        if sent >= context.rules.invitations_per_offer_a_day:
            raise TooManyInvitations(f"{sent} personnes ont été invitées à cette offre depuis hier.", limit=sent)
        return
    sent = await applications.count_documents(
        {"profile_id": profile_id, "origin": {"$ne": ApplicationOrigin.EMPLOYER.value}, "created_at": since}
    )
    if sent >= context.rules.per_person_a_day:
        raise TooManyApplications(f"{sent} candidatures depuis hier : reprenez demain.", limit=sent)


async def _already(context: Context, offer_id: str, profile_id: str) -> AlreadyApplied:
    known = await context.store.find_one(Application, "applications", {"slot": slot_of(offer_id, profile_id)})
    return AlreadyApplied(
        "This person has an application to this offer already.",
        application_id=known.id if known else None,
        application_status=known.status.value if known else None,
    )


async def _tell_employer(context: Context, work: Work, offer: Offer, template: str) -> None:
    company = await context.store.find_one(Company, "companies", {"_id": offer.company.id})
    recipients = company.users if company and company.users else ()
    if not recipients and offer.feed is None:
        recipients = (offer.deposited_by,)
    params = {"offer_title": offer.content.title, "company": offer.company.name}
    context.notify(work, offer.territory, recipients, template, params)


async def advance(context: Context, application: Application, to: ApplicationStatus, by: Actor, **details: Any) -> None:
    """Take a step; a hire fills a position (the last one ends the offer), and frees the person where they said so."""
    now = context.clock.now()
    application.advance(to, by, now, policy=context.rules, **details)
    work = Work(context.new_id)
    put_application(work, application)
    if to is ApplicationStatus.HIRED:
        offer = await context.store.find_one(Offer, "offers", {"_id": application.offer_id})
        if offer is not None and offer.positions_open and "fill" in COMMANDS[offer.status]:
            offer.fill(1, by, now, through_us=True)
            await put_offer(context.store, work, offer)
            if offer.status is OfferStatus.FILLED:
                await close_applications(context, work, offer, keep=application.id)
        if application.obsolete_others:
            await _free(context, work, application)
    await context.store.commit(work)


async def accept(context: Context, application: Application, by: Actor, *, obsolete_others: bool) -> int:
    """The seeker accepts; returns how many other open applications became obsolete because they said so."""
    application.accept(by, context.clock.now(), obsolete_others=obsolete_others)
    work = Work(context.new_id)
    put_application(work, application)
    freed = await _free(context, work, application) if application.obsolete_others else 0
    await context.store.commit(work)
    return freed


async def _free(context: Context, work: Work, application: Application) -> int:
    others = await context.store.find_many(
        Application,
        "applications",
        {
            "profile_id": application.profile_id,
            "_id": {"$ne": application.id},
            "status": {"$in": [state.value for state in OPEN]},
        },
    )
    already = {save.aggregate.id for save in work.saves}
    freed = [other for other in others if other.id not in already]
    for other in freed:
        other.advance(ApplicationStatus.OBSOLETE, SYSTEM, context.clock.now(), policy=context.rules)
        put_application(work, other)
    return len(freed)


async def save(context: Context, application: Application) -> None:
    """Commit an application alone."""
    work = Work(context.new_id)
    put_application(work, application)
    await context.store.commit(work)
