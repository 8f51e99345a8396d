"""First events and what follows them leave from memory; the outbox stays the truth, whoever dies, leads or is restored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka.errors import NotEnoughReplicasError

from shared.clock import HandClock
from shared.contracts.events.matching import RecommendationState
from shared.contracts.topics import OFFERS, RECOMMENDATIONS
from shared.ending import begun, end
from shared.kafka import relay as relays
from shared.kafka.ahead import MOST, MOST_READ, MOST_SENT, Ahead
from shared.kafka.relay import OWN_EPOCH, Relay
from shared.kafka.sequences import on_wire
from shared.store import Store, Work
from tests.contract.test_delivery import headers_of, reading
from tests.contract.test_stuck import Refusing, relaying
from tests.service.shared.sample import offer_state
from tests.support import Running, Stack, eventually, outbox_rows

NEVER = {"relay_poll_seconds": 60.0, "lease_seconds": 60.0}


class Asked:
    """How often the outbox was read."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        read = store.read_as_of_one_instant

        async def counted(reading: Any) -> Any:
            self.times += 1
            return await read(reading)

        monkeypatch.setattr(store, "read_as_of_one_instant", counted)


@asynccontextmanager
async def leading(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch, tidy: float = 0.0
) -> AsyncIterator[tuple[Running, Relay, Refusing, Asked]]:
    """A relay that has looked into the outbox once, and will by itself not look again."""
    monkeypatch.setattr(relays, "TIDY_SECONDS", tidy)
    async with relaying(stack, clock, **NEVER) as (running, relay, publisher):
        asked = Asked(running.store, monkeypatch)
        part = begun("relay", relay.run)
        await eventually(lambda: relay._looked_for is not None)  # what is committed during the look is met by it
        yield running, relay, publisher, asked
        await end([part])


@asynccontextmanager
async def another_process(running: Running, relay: Relay, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    """The store of a process beside, of whose commits the relay's own learns nothing; nothing leaves before the end."""
    sending = asyncio.Event()
    turn = relay._turn

    async def held_up() -> bool:
        await sending.wait()
        return await turn()

    monkeypatch.setattr(relay, "_turn", held_up)
    other = Store(running.runtime.settings.mongodb_url, running.store.database.name, running.store.clock)
    yield other
    sending.set()
    await other.close()


async def put(running: Running | Store, *events: tuple[str, int], opening: bool = True) -> None:
    """One commit of events (offer, sequence), the first of each offer an opening."""
    store = running if isinstance(running, Store) else running.store
    work = Work()
    for id, sequence in events:
        work.publish(
            OFFERS,
            "offer-updated.v1",
            key=id,
            data=offer_state(id),
            sequence=sequence,
            time=store.clock.now(),
            after=0 if opening and sequence == 1 else None,
        )
    await store.commit(work)


async def recommend(running: Running | Store, *events: tuple[str, int]) -> None:
    """One commit of events (recommendation, sequence), each after the number before its own."""
    store = running if isinstance(running, Store) else running.store
    work = Work()
    for id, sequence in events:
        state = RecommendationState(
            recommendation_id=id,
            profile_id="somebody",
            offer_id="o",
            territory="23",
            score=0.5,
            status="created" if sequence == 1 else "withdrawn",
            configuration_version=1,
            created_at=store.clock.now(),
        )
        kind = f"recommendation-{state.status}.v1"
        work.publish(
            RECOMMENDATIONS,
            kind,
            key="somebody",
            subject=id,
            data=state,
            sequence=sequence,
            time=store.clock.now(),
            after=sequence - 1,
        )
    await store.commit(work)


def said(records: list[Any], id: str) -> list[int]:
    """The numbers of a recommendation's events, as they came."""
    found = [headers_of(record) for record in records]
    return [int(one["ce_sequence"]) for one in found if one["ce_subject"] == id]


def _row(id: str, subject: str = "", sequence: int = 1) -> dict[str, Any]:
    return {"_id": id, "topic": "t", "subject": subject or id, "sequence": sequence}


async def empty(store: Store) -> bool:
    return not await outbox_rows(store)


def told(records: list[Any]) -> list[tuple[str, int]]:
    return [(record.key.decode(), int(headers_of(record)["ce_sequence"])) for record in records]


async def test_a_first_event_leaves_without_the_outbox_being_read(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with leading(stack, clock, monkeypatch) as (running, _, _, asked), reading(stack, OFFERS.name) as records:
        await put(running, ("a", 1))
        await put(running, ("b", 1), ("c", 1))
        await eventually(lambda: len(records) == 3)
        await eventually(lambda: empty(running.store))
        assert asked.times == 1
    assert sorted(told(records)) == [("a", 1), ("b", 1), ("c", 1)]


async def test_while_first_events_keep_leaving_the_outbox_is_tidied_for_several_at_once(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with leading(stack, clock, monkeypatch, tidy=1_000.0) as (running, relay, _, _):
        dues = []
        for number in range(3):
            await put(running, (f"o{number}", 1))
            await eventually(lambda: len(relay._ahead.done) == number + 1)  # noqa: B023  # waited for here
            dues.append(relay._tidy_at or 0.0)
        assert dues[0] < dues[1] < dues[2], "put off by each"
        relay._untidy_since -= 3_500.0
        await put(running, ("o3", 1))
        await eventually(lambda: len(relay._ahead.done) == 4)
        assert (relay._tidy_at or 0.0) < dues[0], "and yet not for ever"


async def test_what_follows_a_first_event_leaves_behind_it_and_both_once(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        leading(stack, clock, monkeypatch, tidy=60.0) as (running, _, _, asked),
        reading(stack, OFFERS.name) as records,
    ):
        await put(running, ("a", 1), ("a", 2), ("b", 1))
        await put(running, ("a", 3))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: len(records) == 4)
        assert asked.times > 1
    assert [sequence for id, sequence in told(records) if id == "a"] == [1, 2, 3]
    assert len(records) == 4


async def test_what_follows_an_event_that_left_from_memory_leaves_from_there_with_first_ones_of_its_commit(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        leading(stack, clock, monkeypatch) as (running, _, _, asked),
        reading(stack, RECOMMENDATIONS.name) as records,
    ):
        await recommend(running, ("a", 1), ("b", 1))
        await eventually(lambda: len(records) == 2)
        await recommend(running, ("a", 2), ("c", 1))
        await eventually(lambda: len(records) == 4)
        await recommend(running, ("a", 3))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: len(records) == 5)
        assert asked.times == 1
    assert said(records, "a") == [1, 2, 3]


async def test_what_follows_an_event_of_another_process_waits_for_it(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        leading(stack, clock, monkeypatch) as (running, relay, _, asked),
        reading(stack, RECOMMENDATIONS.name) as records,
    ):
        await recommend(running, ("a", 1))
        await eventually(lambda: len(records) == 1)
        async with another_process(running, relay, monkeypatch) as other:
            await recommend(other, ("a", 2))
            await recommend(running, ("a", 3), ("b", 1))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: len(records) == 4)
        assert asked.times > 1
    assert said(records, "a") == [1, 2, 3]


