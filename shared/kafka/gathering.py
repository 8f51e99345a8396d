"""Reading together what was sent together: a broker answers as soon as it has one of several records.

Each record of a commit says how many of its topic the commit has sent. Where they go to several partitions, the first answer
rarely brings all of them, and what a batch costs hardly depends on how many are in it.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.kafka.envelope import TOGETHER, Record
from shared.logs import get_logger

_LONGEST = 6

_log = get_logger()


async def gathered(client: AIOKafkaConsumer, first: Sequence[Any], most: int, seconds: float) -> list[Any]:
    """``first`` and the records after them, ``most`` in all: what was fetched, and what comes within ``seconds`` as long as some
    that were sent with them are missing (another member of the group may be reading them).
    """
    records = list(first)
    if len(records) >= most:
        return records
    now = asyncio.get_running_loop().time
    until, wait = now() + seconds, 0.0
    try:
        while True:
            found = await client.getmany(timeout_ms=wait * 1_000, max_records=most - len(records))
            records += chain(*found.values())
            wait = until - now()
            if wait <= 0 or len(records) >= most or complete(records):
                return records
    except Exception as error:
        # The records in hand are applied all the same; the fault shows again when the next one is waited for.
        _log.warning("fetch_failed", topic=first[0].topic, error=type(error).__name__)
        return records


def complete(records: Sequence[Record]) -> bool:
    """Whether the rest of every commit that sent one of these is among them; no, where one does not say of how many it is.

    Commits of the same size are not told apart: two halves pass for a whole, and what is left of both comes with the next batch.
    """
    sizes = Counter(map(_together, records))
    return 0 not in sizes and all(count % size == 0 for size, count in sizes.items())


def _together(record: Record) -> int:
    """How many were sent together with this record; 0 where that is not known."""
    said = next((value for name, value in record.headers if name == TOGETHER), None) or b""
    return int(said) if said.isdigit() and len(said) <= _LONGEST else 0
