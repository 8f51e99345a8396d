"""Events on a real broker, as the services that own them publish them."""

from collections.abc import Sequence
from typing import Any

from shared.kafka.envelope import Event, to_headers
from shared.kafka.publisher import Publisher
from shared.settings import Settings


async def publish(settings: Settings, events: Sequence[Event[Any]]) -> None:
    """Send events in order and wait for the broker's word for each."""
    publisher = Publisher(settings)
    try:
        confirmations = []
        for event in events:
            row = {
                "_id": event.id,
                "type": event.type,
                "time": event.time,
                "subject": event.subject,
                "sequence": event.sequence,
            }
            value = None if event.data is None else event.data.model_dump_json().encode()
            topic = event.topic.name
            headers = to_headers(row, event.topic.owner)
            confirmations.append(await publisher.send(topic, event.key.encode(), value, dict(headers)))
        for confirmation in confirmations:
            await confirmation
    finally:
        await publisher.reset()
