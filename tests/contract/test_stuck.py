"""One aggregate's event that cannot be published stops that aggregate and no other, and is in the operator's hands."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from aiokafka.errors import NotEnoughReplicasError, UnknownTopicOrPartitionError

from shared.clock import HandClock
from shared.contracts.topics import OFFERS
from shared.kafka import relay as relays
from shared.kafka import stuck
from shared.kafka.erasing import erase
from shared.kafka.publisher import Publisher
from shared.kafka.relay import Relay
from shared.store import Work, bundles
from tests.contract.test_delivery import headers_of, reading
from tests.service.shared.sample import make_service, offer_state
from tests.support import Running, Stack, eventually, outbox_rows


class Refusing(Publisher):
    """A producer that fails for records whose key says so, at the call or later."""

    failure: Callable[[bytes], Exception | None] = staticmethod(lambda key: None)

    async def send(self, topic: str, key: Any, value: Any, headers: Any) -> Any:
        error = self.failure(key)
        if error is not None:
            raise error
        return await super().send(topic, key, value, headers)


@asynccontextmanager
async def relaying(stack: Stack, clock: HandClock, **settings: Any) -> AsyncIterator[tuple[Running, Relay, Refusing]]:
    service = make_service(consume=False)
    await stack.create_topics()
    async with stack.running(service, clock=clock) as running:
        chosen = stack.settings(service, **settings)
        publisher = Refusing(chosen)
        relay = Relay(running.runtime.store, publisher, chosen, "matching", "one")
        yield running, relay, publisher
        await relay.close()


async def put(running: Running, *keys: str, sequence: int = 1) -> list[str]:
    """A commit for each."""
    return [id for key in keys for id in await put_together(running, key, sequence=sequence)]


async def put_together(running: Running, *keys: str, sequence: int = 1) -> list[str]:
    """One commit for all."""
    work = Work()
    now = running.runtime.clock.now()
    ids = [
        work.publish(OFFERS, "offer-updated.v1", key=key, data=offer_state(key), sequence=sequence, time=now)
        for key in keys
    ]
    await running.store.commit(work)
    return ids


async def left(running: Running) -> list[str]:
    return [row["_id"] for row in await outbox_rows(running.store)]


async def test_a_row_that_kafka_refuses_stops_its_own_aggregate_only(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, _):
        large = (await put(running, "a", "b", "large", "c"))[2]
        # As an older release without the check at the commit left it.
        await running.store.collection("outbox").update_one({"_id": large}, {"$set": {"data": b"x" * 2_000_000}})
        (behind,) = await put(running, "large", sequence=2)
        assert await relay.drain() is False
        assert await left(running) == [large, behind]
        (mark,) = await stuck.listed(running.store)
        assert (mark.id, mark.state, mark.error, mark.behind) == (large, "stuck", "MessageSizeTooLargeError", 1)
        await put(running, "d", "a", sequence=3)
        assert await relay.drain() is False
        assert await left(running) == [large, behind]
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 5)
            assert b"large" not in {record.key for record in records}


FAILURES: dict[str, Exception] = {
    "value": ValueError("x"),
    "type": TypeError("x"),
    "assertion": AssertionError(),
    "recursion": RecursionError(),
    "attribute": AttributeError("x"),
    "retriable": NotEnoughReplicasError(),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_whatever_a_send_raises_others_go_on_and_a_success_ends_it(
    stack: Stack, clock: HandClock, failure: Exception
) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: failure if key == b"bad" else None
        (bad, *_) = await put(running, "bad", "good", "better")
        assert await relay.drain() is False
        assert await left(running) == [bad]
        assert [mark.id for mark in await stuck.listed(running.store)] == [bad]
        publisher.failure = lambda key: None
        clock.advance(timedelta(minutes=10))
        assert await relay.drain() is False
        assert await left(running) == []
        assert await stuck.listed(running.store) == []


async def test_a_read_of_the_marks_that_failed_is_made_again(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key == b"bad" else None
        await put(running, "bad")
        await relay.drain()
        next_leader = stuck.StuckAggregates(running.store)
        with monkeypatch.context() as away:
            away.setattr(stuck, "STUCK", "no.such\0name")
            with pytest.raises(Exception, match=r"(?i)null"):
                await next_leader.load(7)
        await next_leader.load(7)
        assert next_leader.complaint(0), "it knows what the leader before marked"


async def test_a_row_that_is_not_whole_stops_nothing_else(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, _):
        (odd, *_) = await put(running, "odd", "good")
        await running.store.collection("outbox").update_one({"_id": odd}, {"$unset": {"time": "", "sequence": ""}})
        assert await relay.drain() is False
        assert await left(running) == [odd]


async def test_tries_come_less_and_less_often(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, retry_base_seconds=1.0) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x")
        await put(running, "bad")
        tries = []
        for _ in range(40):
            await relay.drain()
            (mark,) = await stuck.listed(running.store)
            tries.append(mark.tries)
            clock.advance(timedelta(seconds=1))
        assert tries[-1] == 5  # at 0, 2, 6, 14 and 30 s


async def test_many_rows_of_a_stuck_aggregate_leave_room_for_others(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "BATCH", 5)
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key == b"bad" else None
        for sequence in range(1, 12):
            await put(running, "bad", sequence=sequence)
        await put(running, *(f"good-{number}" for number in range(12)))
        assert await relay.drain() is False
        assert len(await left(running)) == 11


async def test_a_topic_that_is_not_there_is_waited_for_once_and_stops_no_other_topic(
    stack: Stack, clock: HandClock
) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        asked = []

        def failure(key: bytes) -> Exception | None:
            if key.startswith(b"missing"):
                asked.append(key)
                return UnknownTopicOrPartitionError()
            return None

        publisher.failure = failure
        rows = await put(running, *(f"missing-{number}" for number in range(20)), "good")
        await running.store.collection("outbox").update_many(
            {"key": {"$regex": "^missing"}}, {"$set": {"topic": "offers.gone.v1"}}
        )
        assert await relay.drain() is False
        assert await left(running) == rows[:-1]
        assert len(asked) == 1
        (mark,) = await stuck.listed(running.store)
        assert (mark.aggregate, mark.behind) == ("(all)", 19)


async def test_kafka_being_away_is_nobodys_fault(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9") as (running, relay, _):
        await put(running, "a", "b")
        assert await relay.drain() is True
        assert await stuck.listed(running.store) == []


async def test_a_skipped_event_is_parked_later_ones_go_on_and_it_can_be_put_back(
    stack: Stack, clock: HandClock
) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key == b"bad" else None
        (bad,) = await put(running, "bad")
        (later,) = await put(running, "bad", sequence=2)
        await relay.drain()
        assert await stuck.skip(running.store, [bad, "nothing"]) == [bad]
        publisher.failure = lambda key: None
        assert await relay.drain() is False
        assert await left(running) == []
        (parked,) = await stuck.listed(running.store)
        assert (parked.id, parked.state) == (bad, "parked")
        assert await stuck.retry(running.store, [bad]) == 1
        assert await relay.drain() is False
        assert await stuck.listed(running.store) == []
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 2)
            assert [headers_of(record)["ce_id"] for record in records] == [later, bad]


async def test_retrying_does_not_wait_for_the_next_try(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x")
        await put(running, "bad")
        await relay.drain()
        publisher.failure = lambda key: None
        assert await relay.drain() is False
        assert len(await left(running)) == 1
        assert await stuck.retry(running.store, None) == 1
        assert await relay.drain() is False
        assert await left(running) == []


async def test_readiness_tells_after_a_while(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock, relay_stuck_seconds=60) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x")
        await put(running, "bad")
        await relay.drain()
        assert relay.complaint() is None
        clock.advance(timedelta(minutes=2))
        await relay.drain()
        assert relay.complaint() == "1 stuck, the oldest for 2 min; see `outbox list`"


async def test_events_of_one_commit_are_one_document_and_leave_in_order(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, _):
        work = Work()
        for sequence in range(1, 41):
            data, time = offer_state("a"), clock.now()
            work.publish(OFFERS, "offer-updated.v1", key="a", data=data, sequence=sequence, time=time)
        await running.store.commit(work)
        assert await running.store.collection("outbox").count_documents({}) == 1
        assert await relay.drain() is False
        assert await running.store.collection("outbox").count_documents({}) == 0
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 40)
            assert [int(headers_of(record)["ce_sequence"]) for record in records] == list(range(1, 41))


async def test_in_a_commit_of_many_only_the_one_that_fails_waits(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key == b"bad" else None
        first = await put_together(running, "good", "bad", "better")
        second = await put_together(running, "good", "bad", "best", sequence=2)
        assert await relay.drain() is False
        assert await left(running) == [first[1], second[1]]
        # The next commit's event of the same aggregate waits behind it, its companions do not.
        third = await put_together(running, "fine", "bad", sequence=3)
        assert await relay.drain() is False
        assert await left(running) == [first[1], second[1], third[1]]
        (mark,) = await stuck.listed(running.store)
        assert (mark.id, mark.behind) == (first[1], 2)
        assert await stuck.skip(running.store, [first[1]]) == [first[1]]
        publisher.failure = lambda key: None
        clock.advance(timedelta(minutes=10))
        assert await relay.drain() is False
        assert await left(running) == []
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: len(records) == 7)
            of_bad = [int(headers_of(record)["ce_sequence"]) for record in records if record.key == b"bad"]
            assert of_bad == [2, 3]


async def test_a_commit_of_very_many_events_is_several_documents(stack: Stack, clock: HandClock) -> None:
    rows = [{"_id": f"{number:05}", "topic": "t", "data": b"x" * 900_000} for number in range(30)]
    documents = bundles.bundled(rows)
    assert [row["_id"] for document in documents for row in bundles.rows_of(document)] == [row["_id"] for row in rows]
    assert max(sum(len(row["data"]) for row in bundles.rows_of(document)) for document in documents) < 16_000_000 / 2


async def test_a_relay_that_died_in_a_commit_of_many_sends_all_of_it_again(stack: Stack, clock: HandClock) -> None:
    async with relaying(stack, clock) as (running, relay, _):
        await put_together(running, "a", "b")

        class Killed(BaseException):
            """Nothing catches it, as nothing catches SIGKILL."""

        async def die(*_: Any) -> None:
            raise Killed

        relay._lead, alive = die, relay._lead  # type: ignore[method-assign]  # dies after the first look at the outbox
        with pytest.raises(Killed):
            await relay.drain()
        relay._lead = alive  # type: ignore[method-assign]  # the next leader
        assert await relay.drain() is False
        assert await left(running) == []
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: {record.key for record in records} == {b"a", b"b"})


async def test_erasure_reaches_what_is_stuck_and_parked_and_lets_the_tombstone_go(
    stack: Stack, clock: HandClock
) -> None:
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key in (b"person", b"other") else None
        first, _ = await put(running, "person", "other")
        await relay.drain()
        assert await stuck.skip(running.store, [first]) == [first]
        await put(running, "person", sequence=2)
        await relay.drain()
        work = Work()
        work.publish(OFFERS, "offer-updated.v1", key="person", data=None, sequence=3, time=clock.now())
        await running.store.commit(work)
        done = await erase(running.runtime.store, stack.settings(running.service), "matching", "person")
        assert (done.parked, done.left) == (2, 0)
        publisher.failure = lambda key: None
        assert await relay.drain() is False
        async with reading(stack, OFFERS.name) as records:
            await eventually(lambda: [record for record in records if record.key == b"person"])
            assert [record.value for record in records if record.key == b"person"] == [None]


async def test_a_tombstone_that_is_stuck_itself_outlives_the_erasure(stack: Stack, clock: HandClock) -> None:
    """It is what the topics get to know of it: who clears the rest away leaves it to be tried again."""
    async with relaying(stack, clock) as (running, relay, publisher):
        publisher.failure = lambda key: ValueError("x") if key == b"person" else None
        work = Work()
        id = work.publish(OFFERS, "offer-updated.v1", key="person", data=None, sequence=3, time=clock.now())
        await running.store.commit(work)
        await relay.drain()
        assert [mark.id for mark in await stuck.listed(running.store)] == [id]
        done = await erase(running.runtime.store, stack.settings(running.service), "matching", "person")
        assert done.parked == 0
        assert await left(running) == [id]
