"""Consumers that ask less often while nothing comes.

A fetch that brings nothing costs the broker and us half a millisecond each, and twenty consumers of three services asked forty
times a second: two fifths of what they and Apache Kafka burnt at rest. It answers as soon as there is something, however long it
may wait; the embedded broker only when the wait is over, so there the longer one is also a later answer.

On one connection a broker answers one request after the other. So what is asked beside a fetch that waits (where a topic ends)
comes as late as that ends: the wait stays short while something is being applied. And where partitions are handed out anew, the
fetch of the old ones is given up with its connection: whoever gets one reads it at once, and not when that wait is over.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.client import ConnectionGroup
from aiokafka.protocol.fetch import FetchRequest

from shared.settings import Settings

AFTER_SECONDS = 5.0


class Resting:
    """Of one consumer. ``client`` gives its client, while it is started; ``busy`` says whether it is applying something."""

    def __init__(
        self, settings: Settings, client: Callable[[], AIOKafkaConsumer | None], busy: Callable[[], bool]
    ) -> None:
        self._busy_ms = settings.kafka_fetch_max_wait_ms
        self._idle_ms = settings.kafka_idle_fetch_max_wait_ms or self._busy_ms
        self._client = client
        self._busy = busy
        self._going_to_rest: asyncio.TimerHandle | None = None
        self.at_rest = False
        """Whether nothing came for a while: all that was fetched is applied, and the fetch under way asks for all partitions."""

    def awake(self) -> None:
        """Something came, partitions were handed out, or it has just begun."""
        self._stay_awake()
        self._going_to_rest = asyncio.get_running_loop().call_later(AFTER_SECONDS, self._rest)

    def let_go(self) -> None:
        """Partitions are about to be handed out anew; however long that takes, nobody rests meanwhile."""
        client = self._client()
        if self.at_rest and client is not None:
            for (_, group), connection in client._client._conns.items():
                if group is ConnectionGroup.DEFAULT:
                    _hang_up(connection)
        self._stay_awake()

    def _stay_awake(self) -> None:
        if self._going_to_rest is not None:
            self._going_to_rest.cancel()
        self.at_rest = False
        self._wait(self._busy_ms)

    def _rest(self) -> None:
        if self._busy():
            self.awake()
            return
        self.at_rest = True
        self._wait(self._idle_ms)

    def _wait(self, milliseconds: int) -> None:
        client = self._client()
        if client is not None:
            # aiokafka reads it for each request, and has no other way of changing it while it runs.
            client._fetcher._fetch_max_wait_ms = milliseconds


def _hang_up(connection: Any) -> None:
    """Close it; its fetches end without a word, as when aiokafka gives them up itself, once others are assigned. (To cancel their
    tasks would end the fetcher where one has not begun.)
    """
    for _, request, answer in connection._requests:
        if getattr(request, "API_KEY", None) == FetchRequest.API_KEY:
            answer.cancel()
    connection.close()
