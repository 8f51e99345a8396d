"""What a transaction by way of a thread leaves behind when nobody waits for it any more."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import AutoReconnect, PyMongoError
from pymongo.synchronous.client_session import ClientSession
from pymongo.synchronous.database import Database as SyncDatabase

from shared.store import because, correlation_id, driver, transacting
from shared.store.driver import Collection, Database, Driver
from shared.store.reading import Find, Pipeline, Reading, find_first, read
from shared.store.threads import Threads, by_thread
from shared.store.transacting import Step, Steps, Writing, decide, transact
from tests.support import Stack

ENOUGH = 30.0  # seconds after which a thread counts as not coming back; the driver would try for 120


@pytest.fixture
async def database(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    only = Threads(1, "only")
    monkeypatch.setattr(transacting, "_COMMITTING", only)
    client = driver.connect(stack.environment["MONGODB_URL"], Driver.MOTOR)
    yield client[f"{stack.prefix}_driver"]
    await driver.close(client)
    only.close()


def labelled(label: str) -> PyMongoError:
    error = AutoReconnect("MongoDB is away")
    error._add_error_label(label)
    return error


class Held:
    """Fails every time with what the driver tries again; its second time waits until it may go on."""

    def __init__(self, label: str) -> None:
        self.error, self.times = labelled(label), 0
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.times += 1
        if self.times == 2:
            self.reached.set()
            assert self.go_on.wait(ENOUGH)
        raise self.error


async def cancelled_at_its_second_time(database: Database, held: Held, steps: Callable[[], Steps]) -> None:
    """Returns once the only thread is free again."""
    committing = asyncio.create_task(transact(database.client, database.__getitem__, steps))
    assert await asyncio.to_thread(held.reached.wait, ENOUGH)
    assert await asyncio.wait_for(find_first(database["things"], Find("things", {})), ENOUGH) is None, "its own way"
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    held.go_on.set()
    await asyncio.wait_for(by_thread(transacting._COMMITTING, lambda: None), ENOUGH)
    assert held.times == 2


async def test_a_cancelled_transaction_is_not_tried_again(database: Database) -> None:
    held = Held("TransientTransactionError")

    def steps() -> Steps:
        held()
        yield Step("things", "insert_many", ([{"_id": "a"}],))

    await cancelled_at_its_second_time(database, held, steps)


async def test_a_commit_without_an_answer_is_not_repeated_for_who_was_cancelled(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held("UnknownTransactionCommitResult")
    monkeypatch.setattr(ClientSession, "commit_transaction", lambda session: held())

    def steps() -> Steps:
        yield Step("things", "insert_many", ([{"_id": "a"}],))

    await cancelled_at_its_second_time(database, held, steps)


async def test_a_commit_without_an_answer_is_repeated_for_who_waits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, answers = ClientSession.commit_transaction, [labelled("UnknownTransactionCommitResult")]

    def first_unanswered(session: ClientSession) -> None:
        commit(session)
        if answers:
            raise answers.pop()

    monkeypatch.setattr(ClientSession, "commit_transaction", first_unanswered)

    def steps() -> Steps:
        yield Step("things", "insert_many", ([{"_id": "a"}],))

    assert await transact(database.client, database.__getitem__, steps) is not None
    assert await find_first(database["things"], Find("things", {})) == {"_id": "a"}


@pytest.mark.parametrize("kind", list(Driver))
async def test_reads_that_follow_from_each_other_are_one_chain_with_either_driver(stack: Stack, kind: Driver) -> None:
    client = driver.connect(stack.environment["MONGODB_URL"], kind)
    database = client[f"{stack.prefix}_{kind}"]
    await database["things"].insert_many([{"_id": at, "next": at + 1} for at in range(4)])

    def chain() -> Reading[tuple[int, list[int], int]]:
        first, all_of_them = yield Find("things", {"_id": 1}, limit=1), Find("things", {}, {"_id": 1}, [("_id", -1)], 2)
        (counted,) = yield [Pipeline("things", [{"$match": {"_id": {"$gte": first[0]["next"]}}}, {"$count": "n"}])]
        return first[0]["next"], [row["_id"] for row in all_of_them], counted[0]["n"]

    def refused() -> Reading[None]:
        (nothing,) = yield [Find("things", {"_id": "none"})]
        raise LookupError(len(nothing))

    try:
        assert await read(database.__getitem__, chain()) == (2, [3, 2], 2)
        with pytest.raises(LookupError, match="0"):
            await read(database.__getitem__, refused())
    finally:
        await driver.close(client)


@pytest.mark.parametrize("kind", list(Driver))
async def test_one_document_is_found_whatever_stops_the_first_question(
    stack: Stack, kind: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = driver.connect(stack.environment["MONGODB_URL"], kind)
    things = client[f"{stack.prefix}_{kind}_first"]["things"]
    await things.insert_many([{"_id": at, "by": -at} for at in range(3)])
    wanted = Find("things", {"_id": {"$gt": 0}}, {"by": 1}, [("by", 1)])

    assert await find_first(things, wanted) == {"_id": 2, "by": -2}
    assert await find_first(things, Find("things", {"_id": 1}, {})) == {"_id": 1}, "as the driver takes an empty one"
    assert await find_first(things, Find("things", {"_id": 7})) is None

    stopped = []

    def broken(*_: object, **__: object) -> None:
        stopped.append(kind)
        raise AutoReconnect("the connection was closed")

    monkeypatch.setattr(SyncDatabase if kind is Driver.MOTOR else AsyncDatabase, "command", broken)
    assert await find_first(things, wanted) == {"_id": 2, "by": -2}, "asked again, as the driver does"
    assert stopped == [kind], "by the command itself, the first time"
    monkeypatch.undo()
    await driver.close(client)


def test_threads_do_all_that_they_were_given_and_are_no_more_than_they_may_be() -> None:
    threads, done, together = Threads(3, "some"), list[tuple[int, str]](), threading.Barrier(3)

    def work(number: int) -> None:
        if number < 3:
            together.wait(ENOUGH)  # all three at once
        done.append((number, threading.current_thread().name))

    for number in range(50):
        threads.submit(partial(work, number))
    threads.close()

    assert sorted(number for number, _ in done) == list(range(50))
    assert {name for _, name in done} <= {"some_0", "some_1", "some_2"}
    threads.submit(partial(work, 50))  # who is late is served as well
    threads.close()
    assert done[-1][0] == 50


def _inserted() -> Steps:
    yield Step("things", "insert_one", ({"_id": "decided"},))


async def _cancelled(deciding: asyncio.Task[Any], reached: threading.Event, go_on: threading.Event) -> None:
    """Cancel it where its thread has come to, then let that go on and end."""
    assert await asyncio.to_thread(reached.wait, ENOUGH)
    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    go_on.set()
    await asyncio.wait_for(by_thread(transacting._COMMITTING, lambda: None), ENOUGH)


@pytest.mark.parametrize("alone", [True, False])
async def test_who_is_cancelled_before_it_is_decided_has_written_nothing(database: Database, alone: bool) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def reading() -> Reading[int]:
        (found,) = yield [Find("things", {})]
        reached.set()
        assert go_on.wait(ENOUGH)
        return len(found)

    deciding = asyncio.create_task(
        decide(database.client, database.__getitem__, reading(), lambda _: Writing(_inserted, alone=alone))
    )
    await _cancelled(deciding, reached, go_on)
    assert await find_first(database["things"], Find("things", {})) is None


async def test_nothing_is_decided_for_who_was_cancelled_while_it_was_read(database: Database) -> None:
    reached, go_on, read_on = threading.Event(), threading.Event(), list[str]()

    def held(name: str) -> Collection:
        reached.set()
        assert go_on.wait(ENOUGH)
        return database[name]

    def reading() -> Reading[None]:
        yield [Find("things", {})]
        read_on.append("decided")

    deciding = asyncio.create_task(decide(database.client, held, reading(), lambda _: Writing(_inserted)))
    await _cancelled(deciding, reached, go_on)
    assert read_on == []


async def test_who_waits_is_told_also_of_what_a_future_cannot_be_told(database: Database) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(by_thread(transacting._COMMITTING, lambda: next(iter(()))), 5)


@pytest.mark.parametrize("kind", list(Driver))
async def test_what_is_decided_knows_its_reason_is_written_and_may_refuse(stack: Stack, kind: Driver) -> None:
    client = driver.connect(stack.environment["MONGODB_URL"], kind)
    database = client[f"{stack.prefix}_deciding"]

    def reading(refused: bool) -> Reading[tuple[list[dict[str, Any]], str | None]]:
        (found,) = yield [Find("things", {"_id": "decided"}, limit=1)]
        if refused:
            raise LookupError
        return found, correlation_id.get()

    try:
        for alone in (True, False):
            writing = Writing(_inserted, alone=alone)
            with because("a request"):
                assert await read(database.__getitem__, reading(refused=False)) == ([], "a request")
                with pytest.raises(LookupError):
                    await decide(client, database.__getitem__, reading(refused=True), lambda _: writing)  # noqa: B023
                assert await find_first(database["things"], Find("things", {})) is None
                (found, reason), at = await decide(
                    client,
                    database.__getitem__,
                    reading(refused=False),
                    lambda _: writing,  # noqa: B023
                )
            assert (found, reason, at is None) == ([], "a request", alone)
            (found, _), _ = await decide(
                client, database.__getitem__, reading(refused=False), lambda _: Writing(_gone, alone=True)
            )
            assert found == [{"_id": "decided"}]
    finally:
        await driver.close(client)


def _gone() -> Steps:
    yield Step("things", "delete_many", ({},))


def _options(client: Any) -> Any:
    """Motor's types take the property for a function."""
    return client.options


