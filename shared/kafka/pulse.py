"""Whether Kafka answers, and whether its topics are the ones that there were: asked by one small request now and then, so that
nobody believes a flag that never falls.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Collection, Mapping, Sequence

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared import metrics
from shared.contracts.topics import Topic
from shared.kafka.connection import connection_arguments
from shared.kafka.seen import CLOSED, Seen, topics_seen
from shared.logs import get_logger
from shared.settings import Settings

LONGEST_WAIT_SECONDS = 10.0

_log = get_logger()


class Pulse:
    """Asks for ``topics`` over a connection of its own. ``silent_seconds`` is the time since the last answer."""

    def __init__(self, settings: Settings, topics: Sequence[Topic] = ()) -> None:
        self._settings = settings
        self._topics = {settings.topic_prefix + topic.name: topic for topic in topics}
        self.seen: Mapping[str, Seen] | None = None
        """What the last answer said of each topic by its name on the wire; None before the first."""
        self._answer = asyncio.Event()
        self._client: AIOKafkaClient | None = None
        self._answered = time.monotonic()
        self._error = ""
        self._alive = asyncio.Event()
        self._dead = asyncio.Event()

    @property
    def silent_seconds(self) -> float:
        """Seconds since Kafka answered last, or since the start."""
        return time.monotonic() - self._answered

    def complaint(self) -> str | None:
        """A sentence for readiness while Kafka does not answer."""
        if self.silent_seconds < self._settings.kafka_silent_seconds:
            return None
        return f"no answer for {int(self.silent_seconds)} s"

    def missing(self) -> str | None:
        """A sentence for readiness while a topic is not there, or may not be seen."""
        if self.seen is None:
            return None
        gone = [topic.name for wire, topic in self._topics.items() if wire not in self.seen]
        closed = [topic.name for wire, topic in self._topics.items() if self.seen.get(wire) == CLOSED]
        told = [f"{', '.join(gone)} not there; python -m deploy.init makes it"] if gone else []
        told += [f"{', '.join(closed)} closed to this account: a rule (ACL) of Kafka is missing"] if closed else []
        return "; ".join(told) or None

    async def dead_or_others(self, names: Collection[str], known: Mapping[str, Seen]) -> Collection[str]:
        """Return once Kafka has been silent for longer than the setting, or one of these topics is not what it was when
        ``known`` was told: made, made anew, of more partitions, or open again. Returns their names; none where Kafka is gone.
        """
        while not self._dead.is_set():
            self._answer.clear()
            now = self.seen or {}
            if others := [name for name in names if now.get(name, CLOSED) not in (CLOSED, known.get(name))]:
                return others
            await self._answer.wait()
        return ()

    async def alive(self) -> None:
        """Return once Kafka answers."""
        await self._alive.wait()

    async def run(self) -> None:
        """Ask until cancelled: every few seconds while it answers, after a growing pause while it does not."""
        failures = 0
        try:
            while True:
                if await self._answers():
                    failures = 0
                    self._answered = time.monotonic()
                    self._alive.set()
                    self._dead.clear()
                    self._answer.set()
                    pause = self._settings.kafka_probe_seconds
                else:
                    failures += 1
                    # Told at 1, 2, 4, 8 … tries: that it lasts is what readiness says.
                    if failures & (failures - 1) == 0:
                        _log.info("kafka_silent", error=self._error, seconds=round(self.silent_seconds, 1))
                    self._alive.clear()
                    if self.complaint():
                        self._dead.set()
                        self._answer.set()
                    longest = min(self._settings.retry_base_seconds * 2 ** min(failures, 10), LONGEST_WAIT_SECONDS)
                    pause = longest * random.uniform(0.5, 1.0)  # jitter, nothing secret
                await asyncio.sleep(pause)
        finally:
            await self._close()

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(self._settings.kafka_probe_seconds):
                if self._client is None:
                    self._client = AIOKafkaClient(
                        **connection_arguments(self._settings),
                        request_timeout_ms=int(self._settings.kafka_probe_seconds * 1_000),
                    )
                    await self._client.bootstrap()
                self.seen = await topics_seen(self._client, self._topics)
            self._tell(self.seen)
            return True
        except (KafkaError, OSError, TimeoutError) as error:
            self._error = type(error).__name__
            # Its addresses may be those of a cluster that is no more: the next try begins at the bootstrap servers.
            await self._close()
            return False

    def _tell(self, seen: Mapping[str, Seen]) -> None:
        for wire, topic in self._topics.items():
            amiss = wire not in seen or seen[wire].partitions != topic.partitions
            metrics.TOPIC_AMISS.labels(topic.name).set(int(amiss))

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await client.close()
