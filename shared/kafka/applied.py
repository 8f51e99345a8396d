"""The line that says what a consumer has applied, with the correlations of it: one a second at most, however much comes."""

import asyncio
from collections.abc import Iterable

from shared.logs import get_logger

EVERY_SECONDS = 1.0
MOST_CORRELATIONS = 50

_log = get_logger()


class Applied:
    """Gathers for one topic. Who looks for a request in the logs of workers finds it here."""

    def __init__(self, topic: str) -> None:
        self._topic = topic
        self._events = 0
        self._correlations: dict[str, None] = {}

    def add(self, correlations: Iterable[str]) -> None:
        """These were applied; the line comes within a second."""
        if not self._events:
            asyncio.get_running_loop().call_later(EVERY_SECONDS, self._tell)
        for correlation in correlations:
            self._events += 1
            if len(self._correlations) < MOST_CORRELATIONS:
                self._correlations[correlation] = None

    def _tell(self) -> None:
        _log.info("events_applied", topic=self._topic, events=self._events, correlation_ids=list(self._correlations))
        self._events = 0
        self._correlations = {}
