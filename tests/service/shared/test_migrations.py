"""Stored documents change shape while two releases run."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import Field
from pymongo import IndexModel, MongoClient
from pymongo.errors import NotPrimaryError

from deploy import init
from shared.clock import HandClock
from shared.domain import Aggregate, Entity
from shared.store import CollectionSpec, Retired, Store, Work
from shared.store.collections import drop_obsolete
from shared.store.migrate import migrate
from shared.store.migrations import SCHEMA, Migration
from tests.service.shared.sample import make_service
from tests.support import Stack

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Part(Entity):
    """A part, as the old release knows it."""

    size: int


class OldThing(Aggregate):
    """The old release's reader."""

    label: str
    parts: tuple[Part, ...] = ()
    by_name: dict[str, Part] = Field(default_factory=dict)


class NewPart(Part):
    """The new release knows more of a part."""

    colour: str = "grey"


class NewThing(Aggregate):
    """The new release's: ``label`` was split."""

    label: str
    words: tuple[str, ...]
    parts: tuple[NewPart, ...] = ()
    by_name: dict[str, NewPart] = Field(default_factory=dict)


def _split(document: dict[str, Any]) -> None:
    document.setdefault("words", document["label"].split())


OLD = CollectionSpec("things")
NEW = CollectionSpec("things", migrations=(Migration("words of the label", _split),))


def thing(id: str, **fields: Any) -> dict[str, Any]:
    return {
        "_id": id,
        "territory": "23",
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
        "label": f"label of {id}",
        "parts": [{"size": 1}],
        **fields,
    }


@pytest.fixture
async def stores(stack: Stack) -> Any:
    """One database as the old and as the new release see it."""
    url = stack.environment["MONGODB_URL"]
    old, new = (
        Store(url, f"{stack.prefix}_shapes", HandClock(NOW), (spec,), driver=stack.driver) for spec in (OLD, NEW)
    )
    await new.prepare((NEW,))
    yield old, new
    await old.close()
    await new.close()


async def _progress(store: Store) -> list[tuple[int, int]]:
    return [(step.done, step.total) async for step in migrate(store, (NEW,))]


async def test_the_new_release_reads_and_writes_what_the_old_one_stored(stores: tuple[Store, Store]) -> None:
    _, new = stores
    await new.collection("things").insert_one(thing("a"))
    found = await new.load(NewThing, "things", "a")
    assert found.words == ("label", "of", "a")
    found.touch(NOW)
    work = Work()
    work.save("things", found)
    await new.commit(work)
    stored = await new.collection("things").find_one({"_id": "a"})
    assert stored is not None
    assert (stored[SCHEMA], stored["words"]) == (2, ["label", "of", "a"])


async def test_migrating_rewrites_each_document_once_and_says_how_far_it_is(stores: tuple[Store, Store]) -> None:
    _, new = stores
    await new.collection("things").insert_many([thing(f"{number:04}") for number in range(450)])
    assert await _progress(new) == [(200, 450), (400, 450), (450, 450)]
    assert await _progress(new) == []
    assert await new.collection("things").count_documents({SCHEMA: 2, "words": {"$size": 3}}) == 450
    assert await new.collection("things").count_documents({"version": 1}) == 450


async def test_an_old_replica_loses_nothing_of_what_a_new_one_wrote(stores: tuple[Store, Store]) -> None:
    old, new = stores
    document = thing(
        "a", words=["kept"], parts=[{"size": 1, "colour": "red"}], by_name={"x": {"size": 2, "colour": "blue"}}
    )
    await new.collection("things").insert_one({**document, SCHEMA: 2})
    found = await old.load(OldThing, "things", "a")
    found.label = "changed by the old release"
    found.touch(NOW)
    work = Work()
    work.save("things", found)
    await old.commit(work)
    again = await new.load(NewThing, "things", "a")
    assert (again.label, again.words) == ("changed by the old release", ("kept",))
    assert (again.parts[0].colour, again.by_name["x"].colour) == ("red", "blue")


