"""Child processes that cannot outlive this one, however it ends."""

import contextlib
import ctypes
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

PopenBytes = subprocess.Popen[bytes]


class Startable(ABC):
    """What is started and stopped, as a context manager: ``with`` starts it, and its end stops it."""

    @abstractmethod
    def start(self) -> Self:
        """Start it and wait until it serves."""

    @abstractmethod
    def stop(self) -> None:
        """End it in order."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


# Below Linux's ephemeral range (32768-60999): no outgoing connection can take one of these while an engine restarts.
_PORT_RANGE = range(15_000, 32_000)

# The kernel kills the child with its parent (PR_SET_PDEATHSIG = 1). A parent that died before the call sends nothing,
# hence the second look at getppid. This runs in a fresh interpreter (15 ms) which the program then replaces: calling it
# after a fork instead (preexec_fn) can deadlock in a parent that has threads, and every parent here has.
# A login has 1,024 open files for a start and as many as MongoDB needs when it asks: one for each collection and index, and it
# aborts at the first that it may not open.
_LEASH = (
    "import ctypes,os,resource as r,sys;"
    "soft,hard=r.getrlimit(r.RLIMIT_NOFILE);"
    "most=65536 if hard==r.RLIM_INFINITY else min(hard,65536);"
    "soft==r.RLIM_INFINITY or soft>=most or r.setrlimit(r.RLIMIT_NOFILE,(most,hard));"
    "ctypes.CDLL(None).prctl(1,9);"
    "os.getppid()==int(sys.argv[1]) or os._exit(1);"
    "os.execvpe(sys.argv[2],sys.argv[2:],os.environ)"
)


class LocalStackError(Exception):
    """The local stack or one of its engines cannot do what was asked; the message is a sentence for a person."""


class StartFailed(LocalStackError):
    """A process ended, or never became ready, while it was being started."""


class Obstructed(StartFailed):
    """Something of this machine is in the way, which somebody has to mend; nothing was started."""


def free_port() -> int:
    """A loopback TCP port that nothing listens on now.

    Raises:
        LocalStackError: when none of 200 tried ports is free.
    """
    for port in random.sample(_PORT_RANGE, 200):
        if port_is_free(port):
            return port
    raise LocalStackError("No free TCP port was found between 15000 and 32000 on 127.0.0.1.")


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def can_leash() -> bool:
    """Whether the kernel can end children with their parent (Linux); elsewhere a pid file is cleaned up later."""
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "prctl")


class _Spawner:
    """Starts all children from one thread that lives as long as the process.

    PR_SET_PDEATHSIG fires when the *thread* that started the child ends, so a child started from a pool's thread would
    die with that thread.
    """

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def popen(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | None, log: IO[bytes]) -> PopenBytes:
        """Start ``argv`` with its output in ``log``; raises what ``subprocess.Popen`` raises."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="spawner", daemon=True)
                self._thread.start()
        answer: queue.SimpleQueue[PopenBytes | OSError] = queue.SimpleQueue()

        def start() -> None:
            try:
                answer.put(
                    subprocess.Popen(
                        argv,
                        env=dict(env),
                        cwd=cwd,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        # Its own session: Ctrl-C on the terminal reaches the runner alone, which stops all in order.
                        start_new_session=True,
                    )
                )
            except OSError as error:
                answer.put(error)

        self._calls.put(start)
        result = answer.get()
        if isinstance(result, OSError):
            raise result
        return result

    def _run(self) -> None:
        while True:
            self._calls.get()()


_SPAWNER = _Spawner()


class Process:
    """One program, started any number of times, whose output is appended to a log file.

    Args:
        name: what messages call it.
        argv: the program and its arguments.
        log: file that receives stdout and stderr.
        env: variables set on top of this process's own environment.
        pidfile: where the pid is kept on platforms that cannot leash a child; the next start ends a leftover.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        pidfile: Path | None = None,
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.log = log
        self.env = dict(env or {})
        self.cwd = cwd
        self._pidfile = pidfile or log.with_suffix(".pid")
        self._popen: PopenBytes | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._popen.pid if self._popen is not None and self.running else None

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def returncode(self) -> int | None:
        """Exit code of the last run (negative: the signal that ended it); None while it runs or before."""
        return None if self._popen is None else self._popen.poll()

    def start(self) -> None:
        """Start the program; it is not necessarily ready when this returns.

        Raises:
            StartFailed: when the program cannot be executed.
        """
        if self.running:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        leashed = can_leash()
        if not leashed:
            end_leftover(self._pidfile, Path(self.argv[0]).name)
        argv = [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), *self.argv] if leashed else self.argv
        try:
            with open(self.log, "ab") as log:
                self._popen = _SPAWNER.popen(argv, os.environ | self.env, self.cwd, log)
        except OSError as error:
            raise StartFailed(f"{self.name} cannot be started: {error}.") from error
        if not leashed:
            self._pidfile.write_text(str(self._popen.pid))

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end, at most ``timeout`` seconds; its exit code, or None when it still runs."""
        if self._popen is None:
            return None
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def send(self, number: signal.Signals) -> None:
        """Send a signal (SIGSTOP and SIGCONT freeze and thaw it)."""
        if self._popen is not None:
            self._popen.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a crash would (SIGKILL), and wait until it is gone."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()
            self._forget()

    def terminate(self, grace: float = 5.0) -> None:
        """Ask it to end (SIGTERM) and kill it after ``grace`` seconds."""
        if self._popen is None:
            return
        self._popen.terminate()
        if self.wait(grace) is None:
            self._popen.kill()
            self._popen.wait()
        self._forget()

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log, for a message about why it ended."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return ""

    def _forget(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._pidfile.unlink()


def end_leftover(pidfile: Path, program: str) -> None:
    """End the process that a killed runner left behind, if the pid in ``pidfile`` still is that program."""
    try:
        pid = int(pidfile.read_text())
    except (FileNotFoundError, ValueError):
        return
    listing = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True, text=True, check=False)
    if program in listing.stdout:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    pidfile.unlink(missing_ok=True)
