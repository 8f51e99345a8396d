"""Threads that do what the event loop hands them, and nothing else; and the way there and back.

The standard library's pool makes a future with a lock of its own for each piece of work and counts who is idle by a semaphore:
together as much as a twentieth of a small query, for an answer that goes back over the loop and is not asked of the future.
"""

import asyncio
import atexit
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from queue import SimpleQueue
from typing import TypeVar, cast

R = TypeVar("R")


class Threads:
    """At most ``most`` threads, begun when they are needed. Work that was handed over is finished before the process ends."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._left = 0

    def submit(self, work: Callable[[], None]) -> None:
        """Have it done; what it raises is its own matter and must not come out of it."""
        with self._lock:
            self._left += 1
            if self._left > len(self._threads) < self._most:
                self._begin()
        self._work.put(work)

    def close(self) -> None:
        """Finish what was handed over, and end."""
        with self._lock:
            threads, self._threads = self._threads, []
        for _ in threads:
            self._work.put(None)
        for thread in threads:
            thread.join()

    def _begin(self) -> None:
        if not self._threads:
            atexit.register(self.close)
        thread = threading.Thread(target=self._run, name=f"{self._name}_{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            # Nothing of a request is held until the next one comes.
            del work
            with self._lock:
                self._left -= 1


class Abandoned(Exception):
    """Who wanted what a thread was at has been cancelled."""


class Wanted:
    """Whether what a thread is at is still wanted. Nobody sleeps until it is not: an ``Event``, which could wake them, costs as
    much to make as two small documents.
    """

    __slots__ = ("still",)

    def __init__(self) -> None:
        self.still = True


async def by_thread(threads: Threads, work: Callable[[], R]) -> R:
    """What ``work``, done in the caller's context, returns or raises.

    The event loop's own way there makes two futures and chains them, which costs as much as a tenth of a small query.
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
        except BaseException as raised:  # raised where it is waited for
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(told, result, error)

    threads.submit(done)
    return await answer
