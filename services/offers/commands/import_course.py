"""Whether an import goes on, what it leaves open, and what it closes."""

from typing import Any

from services.offers.commands.import_report import REPLACED, Report
from services.offers.commands.offers import save
from services.offers.commands.own_rows import acting_for
from services.offers.context import Context
from services.offers.domain.errors import ActsNoMore
from services.offers.domain.imports.scope import Scope
from services.offers.domain.life import Outcome
from shared.contracts.vocabulary import OfferStatus
from shared.errors import FieldError

EVERYWHERE = "*"
"""What a partner's own complete feed replaces; a manager's replaces its territories."""
ACTS_NO_MORE = FieldError("row", "acts_no_more", "Vous n'agissez plus pour cette entreprise.")
_REPLACED = FieldError("row", REPLACED, "Un envoi plus récent et complet du même flux remplace celui-ci.")
_ALIVE = (OfferStatus.PUBLISHED.value, OfferStatus.SUSPENDED.value)


def replaces(scope: Scope) -> list[str]:
    """For what a complete feed says all there is, as the log keeps it."""
    return [EVERYWHERE] if scope.territories is None else sorted(scope.territories)


async def ended(context: Context, report: Report) -> FieldError | None:
    """Why no more of an import's rows are taken: who sent an employer's own table acts for it no more; or a later import of the
    feed says that it is complete, so what it does not hold is over and what it holds is newer. None: it goes on.
    """
    scope = report.scope
    try:
        await acting_for(context, scope)
    except ActsNoMore:
        return ACTS_NO_MORE
    whole: list[dict[str, Any]] = [{"replaces": EVERYWHERE}]
    if scope.territories is not None:
        whole.append({"replaces": {"$all": sorted(scope.territories)}})
    later = {"partner": scope.partner, "_id": {"$gt": report.id}, "$or": whole}
    return _REPLACED if await context.store.first("imports", later, {"_id": 1}) is not None else None


async def close_vanished(context: Context, report: Report, present: set[str]) -> None:
    """Close the live offers of the report's feed that are not ``present`` (by external id), while the import goes on."""
    scope = report.scope
    wanted: dict[str, Any] = {"feed.partner": scope.partner, "status": {"$in": list(_ALIVE)}}
    if scope.territories is not None:
        wanted["territory"] = {"$in": sorted(scope.territories)}
    rows = context.store.collection("offers").find(wanted, {"feed.external_id": 1})
    gone = [row["_id"] async for row in rows if row["feed"]["external_id"] not in present]
    for offer_id in gone:
        if (why := await ended(context, report)) is not None:
            report.stop(why)
            return

        async def once(offer_id: str = offer_id) -> bool:
            offer = await context.offers.load(offer_id)
            if offer.status.value not in _ALIVE:
                return False
            offer.close(Outcome.VANISHED_FROM_FEED, scope.actor, context.clock.now())
            await save(context, offer)
            return True

        if await context.store.retry_conflicts(once):
            report.closed.append(offer_id)
