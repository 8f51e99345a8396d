"""What a document shows as a body is what its reader sends first: a running service takes it, in ten years too."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import HandClock
from shared.contracts.topics import SERVICES
from tests.contract.authorisation.rules import MAY
from tests.contract.authorisation.running import world_of
from tests.contract.authorisation.world import World
from tests.contract.test_authorisation import operations
from tests.support import Stack

OF_THE_THING = {"not-suspended", "not_proposed", "places_held", "nothing-to-show"}
"""Rules that refuse a thing as it is in the world of the matrix, whatever is sent."""


def _shown(content: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    media = content.get("application/json", {})
    yield from ((name, one["value"]) for name, one in media.get("examples", {}).items())
    if "example" in media:
        yield "example", media["example"]


def _with_ids(value: Any, ids: dict[str, str]) -> Any:
    """The example with the ids of things that are there."""
    if isinstance(value, dict):
        return {
            key: ids[key] if isinstance(inner, str) and key.endswith("_id") and key in ids else _with_ids(inner, ids)
            for key, inner in value.items()
        }
    return [_with_ids(one, ids) for one in value] if isinstance(value, list) else value


async def _refusals(world: World, name: str, method: str, url: str, body: Any) -> set[str]:
    """What is refused in a body, by the caller to whom least is: some members are for staff alone."""
    found = set()
    for caller in world.callers:
        if not caller.endswith("own") or not MAY[world.running.service.name][name](caller):
            continue
        headers, query = world.callers[caller] | {"If-Match": "*"}, world.queries.get(name)
        answer = await world.running.client.request(method, url, headers=headers, params=query, json=body)
        if answer.is_success:
            await world.put_back()
            return set()
        of_the_body = {
            f"{error['field']} {error['rule']}"
            for error in answer.json()["errors"]
            if error["rule"] not in OF_THE_THING and error["field"].split(".")[0] in body
        }
        if not of_the_body:
            return set()
        found |= of_the_body
    return found


@pytest.mark.parametrize("days", [300, 3653])
@pytest.mark.parametrize("service", SERVICES)
async def test_a_running_service_takes_what_its_document_shows(service: str, days: int, stack: Stack) -> None:
    async with world_of(service, stack) as world:
        clock = world.running.runtime.clock
        assert isinstance(clock, HandClock)
        clock.advance(timedelta(days=days))
        paths = (await world.running.client.get("/openapi.json")).json()["paths"]
        tried, wrong = 0, []
        for name, method, path in operations(world):
            ids = world.ids | world.own.get(name, {})
            url = path.format(**ids)
            for key, body in _shown(paths[path][method.lower()].get("requestBody", {}).get("content", {})):
                tried += 1
                refused = await _refusals(world, name, method, url, _with_ids(body, ids))
                wrong += [f"{name}, {key}: {one}" for one in refused]
        assert tried
        assert not wrong, "\n".join(wrong)
