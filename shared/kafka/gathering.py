"""Records that were sent together, although a broker answers as soon as it has the first of them."""

import asyncio
import math
from itertools import chain
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.logs import get_logger

GAPS = 4
"""Silence for this part of the time says that no more come."""

_log = get_logger()


async def gathered(client: AIOKafkaConsumer, limit: int, seconds: float) -> list[Any]:
    """At most ``limit`` records: what was fetched already, and what comes within ``seconds`` as long as it keeps coming."""
    loop = asyncio.get_running_loop()
    ends, found = loop.time() + seconds, list[Any]()
    try:
        while len(found) < limit:
            left = max(0.0, min(seconds / GAPS, ends - loop.time()))
            more = await client.getmany(timeout_ms=math.ceil(left * 1_000), max_records=limit - len(found))
            found += chain(*more.values())
            if not more or not left:
                break
    except Exception as error:
        # What is in hand is applied all the same: the client would not hand it out again. The fault shows at the next record.
        _log.warning("fetch_failed", error=type(error).__name__)
    return found
