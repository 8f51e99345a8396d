"""One thing that is being done while the next is prepared: reading records costs this process, their effects the database."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class UnderWay:
    """A run that is being applied while the next is read: one at most, so that runs stay in their order."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def begin(self, run: Coroutine[Any, Any, None]) -> None:
        """Begin a run when the one before it is over; returns once it waits for something."""
        try:
            await self.over()
        except BaseException:
            run.close()
            raise
        self._task = asyncio.create_task(run)
        await asyncio.sleep(0)

    async def over(self) -> None:
        """Wait for what was begun. Raises what it raised."""
        if self._task is not None:
            await self._task

    async def given_up(self) -> None:
        """Leave nothing running behind a failure or a cancellation."""
        if self._task is not None:
            self._task.cancel()
            # Also of one that is over: what nobody waited for would be reported as lost when it is collected.
            await asyncio.gather(self._task, return_exceptions=True)
