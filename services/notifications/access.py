"""Whose inbox a caller may read: their own, and as a counsellor those of their caseload."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.notifications.domain.errors import NoSuchInbox
from services.notifications.domain.notification import Notification
from services.notifications.store import contact_id
from shared.auth import Principal, Role
from shared.contracts.topics import CONTACTS
from shared.contracts.vocabulary import Channel
from shared.invitations.guests import names_a_guest
from shared.store import Find, Store

_ACCOMPANY = (Role.COUNSELLOR, Role.MANAGER)


async def own_boxes(store: Store, principal: Principal) -> list[str]:
    """The caller's account, and the profiles that it owns."""
    (owned,) = await store.find_all(owned_by(principal))
    return boxes_of(principal, owned)


def owned_by(principal: Principal) -> Find:
    """The query for the profiles that the caller's account owns, and for one of its own name; ``boxes_of`` reads it."""
    either = [{"owner_id": principal.subject}, {"_id": contact_id(CONTACTS, principal.subject)}]
    return Find("contacts", {"$or": either}, {"subject_id": 1, "owner_id": 1, "kind": 1})


def boxes_of(principal: Principal, owned: Iterable[Mapping[str, Any]]) -> list[str]:
    """The caller's account, and those profiles. An account that an identity provider let somebody call as a person of ours is
    called, or as an invited address, has no box: what was told to that id was told to them.
    """
    found = list(owned)
    profiles = {document["subject_id"] for document in found if document.get("owner_id") == principal.subject}
    taken = names_a_guest(principal.subject) or any(_of_somebody_else(principal, document) for document in found)
    return [*([] if taken else [principal.subject]), *sorted(profiles - {principal.subject})]


def _of_somebody_else(principal: Principal, contact: Mapping[str, Any]) -> bool:
    named = contact.get("kind") == "profile" and contact["subject_id"] == principal.subject
    return named and contact.get("owner_id") != principal.subject


async def subject_box(store: Store, principal: Principal, subject_id: str) -> str:
    """The territory of a subject whose inbox and preferences the caller may see.

    Raises:
        NoSuchInbox: neither the caller's own nor of somebody whom they accompany in their territory.
    """
    (contacts,) = await store.find_all(named(subject_id))
    return territory_among(principal, contacts, subject_id)


def named(subject_id: str) -> Find:
    """The query for the contacts of a subject; ``territory_among`` reads it."""
    return Find("contacts", {"subject_id": subject_id, "erased_at": None, "kind": {"$exists": True}})


def territory_among(principal: Principal, contacts: Iterable[Mapping[str, Any]], subject_id: str) -> str:
    """As ``subject_box``, of what was found."""
    for contact in contacts:
        territory = str(contact["territory"])
        own = principal.subject in (contact.get("owner_id"), subject_id)
        if own and not (names_a_guest(principal.subject) or _of_somebody_else(principal, contact)):
            return territory
        accompanies = principal.subject in contact.get("counsellor_ids", ())
        if accompanies and principal.is_staff_of(territory, Role.COUNSELLOR):
            return territory
    raise NoSuchInbox("Cette boîte n'existe pas, ou vous ne pouvez pas la voir.", id=subject_id)


async def boxes(store: Store, principal: Principal, subject_id: str | None) -> list[str]:
    """The boxes that a request is about: one person's, or all of the caller's own.

    Raises:
        NoSuchInbox: the subject is none of the caller's business.
    """
    if subject_id is None:
        return await own_boxes(store, principal)
    await subject_box(store, principal, subject_id)
    return [subject_id]


def readable(principal: Principal) -> dict[str, Any]:
    """The query of items that the caller may read in a box of theirs.

    An item that speaks of somebody else is for staff of its territory: whoever a slip of the pen, or somebody's malice,
    made a person's «counsellor» learns nothing of them without that role.
    """
    territories = sorted(principal.territories) if principal.has(*_ACCOMPANY) else []
    own = {"of_others": {"$ne": True}, "channel": {"$ne": Channel.COUNSELLOR.value}}
    return {"$or": [own, {"territory": {"$in": territories}}]}


def may_read(principal: Principal, item: Notification) -> bool:
    """As ``readable``, of one item."""
    return not item.of_others or principal.is_staff_of(item.territory, *_ACCOMPANY)
