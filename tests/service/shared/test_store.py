"""A commit is all or nothing, however many aggregates it saves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from shared.clock import HandClock
from shared.domain import Aggregate
from shared.errors import AlreadyExists, VersionConflict
from shared.store import CollectionSpec, CompareAndSet, Store, Work
from shared.store.steps import MANY
from tests.support import Stack

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Thing(Aggregate):
    """Something that can be renamed."""

    label: str


@pytest.fixture
async def store(stack: Stack) -> AsyncIterator[Store]:
    opened = Store(stack.environment["MONGODB_URL"], f"{stack.prefix}_store", HandClock(NOW), driver=stack.driver)
    await opened.prepare([CollectionSpec("things"), CollectionSpec("others")])
    yield opened
    await opened.close()


def a_thing(id: str) -> Thing:
    return Thing(id=id, territory="23", version=1, created_at=NOW, updated_at=NOW, label="first")


async def save(store: Store, *things: Thing, collection: str = "things") -> None:
    work = Work()
    for thing in things:
        work.save(collection, thing)
    await store.commit(work)


async def test_new_and_changed_aggregates_of_one_commit_are_saved(store: Store) -> None:
    await save(store, a_thing("a"), a_thing("b"))
    changed = await store.find_many(Thing, "things", {})
    for thing in changed:
        thing.label = "second"
        thing.touch(NOW)
    await save(store, *changed, a_thing("c"))
    stored = await store.find_many(Thing, "things", {})
    assert [(thing.id, thing.version, thing.label) for thing in stored] == [
        ("a", 2, "second"),
        ("b", 2, "second"),
        ("c", 1, "first"),
    ]
    assert [thing.loaded_version for thing in changed] == [2, 2]


async def test_one_that_somebody_changed_takes_the_others_back_and_is_named(store: Store) -> None:
    await save(store, *(a_thing(id) for id in "abc"))
    mine, theirs = await store.find_many(Thing, "things", {}), await store.load(Thing, "things", "b")
    theirs.touch(NOW)
    await save(store, theirs)
    for thing in mine:
        thing.label = "lost"
        thing.touch(NOW)
    with pytest.raises(VersionConflict) as refused:
        await save(store, *mine, a_thing("new"))
    assert refused.value.extra == {"id": "b", "expected_version": 1}
    assert {thing.label for thing in await store.find_many(Thing, "things", {})} == {"first"}
    assert mine[0].loaded_version == 1, "not saved, so a repeated try starts from what is stored"


@pytest.mark.parametrize("saved", ["a thing beside them", "nothing"])
async def test_of_several_touched_the_one_that_changed_is_named(store: Store, saved: str) -> None:
    await save(store, *(a_thing(id) for id in "abc"))
    theirs = await store.load(Thing, "things", "c")
    theirs.touch(NOW)
    await save(store, theirs)
    work = Work()
    for id in "abc":
        work.touch("things", id, 1)
    if saved == "nothing":
        work.delete("others", {"_id": "none"})
    else:
        work.save("others", a_thing("d"))
    with pytest.raises(VersionConflict) as refused:
        await store.commit(work)
    assert refused.value.extra == {"id": "c", "expected_version": 1}
    assert await store.collection("others").count_documents({}) == 0


async def test_one_touched_that_is_gone_is_named(store: Store) -> None:
    await save(store, a_thing("a"), a_thing("b"))
    await store.collection("things").delete_one({"_id": "b"})
    work = Work()
    work.save("others", a_thing("d"))
    work.touch("things", "a", 1)
    work.touch("things", "b", 1)
    with pytest.raises(VersionConflict) as refused:
        await store.commit(work)
    assert refused.value.extra["id"] == "b"


async def test_an_id_that_is_taken_takes_the_others_back(store: Store) -> None:
    await save(store, a_thing("a"))
    with pytest.raises(AlreadyExists):
        await save(store, a_thing("b"), a_thing("a"))
    assert await store.collection("things").count_documents({}) == 1


async def test_two_collections_in_one_commit(store: Store) -> None:
    work = Work()
    work.save("things", a_thing("a"))
    work.save("others", a_thing("a"))
    await store.commit(work)
    assert await store.collection("others").count_documents({}) == 1


FEW, SOME = MANY - 1, MANY + 120  # more than MongoDB answers a query with at once


async def counted(store: Store, count: int) -> list[CompareAndSet]:
    await store.collection("things").insert_many([{"_id": str(at), "version": 1, "n": 0} for at in range(count)])
    return [CompareAndSet(str(at), 1, {"$set": {"version": 2, "n": 1}}) for at in range(count)]


@pytest.mark.parametrize("count", [FEW, SOME])
async def test_documents_at_their_versions_are_changed_in_each_way(store: Store, count: int) -> None:
    changes = await counted(store, count)
    changes[0] = CompareAndSet("0", 1, {"_id": "0", "version": 2})
    changes[1] = CompareAndSet("1", 1, [{"$replaceWith": {"$literal": {"_id": "1", "version": 2, "as": "$it is"}}}])
    work = Work()
    work.compare_and_set("things", changes)
    await store.commit(work)
    stored = {row["_id"]: row async for row in store.collection("things").find({})}
    assert stored.pop("0") == {"_id": "0", "version": 2}
    assert stored.pop("1") == {"_id": "1", "version": 2, "as": "$it is"}
    assert [row for row in stored.values() if (row["version"], row["n"]) != (2, 1)] == []


@pytest.mark.parametrize("count", [FEW, SOME])
@pytest.mark.parametrize("meanwhile", ["changed", "gone"])
async def test_one_of_them_at_another_version_takes_the_others_back_and_is_named(
    store: Store, count: int, meanwhile: str
) -> None:
    changes, last = await counted(store, count), str(count - 1)
    if meanwhile == "gone":
        await store.collection("things").delete_one({"_id": last})
    else:
        await store.collection("things").update_one({"_id": last}, {"$set": {"version": 2}})
    work = Work()
    work.compare_and_set("things", changes)
    with pytest.raises(VersionConflict) as refused:
        await store.commit(work)
    assert refused.value.extra["id"] == last
    assert await store.collection("things").count_documents({"n": 1}) == 0


async def test_one_that_is_changed_after_the_versions_were_asked_for_takes_the_others_back(store: Store) -> None:
    changes = await counted(store, SOME)

    async def race(number: int) -> None:
        work = Work()
        for at in range(20):
            work.insert("others", {"_id": f"{number} {at}"})
        work.compare_and_set("things", changes)
        await store.commit(work)

    ended = await asyncio.gather(*(race(number) for number in range(6)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["NoneType", *["VersionConflict"] * 5]
    assert await store.collection("others").count_documents({}) == 20


def test_what_is_saved_twice_in_one_work_is_a_mistake_that_is_seen() -> None:
    """Each save expects the version that was read: the second could never be made, however often it is tried again."""
    work = Work()
    work.save("things", a_thing("a"))
    work.save("others", a_thing("a"))
    with pytest.raises(ValueError, match="saved twice"):
        work.save("things", a_thing("a"))


def test_events_that_nobody_is_to_hear_are_a_mistake_that_is_seen() -> None:
    class Telling(Thing):
        def event_data(self, event_type: str) -> BaseModel:
            return self

    one = Telling.model_validate(a_thing("a").model_dump())
    one.record("thing-renamed.v1", NOW)
    with pytest.raises(ValueError, match="no topic"):
        Work().save("things", one)
