"""CloudEvents 1.0, Kafka binding, binary mode: the data is the value, everything about it is in ``ce_*`` headers."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, cast

from pydantic import BaseModel, ValidationError

from shared.contracts.events.base import EventModel
from shared.contracts.tolerance import MOST_PROBLEMS, understand
from shared.contracts.topics import Topic
from shared.kafka.errors import Permanent
from shared.kafka.sequences import is_plausible, is_plausible_time, on_wire
from shared.telemetry import span_hex, trace_hex
from shared.types import MAX_ID

CONTENT_TYPE = "application/json"
SPEC_VERSION = "1.0"
LONGEST_ID = 200
TOGETHER = "ce_together"
"""Header: how many records of the topic one commit has sent, this one among them (``gathering``)."""

# Other headers may hold anything: a tracer's bytes, a null, a name twice.
_READ = frozenset({"ce_id", "ce_type", "ce_time", "ce_subject", "ce_sequence", "ce_correlationid"})
_SEQUENCE = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_LEAP_SECOND = re.compile(r"([T ]\d\d:\d\d:)60")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 in a text of JSON, which has it in no other form. Nobody writes it; a database's field names and patterns cannot hold
it, so that what was to be erased by such a name was found by none.
"""
_CONTRADICTION = "contradiction: key, subject and the id in the data are not the same"

D = TypeVar("D", bound=BaseModel)
R = TypeVar("R")


