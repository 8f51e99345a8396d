"""The guarantees of the way of an event, each with its name. The same tests run on every broker (``BROKER=``)."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import anyio.to_thread
import pytest
from aiokafka import AIOKafkaConsumer

from shared.cli import resync_service
from shared.clock import SystemClock
from shared.contracts.topics import CONTRACTS, OFFERS, dead_letter_topic
from shared.kafka.consumer import Consumer
from shared.kafka.envelope import Event
from shared.kafka.publisher import Publisher
from shared.kafka.redrive import hand_back
from shared.kafka.relay import Relay
from shared.kafka.resync import resync
from shared.store import Lease, Work
from tests.contract.kafka_records import offer, produce
from tests.service.shared.sample import Context, Thing, make_service, offer_state
from tests.support import Running, Stack, eventually


@asynccontextmanager
async def reading(stack: Stack, topic: str) -> AsyncIterator[list[Any]]:
    """All records of a topic as they come."""
    consumer = AIOKafkaConsumer(
        f"{stack.topic_prefix}{topic}",
        bootstrap_servers=stack.environment["KAFKA_BOOTSTRAP_SERVERS"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    records: list[Any] = []

    async def read() -> None:
        async for record in consumer:
            records.append(record)

    task = asyncio.create_task(read())
    try:
        yield records
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await consumer.stop()


async def publish_offers(running: Running, count: int, *, per_offer: int = 1) -> list[str]:
    """``count`` offers with ``per_offer`` events each, through the outbox."""
    now = SystemClock().now()
    ids = [f"offer-{number:04d}" for number in range(count)]
    for sequence in range(1, per_offer + 1):
        work = Work()
        for id in ids:
            work.publish(OFFERS, "offer-updated.v1", key=id, data=offer_state(id), sequence=sequence, time=now)
        await running.store.commit(work)
    return ids


def headers_of(record: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers}


async def test_an_accepted_write_is_published_as_a_cloudevent(stack: Stack) -> None:
    async with stack.running(make_service(consume=False), worker=True) as running:
        headers = stack.token("manager") | {"X-Request-Id": "0123456789abcdef"}
        answer = await running.client.post("/v1/things", json={"title": "Crèche", "hours": "12.50"}, headers=headers)
        async with reading(stack, CONTRACTS.name) as records:
            await eventually(lambda: records)
    record = records[0]
    told = headers_of(record)
    assert record.key.decode() == answer.json()["id"]
    assert b'"objective_hours":"12.50"' in record.value
    assert told["ce_specversion"] == "1.0"
    assert told["ce_type"] == "contract-created.v1"
    assert told["ce_source"] == "/bassin/matching"
    assert told["ce_sequence"] == "1"
    assert told["content-type"] == "application/json"
    assert told["ce_correlationid"] == "0123456789abcdef"
    assert told["traceparent"].startswith("00-")


async def test_published_rows_leave_the_outbox_and_order_per_aggregate_holds(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True) as running:
        await publish_offers(running, 40, per_offer=5)
        context: Context = running.app.state.context
        await eventually(lambda: len(context.seen) == 200)
        for id in {event.subject for event in context.seen}:
            assert [event.sequence for event in context.seen if event.subject == id] == [1, 2, 3, 4, 5]
        await eventually(lambda: _empty(running))


async def test_a_record_reaches_its_handler_without_a_thread(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What FastStream may inject it looks for by way of a thread: for each record five times what handing it over costs."""

    async def refused(*_: object, **__: object) -> None:
        raise AssertionError("a thread")

    async with stack.running(make_service(), worker=True) as running:
        monkeypatch.setattr(anyio.to_thread, "run_sync", refused)
        await produce(stack, OFFERS.name, [offer("first")])
        context: Context = running.app.state.context
        await eventually(lambda: len(context.seen) == 1)


async def _empty(running: Running) -> bool:
    return bool(await running.store.collection("outbox").count_documents({}) == 0)


