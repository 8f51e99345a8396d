"""What every act of the demo works with."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from deploy.demo.bodies import Deposit
from deploy.demo.client import Client
from deploy.demo.observer import Observer
from deploy.demo.plan import Plan
from deploy.demo.quiet import Quiet
from deploy.demo.world import World
from shared.contracts.topics import RECOMMENDATIONS

T = TypeVar("T")
Json = dict[str, Any]


class Step(Protocol):
    """Says that one more of an act's steps is done."""

    def __call__(self, act: str, done: int, total: int) -> None: ...


@dataclass
class Stage:
    """The demo's state: what was made so far, by the rows of the world."""

    plan: Plan
    world: World
    deposits: list[Deposit]
    client: Client
    observer: Observer
    quiet: Quiet
    step: Step
    profiles: dict[int, str] = field(default_factory=dict)
    companies: dict[int, str] = field(default_factory=dict)
    offers: dict[int, str] = field(default_factory=dict)
    hired: list[str] = field(default_factory=list)

    async def each(self, act: str, items: Iterable[T], do: Callable[[T], Awaitable[None]]) -> None:
        """Do something for every item at once (the client bounds how many), telling of each."""
        todo = list(items)
        done = 0

        async def one(item: T) -> None:
            nonlocal done
            await do(item)
            done += 1
            self.step(act, done, len(todo))

        self.step(act, 0, len(todo))
        async with asyncio.TaskGroup() as group:
            for item in todo:
                group.create_task(one(item))

    async def in_waves(
        self, act: str, items: Iterable[T], do: Callable[[T], Awaitable[None]], at_once: int = 1
    ) -> None:
        """Do something for ``at_once`` items and wait until the effects are done everywhere before the next ones.

        Who is shown what depends on who is there already; this way a killed service changes when, but not what. Items
        of one wave must not compete: several offers may, while nobody has more recommendations than the engine keeps.
        """
        todo = list(items)
        self.step(act, 0, len(todo))
        for start in range(0, len(todo), at_once):
            wave = todo[start : start + at_once]
            async with asyncio.TaskGroup() as group:
                for item in wave:
                    group.create_task(_awaited(do(item)))
            await self.quiet.wait(act)
            self.step(act, start + len(wave), len(todo))
        await self.rest(act)

    async def rest(self, act: str) -> None:
        """Wait until nothing moves and the observer has seen everything."""
        await self.observer.caught_up(await self.quiet.wait(act))

    def live_recommendations(self) -> dict[tuple[str, str], Json]:
        """(profile id, offer id) → last recommendation event that was not withdrawn."""
        last: dict[tuple[str, str], Json] = {}
        for seen in self.observer.of(RECOMMENDATIONS.name):
            if seen.data is not None:
                last[seen.data["profile_id"], seen.data["offer_id"]] = seen.data
        return {pair: data for pair, data in last.items() if data["status"] == "created"}


async def _awaited(work: Awaitable[None]) -> None:
    await work
