"""What a stranger may cost: bodies bounded and timed, requests counted, no rows for callers without a token."""

import asyncio
from typing import Annotated, Any

import httpx
import orjson
import pytest
from fastapi import APIRouter, FastAPI, Query, Request

from shared import metrics
from shared.http import COSTLY, BoundedRoute, Caller, resource, uploaded_file
from shared.http.app import HUNG_UP, make_app
from shared.http.bodies import MAX_DEPTH, MAX_ITEMS, MAX_KEYS, MAX_TEXT, MAX_VALUES, BodyRefused, bounded_json
from shared.http.limits import client_address
from shared.settings import Settings, load_settings
from tests.logs import logs_of
from tests.service.shared.sample import make_service
from tests.support import Stack


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 1


@pytest.mark.parametrize(
    ("document", "field", "rule"),
    [
        ({"a": {f"k{n}": n for n in range(MAX_KEYS + 1)}}, "a", "too-many"),
        ({"a": [{"b": list(range(MAX_ITEMS + 1))}]}, "a.0.b", "too-many"),
        ([[0] * 900] * (MAX_VALUES // 900 + 1), "(body)", "too-many"),
        ({"a": [{"b": "é" * (MAX_TEXT + 1)}]}, "a.0.b", "too-long"),
        ("x" * (MAX_TEXT + 1), "(body)", "too-long"),
        (nested(MAX_DEPTH + 1), ".".join(["0"] * MAX_DEPTH), "too-deep"),
    ],
)
def test_shapes_that_no_form_has_are_refused_by_name(document: Any, field: str, rule: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        bounded_json(orjson.dumps(document))
    assert (refused.value.errors[0].field, refused.value.errors[0].rule) == (field, rule)


def test_a_rich_form_is_read() -> None:
    document = {"skills": [{"code": str(n), "label": "x" * 200} for n in range(50)], "text": "é" * 10_000}
    assert bounded_json(orjson.dumps(document)) == document


async def test_few_errors_are_listed_of_many(stack: Stack) -> None:
    user = stack.token("manager", subject="m1")
    async with stack.running(make_service(consume=False)) as service:
        for items, field in ((50_000, "items"), (600_000, "(body)")):
            answer = await service.client.post("/v1/things", json={"items": [0] * items}, headers=user)
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
            assert len(answer.content) < 1_000


def app_with(router: APIRouter, **settings: Any) -> FastAPI:
    async def ready() -> dict[str, str]:
        return {}

    chosen = load_settings(Settings, environment="test", **settings)
    return make_app(
        title="T", description="", settings=chosen, routers=[router], ready=ready, lifespan=None, body_limits={}
    )


@pytest.fixture
def router() -> APIRouter:
    made = resource("/v1", route_class=BoundedRoute)

    @made.get("/things")
    async def things() -> dict[str, str]:
        return {}

    @made.get("/costly", openapi_extra=COSTLY)
    async def costly() -> dict[str, str]:
        return {}

    @made.post("/files")
    async def files(request: Request) -> dict[str, int]:
        return {"bytes": len(await uploaded_file(request, "file"))}

    @made.post("/bodies")
    async def bodies(
        body: dict[str, Any], tag: Annotated[list[str] | None, Query()] = None, preview: bool = False
    ) -> dict[str, int]:
        return {"keys": len(body)}

    return made


def test_a_router_without_the_route_class_is_refused_at_the_start() -> None:
    plain = APIRouter()

    @plain.get("/x")
    async def x() -> None: ...

    with pytest.raises(TypeError, match=r"shared\.http\.resource"):
        app_with(plain)


async def test_a_write_refuses_a_parameter_that_it_does_not_know(router: APIRouter) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_with(router)), base_url="http://t") as client:
        known = await client.post("/v1/bodies?preview=true", json={})
        mistyped = await client.post("/v1/bodies?prewiew=true&preview=true", json={})
        read = await client.get("/v1/things?utm_source=mail")
    assert (known.status_code, mistyped.status_code, read.status_code) == (200, 422, 200)
    (error,) = mistyped.json()["errors"]
    assert (error["field"], error["rule"]) == ("query.prewiew", "extra-forbidden")


@pytest.mark.parametrize(
    "query", ["preview=true&preview=false", "preview=false&%70review=false", "preview=&tag=a&preview="]
)
async def test_a_write_refuses_several_values_of_what_has_one(router: APIRouter, query: str) -> None:
    """The last one would count, and a proxy may have looked at the first."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_with(router)), base_url="http://t") as client:
        several = await client.post(f"/v1/bodies?{query}", json={})
        listed = await client.post("/v1/bodies?tag=a&tag=b&preview=true", json={})
    assert (several.status_code, listed.status_code) == (422, 200)
    (error,) = several.json()["errors"]
    assert (error["field"], error["rule"]) == ("query.preview", "multiple-argument-values")


async def test_callers_are_told_their_quota_and_refused_beyond_it(router: APIRouter) -> None:
    app = app_with(router, rate_limits=True, rate_limit_address="5/minute", rate_limit_costly="2/minute")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
        first = await client.get("/v1/things")
        assert first.headers["ratelimit-policy"] == '"address";q=5;w=60'
        assert first.headers["ratelimit"].startswith('"address";r=4;t=')
        costly = [(await client.get("/v1/costly")).status_code for _ in range(3)]
        assert costly == [200, 200, 429]
        await client.get("/v1/things")
        refused = await client.get("/v1/things")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert (refused.json()["code"], refused.json()["violated-policies"]) == ("too-many-requests", ["address"])
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"address";r=0;t=')


async def test_addresses_are_counted_apart_and_forwarded_ones_only_when_trusted(router: APIRouter) -> None:
    for proxies, expected in ((0, [200, 429, 429]), (1, [200, 200, 429])):
        app = app_with(router, rate_limits=True, rate_limit_address="1/minute", trusted_proxies=proxies)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://t") as client:
            statuses = [
                (await client.get("/v1/things", headers={"x-forwarded-for": f"6.6.6.6, {peer}"})).status_code
                for peer in ("10.0.0.1", "10.0.0.2", "10.0.0.2")
            ]
        assert statuses == expected


@pytest.mark.parametrize(
    ("peer", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        # As some proxies write it.
        ("10.0.0.1:51123", "10.0.0.1"),
        ("[2001:db8:1:2:aaaa::1]:51123", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:aaaa::1]", "2001:db8:1:2::/64"),
    ],
)
def test_a_network_of_addresses_is_one_caller(peer: str, counted: str) -> None:
    request = Request({"type": "http", "client": (peer, 1), "headers": []})
    assert client_address(request, 0) == counted
    forwarded = [(b"x-forwarded-for", f"6.6.6.6, {peer}".encode())]
    assert client_address(Request({"type": "http", "client": ("10.9.9.9", 1), "headers": forwarded}), 1) == counted


def test_who_came_by_fewer_proxies_than_there_are_is_counted_by_the_peer() -> None:
    """What a caller writes into the header themselves makes them nobody else."""
    for said in (["6.6.6.6"], [], [""]):
        headers = [(b"x-forwarded-for", one.encode()) for one in said]
        assert client_address(Request({"type": "http", "client": ("10.9.9.9", 1), "headers": headers}), 2) == "10.9.9.9"
    lines = [(b"x-forwarded-for", one) for one in (b"6.6.6.6, 10.0.0.1", b"10.0.0.2")]
    assert client_address(Request({"type": "http", "client": ("10.9.9.9", 1), "headers": lines}), 2) == "10.0.0.1"


async def test_accounts_are_counted_apart_from_their_address_and_bad_tokens_by_it(stack: Stack) -> None:
    limits = {"rate_limits": True, "rate_limit_account": "3/minute", "rate_limit_address": "2/minute"}
    async with stack.running(make_service(consume=False), **limits) as service:
        for subject in ("a", "b"):
            token = stack.token("manager", subject=subject)
            answers = [await service.client.get("/v1/things", headers=token) for _ in range(4)]
            assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
            assert answers[0].headers["ratelimit-policy"] == '"account";q=3;w=60'
        bad = {"Authorization": "Bearer nonsense"}
        statuses = [(await service.client.get("/v1/things", headers=bad)).status_code for _ in range(3)]
        assert statuses == [401, 401, 429]
        assert (await service.client.get("/health/ready")).status_code == 200


async def test_limits_are_on_in_production_and_off_elsewhere_unless_said(router: APIRouter) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_with(router)), base_url="http://t") as client:
        assert "ratelimit" not in (await client.get("/v1/things")).headers


def _posting() -> dict[str, Any]:
    """A request whose body of a hundred bytes is still to come."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/v1/bodies",
        "raw_path": b"/v1/bodies", "query_string": b"", "headers": headers, "client": ("1.1.1.1", 1), "server": ("t", 80),
        "scheme": "http", "root_path": "",
    }  # fmt: skip


