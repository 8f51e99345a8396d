"""What the way costs at least: a transaction, a record and its arrival, twice."""

import asyncio
import itertools
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.matching.app import SERVICE
from shared.store.driver import session_of
from tests.support import Stack

WARM_UP = 10


async def hops(stack: Stack, count: int, paced: int, per_second: float) -> tuple[list[float], list[float]]:
    """Seconds for two bare hops, on topics that nobody else reads: one after the other, and at a pace.

    What comes after a pause finds its code and data out of the processor's caches, whoever it is: on a quiet machine the same
    hops took 7 to 9 ms at 2.5 and 9.2 a second where they took 5 to 7 in a row (medians of six turns).
    """
    settings = stack.settings(SERVICE)
    first, second = f"{settings.topic_prefix}offers.offers.v1", f"{settings.topic_prefix}matching.recommendations.v1"
    runtime = SERVICE.runtime(settings)
    bare = runtime.store.client[f"{stack.prefix}_hops"]["rows"]
    await bare.insert_one({"_id": "there"})
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all", linger_ms=0)
    wait = settings.kafka_fetch_max_wait_ms
    readers = [
        AIOKafkaConsumer(
            topic,
            bootstrap_servers=settings.kafka_bootstrap_servers,
            fetch_max_wait_ms=wait,
            auto_offset_reset="latest",
            enable_auto_commit=False,
        )
        for topic in (first, second)
    ]
    for part in (producer, *readers):
        await part.start()
    for reader in readers:
        await reader.seek_to_end()

    async def hop(at: int, topic: str, reader: AIOKafkaConsumer) -> None:
        async with session_of(runtime.store.client) as session:
            await session.with_transaction(lambda s: bare.insert_one({"_id": f"{topic}-{at}"}, session=s))
        await producer.send_and_wait(topic, value=b"{}", key=str(at).encode())
        # By ``getone`` a partition's last answer lies untaken, and for a tenth of a second nothing is asked for.
        await reader.getmany(timeout_ms=10_000)

    numbers = itertools.count()

    async def both() -> float:
        at, started = next(numbers), time.perf_counter()
        await hop(at, first, readers[0])
        await hop(at, second, readers[1])
        return time.perf_counter() - started

    in_a_row = [await both() for _ in range(WARM_UP + count)][WARM_UP:]
    at_pace, begun = [], time.perf_counter()
    for at in range(paced):
        await asyncio.sleep(max(0.0, begun + at / per_second - time.perf_counter()))
        at_pace.append(await both())
    for part in (producer, *readers):
        await part.stop()
    await runtime.store.client.drop_database(f"{stack.prefix}_hops")
    await runtime.store.close()
    return in_a_row, at_pace
