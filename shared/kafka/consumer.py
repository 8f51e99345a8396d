"""How a service applies events: validated one by one, retried by class of failure, dead-lettered or waited for."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from shared import metrics
from shared.clock import Clock
from shared.contracts.topics import Topic, consumer_group, dead_letter_topic
from shared.errors import EventTooLarge, VersionConflict
from shared.kafka.broker import consumer_arguments
from shared.kafka.envelope import Event, UnknownType, from_record
from shared.kafka.errors import DEPENDENCY_DOWN, Permanent
from shared.kafka.publisher import Publisher
from shared.logs import bound_contextvars, get_logger
from shared.settings import Settings
from shared.store import correlation_id

# Records applied between two offset commits: one commit for a batch is about ten times cheaper than one each.
DRAIN = 500
LONGEST_WAIT_SECONDS = 5.0

_log = get_logger()

Handler = Callable[[Event[Any]], Awaitable[None]]
BatchHandler = Callable[[Sequence[Event[Any]]], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """``handler`` is called for each event of ``topic``, in order per key.

    It must be safe to call again with the same event (redelivery), and with an older one (a rebalance overlaps).
    ``broadcast``: every process reads the whole topic for itself instead of sharing it with its group.
    """

    topic: Topic
    handler: Handler
    broadcast: bool = False
    listener: ConsumerRebalanceListener | None = None


@dataclass(frozen=True)
class BatchSubscription:
    """Like ``Subscription``, but ``handler`` gets all events that were fetched together.

    When the handler refuses the batch, its events are offered one at a time, so that one bad event takes none with it.
    """

    topic: Topic
    handler: BatchHandler
    broadcast: bool = False
    listener: ConsumerRebalanceListener | None = None
    drain: int = DRAIN


AnySubscription = Subscription | BatchSubscription


class Consumer:
    """Runs one subscription on FastStream's subscriber; FastStream acknowledges nothing by itself (``AckPolicy.MANUAL``)."""

    def __init__(
        self,
        subscription: AnySubscription,
        service: str,
        instance: str,
        settings: Settings,
        publisher: Publisher,
        clock: Clock,
    ) -> None:
        self.subscription = subscription
        self.topic = subscription.topic
        own = f".{instance}" if subscription.broadcast else ""
        self.group = settings.topic_prefix + consumer_group(service, subscription.topic) + own
        self.halted: str | None = None
        self._service = service
        self._settings = settings
        self._publisher = publisher
        self._clock = clock
        self._dead_in_a_row = 0
        self._committing: asyncio.Task[None] | None = None

    def register(self, broker: KafkaBroker) -> None:
        """Hang this consumer on the broker.

        Raises:
            ValueError: the manifest does not name the service as a consumer of the topic.
        """
        if self._service not in self.topic.consumers:
            raise ValueError(f"The manifest does not list {self._service} as a consumer of {self.topic.name}")
        broker.subscriber(
            self._settings.topic_prefix + self.topic.name,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            listener=self.subscription.listener,
            decoder=_raw,
            title=f"{self._service}:{self.topic.name}",
            **consumer_arguments(self._settings),
        )(self._on_message)

    async def _on_message(self, message: KafkaMessage) -> None:
        consumer = message.consumer
        assert isinstance(consumer, AIOKafkaConsumer)
        limit = self.subscription.drain if isinstance(self.subscription, BatchSubscription) else DRAIN
        # FastStream waits for one record; whatever was fetched with it is taken along, so the commit is shared.
        fetched = await consumer.getmany(timeout_ms=0, max_records=limit - 1) if limit > 1 else {}
        first: Any = message.raw_message
        records: list[ConsumerRecord[bytes, bytes]] = [first, *chain(*fetched.values())]
        await self.apply(records)
        await self.finish()
        # The answer is not waited for: the next records are applied meanwhile, and a commit that is lost repeats some.
        self._committing = asyncio.create_task(self._commit(consumer, records))

    async def finish(self) -> None:
        """Wait until the offsets of what was applied are committed."""
        if self._committing is not None:
            await self._committing

    async def apply(self, records: Sequence[Any]) -> None:
        """Apply records in order; returns when each is applied, passed over or in the dead letters. Never raises for one."""
        events: list[tuple[Any, Event[Any]]] = []
        for record in records:
            try:
                events.append((record, from_record(record, self.topic)))
            except UnknownType as unknown:
                metrics.EVENTS_CONSUMED.labels(self.topic.name, "unknown_type").inc()
                _log.info("unknown_event_type", topic=self.topic.name, event_type=unknown.event_type)
            except Permanent as permanent:
                await self._dead_letter(record, "Permanent", permanent.reason)
        if isinstance(self.subscription, BatchSubscription):
            await self._apply_batch(self.subscription, events)
        else:
            for record, event in events:
                await self._apply_one(self.subscription.handler, record, event)

    async def _apply_batch(self, subscription: BatchSubscription, events: list[tuple[Any, Event[Any]]]) -> None:
        if not events:
            return
        whole = [event for _, event in events]
        failure = await self._attempt(lambda: subscription.handler(whole), whole[0], attempts=1)
        if failure is None:
            self._applied(whole)
            return
        for record, event in events:
            await self._apply_one(lambda one: subscription.handler([one]), record, event)

    async def _apply_one(self, handler: Handler, record: Any, event: Event[Any]) -> None:
        failure = await self._attempt(lambda: handler(event), event, attempts=self._settings.retry_attempts)
        if failure is None:
            self._applied([event])
        else:
            await self._dead_letter(record, *failure)

    async def _attempt(
        self, call: Callable[[], Awaitable[None]], event: Event[Any], attempts: int
    ) -> tuple[str, str] | None:
        """Call until it succeeds (None) or is given up (class and reason). A dependency that is down is waited for."""
        made = 0
        waits = 0
        token = correlation_id.set(event.correlation_id or event.id)
        try:
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
                except Exception as error:
                    made += 1
                    metrics.EVENT_RETRIES.labels(self.topic.name, "transient").inc()
                    if isinstance(error, VersionConflict):
                        _log.info("conflict_retried", attempt=made)
                    else:
                        _log.warning("event_failed", attempt=made, exc_info=error)
                    if made >= attempts:
                        return (type(error).__name__, f"gave up after {made} attempts")
                    await self._pause(made)
        finally:
            correlation_id.reset(token)

    async def _pause(self, times: int) -> None:
        longest = min(self._settings.retry_base_seconds * 2 ** (times - 1), LONGEST_WAIT_SECONDS)
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # jitter, nothing secret

    def _applied(self, events: Sequence[Event[Any]]) -> None:
        self._dead_in_a_row = 0
        metrics.EVENTS_CONSUMED.labels(self.topic.name, "applied").inc(len(events))
        now = self._clock.now()
        for event in events:
            metrics.EVENT_AGE.labels(self.topic.name).observe(max(0.0, (now - event.time).total_seconds()))

    async def _dead_letter(self, record: Any, failure: str, reason: str) -> None:
        """Keep the record, bytes and headers as they came, beside what was wrong; then go on, or stop when it is too many."""
        if self._dead_in_a_row >= self._settings.max_consecutive_dead_letters:
            await self._halt()
        headers: dict[str, str | bytes] = dict(record.headers)
        headers |= {
            "kafka_dlt-original-topic": record.topic,
            "kafka_dlt-original-partition": str(record.partition),
            "kafka_dlt-original-offset": str(record.offset),
            "kafka_dlt-original-timestamp": str(record.timestamp),
            "kafka_dlt-exception-fqcn": failure,
            "kafka_dlt-exception-message": reason,
        }
        destination = dead_letter_topic(self._service, self.topic)
        waits = 0
        while True:
            try:
                await (await self._publisher.send(destination, record.key, record.value, headers))
                break
            except (KafkaError, OSError) as error:
                waits += 1
                _log.warning("dead_letter_waits", topic=destination, error=type(error).__name__)
                await self._publisher.reset()
                await self._pause(waits)
        self._dead_in_a_row += 1
        metrics.EVENTS_CONSUMED.labels(self.topic.name, "dead_letter").inc()
        _log.error(
            "dead_letter", topic=self.topic.name, partition=record.partition, offset=record.offset, reason=reason
        )

    async def _halt(self) -> None:
        """Stop here until the process is restarted: readiness says so, nothing is committed past this point."""
        self.halted = (
            f"{self.topic.name}: {self._dead_in_a_row} dead letters in a row; fix the cause, restart, then redrive."
        )
        metrics.CONSUMER_HALTED.labels(self.topic.name).set(1)
        _log.critical("consumer_halted", topic=self.topic.name, dead_letters=self._dead_in_a_row)
        await asyncio.Event().wait()

    async def _commit(self, consumer: AIOKafkaConsumer, records: Sequence[Any]) -> None:
        """Commit after the effects. What was taken from us meanwhile is the new owner's to commit."""
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        waits = 0
        while True:
            mine = {tp: offset for tp, offset in offsets.items() if tp in consumer.assignment()}
            if not mine:
                return
            try:
                await consumer.commit(mine)
                return
            except (CommitFailedError, IllegalStateError):
                _log.info("commit_lost_to_rebalance", topic=self.topic.name)
                return
            except (KafkaError, OSError) as error:
                waits += 1
                if waits > 5:  # redelivery is harmless, a consumer that waits for ever is not
                    _log.warning("commit_given_up", topic=self.topic.name, error=type(error).__name__)
                    return
                await self._pause(waits)


async def _raw(message: KafkaMessage) -> bytes | None:
    """No decoding by FastStream: what does not parse must reach our own dead letters, not its log."""
    body: bytes | None = message.body
    return body
