"""Yes and no are taken for no number, wherever in a body it stands."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from fastapi import Body
from pydantic import BaseModel, Field

from shared.contracts.topics import SERVICES
from shared.http import BoundedRoute, Patch, resource
from shared.numbers import Numbers
from tests.service.shared.test_bounds import app_with
from tests.service.shared.test_plans import asked, sends


class Fixed(BaseModel):
    kind: Literal["fixed"]
    value: float


class Ticked(BaseModel):
    kind: Literal["ticked"]
    value: bool


class Whole(BaseModel):
    count: int = 0
    hours: Annotated[float | None, Field(ge=0)] = None
    pair: tuple[int, bool] = (0, False)
    shares: dict[str, float] = {}
    ticks: list[bool] = []
    deep: list[Fixed | Ticked] = []
    either: bool | float = False
    anything: Any = None


NUMBERS = Numbers(Whole)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"count": True}, "count"),
        ({"count": False, "hours": "12"}, "count"),
        ({"hours": True}, "hours"),
        ({"pair": [True, True]}, "pair.0"),
        ({"shares": {"a": 1, "b": True}}, "shares.b"),
        ({"ticks": [True], "either": True, "anything": {"x": [True]}}, ""),
        ({"deep": [{"kind": "ticked", "value": True}]}, ""),
        ({"count": "12", "hours": 1.5}, ""),
    ],
)
def test_a_boolean_is_refused_where_only_a_number_may_stand(body: dict[str, Any], refused: str) -> None:
    Whole.model_validate(body)
    found = [".".join(map(str, one["loc"])) for one in NUMBERS.refusals(body, ("body",))]
    assert found == ([f"body.{refused}"] if refused else [])


async def test_it_is_a_refusal_with_its_field() -> None:
    router = resource("/v1/things", route_class=BoundedRoute)

    @router.post("")
    async def create(body: Annotated[Whole, Body()]) -> Whole:
        return body

    @router.patch("")
    async def change(body: Annotated[Patch[Whole], Body()]) -> Whole:
        return body.applied_to({})

    @router.put("")
    async def put(first: Annotated[Whole, Body()], second: Annotated[int, Body()]) -> Whole:
        return first

    app = app_with(router)
    for method, body, field in (
        ("POST", {"hours": True}, b'"field":"hours","rule":"number-type"'),
        ("PATCH", {"count": False}, b'"field":"count","rule":"number-type"'),
        ("PUT", {"first": {"count": True}, "second": 1}, b'"field":"first.count","rule":"number-type"'),
        ("PUT", {"first": {}, "second": True}, b'"field":"second","rule":"number-type"'),
    ):
        status, _, answer = await asked(app, *sends(method, "/v1/things", body))
        assert (status, field in answer) == (422, True), answer
    assert (await asked(app, *sends("POST", "/v1/things", {"hours": "2.5", "ticks": [True]})))[0] == 200


def routes_with_bodies() -> Iterator[BoundedRoute]:
    for service in SERVICES:
        rooms = importlib.import_module(f"services.{service}.api")
        for room in pkgutil.iter_modules(rooms.__path__):
            router = getattr(importlib.import_module(f"{rooms.__name__}.{room.name}"), "router", None)
            yield from (route for route in getattr(router, "routes", ()) if route.body_field is not None)


def test_no_route_with_a_body_is_left_to_the_framework_which_does_not_look() -> None:
    found = list(routes_with_bodies())
    assert len(found) > 50
    assert [route.path for route in found if route.serve is None] == []
