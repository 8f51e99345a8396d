"""Writes: the commands of a transaction or one by itself, and what is read for, decided and written in one way to a thread."""

import asyncio
import time
from collections.abc import Callable, Generator
from typing import Any, NamedTuple, TypeVar, cast

from bson.timestamp import Timestamp
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared.store.driver import Client, Collection, Session, by_threads, session_of
from shared.store.reading import Reading, read_each, read_here
from shared.store.threads import Abandoned, Threads, Wanted, by_thread

R = TypeVar("R")
Collections = Callable[[str], Collection]
"""The database's collections by name: the driver makes a new handle each time it is asked itself (4 µs)."""

_SNAPSHOT, _MAJORITY = ReadConcern("snapshot"), WriteConcern("majority")
# Motor's own pool has as many threads for a machine of four cores. Reads have theirs, so that commits which wait for a
# MongoDB that is away leave them a way.
_COMMITTING = Threads(20, "transaction")
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


async def carry_out(client: Client, collections: Collections, writing: Writing) -> Timestamp | None:
    """Carry out a writing, and say when a transaction was on the server's clock."""
    if writing.alone:
        await do_alone(client, collections, writing.steps())
        return None
    return await transact(client, collections, writing.steps)


async def transact(client: Client, collections: Collections, steps: Callable[[], Steps]) -> Timestamp | None:
    """Carry out steps in one majority transaction, and say when it was on the server's clock.

    ``steps`` is called for each attempt, since MongoDB may ask for several. Motor sends every command by way of a thread: the
    whole transaction takes that way once (beginning, each command, commit and end of the session were one each). Who is cancelled
    leaves its thread at most one command: another attempt is not begun, for nobody would learn of it and the process could
    not end before it. Whether a commit that was under way came about is not known then, as with any request that is cut off.
    """
    if not by_threads(client):

        async def attempt(session: Session) -> None:
            walk, answer = steps(), None
            while (step := _next(walk, answer)) is not None:
                asked = getattr(collections(step.collection), step.method)(*step.arguments, session=session)
                answer = await (asked.batch_size(_AT_ONCE).to_list() if step.method == "find" else asked)

        async with session_of(client) as session:
            await session.with_transaction(attempt, read_concern=_SNAPSHOT, write_concern=_MAJORITY)
            return cast(Timestamp | None, session.operation_time)

    return await _committing(lambda wanted: _transacted(client, collections, steps, wanted))


def _transacted(
    client: Any, collections: Callable[[str], Any], steps: Callable[[], Steps], wanted: Wanted
) -> Timestamp | None:
    def attempt(session: Session) -> None:
        if not wanted.still:
            raise Abandoned
        walk, answer = steps(), None
        while (step := _next(walk, answer)) is not None:
            answer = getattr(collections(step.collection).delegate, step.method)(*step.arguments, session=session)
            if step.method == "find":
                answer = list(answer.batch_size(_AT_ONCE))
        _commit(session, wanted)

    with client.delegate.start_session() as session:
        session.with_transaction(attempt, read_concern=_SNAPSHOT, write_concern=_MAJORITY)
        return cast(Timestamp | None, session.operation_time)


async def _committing(work: Callable[[Wanted], R]) -> R:
    """By a thread of commits, which learns that nobody waits any more."""
    wanted = Wanted()
    try:
        return await by_thread(_COMMITTING, lambda: work(wanted))
    except asyncio.CancelledError:
        wanted.still = False
        raise


def _commit(session: Any, wanted: Wanted) -> None:
    """Within the callback, because the driver's own repetitions ask nobody whether the answer is still waited for."""
    ends_at = time.monotonic() + _COMMIT_SECONDS
    while True:
        try:
            session.commit_transaction()
            return
        except PyMongoError as error:
            unknown = error.has_error_label("UnknownTransactionCommitResult")
            if not unknown or not wanted.still or time.monotonic() > ends_at:
                raise


async def do_alone(client: Client, collections: Collections, walk: Steps) -> None:
    """The one command of steps, outside any transaction."""
    if not by_threads(client):
        step = next(walk)
        _next(walk, await getattr(collections(step.collection), step.method)(*step.arguments))
    else:
        await by_thread(_COMMITTING, lambda: _done_alone(collections, walk))


def _done_alone(collections: Callable[[str], Any], walk: Steps) -> None:
    step = next(walk)
    _next(walk, getattr(collections(step.collection).delegate, step.method)(*step.arguments))


async def decide(
    client: Client, collections: Collections, reading: Reading[R], decided: Callable[[R], Writing]
) -> tuple[R, Timestamp | None]:
    """Carry out reads and then the writing that is decided of what they came to; Motor goes by way of a thread, once for both.

    Two ways there and back cost a small command more than a tenth of its processor time, and each is a chance to wait for the
    interpreter. What is decided may run in that thread, with the context of the caller. Nothing is decided any more for who is
    cancelled while it is read, and who is cancelled before it is decided has written nothing; after that as with ``transact``.
    """
    asked = next(reading)
    if not by_threads(client):
        found = await read_each(collections, reading, asked, None)
        return found, await carry_out(client, collections, decided(found))

    def whole(wanted: Wanted) -> tuple[R, Timestamp | None]:
        found = read_here(collections, reading, asked, None, wanted)
        writing = decided(found)
        if not wanted.still:
            raise Abandoned
        if writing.alone:
            _done_alone(collections, writing.steps())
            return found, None
        return found, _transacted(client, collections, writing.steps, wanted)

    return await _committing(whole)


def _next(walk: Steps, answer: Any) -> Step | None:
    try:
        return walk.send(answer)
    except StopIteration:
        return None
