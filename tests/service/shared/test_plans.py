"""What is worked out of a route once gives the answers that FastAPI gives by asking at each request."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, BackgroundTasks, Body, Depends, FastAPI, Header, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse
from starlette.types import Message

from shared.errors import NotFound
from shared.http import VERSIONED, BoundedRoute, OptionalCaller, Page, Patch, Version, resource, set_etag
from shared.http.dispatch import Table
from shared.http.media import Csv
from shared.http.plans import plan_of
from tests.service.shared.test_bounds import app_with

CALLS: list[str] = []


class Small(BaseModel):
    name: str = Field(min_length=1)
    count: int = 1


class Large(Small):
    secret: str = "hidden"


class Other(BaseModel):
    kind: str


async def once(request: Request) -> str:
    CALLS.append("once")
    return request.headers.get("x-who", "nobody")


async def twice(who: Annotated[str, Depends(once)], depth: Annotated[int, Query(ge=0)] = 0) -> tuple[str, int]:
    return who, depth


def made() -> APIRouter:
    router = resource("/v1/things", route_class=BoundedRoute)

    @router.get("/fixed")
    async def fixed() -> dict[str, Any]:
        return {"fixed": True}

    @router.get("/{name}")
    async def read(name: str, response: Response, asked: Annotated[tuple[str, int], Depends(twice)]) -> Small | Other:
        set_etag(response, 3)
        if name == "gone":
            raise NotFound("gone")
        return Other(kind=name) if name == "other" else Large(name=name, count=asked[1])

    @router.get("/{name}/parts/{number}")
    async def part(
        name: str,
        number: int,
        who: Annotated[str, Depends(once)],
        asked: Annotated[tuple[str, int], Depends(twice)],
        flag: Annotated[list[str], Query()] = [],  # noqa: B006  # as FastAPI's own documents declare it
        x_who: Annotated[str | None, Header()] = None,
    ) -> Small:
        return Small(name=f"{name} {who} {asked} {flag} {x_who}", count=number)

    @router.post("", status_code=201)
    async def create(body: Annotated[Small, Body()], caller: OptionalCaller, response: Response) -> Small:
        response.headers["Location"] = "/v1/things/1"
        if body.count == 2:
            response.status_code = 200
        return body

    @router.post("/optional")
    async def optional(body: Small | None = None) -> Small | None:
        return body

    @router.post("/two")
    async def two(first: Annotated[Small, Body()], second: Annotated[int, Body()] = 5) -> list[Small]:
        return [first, Small(name="x", count=second)]

    @router.post("/embedded")
    async def embedded(only: Annotated[Small, Body(embed=True)]) -> Small:
        return only

    @router.patch("/{name}")
    async def patch(name: str, body: Annotated[Patch[Small], Body()]) -> Small:
        return body.applied_to({"name": name, "count": 1})

    @router.delete("/{name}", status_code=204)
    async def delete(name: str) -> None:
        return None

    @router.get("/{name}/page")
    async def page(name: str) -> Page[Small]:
        return Page(items=[Large(name=name)])

    @router.get("/{name}/needed")
    async def needed(name: str, q: Annotated[str, Query()], limit: Annotated[int, Query(ge=1)] = 20) -> Small:
        return Small(name=f"{name} {q}", count=limit)

    @router.get("/{name}/table", response_class=Csv)
    async def table(name: str) -> Csv:
        return Csv(f"{name}\r\n")

    @router.get("/{name}/untyped")
    async def untyped(name: str):
        return {"name": name, "set": {1}}

    @router.post("/later")
    async def later(background: BackgroundTasks) -> dict[str, str]:
        return {}

    return router


async def asked(
    app: Any, method: str, target: str, body: bytes, headers: dict[str, str]
) -> tuple[int, list[Any], bytes]:
    path, _, query = target.partition("?")
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "root_path": "", "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1), "server": ("test", 80),
        "headers": [(b"x-request-id", b"the-same-one"), *((name.encode(), value.encode()) for name, value in headers.items())],
        "state": {},
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], sorted(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


JSON = {"content-type": "application/json"}


def sends(method: str, target: str, body: Any = None, **headers: str) -> tuple[str, str, bytes, dict[str, str]]:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return method, target, raw, JSON | {name.replace("_", "-"): value for name, value in headers.items()}


REQUESTS = [
    sends("GET", "/v1/things/one/needed"),
    sends("GET", "/v1/things/one/needed?q=a"),
    sends("GET", "/v1/things/one/needed?q=a&limit=0"),
    sends("GET", "/v1/things/fixed"),
    sends("GET", "/v1/things/a"),
    sends("GET", "/v1/things/a?depth=4", x_who="me"),
    sends("GET", "/v1/things/a?depth=-1&depth=x"),
    sends("GET", "/v1/things/other"),
    sends("GET", "/v1/things/gone"),
    sends("GET", "/v1/things/é"),
    sends("GET", "/v1/things/a/parts/7?flag=x&flag=y&depth=2", x_who="me"),
    sends("GET", "/v1/things/a/parts/seven?depth=z"),
    sends("GET", "/v1/things/a/parts/"),
    sends("GET", "/v1/things/"),
    sends("GET", "/v1/nothing"),
    sends("GET", "/"),
    sends("POST", "/v1/things", {"name": "n"}),
    sends("POST", "/v1/things", {"name": "n", "count": 2}),
    sends("POST", "/v1/things", {"name": "", "count": "x"}),
    sends("POST", "/v1/things", [1]),
    sends("POST", "/v1/things", None),
    sends("POST", "/v1/things", b"{"),
    sends("POST", "/v1/things", b"\xff"),
    sends("POST", "/v1/things", b'{"name": "n"}', content_type="text/plain"),
    sends("POST", "/v1/things", b'{"name": "n"}', content_type="application/vnd.x+json; charset=utf-8"),
    ("POST", "/v1/things", b'{"name": "n"}', {}),
    sends("POST", "/v1/things", {"name": "n"}, authorization="Basic x"),
    sends("POST", "/v1/things/optional"),
    sends("POST", "/v1/things/optional", {"name": "o"}),
    sends("POST", "/v1/things/two", {"first": {"name": "f"}}),
    sends("POST", "/v1/things/two", {"first": 1, "second": "s"}),
    sends("POST", "/v1/things/two", [1]),
    sends("POST", "/v1/things/embedded", {"only": {"name": "e"}}),
    sends("POST", "/v1/things/embedded", {"name": "e"}),
    sends("PATCH", "/v1/things/a", {"count": 4}),
    sends("PATCH", "/v1/things/a", {"count": None, "odd": 1}),
    sends("DELETE", "/v1/things/a"),
    sends("GET", "/v1/things/a/page"),
    sends("GET", "/v1/things/a/table"),
    sends("GET", "/v1/things/a/untyped"),
    sends("POST", "/v1/things/later"),
    # What nobody should send.
    sends("POST", "/v1/things", b"[" * 100_000),
    sends("POST", "/v1/things", b'{"name": "n", "count": NaN}'),
    sends("POST", "/v1/things", b'{"name": "a", "name": "b"}'),
    sends("POST", "/v1/things", b'{"name": "\\ud800"}'),
    sends("POST", "/v1/things", b"null"),
    sends("POST", "/v1/things", b'\xef\xbb\xbf{"name": "n"}'),
    sends("POST", "/v1/things", {"name": "n"}, content_type="application/json; charset=utf-16"),
    sends("POST", "/v1/things", {"name": "n"}, content_type=";"),
    sends("POST", "/v1/things", b'{"name": "n", "count": 1e400}'),
    sends("POST", "/v1/things", b'{"name": "n", "count": ' + b"9" * 400 + b"}"),
    sends("POST", "/v1/things", b'{"name": "n"}\x00'),
    sends("POST", "/v1/things", {"name": "n"}, content_type="application/json, text/plain"),
    sends("POST", "/v1/things", {"name": "n"}, content_type='application/problem+JSON; q="'),
    sends("POST", "/v1/things", {"name": "n"}, content_type=""),
    sends("GET", "/v1/things/a?depth=%ff&depth=%zz"),
    sends("GET", "/v1/things/a/parts/٣"),
    sends("GET", "/v1/things/a/"),
    sends("GET", "//v1//things/a"),
    sends("GET", "/v1/things/a\n"),
    sends("GET", "/v1/things/" + "a" * 20_000),
    sends("GET", "/v1/things/a?depth=" + "9" * 5_000),
    sends("GET", "/v1/things/a?" + "depth=1&" * 2_000),
]


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return app_with(made())


@pytest.mark.parametrize("request_", REQUESTS, ids=[f"{at} {one[0]} {one[1]}" for at, one in enumerate(REQUESTS)])
async def test_a_planned_answer_is_the_frameworks(
    app: FastAPI, request_: tuple[str, str, bytes, dict[str, str]]
) -> None:
    CALLS.clear()
    ours = await asked(app, *request_)
    calls = list(CALLS)
    framework = FastAPI.build_middleware_stack(app)
    CALLS.clear()

    async def as_app(scope: Any, receive: Any, send: Any) -> None:
        scope["app"] = app
        await framework(scope, receive, send)

    assert ours == await asked(as_app, *request_)
    assert calls == CALLS, "a dependency is asked once for a request"


@pytest.mark.parametrize("target", ["a", "gone", "a/page", "a/table", "a/needed", "a?depth=x", "fixed"])
async def test_head_is_get_without_its_body(app: FastAPI, target: str) -> None:
    status, headers, body = await asked(app, "GET", f"/v1/things/{target}", b"", {})
    assert body
    assert await asked(app, "HEAD", f"/v1/things/{target}", b"", {}) == (status, headers, b"")


async def test_head_begins_no_stream() -> None:
    router = resource("/v1/streams", route_class=BoundedRoute)

    @router.get("", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        async def endless() -> AsyncIterator[bytes]:
            raise AssertionError("somebody reads")
            yield b""

        return StreamingResponse(endless(), media_type="text/event-stream")

    status, headers, body = await asked(app_with(router), "HEAD", "/v1/streams", b"", {})
    assert (status, body) == (200, b"")
    assert dict(headers)[b"content-type"].startswith(b"text/event-stream")


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("/v1/things/a/", b"/v1/things/a"),
        ("/v1/things/a//?depth=1&flag=%ff", b"/v1/things/a?depth=1&flag=%ff"),
        ("/v1/things/é\r\nx: y/", b"/v1/things/%C3%A9%0D%0Ax:%20y"),
        ("//evil.example/", None),
        ("/v1/nothing/", None),
        ("/", None),
    ],
)
async def test_a_slash_too_many_leads_to_no_other_scheme_or_host(
    app: FastAPI, target: str, location: bytes | None
) -> None:
    status, headers, _ = await asked(app, "GET", target, b"", {"host": "evil.example"})
    assert (status, dict(headers).get(b"location")) == ((404 if location is None else 307), location)


async def test_who_is_shown_less_is_never_given_the_larger_object(app: FastAPI) -> None:
    for target in ("/v1/things/a", "/v1/things/a/page"):
        _, _, body = await asked(app, "GET", target, b"", {})
        assert b"secret" not in body
        assert b"hidden" not in body


class Kept(BaseModel):
    version: Version
    secret: str = "hidden"


class Numbered(BaseModel):
    version: int


class ForSome(BaseModel):
    version: Annotated[int | None, VERSIONED] = None


class More(Kept):
    own: str = "more"


@pytest.mark.parametrize(
    ("shown", "etag"),
    [
        (Kept(version=7), b'"7"'),
        (More(version=7), b'"7"'),
        (ForSome(version=3), b'"3"'),
        (ForSome(), None),
        (Numbered(version=7), None),
    ],
)
async def test_an_answer_that_shows_a_version_has_it_as_its_etag(shown: BaseModel, etag: bytes | None) -> None:
    """Whoever writes the endpoint need not think of it; the number of a configuration is no version of what is shown."""
    router = resource("/v1/kept", route_class=BoundedRoute)

    @router.post("")
    async def change() -> Kept | Numbered | ForSome:
        return shown  # type: ignore[return-value]

    status, headers, body = await asked(app_with(router), "POST", "/v1/kept", b"", {})
    assert (status, dict(headers).get(b"etag")) == (200, etag), body


def test_what_is_not_known_here_is_left_to_the_framework() -> None:
    plans = {route.path: plan_of(route) for route in made().routes if isinstance(route, BoundedRoute)}
    assert [path for path, plan in plans.items() if plan is None] == ["/v1/things/later"]


def test_the_first_declared_of_those_that_match_is_found() -> None:
    table = Table(made().routes)
    for method, path, name in (
        ("GET", "/v1/things/fixed", "fixed"),
        ("GET", "/v1/things/fixe", "read"),
        ("GET", "/v1/things/a/page", "page"),
        ("POST", "/v1/things", "create"),
    ):
        found = table.find(method, path)
        assert found is not None
        assert found[0].name == name
    for method, path in (
        ("GET", "/v1/things"),
        ("PUT", "/v1/things/a"),
        ("GET", "v1"),
        ("GET", ""),
        ("GET", "/v1/things/a/b"),
    ):
        assert table.find(method, path) is None
