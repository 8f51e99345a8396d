"""What every engine of the local stack has in common."""

import contextlib
import time
from abc import abstractmethod
from collections.abc import Callable
from typing import Self

from deploy.local.process import LocalStackError, Obstructed, Process, Startable, StartFailed, free_port, port_is_free

# How often a start looks again: at once for an engine that is ready within milliseconds, seldom for one that takes long,
# so that whoever waits takes nothing from whoever starts.
_POLL_SECONDS = 0.02
_LONGEST_POLL_SECONDS = 0.25
_ATTEMPTS = 3
_PORT_SECONDS = 3.0


class EngineMissing(LocalStackError):
    """This machine lacks what the engine needs; the message names the alternatives."""


class Engine(Startable):
    """A real server process: start (returns when it answers), stop, kill, restart on the same port."""

    name: str
    start_timeout: float = 90.0
    """Seconds. One that ends while starting is told at once, so this is for a machine that has ten times as much to do."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or 0
        self._process: Process | None = None

    @abstractmethod
    def _program(self) -> Process:
        """The process to start on ``self.port``."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves clients now; any OSError counts as not yet."""

    def obstacle(self) -> str:
        """A sentence about what has to be mended before it can run; empty when nothing is known."""
        return ""

    def start(self) -> Self:
        """Start it and wait until it serves.

        Raises:
            Obstructed: there is an :meth:`obstacle`; nothing was tried.
            StartFailed: when it ends or does not answer within ``start_timeout`` seconds; the end of its log is told.
        """
        if self.pid is not None:
            return self
        if obstacle := self.obstacle():
            raise Obstructed(f"{self.name} cannot run. {obstacle}")
        for attempt in range(1, _ATTEMPTS + 1):
            chosen_here = self.port == 0
            if chosen_here:
                self.port = free_port()
            else:
                self._await_port()
            try:
                self._process = self._program()
                self._process.start()
                self._await_ready(self._process)
                return self
            except StartFailed:
                # Only a port that somebody took between the choice and the start is worth another attempt.
                if not chosen_here or attempt == _ATTEMPTS or port_is_free(self.port):
                    raise
                self.port = 0
            except BaseException:
                self.kill()
                raise
        raise AssertionError("the last attempt returns or raises")

    def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> Self:
        """Start again on the same port, after a kill if it still runs."""
        self.kill()
        return self.start()

    @property
    def process(self) -> Process:
        """The process of the last start.

        Raises:
            LocalStackError: before the first start.
        """
        if self._process is None:
            raise LocalStackError(f"{self.name} has not been started.")
        return self._process

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        return None if self._process is None else self._process.pid

    def wait(self, timeout: float | None = None) -> int | None:
        """Exit code once it ended; None when it still runs after ``timeout`` seconds, or was never started."""
        return None if self._process is None else self._process.wait(timeout)

    def _await_port(self) -> None:
        """Give the port's last user a moment to go: another server that answers there must not pass for this one."""
        deadline = time.monotonic() + _PORT_SECONDS
        while not port_is_free(self.port):
            if time.monotonic() > deadline:
                raise StartFailed(f"{self.name} cannot start: port {self.port} is used by another process.")
            time.sleep(_POLL_SECONDS)

    def _await_ready(self, process: Process) -> None:
        wait_until(self._answers, process, self.start_timeout)


def wait_until(ready: Callable[[], bool], process: Process, timeout: float) -> None:
    """Look until ``ready``; an OSError counts as not yet.

    Raises:
        StartFailed: when the process ends first or ``timeout`` seconds pass (it is killed then).
    """
    deadline = time.monotonic() + timeout
    pause = _POLL_SECONDS
    while True:
        with contextlib.suppress(OSError):
            if ready():
                return
        if not process.running:
            raise StartFailed(
                f"{process.name} ended with code {process.returncode} while starting. "
                f"The end of {process.log}:\n{process.tail()}"
            )
        if time.monotonic() > deadline:
            process.kill()
            raise StartFailed(
                f"{process.name} did not answer within {timeout:.0f} s. The end of {process.log}:\n{process.tail()}"
            )
        time.sleep(pause)
        pause = min(_LONGEST_POLL_SECONDS, pause * 1.2)
