"""Every channel that people may choose has somebody to hand messages to, and an address to go to."""

import bson

from services.notifications.app import SERVICE
from services.notifications.channels import Outlet
from services.notifications.channels.sender import Sender
from services.notifications.consumers import _contact
from services.notifications.domain.reach import Contact, contact_from
from shared.contracts.vocabulary import Channel
from tests.service.notifications.builders import contact
from tests.support import Stack

INBOXES = {Channel.INBOX, Channel.COUNSELLOR}
"""What is written there is delivered: nobody carries it."""

EVERYTHING_LEFT = Contact(
    subject_id="s",
    territory="23",
    kind="profile",
    owner_id="u",
    first_name="Nadia",
    email="nadia@example.org",
    channels=frozenset(Channel),
    consents_to_messages=True,
    counsellor_ids=(),
)


async def test_every_channel_has_its_outlet(stack: Stack) -> None:
    runtime = SERVICE.runtime(stack.settings(SERVICE))
    parts = SERVICE.compose(runtime)
    owners = [getattr(run, "__self__", None) for run in parts.background]
    senders = [owner for owner in owners if isinstance(owner, Sender)]
    outlets: list[Outlet] = [sender._outlet for sender in senders]
    made = {outlet.channel for outlet in outlets}
    assert made == set(Channel) - INBOXES, "Its class stands in services/notifications/channels, its outlet in app.py."
    await runtime.store.close()


def test_every_address_that_is_published_is_kept() -> None:
    left = contact(channels=tuple(Channel), phone="+33612345678")
    kept = contact_from(bson.decode(bson.encode(_contact(left))))
    assert {channel for channel in Channel if kept.address(channel)} == set(Channel) - INBOXES, (
        "_contact of services/notifications/consumers.py keeps its address, contact_from of domain/reach.py reads it."
    )


def test_every_channel_knows_where_its_messages_go() -> None:
    known = {channel for channel in Channel if EVERYTHING_LEFT.address(channel)}
    assert known == set(Channel) - INBOXES, "Contact.address of services/notifications/domain/reach.py finds it."