async def test_who_hangs_up_while_the_body_comes_is_no_fault_of_ours(
    router: APIRouter, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the way of a train it happens all day, and the alert looks at answers of 5xx."""
    told: list[Any] = []
    coming = [{"type": "http.disconnect"}, {"type": "http.request", "body": b'{"a":', "more_body": True}]

    async def receive() -> Any:
        return coming.pop()

    async def send(message: Any) -> None:
        told.append(message)

    counted = metrics.HTTP_REQUESTS.labels("POST", "/v1/bodies", str(HUNG_UP))
    before = counted._value.get()
    with logs_of("hanging", "INFO"):
        await app_with(router)(_posting(), receive, send)
    assert told == []
    assert counted._value.get() == before + 1
    assert "unexpected_error" not in capsys.readouterr().out


@pytest.mark.parametrize("sent", [b"", b'{"a":'])
async def test_a_body_that_does_not_come_is_given_up(router: APIRouter, sent: bytes) -> None:
    app = app_with(router, body_idle_seconds=0.05)
    told: list[Any] = []
    begun = [{"type": "http.request", "body": sent, "more_body": True}] if sent else []

    async def receive() -> Any:
        if not begun:
            await asyncio.Event().wait()
        return begun.pop()

    async def send(message: Any) -> None:
        told.append(message)

    await app(_posting(), receive, send)
    assert told[0]["status"] == 408
    assert orjson.loads(told[1]["body"])["code"] == "request-timeout"


async def test_an_upload_needs_no_temporary_folder(router: APIRouter, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> None:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr("tempfile._get_default_tempdir", nowhere)
    monkeypatch.setattr("tempfile.tempdir", None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app_with(router)), base_url="http://t") as client:
        answer = await client.post("/v1/files", files={"file": b"x" * 1_900_000})
        assert (answer.status_code, answer.json()) == (200, {"bytes": 1_900_000})
        for form in ({"files": {"other": b"x"}}, {"data": {"file": "x"}}, {"files": [("file", b"x"), ("file", b"y")]}):
            assert (await client.post("/v1/files", **form)).status_code == 422
        odd = {"content-type": "multipart/form-data"}
        assert (await client.post("/v1/files", content=b"--", headers=odd)).status_code == 422


async def test_callers_without_a_token_leave_no_idempotency_rows(stack: Stack) -> None:
    async with stack.running("offers") as offers:
        for number in range(3):
            answer = await offers.client.post(
                "/v1/offers/lint", json={"title": "Maçon"}, headers={"Idempotency-Key": f"k{number}"}
            )
            assert answer.status_code == 200
        assert await offers.store.collection("idempotency").count_documents({}) == 0


async def test_a_kept_answer_needs_the_rights_that_it_was_given_to(stack: Stack) -> None:
    router = resource("/v1")

    @router.post("/secrets")
    async def secrets(caller: Caller) -> dict[str, str]:
        return {"secret": caller.subject}

    async with stack.running(make_service(consume=False)) as service:
        service.app.include_router(router)
        key = {"Idempotency-Key": "k"}
        rights = {"territories": ("23", "19"), "organisation": "o"}
        first = stack.token("manager", "counsellor", subject="m", **rights)
        more = stack.token("manager", "counsellor", "operator", subject="m", **rights)
        for held in (first, more):
            assert (await service.client.post("/v1/secrets", headers=held | key)).status_code == 200
        for lost in (
            stack.token("counsellor", subject="m", **rights),
            stack.token("manager", "counsellor", subject="m", territories=("19",), organisation="o"),
            stack.token("manager", "counsellor", subject="m", territories=("23", "19")),
        ):
            refused = await service.client.post("/v1/secrets", headers=lost | key)
            assert refused.status_code == 403
            assert "secret" not in refused.json()


async def test_a_front_end_of_another_origin_reads_every_refusal(router: APIRouter) -> None:
    """Also those that are made before anything else looks at the request, and our own faults."""

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError

    app = app_with(router, cors_origins="https://front.creuse.fr")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://t") as client:
        origin = {"Origin": "https://front.creuse.fr"}
        for status, answer in (
            (413, await client.post("/v1/bodies", headers=origin | {"Content-Length": "99999999"}, content=b"{}")),
            (500, await client.get("/v1/broken", headers=origin)),
            (405, await client.put("/v1/things", headers=origin)),
            (404, await client.get("/v1/nothing", headers=origin)),
        ):
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == origin["Origin"]
            assert "Content-Disposition" in answer.headers["access-control-expose-headers"]
            assert answer.headers["x-request-id"] == answer.json()["instance"]
        ask = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "last-event-id, prefer"}
        assert (await client.options("/v1/things", headers=origin | ask)).status_code == 200
        stranger = await client.get("/v1/things", headers={"Origin": "https://front.creuse.fr.evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
