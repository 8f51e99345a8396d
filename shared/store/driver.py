"""The seam at which the MongoDB driver is exchanged: the only module that imports motor.

Motor is deprecated in favour of PyMongo's own asynchronous API (critical fixes end in May 2027). Both give the same services:
``BASSIN_MONGODB_DRIVER`` chooses, and the tests pass on either. Where the two differ in what must be awaited, the difference
ends here; everything else of the project knows only the names below.
"""

import asyncio
import enum
import inspect
import threading
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar, cast

from bson.timestamp import Timestamp
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import AsyncMongoClient, monitoring
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError, ServerSelectionTimeoutError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import metrics
from shared.store.threads import Threads

Client = AsyncIOMotorClient[dict[str, Any]]
Database = AsyncIOMotorDatabase[dict[str, Any]]
Collection = AsyncIOMotorCollection[dict[str, Any]]
R = TypeVar("R")
Session = Any  # AsyncIOMotorClientSession or AsyncClientSession; the stubs of the first are incomplete


_SNAPSHOT, _MAJORITY = ReadConcern("snapshot"), WriteConcern("majority")
# Motor's own pool has as many threads for a machine of four cores. Reads have theirs, so that commits which wait for a
# MongoDB that is away leave them a way.
_COMMITTING = Threads(20, "transaction")
_READING = Threads(20, "reading")
# Documents that a query within a transaction is answered with by one command.
_AT_ONCE = 10_000
# As long as the drivers try one transaction.
_COMMIT_SECONDS = 120.0


class Step(NamedTuple):
    """One command of a transaction: a method of a collection and what it is called with. ``find`` is answered with a list."""

    collection: str
    method: str
    arguments: tuple[Any, ...]


Steps = Generator[Step, Any, None]
"""Yields steps and is sent the answer of each; what it raises ends the transaction."""


class Writing(NamedTuple):
    """Steps of one transaction (``steps`` is called for each attempt), or ``alone``: one command by itself."""

    steps: Callable[[], Steps]
    alone: bool = False


class _Pool(monitoring.ConnectionPoolListener):
    """Counts connections; called from the driver's threads, so it does nothing else."""

    def connection_created(self, event: monitoring.ConnectionCreatedEvent) -> None:
        metrics.MONGODB_CONNECTIONS.labels("open").inc()

    def connection_closed(self, event: monitoring.ConnectionClosedEvent) -> None:
        metrics.MONGODB_CONNECTIONS.labels("open").dec()

    def connection_checked_out(self, event: monitoring.ConnectionCheckedOutEvent) -> None:
        _IN_USE.inc()

    def connection_checked_in(self, event: monitoring.ConnectionCheckedInEvent) -> None:
        _IN_USE.dec()

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        metrics.MONGODB_CHECKOUT_FAILURES.labels(str(event.reason)).inc()

    def pool_created(self, event: monitoring.PoolCreatedEvent) -> None: ...
    def pool_ready(self, event: monitoring.PoolReadyEvent) -> None: ...
    def pool_cleared(self, event: monitoring.PoolClearedEvent) -> None: ...
    def pool_closed(self, event: monitoring.PoolClosedEvent) -> None: ...
    def connection_ready(self, event: monitoring.ConnectionReadyEvent) -> None: ...
    def connection_check_out_started(self, event: monitoring.ConnectionCheckOutStartedEvent) -> None: ...


_IN_USE = metrics.MONGODB_CONNECTIONS.labels("in_use")
_POOL = _Pool()


class Driver(enum.StrEnum):
    """Who speaks with MongoDB."""

    MOTOR = "motor"
    PYMONGO = "pymongo"


@dataclass(frozen=True)
class Access:
    """Account and encryption beside the address; empty: what the address says. ``ca_file`` turns TLS on."""

    username: str = ""
    password: str = field(default="", repr=False)
    auth_source: str = "admin"
    ca_file: str = ""

    @property
    def options(self) -> dict[str, Any]:
        """As the drivers take it."""
        options: dict[str, Any] = {}
        if self.username:
            options |= {"username": self.username, "password": self.password, "authSource": self.auth_source}
        if self.ca_file:
            options |= {"tls": True, "tlsCAFile": self.ca_file}
        return options


