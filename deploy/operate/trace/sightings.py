"""What is known of an event, from wherever something of it lies."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.contracts.topics import TOPICS, Topic
from shared.kafka.envelope import instant
from shared.kafka.stuck import aggregate_id

UNKNOWN = "?"

_BY_NAME = {topic.name: topic for topic in TOPICS}


@dataclass
class Consumed:
    """What one consumer made of an event."""

    service: str
    states: list[str] = field(default_factory=list)


@dataclass
class Sighting:
    """An event, by all that was seen of it. ``offsets`` are partition and offset of each time that it was published."""

    id: str
    type: str = UNKNOWN
    topic: str = UNKNOWN
    subject: str = UNKNOWN
    sequence: str = UNKNOWN
    time: str = UNKNOWN
    correlation: str | None = None
    cause: str | None = None
    tombstone: bool = False
    outbox: list[str] = field(default_factory=list)
    offsets: list[tuple[int, int]] = field(default_factory=list)
    letters: dict[str, list[str]] = field(default_factory=dict)
    consumed: list[Consumed] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)

    @property
    def manifest(self) -> Topic | None:
        """The topic as the manifest knows it."""
        return _BY_NAME.get(self.topic)


@dataclass
class Sightings:
    """Everything seen so far, and what could not be looked at."""

    events: dict[str, Sighting] = field(default_factory=dict)
    not_searched: list[str] = field(default_factory=list)

    def of(self, id: str) -> Sighting:
        """The sighting of this event, a new one when it was not seen before."""
        return self.events.setdefault(id, Sighting(id))

    def in_outbox(self, row: dict[str, Any], state: str, stuck: dict[str, dict[str, Any]]) -> None:
        """A row that waits to be published (or is parked)."""
        seen = self.of(row["_id"])
        seen.type, seen.topic, seen.subject = row["type"], row["topic"], row["subject"]
        seen.sequence, seen.time = str(row["sequence"]), f"{row['time']:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        seen.correlation, seen.cause = row.get("correlation_id"), row.get("causation_id")
        seen.tombstone = row["data"] is None
        mark = stuck.get(aggregate_id(row)) or stuck.get(f"{row['topic']}|")
        if mark is not None and mark["event_id"] == row["_id"]:
            state += f", stuck since {mark['since']:%Y-%m-%d %H:%M:%S}: {mark['error']}, {mark['tries']} tries"
        elif mark is not None:
            state += f", behind the stuck {mark['event_id']}"
        seen.outbox.append(state)

    def on_topic(self, topic: str, partition: int, offset: int, headers: dict[str, str], *, tombstone: bool) -> None:
        """A record; ``topic`` is its name in the manifest."""
        seen = self.described(topic, headers, tombstone=tombstone)
        seen.offsets.append((partition, offset))

    def described(self, topic: str, headers: dict[str, str], *, tombstone: bool) -> Sighting:
        """What the headers of a record say."""
        seen = self.of(headers["ce_id"])
        seen.topic, seen.tombstone = topic, tombstone
        seen.type = headers.get("ce_type", UNKNOWN)
        seen.subject = headers.get("ce_subject", UNKNOWN)
        seen.sequence = headers.get("ce_sequence", UNKNOWN)
        seen.time = _time(headers.get("ce_time", ""))
        seen.correlation = headers.get("ce_correlationid")
        seen.cause = headers.get("ce_causationid")
        return seen


# Others' clocks may be behind ours, and an event is older than its record.
SLACK = timedelta(minutes=5)


def begun(*ids: str | None) -> datetime | None:
    """An instant that none of these ids is older than; None when one does not say (it is no UUID of version 7)."""
    instants = []
    for id in ids:
        try:
            known = UUID(id or "")
        except ValueError:
            return None
        if known.version != 7:
            return None
        instants.append(datetime.fromtimestamp((known.int >> 80) / 1000, UTC))
    return min(instants) - SLACK


def _time(text: str) -> str:
    try:
        return f"{instant(text):%Y-%m-%d %H:%M:%S.%f}"[:-3]
    except (ValueError, OverflowError):
        return UNKNOWN
