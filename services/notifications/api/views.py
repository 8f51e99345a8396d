"""What is shown of notifications."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.notifications.domain.matter import Category
from services.notifications.domain.notification import Notification, Status
from services.notifications.domain.preferences import Preferences
from shared.contracts.vocabulary import Channel
from shared.http import Page


class InboxItem(BaseModel):
    """An inbox item as front-ends show it. ``current`` is false once what it tells of holds no longer."""

    id: str
    subject_id: str = Field(description="Whom it is about: the reader, or the person to be told (channel counsellor)")
    channel: Channel
    category: Category
    template: str
    title: str
    text: str
    link: str | None
    action: str | None = Field(description="Label of the link")
    offer_id: str | None
    recommendation_id: str | None
    current: bool
    read: bool
    read_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class InboxPage(Page[InboxItem]):
    """A page of an inbox, newest first."""

    unread: int = Field(description="Unread items that still hold, in the whole inbox")


class Delivery(BaseModel):
    """What became of a notification, without its content."""

    id: str
    territory: str
    subject_id: str
    channel: Channel
    template: str
    category: Category
    status: Status
    reason: str | None = Field(description="Why it failed: a code")
    attempts: int
    caused_by: str
    caused_at: datetime
    created_at: datetime
    delivered_at: datetime | None


class PreferencesView(BaseModel):
    """Which categories are welcome by e-mail. Channels and consent themselves are kept with the profile."""

    subject_id: str
    email: dict[Category, bool]
    changed_by: str | None
    updated_at: datetime


def inbox_item(notification: Notification) -> InboxItem:
    """An inbox document carries exactly one item."""
    item = notification.items[0]
    return InboxItem(
        id=notification.id,
        subject_id=notification.subject_id,
        channel=notification.channel,
        category=notification.category,
        template=notification.template,
        title=item.title,
        text=item.text,
        link=item.link,
        action=item.action,
        offer_id=item.offer_id,
        recommendation_id=item.ref,
        current=notification.current,
        read=notification.read_at is not None,
        read_at=notification.read_at,
        created_at=notification.created_at,
        updated_at=notification.updated_at,
        version=notification.version,
    )


def delivery(notification: Notification) -> Delivery:
    """Ids, codes and instants only."""
    return Delivery(**notification.model_dump(include=set(Delivery.model_fields)))


def preferences_view(preferences: Preferences) -> PreferencesView:
    """Every category, whether chosen or not."""
    return PreferencesView(
        subject_id=preferences.id,
        email={category: preferences.wants(Channel.EMAIL, category) for category in Category},
        changed_by=preferences.changed_by,
        updated_at=preferences.updated_at,
    )
