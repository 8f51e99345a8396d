"""Whether Kafka answers: asked by one small request now and then, so that nobody believes a flag that never falls."""

import asyncio
import contextlib
import random
import time

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from shared.kafka.connection import connection_arguments
from shared.logs import get_logger
from shared.settings import Settings

LONGEST_WAIT_SECONDS = 10.0

_log = get_logger()


class Pulse:
    """Asks for metadata over a connection of its own. ``silent_seconds`` is the time since the last answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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

    async def alive(self) -> None:
        """Return once Kafka answers."""
        await self._alive.wait()

    async def dead(self) -> None:
        """Return once Kafka has been silent for longer than the setting."""
        await self._dead.wait()

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
                    pause = self._settings.kafka_probe_seconds
                else:
                    failures += 1
                    # Told at 1, 2, 4, 8 … tries: that it lasts is what readiness says.
                    if failures & (failures - 1) == 0:
                        _log.info("kafka_silent", error=self._error, seconds=round(self.silent_seconds, 1))
                    self._alive.clear()
                    if self.complaint():
                        self._dead.set()
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
                await self._client.fetch_all_metadata()
            return True
        except (KafkaError, OSError, TimeoutError) as error:
            self._error = type(error).__name__
            # Its addresses may be those of a cluster that is no more: the next try begins at the bootstrap servers.
            await self._close()
            return False

    async def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(KafkaError, OSError, TimeoutError):
                await client.close()
