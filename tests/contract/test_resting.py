"""Where a broker answers waiting fetches by the clock only, consumers that hear nothing ask it less often."""

import pytest
from aiokafka.consumer import fetcher

from shared.contracts.topics import OFFERS
from shared.kafka import resting
from tests.contract.kafka_records import offer, produce
from tests.service.shared.sample import Context, make_service
from tests.support import Stack, eventually

BUSY, IDLE = 51, 151


async def test_who_hears_nothing_asks_less_often_until_something_comes(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    build = fetcher.FetchRequest

    def building(max_wait: int, *more: object, **named: object) -> object:
        if max_wait in (BUSY, IDLE):  # not what another test's consumer, which ends meanwhile, still asks
            waits.append(max_wait)
        return build(max_wait, *more, **named)

    monkeypatch.setattr(fetcher, "FetchRequest", building)
    monkeypatch.setattr(resting, "AFTER_SECONDS", 0.4)
    waiting = {"kafka_fetch_max_wait_ms": BUSY, "kafka_idle_fetch_max_wait_ms": IDLE}
    async with stack.running(make_service(), worker=True, **waiting) as running:
        context: Context = running.app.state.context
        await eventually(lambda: IDLE in waits)
        assert waits[0] == BUSY
        asked = len(waits)
        await produce(stack, OFFERS.name, [offer("first")])
        await eventually(lambda: len(context.seen) == 1)
        await eventually(lambda: BUSY in waits[asked:])
        asked = len(waits)
        await eventually(lambda: IDLE in waits[asked:])
