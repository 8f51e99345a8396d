"""Collections of the profiles service, its queries, and the writes that always go together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateMany

from services.profiles.cv.store import CV_COLLECTIONS, forget_cv
from services.profiles.domain.contact import CONTACT, UserContact
from services.profiles.domain.disclosure import Carrier, Disclosure, Matter, Reading
from services.profiles.domain.journal import Action, JournalEntry
from services.profiles.domain.profile import CONTACT as PROFILE_CONTACT
from services.profiles.domain.profile import ERASED, REGISTERED, UPDATED, Profile
from services.profiles.exports.store import EXPORT_COLLECTIONS, forget_exports
from services.profiles.handles import Disclosures
from services.profiles.migrations import PROFILE_STEPS
from shared.allowance import ALLOWANCES
from shared.contracts.topics import CONTACTS, PROFILES, REGISTRATIONS
from shared.contracts.vocabulary import ApplicationStatus
from shared.employers import EMPLOYERS
from shared.http import Cursor, forget_answers_at
from shared.invitations.guests import GUESTS
from shared.kept_enum import read_stored
from shared.store import CollectionSpec, Store, Work, decode, of_text

WATCHES = "inactivity"
"""Of whom little is heard: one row each."""
PROOFS = "erasure_proofs"
_PROOFS_KEPT_SECONDS = 3 * 366 * 86_400
"""Longer than somebody can be asked for one."""
POOL_CONTACTS, POOL_READINGS, POOL_SEARCHES = "pool_contacts", "pool_readings", "pool_searches"
"""What employers ask people of the pool of CVs, who read whom, and how often they searched."""
_POOL_SEARCHES_KEPT_SECONDS = 3 * 86_400
IN_POOL = {"pool.pseudonym": {"$type": "string"}}

COLLECTIONS = (
    CollectionSpec(
        "profiles",
        [
            of_text("owner_id", unique=True),
            IndexModel([("counsellor_ids", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]),
            of_text("details.birth_date", [("territory", ASCENDING), ("details.birth_date", ASCENDING)]),
            of_text("transfer.to", [("transfer.to", ASCENDING), ("_id", ASCENDING)]),
            # Only people under eighteen, and those whose eligibility ends, have a day on which something changes by itself.
            of_text("next_change_on"),
            IndexModel(
                "account_invitation.expires_at",
                partialFilterExpression={"account_invitation.expires_at": {"$type": "date"}},
            ),
            IndexModel("pool.pseudonym", name="pool_pseudonym", unique=True, partialFilterExpression=IN_POOL),
            IndexModel(
                [("details.occupations.code", ASCENDING), ("pool.pseudonym", ASCENDING)],
                name="pool_occupation",
                partialFilterExpression=IN_POOL,
            ),
        ],
        PROFILE_STEPS,
    ),
    CollectionSpec("contacts"),
    # Who works for a territory, by the invitations that they accepted.
    CollectionSpec("staff", [IndexModel("grants.state"), IndexModel("invitations.expires_at")]),
    CollectionSpec("secrets"),
    GUESTS,
    ALLOWANCES,
    CollectionSpec(
        "journal",
        [
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            # Backups ask every few minutes, among millions of lines.
            IndexModel("action", partialFilterExpression={"action": Action.ACCOUNT_REMOVED.value}),
        ],
    ),
    # What people agreed to show to employers, who read it when, and by whose word (offers') that is allowed.
    CollectionSpec("disclosures", [IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)])]),
    # RSA, RQTH, QPV …: who has which, found by category where a figure or a list asks.
    CollectionSpec(
        "statuses",
        [
            IndexModel([("profile_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("territory", ASCENDING), ("category", ASCENDING), ("profile_id", ASCENDING)]),
            of_text("reference", [("territory", ASCENDING), ("reference", ASCENDING)]),
        ],
    ),
    CollectionSpec("rsa_lists"),
    # People of the département's list who are on the platform under no profile: until they expire, and no longer.
    CollectionSpec(
        "rsa_people",
        [
            IndexModel([("territory", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]),
            IndexModel("expires_at"),
            IndexModel("candidates"),
        ],
    ),
    CollectionSpec("rsa_decisions", [IndexModel("profile_id")]),
    # What guardians of people under eighteen agreed to.
    CollectionSpec("guardian_consents", [IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)])]),
    CollectionSpec("disclosure_readings", [IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)])]),
    CollectionSpec(
        "applications",
        [
            of_text("disclosure_id"),
            of_text("profile_id"),
        ],
    ),
    EMPLOYERS,
    *CV_COLLECTIONS,
    CollectionSpec(
        POOL_CONTACTS,
        [
            IndexModel("profile_id"),
            IndexModel([("company_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
        ],
    ),
    CollectionSpec(
        POOL_READINGS,
        [
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("reader_id", ASCENDING), ("day", ASCENDING)]),
        ],
    ),
    CollectionSpec(POOL_SEARCHES, [IndexModel("at", expireAfterSeconds=_POOL_SEARCHES_KEPT_SECONDS)]),
    *EXPORT_COLLECTIONS,
    CollectionSpec(
        PROOFS,
        [
            IndexModel("proof", unique=True),
            IndexModel([("territory", ASCENDING), ("proof", DESCENDING)]),
            IndexModel("at", expireAfterSeconds=_PROOFS_KEPT_SECONDS),
            IndexModel("looked", partialFilterExpression={"looked": False}),
        ],
    ),
    CollectionSpec(
        WATCHES,
        [
            IndexModel("look_at"),
            of_text("request_id"),
            IndexModel(
                [("territory", ASCENDING), ("_id", ASCENDING)], partialFilterExpression={"warned_at": {"$type": "date"}}
            ),
        ],
    ),
    # That an id was erased, and when: a restored backup is cleaned by it.
    CollectionSpec("erasures", [IndexModel([("territory", ASCENDING), ("at", ASCENDING)])]),
)

_REACHED_BY = ("email", "phone", "channels")
_TOPICS = {PROFILE_CONTACT: CONTACTS, REGISTERED: REGISTRATIONS}


def put_profile(work: Work, profile: Profile, entry: JournalEntry) -> None:
    """Save a profile with all its events, and who changed it."""
    work.save("profiles", profile, PROFILES)
    for event in profile.others:
        work.publish(
            _TOPICS[event.type],
            event.type,
            key=profile.id,
            data=event.data,
            sequence=event.sequence,
            time=event.time,
        )
    document = entry.model_dump()
    work.insert("journal", {"_id": document.pop("id"), **document})


def erase_profile(work: Work, profile: Profile, by_role: str, now: Any) -> None:
    """Remove a person from this database, and from the topics by tombstones. The proof is ``commands.proofs``'s."""
    work.touch("profiles", profile.id, profile.version)
    work.delete("profiles", {"_id": profile.id})
    for collection in (
        "journal",
        "disclosures",
        "disclosure_readings",
        "guardian_consents",
        "statuses",
        "rsa_decisions",
    ):
        work.delete(collection, {"profile_id": profile.id})
    forget_cv(work, profile.id)
    forget_pool(work, profile.id)
    forget_exports(work, profile.id)
    work.delete(WATCHES, {"_id": profile.id})
    work.bulk("rsa_people", [UpdateMany({"candidates": profile.id}, {"$pull": {"candidates": profile.id}})])
    # Their own tombstones follow from offers; until then they speak of nobody.
    nobody = {"profile_id": "", "disclosure_id": ""}
    work.bulk("applications", [UpdateMany({"profile_id": profile.id}, {"$unset": nobody})])
    # Answers kept for repeated requests hold the person's data; the marker stays, so nothing is applied twice.
    forget_answers_at(work, profile.id, location(profile.id))
    work.insert("erasures", {"_id": profile.id, "territory": profile.territory, "at": now, "by_role": by_role})
    publish_erasure(work, profile.id, profile.version + 1, now)