def connect(url: str, driver: Driver = Driver.MOTOR, access: Access | None = None) -> Client:
    """A client whose reads and writes are durable: majority on both sides, aware datetimes.

    Server selection ends after 5 s, so that a request gets an answer while MongoDB is away.
    """
    options: dict[str, Any] = {
        "tz_aware": True,
        "w": "majority",
        "readConcernLevel": "majority",
        "retryWrites": True,
        "serverSelectionTimeoutMS": 5_000,
        "appname": "bassin",
        **(access or Access()).options,
    }
    options["event_listeners"] = [_POOL]
    if driver is Driver.PYMONGO:
        return cast(Client, AsyncMongoClient(url, **options))
    return AsyncIOMotorClient(url, **options)


@asynccontextmanager
async def session_of(client: Client, *, snapshot: bool = False) -> AsyncIterator[Session]:
    """A session, ended with the block (Motor awaits its beginning, PyMongo does not)."""
    started: Any = client.start_session(snapshot=snapshot) if snapshot else client.start_session()
    async with await started if inspect.isawaitable(started) else started as session:
        yield session


async def carry_out(database: Database, writing: Writing) -> Timestamp | None:
    """Carry out a writing, and say when a transaction was on the server's clock."""
    if writing.alone:
        await do_alone(database, writing.steps())
        return None
    return await transact(database, writing.steps)


async def transact(database: Database, steps: Callable[[], Steps]) -> Timestamp | None:
    """Carry out steps in one majority transaction, and say when it was on the server's clock.

    ``steps`` is called for each attempt, since MongoDB may ask for several. Motor sends every command by way of a thread: the
    whole transaction takes that way once (beginning, each command, commit and end of the session were one each). Who is cancelled
    leaves its thread at most one command: another attempt is not begun, for nobody would learn of it and the process could
    not end before it. Whether a commit that was under way came about is not known then, as with any request that is cut off.
    """
    client: Any = database.client
    if isinstance(client, AsyncMongoClient):

        async def attempt(session: Session) -> None:
            walk, answer = steps(), None
            while (step := _next(walk, answer)) is not None:
                asked = getattr(database[step.collection], step.method)(*step.arguments, session=session)
                answer = await (asked.batch_size(_AT_ONCE).to_list() if step.method == "find" else asked)

        async with session_of(database.client) as session:
            await session.with_transaction(attempt, read_concern=_SNAPSHOT, write_concern=_MAJORITY)
            return cast(Timestamp | None, session.operation_time)

    return await _committing(lambda abandoned: _transacted(database, steps, abandoned))


def _transacted(database: Any, steps: Callable[[], Steps], abandoned: threading.Event) -> Timestamp | None:
    own = database.delegate

    def attempt(session: Session) -> None:
        if abandoned.is_set():
            raise _Abandoned
        walk, answer = steps(), None
        while (step := _next(walk, answer)) is not None:
            answer = getattr(own[step.collection], step.method)(*step.arguments, session=session)
            if step.method == "find":
                answer = list(answer.batch_size(_AT_ONCE))
        _commit(session, abandoned)

    with database.client.delegate.start_session() as session:
        session.with_transaction(attempt, read_concern=_SNAPSHOT, write_concern=_MAJORITY)
        return cast(Timestamp | None, session.operation_time)


async def _committing(work: Callable[[threading.Event], R]) -> R:
    """By a thread of commits, which learns by the event that nobody waits any more."""
    abandoned = threading.Event()
    try:
        return await _by_thread(_COMMITTING, lambda: work(abandoned))
    except asyncio.CancelledError:
        abandoned.set()
        raise


async def _by_thread(threads: Threads, work: Callable[[], R]) -> R:
    """What ``work``, done in the caller's context, returns or raises.

    The event loop's own way there makes two futures and chains them, which costs as much as
    a tenth of a small query.
    """
    loop, context = asyncio.get_running_loop(), copy_context()
    answer: asyncio.Future[R] = loop.create_future()

    def told(result: R | None, error: BaseException | None) -> None:
        if answer.cancelled():
            return
        if error is None:
            answer.set_result(cast(R, result))
        else:
            answer.set_exception(error)

    def done() -> None:
        if answer.cancelled():  # nobody waits any more, and nothing was begun
            return
        result: R | None = None
        error: BaseException | None = None
        try:
            result = context.run(work)
        except StopIteration as raised:  # no future takes it: who waits would wait for ever
            error = RuntimeError("a thread's work raised StopIteration")
            error.__cause__ = raised
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(told, result, error)

    threads.submit(done)
    return await answer


