"""What one process rings for, another hears; where it does not, it costs no more than a moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, PyMongoError
from pymongo.read_concern import ReadConcern

from shared.clock import HandClock
from shared.store import Store
from shared.store.bell import BELL, MOST_NAMED
from shared.store.collections import create_collections
from shared.store.driver import Driver
from shared.store.reading import aggregated
from tests.support import Stack, eventually


@pytest.fixture(params=list(Driver))
async def processes(
    request: pytest.FixtureRequest, stack: Stack, clock: HandClock
) -> AsyncIterator[tuple[Store, Store]]:
    """Two of one service, by either driver."""
    url = stack.environment["MONGODB_URL"]
    stores = [Store(url, f"{stack.prefix}_bell", clock, driver=request.param) for _ in range(2)]
    await create_collections(stores[0].database, ())
    yield stores[0], stores[1]
    await stores[0].client.drop_database(stores[0].database.name)
    for store in stores:
        await store.close()


async def rung_for(store: Store) -> list[list[str]]:
    """Documents of each ring that is kept; a ring is no majority's yet when it is over."""
    bell = store.database.get_collection(BELL, read_concern=ReadConcern("local"))
    return [ring["documents"] async for ring in bell.find({})]


@asynccontextmanager
async def hearing(store: Store, wait_seconds: float = 20.0) -> AsyncIterator[AsyncIterator[list[list[str]]]]:
    """The bell is heard: the first batch says that nothing was rung since."""
    async with store.bell.heard(wait_seconds) as batches:
        assert await anext(batches) == []
        yield batches


async def test_what_is_rung_is_heard_with_the_documents_that_it_names(processes: tuple[Store, Store]) -> None:
    one, other = processes
    other.bell.ring(["before"])
    await other.bell.rung()
    async with hearing(one) as batches:
        other.bell.ring(["a", "b"])
        assert await anext(batches) == [["a", "b"]]
        other.bell.ring([f"{n}" for n in range(MOST_NAMED + 1)])
        assert await anext(batches) == [[]], "some, it does not say which"


async def test_a_bell_that_nobody_has_rung_yet_can_be_heard(processes: tuple[Store, Store]) -> None:
    one, other = processes
    async with hearing(one) as batches:
        other.bell.ring(["first"])
        assert await anext(batches) == [["first"]]


async def test_what_is_committed_during_a_ring_is_told_by_one_more(processes: tuple[Store, Store]) -> None:
    one, other = processes
    other.bell.ring(["a"])
    await asyncio.sleep(0)  # it is on its way
    for name in "bcd":
        other.bell.ring([name])
    await other.bell.rung()
    assert await rung_for(one) == [["a"], ["b", "c", "d"]]


async def test_a_ring_that_fails_is_nobodys_failure(
    processes: tuple[Store, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = processes

    class Away:
        async def insert_one(self, document: object) -> None:
            raise AutoReconnect("away")

    monkeypatch.setattr(one.bell, "_rings", Away())
    one.bell.ring(["a"])
    await one.bell.rung()


async def test_it_keeps_its_last_rings_only(processes: tuple[Store, Store]) -> None:
    one, other = processes
    for number in range(60):
        other.bell.ring([f"{number}-{'x' * 2_000}"])
        await other.bell.rung()
    assert 0 < await one.collection(BELL).estimated_document_count() < 60


async def test_who_hears_learns_that_it_is_gone(processes: tuple[Store, Store]) -> None:
    one, other = processes
    async with hearing(one) as batches:
        await other.database.drop_collection(BELL)
        with pytest.raises(PyMongoError):
            await anext(batches)


@pytest.mark.parametrize("rung", [True, False], ids=["a ring made it", "nothing is there"])
async def test_where_the_collection_was_lost_it_is_made_anew_and_keeps_its_last_rings_only(
    processes: tuple[Store, Store], rung: bool
) -> None:
    one, other = processes
    await other.database.drop_collection(BELL)
    if rung:
        other.bell.ring(["before"])
        await other.bell.rung()
    async with hearing(one) as batches:
        other.bell.ring(["a"])
        assert await anext(batches) == [["a"]]
    assert (await one.database.command({"collStats": BELL}))["capped"]


async def test_two_make_it_anew_at_once(processes: tuple[Store, Store]) -> None:
    one, other = processes
    for rung in (False, True):
        await other.database.drop_collection(BELL)
        if rung:
            other.bell.ring(["before"])
            await other.bell.rung()
        heard = await asyncio.gather(*(_first_heard(store) for store in (one, other)), return_exceptions=True)
        # Whose cursor the other's making has ended hears again, as the relay does.
        assert all(batch == [] or isinstance(batch, PyMongoError) for batch in heard)
        async with hearing(one) as batches:
            other.bell.ring(["a"])
            assert await anext(batches) == [["a"]]


async def _first_heard(store: Store) -> list[list[str]]:
    async with store.bell.heard(20.0) as batches:
        return await anext(batches)


async def test_whoever_stops_hearing_leaves_nobody_waiting(processes: tuple[Store, Store]) -> None:
    one, other = processes
    admin: Any = other.client.get_database("admin", read_concern=ReadConcern("local"))
    heard = asyncio.Event()

    async def hear() -> None:
        async with one.bell.heard(60.0) as batches:
            async for _ in batches:
                heard.set()

    async def waits() -> bool:
        asked = [{"$currentOp": {}}, {"$match": {"op": "getmore", "ns": f"{one.database.name}.{BELL}"}}]
        return bool(await aggregated(admin, asked))

    task = asyncio.create_task(hear())
    await heard.wait()
    await eventually(waits)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    async def over() -> bool:
        return not await waits()

    await eventually(over)
