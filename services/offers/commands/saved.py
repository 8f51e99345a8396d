"""Commands on what people keep: offers, and searches with their alerts."""

from datetime import datetime, timedelta
from typing import Any

from services.offers.context import Context
from services.offers.domain.actors import Actor, Party
from services.offers.domain.errors import TooManySaved, profile_unknown
from services.offers.domain.offer import Offer
from services.offers.domain.saved import MOST_OFFERS, MOST_SEARCHES, Alert, SavedOffer, SavedSearch
from services.offers.queries.asked import Asked, newest_of
from services.offers.search.follow import IndexNotReady
from shared.allowance import allowance_of
from shared.contracts.vocabulary import Notice
from shared.errors import AlreadyExists, VersionConflict
from shared.items import each
from shared.kept_enum import read_stored
from shared.store import Work

_PAGE = 200
_PAGES = 10
_NAMED = 10
"""Offers that a message names; the others are counted."""
_LISTED = 100
"""Offers of a message that may still be left out of it, if they end before it leaves."""
_LISTS_A_DAY = 3
"""So often may somebody fill a whole list in a day: nobody does that by hand."""


async def keep_offer(context: Context, offer: Offer, someone: dict[str, Any]) -> SavedOffer:
    """Keep an offer to come back to; twice is once.

    Raises:
        TooManySaved: the list is full.
    """
    profile_id = str(someone["_id"])
    slot = f"{offer.id}:{profile_id}"

    async def once() -> SavedOffer:
        known = await context.saved_offers.first({"slot": slot})
        if known is not None:
            return known
        now = context.clock.now()
        work = await _counted(context, "saved_offers", someone, MOST_OFFERS, now)
        saved = SavedOffer(
            id=context.new_id(),
            territory=str(someone["territory"]),
            version=1,
            created_at=now,
            updated_at=now,
            profile_id=profile_id,
            offer_id=offer.id,
            offer_title=offer.content.title,
            slot=slot,
        )
        await _commit_new(context, work, "saved_offers", saved)
        return saved

    return await context.store.retry_conflicts(once)


async def let_offer_go(context: Context, offer_id: str, profile_id: str) -> None:
    """Keep it no longer; one that was not kept is no matter."""
    work = Work(context.new_id)
    work.delete("saved_offers", {"slot": f"{offer_id}:{profile_id}"})
    await context.store.commit(work)


async def keep_search(
    context: Context, someone: dict[str, Any], by: Actor, name: str, asked: Asked, alert: Alert
) -> SavedSearch:
    """Keep a search; what is published from now on is told.

    Raises:
        TooManySaved: the list is full.
        UnusablePlace, Refused: see the fields.
    """
    asked.check(context.communes)
    profile_id = str(someone["_id"])

    async def once() -> SavedSearch:
        now = context.clock.now()
        work = await _counted(context, "saved_searches", someone, MOST_SEARCHES, now)
        search = SavedSearch(
            id=context.new_id(),
            territory=str(someone["territory"]),
            version=1,
            created_at=now,
            updated_at=now,
            profile_id=profile_id,
            name=name,
            asked=asked.model_dump(mode="json", exclude_defaults=True),
            alert=alert,
            news_from=now,
            checked_at=now,
            acted_by=None if by.party is Party.SEEKER else by.id,
        )
        search.plan(now, _pause(context))
        await _commit_new(context, work, "saved_searches", search)
        return search

    return await context.store.retry_conflicts(once)


async def change_alert(context: Context, search_id: str, alert: Alert) -> SavedSearch:
    """Told at other times, or no more. What was published while nothing was told is not told afterwards."""

    async def once() -> SavedSearch:
        search = await context.saved_searches.load(search_id)
        now = context.clock.now()
        if search.alert is Alert.NONE:
            search.news_from = search.checked_at = now
        search.alert = alert
        search.plan(now, _pause(context))
        search.touch(now)
        work = Work(context.new_id)
        context.saved_searches.save(work, search)
        await context.store.commit(work)
        return search

    return await context.store.retry_conflicts(once)


async def let_search_go(context: Context, search_id: str) -> None:
    """Keep it no longer."""
    work = Work(context.new_id)
    work.delete("saved_searches", {"_id": search_id})
    work.delete("told_offers", {"search_id": search_id})
    await context.store.commit(work)


async def alert(context: Context) -> int:
    """Look what is new for each search that is due; returns how many people were told something."""
    now = context.clock.now()

    async def one(search_id: str) -> bool:
        async def once() -> bool:
            search = await context.saved_searches.find(search_id)
            if search is None or search.next_at is None or search.next_at > now:
                return False
            return await _look(context, search)

        try:
            return await context.store.retry_conflicts(once)
        except IndexNotReady:
            return False  # the next run finds it still due

    return await each(
        "search-alerts", await context.saved_searches.ids({"next_at": {"$type": "date", "$lte": now}}), one
    )


