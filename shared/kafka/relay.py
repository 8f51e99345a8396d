"""The relay: takes committed outbox rows to Kafka and deletes them on confirmation. At least once, in order per aggregate.

What this process itself has committed leaves from memory where nothing of its aggregate can have to leave before (``ahead``);
the outbox is read for everything else, and says what is left after any failure.
"""

import asyncio
import contextlib
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

from aiokafka.errors import KafkaConnectionError, NoBrokersAvailable, NodeNotReadyError, ProducerClosed
from pymongo.errors import PyMongoError

from shared import metrics, telemetry
from shared.kafka.ahead import Ahead
from shared.kafka.envelope import to_headers
from shared.kafka.parcels import Parcels
from shared.kafka.publisher import Publisher
from shared.kafka.stuck import OF_THE_TOPIC, Failure, StuckAggregates, aggregate_id
from shared.logs import get_logger
from shared.settings import Settings
from shared.store import Find, Held, Lease, Pipeline, Reading, Store
from shared.store.bundles import rows_of

BATCH = 500
OWN_EPOCH = "own"
"""The document of this service's epoch (``sequences``)."""
OUT_OF_REACH = (KafkaConnectionError, NoBrokersAvailable, NodeNotReadyError, ProducerClosed, OSError)
REMEMBERED = 10_000
"""Ids of outbox documents that are kept, to know them again when they are rung for."""
BELL_WAIT_SECONDS = 5.0
SELDOM = 2
"""So much longer is the pause between two looks at the outbox while nothing can be in it that its leader has not heard of."""
TIDY_SECONDS = 0.25
"""How long documents whose events left from memory stay in the outbox after the last of them: one command deletes them all."""
TIDY_AT_THE_LATEST = 4
"""Where more keep leaving: so many times longer after the first of them."""

_log = get_logger()