async def test_a_write_succeeds_while_kafka_is_down_and_is_published_later(stack: Stack) -> None:
    service = make_service(consume=False)
    nowhere = {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9"}
    await stack.create_topics()
    async with stack.running(service, **nowhere) as running:
        settings = stack.settings(service, **nowhere)
        relay = Relay(running.runtime.store, Publisher(settings), settings, "matching", "one")
        task = asyncio.create_task(relay.run())
        answer = await running.client.post("/v1/things", json={"title": "x"}, headers=stack.token("manager"))
        assert answer.status_code == 201
        assert not await _empty(running)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not await _empty(running)
    async with stack.running(service, worker=True) as running, reading(stack, CONTRACTS.name) as records:
        await eventually(lambda: records)
        assert records[0].key.decode() == answer.json()["id"]


async def test_an_effect_happens_once_under_redelivery(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True) as running:
        now = running.runtime.clock.now()
        for _ in range(3):  # the same event id three times, as a relay killed before its delete would send it
            work = Work(lambda: "event-1")
            work.publish(OFFERS, "offer-created.v1", key="o1", data=offer_state("o1"), sequence=1, time=now)
            await running.store.commit(work)
            await eventually(lambda: _empty(running))
        await publish_offers(running, 1)
        await eventually(lambda: len(running.app.state.context.seen) == 2)
        counted = await running.store.collection("counters").find_one({"_id": "o1"})
        assert counted["count"] == 1


@pytest.mark.parametrize("batch", [False, True])
async def test_what_breaks_the_contract_goes_to_the_dead_letters_and_the_rest_goes_on(
    stack: Stack, batch: bool
) -> None:
    service = make_service(batch=batch)
    async with stack.running(service, worker=True) as running:
        context: Context = running.app.state.context
        context.poison.add("offer-0001")
        publisher = Publisher(stack.settings(service))
        good = {"ce_id": "x", "ce_type": "offer-created.v1", "ce_sequence": "1", "ce_time": "2026-01-01T00:00:00+00:00"}
        await (await publisher.send(OFFERS.name, b"bad-1", b"{not json", good))
        await (await publisher.send(OFFERS.name, b"bad-2", b'{"offer_id": "secret@example.org"}', good))
        await (await publisher.send(OFFERS.name, b"bad-3", b"{}", {}))
        await (await publisher.send(OFFERS.name, b"new", b"{}", good | {"ce_type": "offer-teleported.v9"}))
        await publisher.reset()
        await publish_offers(running, 5)
        await eventually(lambda: len(context.seen) == 4)
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: len(records) == 4)
    assert {record.key for record in records} == {b"bad-1", b"bad-2", b"bad-3", b"offer-0001"}
    letter = next(record for record in records if record.key == b"bad-2")
    told = headers_of(letter)
    assert letter.value == b'{"offer_id": "secret@example.org"}'
    assert told["ce_id"] == "x"
    assert told["kafka_dlt-original-topic"].endswith(OFFERS.name)
    assert told["kafka_dlt-original-partition"].isdigit()
    assert "title: missing" in told["kafka_dlt-exception-message"]
    assert "secret" not in told["kafka_dlt-exception-message"]


async def test_a_passing_fault_is_retried_in_place_and_order_is_kept(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True) as running:
        context: Context = running.app.state.context
        context.failures["offer-0000"] = 3
        await publish_offers(running, 1, per_offer=4)
        await eventually(lambda: len(context.seen) == 4)
        assert [event.sequence for event in context.seen] == [1, 2, 3, 4]


async def test_a_fault_that_does_not_pass_ends_in_the_dead_letters_and_a_redrive_brings_it_back(stack: Stack) -> None:
    service = make_service()
    async with stack.running(service, worker=True, retry_attempts=2) as running:
        context: Context = running.app.state.context
        context.failures["offer-0000"] = 2
        await publish_offers(running, 2)
        await eventually(lambda: len(context.seen) == 1)
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: records)
        assert headers_of(records[0])["kafka_dlt-exception-fqcn"] == "RuntimeError"
        assert await hand_back(running.store, {"topic": OFFERS.name}, running.runtime.clock.now()) == 1
        await eventually(lambda: len(context.seen) == 2)
        await eventually(lambda: _no_letters(running))


async def _no_letters(running: Running) -> bool:
    return bool(await running.store.collection("dead_letters").count_documents({}) == 0)


async def test_too_many_dead_letters_in_a_row_stop_the_consumer(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True, max_consecutive_dead_letters=3) as running:
        context: Context = running.app.state.context
        context.poison |= {f"offer-{number:04d}" for number in range(10)}
        await publish_offers(running, 10)
        worker = running.app.state.worker
        await eventually(lambda: any("dead letters in a row" in state for state in worker.health().values()))
        [halted] = [consumer.client for consumer in worker.consumers if consumer.halted]
        ready = await running.client.get("/health/ready")
        assert ready.status_code == 503
        async with reading(stack, dead_letter_topic("matching", OFFERS)) as records:
            await eventually(lambda: len(records) == 3)
        assert context.seen == []
    assert halted is not None
    assert halted._closed, "a member of the group that reads nothing would keep its partitions"
    async with stack.running(make_service(), worker=True) as running:
        await eventually(lambda: len(running.app.state.context.seen) >= 7)  # three are dead letters


async def test_a_tombstone_reaches_consumers_as_a_null_value(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True) as running:
        work = Work()
        work.publish(OFFERS, "offer-updated.v1", key="gone", data=None, sequence=9, time=running.runtime.clock.now())
        await running.store.commit(work)
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: records)
            assert records[0].value is None
        await eventually(lambda: running.app.state.context.seen)
        assert running.app.state.context.seen[0].data is None


