"""What a handler works out of events is worked out while the run before is stored, and a fault in it is that event's alone."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared.clock import SystemClock
from shared.contracts.events.offers import OfferState
from shared.contracts.topics import OFFERS
from shared.kafka import consumer
from shared.kafka.consumer import Consumer
from shared.kafka.envelope import Event, Record
from shared.kafka.subscription import BatchSubscription
from shared.settings import Settings, load_settings
from tests.contract.kafka_records import offer


class _Nothing:
    """A database that has heard of nothing."""

    def collection(self, name: str) -> Any:
        return self

    async def find_one(self, query: Any) -> None:
        return None


def _consumer(subscription: BatchSubscription, letters: list[str]) -> Consumer:
    settings = load_settings(Settings, environment="test", MONGODB_URL="mongodb://nowhere", retry_base_seconds=0.001)
    nothing: Any = _Nothing()
    made = Consumer(subscription, "matching", settings, nothing, nothing, SystemClock())

    async def keep(record: Record, *rest: Any) -> None:
        letters.append((record.key or b"").decode())

    made._dead_letters.keep = keep  # type: ignore[method-assign]  # the letters of this test
    return made


def _records(count: int) -> list[Any]:
    kept: dict[str, Any] = {"topic": OFFERS.name, "partition": 0, "timestamp": 0}
    sent = [offer(f"o{at}") for at in range(count)]
    return [
        SimpleNamespace(**kept, offset=at, key=raw.key, value=raw.value, headers=raw.headers)
        for at, raw in enumerate(sent)
    ]


async def test_the_next_run_is_worked_out_while_the_one_before_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "AT_ONCE", 2)
    worked_out: list[str] = []
    stored: list[str] = []
    storing, gate = asyncio.Event(), asyncio.Event()

    def title(state: OfferState) -> str:
        worked_out.append(state.offer_id)
        return state.title

    async def store(events: Sequence[Event[OfferState]]) -> None:
        storing.set()
        await gate.wait()
        stored.extend(event.key for event in events if event.worked_out(title))

    applying = asyncio.create_task(_consumer(BatchSubscription(OFFERS, store, beforehand=title), []).apply(_records(6)))
    await storing.wait()
    await asyncio.sleep(0)
    assert worked_out == ["o0", "o1", "o2", "o3"]
    assert not stored
    gate.set()
    await applying
    assert stored == worked_out == [f"o{at}" for at in range(6)], "each once, in its order"


async def test_a_fault_in_what_is_worked_out_ahead_is_one_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "AT_ONCE", 2)
    letters: list[str] = []
    stored: list[str] = []

    def fails(state: OfferState) -> str:
        if state.offer_id == "o3":
            raise ValueError("fault")
        return state.title

    async def store(events: Sequence[Event[OfferState]]) -> None:
        told = [event.worked_out(fails) for event in events]
        stored.extend(event.key for event, _ in zip(events, told, strict=True))

    await _consumer(BatchSubscription(OFFERS, store, beforehand=fails), letters).apply(_records(6))
    assert letters == ["o3"]
    assert stored == ["o0", "o1", "o2", "o4", "o5"]
