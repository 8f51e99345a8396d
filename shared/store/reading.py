"""Reads: queries that are asked together or follow from each other, single documents, aggregations; of either driver.

What the two await differently in cursors ends here.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from pymongo.errors import ConnectionFailure, OperationFailure, ServerSelectionTimeoutError

from shared.store.driver import Client, Collection, Session, by_threads, session_of
from shared.store.threads import Abandoned, Threads, Wanted, by_thread

R = TypeVar("R")

_READING = Threads(20, "reading")


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
    if not by_threads(collection):
        return await _first_awaited(collection, find)
    return await by_thread(_READING, lambda: _first_here(collection.delegate, find))


def _first_here(own: Any, find: Find) -> dict[str, Any] | None:
    """As the driver's ``find_one``, which makes a cursor and asks it: the command by itself costs a fifth less.

    What a command does not do by itself, to ask once more after a failure of the network or the server, the driver does.
    """
    try:
        answer = _commanded(own, find)
    except ServerSelectionTimeoutError:  # as long as a request waits for a server that is away
        raise
    except (ConnectionFailure, OperationFailure):
        return cast(dict[str, Any] | None, _first(own, find))
    return next(iter(answer["cursor"]["firstBatch"]), None)


async def _first_awaited(own: Any, find: Find) -> dict[str, Any] | None:
    """The same by PyMongo's own API, where it costs a tenth less."""
    try:
        answer = await _commanded(own, find)
    except ServerSelectionTimeoutError:
        raise
    except (ConnectionFailure, OperationFailure):
        return cast(dict[str, Any] | None, await _first(own, find))
    return next(iter(answer["cursor"]["firstBatch"]), None)


def _commanded(own: Any, find: Find) -> Any:
    command: dict[str, Any] = {"find": own.name, "filter": find.filter}
    if find.projection is not None:
        command["projection"] = find.projection or {"_id": 1}
    if find.sort:
        command["sort"] = dict(find.sort)
    command |= {"limit": 1, "singleBatch": True, "readConcern": own.read_concern.document}
    return own.database.command(command, read_preference=own.read_preference, codec_options=own.codec_options)


def _first(collection: Any, find: Find) -> Any:
    options = {"sort": list(find.sort)} if find.sort else {}
    return collection.find_one(find.filter, find.projection, **options)


async def read(collections: Callable[[str], Collection], reading: Reading[R]) -> R:
    """Carry out reads of which later ones follow from earlier ones; Motor goes by way of a thread, once for all of them.

    So what ``reading`` does between them has to be short: it may run in that thread.
    """
    asked = next(reading)
    if by_threads(collections(asked[0].collection)):
        return await by_thread(_READING, lambda: read_here(collections, reading, asked, None))
    return await read_each(collections, reading, asked, None)


async def read_as_of_one_instant(client: Client, collections: Callable[[str], Collection], reading: Reading[R]) -> R:
    """The same, and all of it sees the database as it was at one instant: that of the first read."""
    asked = next(reading)
    if by_threads(collections(asked[0].collection)):
        own: Any = client.delegate

        def whole() -> R:
            with own.start_session(snapshot=True) as session:
                return read_here(collections, reading, asked, session)

        return await by_thread(_READING, whole)
    async with session_of(client, snapshot=True) as session:
        return await read_each(collections, reading, asked, session)


def read_here(
    collections: Callable[[str], Any],
    reading: Reading[R],
    asked: Sequence[Asked],
    session: Session,
    wanted: Wanted | None = None,
) -> R:
    while True:
        answers = [_listed_here(collections(one.collection).delegate, one, session) for one in asked]
        if wanted is not None and not wanted.still:
            raise Abandoned
        try:
            asked = reading.send(answers)
        except StopIteration as ended:
            return cast(R, ended.value)


def _listed_here(own: Any, asked: Asked, session: Session) -> list[dict[str, Any]]:
    if session is None and isinstance(asked, Find) and asked.limit == 1:
        first = _first_here(own, asked)
        return [] if first is None else [first]
    return list(_cursor(own, asked, session))


async def read_each(
    collections: Callable[[str], Any], reading: Reading[R], asked: Sequence[Asked], session: Session
) -> R:
    while True:
        if session is None and len(asked) > 1:
            answers = await asyncio.gather(*(_listed(collections(one.collection), one, None) for one in asked))
        else:  # a session does one thing at a time, and one thing needs no task of its own
            answers = [await _listed(collections(one.collection), one, session) for one in asked]
        try:
            asked = reading.send(answers)
        except StopIteration as ended:
            return cast(R, ended.value)


async def _listed(collection: Any, asked: Asked, session: Session) -> list[dict[str, Any]]:
    if session is None and isinstance(asked, Find) and asked.limit == 1:
        first = await _first_awaited(collection, asked)
        return [] if first is None else [first]
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
