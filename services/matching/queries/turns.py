"""Counting over thousands of offers for one reader, off the event loop and a few at once."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

_P = ParamSpec("_P")
_T = TypeVar("_T")

_MOST_AT_ONCE = 2
"""All of them hold the interpreter: more at once are not faster, and every one takes the loop's share."""

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def off_the_loop(count: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What ``count`` answers, in a thread, in its turn. It must not touch what the loop changes."""
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_MOST_AT_ONCE))
    async with turn:
        return await asyncio.to_thread(count, *args, **kwargs)
