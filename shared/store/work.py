"""A unit of work: what one command writes, as plain data, decided before the transaction begins.

MongoDB may run a transaction's callback several times; a ``Work`` holds no call to a clock, a network or an id factory, so
running it again gives the same writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.contracts.topics import Topic
from shared.correlation import causation_id, correlation_id
from shared.domain import Aggregate
from shared.ids import IdFactory, new_id
from shared.store.codec import encode, to_document


@dataclass(frozen=True)
class Save:
    """Write an aggregate whose stored version must still be ``expected`` (0: it must not exist)."""

    collection: str
    aggregate: Aggregate
    document: dict[str, Any]
    expected: int


class CompareAndSet(NamedTuple):
    """What becomes of a document that must still be at ``expected``: operators, a pipeline, or the whole document anew."""

    id: str
    expected: int
    body: Mapping[str, Any] | Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Write:
    """Any other write of the same transaction; ``operation`` is insert, update, bulk, compare_and_set or delete."""

    collection: str
    operation: str
    filter: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    upsert: bool = False
    found: bool = False
    """Whether a document must match: else the commit is overtaken."""


class Work:
    """Collects the writes of one command; ``Store.commit`` makes them all or none."""

    def __init__(self, new_event_id: IdFactory = new_id) -> None:
        self.saves: list[Save] = []
        self.writes: list[Write] = []
        self.touches: list[tuple[str, str, int]] = []
        self.outbox: list[dict[str, Any]] = []
        self.after: dict[str, int] = {}
        """Of events by id what ``publish`` was told."""
        self.inbox: str | None = None
        self._new_event_id = new_event_id
        self._saved: set[tuple[str, str]] = set()

    def save(
        self, collection: str, aggregate: Aggregate, topic: Topic | None = None, *, key: str | None = None
    ) -> None:
        """Write ``aggregate`` and put its pending events into the outbox for ``topic`` (key: the aggregate's id).

        Raises:
            ValueError: the aggregate recorded events and no topic was given; or it is in here already, which no commit could ever
                take: each expects the version that was read.
        """
        if (collection, aggregate.id) in self._saved:
            raise ValueError(f"{type(aggregate).__name__} {aggregate.id} is saved twice in one work")
        self._saved.add((collection, aggregate.id))
        pending = aggregate.pending
        if pending and topic is None:
            raise ValueError(f"{type(aggregate).__name__} recorded events but no topic was named")
        self.saves.append(Save(collection, aggregate, to_document(aggregate), aggregate.loaded_version))
        for event in pending:
            assert topic is not None
            self.publish(
                topic,
                event.type,
                key=key or aggregate.id,
                subject=aggregate.id,
                data=event.data,
                sequence=event.sequence,
                time=event.time,
                after=0 if event.opening else None,
            )

    def insert(self, collection: str, *documents: Mapping[str, Any]) -> None:
        """Insert documents (encoded here)."""
        if documents:
            self.writes.append(Write(collection, "insert", body=[encode(document) for document in documents]))

    def update(
        self,
        collection: str,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | Sequence[Mapping[str, Any]],
        *,
        upsert: bool = False,
        found: bool = False,
    ) -> None:
        """Update one document by MongoDB operators. ``found``: the commit conflicts where none matches (``filter`` names its
        ``_id`` and what was read of it).
        """
        self.writes.append(Write(collection, "update", encode(filter), encode(update), upsert, found))

    def bulk(self, collection: str, requests: Sequence[Any]) -> None:
        """A list of pymongo write requests (``UpdateOne`` …) of one collection, in order."""
        if requests:
            self.writes.append(Write(collection, "bulk", body=list(requests)))

    def compare_and_set(self, collection: str, changes: Sequence[CompareAndSet]) -> None:
        """Change documents of one collection, each once; the commit conflicts where one is not at its version any more."""
        if changes:
            self.writes.append(Write(collection, "compare_and_set", body=list(changes)))

    def delete(self, collection: str, filter: Mapping[str, Any]) -> None:
        """Delete every document that matches."""
        self.writes.append(Write(collection, "delete", encode(filter)))

    def publish(
        self,
        topic: Topic,
        event_type: str,
        *,
        key: str,
        data: BaseModel | None,
        sequence: int,
        time: datetime,
        subject: str | None = None,
        correlation: str | None = None,
        cause: str | None = None,
        after: int | None = None,
    ) -> str:
        """Put an event into the outbox and return its id. ``data=None`` is a tombstone (erasure of ``key``).

        ``correlation`` and ``cause`` are those of what is being handled (``shared.correlation``), where not named.
        ``after``: the sequence of the event of ``subject`` before this one, 0 for the first that there ever was; so that it may
        leave as soon as that one has. None: not known, or another may come between (``resync`` publishes states of compacted
        topics again).

        Raises:
            ValueError: the topic's manifest does not list the type, the data is of another model, or ``after`` says too much.
        """
        if data is not None:
            model = topic.types.get(event_type)
            if model is None or not isinstance(data, model):
                raise ValueError(f"{topic.name} does not carry {event_type} with {type(data).__name__}")
        event_id = self._new_event_id()
        if after is not None:
            if after and topic.compacted:
                raise ValueError(f"{topic.name} is compacted: states may be published again between its events")
            self.after[event_id] = after
        self.outbox.append(
            {
                "_id": event_id,
                "topic": topic.name,
                "type": event_type,
                "key": key,
                "subject": subject or key,
                "sequence": sequence,
                "time": time,
                "data": None if data is None else data.model_dump_json().encode(),
                "correlation_id": correlation or correlation_id.get(),
                "causation_id": cause or causation_id.get(),
            }
        )
        return event_id

    def touch(self, collection: str, id: str, version: int) -> None:
        """Make this commit conflict with any change of a stored aggregate, and require that it is still at ``version``."""
        self.touches.append((collection, id, version))

    def once(self, consumer: str, event_id: str) -> None:
        """Skip the whole commit when ``consumer`` has applied ``event_id`` before (the inbox row is written with it)."""
        self.inbox = f"{consumer}:{event_id}"

    @property
    def alone(self) -> Save | None:
        """The only write, when it is one aggregate."""
        others = self.writes or self.touches or self.outbox or self.inbox
        return self.saves[0] if len(self.saves) == 1 and not others else None

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not (self.saves or self.writes or self.outbox or self.inbox)
