"""Wishes of the clauses desks: heard, confirmed as a reserved offer with one call, or declined."""

from services.offers.commands.checking import check_content, status_of
from services.offers.commands.offers import deposit, publish
from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.clause_request import ClauseRequest, Confirmation, RequestStatus
from services.offers.domain.company import Company
from services.offers.domain.errors import OfferIncomplete
from services.offers.domain.offer import Offer
from services.offers.domain.visibility import may_show
from shared.auth import Principal, Role
from shared.contracts.events.clauses import OfferRequestState
from shared.contracts.vocabulary import OfferSource, OfferStatus
from shared.errors import AlreadyExists, NotFound, TransitionRefused, VersionConflict, refused_field
from shared.kafka.envelope import Event
from shared.store import Work

DECIDERS = (Role.FACILITATOR, Role.MANAGER)


async def hear(context: Context, event: Event[OfferRequestState]) -> None:
    """Take over a newer state of a wish. A tombstone of one that nobody decided on takes it away."""
    state = event.data

    async def once() -> None:
        known = await context.clause_requests.find(event.key)
        now = context.clock.now()
        work = Work(context.new_id)
        if state is None:
            if known is not None and known.status is RequestStatus.OPEN:
                work.delete("clause_requests", {"_id": known.id})
                work.touch("clause_requests", known.id, known.version)
        elif known is None:
            context.clause_requests.save(work, ClauseRequest.of(state, event.sequence, now))
        elif known.hear(state, event.sequence, now):
            context.clause_requests.save(work, known)
        try:
            await context.store.commit(work)
        except AlreadyExists:
            raise VersionConflict("Cette demande vient d'être traitée par quelqu'un d'autre.") from None

    await context.store.retry_conflicts(once)


async def confirm(context: Context, principal: Principal, request_id: str, given: Confirmation) -> Offer:
    """Make the offer and publish it. Said again, also after half of it was done, it is the same offer.

    Raises:
        NotFound: no such request, or another territory's.
        TransitionRefused: it was declined, or is wished for no longer.
        OfferIncomplete, UnusablePlace, OfferDiscriminates, CompanySuspended: naming the fields.
    """
    by = Actor(principal.subject, Party.MANAGER)
    request = await load(context, principal, request_id)
    offer = await context.offers.find(request.id)
    if offer is None:
        # Everything is refused before anything is said.
        company = await _company(context, request, given.company_id)
        may_show(status_of(company), by, held=False, published_before=False)
        asked = request.offer(given)
        check_content(context, asked)
        await _say_yes(context, principal, request_id)
        try:
            offer, _ = await deposit(context, company.id, asked, lambda _: by, OfferSource.COLLECTED, id=request.id)
        except AlreadyExists:  # two said yes at once
            offer = await context.offers.load(request.id)
    if offer.status is OfferStatus.DRAFT:
        try:
            offer = await publish(context, offer.id, lambda *_: by)
        except TransitionRefused:  # the other one published it in between
            offer = await context.offers.load(request.id)
    return offer


async def _say_yes(context: Context, principal: Principal, request_id: str) -> None:
    async def once() -> None:
        request = await load(context, principal, request_id)
        if request.status is not RequestStatus.CONFIRMED:
            request.confirm(principal.subject, context.clock.now())
            work = Work(context.new_id)
            context.clause_requests.save(work, request)
            await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def decline(context: Context, principal: Principal, request_id: str, reason: str) -> ClauseRequest:
    """No offer is made of it.

    Raises:
        NotFound, TransitionRefused: see the names.
    """

    async def once() -> ClauseRequest:
        request = await load(context, principal, request_id)
        request.decline(principal.subject, reason, context.clock.now())
        work = Work(context.new_id)
        context.clause_requests.save(work, request)
        await context.store.commit(work)
        return request

    return await context.store.retry_conflicts(once)


async def load(context: Context, principal: Principal, request_id: str) -> ClauseRequest:
    """A request of one of the caller's territories.

    Raises:
        NotFound: no such request, or another territory's: the same for both.
    """
    found = await context.clause_requests.find(request_id)
    if found is None or not principal.is_staff_of(found.territory, *DECIDERS):
        raise NotFound("Cette demande n'existe pas.", id=request_id)
    return found


async def _company(context: Context, request: ClauseRequest, wanted: str | None) -> Company:
    """The employer: the one that is named, or the only contractor that is known here by its id or by the SIRET that a manager
    looked at: who merely claims a number gets nobody's posts.
    """
    territory = {"territory": request.territory}
    if wanted is not None:
        named = await context.companies.many({"_id": wanted, **territory})
        if not named:
            message = "Cette entreprise n'existe pas dans ce département."
            raise refused_field(OfferIncomplete, "company_id", "unknown-company", message)
        return named[0]
    ids = list(request.contractor_ids)
    found = await context.companies.many({"$or": [{"_id": {"$in": ids}}, {"vetted.siret": {"$in": ids}}], **territory})
    if len(found) != 1:
        message = "Dites quelle entreprise recrute : le marché ne désigne pas un employeur connu ici."
        raise refused_field(OfferIncomplete, "company_id", "required", message)
    return found[0]