async def test_resync_publishes_every_state_again_with_its_version(stack: Stack) -> None:
    service = make_service(consume=False)
    async with stack.running(service, worker=True) as running:
        context: Context = running.app.state.context
        things = [await context.create(f"t{number}") for number in range(5)]
        await eventually(lambda: _empty(running))
        done = [
            total async for _, total in resync(running.runtime.store, running.service.compose(running.runtime).resync)
        ]
        assert done[-1] == 5
        async with reading(stack, CONTRACTS.name) as records:
            await eventually(lambda: len(records) == 10)
        again = [record for record in records if headers_of(record)["ce_type"] == "contract-updated.v1"]
        assert {record.key.decode() for record in again} == {thing.id for thing in things}
        assert {headers_of(record)["ce_sequence"] for record in again} == {"1"}
        # The mark that resync leaves on a document does not keep it from being read.
        assert (await running.store.load(Thing, "things", things[0].id)).version == 1


async def test_a_resync_that_could_not_publish_says_so(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody who was killed holds the lease and no worker runs: what it counted is in the outbox, and on no topic."""
    service = make_service(consume=False)
    await stack.create_topics()
    async with stack.running(service) as running:
        context: Context = running.app.state.context
        await context.create("t")
        killed = Lease(running.store, "relay", "who-was-killed", 60.0)
        assert await killed.acquire() is not None
        said = []
        for _ in range(2):
            await resync_service(service, running.runtime.settings, new_epoch=False)
            said.append("not all of it is published" in capsys.readouterr().out)
            await killed.release()
        assert said == [True, False]
        assert await _empty(running)


async def test_of_two_relays_one_publishes_and_the_other_takes_over(stack: Stack) -> None:
    service = make_service(consume=False)
    await stack.create_topics()
    async with stack.running(service) as running:
        settings = stack.settings(service, lease_seconds=4.0)
        store = running.runtime.store
        first = Relay(store, Publisher(settings), settings, "matching", "first")
        second = Relay(store, Publisher(settings), settings, "matching", "second")
        context: Context = running.app.state.context
        await context.create("a")
        assert await first.drain() is False
        assert await _empty(running)
        await context.create("b")
        assert await second.drain() is False
        assert not await _empty(running)  # the lease is the first one's
        await eventually(lambda: _takes_over(second, running), seconds=10)
        lease = await store.collection("leases").find_one({"_id": "relay"})
        assert (lease["holder"], lease["epoch"]) == ("second", 2)
        await first.close()
        await second.close()


async def _takes_over(relay: Relay, running: Running) -> bool:
    await relay.drain()
    return await _empty(running)


async def test_an_event_is_applied_while_its_time_is_long_past(stack: Stack) -> None:
    async with stack.running(make_service(), worker=True) as running:
        work = Work()
        past = running.runtime.clock.now() - timedelta(days=400)
        work.publish(OFFERS, "offer-created.v1", key="old", data=offer_state("old"), sequence=1, time=past)
        await running.store.commit(work)
        await eventually(lambda: running.app.state.context.seen)


def _held(monkeypatch: pytest.MonkeyPatch) -> tuple[list[list[str]], asyncio.Event]:
    """The keys of each batch that begins to be applied, and what they all wait for."""
    released = asyncio.Event()
    batches: list[list[str]] = []

    async def held(context: Context, events: Sequence[Event[Any]]) -> None:
        batches.append([event.key for event in events])
        await released.wait()

    monkeypatch.setattr(Context, "apply_all", held)
    return batches, released


async def test_what_comes_while_a_batch_is_applied_is_applied_together(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each comes by a fetch of its own: the partition is asked again although records of it wait to be applied."""
    batches, released = _held(monkeypatch)
    async with stack.running(make_service(batch=True), worker=True) as running:
        consumer: Consumer = running.app.state.worker.consumers[0]
        for number, id in enumerate(("first", "second", "third")):
            await produce(stack, OFFERS.name, [offer(id)])
            fetched = number + 1
            await eventually(lambda fetched=fetched: _position(consumer) == fetched)
        await eventually(lambda: batches == [["first"]])
        released.set()
        await eventually(lambda: batches == [["first"], ["second", "third"]])


async def test_who_ends_leaves_what_was_taken_and_not_applied_to_the_next(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches, released = _held(monkeypatch)
    service = make_service(batch=True)
    async with stack.running(service, worker=True) as running:
        consumer: Consumer = running.app.state.worker.consumers[0]
        await produce(stack, OFFERS.name, [offer("first")])
        await eventually(lambda: batches == [["first"]])
        await produce(stack, OFFERS.name, [offer("second")])
        await eventually(lambda: _position(consumer) == 2)
        asyncio.get_running_loop().call_later(0.1, released.set)
    assert batches == [["first"]]
    async with stack.running(service, worker=True):
        await eventually(lambda: batches == [["first"], ["second"]])


def _position(consumer: Consumer) -> int:
    """Records that the client has handed over of the partition that ``produce`` sends to."""
    client: Any = consumer.client
    assignment = client._subscription.subscription.assignment
    states = [assignment.state_value(one) for one in assignment.tps if one.partition == 0]
    return sum(state.position for state in states if state.has_valid_position)
