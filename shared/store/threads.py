"""Threads that do what the event loop hands them, and nothing else.

The standard library's pool makes a future with a lock of its own for each piece of work and counts who is idle by a semaphore:
together as much as a twentieth of a small query, for an answer that goes back over the loop and is not asked of the future.
"""

import atexit
import threading
from collections.abc import Callable
from queue import SimpleQueue


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
