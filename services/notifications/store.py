"""Collections of the notifications service, their queries and the writes that always go together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, UpdateMany, UpdateOne

from services.notifications.domain.groups import StoredGroup
from services.notifications.domain.living import Stand
from services.notifications.domain.matter import Category, Matter
from services.notifications.domain.notification import Notification, Status
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.reach import Contact, contact_from
from services.notifications.domain.recommendations import Told
from services.notifications.migrations import NOTIFICATION_STEPS
from services.notifications.templates.texts import OfferCard
from shared.contracts.topics import DELIVERIES, Topic
from shared.kept_enum import read_stored
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import (
    TEXT,
    CollectionSpec,
    CompareAndSet,
    Find,
    Pipeline,
    Retired,
    Store,
    Work,
    because,
    decode,
    encode,
    of_text,
)
from shared.store.migrations import SCHEMA, current

# An effect's row outlives every chance of its event coming again: topics keep 30 days, older effects are not told.
APPLIED_DAYS = 30
ERASED_DAYS = 45
CLOCKS_APART = timedelta(hours=1)
"""How much earlier an item may say that it was written than the recommendation that it tells of was made, by another's clock."""

_TOLD = {"category": Category.RECOMMENDATIONS.value, "box": TEXT}
"""Inbox items that tell of recommendations."""

