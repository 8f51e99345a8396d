"""How a service applies events: validated one by one, retried by class of failure, dead-lettered or waited for."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from shared import metrics, telemetry
from shared.clock import Clock
from shared.contracts.topics import consumer_group
from shared.errors import EventTooLarge, VersionConflict
from shared.kafka.applied import Applied
from shared.kafka.broker import consumer_arguments
from shared.kafka.deadletters import DeadLetters, Kept, surely
from shared.kafka.envelope import Event, Record, UnknownType, from_record
from shared.kafka.errors import DEPENDENCY_DOWN, Permanent
from shared.kafka.gathering import gathered
from shared.kafka.heard import Heard
from shared.kafka.offsets import Offsets
from shared.kafka.places import Places
from shared.kafka.publisher import Publisher
from shared.kafka.resting import Resting
from shared.kafka.subscription import DRAIN, AnySubscription, BatchSubscription, Handler, Partitions
from shared.kafka.taking import Taken
from shared.kafka.under_way import UnderWay
from shared.kafka.wire import as_it_came
from shared.logs import bound_contextvars, get_logger
from shared.settings import Settings
from shared.store import Store, because

# Of more than these, the next are read while the first ones' effects are on their way to the database.
AT_ONCE = 500
LONGEST_WAIT_SECONDS = 5.0
# The longest that partitions which go to others wait for a last commit.
LETTING_GO_SECONDS = 2.0

_log = get_logger()

Read = tuple[Record, Event[Any]]


class Consumer:
    """Runs one subscription on FastStream's subscriber; FastStream acknowledges nothing by itself (``AckPolicy.MANUAL``)
    and decodes nothing (``wire``).
    """

    def __init__(
        self,
        subscription: AnySubscription,
        service: str,
        settings: Settings,
        store: Store,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self.subscription = subscription
        self.topic = subscription.topic
        self.group = settings.topic_prefix + consumer_group(service, subscription.topic)
        self.halted: str | None = None
        self.kept = 0
        """Dead letters that this process has kept."""
        self._service = service
        self._settings = settings
        self._clock = clock
        self._heard = Heard(store, subscription.topic, clock)
        self._dead_letters = DeadLetters(store, publisher, settings, service, subscription.topic)
        self._dead_in_a_row = 0
        self._told = Applied(subscription.topic.name)
        self._offsets = Offsets(subscription.topic.name, self._pause)
        self._places = Places(subscription.topic.name, self._offsets)
        self._most, self._gather = DRAIN, 0.0
        if isinstance(subscription, BatchSubscription):
            self._most, self._gather = subscription.drain, subscription.gather_seconds
        self._taken = Taken()
        self._left = asyncio.Event()
        self._subscriber: Any = None
        # Held while records are applied: what an operator redrives waits for its turn.
        self._applying = asyncio.Lock()
        self._resting = Resting(settings, lambda: self.client, self._applying.locked)

    def register(self, broker: KafkaBroker) -> None:
        """Hang this consumer on the broker.

        Raises:
            ValueError: the manifest does not name the service as a consumer of the topic.
        """
        if self._service not in self.topic.consumers:
            raise ValueError(f"The manifest does not list {self._service} as a consumer of {self.topic.name}")
        self._subscriber = broker.subscriber(
            self._settings.topic_prefix + self.topic.name,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            listener=Partitions(self._let_go, self._got, self.subscription.listener),
            parser=as_it_came,
            decoder=_as_it_is,
            title=f"{self._service}:{self.topic.name}",
            **consumer_arguments(self._settings),
        )
        self._subscriber(self._on_message)

    async def start(self) -> None:
        """Join the group; ``connected`` once all of a worker have.

        Raises:
            KafkaError, OSError: Kafka is out of reach, or refuses.
        """
        await self._subscriber.start()

    def connected(self) -> None:
        """The client has started."""
        self._resting.awake()

    def disconnected(self) -> None:
        """The client has ended."""
        self._offsets.forget()

    @property
    def client(self) -> AIOKafkaConsumer | None:
        """The client underneath, while it is started (one that stopped beside a dead broker is not taken away)."""
        started = self._subscriber is not None and self._subscriber.running
        return self._subscriber.consumer if started else None

    @property
    def partitions(self) -> set[int]:
        """Partitions of the topic that this process reads now."""
        client = self.client
        return set() if client is None else {partition.partition for partition in client.assignment()}

    async def lag(self) -> int | None:
        """Records of the own partitions that are not applied yet; None while it reads none."""
        client = self.client
        assigned = client.assignment() if client is not None else set()
        if client is None or not assigned:
            return None
        lag = 0
        if self._resting.at_rest and all(client.highwater(partition) is not None for partition in assigned):
            # Nothing need be asked: what was fetched is applied, and the last fetch said where each partition ends.
            for partition in assigned:
                lag += max(0, client.highwater(partition) - await client.position(partition))
            return lag
        for partition, end in (await client.end_offsets(list(assigned))).items():
            at = self._offsets.applied_to.get(partition)
            lag += max(0, end - (at if at is not None else await client.committed(partition) or 0))
        return lag

    async def _on_message(self, message: KafkaMessage) -> None:
        """Take what was fetched with the record along, then what came meanwhile. Nothing but the end of the process leaves this
        by an exception.
        """
        if self.halted is not None:
            await self._left.wait()
            return
        client = self.client
        assert client is not None
        taken = self._taken = Taken()
        records: list[Any] = [message.raw_message]
        while records:
            self._resting.awake()
            # FastStream waits for one record; whatever was fetched with it shares the commit. Of a full batch more may be taken.
            records = await gathered(client, records, self._most, self._gather)
            try:
                async with taken.meanwhile(client), self._applying:
                    await self._apply_or_halt(records)
            except _Left:
                return
            self._offsets.applied(client, records)
            records = taken.out(self._most) if self.client is client else []
        if self.client is None:  # it ends with this
            await self.finish()

    async def _apply_or_halt(self, records: Sequence[Record]) -> None:
        try:
            await self.apply(records)
        except _Left:
            raise
        except Exception as error:
            # FastStream would swallow it and go on with the next records, and these would be lost.
            _log.critical("consumer_failed", topic=self.topic.name, exc_info=error)
            await self._halt(f"{type(error).__name__} outside of every record; restart, and report it.")

    async def _let_go(self) -> None:
        """Whoever gets the partitions goes on behind what was applied here."""
        self._resting.let_go()
        self._taken.forget()
        await self._offsets.finish(LETTING_GO_SECONDS)

    async def _got(self, assigned: Collection[TopicPartition]) -> None:
        self._resting.awake()
        # Also of one that only starts: it does so once it has partitions.
        await self._places.look(self._subscriber.consumer, assigned)

    def leave(self) -> None:
        """The process ends: whoever has halted waits no longer, or would be a member of its group that reads nothing."""
        self._left.set()

    async def finish(self) -> None:
        """Wait until the offsets of what was applied are committed."""
        await self._offsets.finish()

    async def redrive(self, letter: Kept) -> None:
        """Apply a dead letter again, between two batches; when it fails again, it is a dead letter again.

        One of somebody who was erased since goes unread.
        """
        if await self._dead_letters.drop_of_erased(letter.id, letter):
            return
        async with self._applying:
            in_a_row = self._dead_in_a_row
            self._dead_in_a_row = 0
            await self.apply([letter])
            self._dead_in_a_row = in_a_row

    async def apply(self, records: Sequence[Record]) -> None:
        """Apply records in order; returns when each is applied, passed over or in the dead letters. Never raises for one."""
        await self._patiently(self._heard.load)
        under_way = UnderWay()
        try:
            await self._read_and_apply(records, under_way)
        finally:
            await under_way.given_up()

    async def _read_and_apply(self, records: Sequence[Record], under_way: UnderWay) -> None:
        run: list[Read] = []
        subscription = self.subscription
        beforehand = subscription.beforehand if isinstance(subscription, BatchSubscription) else None
        for record in records:
            try:
                event = from_record(record, self.topic, self._heard.epoch)
            except UnknownType as unknown:
                metrics.EVENTS_CONSUMED.labels(self.topic.name, "unknown_type").inc()
                _log.info("unknown_event_type", topic=self.topic.name, event_type=unknown.event_type)
            except Permanent as permanent:
                # In order: what came before it is applied before it counts.
                await under_way.over()
                await self._apply_run(run)
                run = []
                await self._dead_letter(record, "Permanent", permanent.reason)
            else:
                for field in event.data.not_understood if event.data is not None else ():
                    metrics.EVENTS_NOT_UNDERSTOOD.labels(self.topic.name, field).inc()
                if self._heard.is_news(event):
                    await self._patiently(lambda event=event: self._heard.note_epoch(event))  # type: ignore[misc]  # the default binds the loop variable
                if beforehand is not None and event.data is not None:
                    # What it raises it raises again when it is the event's turn.
                    with suppress(Exception):
                        event.worked_out(beforehand)
                run.append((record, event))
                if len(run) == AT_ONCE:
                    await under_way.begin(self._apply_run(run))
                    run = []
        await under_way.over()
        await self._apply_run(run)

    async def _apply_run(self, run: list[Read]) -> None:
        """Apply events that stand one after the other; what follows an erasure of its own key is applied apart."""
        while run:
            size = _until_after_erasure([event for _, event in run])
            part, run = run[:size], run[size:]
            events = [event for _, event in part]
            if any(event.data is None for event in events):
                marked: list[Event[Any]] = []
                await self._patiently(lambda events=events, marked=marked: self._heard.mark(events, marked))  # type: ignore[misc]  # as above
                part = [(record, event) for (record, _), event in zip(part, marked, strict=True)]
            await self._apply_part(part)

    async def _apply_part(self, part: list[Read]) -> None:
        subscription, began = self.subscription, telemetry.now()
        if isinstance(subscription, BatchSubscription):
            whole = [event for _, event in part]
            if await self._attempt(lambda: subscription.handler(whole), whole, attempts=1) is None:
                await self._applied(whole, began)
                return
            for record, event in part:
                await self._apply_one(lambda one: subscription.handler([one]), record, event)
        else:
            for record, event in part:
                await self._apply_one(subscription.handler, record, event)

    async def _apply_one(self, handler: Handler, record: Record, event: Event[Any]) -> None:
        began = telemetry.now()
        failure = await self._attempt(lambda: handler(event), [event], attempts=self._settings.retry_attempts)
        if failure is None:
            await self._applied([event], began)
        else:
            await self._dead_letter(record, *failure)

    async def _attempt(
        self, call: Callable[[], Awaitable[None]], events: Sequence[Event[Any]], attempts: int
    ) -> tuple[str, str] | None:
        """Call until it succeeds (None) or is given up (class and reason). A dependency that is down is waited for."""
        made = 0
        waits = 0
        event = events[0]
        alone = len(events) == 1
        # Events of a batch have a reason each: its handler names them, and nothing is put down to the first one.
        reason = because(event.correlation, event.id) if alone else because(None)
        with reason:
            while True:
                try:
                    with bound_contextvars(event_id=event.id, aggregate_id=event.subject, topic=self.topic.name):
                        await call()
                    return None
                except Permanent as permanent:
                    return ("Permanent", permanent.reason)
                except EventTooLarge as refused:
                    return ("EventTooLarge", f"what follows from it is too large: {refused.errors[0].field}")
                except DEPENDENCY_DOWN as error:
                    waits += 1
                    metrics.EVENT_RETRIES.labels(self.topic.name, "dependency_down").inc()
                    _log.warning("dependency_down", topic=self.topic.name, error=type(error).__name__, waits=waits)
                    await self._pause(waits)
                except Exception as error:  # transient until proved otherwise: bounded tries, then a dead letter
                    made += 1
                    metrics.EVENT_RETRIES.labels(self.topic.name, "transient").inc()
                    if isinstance(error, VersionConflict):
                        _log.info("conflict_retried", attempt=made)
                    else:
                        _log.warning("event_failed", attempt=made, exc_info=error)
                    if made >= attempts:
                        return (type(error).__name__, f"gave up after {made} attempts")
                    await self._pause(made)

    async def _pause(self, times: int) -> None:
        longest = min(self._settings.retry_base_seconds * 2 ** min(times - 1, 16), LONGEST_WAIT_SECONDS)
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # jitter, nothing secret

    async def _patiently(self, step: Callable[[], Awaitable[None]]) -> None:
        await surely(step, self._pause)

    async def _applied(self, events: Sequence[Event[Any]], began: int) -> None:
        self._dead_in_a_row = 0
        await self._patiently(lambda: self._heard.remember(events))
        metrics.EVENTS_CONSUMED.labels(self.topic.name, "applied").inc(len(events))
        now, age = self._clock.now(), metrics.EVENT_AGE.labels(self.topic.name)
        for event in events:
            age.observe(max(0.0, (now - event.time).total_seconds()))
        self._told.add([event.correlation for event in events])
        if telemetry.on(self._service):
            for event in events:
                telemetry.handled(self._service, self.topic.name, event.type, event.id, event.correlation, began)

    async def _dead_letter(self, record: Record, failure: str, reason: str) -> None:
        """Keep the record, bytes and headers as they came, beside what was wrong; then go on, or stop when it is too many."""
        if self._dead_in_a_row >= self._settings.max_consecutive_dead_letters:
            await self._halt(f"{self._dead_in_a_row} dead letters in a row; fix the cause, restart, then redrive.")
        now = self._clock.now()
        await self._patiently(lambda: self._dead_letters.keep(record, failure, reason, now))
        self._dead_in_a_row += 1
        self.kept += 1
        metrics.EVENTS_CONSUMED.labels(self.topic.name, "dead_letter").inc()
        _log.error(
            "dead_letter", topic=self.topic.name, partition=record.partition, offset=record.offset, reason=reason
        )

    async def _halt(self, why: str) -> None:
        """Stop here until the process is restarted: readiness says so, nothing is committed past this point.

        Raises:
            _Left: the process ends.
        """
        self.halted = f"{self.topic.name}: {why}"
        metrics.CONSUMER_HALTED.labels(self.topic.name).set(1)
        _log.critical("consumer_halted", topic=self.topic.name, dead_letters=self._dead_in_a_row)
        await self._left.wait()
        raise _Left


class _Left(Exception):
    """The process ends, and what this consumer halted at is not applied."""


def _until_after_erasure(events: Sequence[Event[Any]]) -> int:
    """How many of the events may be applied together: none that follows an erasure of its key.

    So an erasure is remembered before anything that came after it is applied, and a redelivery can tell it from a new one.
    """
    erased: set[str] = set()
    for number, event in enumerate(events):
        if event.key in erased:
            return number
        if event.data is None:
            erased.add(event.key)
    return len(events)


async def _as_it_is(message: KafkaMessage) -> KafkaMessage:
    """No decoding by FastStream: what does not parse must reach our own dead letters, not its log."""
    return message
