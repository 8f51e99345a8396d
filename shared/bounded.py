"""Work on what others wrote, in a process of its own that is bounded in time, processor, memory and output.

A file that a stranger sends, or a text that a typesetter has never met, may make a library compute for hours or take all memory.
In a thread that would take the service along. Here a child process does it: it is given the bytes, nothing else (no settings, no
secrets, an empty environment), sets its own limits before it looks at them, and is killed when its time is over.
"""

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from weakref import WeakKeyDictionary, WeakValueDictionary

from shared.bounded_child import BROKE, REFUSED, Declined
from shared.logs import get_logger

_log = get_logger()

_MOST_AT_ONCE = 2


class Overrun(Exception):
    """The child took too long or too much, or broke; what it was given is not known to be good."""


@dataclass(frozen=True)
class Bounds:
    """``seconds`` by the clock of the wall, ``processor`` of the processor; ``memory`` and ``output`` in bytes."""

    seconds: float
    processor: int
    memory: int
    output: int


class _Places:
    """Of one event loop: so many children at once, and one at a time for whom they are made."""

    def __init__(self) -> None:
        self.all = asyncio.Semaphore(_MOST_AT_ONCE)
        self.shares: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, share: str) -> asyncio.Lock:
        lock = self.shares.get(share)
        if lock is None:
            lock = self.shares[share] = asyncio.Lock()
        return lock


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, _Places] = WeakKeyDictionary()


async def in_child(module: str, given: bytes, bounds: Bounds, *, share: str) -> bytes:
    """What ``work(given)`` of a module answers. The module is ours and named by our code, never by a caller.

    ``share``: whose work it is; one waits for the other of the same, so that nobody takes every place.

    Raises:
        Declined: the module declined, by its rule.
        Overrun: a bound was met, the module broke, or others kept the machine busy for as long as the bound.
    """
    try:
        return await _in_turn(module, given, bounds, share)
    except Overrun as overrun:
        _log.warning("bounded_child_failed", module=module, rule=str(overrun), bytes=len(given))
        raise


async def _in_turn(module: str, given: bytes, bounds: Bounds, share: str) -> bytes:
    places = _places.setdefault(asyncio.get_running_loop(), _Places())
    async with contextlib.AsyncExitStack() as turn:
        try:
            async with asyncio.timeout(bounds.seconds):
                await turn.enter_async_context(places.of(share))
                await turn.enter_async_context(places.all)
        except TimeoutError:
            raise Overrun("busy") from None
        return await _run(module, given, bounds)


async def _run(module: str, given: bytes, bounds: Bounds) -> bytes:
    limits = (str(bounds.processor), str(bounds.memory), str(bounds.output))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.bounded_child", module, *limits,
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
    if code == REFUSED:
        raise Declined(made.decode("ascii", "replace"))
    if code == BROKE:
        raise Overrun(made.decode("ascii", "replace")[:80])
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
