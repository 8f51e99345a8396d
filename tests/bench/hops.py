"""What the way costs at least: a transaction, a record and its arrival, twice."""

import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from services.matching.app import SERVICE
from shared.store.driver import session_of
from tests.support import Stack

WARM_UP = 10


async def hops(stack: Stack, count: int) -> list[float]:
    """Seconds for two bare hops, on topics that nobody else reads."""
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
        await reader.getone()

    taken = []
    for at in range(count + WARM_UP):
        started = time.perf_counter()
        await hop(at, first, readers[0])
        await hop(at, second, readers[1])
        taken.append(time.perf_counter() - started)
    for part in (producer, *readers):
        await part.stop()
    await runtime.store.client.drop_database(f"{stack.prefix}_hops")
    await runtime.store.close()
    return taken[WARM_UP:]
