"""Work in a child process: what comes back, and what ends it."""

import asyncio
import os

import pytest

from shared.bounded import Bounds, Overrun, in_child
from shared.bounded_child import Declined

MODULE = "tests.service.shared.children"
BOUNDS = Bounds(seconds=20.0, processor=5, memory=500 * 2**20, output=10**6)


async def ask(given: bytes, bounds: Bounds = BOUNDS, share: str = "somebody") -> bytes:
    return await in_child(MODULE, given, bounds, share=share)


async def test_it_is_handed_bytes_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASSIN_SECRET_OF_OURS", "x")
    assert await ask(b"answer") == b"done"
    large = os.urandom(100_000).hex().encode()
    assert await ask(large) == large
    assert {"BASSIN_SECRET_OF_OURS", "MONGODB_URL"}.isdisjoint((await ask(b"environment")).decode().split())


async def test_it_declines_by_a_word() -> None:
    with pytest.raises(Declined) as declined:
        await ask(b"decline")
    assert declined.value.rule == "no-good"


@pytest.mark.parametrize("told", ["break", "memory", "talk", "write", "files"])
async def test_a_bound_that_is_met_ends_it(told: str) -> None:
    with pytest.raises(Overrun) as overrun:
        await ask(told.encode())
    assert "Nadia" not in str(overrun.value)
    assert told != "break" or str(overrun.value) == "ValueError"


@pytest.mark.parametrize(("told", "bounds"), [("wait", (0.7, 5)), ("compute", (20.0, 1))])
async def test_time_ends_it(told: str, bounds: tuple[float, int]) -> None:
    with pytest.raises(Overrun):
        await ask(told.encode(), Bounds(bounds[0], bounds[1], BOUNDS.memory, BOUNDS.output))


async def test_many_at_once_wait_for_each_other_and_one_that_is_given_up_leaves_nothing() -> None:
    given_up = asyncio.ensure_future(ask(b"wait"))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert await asyncio.gather(*(ask(str(n).encode()) for n in range(5))) == [str(n).encode() for n in range(5)]


async def test_one_of_a_share_waits_for_the_other_and_nobody_else_does() -> None:
    first = [asyncio.ensure_future(ask(b"wait", share="greedy")) for _ in range(3)]
    try:
        assert await ask(b"answer", Bounds(10.0, 5, BOUNDS.memory, BOUNDS.output), share="another") == b"done"
    finally:
        for one in first:
            one.cancel()
        await asyncio.gather(*first, return_exceptions=True)