async def test_what_follows_an_event_that_is_still_on_its_way_waits_for_it() -> None:
    ahead = Ahead()
    again = {"second": 1}

    async def send(rows: Any) -> set[str]:
        assert not ahead.take([_row("second", "a", 2)], again), "while the first one is being sent"
        return {row["_id"] for row in rows}

    async def nothing(rows: Any) -> set[str]:
        return set()

    ahead.take([_row("first", "a")], {"first": 0})
    assert not ahead.take([_row("second", "a", 2)], again), "while the first one waits"
    assert await ahead.send(send)
    assert ahead.take([_row("second", "a", 2)], again)
    assert not await ahead.send(nothing)
    assert not ahead.take([_row("third", "a", 3)], {"third": 2}), "behind one that failed"


async def test_an_aggregate_that_begins_anew_is_not_taken_for_the_one_before_it() -> None:
    ahead = Ahead()

    async def send(rows: Any) -> set[str]:
        return {row["_id"] for row in rows}

    ahead.take([_row("first", "a")], {"first": 0})
    assert await ahead.send(send)
    ahead.take([_row("anew", "a")], {"anew": 0})
    assert not ahead.take([_row("after", "a", 2)], {"after": 1}), "its own first one has not left"
    ahead.forget()
    assert not ahead.take([_row("after", "a", 2)], {"after": 1})


async def test_what_was_sent_last_is_remembered_when_much_was_sent() -> None:
    ahead = Ahead()

    async def send(rows: Any) -> set[str]:
        return {row["_id"] for row in rows}

    for first in range(0, MOST_SENT + 2, MOST):
        rows = [_row(f"{number}", sequence=1) for number in range(first, first + MOST)]
        ahead.take(rows, {row["_id"]: 0 for row in rows})
        assert await ahead.send(send)
        last = rows[-1]["_id"]
        ahead.over(list(ahead.done))
    assert ahead.take([_row("next", last, 2)], {"next": 1})
    assert not ahead.take([_row("too late", "0", 2)], {"too late": 1}), "so many are kept, and no more"


