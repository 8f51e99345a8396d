"""Dead letters that were handed back are looked for where there are any."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from shared.contracts.topics import OFFERS, Topic
from shared.kafka.consumer import Consumer
from shared.kafka.deadletters import Kept
from shared.kafka.redrive import Redriver, hand_back
from tests.contract.kafka_records import Raw, envelope, produce
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually


async def test_nothing_is_asked_for_while_there_are_no_dead_letters(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = looks = 0
    look, count = Redriver.round, Redriver.there_are

    async def looking(self: Redriver) -> int:
        nonlocal looks
        looks += 1
        return await look(self)

    async def counting(self: Redriver, number: int) -> bool:
        nonlocal rounds
        rounds += 1
        return await count(self, number)

    monkeypatch.setattr(Redriver, "round", looking)
    monkeypatch.setattr(Redriver, "there_are", counting)
    async with stack.running(make_service(), worker=True, relay_poll_seconds=0.02) as running:
        context: Context = running.app.state.context
        await eventually(lambda: rounds > 15)
        assert looks == 0
        context.poison.add("o1")
        await produce(stack, OFFERS.name, [Raw(b"broken", b"{", envelope())])
        await eventually(lambda: looks)
        letters: Any = running.store.collection("dead_letters")
        assert await hand_back(running.store, {"topic": OFFERS.name}, running.runtime.clock.now()) == 1
        await eventually(lambda: letters.count_documents({"redrive_at": {"$exists": False}}))
        await letters.delete_many({})
        # As one that another worker has kept, or a restored copy brings: the next count finds it.
        await letters.insert_one({"_id": "theirs", "topic": OFFERS.name})
        before = looks
        await eventually(lambda: looks > before + 20)


async def test_what_was_cut_is_not_handed_back(stack: Stack) -> None:
    """It has not all its bytes: read as a record it would be another one."""
    async with stack.running(make_service(consume=False)) as running:
        letters = running.store.collection("dead_letters")
        await letters.insert_many([{"_id": str(cut), "topic": OFFERS.name, "cut": cut} for cut in (True, False)])
        assert await hand_back(running.store, {}, running.runtime.clock.now()) == 1
        assert [row["_id"] async for row in letters.find({"redrive_at": {"$exists": True}})] == ["False"]


@dataclass
class Reading:
    """A consumer of one topic, as the redriver sees it."""

    partitions: set[int]
    halted: str | None = None
    topic: Topic = OFFERS
    kept: int = 0
    redriven: list[int] = field(default_factory=list)

    async def redrive(self, letter: Kept) -> None:
        self.redriven.append(letter.partition)


@pytest.mark.parametrize("halted", [None, "offers: too many"])
async def test_a_letter_is_applied_by_who_reads_its_partition_and_goes_on(stack: Stack, halted: str | None) -> None:
    async with stack.running(make_service(consume=False)) as running:
        letters, now = running.store.collection("dead_letters"), running.runtime.clock.now()
        letter = {"topic": OFFERS.name, "wire_topic": OFFERS.name, "offset": 1, "timestamp": 1, "key": b"k"}
        letter |= {"value": b"{", "headers": [], "cut": False, "redrive_at": now, "at": now}
        await letters.insert_many([letter | {"_id": str(number), "partition": number} for number in (0, 1)])
        consumer = Reading({1}, halted)
        redriver = Redriver(running.store, stack.settings(running.service), cast("list[Consumer]", [consumer]))
        await redriver.round()
        assert consumer.redriven == ([] if halted else [1])
        assert {row["partition"] async for row in letters.find({})} == ({0, 1} if halted else {0})