class Record(Protocol):
    """What is read of a Kafka record (aiokafka's ``ConsumerRecord``, or a dead letter that is applied again)."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Iterable[tuple[str, bytes | None]]: ...


@dataclass(frozen=True)
class Event(Generic[D]):
    """An event as a consumer gets it. ``data`` is None on a tombstone: the aggregate with this key was erased.

    ``sequence`` is 0 on a tombstone whose own says nothing usable. ``repeated``: this very erasure was executed here
    before, so newer state that stands now came after it.
    """

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
    repeated: bool = False
    _worked_out: dict[Callable[[D], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def worked_out(self, by: Callable[[D], R]) -> R:
        """What ``by`` makes of the state, once: whoever knows that it will be asked for may ask ahead of the event's turn.

        Raises:
            Permanent: it is a tombstone.
        """
        found = self._worked_out.get(by, self)
        if found is self:
            found = self._worked_out[by] = by(self.state)
        return cast(R, found)

    @property
    def correlation(self) -> str:
        """What everything that follows from this event is correlated by."""
        return self.correlation_id or self.id

    @property
    def state(self) -> D:
        """The data of an event that is not a tombstone.

        Raises:
            Permanent: it is a tombstone.
        """
        if self.data is None:
            raise Permanent("tombstone-has-no-data")
        return self.data

    def beats(self, known: int) -> bool:
        """Whether this event is to be applied where ``known`` is the version that stands (0: nothing does).

        A state must be newer. An erasure wins over any sequence: the only one to pass over is one that was executed
        before and has been followed by newer state (somebody came back).
        """
        if self.data is not None:
            return self.sequence > known
        return not (self.repeated and known > self.sequence)

    def leaves(self, known: int) -> int:
        """The version to remember when the event has been applied over ``known``; nothing up to it comes again."""
        return max(self.sequence, known)


class Newest(NamedTuple):
    """The event to apply for a key, and the version to remember with it."""

    event: Event[Any]
    version: int


def newest(events: Iterable[Event[Any]], known: Callable[[str], int]) -> dict[str, Newest]:
    """Of a batch the event to apply for each key that has news; ``known`` gives the version that stands (0: none)."""
    found: dict[str, Newest] = {}
    for event in events:
        stands = found[event.key].version if event.key in found else known(event.key)
        if event.beats(stands):
            found[event.key] = Newest(event, event.leaves(stands))
    return found


class UnknownType(Exception):
    """The topic is known, the type is not: a newer producer. Counted and passed over."""

    def __init__(self, event_type: str) -> None:
        super().__init__(event_type)
        self.event_type = event_type


def to_headers(row: Mapping[str, Any], source: str, epoch: int = 0) -> dict[str, str]:
    """Headers of an outbox row, published in ``epoch`` of its service."""
    headers = {
        "ce_specversion": SPEC_VERSION,
        "ce_id": row["_id"],
        "ce_source": f"/bassin/{source}",
        "ce_type": row["type"],
        "ce_time": row["time"].isoformat(),
        "ce_subject": row["subject"],
        "ce_sequence": str(on_wire(epoch, row["sequence"])),
        "content-type": CONTENT_TYPE,
    }
    if row.get("correlation_id"):
        headers["ce_correlationid"] = row["correlation_id"]
        if row.get("causation_id"):
            headers["ce_causationid"] = row["causation_id"]
        headers["traceparent"] = traceparent(row["correlation_id"], row["_id"])
    if "together" in row:
        headers[TOGETHER] = str(row["together"])
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
    return f"00-{trace_hex(correlation_id)}-{span_hex(event_id)}-01"


def from_record(record: Record, topic: Topic, heard_epoch: int = 0) -> Event[Any]:
    """Read a record of ``topic``, whatever it holds. ``heard_epoch``: the highest epoch heard of its producer.

    On a compacted topic a null value is the erasure of its key, as compaction itself will have it, whatever its type and
    sequence say: nothing can outrun an erasure.

    Raises:
        UnknownType: a type that this version does not know.
        Permanent: the envelope or the data breaks the contract; the reason names fields, never values.
    """
    try:
        return _read(record, topic, heard_epoch)
    except (UnknownType, Permanent):
        raise
    except Exception as error:
        raise Permanent(f"undecodable: {type(error).__name__}") from None


def _read(record: Record, topic: Topic, heard_epoch: int) -> Event[Any]:
    headers = {name: value for name, value in record.headers if name in _READ}
    key = _text(
        record.key, "key", MAX_ID
    )  # no state has a longer one, and what follows from an erasure would break on it
    event_type = _type(headers.get("ce_type"))
    common: dict[str, Any] = {
        "id": _text(headers.get("ce_id"), "ce_id", LONGEST_ID),
        "type": event_type,
        "topic": topic,
        "key": key,
        "time": _time(_text(headers.get("ce_time"), "ce_time", 64)),
        "correlation_id": _correlation(headers.get("ce_correlationid")),
        "partition": record.partition,
        "offset": record.offset,
    }
    named = headers.get("ce_subject", record.key)
    subject = key if named == record.key else _text(named, "ce_subject", LONGEST_ID)
    number = _text(headers.get("ce_sequence"), "ce_sequence", 100)
    sequence = int(number) if _SEQUENCE.fullmatch(number) else 0
    plausible = is_plausible(sequence, heard_epoch)
    if record.value is None:
        if not topic.compacted:
            raise Permanent("contract: no data")
        if subject != key:
            raise Permanent(_CONTRADICTION)
        return Event(data=None, subject=subject, sequence=sequence if plausible else 0, **common)
    model = topic.types.get(event_type)
    if model is None:
        raise UnknownType(event_type)
    if not plausible:
        raise Permanent("envelope: ce_sequence is not plausible")
    if rb"\u0000" in record.value and _NUL.search(record.value):
        raise Permanent("contract: U+0000 in a text")
    try:
        data = understand(model, record.value)
    except ValidationError as error:
        raise Permanent(_problems(error, model)) from None
    if getattr(data, topic.key) != key or getattr(data, topic.subject_field) != subject:
        raise Permanent(_CONTRADICTION)
    return Event(data=data, subject=subject, sequence=sequence, **common)


def _text(value: bytes | None, name: str, longest: int) -> str:
    """A header or key as text; the message names it and never says what is in it."""
    if value is None:
        raise Permanent(f"envelope: {name} is missing")
    try:
        text = bytes(value).decode()
    except UnicodeDecodeError:
        raise Permanent(f"envelope: {name} is not text") from None
    if not text.strip() or len(text) > longest or not text.isprintable():
        raise Permanent(f"envelope: {name} is not usable")
    return text


@lru_cache(maxsize=256)
def _type(value: bytes | None) -> str:
    """There are some tens of them."""
    return _text(value, "ce_type", 100)


def instant(text: str) -> datetime:
    """An instant as RFC 3339 writes it: «t» and «z» may be small (5.6), and a leap second (5.7) is the one before it here.

    Raises:
        ValueError, OverflowError: none, or none in UTC.
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = datetime.fromisoformat(_LEAP_SECOND.sub(r"\g<1>59", text.upper()))
    if time.tzinfo is None:
        raise ValueError("without zone")
    return time if time.tzinfo is UTC else time.astimezone(UTC)


def _time(text: str) -> datetime:
    try:
        time = instant(text)
    except (ValueError, OverflowError):
        raise Permanent("envelope: ce_time is not a time with its zone") from None
    if not is_plausible_time(time):
        raise Permanent("envelope: ce_time is not plausible")
    return time


def _correlation(value: bytes | None) -> str | None:
    """Only for tracing: one that is not usable is no reason to lose the event."""
    if value is None:
        return None
    try:
        return _text(value, "ce_correlationid", LONGEST_ID)
    except Permanent:
        return None


def _problems(error: ValidationError, model: type[EventModel]) -> str:
    """What the data breaks: fields and rules. A part of a path that is not a field's name came from the record itself."""
    if error.error_count() > MOST_PROBLEMS:
        return f"contract: more than {MOST_PROBLEMS} problems"
    known = _field_names(model)
    found = []
    for problem in error.errors(include_input=False, include_url=False, include_context=False)[:5]:
        path = [str(part) if isinstance(part, int) or part in known else "*" for part in problem["loc"]]
        found.append(f"{'.'.join(path) or '(whole)'}: {problem['type']}")
    return ("contract: " + "; ".join(found))[:400]


@lru_cache
def _field_names(model: type[EventModel]) -> frozenset[str]:
    schema = model.model_json_schema()
    definitions = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for definition in definitions for name in definition.get("properties", {}))
