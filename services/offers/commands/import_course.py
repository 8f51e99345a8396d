"""Whether an import goes on, what it leaves open, and what it closes."""

from typing import Any

from services.offers.commands.import_report import REPLACED, Report, RowResult
from services.offers.commands.offers import save
from services.offers.commands.own_rows import acting_for
from services.offers.context import Context
from services.offers.domain.errors import ActsNoMore
from services.offers.domain.imports.scope import Scope
from services.offers.domain.imports.sheets.over import Ends
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
    rows = context.store.collection("offers").find(_live(report.scope), {"feed.external_id": 1})
    gone = [row["_id"] async for row in rows if row["feed"]["external_id"] not in present]
    for offer_id in gone:
        await _close(context, report, offer_id)


async def close_ended(context: Context, report: Report, present: set[str]) -> None:
    """Close what rows say themselves is over (``said_to_end``), and tell it with them."""
    for offer_id, row in (await said_to_end(context, report, present)).items():
        if await _close(context, report, offer_id):
            row.close(offer_id, preview=False)


async def said_to_end(context: Context, report: Report, present: set[str]) -> dict[str, RowResult]:
    """The live offers of the report's feed that its rows end, with the rows. None that another row still offers (``present``),
    and none with several open positions of which a row says no more than «pourvu».
    """
    saying = {row.external_id: row for row in report.rows if row.ends and row.external_id not in {None, *present}}
    if not saying:
        return {}
    wanted = {**_live(report.scope), "feed.external_id": {"$in": sorted(filter(None, saying))}}
    offers = await context.offers.many(wanted)
    found = {offer.id: (offer, saying[offer.feed.external_id]) for offer in offers if offer.feed is not None}
    return {id: row for id, (offer, row) in found.items() if row.ends is Ends.OFFER or offer.positions_open <= 1}


def _live(scope: Scope) -> dict[str, Any]:
    wanted: dict[str, Any] = {"feed.partner": scope.partner, "status": {"$in": list(_ALIVE)}}
    if scope.territories is not None:
        wanted["territory"] = {"$in": sorted(scope.territories)}
    return wanted


async def _close(context: Context, report: Report, offer_id: str) -> bool:
    """Whether it was open until now. Once the import has ended nothing is closed any more."""
    if report.stopped is not None:
        return False
    if (why := await ended(context, report)) is not None:
        report.stop(why)
        return False

    async def once() -> bool:
        offer = await context.offers.load(offer_id)
        if offer.status.value not in _ALIVE:
            return False
        # The feed brings it back when it delivers it again.
        offer.close(Outcome.VANISHED_FROM_FEED, report.scope.actor, context.clock.now())
        await save(context, offer)
        return True

    closed = await context.store.retry_conflicts(once)
    if closed:
        report.closed.append(offer_id)
    return closed
