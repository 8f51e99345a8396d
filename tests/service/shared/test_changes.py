"""Change streams in batches."""

import pytest

from shared.clock import SystemClock
from shared.store import Store
from shared.store.changes import ChangesEnded
from tests.support import Stack


@pytest.fixture
async def store(stack: Stack):
    opened = Store(stack.environment["MONGODB_URL"], f"{stack.prefix}_changes", SystemClock(), driver=stack.driver)
    await opened.collection("rows").insert_one({"_id": "before", "text": ""})
    yield opened
    await opened.close()


async def test_what_is_committed_after_the_opening_comes_in_order_and_together(store: Store) -> None:
    async with store.watch([], collection="rows") as batches:
        rows = store.collection("rows")
        await rows.insert_many([{"_id": f"row-{number:02d}"} for number in range(40)])
        await store.collection("others").insert_one({"_id": "elsewhere"})
        await rows.update_one({"_id": "before"}, {"$set": {"text": "changed"}})
        seen, filled = [], 0
        async for batch in batches:
            seen += [change["documentKey"]["_id"] for change in batch]
            filled += bool(batch)
            if len(seen) == 41:
                break
    assert seen == [*(f"row-{number:02d}" for number in range(40)), "before"]
    assert filled < 41


async def test_updates_bring_the_whole_document_when_asked_and_dates_are_aware(store: Store) -> None:
    now = SystemClock().now()
    async with store.watch([{"$match": {"ns.coll": "rows"}}], documents=True) as batches:
        await store.collection("rows").update_one({"_id": "before"}, {"$set": {"at": now}})
        async for batch in batches:
            if batch:
                break
    assert batch[0]["fullDocument"]["text"] == ""
    assert batch[0]["fullDocument"]["at"].tzinfo is not None


async def test_silence_is_an_empty_batch(store: Store) -> None:
    async with store.watch([], collection="rows", wait_seconds=0.05) as batches:
        looks = 0
        async for batch in batches:
            assert batch == []
            looks += 1
            if looks == 3:
                break


async def test_a_stream_whose_collection_goes_ends_with_an_error(store: Store) -> None:
    async with store.watch([], collection="rows") as batches:
        await store.collection("rows").drop()
        with pytest.raises(ChangesEnded):
            async for _ in batches:
                pass
