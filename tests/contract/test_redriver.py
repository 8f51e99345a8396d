"""Dead letters that were handed back are looked for where there are any."""

from typing import Any

import pytest

from shared.contracts.topics import OFFERS
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