async def test_a_document_changed_while_it_was_migrated_is_not_overwritten(
    stack: Stack, stores: tuple[Store, Store]
) -> None:
    _, new = stores
    await new.collection("things").insert_one(thing("a"))

    def meanwhile(document: dict[str, Any]) -> None:
        """Somebody commits between the reading and the writing of the migration."""
        with MongoClient[dict[str, Any]](stack.environment["MONGODB_URL"]) as client:
            things = client[new.database.name]["things"]
            things.update_one({"_id": "a"}, {"$inc": {"version": 1}, "$set": {"label": "newer"}})
        document["words"] = ["of the stale document"]

    [step async for step in migrate(new, (CollectionSpec("things", migrations=(Migration("slow", meanwhile),)),))]
    stored = await new.collection("things").find_one({"_id": "a"})
    assert stored is not None
    assert (stored["label"], stored["version"], SCHEMA in stored) == ("newer", 2, False)
    # The next run takes it.
    assert await _progress(new) == [(1, 1)]


async def test_two_at_once_do_the_work_once(stores: tuple[Store, Store]) -> None:
    _, new = stores
    await new.collection("things").insert_many([thing(f"{number:04}") for number in range(250)])
    first, second = await asyncio.gather(_progress(new), _progress(new))
    assert sorted([len(first), len(second)]) == [0, 2]


async def test_indexes_that_no_release_declares_any_more_are_dropped(stores: tuple[Store, Store]) -> None:
    old, new = stores
    before = CollectionSpec("things", [IndexModel("due_at"), IndexModel("label"), IndexModel("slot", unique=True)])
    after = CollectionSpec("things", [IndexModel("label"), IndexModel("words")])
    await old.prepare((before,))
    await old.collection("things").create_index("size", name="own_size")
    await new.prepare((after,))
    found = {one.index: one.dropped for one in await drop_obsolete(new.database, (after,))}
    # An old release that still runs may count on a unique one.
    assert found == {"due_at_1": True, "slot_1": False}
    left = await new.collection("things").index_information()
    assert set(left) == {"_id_", "label_1", "words_1", "slot_1", "own_size"}
    await new.collection("things").drop_indexes()


async def test_an_index_that_the_release_before_asks_by_goes_with_the_next_one(stores: tuple[Store, Store]) -> None:
    old, new = stores
    before = CollectionSpec("things", [IndexModel("label"), IndexModel("words")])
    now = CollectionSpec("things", [IndexModel("label")], retired=[Retired("words_1", "2026-12")])
    after = CollectionSpec("things", [IndexModel("label")])

    async def has() -> set[str]:
        return set(await new.collection("things").index_information()) - {"_id_"}

    await new.prepare((now,))
    assert (await drop_obsolete(new.database, (now,)), await has()) == ([], {"label_1"})
    # A replica of the release before makes it wherever it starts.
    await old.prepare((before,))
    assert (await drop_obsolete(new.database, (now,)), await has()) == ([], {"label_1", "words_1"})
    assert [one.index for one in await drop_obsolete(new.database, (after,))] == ["words_1"]
    assert await has() == {"label_1"}
    await new.collection("things").drop_indexes()


async def test_a_primary_that_steps_down_in_the_middle_does_not_end_the_upgrade(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Server and topics were waited for; what takes minutes, the documents, ended with the first election."""
    service = replace(make_service(), collections=(NEW,))
    elections = 1

    async def migrated(store: Store, specs: Any) -> AsyncIterator[Any]:
        nonlocal elections
        async for progress in migrate(store, specs):
            yield progress
            if elections:
                elections -= 1
                raise NotPrimaryError("a member was elected")

    monkeypatch.setattr(init, "migrate", migrated)
    settings = stack.settings(service)
    runtime = service.runtime(settings)
    try:
        await stack.prepare(runtime.store, service.collections)
        await runtime.store.collection("things").insert_many([thing(str(number)) for number in range(3)])
        await init.brought_here(service, settings)
        stored = [row async for row in runtime.store.collection("things").find({})]
    finally:
        await runtime.store.close()
    assert elections == 0
    assert [row["words"] for row in stored] == [["label", "of", str(number)] for number in range(3)]
