"""A notification: one message over one channel, from being written to what became of it."""

from datetime import date, datetime, timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from services.notifications.domain.matter import Category, Matter
from shared import civil
from shared.contracts.events.notifications import DeliveryState
from shared.contracts.events.offers import Appointment
from shared.contracts.vocabulary import Channel, DeliveryStatus
from shared.domain import Aggregate, Entity
from shared.kept_enum import StoredEnum

MOST_ITEMS = 200


class Status(StoredEnum):
    """Life of a notification. Inbox items are ``sent`` in the transaction that writes them."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


_EVENTS = {
    Status.SENT: "notification-sent.v1",
    Status.FAILED: "notification-failed.v1",
    Status.BOUNCED: "notification-bounced.v1",
}


class Item(Entity):
    """What is told: finished French text. ``ref`` is the recommendation that it is about; ``appointment`` goes with an e-mail.

    ``day`` is the one that a reminder is of, by the clocks of ``zone`` (tz database). ``facts``: what the text of a message that
    has not left was made of, where offers that end meanwhile change it. ``target``: ids of what its
    reader opens (``matter.TARGETS``).
    """

    title: str
    text: str
    link: str | None = None
    action: str | None = None
    place: str | None = None
    offer_id: str | None = None
    ref: str | None = None
    appointment: Appointment | None = None
    day: date | None = None
    zone: str | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    target: dict[str, str] = Field(default_factory=dict)

    def on(self, now: datetime) -> "Item":
        """As it reads now. A message may leave, or be read, days after it was written: how near its day is, is said then."""
        if self.day is None or self.zone is None:
            return self
        left = (self.day - now.astimezone(civil.zone_named(self.zone)).date()).days
        near = {0: "c’est aujourd’hui", 1: "c’est demain"}.get(left)
        return self.model_copy(update={"title": f"{self.title} ({near})"}) if near else self


class Notification(Aggregate):
    """``box`` is whose inbox it lies in (inbox and counsellor channels). E-mails gather items until they are claimed.

    ``due_at``: not before; while a sender holds the claim, the instant at which the claim lapses.
    ``caused_at``: the earliest cause of its items, so that latency figures are never flattered.
    ``about``: the person of whom staff are told something; ``concerns``: whose erasure takes this along. ``names``: a letter to
    somebody else that has the first name of ``about`` in it.
    ``of_others``: an item that speaks of somebody else than its reader. ``grouped``: one item of an inbox for many offers
    that came at once, under ``heading``; it takes more until it is read. ``left_out``: offers that ended before it left.
    """

    subject_id: str
    channel: Channel
    template: str
    category: Category
    status: Status
    items: tuple[Item, ...]
    box: str | None = None
    about: str | None = None
    concerns: str | None = None
    names: bool = False
    of_others: bool = False
    grouped: bool = False
    heading: str = ""
    current: bool = True
    read_at: AwareDatetime | None = None
    read_by: str | None = None
    due_at: AwareDatetime | None = None
    claimed: bool = False
    attempts: int = 0
    reason: str | None = None
    tried_since: datetime | None = None
    """Since when it is tried in vain through no fault of its own, while it is queued."""
    left_out: int = 0
    caused_by: str
    caused_at: AwareDatetime
    correlation_id: str | None = None
    delivered_at: AwareDatetime | None = None
    unsubscribe_token: str | None = None
    expires_at: AwareDatetime

    @classmethod
    def in_box(
        cls,
        id: str,
        matter: Matter,
        channel: Channel,
        box: str,
        item: Item,
        now: datetime,
        keep: timedelta,
        *,
        published: bool = False,
    ) -> Self:
        """An inbox item: written is delivered. ``published``: an event says so."""
        made = cls(
            id=id,
            territory=matter.territory,
            created_at=now,
            updated_at=now,
            subject_id=matter.subject_id,
            channel=channel,
            template=matter.template,
            category=matter.category,
            status=Status.SENT,
            items=(item,),
            box=box,
            about=matter.about,
            concerns=matter.concerns,
            of_others=box != (matter.about or matter.subject_id),
            caused_by=matter.caused_by,
            caused_at=matter.caused_at,
            correlation_id=matter.correlation_id,
            delivered_at=now,
            expires_at=now + keep,
        )
        if published:
            made.record(_EVENTS[Status.SENT], now)
        else:
            made.touch(now)
        return made

    @classmethod
    def queued(
        cls,
        id: str,
        matter: Matter,
        channel: Channel,
        item: Item,
        token: str | None,
        now: datetime,
        due_at: datetime,
        keep: timedelta,
        *,
        names: bool = False,
    ) -> Self:
        """A message in the queue of a channel, not to leave before ``due_at``."""
        made = cls(
            id=id,
            territory=matter.territory,
            created_at=now,
            updated_at=now,
            subject_id=matter.subject_id,
            channel=channel,
            template=matter.template,
            category=matter.category,
            status=Status.QUEUED,
            items=(item,),
            about=matter.about,
            concerns=matter.concerns,
            names=names,
            due_at=due_at,
            caused_by=matter.caused_by,
            caused_at=matter.caused_at,
            correlation_id=matter.correlation_id,
            unsubscribe_token=token,
            expires_at=now + keep,
        )
        made.touch(now)
        return made

    @property
    def gathers(self) -> bool:
        """Whether more items may still join: never tried, so nobody can have got a first version of it."""
        return self.status is Status.QUEUED and not self.claimed and not self.attempts and len(self.items) < MOST_ITEMS

    def gather(self, matter: Matter, item: Item, now: datetime) -> None:
        """Add an item to an e-mail that has not left."""
        self.items = (*self.items, item)
        if matter.caused_at < self.caused_at:
            self.caused_at, self.caused_by = matter.caused_at, matter.caused_by
        self._changed(now)

    @property
    def takes_more(self) -> bool:
        """Whether a group is still open."""
        return self.grouped and self.current and self.read_at is None and len(self.items) < MOST_ITEMS

    def drop(self, refs: frozenset[str], now: datetime) -> None:
        """Leave out items that hold no longer."""
        self.items = tuple(item for item in self.items if item.ref not in refs)
        if self.grouped and not self.items:
            self.current = False
        self._changed(now)

    def sent(self, now: datetime) -> None:
        """Handed to the channel, which took it. The text is not kept any longer."""
        self._ended(Status.SENT, None, now)
        self.items = ()

    def ended(self, reason: str, now: datetime) -> None:
        """What it told of is over, or is its reader's no more, before it left: nobody gets it, and its text is not kept."""
        self._ended(Status.FAILED, reason, now)
        self.items = ()

    def failed(self, reason: str, now: datetime) -> None:
        """Given up; ``reason`` is a code without personal data."""
        self._ended(Status.FAILED, reason, now)

    def bounced(self, reason: str, now: datetime) -> None:
        """Refused for good by the channel."""
        self._ended(Status.BOUNCED, reason, now)

    def again(self, reason: str, due_at: datetime, now: datetime) -> None:
        """Tried in vain; to be tried again at ``due_at``."""
        self.attempts += 1
        self.reason, self.due_at, self.claimed = reason, due_at, False
        self.touch(now)

    def put_back(self, due_at: datetime, now: datetime, reason: str | None = None) -> None:
        """Claimed, and not taken through no fault of its own (the server was out of reach, or in trouble)."""
        self.due_at, self.claimed, self.reason = due_at, False, reason or self.reason
        self.tried_since = self.tried_since or now
        self.touch(now)

    def read(self, by: str, now: datetime) -> None:
        """Mark as read; reading again changes nothing."""
        if self.read_at is None:
            self.read_at, self.read_by = now, by
            self.touch(now)

    def matter_again(self, item: Item) -> Matter:
        """What one item of it told, to be told anew: another way, or in other words."""
        return Matter(
            key=self.id,
            subject_id=self.subject_id,
            territory=self.territory,
            template=self.template,
            category=self.category,
            params=item.facts,
            offer_id=item.offer_id,
            ref=item.ref,
            concerns=self.concerns,
            caused_by=self.caused_by,
            caused_at=self.caused_at,
            correlation_id=self.correlation_id,
        )

    def _changed(self, now: datetime) -> None:
        if self.version == self.loaded_version:  # several changes of one commit are one version
            self.touch(now)

    def _ended(self, status: Status, reason: str | None, now: datetime) -> None:
        self.status, self.reason, self.delivered_at, self.tried_since = status, reason, now, None
        self.attempts += 1
        self.claimed, self.due_at = False, None
        self.record(_EVENTS[status], now)

    def event_data(self, event_type: str) -> BaseModel:
        """The delivery as other services learn of it: no content."""
        return DeliveryState(
            notification_id=self.id,
            subject_id=self.subject_id,
            channel=self.channel,
            status=DeliveryStatus(self.status.value),
            template=self.template,
            reason=self.reason,
            caused_by=self.caused_by,
            caused_at=self.caused_at,
            delivered_at=self.delivered_at or self.updated_at,
        )