@pytest.mark.parametrize("kind", Driver)
async def test_a_server_that_says_nothing_is_given_up_within_ten_seconds(kind: Driver) -> None:
    """Its machine is gone: no connection breaks, and by the driver's own figures people waited for half a minute."""
    client = driver.connect("mongodb://127.0.0.1:1/?connect=false", kind)
    options = _options(client)
    assert options.pool_options.connect_timeout is not None
    assert options.heartbeat_frequency + options.pool_options.connect_timeout <= 10
    await driver.close(client)


@pytest.mark.parametrize("kind", Driver)
async def test_waits_that_the_address_names_are_the_installations_to_choose(kind: Driver) -> None:
    """Who reaches MongoDB over a slow line says so in its address, and was cut off after four seconds all the same."""
    slow = driver.connect("mongodb://127.0.0.1:9/?connectTimeoutMS=20000&HEARTBEATFREQUENCYMS=9000&w=1", kind)
    usual = driver.connect("mongodb://127.0.0.1:9/?replicaSet=rs0", kind)
    said = [_options(one) for one in (slow, usual)]
    assert [one.pool_options.connect_timeout for one in said] == [20, 4]
    assert [one.heartbeat_frequency for one in said] == [9, 4]
    assert [one.server_selection_timeout for one in said] == [5, 5]
    assert [one.write_concern.document for one in said] == [{"w": "majority"}] * 2, "what is acknowledged is kept"
    for one in (slow, usual):
        await driver.close(one)
