"""Composition root of the offers service."""

import asyncio
from functools import partial
from pathlib import Path

from services.offers.access import still_accompanies, still_shown
from services.offers.api import (
    agenda,
    applications,
    canvassing,
    caseload,
    clause_requests,
    clicks,
    companies,
    company_imports,
    confirmations,
    duplicates,
    feeds,
    imports,
    interviews,
    invitations,
    offers,
    proposals,
    questions,
    reference,
    registrations,
    saved,
    search,
    statistics,
    suggestions,
)
from services.offers.consumers import READ_MODELS, subscriptions
from services.offers.context import Context
from services.offers.domain.agenda import AgendaEvent, AgendaStatus
from services.offers.domain.application import ERASED, Application
from services.offers.domain.company import COMPANY_UPDATED, Company
from services.offers.domain.contact import UserContact
from services.offers.domain.linter_learnt import learnt
from services.offers.domain.offer import Offer
from services.offers.jobs import jobs_of
from services.offers.search.finder import Finder
from services.offers.settings import OffersSettings
from services.offers.store import COLLECTIONS
from shared.contracts.topics import AGENDA, APPLICATIONS, COMPANIES, OFFER_CONTACTS, OFFERS
from shared.contracts.vocabulary import OfferStatus
from shared.invitations import guests
from shared.invitations.guests import Guest
from shared.invitations.key import LinkKey
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations, ReferentialUnusable
from shared.service import Parts, Resync, Runtime, Service
from shared.settings import ConfigurationError

# What a state is published again as, after a broker lost its topics.
_OFFER_EVENTS = {
    OfferStatus.PUBLISHED: "offer-updated.v1",
    OfferStatus.SUSPENDED: "offer-suspended.v1",
    OfferStatus.FILLED: "offer-filled.v1",
    OfferStatus.CLOSED: "offer-closed.v1",
    OfferStatus.WITHDRAWN: "offer-withdrawn.v1",
    OfferStatus.ARCHIVED: "offer-archived.v1",
}


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    settings: OffersSettings = runtime.settings
    try:
        occupations = Occupations.load(Path(settings.rome_file) if settings.rome_file else None)
    except ReferentialUnusable as unusable:
        raise ConfigurationError(f"BASSIN_ROME_FILE is not usable: {unusable}") from None
    communes = Communes.load().searchable()
    finder = Finder(runtime.store, runtime.clock, communes, occupations)
    context = Context(
        settings=settings,
        store=runtime.store,
        clock=runtime.clock,
        new_id=runtime.new_id,
        communes=communes,
        occupations=occupations,
        life=settings.life_policy,
        rules=settings.application_policy,
        link_key=LinkKey(runtime.store, settings.link_secret),
        finder=finder,
    )

    async def warm() -> None:
        """Build the index of job titles before somebody waits for it (2 s with the official referential), and read the linter's
        learnt table.
        """
        await asyncio.to_thread(occupations.warm)
        await asyncio.to_thread(learnt)

    return Parts(
        context=context,
        routers=[
            search.router,
            suggestions.router,
            feeds.router,
            companies.router,
            canvassing.router,
            invitations.router,
            offers.router,
            proposals.router,
            questions.router,
            offers.moderation,
            applications.router,
            caseload.router,
            clicks.router,
            saved.router,
            interviews.router,
            imports.router,
            company_imports.router,
            confirmations.router,
            duplicates.router,
            clause_requests.router,
            agenda.router,
            registrations.router,
            statistics.router,
            reference.router,
        ],
        subscriptions=subscriptions(context),
        read_models=READ_MODELS,
        jobs=jobs_of(context),
        still_accompanies=partial(still_accompanies, context.people),
        still_shown=partial(still_shown, context),
        resync=[
            Resync("offers", Offer, OFFERS, _offer_event),
            Resync("applications", Application, APPLICATIONS, _application_event),
            Resync("agenda", AgendaEvent, AGENDA, _agenda_event),
            Resync("companies", Company, COMPANIES, lambda one: None if one.erased_at else COMPANY_UPDATED),
            Resync("guests", Guest, OFFER_CONTACTS, lambda _: guests.CONTACT, guests.settling("companies")),
            Resync("contacts", UserContact, OFFER_CONTACTS, lambda _: "contact-updated.v1"),
        ],
        # Alerts ask the same search.
        background=[finder.follower.run],
        api_background=[warm, finder.follower.run],
        api_health={"search": finder.follower.health},
        body_limits={"/v1/imports": settings.import_max_bytes},
    )


def _offer_event(offer: Offer) -> str | None:
    return _OFFER_EVENTS.get(offer.status) if offer.published_at is not None and not offer.forgotten else None


def _application_event(application: Application) -> str | None:
    if application.profile_id == ERASED:
        return None
    return "application-advanced.v1" if application.open else "application-closed.v1"


def _agenda_event(agenda: AgendaEvent) -> str | None:
    if agenda.published_at is None:
        return None
    return "agenda-cancelled.v1" if agenda.status is AgendaStatus.CANCELLED else "agenda-updated.v1"


SERVICE = Service(
    name="offers",
    title="Bassin: offers",
    description="Employers, offers and their 15-day life, applications, agenda, statistics.",
    settings=OffersSettings,
    collections=COLLECTIONS,
    compose=compose,
)
