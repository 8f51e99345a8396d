"""Commands on offers: deposit, change, publish and the rest of their life."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from services.offers.commands import duplicates, interviews
from services.offers.commands.checking import check_content, check_publishable, check_reserved, status_of
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor, Party
from services.offers.domain.application import Application
from services.offers.domain.application_rules import OPEN, RefusalReason
from services.offers.domain.company import Company, CompanyStatus
from services.offers.domain.content import OfferInput
from services.offers.domain.errors import CompanySuspended
from services.offers.domain.life import ENDED, Outcome, Reason
from services.offers.domain.lifetime import LifeEntry
from services.offers.domain.linter import Report
from services.offers.domain.offer import Offer
from shared.contracts.vocabulary import ApplicationStatus, Notice, OfferSource, OfferStatus
from shared.errors import FieldError, Refused
from shared.http import Expected, check_version
from shared.store import Reading, Work

Decision: TypeAlias = Callable[[Offer, Company | None], object]
"""A change of an offer; its company is handed in (None: one that only a partner's feed names)."""


async def deposit(
    context: Context,
    company_id: str,
    given: OfferInput,
    side: Callable[[Company], Actor],
    source: OfferSource,
    *,
    id: str | None = None,
) -> tuple[Offer, Report]:
    """A new draft of the company. ``side``: who deposits, or a refusal; ``id``: of what it is made of, so it is made once."""

    def draft() -> Reading[tuple[Work, tuple[Offer, Report]]]:
        (found,) = yield [context.companies.by_id(company_id)]
        company = context.companies.made_or_missing(found, company_id)
        by = side(company)
        if company.status is CompanyStatus.SUSPENDED:
            raise CompanySuspended(
                "Cette entreprise est suspendue : elle ne dépose pas d'offre.", company_id=company.id
            )
        check_reserved(company, by, given.reserved_publics)
        content, territory, report = check_content(context, given, company)
        now = context.clock.now()
        offer = Offer(
            id=id or context.new_id(),
            territory=territory,
            created_at=now,
            updated_at=now,
            company=company.card(),
            content=content,
            source=source,
            deposited_by=by.id,
            history=(LifeEntry(at=now, by=by.id, what="deposited"),),
        )
        offer.settle_key()
        offer.touch(now)
        work = Work(context.new_id)
        context.offers.save_draft(work, offer)
        return work, (offer, report)

    return await context.store.decide(draft())


async def change(
    context: Context, offer: Offer, company: Company | None, given: OfferInput, by: Actor, expected: Expected
) -> Report:
    """Replace the content; the caller says which version it read."""
    check_version(expected, offer.version)
    check_reserved(company, by, given.reserved_publics, offer.content.reserved_publics)
    content, territory, report = check_content(context, given, company)
    offer.revise(content, territory, by, context.clock.now())
    await _save_linked(context, offer, company)
    return report


async def publish(context: Context, offer_id: str, side: Callable[[Offer, Company | None], Actor]) -> Offer:
    """Publish, or submit for approval when the company is not vetted yet. ``side``: who publishes, or a refusal."""

    def publication() -> Reading[tuple[Work, tuple[Offer, Mapping[str, int]]]]:
        (found,) = yield [context.offers.by_id(offer_id)]
        offer = context.offers.made_or_missing(found, offer_id)
        asked = duplicates.asked_alike(offer)
        known, *alike = yield [context.companies.by_id(offer.company.id), *([] if asked is None else [asked])]
        company = context.companies.made(known)
        by = side(offer, company)
        if company is None:
            raise Refused(
                "L'offre d'un partenaire est publiée par son flux.",
                errors=[FieldError("offer_id", "from_feed", "Cette offre vient d'un partenaire.")],
            )
        check_publishable(context, offer)
        offer.company = company.card()
        offer.publish(by, context.clock.now(), context.life, company.status)
        others = context.offers.all_made(alike[0]) if alike and offer.shown else []
        links = duplicates.settle_among(context, offer, others)
        work = Work(context.new_id)
        for other in links.changed:
            if other is not offer:
                context.offers.put(work, other, None)
        duplicates.propose(work, links.proposals)
        # Nobody applied to it and nothing is hidden behind it: it was never public.
        context.offers.put(work, offer, company)
        return work, (offer, links.seen)

    offer, seen = await context.store.retry_conflicts(lambda: context.store.decide(publication()))
    if offer.shown:
        # The same job from another source that went live at the same moment did not see this one, nor this one it.
        await relink(context, offer, seen)
    return offer


async def relink(context: Context, offer: Offer, seen: Mapping[str, int]) -> None:
    """Look for duplicates again, now that everybody sees this offer; ``seen``: those that it was compared with."""
    if not await duplicates.others_than(context, offer, seen):
        return

    async def once() -> None:
        current = await context.offers.load(offer.id)
        if current.shown:
            found = await duplicates.settle(context, current)
            if found.changed or found.proposals:
                work = Work(context.new_id)
                await _put_links(context, work, found)
                await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def act(
    context: Context, offer_id: str, decide: Decision, tell: Callable[[Work, Offer, Company | None], None] | None = None
) -> Offer:
    """Load, decide, save; repeated while others change the same offer, so that two at once do no harm."""

    async def once() -> Offer:
        offer = await context.offers.load(offer_id)
        company = await context.companies.find(offer.company.id)
        before = offer.version
        decide(offer, company)
        if offer.version != before:
            work = Work(context.new_id)
            if tell is not None:
                tell(work, offer, company)
            await save(context, offer, company, work)
        return offer

    return await context.store.retry_conflicts(once)


async def send_back(context: Context, offer_id: str, by: Actor, reason: str) -> Offer:
    """A manager returns a pending offer to its author, who is told why."""

    def tell(work: Work, offer: Offer, company: Company | None) -> None:
        params = {"offer_id": offer.id, "offer_title": offer.content.title, "reason": reason}
        context.notify(
            work, offer.territory, company.users if company else (), Notice.OFFER_SENT_BACK, params, about=None
        )

    now = context.clock.now()
    return await act(context, offer_id, lambda offer, _: offer.send_back(by, reason, now), tell)


async def confirm(context: Context, offer_id: str, by: Actor) -> Offer:
    """The offer still stands."""
    now = context.clock.now()
    return await act(context, offer_id, lambda offer, company: offer.confirm(by, now, context.life, status_of(company)))


async def suspend(context: Context, offer_id: str, by: Actor, note: str) -> Offer:
    """Out of sight: by the employer for a while, by a manager until a manager shows it again."""
    now = context.clock.now()
    if by.party is Party.MANAGER:
        return await act(context, offer_id, lambda offer, _: offer.hold(by, now, note))
    return await act(context, offer_id, lambda offer, _: offer.suspend(by, Reason.EMPLOYER, now, note))


async def fill(context: Context, offer_id: str, by: Actor, count: int, *, through_us: bool) -> Offer:
    """Hires outside an application of the platform."""
    now = context.clock.now()
    return await act(context, offer_id, lambda offer, _: offer.fill(count, by, now, through_us=through_us))


async def reopen(context: Context, offer_id: str, by: Actor, count: int) -> Offer:
    """A hire fell through."""
    now = context.clock.now()
    return await act(
        context,
        offer_id,
        lambda offer, company: offer.reopen(by, now, context.life, status_of(company), count=count),
    )


async def close(context: Context, offer_id: str, by: Actor, outcome: Outcome) -> Offer:
    """The offer ended."""
    now = context.clock.now()
    return await act(context, offer_id, lambda offer, _: offer.close(outcome, by, now))


async def withdraw(context: Context, offer_id: str, by: Actor, note: str) -> Offer:
    """The offer is taken back."""
    now = context.clock.now()
    return await act(context, offer_id, lambda offer, _: offer.withdraw(by, now, note))


async def archive(context: Context, offer_id: str, by: Actor) -> Offer:
    """Put away for good."""
    now = context.clock.now()
    return await act(context, offer_id, lambda offer, _: offer.archive(by, now))


async def save(context: Context, offer: Offer, company: Company | None = None, work: Work | None = None) -> None:
    """Commit an offer; what hangs on its end (open applications, hidden duplicates) goes with it.

    ``company``: as in ``Offers.save``.
    """
    work = work or Work(context.new_id)
    await put(context, work, offer, company)
    await context.store.commit(work)
    if offer.status in ENDED:
        await answer_late(context, offer)


async def put(
    context: Context,
    work: Work,
    offer: Offer,
    company: Company | None = None,
    *,
    keep: str | None = None,
    together: Collection[str] = (),
) -> None:
    """With ``work``: an offer and what hangs on its end. ``keep``: an application that is answered otherwise; ``together``:
    offers that the same work takes out of sight, and which stay hidden behind this one.
    """
    await context.offers.save(work, offer, company)
    if offer.status in ENDED:
        for application in await _waiting(context, offer, keep):
            await _answer(context, work, offer, application)
        duplicates.forget_proposals(work, offer)
    if not offer.shown and offer.published_at is not None and offer.loaded_version:
        await release_duplicates(context, work, offer, together)


async def answer_late(context: Context, offer: Offer) -> int:
    """Answer who applied while the offer ended: no new ones come (applying conflicts with any change of the offer), and
    those that came before it are seen from here. Safe to repeat; returns how many.
    """
    late = await _waiting(context, offer)
    for application in late:

        async def once(application_id: str = application.id) -> None:
            current = await context.applications.load(application_id)
            if current.status in OPEN:
                work = Work(context.new_id)
                await _answer(context, work, offer, current)
                await context.store.commit(work)

        await context.store.retry_conflicts(once)
    return len(late)


async def _waiting(context: Context, offer: Offer, keep: str | None = None) -> list[Application]:
    states = [state.value for state in OPEN]
    return await context.applications.many({"offer_id": offer.id, "status": {"$in": states}, "_id": {"$ne": keep}})


async def _answer(context: Context, work: Work, offer: Offer, application: Application) -> None:
    """Refused by the platform, which is no reply of the employer."""
    filled = offer.outcome in (Outcome.FILLED_THROUGH_US, Outcome.FILLED_ELSEWHERE)
    reason = RefusalReason.POSITION_FILLED if filled else RefusalReason.OFFER_CLOSED
    application.advance(ApplicationStatus.REFUSED, SYSTEM, context.clock.now(), reason=reason, policy=context.rules)
    context.applications.save(work, application)
    await interviews.tell(context, work, application)


async def release_duplicates(context: Context, work: Work, offer: Offer, besides: Collection[str] = ()) -> None:
    """What was hidden behind this offer is shown again: the first of them, with the others behind it. Not ``besides``."""
    hidden = await context.offers.many({"canonical_offer_id": offer.id}, sort=(("created_at", 1),))
    # Of a filled one a hire may fall through: it would be open again and hidden.
    filled = [other for other in hidden if other.status is OfferStatus.FILLED and other.id not in besides]
    alive = [other for other in hidden if other.status not in ENDED and other.id not in besides]
    now = context.clock.now()
    for index, other in enumerate([*alive, *filled]):
        other.link_to(alive[0].id if 0 < index < len(alive) else None, SYSTEM, now)
        await context.offers.save(work, other)


async def _save_linked(context: Context, offer: Offer, company: Company | None) -> Mapping[str, int]:
    """Versions of the offers that it was compared with."""
    work = Work(context.new_id)
    found = await duplicates.settle(context, offer) if offer.shown else duplicates.Links()
    await _put_links(context, work, found, besides=offer.id)
    await save(context, offer, company, work)
    return found.seen


async def _put_links(context: Context, work: Work, found: duplicates.Links, besides: str | None = None) -> None:
    for other in found.changed:
        if other.id != besides:
            await context.offers.save(work, other)
    duplicates.propose(work, found.proposals)
