"""What runs in the background is ended in its time, whatever it makes of a cancellation."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.ending import CANCELLATIONS, begun, end, in_time


def _going_on(times: int, until: asyncio.Event) -> Callable[[], Awaitable[None]]:
    """Goes on after so many cancellations, as long as ``until`` is not set."""
    lost = 0

    async def run() -> None:
        nonlocal lost
        while not until.is_set():
            try:
                await until.wait()
            except asyncio.CancelledError:
                lost += 1
                if lost > times:
                    raise

    return run


@pytest.mark.parametrize("times", range(CANCELLATIONS))
async def test_who_loses_a_cancellation_gets_another(times: int) -> None:
    tasks = [begun("odd", _going_on(times, asyncio.Event())), begun("usual", _going_on(0, asyncio.Event()))]
    await asyncio.sleep(0)
    await end(tasks, seconds=10)
    assert all(task.cancelled() for task in tasks)


async def test_who_never_ends_holds_nobody_up() -> None:
    freed = asyncio.Event()
    stubborn = begun("stubborn", _going_on(10**6, freed))
    await asyncio.sleep(0)
    await end([stubborn], seconds=0.01)
    await in_time("stubborn", asyncio.shield(stubborn), seconds=0.01)
    assert not stubborn.done()
    freed.set()
    await stubborn


async def test_who_waits_and_is_cancelled_hands_it_on_and_is_cancelled() -> None:
    inner = begun("inner", _going_on(1, asyncio.Event()))
    await asyncio.sleep(0)
    outer = asyncio.create_task(end([inner], seconds=30))
    await asyncio.sleep(0)
    await end([outer], seconds=30)
    assert inner.cancelled()
    assert outer.cancelled()


async def test_errors_are_the_end_of_a_task_and_told_by_who_waits_for_it() -> None:
    async def fails() -> None:
        raise ValueError

    async def fails_when_cancelled() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ValueError from None

    tasks = [begun("fails", fails), begun("fails late", fails_when_cancelled)]
    await asyncio.sleep(0)
    await end(tasks)
    assert all(isinstance(task.exception(), ValueError) for task in tasks)
    with pytest.raises(ValueError):  # noqa: PT011
        await in_time("fails", fails())
