"""A body of nonsense costs about as much as a good one of its size, at every endpoint that takes one, token or not.

Processor time of this process is compared, as a ratio and at its least of some tries, so that a busy machine does not matter.
"""

import json
import time
from collections.abc import Awaitable, Callable

import httpx
import pytest

from shared.contracts.topics import SERVICES
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import example, operations
from tests.support import Stack

SIZE = 200_000
TRIES = 3
# Seconds: a good body's cost is not known more exactly than this.
LEAST = 0.003
# Before bodies were bounded, unknown fields cost more than a hundred times as much as a good body, wrong items more than that.
AT_MOST = 12.0

NONSENSE: dict[str, Callable[[], str]] = {
    "unknown fields": lambda: "{" + ",".join(f'"k{n}":1' for n in range(SIZE // 11)) + "}",
    "wrong items": lambda: '{"title":[' + ",".join(["0"] * (SIZE // 2)) + "]}",
    "lists in a list": lambda: "[" + ",".join(["[]"] * (SIZE // 3)) + "]",
    "deep": lambda: "[" * SIZE,
    "digits": lambda: '{"hours":' + "9" * SIZE + "}",
    "invisible": lambda: '{"title":"' + "\u200b" * (SIZE // 3) + '"}',
}


async def timed(call: Callable[[], Awaitable[httpx.Response]]) -> tuple[float, httpx.Response]:
    """Seconds of processor time of one call, and its answer."""
    began = time.process_time()
    answer = await call()
    return time.process_time() - began, answer


async def least(call: Callable[[], Awaitable[httpx.Response]], enough: float) -> tuple[float, httpx.Response]:
    """The least of some tries; one that is below ``enough`` needs no other."""
    spent, answer = await timed(call)
    for _ in range(TRIES - 1):
        if spent <= enough:
            break
        spent = min(spent, (await timed(call))[0])
    return spent, answer


async def costs(world: World, method: str, path: str, caller: str, bodies: dict[str, bytes]) -> dict[str, float]:
    url = path
    for name, value in world.ids.items():
        url = url.replace("{" + name + "}", value)
    headers = world.callers[caller] | {"content-type": "application/json", "If-Match": '"999999"'}
    found: dict[str, float] = {}
    for kind, body in bodies.items():
        found[kind], answer = await least(
            lambda body=body: world.running.client.request(method, url, headers=headers, content=body),
            AT_MOST * max(found["good"], LEAST) if found else 0.0,
        )
        assert answer.status_code < 500, f"{method} {path} by {caller}, {kind}: {answer.status_code}"
        assert kind == "good" or len(answer.content) < 20_000, f"{method} {path}, {kind}: a long answer"
    return found


@pytest.mark.parametrize("service", SERVICES)
async def test_nonsense_costs_no_more_than_sense(service: str, stack: Stack) -> None:
    nonsense = {kind: make().encode() for kind, make in NONSENSE.items()}
    async with world_of(service, stack) as world:
        worst: list[str] = []
        seen = 0
        for name, method, path in operations(world):
            operation = world.running.app.openapi()["paths"][path][method.lower()]
            # Imports read rows, have limits of their own and are tried with their own nonsense.
            if "application/json" not in operation.get("requestBody", {}).get("content", {}) or name.startswith(
                "import_"
            ):
                continue
            good = json.dumps(example(world, method, path)).encode()
            bodies = {"good": good.ljust(SIZE)} | nonsense
            for caller in ("anonymous", "manager own"):
                found = await costs(world, method, path, caller, bodies)
                seen += 1
                basis = max(found.pop("good"), LEAST)
                worst += [
                    f"{name} by {caller}, {kind}: {spent / basis:.0f} times a good body ({spent * 1000:.0f} ms)"
                    for kind, spent in found.items()
                    if spent > AT_MOST * basis
                ]
            await world.put_back()
        assert not worst, "\n".join(worst)
        assert seen > 1 or not operations(world)
