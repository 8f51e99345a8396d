"""Keeps processes running: what dies is started again, with a growing pause, and this is said."""

import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from deploy.local.engine import Engine
from deploy.local.process import LocalStackError

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
# A process that ran this long was well: its next end is not a continued failure.
_WELL_SECONDS = 30.0
_LOOK_SECONDS = 0.05


class Supervisor:
    """One watching thread per process.

    Args:
        say: receives a sentence whenever something ends or is back.
        back: called, in the watching thread, when a process answers again.
    """

    def __init__(self, say: Callable[[str], None], back: Callable[[Engine], None]) -> None:
        self._say = say
        self._back = back
        self._stopping = threading.Event()
        self._watchers: dict[str, threading.Thread] = {}
        self._units: list[Engine] = []
        self._ready: dict[str, threading.Event] = {}
        self.restarts: Counter[str] = Counter()

    def watch(self, unit: Engine) -> None:
        """Keep ``unit``, which has been started and is ready, running from now on."""
        self._units.append(unit)
        ready = self._ready[unit.name] = threading.Event()
        ready.set()
        watcher = threading.Thread(target=self._watch, args=(unit,), name=f"watch {unit.name}", daemon=True)
        self._watchers[unit.name] = watcher
        watcher.start()

    def is_ready(self, name: str) -> bool:
        """Whether the process answers, as far as is known."""
        return name in self._ready and self._ready[name].is_set()

    def expect_end(self, name: str) -> None:
        """Say that the process is about to be ended, so that :meth:`wait_ready` waits for the next one."""
        self._ready[name].clear()

    def wait_ready(self, name: str, timeout: float) -> bool:
        """Wait until the process answers (again); False after ``timeout`` seconds, or when all is being stopped."""
        deadline = time.monotonic() + timeout
        while not self._ready[name].wait(_LOOK_SECONDS):
            if self._stopping.is_set() or time.monotonic() > deadline:
                return False
        return True

    def stop(self, *groups: Sequence[Engine]) -> None:
        """End the processes, one group after the other, each group at once; nothing is started again.

        SIGTERM, and SIGKILL after 5 s.
        """
        self._stopping.set()
        for group in groups:
            if group:
                with ThreadPoolExecutor(len(group)) as pool:
                    list(pool.map(self._end, group))

    def _end(self, unit: Engine) -> None:
        unit.stop()
        watcher = self._watchers.get(unit.name)
        # A watcher may be in the middle of a start; what it started is ended until it notices.
        while watcher is not None and watcher.is_alive() and watcher is not threading.current_thread():
            unit.stop()
            watcher.join(_LOOK_SECONDS)
        unit.stop()

    def _watch(self, unit: Engine) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            since = time.monotonic()
            code = unit.wait()
            if self._stopping.is_set():
                return
            self._ready[unit.name].clear()
            if time.monotonic() - since > _WELL_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._say(f"{unit.name} ended ({_why(code)}); starting it again in {pause:.1f} s.")
            pause = self._start_again(unit, pause)
            if self._stopping.is_set():
                return
            self.restarts[unit.name] += 1
            self._ready[unit.name].set()
            self._say(f"{unit.name} is ready again (pid {unit.pid}).")
            self._back(unit)

    def _start_again(self, unit: Engine, pause: float) -> float:
        """Try until it runs, or all is being stopped: what keeps it from running is said once, and may be mended meanwhile.

        Args:
            unit: what has ended.
            pause: seconds to wait before the first try.

        Returns:
            Seconds to wait before the first try after its next end.
        """
        told = ""
        while not self._stopping.wait(pause):
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            try:
                unit.start()
            except (LocalStackError, OSError) as error:
                sentence = str(error).partition("\n")[0]
                # Figures in it (MB that are free) change by themselves.
                if not self._stopping.is_set() and (kind := re.sub(r"\d+", "", sentence)) != told:
                    told = kind
                    self._say(f"{sentence} It is tried again until it runs.")
            else:
                break
        return pause


def _why(code: int | None) -> str:
    if code is None:
        return "not started"
    if code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
