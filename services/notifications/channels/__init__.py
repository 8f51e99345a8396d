"""Channels: ways by which queued messages leave. Each stands behind one protocol; the sender knows nothing else of them.

The two inboxes are no channels in this sense: what is written there is delivered. Adding one: a member of
``shared.contracts.vocabulary.Channel``, where its address is found (``domain/reach.py``), a class here, and its name in
``app.py``.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.notifications.domain.notification import Notification
from services.notifications.domain.reach import Contact
from shared.contracts.vocabulary import Channel


class RefusedForGood(Exception):
    """This message will never be taken: ``reason`` is a code, never the other side's sentence.

    ``address``: it is the recipient's address that cannot be written to, so nothing more goes there. Without it, this
    message alone is at fault, and whoever wrote a part of it does not silence its reader.
    """

    def __init__(self, reason: str, *, address: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.address = address


class RefusedForNow(Exception):
    """It may be taken later.

    ``counts``: it is about this message or its reader, who are not waited for without end; otherwise the other side is in
    trouble, which is waited for as long as messages wait at all. ``unsure``: it may have been taken, and a try be a copy.
    """

    def __init__(self, reason: str, *, counts: bool = True, unsure: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.counts = counts or unsure
        self.unsure = unsure


class Unreachable(Exception):
    """Nobody to hand anything to (down, or it refuses us): nothing was tried with the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


UNSURE_TIMES = 3
"""So many copies at most of a message of which the other side never says whether it took it."""


@dataclass(frozen=True)
class Patience:
    """How often and how long a channel is tried. ``claim``: after this a sender that is silent is taken for dead."""

    attempts: int
    base: timedelta
    longest: timedelta
    give_up: timedelta
    claim: timedelta

    def pause(self, attempts: int) -> timedelta:
        """How long to wait after so many tries: doubled each time."""
        return min(self.base * (1 << min(attempts, 30)), self.longest)

    def pause_after(self, waited: timedelta) -> timedelta:
        """How long to wait for another side that has been in trouble for so long: as long again."""
        return min(max(waited, self.base), self.longest)


class Session(Protocol):
    """What one lane of a sender holds open: a connection, opened when it is needed and kept while it serves."""

    async def hand_over(self, message: Notification, contact: Contact, address: str) -> None:
        """Write the message and hand it over; returns when the other side took it.

        Raises:
            RefusedForGood, RefusedForNow, Unreachable: see there.
        """
        ...

    async def close(self) -> None:
        """Say good-bye; what is lost already is no matter."""
        ...


class Outlet(Protocol):
    """A channel as the sender uses it: which messages of the queue are its own, and how they go."""

    @property
    def channel(self) -> Channel:
        """Whose messages are claimed."""
        ...

    @property
    def enabled(self) -> bool:
        """Whether there is anything to hand messages to; the other channels carry them otherwise."""
        ...

    @property
    def lanes(self) -> int:
        """Messages of one process under way at once."""
        ...

    @property
    def patience(self) -> Patience:
        """How refusals are met."""
        ...

    def open(self) -> Session:
        """A lane's own session."""
        ...
