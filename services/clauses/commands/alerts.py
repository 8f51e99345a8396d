"""Looks for what there is to tell of each contract, and asks notifications to tell it: each fact once, the desk by digest.

What is told names a contract, days and counts. Whom it is about, and why, the facilitator reads here.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal

from services.clauses.commands.digests import TEXTS, tell_digests
from services.clauses.context import Context
from services.clauses.domain.alerts import Alert, AlertKind, Finding, findings
from services.clauses.domain.amounts import two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.digest import desk_says, is_urgent
from services.clauses.domain.offer_request import OfferRequest
from services.clauses.queries.alerts import known_of, users_of_authority, users_of_contractors, watched
from services.clauses.queries.desks import told_of
from services.clauses.store import offer_requests
from shared import civil
from shared.contracts.events.offers import NoticeState
from shared.contracts.topics import CLAUSE_NOTICES
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.items import each
from shared.store import Work


async def look(context: Context) -> int:
    """Look at every contract, then tell each facilitator the day's digest; returns how many alerts were new.

    Safe to run twice, and two at once tell once.
    """
    query = watched(civil.latest_today(context.clock.now()))
    ids = {row["_id"] async for row in context.store.collection("contracts").find(query, {"_id": 1})}
    # What stands of a contract that ended long ago comes to its end as well.
    ids.update(await context.store.collection("alerts").distinct("contract_id", {"over_at": None}))

    async def one(contract_id: str) -> int:
        contract = await context.contracts.find(contract_id)
        return await look_at(context, contract) if contract is not None else 0

    told = await each("alerts", sorted(ids), one)
    await tell_digests(context)
    return told


async def look_at(context: Context, contract: Contract) -> int:
    """What there is to tell of one contract today; returns how many alerts were told."""
    today, now = context.today(contract.territory), context.clock.now()
    known = await known_of(context, contract)
    found = findings(contract, known, today)
    followers = await told_of(context.store, contract)
    before = await context.alerts.many({"contract_id": contract.id})
    stand = {one.id: one for one in before}
    told = 0
    for finding in found:
        begun = Alert.begin(contract, finding, now)
        alert = stand.pop(begun.id, begun)
        work = Work(context.new_id)
        urgent = is_urgent(contract, finding.kind, alert.news_in(finding), today)
        news = alert.see(finding, now)
        if finding.kind is AlertKind.SHORTFALL and news and today <= contract.last_day:
            await _wish(context, work, contract, two_places(Decimal(finding.says["missing_hours"])), today)
        if news:
            desk = await _tell(context, work, contract, finding, followers)
            if desk and urgent:
                says = desk_says(contract, finding.kind, finding.says, today)
                ask(context, work, contract, TEXTS[finding.kind], followers, says)
                alert.told_at_once()
            elif desk:
                alert.wait_for(followers)
        # Whoever was erased meanwhile is not written down again.
        named = {one.participant_id for one in finding.facts}
        for one in known.participants:
            if one.participant_id in named:
                work.touch("participants", one.id, one.version)
        if await _commit(context, work, alert):
            told += news
    for alert in stand.values():
        alert.end(now)
        work = Work(context.new_id)
        if alert.kind is AlertKind.SHORTFALL:
            await _unwish(context, work, contract)
        await _commit(context, work, alert)
    if today > contract.last_day:
        work = Work(context.new_id)
        await _unwish(context, work, contract)
        with suppress(VersionConflict):  # the next run says it
            await context.store.commit(work)
    return told


async def _wish(context: Context, work: Work, contract: Contract, missing: Decimal, today: date) -> None:
    """With the alert that tells of it: an offer that somebody eligible could answer. One that is wanted stays as it is."""
    if any(one.wanted for one in await offer_requests(context.store, contract.id)):
        return
    made = OfferRequest.make(context.new_id(), contract, missing, today, context.clock.now())
    context.offer_requests.save(work, made)


async def _unwish(context: Context, work: Work, contract: Contract) -> None:
    for one in await offer_requests(context.store, contract.id):
        if one.withdraw(context.clock.now()):
            context.offer_requests.save(work, one)


async def _commit(context: Context, work: Work, alert: Alert) -> bool:
    """False where somebody else wrote it meanwhile: they told it, or the next run does."""
    if alert.version == alert.loaded_version:
        return False
    context.alerts.save(work, alert)
    try:
        await context.store.commit(work)
    except (AlreadyExists, VersionConflict):
        return False
    return True


async def _tell(context: Context, work: Work, contract: Contract, finding: Finding, followers: Collection[str]) -> bool:
    """Tell whoever is not of the desk; False where the desk has nothing to hear of it."""
    text, says = TEXTS[finding.kind], dict(finding.says)
    # Whom the contract was taken from reads nothing of it any more: what they still owe, the desk hears.
    own = [finding.contractor_id] if finding.contractor_id in contract.contractors else []
    if finding.kind is AlertKind.HOURS_DUE:
        users = await users_of_contractors(context, contract, own)
        ask(context, work, contract, text, users, says)
        # Where nobody acts for the contractor, the desk is who may still declare in time.
        return not users
    if finding.kind is AlertKind.HOURS_LATE:
        ask(context, work, contract, text, await users_of_contractors(context, contract, own), says)
    if finding.kind is AlertKind.SHORTFALL:
        # Hours that are missing tell how many were done, which on a small contract are those of a few people.
        others = await users_of_contractors(context, contract, contract.contractors)
        others += await users_of_authority(context, contract)
        outside = [one for one in others if one not in followers]
        ask(context, work, contract, text, outside, {"as_of": says["as_of"]})
    return True


def ask(
    context: Context, work: Work, contract: Contract, text: Notice, whom: Iterable[str], says: Mapping[str, str]
) -> None:
    """One notice to everybody who reads the same; to nobody, none. It is about a contract and nobody's words: who is
    counted in it leaves this service never, not even for an erasure.
    """
    recipients = tuple(dict.fromkeys(whom))
    if not recipients:
        return
    notice = NoticeState(
        notice_id=context.new_id(),
        territory=contract.territory,
        recipients=recipients,
        template=text,
        params={"contract_id": contract.id, "contract_title": contract.terms.title, **says},
    )
    work.publish(
        CLAUSE_NOTICES,
        "notice-requested.v1",
        key=notice.notice_id,
        data=notice,
        sequence=1,
        time=context.clock.now(),
    )
