"""What is read ahead leaves nothing running and nothing out of its order."""

import asyncio
import gc

import pytest

from shared.kafka.under_way import UnderWay


async def test_one_run_at_a_time_begins_before_the_next_is_prepared() -> None:
    under_way, told, gate = UnderWay(), [], asyncio.Event()

    async def run(number: int) -> None:
        told.append(f"{number} begins")
        await gate.wait()
        told.append(f"{number} ends")

    await under_way.begin(run(1))
    assert told == ["1 begins"]
    gate.set()
    await under_way.begin(run(2))
    await under_way.over()
    assert told == ["1 begins", "1 ends", "2 begins", "2 ends"]


async def test_a_failure_is_raised_before_anything_later_begins() -> None:
    under_way, begun = UnderWay(), []

    async def fails() -> None:
        raise RuntimeError("fault")

    async def later() -> None:
        begun.append(True)

    await under_way.begin(fails())
    with pytest.raises(RuntimeError, match="fault"):
        await under_way.begin(later())
    await under_way.given_up()
    assert not begun


async def test_who_gives_up_leaves_nothing_running() -> None:
    under_way, ended = UnderWay(), []

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    await under_way.begin(waits())
    await under_way.given_up()
    assert ended


async def test_a_failure_that_nobody_waits_for_any_more_is_not_reported_as_lost() -> None:
    under_way, lost = UnderWay(), []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, told: lost.append(told["message"]))
    try:

        async def fails() -> None:
            raise RuntimeError("fault")

        await under_way.begin(fails())
        await under_way.given_up()
        del under_way
        gc.collect()
        await asyncio.sleep(0)
    finally:
        loop.set_exception_handler(before)
    assert not lost
