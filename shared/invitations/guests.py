"""Invited addresses: somebody of whom nothing is known but how to write to them, until the invitation is over."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from shared.contracts.events.profiles import ContactState
from shared.contracts.topics import Topic
from shared.contracts.vocabulary import Channel
from shared.domain import Aggregate
from shared.invitations.members import Invitation
from shared.store import CollectionSpec, Store, Work

CONTACT = "contact-updated.v1"
GUESTS = CollectionSpec("guests")
_PREFIX = "invitation-"


class Guest(Aggregate):
    """The address of one invitation; notifications knows it as a contact of that id."""

    email: str = Field(max_length=254, repr=False)

    def event_data(self, event_type: str) -> BaseModel:
        return ContactState(
            subject_id=self.id,
            territory=self.territory,
            kind="user",
            email=self.email,
            channels=(Channel.EMAIL,),
            consents_to_messages=True,
        )


def guest_id(invitation: Invitation) -> str:
    """Whom notifications knows an invited address as."""
    return f"{_PREFIX}{invitation.id}"


def names_a_guest(id: str) -> bool:
    """Whether an id is an invited address's: no account's, whatever an identity provider lets somebody be called."""
    return id.startswith(_PREFIX)


def welcome(work: Work, invitation: Invitation, territory: str, contacts: Topic, now: datetime) -> None:
    """With ``work``: notifications learns the address."""
    guest = Guest(
        id=guest_id(invitation), territory=territory, created_at=now, updated_at=now, email=str(invitation.email)
    )
    guest.record(CONTACT, now)
    work.save(GUESTS.name, guest, contacts)


def dismiss(work: Work, invitation: Invitation, contacts: Topic, now: datetime) -> None:
    """With ``work``: the address is forgotten, here and there."""
    id = guest_id(invitation)
    work.delete(GUESTS.name, {"_id": id})
    # A guest has one version, so its end is the second.
    work.publish(contacts, CONTACT, key=id, data=None, sequence=2, time=now)


def settling(*places: str) -> Callable[[Store, Sequence[str]], Awaitable[None]]:
    """After a restore: invitations that were over when the copy was made again a guest of. They leave ``places`` (the
    collections of what is invited to), so that no old link opens anything.
    """

    async def settle(store: Store, ids: Sequence[str]) -> None:
        over = [id.removeprefix(_PREFIX) for id in ids]
        for place in places:
            await store.collection(place).update_many(
                {"invitations.id": {"$in": over}},
                {"$pull": {"invitations": {"id": {"$in": over}}}, "$inc": {"version": 1}},
            )
        await store.collection(GUESTS.name).delete_many({"_id": {"$in": list(ids)}})

    return settle
