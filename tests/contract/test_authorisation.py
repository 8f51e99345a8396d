"""Every operation of every service by callers of every kind: who is let in, who is not, and who reads what of a person."""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute

from shared.contracts.topics import SERVICES
from tests.contract.authorisation.rules import MAY, READERS
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.support import Stack

REFUSED = {401, 403, 404}


def operations(world: World) -> list[tuple[str, str, str]]:
    """Name, method and path of each operation that the app really serves."""
    found = []
    for path, methods in world.running.app.openapi()["paths"].items():
        for method, operation in methods.items():
            found.append((operation["operationId"], method.upper(), path))
    return found


async def call(world: World, name: str, method: str, path: str, caller: str) -> Any:
    ids = world.ids | world.own.get(name, {})
    url = re.sub(r"{(\w+)}", lambda found: ids[found.group(1)], path)
    headers = world.callers[caller] | ({} if method == "GET" else {"If-Match": "*"})
    body = world.bodies.get(name)
    if body is None and method in ("POST", "PUT", "PATCH"):
        body = example(world, method, path)
    return await world.running.client.request(
        method, url, headers=headers, params=world.queries.get(name), json=body if method != "GET" else None
    )


def example(world: World, method: str, path: str) -> Any:
    """The first body that the document shows."""
    content = world.running.app.openapi()["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
    for media in content.values():
        for one in media.get("examples", {}).values():
            return one["value"]
    return {}


@pytest.mark.parametrize("service", SERVICES)
async def test_who_is_let_in_is_what_the_rules_say(service: str, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        wrong: list[str] = []
        for name, method, path in operations(world):
            rule = MAY.get(service, {}).get(name)
            if rule is None:
                wrong.append(f"{name}: no rule says who may; add one to rules.py")
                continue
            for caller in world.callers:
                if name == "stream":
                    continue
                answer = await call(world, name, method, path, caller)
                if method != "GET" and answer.status_code < 300:
                    await world.put_back()
                asked = f"{answer.request.url} {answer.request.content.decode()}"
                let_in = answer.status_code not in REFUSED
                if answer.status_code >= 500 or let_in != rule(caller):
                    wrong.append(f"{name} by {caller}: {answer.status_code}")
                for mark, readers in READERS.get(service, {}).items():
                    if mark in answer.text and mark not in asked and not readers(caller):
                        wrong.append(f"{name} by {caller}: reads «{mark}»")
        stale = MAY.get(service, {}).keys() - {name for name, _, _ in operations(world)}
        assert not wrong, "\n".join(wrong)
        assert stale == set(), "rules of operations that are gone"


def test_the_stream_asks_for_its_reader_as_the_inbox_does(stack: Stack) -> None:
    """An endless answer is not called by the matrix: it must depend on the same caller."""
    from services.notifications.api import stream
    from shared.http.callers import caller

    [route] = [route for route in stream.router.routes if isinstance(route, APIRoute)]
    assert any(one.call is caller for one in route.dependant.dependencies)
