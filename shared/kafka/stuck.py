"""Aggregates whose next event cannot be published: counted, tried again less and less often, shown, and in an operator's hands.

Only their own later events wait behind them. Nothing is dropped: what an operator skips is parked and can be put back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiokafka.errors import InvalidTopicError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from shared import metrics
from shared.store import Store

STUCK = "outbox_stuck"
PARKED = "outbox_parked"
LONGEST_WAIT_SECONDS = 300.0
LONGEST_RETRIABLE_SECONDS = 5.0

# What is wrong with the topic is wrong for all of its events: one mark for all of them.
OF_THE_TOPIC = (InvalidTopicError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError)


@dataclass(frozen=True)
class Failure:
    """An outbox row that Kafka, or the way to it, refused."""

    row: Mapping[str, Any]
    error: BaseException

    @property
    def id(self) -> str:
        """What gets stuck: the aggregate, or the whole topic."""
        if isinstance(self.error, OF_THE_TOPIC):
            return f"{self.row.get('topic')}|"
        return aggregate_id(self.row)

    @property
    def retriable(self) -> bool:
        """Whether Kafka expects it to pass by itself."""
        return bool(getattr(self.error, "retriable", False)) or isinstance(self.error, OSError)


def aggregate_id(row: Mapping[str, Any]) -> str:
    """What has an order of its own."""
    return f"{row.get('topic')}|{row.get('subject')}"


class StuckAggregates:
    """What is stuck in one service's outbox, as of the last ``load``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marks: dict[str, dict[str, Any]] = {}
        self._loaded_for: int | None = None

    async def load(self, epoch: int) -> None:
        """Read the marks under the lease of ``epoch``: operators change them, and who led before has made them.

        Only the leader makes marks, so a leader that knows of none need not look again.
        """
        if self._loaded_for == epoch and not self._marks:
            return
        self._marks = {mark["_id"]: mark async for mark in self._store.collection(STUCK).find({})}
        self._loaded_for = epoch  # only now: a read that failed has shown nothing
        metrics.OUTBOX_STUCK.set(len(self._marks))

    def resting(self) -> dict[str, Any]:
        """The query that leaves out rows whose time to be tried has not come."""
        now = self._store.clock.now()
        by_topic: dict[str, list[str]] = {}
        topics = []
        for mark in self._marks.values():
            if mark["retry_at"] <= now:
                continue
            if mark["subject"] is None:
                topics.append(mark["topic"])
            else:
                by_topic.setdefault(mark["topic"], []).append(mark["subject"])
        parts: list[dict[str, Any]] = [
            {"topic": topic, "subject": {"$in": subjects}} for topic, subjects in by_topic.items()
        ]
        if topics:
            parts.append({"topic": {"$in": topics}})
        return {"$nor": parts} if parts else {}

    @property
    def none(self) -> bool:
        """Whether nothing is."""
        return not self._marks

    def holds(self, row: Mapping[str, Any]) -> bool:
        """Whether the row's aggregate, or its whole topic, is stuck."""
        return aggregate_id(row) in self._marks or f"{row.get('topic')}|" in self._marks

    async def mark(self, failures: Iterable[Failure], base_seconds: float) -> None:
        """They failed once more: wait twice as long before the next try."""
        now = self._store.clock.now()
        for failure in failures:
            row, known = failure.row, self._marks.get(failure.id, {})
            tries = known.get("tries", 0) + 1
            longest = LONGEST_RETRIABLE_SECONDS if failure.retriable else LONGEST_WAIT_SECONDS
            wait = min(base_seconds * 2 ** min(tries, 20), longest)
            mark = {
                "_id": failure.id,
                "topic": row.get("topic"),
                "subject": None if failure.id.endswith("|") else row.get("subject"),
                "event_id": row["_id"],
                "since": known.get("since", now),
                "tries": tries,
                "retry_at": now + timedelta(seconds=wait),
                "error": type(failure.error).__name__,
            }
            self._marks[failure.id] = mark
            await self._store.collection(STUCK).replace_one({"_id": failure.id}, mark, upsert=True)
        metrics.OUTBOX_STUCK.set(len(self._marks))

    async def passed(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """These were published: whatever held them up is over."""
        if not self._marks:
            return
        over = {id for row in rows for id in (aggregate_id(row), f"{row['topic']}|")} & self._marks.keys()
        if over:
            await self._store.collection(STUCK).delete_many({"_id": {"$in": sorted(over)}})
            for id in over:
                del self._marks[id]
            metrics.OUTBOX_STUCK.set(len(self._marks))

    def complaint(self, patience_seconds: float) -> str | None:
        """A sentence for readiness when something has been stuck for longer than ``patience_seconds``."""
        now = self._store.clock.now()
        since = [mark["since"] for mark in self._marks.values()]
        if not since or (now - min(since)).total_seconds() < patience_seconds:
            return None
        minutes = int((now - min(since)).total_seconds() // 60)
        return f"{len(since)} stuck, the oldest for {minutes} min; see `outbox list`"


@dataclass(frozen=True)
class Listed:
    """A row that an operator may skip or retry."""

    id: str
    state: str
    topic: str
    aggregate: str
    type: str
    version: int | None
    bytes: int | None
    since: datetime
    tries: int | None
    error: str
    behind: int


async def listed(store: Store) -> list[Listed]:
    """What is stuck and what is parked, the oldest first."""
    outbox = store.collection("outbox")
    found = []
    for mark in await store.collection(STUCK).find({}).sort("since", 1).to_list(None):
        row = await outbox.find_one({"_id": mark["event_id"]}) or {}
        scope = {"topic": mark["topic"]}
        if mark["subject"] is not None:
            scope["subject"] = mark["subject"]
        waiting = await outbox.count_documents(scope)
        whole = row | {"topic": mark["topic"], "subject": mark["subject"]}
        found.append(_line("stuck", mark["event_id"], whole, mark, max(0, waiting - 1)))
    for row in await store.collection(PARKED).find({}).sort("since", 1).to_list(None):
        found.append(_line("parked", row["_id"], row, row, 0))
    return found


def _line(state: str, id: str, row: Mapping[str, Any], mark: Mapping[str, Any], behind: int) -> Listed:
    return Listed(
        id=id,
        state=state,
        topic=row["topic"],
        aggregate=row.get("subject") or "(all)",
        type=row.get("type", "?"),
        version=row.get("sequence"),
        bytes=len(row["data"] or b"") if "data" in row else None,
        since=mark["since"],
        tries=mark.get("tries"),
        error=mark["error"],
        behind=behind,
    )


async def skip(store: Store, ids: Sequence[str]) -> list[str]:
    """Park these stuck events, so that later ones of their aggregates go on. Returns the ids that were parked."""
    done = []
    for mark in (
        await store.collection(STUCK).find({"event_id": {"$in": list(ids)}, "subject": {"$ne": None}}).to_list(None)
    ):
        row = await store.collection("outbox").find_one({"_id": mark["event_id"]})
        if row is not None:
            kept = {name: value for name, value in mark.items() if name in ("since", "tries", "error")}
            parked = row | kept | {"parked_at": store.clock.now()}
            await store.collection(PARKED).replace_one({"_id": row["_id"]}, parked, upsert=True)
            await store.collection("outbox").delete_one({"_id": row["_id"]})
            done.append(row["_id"])
        await store.collection(STUCK).delete_one({"_id": mark["_id"]})
    return done


async def retry(store: Store, ids: Sequence[str] | None) -> int:
    """Try these now (None: all that are stuck); parked ones named by id go back into the outbox. Returns how many."""
    query = {} if ids is None else {"event_id": {"$in": list(ids)}}
    now = store.clock.now()
    woken = await store.collection(STUCK).update_many(query, {"$set": {"retry_at": now}})
    count = int(woken.matched_count)
    for row in await store.collection(PARKED).find({"_id": {"$in": list(ids or ())}}).to_list(None):
        # Also by whom it was: they are to hear of it as of anybody's.
        left = ("since", "tries", "error", "parked_at", "by")
        back = {name: value for name, value in row.items() if name not in left}
        await store.collection("outbox").replace_one({"_id": row["_id"]}, back, upsert=True)
        await store.collection(PARKED).delete_one({"_id": row["_id"]})
        count += 1
    return count
