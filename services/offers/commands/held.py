"""Of somebody for whom no application may go on (profiles says so, never why): what is open is withdrawn.

Withdrawn, not set aside: an employer is never left with somebody whom they may not read nor answer, and nothing goes back to them
by itself. Whoever may apply again says to what, with what they agree to show.
"""

from services.offers.commands import interviews
from services.offers.commands.members import commit
from services.offers.context import Context
from services.offers.domain.actors import SYSTEM
from services.offers.domain.application_rules import OPEN, WithdrawalReason
from shared.allowance import allowance_of
from shared.contracts.vocabulary import ApplicationStatus, Notice
from shared.store import Work

_AT_ONCE = 50
"""In one transaction."""
_NAMED = 5
"""Offers that the message names; the others are counted."""


async def withdraw_all(context: Context, profile_id: str) -> int:
    """Withdraw what is open of a person who may not apply as far as is known here; they and who accompanies them are told.

    Safe to repeat. Of somebody who may apply again meanwhile nothing is touched. Returns how many were withdrawn.
    """
    await context.store.retry_conflicts(lambda: _overtake(context, profile_id))
    found = 0
    while some := await context.store.retry_conflicts(lambda: _some(context, profile_id)):
        found += some
    return found


async def _overtake(context: Context, profile_id: str) -> None:
    """Who is just applying conflicts with this and looks again whether they may."""
    now = context.clock.now()
    allowance = await allowance_of(context.store, "applications", profile_id, "", now)
    allowance.touch(now)
    work = Work(context.new_id)
    context.allowances.save(work, allowance)
    await commit(context, work)


async def _some(context: Context, profile_id: str) -> int:
    someone = await context.people.find(profile_id) or {}
    if someone.get("erased") or someone.get("may_apply", True):
        return 0
    open_ones = {"profile_id": profile_id, "status": {"$in": [status.value for status in OPEN]}}
    applications = await context.applications.many(open_ones, limit=_AT_ONCE)
    if not applications:
        return 0
    now, work = context.clock.now(), Work(context.new_id)
    for application in applications:
        reason = WithdrawalReason.NOT_AVAILABLE.value
        application.advance(ApplicationStatus.WITHDRAWN, SYSTEM, now, reason=reason, policy=context.rules)
        await interviews.tell(context, work, application)
        context.applications.save(work, application)
    params = {
        "count": str(len(applications)),
        "offers": "\n".join(f"– {one.offer_title}" for one in applications[:_NAMED]),
        "others": str(max(0, len(applications) - _NAMED)),
        "profile_id": profile_id,
    }
    told = (profile_id, *someone.get("counsellor_ids", ()))
    context.notify(work, str(someone["territory"]), told, Notice.APPLICATIONS_HELD, params, about=profile_id)
    await commit(context, work)
    return len(applications)