def publish_erasure(work: Work, profile_id: str, sequence: int, now: Any) -> None:
    """The tombstones by which every other service hears of it."""
    for topic, event_type in ((PROFILES, UPDATED), (CONTACTS, ERASED)):
        work.publish(topic, event_type, key=profile_id, data=None, sequence=sequence, time=now)


def forget_pool(work: Work, profile_id: str) -> None:
    """Nothing of the pool speaks of the person any more."""
    for name in (POOL_CONTACTS, POOL_READINGS):
        work.delete(name, {"profile_id": profile_id})


def erase_contact(work: Work, contact: UserContact, now: Any) -> None:
    """Remove an account's contact points."""
    work.touch("contacts", contact.id, contact.version)
    work.delete("contacts", {"_id": contact.id})
    # Consumers remember the tombstone's sequence: contact points left anew must count on from it.
    marker = {"$set": {"territory": contact.territory, "at": now, "version": contact.version + 1}}
    work.update("erasures", {"_id": contact.id}, marker, upsert=True)
    work.publish(CONTACTS, CONTACT, key=contact.id, data=None, sequence=contact.version + 1, time=now)


async def forget_old_invitations(store: Store, now: datetime) -> None:
    """Take links that nobody took in time, and with them whom they name, out of the profiles. Nothing else changes."""
    old = {"account_invitation.expires_at": {"$type": "date", "$lte": now}}
    await store.collection("profiles").update_many(old, {"$set": {"account_invitation": None}})


