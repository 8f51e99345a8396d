"""What facilitators are told once a day instead of alert by alert.

An alert names who waits for it, written with its facts. A digest takes them off, notes the day and asks for the notice in one
transaction: whatever breaks off, each is told once or waits for the next run.
"""

from contextlib import suppress

from services.clauses.context import Context
from services.clauses.domain.alerts import AlertKind
from services.clauses.domain.digest import Digest, desk_says, digest_says
from services.clauses.queries.desks import left
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import CLAUSE_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.items import each
from shared.store import Work

TEXTS = {
    AlertKind.HOURS_DUE: Notice.CLAUSE_HOURS_DUE,
    AlertKind.HOURS_LATE: Notice.CLAUSE_HOURS_LATE,
    AlertKind.SHORTFALL: Notice.CLAUSE_SHORTFALL,
    AlertKind.ELIGIBILITY_ENDING: Notice.CLAUSE_ELIGIBILITY_ENDING,
    AlertKind.SILENT: Notice.CLAUSE_PARTICIPANTS_SILENT,
    AlertKind.AMENDMENTS: Notice.CLAUSE_AMENDMENTS,
}
"""An alert's own text: told at once, or when it is all that a digest would hold."""
MOST_ALERTS = 500
"""Of one digest, which is one transaction; the next day's tells of the rest."""


async def tell_digests(context: Context) -> int:
    """Tell every facilitator for whom something waits, and who had no digest today; returns to how many it was told."""
    waiting = await context.store.collection("alerts").distinct("awaited_by", {"awaited_by": {"$gt": ""}})

    async def one(user_id: str) -> int:
        with suppress(AlreadyExists, VersionConflict):  # told meanwhile, or by the next run
            return await _tell(context, user_id)
        return 0

    return await each("digests", sorted(waiting), one)


async def _tell(context: Context, user_id: str) -> int:
    waiting = await context.alerts.many({"awaited_by": user_id}, limit=MOST_ALERTS)
    # Of a kind that only a later release knows nobody here can tell: it waits for that release.
    found = [one for one in waiting if one.kind.known]
    if not found:
        return 0
    now, territory = context.clock.now(), found[0].territory
    today = context.today(territory)
    digest = await context.digests.find(user_id)
    if digest is None:
        digest = Digest.begin(user_id, territory, today, now)
    elif not digest.tell(today, now):
        return 0
    contracts = await context.contracts.many({"_id": {"$in": sorted({one.contract_id for one in found})}})
    # Whoever was taken off meanwhile is told nothing of that contract.
    gone = await left(context.store, (one.territory for one in contracts))
    stays = [one for one in contracts if user_id not in gone.get(one.territory, ())]
    followed = {one.id: one for one in stays if user_id in one.followers}
    told = [(one, followed[one.contract_id]) for one in found if one.contract_id in followed]
    work = Work(context.new_id)
    for alert in found:
        alert.digested(user_id, now)
        context.alerts.save(work, alert)
    if told:
        alert, contract = told[0]
        template = TEXTS[alert.kind] if len(told) == 1 else Notice.CLAUSE_DIGEST
        says = {"contract_id": contract.id, "contract_title": contract.terms.title}
        says |= desk_says(contract, alert.kind, alert.says, today)
        if len(told) > 1:
            says = {"count": str(len(followed)), **digest_says((one.kind, of.terms.title) for one, of in told)}
        notice = NoticeState(
            notice_id=context.new_id(), territory=territory, recipients=(user_id,), template=template, params=says
        )
        work.publish(CLAUSE_NOTICES, "notice-requested.v1", key=notice.notice_id, data=notice, sequence=1, time=now)
        context.digests.save(work, digest)
    await context.store.commit(work)
    return bool(told)
