"""What a worker is told of over the change stream of matching's database."""

from typing import Any

import pytest

from services.matching.engine import stream
from services.matching.engine.memory import Memory
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.support import eventually


async def test_a_worker_is_told_of_the_places_that_others_wrote_and_not_of_its_own(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: dict[Memory, list[str]] = {}

    def noted(memory: Memory, collection: str, document: Any) -> bool:
        heard.setdefault(memory, []).append(collection)
        return False

    monkeypatch.setattr(stream, "is_news", noted)
    await rooms.start(2)
    mine, others = rooms.engines
    mine.assign(range(6))
    others.assign([])
    rooms.shares = lambda partition: 0
    await rooms.hear(rooms.profile(profile_state("a")), rooms.offer(offer_state("one", rooms.clock)))
    last = {"_id": "last", "profile_id": "b", "offer_id": "x", "kind": "pinned"}
    await rooms.store.collection("overrides").insert_one(last)
    await eventually(lambda: all("overrides" in heard.get(engine.memory, ()) for engine in rooms.engines))
    assert "places" in heard[others.memory]
    assert "places" not in heard[mine.memory]
