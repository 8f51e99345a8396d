"""Figures that nothing would bring up to date by itself: how much waits, and for how long. Looked at every few seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared import metrics
from shared.kafka.consumer import Consumer
from shared.logs import get_logger
from shared.store import Store
from shared.store.bundles import rows_of

EVERY_SECONDS = 15.0

_log = get_logger()


class Figures:
    """Of one worker. Every worker looks for itself: a figure of one that holds a lease would go stale when it loses it."""

    def __init__(
        self, store: Store, consumers: Sequence[Consumer], further: Sequence[Callable[[], Awaitable[None]]]
    ) -> None:
        """``further``: what the service itself brings up to date."""
        self._store = store
        self._consumers = consumers
        self._further = further

    async def run(self) -> None:
        """Look until cancelled; servers that are away leave the figures as they were."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_SECONDS)

    async def look(self) -> None:
        """Bring all up to date once."""
        for one in (self._outbox, self._lag, *self._further):
            try:
                await one()
            except (PyMongoError, KafkaError, OSError, TimeoutError) as error:
                _log.info("figures_not_read", error=type(error).__name__)

    async def _outbox(self) -> None:
        outbox = self._store.collection("outbox")
        metrics.OUTBOX_DEPTH.set(await outbox.estimated_document_count())
        oldest = await outbox.find_one({}, sort=[("_id", 1)])
        age = 0.0 if oldest is None else (self._store.clock.now() - rows_of(oldest)[0]["time"]).total_seconds()
        metrics.OUTBOX_AGE.set(max(0.0, age))

    async def _lag(self) -> None:
        for consumer in self._consumers:
            lag = await consumer.lag()
            if lag is not None:
                metrics.CONSUMER_LAG.labels(consumer.topic.name).set(lag)
