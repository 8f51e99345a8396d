"""What is read before it is decided who is told what: asked in one go, since each way to the database costs as much as a
small query.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from pymongo import DESCENDING

from services.notifications import store
from services.notifications.domain.groups import StoredGroup
from services.notifications.domain.living import Stand
from services.notifications.domain.notification import Notification, Status
from services.notifications.domain.preferences import Preferences
from services.notifications.domain.reach import Contact
from services.notifications.domain.recommendations import Told
from services.notifications.templates.texts import OfferCard
from shared.contracts.vocabulary import Channel
from shared.store import Asked, Find, Pipeline, Reading, Store, apart, joined


@dataclass(frozen=True)
class Wanted:
    """Whom and what a set of matters is about. ``recommended`` get offers of ``template``, ``mailed`` of them by e-mail as well,
    ``spaced`` not too often; unread items since ``since`` belong to one burst.
    """

    people: frozenset[str]
    offers: frozenset[str]
    subjects: frozenset[str]
    recommended: frozenset[str]
    mailed: frozenset[str]
    spaced: frozenset[str]
    withdrawn: tuple[Told, ...]
    template: str
    since: datetime


@dataclass
class Known:
    """What was read, and what is decided on top of it."""

    contacts: Mapping[str, Contact | None]
    offers: Mapping[str, OfferCard]
    stands: Mapping[str, Stand]
    preferences: Mapping[str, Preferences]
    mails: dict[str, Notification]
    gathering: dict[str, str]
    """By subject the e-mail that takes more."""
    last_mail: Mapping[str, datetime]
    """When each subject got their last e-mail of the template."""
    single: Counter[str]
    """How many items each box got lately that nobody has read."""
    stored: Sequence[StoredGroup]
    """Groups that may take more, and those that may lose an item."""
    over: Sequence[str] = ()
    """Items of one offer that was withdrawn."""
    waits_withdrawn: bool = False
    """Whether anything that was withdrawn waits to be told."""
    begun: list[Notification] = field(default_factory=list)
    """Groups that are begun now."""
    written: list[Notification] = field(default_factory=list)
    untold: list[Notification] = field(default_factory=list)

    def erased(self, subject_id: str) -> bool:
        """Whether somebody is known to be gone."""
        return subject_id in self.contacts and self.contacts[subject_id] is None


async def read_known(kept: Store, wanted: Wanted) -> Known:
    """Everything that the decision needs."""
    found = await kept.read(_reading(wanted))

    def notifications(*parts: str) -> dict[str, Notification]:
        documents = chain.from_iterable(found.get(part, ()) for part in parts)
        restored = (kept.restored(Notification, "notifications", document) for document in documents)
        return {one.id: one for one in restored}

    mails = notifications("withdrawn", "mails")
    boxed = found.get("withdrawn boxed", ())
    losing = store.stored_groups(row for row in boxed if row.get("grouped"))
    lost = {group.id for group in losing}
    unread = found.get("unread", ())
    taking = store.stored_groups(group for row in unread for group in row["groups"])
    preferences = [kept.restored(Preferences, "preferences", document) for document in found["preferences"]]
    return Known(
        contacts=store.contacts(found["contacts"]),
        offers=store.cards(found["offers"]),
        stands=store.stands(found["offers"]),
        preferences={one.id: one for one in preferences},
        mails=mails,
        gathering={mail.subject_id: mail.id for mail in mails.values() if mail.gathers},
        last_mail={row["_id"]: row["at"] for row in found.get("last", ())},
        single=Counter({row["_id"]: row["single"] for row in unread}),
        stored=[*losing, *(group for group in taking if group.id not in lost)],
        over=[row["_id"] for row in boxed if not row.get("grouped")],
        waits_withdrawn=bool(found.get("withdrawn waiting")),
    )


def _reading(wanted: Wanted) -> Reading[dict[str, list[dict[str, Any]]]]:
    first = dict(_first(wanted))
    (rows,) = yield [joined(list(first.values()))]
    found = dict(zip(first, apart(rows, len(first)), strict=True))
    counsellors = (
        contact["counsellor_ids"]
        for contact in found["contacts"]
        if contact.get("counsellor_ids") and contact["subject_id"] in wanted.recommended
    )
    if boxes := frozenset().union(*counsellors) - wanted.recommended:
        (theirs,) = yield [_unread(boxes, wanted)]
        found["unread"] += theirs
    return found


def _first(wanted: Wanted) -> Iterable[tuple[str, Asked]]:
    yield "contacts", Find("contacts", _among("subject_id", wanted.people), sort=[("_id", DESCENDING)])
    yield "offers", Find("offers", _among("_id", wanted.offers))
    yield "preferences", Find("preferences", _among("_id", wanted.subjects))
    if wanted.recommended:
        yield "unread", _unread(wanted.recommended, wanted)
    queued = {"channel": Channel.EMAIL.value, "status": Status.QUEUED.value}
    if wanted.withdrawn:
        # Before the messages: what waits becomes one in a commit, so that it is met here or there.
        yield "withdrawn waiting", store.waiting_for(wanted.withdrawn)
        about = store.of_recommendations(wanted.withdrawn)
        # Of e-mails those that no sender has in hand.
        yield "withdrawn", Find("notifications", {**about, **queued, "claimed": False})
        yield "withdrawn boxed", store.boxed_with(wanted.withdrawn)
    if wanted.mailed:
        theirs = _among("subject_id", wanted.mailed)
        yield "mails", Find("notifications", {**theirs, **queued, "template": wanted.template})
    if wanted.spaced:
        sent = {"channel": Channel.EMAIL.value, "template": wanted.template, "status": Status.SENT.value}
        latest = {"$group": {"_id": "$subject_id", "at": {"$max": "$delivered_at"}}}
        yield "last", Pipeline("notifications", [{"$match": {**_among("subject_id", wanted.spaced), **sent}}, latest])


def _unread(boxes: Iterable[str], wanted: Wanted) -> Pipeline:
    query = {
        **_among("box", boxes),
        "template": wanted.template,
        "created_at": {"$gte": wanted.since},
        "read_at": None,
        "current": True,
    }
    return store.unread_by_box(query)


def _among(field: str, values: Iterable[str]) -> dict[str, Any]:
    return {field: {"$in": list(values)}}