async def last_version(store: Store, user_id: str) -> int:
    """The version at which an account's contact points were forgotten; 0 when they never were."""
    found = await store.first("erasures", {"_id": user_id}, {"version": 1})
    return 0 if found is None else int(found.get("version", 0))


async def names_a_profile(store: Store, id: str) -> bool:
    """Whether an id is, or was, that of a profile: it is never anybody else's."""
    if await store.first("profiles", {"_id": id}, {"_id": 1}) is not None:
        return True
    return await store.first("erasures", {"_id": id, "by_role": {"$exists": True}}, {"_id": 1}) is not None


async def carriers(store: Store, disclosure_ids: Sequence[str]) -> dict[str, list[Carrier]]:
    """The applications that carry each of these disclosures."""
    found: dict[str, list[Carrier]] = {}
    async for row in store.collection("applications").find({"disclosure_id": {"$in": list(disclosure_ids)}}):
        status = ApplicationStatus.of_stored(row["status"]) if row["status"] is not None else None
        carrier = Carrier(
            row["_id"], row["profile_id"], row["company_id"], row["offer_id"], status, row.get("hired_at")
        )
        found.setdefault(row["disclosure_id"], []).append(carrier)
    return found


async def disclosures(store: Store, profile_id: str, cursor: Cursor) -> list[Disclosure]:
    """What a person agreed to, the newest first, one more than the page holds."""
    query: dict[str, Any] = {"profile_id": profile_id}
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    return await Disclosures(store).many(query, sort=[("_id", DESCENDING)], limit=cursor.limit + 1)


def trace_reading(work: Work, disclosure: Disclosure, what: Matter, reader_id: str, day: date, now: datetime) -> None:
    """That an account read it: one line for each of its days and what was read, with how often."""
    begun = {
        "profile_id": disclosure.profile_id,
        "disclosure_id": disclosure.id,
        "company_id": disclosure.company_id,
        "offer_id": disclosure.offer_id,
        "reader_id": reader_id,
        "what": what,
        "first_at": now,
    }
    # The first kind has no mark: its lines are older than the second.
    mark = "" if what is Matter.PERSON else f":{what}"
    work.update(
        "disclosure_readings",
        {"_id": f"{day.isoformat()}:{disclosure.id}:{reader_id}{mark}"},
        {"$setOnInsert": begun, "$set": {"last_at": now}, "$inc": {"times": 1}},
        upsert=True,
    )


async def readings(store: Store, profile_id: str, disclosure_id: str | None, cursor: Cursor) -> list[Reading]:
    """Who read what of a person, the latest day first, one more than the page holds."""
    query: dict[str, Any] = {"profile_id": profile_id}
    if disclosure_id is not None:
        query["disclosure_id"] = disclosure_id
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    rows = store.collection("disclosure_readings").find(query).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [read_stored(Reading, {"id": row["_id"], **decode(row)}) async for row in rows]


def location(profile_id: str) -> str:
    """The address of a profile; answers about one carry it."""
    return f"/v1/profiles/{profile_id}"


@dataclass(frozen=True)
class AccountActs:
    """What an account did to a profile since a link made it its own; ``linked``: whether one did. ``reached_by``: the contact
    fields that hold what it wrote last.
    """

    linked: bool
    fields: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    reached_by: frozenset[str] = frozenset()


async def acts_of_account(store: Store, profile_id: str, account: str) -> AccountActs:
    """By the journal."""
    lines, mine = store.collection("journal"), {"profile_id": profile_id, "acted_by": account}
    newest = [("_id", DESCENDING)]
    link = await lines.find_one({**mine, "action": Action.ACCOUNT_LINKED.value}, {"_id": 1}, sort=newest)
    if link is None:
        return AccountActs(False)
    since = mine | {"_id": {"$gt": link["_id"]}}
    fields, actions = await lines.distinct("fields", since), await lines.distinct("action", since)
    reached_by = set()
    for name in _REACHED_BY:
        last = await lines.find_one({"profile_id": profile_id, "fields": name}, {"acted_by": 1}, sort=newest)
        if last is not None and last["_id"] > link["_id"] and last["acted_by"] == account:
            reached_by.add(name)
    return AccountActs(True, tuple(sorted(fields)), tuple(sorted(actions)), frozenset(reached_by))


async def journal(store: Store, profile_id: str, cursor: Cursor, without: Sequence[str] = ()) -> list[JournalEntry]:
    """Lines of a profile's journal but those of some fields, the newest first, one more than the page holds."""
    query: dict[str, Any] = {"profile_id": profile_id, "fields": {"$nin": list(without)}}
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    rows = store.collection("journal").find(query).sort("_id", DESCENDING).limit(cursor.limit + 1)
    return [read_stored(JournalEntry, {"id": row["_id"], **decode(row)}) async for row in rows]
