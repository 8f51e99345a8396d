"""What is read, decided and committed in one way to the database is held to all that a commit is held to."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence, Set
from datetime import UTC, datetime
from typing import Any

import pytest
from bson.timestamp import Timestamp
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import AutoReconnect

from shared.clock import HandClock
from shared.contracts.topics import CONTRACTS
from shared.errors import AlreadyExists, VersionConflict
from shared.store import CollectionSpec, Find, Reading, Store, Work, request_marker
from shared.store import store as module
from shared.store.driver import Driver
from shared.store.marker import RequestMarker
from shared.store.steps import CommitSteps
from shared.store.transacting import Steps, Writing
from tests.service.shared.sample import Thing
from tests.support import Stack

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
Documents = Sequence[Mapping[str, Any]]


@pytest.fixture(params=list(Driver))
async def store(stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    name = f"{stack.prefix}_deciding_{request.param}"
    opened = Store(stack.environment["MONGODB_URL"], name, HandClock(NOW), driver=request.param)
    await opened.prepare([CollectionSpec("things"), CollectionSpec("others")])
    await opened.collection("things").insert_one({"_id": "a", "version": 1, **FIELDS})
    yield opened
    await opened.close()


@pytest.fixture
def others(stack: Stack, store: Store) -> Any:
    """The database by a hand that no event loop has to lead."""
    client: MongoClient[dict[str, Any]] = MongoClient(stack.environment["MONGODB_URL"])
    yield client[store.database.name]
    client.close()


FIELDS = {"territory": "23", "created_at": NOW, "updated_at": NOW, "title": "first"}


def renaming(store: Store, then: Callable[[], object] = lambda: None, *, id: str = "b") -> Reading[tuple[Work, str]]:
    """``a`` has another title and there is a document beside it; ``then`` is done between reading and deciding."""
    (found,) = yield [Find("things", {"_id": "a"}, limit=1)]
    then()
    thing = store.restored(Thing, "things", found[0])
    thing.title += " and more"
    thing.touch(NOW)
    work = Work()
    work.save("things", thing)
    work.insert("others", {"_id": id})
    data = thing.event_data("contract-updated.v1")
    work.publish(CONTRACTS, "contract-updated.v1", key="a", data=data, sequence=thing.version, time=NOW)
    return work, thing.title


def changed_by_somebody_else(others: Any) -> None:
    others["things"].update_one({"_id": "a"}, {"$inc": {"version": 1}})


async def nothing_is_written(store: Store) -> None:
    stored = await store.first("things", {"_id": "a"})
    assert stored is not None
    assert stored["title"] == "first"
    for collection in ("others", "outbox"):
        assert await store.first(collection, {}) is None


async def test_what_was_changed_between_reading_and_committing_is_a_conflict(store: Store, others: Any) -> None:
    told: list[Documents] = []
    store.on_commit.append(lambda documents, _: told.append(documents))

    with pytest.raises(VersionConflict) as refused:
        await store.decide(renaming(store, lambda: changed_by_somebody_else(others)))
    assert refused.value.extra == {"id": "a", "expected_version": 1}
    await nothing_is_written(store)

    others["others"].insert_one({"_id": "taken"})
    with pytest.raises(AlreadyExists):
        await store.decide(renaming(store, id="taken"))
    assert told == []


async def test_a_repeated_attempt_compares_again_what_was_decided_before_it(
    store: Store, others: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, attempts = CommitSteps.of, list[int]()

    def once_in_vain(self: CommitSteps, *given: Any) -> Steps:
        attempts.append(len(attempts))
        yield from steps(self, *given)
        if len(attempts) == 1:
            error = AutoReconnect("MongoDB is away")
            error._add_error_label("TransientTransactionError")
            raise error

    monkeypatch.setattr(CommitSteps, "of", once_in_vain)
    assert await store.decide(renaming(store)) == "first and more"
    assert len(attempts) == 2, "all of the first attempt was taken back and written by the second"
    assert await store.collection("outbox").count_documents({}) == 1

    def changed_after_the_first(self: CommitSteps, *given: Any) -> Steps:
        attempts.append(len(attempts))
        if len(attempts) == 1:
            changed_by_somebody_else(others)
            error = AutoReconnect("MongoDB is away")
            error._add_error_label("TransientTransactionError")
            raise error
        yield from steps(self, *given)

    attempts.clear()
    monkeypatch.setattr(CommitSteps, "of", changed_after_the_first)
    with pytest.raises(VersionConflict):
        await store.decide(renaming(store, id="c"))
    assert len(attempts) == 2
    assert await store.collection("outbox").count_documents({}) == 1


async def test_the_key_of_the_request_is_marked_with_what_was_decided_or_nothing_is(store: Store) -> None:
    markers = store.collection("idempotency")
    await markers.insert_one({"_id": "key", "attempt": "second", "committed": False})

    token = request_marker.set(RequestMarker("key", "first"))
    try:
        with pytest.raises(VersionConflict, match="répétée"):
            await store.decide(renaming(store))
        await nothing_is_written(store)

        request_marker.set(mine := RequestMarker("key", "second"))
        await store.decide(renaming(store))
    finally:
        request_marker.reset(token)
    assert mine.written
    assert await markers.find_one({}) == {"_id": "key", "attempt": "second", "committed": True}


async def test_events_are_handed_on_once_they_are_committed(store: Store, others: Any) -> None:
    stored: list[bool] = []

    def told(documents: Documents, _: Set[str]) -> None:
        stored.extend(others["outbox"].find_one({"_id": one["_id"]}) is not None for one in documents)

    store.on_commit.append(told)
    await store.decide(renaming(store))
    assert stored == [True]


async def test_a_session_begins_after_the_decision_and_is_given_back_whatever_comes_of_it(
    store: Store, others: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[Any] = []
    for client in (MongoClient, AsyncMongoClient):

        def started(self: Any, *given: Any, start: Callable[..., Any] = client.start_session, **more: Any) -> Any:
            sessions.append(start(self, *given, **more))
            return sessions[-1]

        monkeypatch.setattr(client, "start_session", started)

    def slowly() -> None:
        assert [session for session in sessions if not session.has_ended] == [], "no transaction waits for a decision"

    def changed() -> None:
        slowly()
        changed_by_somebody_else(others)

    await store.decide(renaming(store, slowly))
    with pytest.raises(VersionConflict):
        await store.decide(renaming(store, changed, id="c"))
    assert [session.has_ended for session in sessions] == [True, True]


async def test_a_commit_that_is_told_of_late_does_not_hide_a_later_one(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [Timestamp(7, 1), Timestamp(5, 1)]

    async def carried_out(_: Any, __: Any, writing: Writing) -> Timestamp:
        return times.pop(0)

    monkeypatch.setattr(module, "carry_out", carried_out)
    for id in "bc":
        work = Work()
        work.insert("others", {"_id": id})
        await store.commit(work)
    assert store.written_at("others") == Timestamp(7, 1)
