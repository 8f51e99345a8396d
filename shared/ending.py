"""How what runs in the background is begun, and ended in its time although a library makes something else of a cancellation."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from shared.logs import get_logger

STOP_SECONDS: Final = 1.5
"""The longest that one step of a stop takes: several together stay below the ten seconds after which compose kills."""
CANCELLATIONS: Final = 3

_log = get_logger()


def begun(name: str, run: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    """A task of anything that can be waited for, with the name that a log tells of it."""

    async def whole() -> None:
        await run()

    return asyncio.create_task(whole(), name=name)


async def end(tasks: Iterable[asyncio.Task[Any]], seconds: float = STOP_SECONDS) -> None:
    """Cancel until they end: what a library makes of a cancellation is not always one, and then a task goes on.

    Returns within ``seconds`` and tells in the log which did not end. What they raise is not told. Who is cancelled while waiting
    here hands that on at once, and is cancelled afterwards.
    """
    left = set(tasks)
    cancelled = False
    for _ in range(CANCELLATIONS):
        for task in left:
            task.cancel()
        if not left:
            break
        try:
            await asyncio.wait(left, timeout=seconds / CANCELLATIONS)
        except asyncio.CancelledError:
            cancelled = True
        for task in [one for one in left if one.done()]:
            left.discard(task)
            if not task.cancelled():
                task.exception()  # an error that nobody asks for would be reported as lost
    for task in left:
        _log.warning("stopped_untidily", part=task.get_name())
    if cancelled:
        raise asyncio.CancelledError


async def in_time(part: str, ending: Awaitable[object], seconds: float = STOP_SECONDS) -> None:
    """Wait for the end of something, and leave it where it is after ``seconds``.

    Raises what it raised.
    """
    task = asyncio.ensure_future(ending)
    _, late = await asyncio.wait({task}, timeout=seconds)
    if late:
        task.cancel()
        _log.warning("stopped_untidily", part=part)
    else:
        await task
