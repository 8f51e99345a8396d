"""What is shown of notifications."""

from datetime import datetime

from pydantic import BaseModel, Field

from services.notifications.domain.french import count
from services.notifications.domain.matter import Category
from services.notifications.domain.notification import Item, Notification, Status
from services.notifications.domain.preferences import Preferences
from shared.contracts.vocabulary import Channel
from shared.domain import made_of
from shared.http import Page, Version

_LISTED = 10
"""Offers of a group that its text names."""


class OfferLine(BaseModel):
    """An offer of a group."""

    title: str
    link: str | None
    offer_id: str | None
    recommendation_id: str | None


class Target(BaseModel):
    """What an item leads to, beside its offer and recommendation: the ids that are there, each of the service that it names.

    Whether it may be read is asked there, as always: an item stays longer than some rights.
    """

    application_id: str | None = Field(default=None, description="offers: `/v1/applications/{id}`")
    agenda_id: str | None = Field(default=None, description="offers: `/v1/agenda/{id}`")
    session_id: str | None = Field(default=None, description="Which of the event's sessions it tells of")
    click_id: str | None = Field(default=None, description="offers: `/v1/clicks/{id}/outcome` takes the answer")
    company_id: str | None = Field(default=None, description="offers: `/v1/companies/{id}`")
    search_id: str | None = Field(default=None, description="offers: one of `/v1/saved-searches`")
    contact_id: str | None = Field(
        default=None,
        description="profiles: an employer's question; theirs at `/v1/cv-pool/contacts/{id}`, the person's below their profile",
    )
    export_id: str | None = Field(default=None, description="profiles: `/v1/profiles/{profile}/exports/{id}`")
    contract_id: str | None = Field(default=None, description="clauses: `/v1/contracts/{id}`")


class InboxItem(BaseModel):
    """An inbox item as front-ends show it. ``current`` is false once what it tells of holds no longer."""

    id: str
    subject_id: str = Field(description="Whom it is about: the reader, or the person to be told (channel counsellor)")
    channel: Channel
    category: Category
    template: str
    title: str = Field(description="In plain French, to be shown as it is")
    text: str = Field(description="Plain text; an empty line parts paragraphs")
    link: str | None = Field(description="Where to act on it; null: nowhere")
    action: str | None = Field(description="Label of the link")
    offer_id: str | None = Field(description="What it tells of; the person's application is the one to this offer")
    recommendation_id: str | None = Field(description="What matching takes for seen and dismissed")
    target: Target = Field(description="What the front end opens, as ids; all null: it leads to nothing else")
    offers: list[OfferLine] = Field(description="On a group of offers that came at once, each of them; else empty")
    current: bool = Field(description="False: what it tells of holds no longer")
    read: bool
    read_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: Version


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
    reason: str | None = Field(description="Why it failed: a code; `offer-ended`: its offer was over before it left")
    left_out: int = Field(description="Offers that were over before it left, and that it does not name")
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
    updated_at: datetime | None = Field(
        description="When it was last chosen; null: never, so everything comes by e-mail"
    )


def _bare(group: Notification, item: Item) -> str:
    """An item's title below a heading that says already who is to be told («À dire à Nadia : »)."""
    return item.title.removeprefix(f"{group.heading} : ") if group.heading else item.title


def _together(group: Notification) -> Item:
    """What a group says as a whole: how many offers, and the first of them by title."""
    number = len(group.items)
    title = (
        f"{count(number, 'nouvelle offre', 'nouvelles offres')} pour vous" if number else "Ces offres ne sont plus là"
    )
    lines = [f"– {_bare(group, item)}" for item in group.items[:_LISTED]]
    if number > _LISTED:
        lines.append(f"… et {count(number - _LISTED, 'autre', 'autres')}")
    return Item(title=f"{group.heading} : {title}" if group.heading else title, text="\n".join(lines))


def inbox_item(notification: Notification, now: datetime) -> InboxItem:
    """An inbox document carries one item, or is a group of offers that came at once. ``now``: when it is read."""
    item = _together(notification) if notification.grouped else notification.items[0].on(now)
    # What was validated when it was stored is not validated again to be shown.
    return made_of(
        InboxItem,
        {
            "id": notification.id,
            "subject_id": notification.subject_id,
            "channel": notification.channel,
            "category": notification.category,
            "template": notification.template,
            "title": item.title,
            "text": item.text,
            "link": item.link,
            "action": item.action,
            "offer_id": item.offer_id,
            "recommendation_id": item.ref,
            "target": Target(**{name: id for name, id in item.target.items() if name in Target.model_fields}),
            "offers": [
                OfferLine(
                    title=_bare(notification, one), link=one.link, offer_id=one.offer_id, recommendation_id=one.ref
                )
                for one in (notification.items if notification.grouped else ())
            ],
            "current": notification.current,
            "read": notification.read_at is not None,
            "read_at": notification.read_at,
            "created_at": notification.created_at,
            "updated_at": notification.updated_at,
            "version": notification.version,
        },
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
        updated_at=preferences.updated_at if preferences.version else None,
    )