COLLECTIONS = (
    CollectionSpec(
        "contacts",
        [
            IndexModel("subject_id"),
            of_text("owner_id"),
            IndexModel("told_at", sparse=True),
            IndexModel("erased_at", expireAfterSeconds=ERASED_DAYS * 86_400),
        ],
    ),
    CollectionSpec("offers", [IndexModel("erased_at", expireAfterSeconds=ERASED_DAYS * 86_400)]),
    CollectionSpec(
        "applications",
        [IndexModel("profile_id"), IndexModel("erased_at", expireAfterSeconds=ERASED_DAYS * 86_400)],
    ),
    CollectionSpec("preferences"),
    ERASURE_COUNTS,
    CollectionSpec(
        "applied",
        [
            IndexModel("at", expireAfterSeconds=APPLIED_DAYS * 86_400),
            IndexModel("keys", unique=True, sparse=True),
            IndexModel("beside", partialFilterExpression={"_id": {"$type": "string"}}),
        ],
    ),
    CollectionSpec(
        "waiting",
        caused_by="matter.caused_by",
        indexes=[
            IndexModel("matter.subject_id"),
            IndexModel("matter.about"),
            IndexModel("matter.concerns"),
            IndexModel("matter.offer_id"),
            IndexModel("matter.ref"),
            IndexModel("retry_at"),
        ],
    ),
    CollectionSpec(
        "notifications",
        caused_by="caused_by",
        indexes=[
            of_text("box", [("box", ASCENDING), ("_id", DESCENDING)]),
            of_text("box", [("box", ASCENDING), ("created_at", ASCENDING)]),
            IndexModel(
                [("channel", ASCENDING), ("due_at", ASCENDING)],
                partialFilterExpression={"status": Status.QUEUED.value},
            ),
            IndexModel([("subject_id", ASCENDING), ("channel", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]),
            of_text("about"),
            of_text("concerns"),
            of_text("unsubscribe_token"),
            IndexModel("expires_at", expireAfterSeconds=0),
            # No index has what changes when an offer joins a group: MongoDB then leaves all of them alone (280 → 100 µs). So what
            # is told of a recommendation is found among what its person is told of.
            IndexModel(
                [("subject_id", ASCENDING), ("current", ASCENDING), ("created_at", ASCENDING)],
                name="told_recommendations",
                partialFilterExpression=_TOLD,
            ),
        ],
        retired=[Retired("items.ref_1_text", "2026-12"), Retired("box_1_updated_at_1_text", "2026-12")],
        migrations=NOTIFICATION_STEPS,
    ),
)


def contact_id(topic: Topic, subject_id: str) -> str:
    """A user may be known from two services; each word is kept apart."""
    return f"{topic.owner}:{subject_id}"


def contact_removed(id: str, subject_id: str, version: int, now: datetime) -> UpdateOne:
    """An account took its contact points back: it keeps its inbox, and nothing else reaches it. Its version goes on."""
    nothing: dict[str, Any] = {"email": None, "first_name": None, "counsellor_ids": [], "consents_to_messages": False}
    document = {"_id": id, "subject_id": subject_id, "version": version, "removed_at": now, "channels": ["inbox"]}
    kept = {name: f"${name}" for name in ("kind", "territory", "owner_id", "staff")}
    whole = {"$mergeObjects": [{"$literal": encode(document | nothing)}, kept]}
    return UpdateOne({"_id": id}, [{"$replaceWith": whole}], upsert=True)


def erased(id: str, version: int, now: datetime) -> ReplaceOne[dict[str, Any]]:
    """Leave nothing of a document but that it was erased: what is older must not bring it back."""
    return ReplaceOne({"_id": id}, {"_id": id, "version": version, "erased_at": now}, upsert=True)


async def versions(store: Store, collection: str, ids: Iterable[str]) -> dict[str, int]:
    """The versions at which documents of a read model stand, erased ones included."""
    cursor = store.collection(collection).find({"_id": {"$in": list(ids)}}, {"version": 1})
    return {document["_id"]: document["version"] async for document in cursor}


async def stands_of(store: Store, offers: Iterable[str]) -> dict[str, Stand]:
    """How offers stand, as far as they were heard of."""
    return stands(await store.collection("offers").find({"_id": {"$in": list(set(offers))}}).to_list(None))


async def contacts_of(store: Store, subjects: Iterable[str]) -> dict[str, Contact | None]:
    """Contacts by subject; None is somebody who was erased, and who is not there at all has not been heard of.

    A user may be known twice, from profiles and from offers: profiles' word goes first, being the person's own, and
    what they took back in one place does not stand against what they left in the other.
    """
    query = {"subject_id": {"$in": list(set(subjects))}}
    return contacts(await store.collection("contacts").find(query).sort("_id", DESCENDING).to_list(None))


async def as_reached_now(store: Store, subject: str) -> tuple[Contact | None, Preferences | None]:
    """How a subject is reached and what they want by e-mail, as a letter needs it that is about to leave."""
    found, chosen = await store.find_all(
        Find("contacts", {"subject_id": subject}, sort=[("_id", DESCENDING)]), Find("preferences", {"_id": subject})
    )
    known = [store.restored(Preferences, "preferences", one) for one in chosen]
    return contacts(found).get(subject), next(iter(known), None)


def contacts(documents: Iterable[Mapping[str, Any]]) -> dict[str, Contact | None]:
    """``contacts_of``, of documents with the highest id first."""
    found: dict[str, Contact | None] = {}
    for document in sorted(documents, key=lambda one: one.get("removed_at") is not None):
        subject = document["subject_id"]
        if document.get("erased_at") is not None:
            found.setdefault(subject, None)
        elif "kind" in document and found.get(subject) is None:  # else taken back before it was ever heard of
            found[subject] = contact_from(document)
    return found


def cards(documents: Iterable[Mapping[str, Any]]) -> dict[str, OfferCard]:
    """What texts say of offers, by id."""
    return {
        one["_id"]: OfferCard(one["_id"], one["title"], one["company"], one["place"], one["status"])
        for one in documents
        if one.get("erased_at") is None
    }


def stands(documents: Iterable[Mapping[str, Any]]) -> dict[str, Stand]:
    """How offers stand, by id."""
    return {one["_id"]: _stand(one) for one in documents}


def _stand(document: Mapping[str, Any]) -> Stand:
    if document.get("erased_at") is not None:
        return Stand(None)
    parts = (document["title"], document["company"], document["place"])
    elsewhere = document.get("canonical_offer_id") is not None
    return Stand(document["status"], elsewhere, " – ".join(part for part in parts if part))


def put(work: Work, notifications: Iterable[Notification]) -> None:
    """Save notifications with their events; new ones go in one insert, since a batch makes hundreds."""
    fresh: list[dict[str, Any]] = []
    for notification in notifications:
        if notification.loaded_version:
            with because(notification.correlation_id, notification.caused_by):
                work.save("notifications", notification, DELIVERIES)
            continue
        document = notification.model_dump(mode="python")
        fresh.append({"_id": document.pop("id"), **document})
        for event in notification.pending:
            work.publish(
                DELIVERIES,
                event.type,
                key=notification.id,
                data=event.data,
                sequence=event.sequence,
                time=event.time,
                correlation=notification.correlation_id,
                cause=notification.caused_by,
                after=0,
            )
    work.insert("notifications", *fresh)


_OF_GROUP = ("box", "subject_id", "version", "caused_at", "caused_by", SCHEMA)
_SIZE = {"$size": "$items"}


def unread_by_box(query: Mapping[str, Any]) -> Pipeline:
    """Of items that match, for each box: how many are of one offer, and the groups, of which it is asked how much is in them, not
    what.
    """
    group = {"_id": "$_id", "size": _SIZE} | {name: f"${name}" for name in _OF_GROUP}
    counted = {"$sum": {"$cond": ["$grouped", 0, 1]}}
    groups = {"$push": {"$cond": ["$grouped", group, "$$REMOVE"]}}
    return Pipeline(
        "notifications", [{"$match": query}, {"$group": {"_id": "$box", "single": counted, "groups": groups}}]
    )


def of_recommendations(told: Iterable[Told]) -> dict[str, Any]:
    """The query of what tells of some of these recommendations, over any channel: whoever reads it, it is about their people."""
    known = list(told)
    return {
        "subject_id": {"$in": list({one.subject_id for one in known})},
        "items.ref": {"$in": [one.id for one in known]},
    }


def boxed_with(told: Iterable[Told]) -> Find:
    """The inbox items that tell of some of these recommendations, groups and others; of what is in them only those refs."""
    of_them = of_recommendations(told)
    theirs = {"$filter": {"input": "$items.ref", "cond": {"$in": ["$$this", of_them["items.ref"]["$in"]]}}}
    asked = dict.fromkeys((*_OF_GROUP, "read_at", "current", "grouped"), 1) | {"size": _SIZE, "refs": theirs}
    # A group that is not current has lost all that it had.
    return Find("notifications", {**of_them, **_TOLD, "current": True}, asked)


def waiting_for(told: Iterable[Told]) -> Find:
    """What waits to tell of some of these recommendations."""
    return Find("waiting", {"matter.ref": {"$in": [one.id for one in told]}}, {"_id": 1})


def stored_groups(rows: Iterable[Mapping[str, Any]]) -> list[StoredGroup]:
    """The groups that were asked for. One of another release's shape takes no more: a new one is begun beside it."""
    return [
        StoredGroup(
            id=row["_id"],
            version=row["version"],
            box=row["box"],
            subject_id=row["subject_id"],
            size=row["size"],
            caused_at=row["caused_at"],
            caused_by=row["caused_by"],
            open=row.get("current", True)
            and row.get("read_at") is None
            and row.get(SCHEMA) == current(NOTIFICATION_STEPS),
            refs=tuple(row.get("refs", ())),
        )
        for row in rows
    ]


def put_groups(work: Work, groups: Iterable[StoredGroup], now: datetime) -> None:
    """Write what was added to groups and taken out; the commit conflicts where one was read or changed meanwhile."""
    changed = [CompareAndSet(one.id, one.version, _changes(one, now)) for one in groups if one.added or one.dropped]
    work.compare_and_set("notifications", changed)


def _changes(group: StoredGroup, now: datetime) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
    known = {"version": group.version + 1, "updated_at": now}
    if group.added:
        known |= {"caused_at": group.caused_at, "caused_by": group.caused_by}
    elif not group.left:
        known["current"] = False
    added = encode(group.added)
    if not group.dropped:
        return {"$push": {"items": {"$each": added}}, "$set": known}
    if not added:
        return {"$pull": {"items": {"ref": {"$in": group.dropped}}}, "$set": known}
    # Operators may name a field once.
    stay = {"$filter": {"input": "$items", "cond": {"$not": [{"$in": ["$$this.ref", group.dropped]}]}}}
    return [{"$set": {"items": {"$concatArrays": [stay, {"$literal": added}]}} | known}]


@dataclass(frozen=True)
class Waiting:
    """A matter on its way: ``told_inbox`` when its inbox item is written, ``since`` when it has waited before."""

    matter: Matter
    told_inbox: bool = False
    since: datetime | None = None


def put_waiting(work: Work, waiting: Waiting, told_inbox: bool, now: datetime, retry_at: datetime) -> None:
    """Keep a matter that cannot go all its ways yet."""
    state = {"told_inbox": told_inbox, "retry_at": retry_at}
    if waiting.since is None:
        # A release before this one refuses fields that it does not know: they are there only where they say something.
        matter = waiting.matter.model_dump(mode="python", exclude_defaults=True)
        work.insert("waiting", {"_id": waiting.matter.key, "matter": matter, "since": now, **state})
    else:
        work.update("waiting", {"_id": waiting.matter.key}, {"$set": state})


async def waiting(store: Store, query: Mapping[str, Any], limit: int) -> list[Waiting]:
    """Matters that wait, the longest untried first."""
    (found,) = await store.find_all(Find("waiting", query, None, [("retry_at", ASCENDING)], limit))
    return [
        Waiting(read_stored(Matter, decode(document["matter"])), document["told_inbox"], document["since"])
        for document in found
    ]


async def in_inboxes(store: Store, told: Sequence[Told]) -> list[Told]:
    """Those of these recommendations that lie in an inbox."""
    if not told:
        return []
    cursor = store.collection("notifications").find({**of_recommendations(told), **_since(told)}, {"items.ref": 1})
    refs = {item["ref"] async for document in cursor for item in document["items"]}
    return [one for one in told if one.id in refs]


def _since(told: Iterable[Told]) -> dict[str, Any]:
    return {**_TOLD, "created_at": {"$gte": min(one.made_at for one in told) - CLOCKS_APART}}


def mark_withdrawn(work: Work, told: Sequence[Told], now: datetime) -> None:
    """Mark the inbox items of recommendations that were withdrawn, whichever they are."""
    if told:
        _mark(work, {**of_recommendations(told), **_TOLD}, False, now)


def mark_over(work: Work, ids: Sequence[str], now: datetime) -> None:
    """Mark these inbox items of recommendations that were withdrawn: to look for them once more is to read all that their people
    have.
    """
    if ids:
        _mark(work, {"_id": {"$in": list(ids)}}, False, now)


def mark_returned(work: Work, told: Sequence[Told], now: datetime) -> None:
    """Mark the inbox items of recommendations that came back."""
    if told:
        _mark(work, {**of_recommendations(told), **_since(told)}, True, now)


def _mark(work: Work, query: Mapping[str, Any], current: bool, now: datetime) -> None:
    changed = {"$set": {"current": current, "updated_at": now}, "$inc": {"version": 1}}
    work.bulk("notifications", [UpdateMany({**query, "current": not current, "grouped": {"$ne": True}}, changed)])


def forget(work: Work, subject_id: str) -> None:
    """Delete everything that is kept of a person: messages to and about them, what waits, what they chose."""
    theirs = ("subject_id", "box", "about", "concerns")
    work.delete("notifications", {"$or": [{name: subject_id} for name in theirs]})
    work.delete("waiting", {"$or": [{f"matter.{name}": subject_id} for name in theirs if name != "box"]})
    work.delete("preferences", {"_id": subject_id})
    work.delete("applications", {"profile_id": subject_id})
