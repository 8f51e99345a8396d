"""Events that the notifications service owns."""

from pydantic import Field

from shared.contracts.events.base import EventModel, Id, Instant
from shared.contracts.vocabulary import Channel, DeliveryStatus


class DeliveryState(EventModel):
    """What became of a notification (topic ``notifications.deliveries.v1``, key: notification id). No content."""

    notification_id: Id
    subject_id: Id
    channel: Channel
    status: DeliveryStatus
    template: str = Field(max_length=60)
    reason: str | None = Field(default=None, max_length=100, description="Why it failed: a code, no address")
    caused_by: Id | None = None
    caused_at: Instant | None = None
    delivered_at: Instant
