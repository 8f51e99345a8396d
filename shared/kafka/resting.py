"""Consumers that ask less often while nothing comes: for a broker that answers a waiting fetch only when its wait is over.

Such is the embedded one. What it is asked several hundred times a second for nothing cost two thirds of a core at rest, and as
long as a demo or a walk runs beside it, that is missing there. Apache Kafka answers at once and has no use for this.
"""

import asyncio
from collections.abc import Callable

from aiokafka import AIOKafkaConsumer

from shared.settings import Settings

AFTER_SECONDS = 5.0


class Resting:
    """Of one consumer. ``client`` gives its client, while it is started."""

    def __init__(self, settings: Settings, client: Callable[[], AIOKafkaConsumer | None]) -> None:
        self._busy_ms = settings.kafka_fetch_max_wait_ms
        self._idle_ms = settings.kafka_idle_fetch_max_wait_ms or self._busy_ms
        self._client = client
        self._going_to_rest: asyncio.TimerHandle | None = None

    def awake(self) -> None:
        """Something came, or it has just begun."""
        if self._idle_ms == self._busy_ms:
            return
        if self._going_to_rest is not None:
            self._going_to_rest.cancel()
        self._wait(self._busy_ms)
        self._going_to_rest = asyncio.get_running_loop().call_later(AFTER_SECONDS, self._wait, self._idle_ms)

    def _wait(self, milliseconds: int) -> None:
        client = self._client()
        if client is not None:
            # aiokafka reads it for each request, and has no other way of changing it while it runs.
            client._fetcher._fetch_max_wait_ms = milliseconds
