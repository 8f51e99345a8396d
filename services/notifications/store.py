"""Collections of the notifications service, their queries and the writes that always go together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, UpdateMany, UpdateOne

from services.notifications.domain.living import Stand
from services.notifications.domain.matter import Matter
from services.notifications.domain.notification import Notification, Status
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.reach import Contact, contact_from
from services.notifications.migrations import NOTIFICATION_STEPS
from services.notifications.texts import OfferCard
from shared.contracts.topics import DELIVERIES
from shared.contracts.vocabulary import Channel
from shared.rights.erasing import ERASURE_COUNTS
from shared.store import CollectionSpec, Find, Store, Work, because, decode, encode

# An effect's row outlives every chance of its event coming again: topics keep 30 days, older effects are not told.
APPLIED_DAYS = 30
ERASED_DAYS = 45

_PRESENT = {"$type": "string"}

COLLECTIONS = (
    CollectionSpec(
        "contacts",
        [
            IndexModel("subject_id"),
            IndexModel("owner_id", partialFilterExpression={"owner_id": _PRESENT}),
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
            IndexModel([("box", ASCENDING), ("_id", DESCENDING)], partialFilterExpression={"box": _PRESENT}),
            IndexModel([("box", ASCENDING), ("updated_at", ASCENDING)], partialFilterExpression={"box": _PRESENT}),
            IndexModel(
                [("channel", ASCENDING), ("due_at", ASCENDING)],
                partialFilterExpression={"status": Status.QUEUED.value},
            ),
            IndexModel([("subject_id", ASCENDING), ("channel", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("territory", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("about", partialFilterExpression={"about": _PRESENT}),
            IndexModel("concerns", partialFilterExpression={"concerns": _PRESENT}),
            IndexModel("items.ref", partialFilterExpression={"items.ref": _PRESENT}),
            IndexModel("unsubscribe_token", partialFilterExpression={"unsubscribe_token": _PRESENT}),
            IndexModel("expires_at", expireAfterSeconds=0),
        ],
        migrations=NOTIFICATION_STEPS,
    ),
)


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


@dataclass(frozen=True)
class Circle:
    """Whom and what a set of matters is about, as it is known: contacts, offers and preferences by id."""

    contacts: dict[str, Contact | None]
    offers: dict[str, OfferCard]
    stands: dict[str, Stand]
    preferences: dict[str, Preferences]


async def circle_of(store: Store, people: Iterable[str], offers: Iterable[str], subjects: Iterable[str]) -> Circle:
    """Contacts of ``people``, ``offers``, and what ``subjects`` prefer, asked together."""
    contacts, cards, preferences = await store.find_all(
        Find("contacts", {"subject_id": {"$in": list(set(people))}}, sort=[("_id", DESCENDING)]),
        Find("offers", {"_id": {"$in": list(set(offers))}}),
        Find("preferences", {"_id": {"$in": list(set(subjects))}}),
    )
    chosen = (store.restored(Preferences, "preferences", document) for document in preferences)
    return Circle(_contacts(contacts), _cards(cards), _stands(cards), {one.id: one for one in chosen})


async def stands_of(store: Store, offers: Iterable[str]) -> dict[str, Stand]:
    """How offers stand, as far as they were heard of."""
    return _stands(await store.collection("offers").find({"_id": {"$in": list(set(offers))}}).to_list(None))


async def contacts_of(store: Store, subjects: Iterable[str]) -> dict[str, Contact | None]:
    """Contacts by subject; None is somebody who was erased, and who is not there at all has not been heard of.

    A user may be known twice, from profiles and from offers: profiles' word goes first, being the person's own, and
    what they took back in one place does not stand against what they left in the other.
    """
    query = {"subject_id": {"$in": list(set(subjects))}}
    return _contacts(await store.collection("contacts").find(query).sort("_id", DESCENDING).to_list(None))


def _contacts(documents: Iterable[Mapping[str, Any]]) -> dict[str, Contact | None]:
    found: dict[str, Contact | None] = {}
    for document in sorted(documents, key=lambda one: one.get("removed_at") is not None):
        subject = document["subject_id"]
        if document.get("erased_at") is not None:
            found.setdefault(subject, None)
        elif "kind" in document and found.get(subject) is None:  # else taken back before it was ever heard of
            found[subject] = contact_from(document)
    return found


def _cards(documents: Iterable[Mapping[str, Any]]) -> dict[str, OfferCard]:
    return {
        one["_id"]: OfferCard(one["_id"], one["title"], one["company"], one["place"], one["status"])
        for one in documents
        if one.get("erased_at") is None
    }


def _stands(documents: Iterable[Mapping[str, Any]]) -> dict[str, Stand]:
    return {one["_id"]: _stand(one) for one in documents}


def _stand(document: Mapping[str, Any]) -> Stand:
    if document.get("erased_at") is not None:
        return Stand(None)
    parts = (document["title"], document["company"], document["place"])
    elsewhere = document.get("canonical_offer_id") is not None
    return Stand(document["status"], elsewhere, " – ".join(part for part in parts if part))


async def due(store: Store, channel: Channel, now: datetime) -> tuple[int, datetime | None]:
    """How many messages of a channel should have left, and since when the oldest one."""
    query = {"status": Status.QUEUED.value, "channel": channel.value, "due_at": {"$lte": now}}
    notifications = store.collection("notifications")
    oldest = await notifications.find_one(query, {"due_at": 1}, sort=[("due_at", 1)])
    return await notifications.count_documents(query), None if oldest is None else oldest["due_at"]


async def queued_for(store: Store, subjects: Iterable[str], template: str) -> list[Notification]:
    """E-mails of this template that have not left yet."""
    if not (subjects := set(subjects)):
        return []
    return await store.find_many(
        Notification,
        "notifications",
        {
            "subject_id": {"$in": list(subjects)},
            "channel": Channel.EMAIL.value,
            "status": Status.QUEUED.value,
            "template": template,
        },
    )


async def last_mail_at(store: Store, subjects: Iterable[str], template: str) -> dict[str, datetime]:
    """When each subject got their last e-mail of this template."""
    if not (subjects := set(subjects)):
        return {}
    query = {
        "subject_id": {"$in": list(subjects)},
        "channel": Channel.EMAIL.value,
        "template": template,
        "status": Status.SENT.value,
    }
    pipeline: list[dict[str, Any]] = [
        {"$match": query},
        {"$group": {"_id": "$subject_id", "at": {"$max": "$delivered_at"}}},
    ]
    return {row["_id"]: row["at"] async for row in store.aggregate("notifications", pipeline)}


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
            )
    work.insert("notifications", *fresh)


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
    cursor = store.collection("waiting").find(query).sort("retry_at", ASCENDING).limit(limit)
    return [
        Waiting(Matter.model_validate(decode(document["matter"])), document["told_inbox"], document["since"])
        async for document in cursor
    ]


async def queued_about(store: Store, refs: Sequence[str]) -> list[Notification]:
    """E-mails about these recommendations that no sender has in hand."""
    if not refs:
        return []
    return await store.find_many(
        Notification,
        "notifications",
        {
            "items.ref": {"$in": list(refs)},
            "channel": Channel.EMAIL.value,
            "status": Status.QUEUED.value,
            "claimed": False,
        },
    )


async def told(store: Store, refs: Sequence[str]) -> set[str]:
    """Those of these recommendations that lie in an inbox."""
    if not refs:
        return set()
    query = {"items.ref": {"$in": list(refs)}, "box": _PRESENT}
    cursor = store.collection("notifications").find(query, {"items.ref": 1})
    return {item["ref"] async for document in cursor for item in document["items"]}


async def groups_about(store: Store, refs: Sequence[str]) -> list[Notification]:
    """Groups in inboxes that hold one of these recommendations."""
    if not refs:
        return []
    query = {"items.ref": {"$in": list(refs)}, "box": _PRESENT, "grouped": True}
    return await store.find_many(Notification, "notifications", query)


@dataclass(frozen=True)
class Burst:
    """What boxes got lately and nobody has read: how many items each, and the groups that take more."""

    single: Counter[str]
    groups: list[Notification]


async def burst_of(store: Store, boxes: Iterable[str], template: str, since: datetime) -> Burst:
    """Unread items of a template that were written to these boxes since an instant."""
    wanted = list(set(boxes))
    if not wanted:
        return Burst(Counter(), [])
    query = {
        "box": {"$in": wanted},
        "updated_at": {"$gte": since},
        "template": template,
        "created_at": {"$gte": since},
        "read_at": None,
        "current": True,
    }
    single: Counter[str] = Counter()
    grouped = []
    async for row in store.collection("notifications").find(query, {"box": 1, "grouped": 1}):
        if row.get("grouped"):
            grouped.append(row["_id"])
        else:
            single[row["box"]] += 1
    found = await store.find_many(Notification, "notifications", {"_id": {"$in": grouped}}) if grouped else []
    return Burst(single, found)


def set_current(work: Work, refs: Sequence[str], current: bool, now: datetime) -> None:
    """Mark the inbox items of recommendations that were withdrawn, or that came back."""
    if refs:
        work.bulk(
            "notifications",
            [
                UpdateMany(
                    {
                        "items.ref": {"$in": list(refs)},
                        "box": _PRESENT,
                        "current": not current,
                        "grouped": {"$ne": True},
                    },
                    {"$set": {"current": current, "updated_at": now}, "$inc": {"version": 1}},
                )
            ],
        )


def forget(work: Work, subject_id: str) -> None:
    """Delete everything that is kept of a person: messages to and about them, what waits, what they chose."""
    theirs = ("subject_id", "box", "about", "concerns")
    work.delete("notifications", {"$or": [{name: subject_id} for name in theirs]})
    work.delete("waiting", {"$or": [{f"matter.{name}": subject_id} for name in theirs if name != "box"]})
    work.delete("preferences", {"_id": subject_id})
    work.delete("applications", {"profile_id": subject_id})
