"""Composition root of the clauses service."""

from services.clauses.api import authorities, contracts, hours, participants
from services.clauses.consumers import subscriptions
from services.clauses.context import Context
from services.clauses.domain.contract import UPDATED, Contract
from services.clauses.jobs import jobs_of
from services.clauses.settings import ClausesSettings
from services.clauses.store import COLLECTIONS
from shared.contracts.topics import CONTRACTS
from shared.service import Parts, Resync, Runtime, Service


def compose(runtime: Runtime) -> Parts:
    """Wire the service."""
    context = Context(settings=runtime.settings, store=runtime.store, clock=runtime.clock, new_id=runtime.new_id)
    return Parts(
        context=context,
        routers=(authorities.router, contracts.router, hours.router, participants.router),
        subscriptions=subscriptions(context),
        jobs=jobs_of(context),
        resync=(Resync("contracts", Contract, CONTRACTS, lambda contract: UPDATED),),
    )


SERVICE = Service(
    name="clauses",
    title="Bassin: clauses",
    description="Social clauses: contracting authorities, contracts, objectives and the ledger of insertion hours.",
    settings=ClausesSettings,
    collections=COLLECTIONS,
    compose=compose,
)