async def _look(context: Context, search: SavedSearch) -> bool:
    now = context.clock.now()
    fresh = await _fresh(context, search)
    keys = {f"{search.id}:{row['_id']}": row for row in fresh}
    rows = context.store.collection("told_offers").find({"_id": {"$in": list(keys)}}, {"_id": 1})
    known = {row["_id"] async for row in rows}
    new = {key: row for key, row in keys.items() if key not in known}
    work = Work(context.new_id)
    if new:
        marks = {"search_id": search.id, "profile_id": search.profile_id, "at": now}
        work.insert("told_offers", *({"_id": key, **marks} for key in new))
        whom, facts = search.profile_id, _facts(search, list(new.values()))
        context.notify(work, search.territory, [whom], Notice.SEARCH_ALERT, facts, about=whom)
    search.checked(now, _pause(context))
    context.saved_searches.save(work, search)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise VersionConflict("Quelqu'un d'autre vient de le dire : relisez, puis recommencez.", id=search.id) from None
    return bool(new)


async def _fresh(context: Context, search: SavedSearch) -> list[dict[str, Any]]:
    """Offers that match and were published since, for which the person may apply; the freshest first."""
    someone = await context.people.find(search.profile_id) or {}
    if not someone.get("may_apply", True):
        return []
    eligible = set(someone.get("reserved_eligible", ()))
    asked = read_stored(Asked, search.asked)
    if not asked.known:
        return []
    found: list[dict[str, Any]] = []
    after = None
    for _ in range(_PAGES):
        page = await context.finder.find(asked.wanted(context.communes, _PAGE, after))
        for row in page.rows:
            card = row["card"]
            published = card["published_at"]
            reserved = set(card.get("reserved_publics", ()))
            if published is not None and published > search.since and (not reserved or reserved & eligible):
                found.append(row)
        after = page.position
        # Nothing is published after it was confirmed last, and the list goes back in time by that.
        if after is None or not page.rows or newest_of(page.rows[-1]) <= search.since:
            break
    return found


def _facts(search: SavedSearch, rows: list[dict[str, Any]]) -> dict[str, str]:
    lines = [
        " – ".join(part for part in (card["title"], card["company"]["name"], card["place"]["name"]) if part)
        for card in (row["card"] for row in rows[:_NAMED])
    ]
    return {
        "name": search.name,
        "count": str(len(rows)),
        "offers": "\n".join(lines),
        # Whoever sends it looks whether they are still there.
        "offer_ids": "\n".join(str(row["_id"]) for row in rows[:_LISTED]),
        "others": str(max(0, len(rows) - _NAMED)),
        "search_id": search.id,
    }


def _pause(context: Context) -> timedelta:
    return timedelta(minutes=context.settings.alert_minutes)


async def _counted(context: Context, collection: str, someone: dict[str, Any], most: int, now: datetime) -> Work:
    """Work with room in the list: two at once meet in the day's allowance, so that the later one counts again.

    Raises:
        TooManySaved: the list is full, or was filled several times today.
    """
    profile_id = str(someone["_id"])
    allowance = await allowance_of(context.store, collection, profile_id, str(someone["territory"]), now)
    # Counted after it was read: what is kept meanwhile makes this commit a conflict.
    if await context.store.collection(collection).count_documents({"profile_id": profile_id}) >= most:
        raise TooManySaved(f"{most} au plus : retirez-en d'abord.", limit=most)
    allowance.take(_LISTS_A_DAY * most, TooManySaved, "{count} depuis hier : reprenez demain.", now)
    work = Work(context.new_id)
    context.allowances.save(work, allowance)
    return work


async def _commit_new(context: Context, work: Work, collection: str, made: SavedOffer | SavedSearch) -> None:
    """Who is erased meanwhile keeps nothing: their erasure marks them first, then takes what there is."""
    work.save(collection, made)
    try:
        await context.store.commit(work)
    except AlreadyExists:
        raise VersionConflict("Cela vient d'être gardé : réessayez.", id=made.id) from None
    if await context.people.gone(made.profile_id):
        await forget(context, made.profile_id)
        raise profile_unknown(made.profile_id)


async def forget(context: Context, profile_id: str) -> None:
    """Nothing of this is a figure: it goes."""
    work = Work(context.new_id)
    for collection in ("saved_offers", "saved_searches", "told_offers"):
        work.delete(collection, {"profile_id": profile_id})
    await context.store.commit(work)
