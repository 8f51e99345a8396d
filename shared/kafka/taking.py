"""Records that come while those before them are being applied, taken over from the client at once.

aiokafka asks a broker for nothing for a tenth of a second while a partition's last answer lies untaken, and then for all
partitions but that one: what came to it waited for as long as that fetch did, up to half a second. And one answer holds little
more than the first record that came, so that a backlog was applied one by one instead of together.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.logs import get_logger

MOST = 2_000
MOST_BYTES = 4_000_000
"""Of values; what comes beyond stays with the broker."""
LONGEST_SECONDS = 5.0
"""For one batch: a member whose batch never ends has to look like one that asks for nothing (``max_poll_interval_ms``)."""

_log = get_logger()


class Taken:
    """Records behind those that are being applied, in the order in which they came."""

    def __init__(self) -> None:
        self._records: list[Any] = []

    @asynccontextmanager
    async def meanwhile(self, client: AIOKafkaConsumer) -> AsyncIterator[None]:
        """Take what comes until the block ends."""
        taking = asyncio.create_task(self._take(client))
        try:
            yield
        finally:
            # A client that is waited for has handed nothing over yet.
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    def out(self, most: int) -> list[Any]:
        """The first of what was taken; they are the caller's now."""
        records, self._records = self._records[:most], self._records[most:]
        return records

    def forget(self) -> None:
        """Its partitions go to others, or come back and are read again from what was committed."""
        self._records.clear()

    async def _take(self, client: AIOKafkaConsumer) -> None:
        now = asyncio.get_running_loop().time
        until, size = now() + LONGEST_SECONDS, _bytes(self._records)
        while size < MOST_BYTES and (room := MOST - len(self._records)) and (wait := until - now()) > 0:
            try:
                found = list(chain(*(await client.getmany(timeout_ms=wait * 1_000, max_records=room)).values()))
            except Exception as error:
                # It shows again when the next record is waited for.
                _log.warning("fetch_failed", error=type(error).__name__)
                return
            if not found:  # the time is over, or the client is
                return
            self._records += found
            size += _bytes(found)


def _bytes(records: Sequence[Any]) -> int:
    return sum(len(record.value or b"") for record in records)
