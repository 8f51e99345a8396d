"""Work on what others wrote, in a process of its own that is bounded in time, processor, memory and output.

A file that a stranger sends, or a text that a typesetter has never met, may make a library compute for hours or take all memory.
In a thread that would take the service along. Here a child process does it: it is given the bytes, nothing else (no settings, no
secrets, an empty environment), sets its own limits before it looks at them, and is killed when its time is over.
"""

import asyncio
import contextlib
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

_REFUSED = 3
"""Exit code of a child that says why: what it wrote is the rule."""
_MOST_AT_ONCE = 2


class Overrun(Exception):
    """The child took too long or too much, or broke; what it was given is not known to be good."""


class Declined(Exception):
    """The child says by a stable word why it makes nothing of what it was given."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True)
class Bounds:
    """``seconds`` by the clock of the wall, ``processor`` of the processor; ``memory`` and ``output`` in bytes."""

    seconds: float
    processor: int
    memory: int
    output: int


_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def in_child(module: str, given: bytes, bounds: Bounds) -> bytes:
    """What ``work(given)`` of a module answers. The module is ours and named by our code, never by a caller.

    Raises:
        Declined: the module declined, by its rule.
        Overrun: a bound was met, the module broke, or others kept the machine busy for as long as the bound.
    """
    slot = _slots.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_MOST_AT_ONCE))
    try:
        async with asyncio.timeout(bounds.seconds):
            await slot.acquire()
    except TimeoutError:
        raise Overrun("busy") from None
    try:
        return await _run(module, given, bounds)
    finally:
        slot.release()


async def _run(module: str, given: bytes, bounds: Bounds) -> bytes:
    limits = (str(bounds.processor), str(bounds.memory), str(bounds.output))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.bounded", module, *limits,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True, limit=2**20,
    )  # fmt: skip
    try:
        async with asyncio.timeout(bounds.seconds):
            made = await _exchange(child, given, bounds.output)
            code = await child.wait()
    except TimeoutError:
        raise Overrun("time") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            await child.wait()
    if code == _REFUSED:
        raise Declined(made.decode("ascii", "replace"))
    if code != 0:
        raise Overrun(f"exit {code}")
    return made


async def _exchange(child: asyncio.subprocess.Process, given: bytes, most: int) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None

    async def hand_over(into: asyncio.StreamWriter) -> None:
        # A child that ends before it has read everything has its reasons; its exit code tells.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            into.write(given)
            await into.drain()
        into.close()

    handing = asyncio.ensure_future(hand_over(child.stdin))
    try:
        made = bytearray()
        while part := await child.stdout.read(2**16):
            made += part
            if len(made) > most:
                raise Overrun("output")
        await handing
        return bytes(made)
    finally:
        handing.cancel()


def _limit(processor: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (processor, processor + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def main(module: str, processor: str, memory: str, output: str) -> int:
    """The child's side."""
    work: Callable[[bytes], bytes] = importlib.import_module(module).work
    given = sys.stdin.buffer.read()
    _limit(int(processor), int(memory))
    try:
        made = work(given)
    except Declined as declined:
        sys.stdout.buffer.write(declined.rule.encode())
        return _REFUSED
    sys.stdout.buffer.write(made[: int(output) + 1])
    return 0


if __name__ == "__main__":
    # Run as a module this file is ``__main__``: the refusals that the worker raises are those of its importable twin.
    from shared import bounded

    sys.exit(bounded.main(*sys.argv[1:]))
