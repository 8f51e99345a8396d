"""Commands on offers: deposit, change, publish and the rest of their life."""

from collections.abc import Callable

from services.offers.commands import duplicates
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM, Actor
from services.offers.domain.application import Application
from services.offers.domain.application_rules import OPEN, RefusalReason
from services.offers.domain.company import Company, CompanyStatus
from services.offers.domain.content import OfferContent, OfferInput, contract_errors
from services.offers.domain.errors import CompanySuspended, OfferDiscriminates, OfferIncomplete
from services.offers.domain.life import ENDED, Outcome
from services.offers.domain.linter import Draft, Report, lint
from services.offers.domain.offer import LifeEntry, Offer
from services.offers.domain.place import settle
from services.offers.store import put_application, put_offer
from shared import civil
from shared.contracts.vocabulary import ApplicationStatus, OfferSource
from shared.errors import FieldError
from shared.http import check_version
from shared.store import Work


def check_content(context: Context, given: OfferInput) -> tuple[OfferContent, str, Report]:
    """The content with its place and occupation looked up, its territory, and the linter's report.

    Raises:
        UnusablePlace: no commune or a wrong point.
        OfferIncomplete: kind and contract contradict each other.
        OfferDiscriminates: the text holds what the law forbids.
    """
    where = given.place
    place, territory = settle(context.communes, where.commune_code, where.point, where.name, where.postcode)
    wrong = contract_errors(given)
    if wrong:
        raise OfferIncomplete("Le contrat ne va pas avec cette opportunité.", errors=wrong)
    content = given.settled(place)
    if content.occupation_code and not content.occupation_label:
        known = context.occupations.get(content.occupation_code)
        if known is not None:
            content = content.model_copy(update={"occupation_label": known.label})
    report = lint_content(content)
    if report.refusals:
        raise OfferDiscriminates(
            "Le texte contient ce que la loi interdit dans une offre.",
            errors=[finding.as_error() for finding in report.refusals],
        )
    return content, territory, report


def lint_content(content: OfferContent | OfferInput) -> Report:
    """What the linter says of the text."""
    return lint(
        Draft(
            content.title,
            content.description,
            content.kind,
            content.legal_basis,
            content.shifts,
            content.declared_schedule,
            content.weekly_hours,
            content.salary,
        )
    )


async def deposit(
    context: Context, company: Company, given: OfferInput, by: Actor, source: OfferSource
) -> tuple[Offer, Report]:
    """A new draft of the company."""
    if company.status is CompanyStatus.SUSPENDED:
        raise CompanySuspended("Cette entreprise est suspendue : elle ne dépose pas d'offre.", company_id=company.id)
    content, territory, report = check_content(context, given)
    now = context.clock.now()
    offer = Offer(
        id=context.new_id(),
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
    await put_offer(context.store, work, offer)
    await context.store.commit(work)
    return offer, report


async def change(context: Context, offer: Offer, given: OfferInput, by: Actor, expected: int | None) -> Report:
    """Replace the content; the caller says which version it read."""
    check_version(expected, offer.version)
    content, territory, report = check_content(context, given)
    offer.revise(content, territory, by, context.clock.now())
    linked = await duplicates.settle(context, offer) if offer.shown else []
    await save(context, offer, *(other for other in linked if other.id != offer.id))
    return report


async def publish(context: Context, offer: Offer, company: Company, by: Actor) -> None:
    """Publish, or submit for approval when the company is not vetted yet."""
    if company.status is CompanyStatus.SUSPENDED:
        raise CompanySuspended("Cette entreprise est suspendue : elle ne publie pas d'offre.", company_id=company.id)
    content = offer.content
    now = context.clock.now()
    if content.apply_by is not None and content.apply_by < civil.today(offer.locality, now):
        raise OfferIncomplete(
            "La date limite est passée.",
            errors=[FieldError("apply_by", "in_the_past", "La date limite de candidature est passée.")],
        )
    report = lint_content(content)
    if report.refusals:
        raise OfferDiscriminates(
            "Le texte contient ce que la loi interdit dans une offre.",
            errors=[finding.as_error() for finding in report.refusals],
        )
    offer.company = company.card()
    offer.publish(by, now, context.life, vetted=company.status is CompanyStatus.APPROVED)
    linked = await duplicates.settle(context, offer) if offer.shown else []
    await save(context, offer, *(other for other in linked if other.id != offer.id))


async def save(context: Context, offer: Offer, *linked: Offer) -> None:
    """Commit an offer; what hangs on its end (open applications, hidden duplicates) goes with it."""
    work = Work(context.new_id)
    for other in linked:
        await put_offer(context.store, work, other)
    await put_offer(context.store, work, offer)
    if offer.status in ENDED and offer.history[-1].what != "archived":
        await close_applications(context, work, offer)
    if not offer.shown and offer.published_at is not None and offer.loaded_version:
        await release_duplicates(context, work, offer)
    await context.store.commit(work)


async def close_applications(context: Context, work: Work, offer: Offer, keep: str | None = None) -> None:
    """An offer that ended answers those who still wait: refused by the platform, which is no reply of the employer."""
    waiting = await context.store.find_many(
        Application,
        "applications",
        {"offer_id": offer.id, "status": {"$in": [state.value for state in OPEN]}, "_id": {"$ne": keep}},
    )
    now = context.clock.now()
    filled = offer.outcome in (Outcome.FILLED_THROUGH_US, Outcome.FILLED_ELSEWHERE)
    reason = RefusalReason.POSITION_FILLED if filled else RefusalReason.OFFER_CLOSED
    for application in waiting:
        application.advance(ApplicationStatus.REFUSED, SYSTEM, now, reason=reason, policy=context.rules)
        put_application(work, application)


async def release_duplicates(context: Context, work: Work, offer: Offer) -> None:
    """What was hidden behind this offer is shown again: the first of them, with the others behind it."""
    hidden = await context.store.find_many(Offer, "offers", {"canonical_offer_id": offer.id}, sort=(("created_at", 1),))
    alive = [other for other in hidden if other.status not in ENDED]
    now = context.clock.now()
    for index, other in enumerate(alive):
        other.link_to(alive[0].id if index else None, SYSTEM, now)
        await put_offer(context.store, work, other)


async def act(context: Context, offer_id: str, decide: Callable[[Offer], object]) -> Offer:
    """Load, decide, save; repeated while others change the same offer, so that two at once do no harm."""

    async def once() -> Offer:
        offer = await context.store.load(Offer, "offers", offer_id, "offer")
        before = offer.version
        decide(offer)
        if offer.version != before:
            await save(context, offer)
        return offer

    return await context.store.retry_conflicts(once)