class Relay:
    """One leased leader per service publishes; the others wait for the lease.

    Woken by commits of this process and rung for by those of others (``store.bell``); polling is the guarantee behind both.
    """

    def __init__(self, store: Store, publisher: Publisher, settings: Settings, service: str, holder: str) -> None:
        self._store = store
        self._publisher = publisher
        self._settings = settings
        self._service = service
        self._lease = Lease(store, "relay", holder, settings.lease_seconds)
        self._held: Held | None = None
        self._wake = asyncio.Event()
        # Documents of others may be rung for when they were read already: to wake for them would be to ask twice.
        self._known: set[str] = set()
        self._stuck = StuckAggregates(store)
        self._epoch = 0
        self._ahead = Ahead()
        self._tidy_at: float | None = None
        self._untidy_since = 0.0
        # Whether the outbox has to be read, and when it was last, under which epoch of the lease.
        self._look = True
        self._looked_at = 0.0
        self._looked_for: int | None = None
        self._hears_since: float | None = None
        """Since when the bell is heard."""
        self._untold: list[str] = []
        """Documents that were committed here while this relay was to publish them, until it knows that it still is."""
        store.on_commit.append(self._committed)
        store.publishes = self._publishes

    async def run(self) -> None:
        """Publish until cancelled; errors are logged, waited out and tried again."""
        watcher = asyncio.create_task(self._hear())
        backoff = self._settings.retry_base_seconds
        try:
            while True:
                self._wake.clear()
                try:
                    blocked = await self._turn()
                except Exception as error:  # the rows are there still: another turn takes them
                    metrics.RELAY_FAILURES.labels(type(error).__name__).inc()
                    _log.warning("relay_failed", error=type(error).__name__, code=getattr(error, "code", None))
                    await self._publisher.reset()
                    blocked = True
                if blocked:
                    self._looked_for = None
                    await asyncio.sleep(backoff)
                    backoff = min(backoff * 2, 5.0)
                    continue
                backoff = self._settings.retry_base_seconds
                # Not wait_for: up to Python 3.11 it loses a cancellation that comes as the event does.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout_at(self._due()):
                        await self._wake.wait()
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            await self.close()

    async def close(self) -> None:
        """Give the lease back, so that the next leader need not wait, and stop the producer."""
        metrics.RELAY_LEADER.set(0)
        with contextlib.suppress(PyMongoError):
            await self._tidy()
            await self._lease.release()
        self._held = None  # what is committed here from now on is rung for
        await self._publisher.reset()

    async def _lead(self) -> Held | None:
        """The lease, renewed when a third of it has passed."""
        if self._held is None or not self._held.valid or self._remaining() < self._settings.lease_seconds * 2 / 3:
            self._held = await self._lease.acquire()
            metrics.RELAY_LEADER.set(0 if self._held is None else 1)
        return self._held

    def _remaining(self) -> float:
        assert self._held is not None
        return self._held.deadline - asyncio.get_running_loop().time()

    def complaint(self) -> str | None:
        """A sentence for readiness when some aggregate has been stuck for too long."""
        return self._stuck.complaint(self._settings.relay_stuck_seconds)

    def _committed(self, documents: Sequence[Mapping[str, Any]], after: Mapping[str, int]) -> None:
        """A commit of this process has written these outbox documents."""
        if not self._ahead.take(documents, after):
            self._look = True
        if self._publishes():
            self._untold += (document["_id"] for document in documents)
        self._wake.set()

    def _publishes(self) -> bool:
        """Whether who commits here may leave it to this relay."""
        return self._held is not None and self._held.valid

    def _due(self) -> float:
        """When the next turn is at the latest: to look, to tidy, or to renew the lease."""
        dues = [self._look_due(), self._tidy_at or math.inf]
        if self._held is not None:
            dues.append(self._held.deadline - self._settings.lease_seconds * 2 / 3)
        return min(dues)

    def _look_due(self) -> float:
        """When the outbox is read again though nothing says that there is anything in it."""
        heard = self._hears_since is not None and self._looked_at > self._hears_since
        calm = heard and self._stuck.none and self._held is not None
        return self._looked_at + self._settings.relay_poll_seconds * (SELDOM if calm else 1)

    async def _turn(self) -> bool:
        """Publish what was committed. Returns as ``drain``."""
        held = await self._lead()
        untold, self._untold = self._untold, []
        if held is None:
            self._looked_at = asyncio.get_running_loop().time()
            self._ahead.forget()
            if untold:  # the lease was lost in between
                self._store.bell.ring(untold)
            return False
        # What a leader before, or a failure, may have left behind goes first.
        if self._looked_for == held.epoch and self._stuck.none and not await self._ahead.send(self._send_ahead):
            self._look = True
        now = asyncio.get_running_loop().time()
        if self._tidy_at is not None and now >= self._tidy_at:
            await self._tidy()
        if self._look or self._looked_for != held.epoch or now >= self._look_due():
            return await self.drain()
        return False

    async def _send_ahead(self, rows: Sequence[dict[str, Any]]) -> Set[str]:
        """What fails is met again in the outbox, and dealt with there."""
        confirmed, _, _ = await self._send(rows)
        now = asyncio.get_running_loop().time()
        if self._tidy_at is None:
            self._untidy_since = now
        self._tidy_at = min(now + TIDY_SECONDS, self._untidy_since + TIDY_AT_THE_LATEST * TIDY_SECONDS)
        return confirmed.keys()

    async def _tidy(self) -> None:
        """Delete what has left from memory. Sent in an epoch that is over it would look old, so it is sent again."""
        self._tidy_at = None
        if done := self._ahead.done:
            own = await self._store.first("epochs", {"_id": OWN_EPOCH}, {"epoch": 1})
            if (int(own["epoch"]) if own else 0) != self._epoch:
                self._ahead.forget()
                self._look = True
                return
            await self._store.discard("outbox", done)
            self._ahead.over(done)

    async def drain(self) -> bool:
        """Publish all that is unpublished, save what is stuck and rests.

        Returns True when rows remain because Kafka is out of reach or the lease went.
        """
        held = await self._lead()
        if held is None:
            return False
        self._look, self._looked_at = False, asyncio.get_running_loop().time()
        await self._stuck.load(held.epoch)
        while True:
            if await self._lead() is None:
                return False
            documents = await self._unpublished()
            if await self._publish(documents):
                return True
            if len(documents) < BATCH:
                self._looked_for = held.epoch
                return False  # what came meanwhile has set the wake-up

    async def _unpublished(self) -> list[dict[str, Any]]:
        """Outbox documents: a batch that leaves no older row of the same aggregate behind, as of one instant.

        Insertion order is not commit order, and a cursor could pass a row before it is committed and still meet its
        successor; a snapshot session reads all at one point in time, the epoch too.
        """
        due = self._stuck.resting()
        found, epoch = await self._store.read_as_of_one_instant(_unpublished(due))
        if epoch != self._epoch:
            self._ahead.forget()  # what left in the epoch before looks old
        self._epoch = epoch
        self._ahead.read(found)
        self._remember([document["_id"] for document in found if document.get("by") != self._store.writer])
        return found

    async def _publish(self, documents: Sequence[dict[str, Any]]) -> bool:
        """Send in waves: the next event of an aggregate leaves only after its predecessor was confirmed.

        An aggregate whose event fails stops there and is marked; the others go on. Returns True when nobody can go on.
        """
        parcels = Parcels(self._store, documents, self._ahead)
        # Beside a stuck aggregate's row that rests, a later one in a bundle must not leave: the query sees rows only.
        if any([await self._unpacked(parcels, document) for document in documents]):
            return await self._publish(await self._unpublished())
        queues: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in sorted(parcels.rows, key=lambda row: (row.get("sequence", 0), row["_id"])):
            queues[aggregate_id(row)].append(row)
        waiting = list(queues.values())
        depth = 0
        while waiting:
            if await self._lead() is None:
                return True
            wave = [queue[depth] for queue in waiting]
            confirmed, failures, away = await self._send(wave)
            if confirmed:
                await parcels.confirmed(confirmed)
                await self._stuck.passed(confirmed.values())
            if away or (failures and not confirmed and all(failure.retriable for failure in failures)):
                # Nobody's fault: Kafka is away as a whole.
                await self._publisher.reset()
                await parcels.tidy()
                return True
            await self._stuck.mark(failures, self._settings.retry_base_seconds)
            depth += 1
            waiting = [q for q in waiting if q[depth - 1]["_id"] in confirmed and len(q) > depth]
        await parcels.tidy()
        return False

    async def _unpacked(self, parcels: "Parcels", document: Mapping[str, Any]) -> bool:
        """Whether a bundle had to be packed apart because one of its aggregates is stuck."""
        if "rows" not in document or not any(self._stuck.holds(row) for row in document["rows"]):
            return False
        await parcels.unpack(document["_id"])
        return True

    def _remember(self, ids: Sequence[str]) -> None:
        """Nobody need be woken for these: they were read already."""
        if len(self._known) > REMEMBERED:
            self._known.clear()
        self._known.update(ids)

    async def _send(self, wave: Sequence[dict[str, Any]]) -> tuple[dict[str, dict[str, Any]], list[Failure], bool]:
        """Rows that were confirmed, rows that failed whatever the reason, and whether Kafka could not be reached at all."""
        sent: list[tuple[dict[str, Any], asyncio.Future[Any]]] = []
        failures: list[Failure] = []
        broken: set[str] = set()
        away = False
        for row in wave:
            topic = row.get("topic", "")
            if topic in broken:
                continue  # a topic that is not there is waited for once, not for each row
            try:
                headers = to_headers(row, self._service, self._epoch)
                sent.append((row, await self._publisher.send(topic, row["key"].encode(), row["data"], headers)))
            except OUT_OF_REACH as error:
                _log.warning("kafka_out_of_reach", error=type(error).__name__)
                away = True
                break
            except Exception as error:  # stops the row's own aggregate, and no other's
                failures.append(self._failed(row, error))
                if isinstance(error, OF_THE_TOPIC):
                    broken.add(topic)
        results = await asyncio.gather(*(future for _, future in sent), return_exceptions=True)
        confirmed = {}
        for (row, _), result in zip(sent, results, strict=True):
            if isinstance(result, BaseException):
                failures.append(self._failed(row, result))
            else:
                confirmed[row["_id"]] = row
                telemetry.published(self._service, row)
        for (topic, kind), sent_of in Counter((row["topic"], row["type"]) for row in confirmed.values()).items():
            metrics.EVENTS_PUBLISHED.labels(topic, kind).inc(sent_of)
        return confirmed, failures, away

    def _failed(self, row: Mapping[str, Any], error: BaseException) -> Failure:
        metrics.RELAY_FAILURES.labels(type(error).__name__).inc()
        _log.warning("publish_failed", event_id=row["_id"], topic=row.get("topic"), error=type(error).__name__)
        return Failure(row, error)

    async def _hear(self) -> None:
        """Wake for outbox rows that other processes commit. A failure only costs latency: polling goes on."""
        while True:
            try:
                async with self._store.bell.heard(BELL_WAIT_SECONDS) as batches:
                    self._hears_since = asyncio.get_running_loop().time()
                    async for rings in batches:
                        # Of who does not lead nothing is wanted.
                        if self._held is not None and any(not ids or not self._known.issuperset(ids) for ids in rings):
                            self._look = True
                            self._wake.set()
            except PyMongoError as error:
                self._hears_since = None
                self._wake.set()  # the pause is a shorter one
                _log.info("bell_unheard", error=type(error).__name__)
                await asyncio.sleep(self._settings.relay_poll_seconds)


def _unpublished(due: Mapping[str, Any]) -> Reading[tuple[list[dict[str, Any]], int]]:
    """Outbox documents that are due, as ``Relay._unpublished`` wants them, and the service's epoch."""
    # The epoch comes as one more row of the same answer: a round trip less for every commit of the service.
    own = {"$unionWith": {"coll": "epochs", "pipeline": [{"$match": {"_id": OWN_EPOCH}}]}}
    stages: list[dict[str, Any]] = [{"$match": due}, {"$sort": {"_id": 1}}, {"$limit": BATCH}, own]
    (rows,) = yield [Pipeline("outbox", stages)]
    epochs = [row for row in rows if row["_id"] == OWN_EPOCH]
    found = [row for row in rows if row["_id"] != OWN_EPOCH]
    if len(found) == BATCH:
        keys = list({row["key"] for document in found for row in rows_of(document)})
        theirs = {"$or": [{"key": {"$in": keys}}, {"rows.key": {"$in": keys}}]}
        (found,) = yield [Find("outbox", {"$and": [theirs, due]})]
    return found, int(epochs[0]["epoch"]) if epochs else 0
