"""How far a consumer has applied what it reads, told to Kafka after the effects: of many batches at once.

A commit is a request, an entry of a topic and an answer, whatever it says: 1 to 1.5 ms of processor of Apache Kafka, 0.4 of ours
(six partitions). One for each batch was a tenth of what an offer cost Kafka. Who is killed before one repeats what came since,
which every effect stands; who leaves, or gives partitions away, commits before.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from shared.logs import get_logger

GATHER_SECONDS = 0.5
"""So long after the last batch there is a commit."""
AT_THE_LATEST_SECONDS = 2.0
"""Where batches keep coming: so long after the first of them."""
COMMIT_SECONDS = 10.0
TRIES = 6

_log = get_logger()


def commit_at(first: float, last: float) -> float:
    """When the batches from the one applied at ``first`` to the one at ``last`` are committed, in seconds of the same clock."""
    return min(last + GATHER_SECONDS, first + AT_THE_LATEST_SECONDS)


class Offsets:
    """Of one consumer. ``pause(n)`` waits before the n-th repetition."""

    def __init__(self, topic: str, pause: Callable[[int], Awaitable[None]]) -> None:
        self._topic = topic
        self._pause = pause
        # Where this process goes on; of partitions that others had meanwhile it may be behind.
        self.applied_to: dict[TopicPartition, int] = {}
        self._due: dict[TopicPartition, int] = {}
        self._applied_at = 0.0
        self.stamp = ""
        """Goes with each commit: which topic of this name the offsets are of (``places``)."""
        self._client: AIOKafkaConsumer | None = None
        self._task: asyncio.Task[None] | None = None
        self._at_once = asyncio.Event()

    def of_topic(self, stamp: str) -> None:
        """Which topic the records are of that are read from now on. What was read of another is none of its offsets."""
        if stamp != self.stamp:
            self.stamp, self._due, self.applied_to = stamp, {}, {}

    def applied(self, client: AIOKafkaConsumer, records: Sequence[Any]) -> None:
        """The effects of these are there; their offsets are committed within ``AT_THE_LATEST_SECONDS``."""
        if client is not self._client:
            self._client, self._due = client, {}  # what the client before has read may be others' now
        for record in records:
            self.applied_to[TopicPartition(record.topic, record.partition)] = record.offset + 1
            self._due[TopicPartition(record.topic, record.partition)] = record.offset + 1
        self._applied_at = asyncio.get_running_loop().time()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._gather_and_commit())

    async def finish(self, seconds: float | None = None) -> None:
        """Commit now what is due, and wait until that is done, at most so long."""
        if self._task is not None and not self._task.done():
            self._at_once.set()
            await asyncio.wait({self._task}, timeout=seconds)

    def forget(self) -> None:
        """The client has ended: what it did not commit is read again."""
        self._due = {}
        self.applied_to = {}
        self._at_once.clear()
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _gather_and_commit(self) -> None:
        while self._due:
            await self._calm()
            due, self._due = {one: (offset, self.stamp) for one, offset in self._due.items()}, {}
            assert self._client is not None
            await self._commit(self._client, due)
        self._at_once.clear()

    async def _calm(self) -> None:
        now, begun = asyncio.get_running_loop().time, self._applied_at
        while not self._at_once.is_set() and (until := commit_at(begun, self._applied_at)) > now():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(until):
                    await self._at_once.wait()

    async def _commit(self, client: AIOKafkaConsumer, due: dict[TopicPartition, tuple[int, str]]) -> None:
        """What was taken from us meanwhile is the new owner's to commit."""
        for tries in range(1, TRIES + 1):
            mine = {partition: offset for partition, offset in due.items() if partition in client.assignment()}
            if not mine:
                return
            try:
                # aiokafka repeats a refused commit without end (seen on the embedded broker).
                async with asyncio.timeout(COMMIT_SECONDS):
                    await client.commit(mine)
                return
            except TimeoutError:  # redelivery is harmless, a consumer that waits for ever is not
                _log.warning("commit_given_up", topic=self._topic, error="TimeoutError")
                return
            except (CommitFailedError, IllegalStateError):
                _log.info("commit_lost_to_rebalance", topic=self._topic)
                return
            except (KafkaError, OSError) as error:
                if tries == TRIES:
                    _log.warning("commit_given_up", topic=self._topic, error=type(error).__name__)
                    return
                await self._pause(tries)
