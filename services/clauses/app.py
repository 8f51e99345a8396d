"""Composition root of the clauses service."""

from services.clauses.api import (
    alerts,
    amendment_drafts,
    authorities,
    categories,
    changes,
    contracts,
    drafts,
    employments,
    hires,
    hours,
    invitations,
    members,
    participants,
    pathways,
    persons,
    procurement,
    reports,
    sheets,
    suppliers,
    trail,
)
from services.clauses.consumers import READ_MODELS, subscriptions
from services.clauses.context import Context
from services.clauses.domain.contract import UPDATED, Contract
from services.clauses.domain.offer_request import OfferRequest
from services.clauses.jobs import jobs_of
from services.clauses.procurement.files import MAX_BYTES
from services.clauses.settings import ClausesSettings
from services.clauses.store import COLLECTIONS
from shared.contracts.topics import CLAUSE_CONTACTS, CONTRACTS, OFFER_REQUESTS
from shared.invitations import LinkKey, guests
from shared.invitations.guests import Guest
from shared.reference.communes import Communes
from shared.service import Parts, Resync, Runtime, Service


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    context = Context(
        settings=runtime.settings,
        store=runtime.store,
        clock=runtime.clock,
        new_id=runtime.new_id,
        communes=Communes.load(),
        link_key=LinkKey(runtime.store, runtime.settings.link_secret),
    )
    return Parts(
        context=context,
        routers=(
            authorities.router,
            contracts.router,
            changes.router,
            hours.router,
            participants.router,
            persons.router,
            pathways.router,
            categories.router,
            employments.router,
            reports.router,
            members.router,
            invitations.router,
            sheets.router,
            procurement.router,
            alerts.router,
            hires.router,
            drafts.imports,
            drafts.router,
            amendment_drafts.router,
            trail.router,
            suppliers.router,
            suppliers.imports,
        ),
        subscriptions=subscriptions(context),
        read_models=READ_MODELS,
        jobs=jobs_of(context),
        body_limits={"/v1/contract-imports": MAX_BYTES, "/v1/supplier-imports": MAX_BYTES},
        resync=(
            Resync("offer_requests", OfferRequest, OFFER_REQUESTS, lambda request: request.told_as),
            Resync("contracts", Contract, CONTRACTS, lambda contract: UPDATED),
            Resync(
                "guests",
                Guest,
                CLAUSE_CONTACTS,
                lambda _: guests.CONTACT,
                guests.settling("authorities", "contractors"),
            ),
        ),
    )


SERVICE = Service(
    name="clauses",
    title="Bassin: clauses",
    description="Social clauses: contracting authorities, contracts, objectives and the ledger of insertion hours.",
    settings=ClausesSettings,
    collections=COLLECTIONS,
    compose=compose,
)