class _Abandoned(Exception):
    """Who wanted the transaction was cancelled."""


def _commit(session: Any, abandoned: threading.Event) -> None:
    """Within the callback, because the driver's own repetitions ask nobody whether the answer is still waited for."""
    ends_at = time.monotonic() + _COMMIT_SECONDS
    while True:
        try:
            session.commit_transaction()
            return
        except PyMongoError as error:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown or abandoned.is_set() or time.monotonic() > ends_at:
                raise


class Find(NamedTuple):
    """A query; ``limit=0`` is all of its documents."""

    collection: str
    filter: Mapping[str, Any]
    projection: Mapping[str, Any] | None = None
    sort: Sequence[tuple[str, int]] = ()
    limit: int = 0


class Pipeline(NamedTuple):
    """An aggregation."""

    collection: str
    stages: Sequence[Mapping[str, Any]]


Asked = Find | Pipeline
Reading = Generator[Sequence[Asked], list[list[dict[str, Any]]], R]
"""Yields what it wants to read together, is sent the documents of each, and returns what it makes of them."""


async def find_first(collection: Collection, find: Find) -> dict[str, Any] | None:
    """The first document of a query. By a thread of ours: Motor's own way there costs a good part of a small query."""
    if not isinstance(collection, AsyncIOMotorCollection):
        found: dict[str, Any] | None = await _first(collection, find)
        return found
    return await _by_thread(_READING, lambda: _first_here(collection.delegate, find))


def _first_here(own: Any, find: Find) -> dict[str, Any] | None:
    """As the driver's ``find_one``, which makes a cursor and asks it: the command by itself costs a fifth less.

    What a command does not do by itself, to ask once more after a failure of the network or the server, the driver does.
    """
    command: dict[str, Any] = {"find": own.name, "filter": find.filter}
    if find.projection is not None:
        command["projection"] = find.projection or {"_id": 1}
    if find.sort:
        command["sort"] = dict(find.sort)
    command |= {"limit": 1, "singleBatch": True, "readConcern": own.read_concern.document}
    try:
        answer = own.database.command(command, read_preference=own.read_preference, codec_options=own.codec_options)
    except ServerSelectionTimeoutError:  # as long as a request waits for a server that is away
        raise
    except (ConnectionFailure, OperationFailure):
        return cast(dict[str, Any] | None, _first(own, find))
    return next(iter(answer["cursor"]["firstBatch"]), None)


def _first(collection: Any, find: Find) -> Any:
    options = {"sort": list(find.sort)} if find.sort else {}
    return collection.find_one(find.filter, find.projection, **options)


async def read(collections: Callable[[str], Collection], reading: Reading[R]) -> R:
    """Carry out reads of which later ones follow from earlier ones; Motor goes by way of a thread, once for all of them.

    So what ``reading`` does between them has to be short: it may run in that thread.
    """
    asked = next(reading)
    if isinstance(collections(asked[0].collection), AsyncIOMotorCollection):
        return await _by_thread(_READING, lambda: _read(collections, reading, asked, None))
    return await _read_each(collections, reading, asked, None)


async def read_as_of_one_instant(client: Client, collections: Callable[[str], Collection], reading: Reading[R]) -> R:
    """The same, and all of it sees the database as it was at one instant: that of the first read."""
    asked = next(reading)
    if isinstance(collections(asked[0].collection), AsyncIOMotorCollection):
        own: Any = client.delegate

        def whole() -> R:
            with own.start_session(snapshot=True) as session:
                return _read(collections, reading, asked, session)

        return await _by_thread(_READING, whole)
    async with session_of(client, snapshot=True) as session:
        return await _read_each(collections, reading, asked, session)


def _read(
    collections: Callable[[str], Any],
    reading: Reading[R],
    asked: Sequence[Asked],
    session: Session,
    abandoned: threading.Event | None = None,
) -> R:
    while True:
        answers = [_listed_here(collections(one.collection).delegate, one, session) for one in asked]
        if abandoned is not None and abandoned.is_set():
            raise _Abandoned
        try:
            asked = reading.send(answers)
        except StopIteration as ended:
            return cast(R, ended.value)


