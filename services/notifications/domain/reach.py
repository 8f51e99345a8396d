"""How a subject is reached: their channels, their consent, and who tells them when nothing of their own does."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.notifications.domain.matter import Matter
from services.notifications.domain.preferences import Preferences
from shared.contracts.vocabulary import Channel


@dataclass(frozen=True)
class Contact:
    """What is known of a subject. ``refused_address`` is an address of theirs that a mail server refused for good.

    ``staff``: an account that said so itself with a token that says so; others are told of nobody by name.
    """

    subject_id: str
    territory: str
    kind: str
    owner_id: str | None
    first_name: str | None
    email: str | None
    channels: frozenset[Channel]
    consents_to_messages: bool
    counsellor_ids: tuple[str, ...]
    refused_address: str | None = None
    staff: bool = False

    @property
    def is_user(self) -> bool:
        """An account of its own (an employer's user, a counsellor), as against a seeker's profile."""
        return self.kind == "user"

    @property
    def reads_inbox(self) -> bool:
        """Whether somebody can open this subject's own inbox and wants it."""
        return self.is_user or (self.owner_id is not None and Channel.INBOX in self.channels)

    def address(self, channel: Channel) -> str | None:
        """Where messages of a channel may go: wanted, consented to and not refused."""
        if not self.consents_to_messages or channel not in self.channels:
            return None
        known = {Channel.EMAIL: self.email}.get(channel)
        return None if known == self.refused_address else known


@dataclass(frozen=True)
class Route:
    """A way that a matter goes: the channel, and for the two inboxes whose it lands in (``box``)."""

    channel: Channel
    box: str | None = None


def own_inbox(matter: Matter) -> Route:
    """The inbox item is always written: it is the record of what was told, whoever comes to read it."""
    return Route(Channel.INBOX, matter.subject_id)


def other_routes(
    matter: Matter, contact: Contact, preferences: Preferences | None, outlets: Collection[Channel]
) -> list[Route]:
    """Every way beside the own inbox; ``outlets`` are the channels that have somebody to hand messages to.

    Without consent there is no e-mail. Counsellors are told when the person asked for it, or when nothing of the
    person's own reaches them (no account, no usable address): nobody is assumed to own a smartphone.
    """
    if matter.quiet:
        return []
    routes = []
    for channel in outlets:
        wants = preferences is None or preferences.wants(channel, matter.category)
        if wants and contact.address(channel):
            routes.append(Route(channel))
    if Channel.COUNSELLOR in contact.channels or (not routes and not contact.reads_inbox):
        routes += counsellor_routes(contact)
    return routes


def counsellor_routes(contact: Contact) -> list[Route]:
    """One inbox for each accompanying counsellor."""
    return [Route(Channel.COUNSELLOR, counsellor) for counsellor in dict.fromkeys(contact.counsellor_ids)]


def named_to(reader: Contact, about: Contact | None) -> bool:
    """Whether a letter may name somebody: to staff who accompany them, of the territory that serves them."""
    accompanies = about is not None and reader.subject_id in about.counsellor_ids
    return accompanies and reader.staff and about is not None and about.territory == reader.territory


_CHANNELS = {channel.value: channel for channel in Channel}


def contact_from(document: Mapping[str, object]) -> Contact:
    """A contact as the read model keeps it; channels that this version does not know are left out."""
    channels = document.get("channels")
    counsellors = document.get("counsellor_ids")
    return Contact(
        subject_id=str(document["subject_id"]),
        territory=str(document["territory"]),
        kind=str(document["kind"]),
        owner_id=_text(document, "owner_id"),
        first_name=_text(document, "first_name"),
        email=_text(document, "email"),
        channels=frozenset(_CHANNELS[c] for c in channels if c in _CHANNELS)
        if isinstance(channels, list)
        else frozenset(),
        consents_to_messages=document.get("consents_to_messages") is True,
        counsellor_ids=tuple(str(c) for c in counsellors) if isinstance(counsellors, list) else (),
        refused_address=_text(document, "refused_address"),
        staff=document.get("staff") is True,
    )


def _text(document: Mapping[str, object], name: str) -> str | None:
    value = document.get(name)
    return value if isinstance(value, str) else None
