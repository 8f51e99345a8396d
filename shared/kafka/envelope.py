"""CloudEvents 1.0, Kafka binding, binary mode: the data is the value, everything about it is in ``ce_*`` headers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from shared.contracts.topics import Topic
from shared.kafka.errors import Permanent

CONTENT_TYPE = "application/json"
SPEC_VERSION = "1.0"

D = TypeVar("D", bound=BaseModel)


class Record(Protocol):
    """What is read of a Kafka record (aiokafka's ``ConsumerRecord``)."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]
    timestamp: int


@dataclass(frozen=True)
class Event(Generic[D]):
    """An event as a consumer gets it. ``data`` is None on a tombstone: the aggregate with this key was erased."""

    id: str
    type: str
    topic: Topic
    key: str
    subject: str
    sequence: int
    time: datetime
    data: D | None
    correlation_id: str | None
    partition: int = 0
    offset: int = 0

    @property
    def state(self) -> D:
        """The data of an event that is not a tombstone.

        Raises:
            Permanent: it is a tombstone.
        """
        if self.data is None:
            raise Permanent("tombstone-has-no-data")
        return self.data


class UnknownType(Exception):
    """The topic is known, the type is not: a newer producer. Counted and passed over."""

    def __init__(self, event_type: str) -> None:
        super().__init__(event_type)
        self.event_type = event_type


def to_headers(row: Mapping[str, Any], source: str) -> dict[str, str]:
    """Headers of an outbox row."""
    headers = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": row["_id"],
        "ce_source": f"/bassin/{source}",
        "ce_type": row["type"],
        "ce_time": row["time"].isoformat(),
        "ce_subject": row["subject"],
        "ce_sequence": str(row["sequence"]),
        "content-type": CONTENT_TYPE,
    }
    if row.get("correlation_id"):
        headers["ce_correlationid"] = row["correlation_id"]
        headers["traceparent"] = traceparent(row["correlation_id"], row["_id"])
    return headers


# Varints, attributes, timestamp and the head of a batch of one: what Kafka counts beside names and contents.
_RECORD_OVERHEAD = 100
_HEADER_OVERHEAD = 10
# More than all headers of one of our own events together (ids and types are bounded).
_HEADERS_AT_MOST = 2_000


def wire_size(key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes | None]]) -> int:
    """Bytes of a record as Kafka and its producer count them against their limits, rounded up."""
    total = _RECORD_OVERHEAD + len(key or b"") + len(value or b"")
    return total + sum(len(name.encode()) + len(text or b"") + _HEADER_OVERHEAD for name, text in headers)


def outbox_size(row: Mapping[str, Any], source: str) -> int:
    """Bytes of the record that an outbox row becomes."""
    headers = ((name, text.encode()) for name, text in to_headers(row, source).items())
    return wire_size(row["key"].encode(), row["data"], headers)


def surely_below(row: Mapping[str, Any], limit: int) -> bool:
    """A cheap look: True when no headers could make the record of this row larger than ``limit`` bytes."""
    return len(row["data"] or b"") + 4 * (len(row["key"]) + len(row["subject"])) + _HEADERS_AT_MOST < limit


def traceparent(correlation_id: str, event_id: str) -> str:
    """W3C trace context: the correlation id names the trace, the event id the span."""
    trace = _hex(correlation_id, 32)
    span = _hex(event_id, 64)[-16:]
    return f"00-{trace}-{span}-01"


def _hex(text: str, width: int) -> str:
    digits = "".join(character for character in text.lower() if character in "0123456789abcdef")
    return (digits or "1").rjust(width, "0")[-width:]


def from_record(record: Record, topic: Topic) -> Event[Any]:
    """Read a record of ``topic``.

    Raises:
        UnknownType: a type that this version does not know.
        Permanent: the envelope or the data breaks the contract; the reason names fields, never values.
    """
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    event_type = headers.get("ce_type")
    try:
        event_id = headers["ce_id"]
        sequence = int(headers["ce_sequence"])
        time = datetime.fromisoformat(headers["ce_time"])
        key = (record.key or b"").decode()
    except (KeyError, ValueError) as error:
        raise Permanent(f"envelope: {type(error).__name__} {error.args[0] if error.args else ''}"[:200]) from None
    if event_type is None or not key:
        raise Permanent("envelope: ce_type or key missing")
    if time.tzinfo is None:
        raise Permanent("envelope: ce_time without zone")
    common: dict[str, Any] = {
        "id": event_id,
        "type": event_type,
        "topic": topic,
        "key": key,
        "subject": headers.get("ce_subject", key),
        "sequence": sequence,
        "time": time,
        "correlation_id": headers.get("ce_correlationid"),
        "partition": record.partition,
        "offset": record.offset,
    }
    if record.value is None:
        return Event(data=None, **common)
    model = topic.types.get(event_type)
    if model is None:
        raise UnknownType(event_type)
    try:
        return Event(data=model.model_validate_json(record.value), **common)
    except ValidationError as error:
        problems = [
            f"{'.'.join(str(part) for part in problem['loc']) or '(whole)'}: {problem['type']}"
            for problem in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        raise Permanent(("contract: " + "; ".join(problems[:5]))[:400]) from None