async def test_nothing_of_a_topic_whose_states_are_published_again_says_after_what_it_comes() -> None:
    """``test_state_topics_can_be_published_again_by_their_owner`` says which those are."""
    work = Work()
    with pytest.raises(ValueError, match="compacted"):
        work.publish(
            OFFERS, "offer-updated.v1", key="a", data=offer_state("a"), sequence=2, time=datetime.now(UTC), after=1
        )


async def test_who_leads_after_a_death_sends_what_is_still_in_the_outbox(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        leading(stack, clock, monkeypatch, tidy=60.0) as (running, _, publisher, _),
        reading(stack, OFFERS.name) as records,
    ):
        await put(running, ("a", 1))
        await eventually(lambda: records)
        assert len(await outbox_rows(running.store)) == 1  # had it died here
        after = Relay(running.store, publisher, stack.settings(running.service, **NEVER), "matching", "one")
        assert await after.drain() is False
        await eventually(lambda: len(records) == 2)
        assert await empty(running.store)
    assert told(records) == [("a", 1), ("a", 1)]


async def test_who_stops_leaves_nothing_in_the_outbox_that_has_left(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with leading(stack, clock, monkeypatch, tidy=60.0) as (running, _, _, _), reading(stack, OFFERS.name) as sent:
        await put(running, ("a", 1))
        await eventually(lambda: sent)
        assert not await empty(running.store)
    # The rows are asked of a store of its own: the service is over.
    settings = running.runtime.settings
    other = Store(settings.mongodb_url, running.store.database.name, clock)
    assert await empty(other)
    await other.close()


async def test_a_first_event_that_fails_goes_the_outboxs_way(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        leading(stack, clock, monkeypatch) as (running, _, publisher, asked),
        reading(stack, OFFERS.name) as records,
    ):
        publisher.failure = lambda key: NotEnoughReplicasError() if key == b"bad" and asked.times < 2 else None
        await put(running, ("bad", 1), ("good", 1))
        await put(running, ("bad", 2))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: len(records) == 3)
    assert [sequence for id, sequence in told(records) if id == "bad"] == [1, 2]


async def test_what_left_in_an_epoch_that_is_over_leaves_again(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent in the old epoch it looks old to whoever has heard of the new one (``resync --new-epoch``)."""
    async with leading(stack, clock, monkeypatch) as (running, _, _, _), reading(stack, OFFERS.name) as records:
        await running.store.collection("epochs").insert_one({"_id": OWN_EPOCH, "epoch": 3})
        await put(running, ("a", 1))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: ("a", on_wire(3, 1)) in told(records))


async def test_nothing_of_another_process_is_overtaken(
    stack: Stack, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a first event leaves from memory: what is not one may have to leave behind what others have committed."""
    async with leading(stack, clock, monkeypatch) as (running, relay, _, _), reading(stack, OFFERS.name) as records:
        async with another_process(running, relay, monkeypatch) as other:
            await put(other, ("a", 1))
            await put(running, ("a", 2), ("b", 1))
        await eventually(lambda: empty(running.store))
        await eventually(lambda: len(records) == 3)
    assert [sequence for id, sequence in told(records) if id == "a"] == [1, 2]


async def test_what_is_committed_while_others_are_sent_waits_for_its_turn() -> None:
    ahead = Ahead()
    first, second = (_row(id) for id in ("a", "b"))
    sent: list[str] = []

    async def send(rows: Any) -> set[str]:
        sent.extend(row["_id"] for row in rows)
        if "b" not in sent:
            ahead.take([second], {"b": 0})
        return {row["_id"] for row in rows}

    ahead.take([first], {"a": 0})
    assert await ahead.send(send)
    assert ahead.done == ["a"]
    assert await ahead.send(send)
    assert (sent, ahead.done) == (["a", "b"], ["a", "b"])


async def test_what_was_read_before_its_commit_was_told_of_is_not_sent_behind_what_followed_it() -> None:
    ahead = Ahead()
    document = _row("a")
    ahead.read([document])
    assert not ahead.take([document], {"a": 0}), "the outbox says what is left of it"

    async def send(rows: Any) -> set[str]:
        raise AssertionError(rows)

    assert await ahead.send(send)
    assert ahead.done == []


async def test_what_was_read_last_is_remembered_when_much_was_read() -> None:
    ahead = Ahead()
    documents = [_row(str(number)) for number in range(MOST_READ + 2)]
    ahead.read(documents[:-1])
    ahead.read(documents[-1:])
    assert not ahead.take([documents[-2]], {documents[-2]["_id"]: 0})
    assert ahead.take([documents[0]], {"0": 0}), "so many are kept, and no more"
