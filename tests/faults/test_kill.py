"""Guarantees tested by killing things: nothing accepted is lost, each effect happens once, order per aggregate holds."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.engines import ApacheKafka, BrokerKind, chosen_broker
from shared.contracts.topics import OFFERS
from shared.store import Work
from tests.service.shared.sample import make_service, offer_state
from tests.support import Running, Stack, eventually

ROOT = Path(__file__).resolve().parents[2]
OFFERS_COUNT = 60
EVENTS_EACH = 10


@contextmanager
def worker_process(stack: Stack) -> Iterator[subprocess.Popen[bytes]]:
    """The sample service's worker as a process of its own."""
    environment = {
        **os.environ,
        **stack.environment,
        "PYTHONPATH": str(ROOT),
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "BASSIN_TOPIC_PREFIX": stack.topic_prefix,
        "BASSIN_WORKER_PORT": "0",
        "BASSIN_LEASE_SECONDS": "1",
        "BASSIN_LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.shared.sample", "worker"],
        env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


async def write_events(running: Running, begin: int = 1) -> None:
    now = running.runtime.clock.now()
    for sequence in range(begin, begin + EVENTS_EACH):
        work = Work()
        for number in range(OFFERS_COUNT):
            id = f"offer-{number:03d}"
            work.publish(OFFERS, "offer-updated.v1", key=id, data=offer_state(id), sequence=sequence, time=now)
        await running.store.commit(work)


async def effects(running: Running) -> int:
    found = [doc["count"] async for doc in running.store.collection("counters").find({})]
    return sum(found)


async def assert_once_and_in_order(running: Running, each: int = EVENTS_EACH) -> None:
    counts = {doc["_id"]: doc["count"] async for doc in running.store.collection("counters").find({})}
    assert len(counts) == OFFERS_COUNT
    assert set(counts.values()) == {each}
    order: dict[str, list[int]] = {}
    async for row in running.store.collection("order").find({}).sort("_id", 1):
        order.setdefault(row["subject"], []).append(row["sequence"])
    assert all(sequences == sorted(sequences) for sequences in order.values())


async def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(stack: Stack) -> None:
    await stack.create_topics()
    async with stack.running(make_service()) as running:
        await write_events(running)
        total = OFFERS_COUNT * EVENTS_EACH
        for share in (0.1, 0.4, 0.7):
            with worker_process(stack) as process:
                await eventually(lambda share=share: _reached(running, total * share), seconds=60)
                os.kill(process.pid, signal.SIGKILL)
        with worker_process(stack):
            await eventually(lambda: _reached(running, total), seconds=60)
        await assert_once_and_in_order(running)
        assert await running.store.collection("outbox").count_documents({}) == 0


async def test_a_worker_that_stands_still_and_goes_on_doubles_nothing(stack: Stack) -> None:
    """For longer than its group and its lease wait: others have its partitions and publish while it believes that it does."""
    await stack.create_topics()
    total = OFFERS_COUNT * EVENTS_EACH
    async with stack.running(make_service()) as running:
        with worker_process(stack) as first:
            await write_events(running)
            await eventually(lambda: _reached(running, total * 0.1), seconds=60)
            os.kill(first.pid, signal.SIGSTOP)
            with worker_process(stack):
                await eventually(lambda: _reached(running, total), seconds=90)
                os.kill(first.pid, signal.SIGCONT)
                await write_events(running, begin=EVENTS_EACH + 1)
                await eventually(lambda: _reached(running, 2 * total), seconds=90)
                await eventually(lambda: _empty(running), seconds=60)
            # Alone again, whoever stood still has all partitions and the relay, and goes on where the other was.
            await write_events(running, begin=2 * EVENTS_EACH + 1)
            await eventually(lambda: _reached(running, 3 * total), seconds=90)
        await assert_once_and_in_order(running, each=3 * EVENTS_EACH)


async def _empty(running: Running) -> bool:
    return await running.store.collection("outbox").count_documents({}) == 0


async def _reached(running: Running, count: float) -> bool:
    return await effects(running) >= count


async def test_a_broker_killed_in_the_middle_loses_nothing(stack: Stack, tmp_path: Path) -> None:
    if chosen_broker() is not BrokerKind.APACHE:
        pytest.skip("the embedded broker forgets everything when it is killed; run with BROKER=apache")
    with ApacheKafka(tmp_path) as kafka:
        own = Stack(
            stack.environment | {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap},
            stack.keys,
            stack.prefix,
            databases=stack.databases,
        )
        async with own.running(make_service(), worker=True) as running:
            writing = asyncio.create_task(write_events(running))
            await eventually(lambda: _reached(running, 50))
            kafka.kill()
            await writing  # writes are accepted while it is down
            await asyncio.to_thread(kafka.restart)
            await eventually(lambda: _reached(running, OFFERS_COUNT * EVENTS_EACH), seconds=90)
            await assert_once_and_in_order(running)