def _listed_here(own: Any, asked: Asked, session: Session) -> list[dict[str, Any]]:
    if session is None and isinstance(asked, Find) and asked.limit == 1:
        first = _first_here(own, asked)
        return [] if first is None else [first]
    return list(_cursor(own, asked, session))


async def _read_each(
    collections: Callable[[str], Any], reading: Reading[R], asked: Sequence[Asked], session: Session
) -> R:
    while True:
        if session is None:
            answers = await asyncio.gather(*(_listed(collections(one.collection), one, None) for one in asked))
        else:  # a session does one thing at a time
            answers = [await _listed(collections(one.collection), one, session) for one in asked]
        try:
            asked = reading.send(answers)
        except StopIteration as ended:
            return cast(R, ended.value)


async def _listed(collection: Any, asked: Asked, session: Session) -> list[dict[str, Any]]:
    cursor = _cursor(collection, asked, session)
    found: list[dict[str, Any]] = await (await cursor if inspect.isawaitable(cursor) else cursor).to_list(None)
    return found


def _cursor(collection: Any, asked: Asked, session: Session) -> Any:
    if isinstance(asked, Pipeline):
        return collection.aggregate(list(asked.stages), session=session)
    cursor = collection.find(asked.filter, asked.projection, session=session)
    if asked.sort:
        cursor = cursor.sort(list(asked.sort))
    return cursor.limit(asked.limit)


async def do_alone(database: Database, walk: Steps) -> None:
    """The one command of steps, outside any transaction."""
    if isinstance(cast(Any, database.client), AsyncMongoClient):
        step = next(walk)
        answer = await getattr(database[step.collection], step.method)(*step.arguments)
        _next(walk, answer)
    else:
        await _by_thread(_COMMITTING, lambda: _done_alone(database, walk))


def _done_alone(database: Any, walk: Steps) -> None:
    step = next(walk)
    _next(walk, getattr(database.delegate[step.collection], step.method)(*step.arguments))


async def decide(
    database: Database, collections: Callable[[str], Collection], reading: Reading[R], decided: Callable[[R], Writing]
) -> tuple[R, Timestamp | None]:
    """Carry out reads and then the writing that is decided of what they came to; Motor goes by way of a thread, once for both.

    Two ways there and back cost a small command more than a tenth of its processor time, and each is a chance to wait for the
    interpreter. What is decided may run in that thread, with the context of the caller. Nothing is decided any more for who is
    cancelled while it is read, and who is cancelled before it is decided has written nothing; after that as with ``transact``.
    """
    asked = next(reading)
    if isinstance(cast(Any, database.client), AsyncMongoClient):
        found = await _read_each(collections, reading, asked, None)
        return found, await carry_out(database, decided(found))

    def whole(abandoned: threading.Event) -> tuple[R, Timestamp | None]:
        found = _read(collections, reading, asked, None, abandoned)
        writing = decided(found)
        if abandoned.is_set():
            raise _Abandoned
        if writing.alone:
            _done_alone(database, writing.steps())
            return found, None
        return found, _transacted(database, writing.steps, abandoned)

    return await _committing(whole)


def _next(walk: Steps, answer: Any) -> Step | None:
    try:
        return walk.send(answer)
    except StopIteration:
        return None


async def aggregate(
    collection: Collection, pipeline: Sequence[Mapping[str, Any]], *, session: Session = None
) -> AsyncIterator[dict[str, Any]]:
    """The rows of an aggregation (PyMongo awaits the cursor, Motor does not)."""
    cursor: Any = collection.aggregate(list(pipeline), session=session)
    async for row in await cursor if inspect.isawaitable(cursor) else cursor:
        yield row


async def aggregated(collection: Collection, pipeline: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All rows of an aggregation: thousands of them one by one cost Motor a tenth of a millisecond each."""
    cursor: Any = collection.aggregate(list(pipeline))
    found: list[dict[str, Any]] = await (await cursor if inspect.isawaitable(cursor) else cursor).to_list(None)
    return found


async def close(client: Client) -> None:
    """Release the connections."""
    closed: Any = cast(Any, client).close()
    if inspect.isawaitable(closed):
        await closed
