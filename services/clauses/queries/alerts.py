"""Reads what a day's findings of a contract are made of, and who is told."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from services.clauses import store
from services.clauses.context import Context
from services.clauses.domain.alerts import LATE_SINCE_DAYS, Known
from services.clauses.domain.amendment_draft import AmendmentDraftStatus
from services.clauses.domain.contract import Contract
from services.clauses.domain.contractor import contractor_key
from services.clauses.queries import employed
from services.clauses.queries.known import decisions_of
from services.clauses.queries.totals import bring_into_step
from shared.store import decode

_LAST_HOURS_DAYS = LATE_SINCE_DAYS + 62
"""Of the last day of a contract until its hours are told as late no longer."""


def watched(latest: date) -> Mapping[str, Any]:
    """The query of contracts that there may be something to tell of; ``latest`` is the day where it began first."""
    since = (latest - timedelta(days=_LAST_HOURS_DAYS)).isoformat()
    return {"terms.starts_on": {"$lte": latest.isoformat()}, "terms.ends_on": {"$gte": since}}


async def known_of(context: Context, contract: Contract) -> Known:
    """Everything that is found on a contract comes out of this, in a fixed number of queries."""
    if not contract.in_step:
        await bring_into_step(context, contract.id)
    query = {"contract_id": contract.id}
    participants = await context.participants.many(query, limit=store.MOST_PEOPLE)
    totals = context.store.collection("month_totals").find(query, {"_id": 0, "month": 1, "declared": 1})
    decided = await decisions_of(context, contract, *(one.participant_id for one in participants))
    employments = await employed.employments_of(context.store, contract.id)
    return Known(
        employments=employments,
        declared=await employed.declared_months(context.store, contract.id, employments),
        declared_by=await store.months_declared_by(context.store, contract.id),
        hours={row["month"]: row["declared"].to_decimal() async for row in totals},
        participants=participants,
        last_months=await _last_months(context, contract.id),
        decisions=decided.decisions,
        first_hired=decided.first_hired,
        modifications=await context.amendment_drafts.ids({**query, "status": AmendmentDraftStatus.OPEN.value}),
    )


async def _last_months(context: Context, contract_id: str) -> dict[str, str]:
    fields = {"participant_id": 1, "declared_by_month": 1}
    found = {}
    async for row in context.store.collection("presences").find({"contract_id": contract_id}, fields):
        months = [month for month, hours in decode(row["declared_by_month"]).items() if hours > 0]
        if months:
            found[row["participant_id"]] = max(months)
    return found


async def users_of_contractors(context: Context, contract: Contract, contractors: Iterable[str]) -> list[str]:
    """Accounts that act for contractors in the contract's territory."""
    keys = [contractor_key(contract.territory, one) for one in contractors]
    found = await context.contractors.many({"_id": {"$in": keys}})
    return sorted({user for one in found for user in one.users})


async def users_of_authority(context: Context, contract: Contract) -> list[str]:
    """Accounts that act for the contract's buyer."""
    found = await context.authorities.find(contract.authority_id)
    return [] if found is None else sorted(found.users)
