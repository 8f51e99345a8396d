"""The gateway: one document of five, and nginx itself where it is installed."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from starlette.responses import StreamingResponse

from deploy.gateway.__main__ import files
from deploy.gateway.configuration import Upstream, configuration
from deploy.gateway.merged import merged
from deploy.local.process import free_port
from shared.contracts.topics import SERVICES
from tests.support import eventually

DOCS = Path(__file__).resolve().parents[2] / "docs"
START = Path(__file__).resolve().parents[2] / "deploy" / "gateway" / "start.sh"


@pytest.fixture(scope="module")
def served() -> dict[str, str]:
    return files()


def refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "$ref":
                yield one
            yield from refs(one)
    elif isinstance(value, list):
        for one in value:
            yield from refs(one)
    elif isinstance(value, str) and value.startswith("#/components/schemas/"):
        yield value


def test_the_merged_document_has_every_operation_and_no_loose_end(served: dict[str, str]) -> None:
    whole = json.loads(served["openapi.json"])
    own = {name: json.loads((DOCS / f"openapi-{name}.json").read_text()) for name in SERVICES}
    assert set(whole["paths"]) == {f"/{name}{path}" for name in SERVICES for path in own[name]["paths"]}
    names = {f"#/components/{kind}/{name}" for kind in ("schemas", "responses") for name in whole["components"][kind]}
    assert set(refs(whole)) <= names
    ids = [operation["operationId"] for methods in whole["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    for operation in ids:
        assert f'id="{operation}"' in served["index.html"]


def test_schemas_of_one_name_that_differ_stay_apart_with_what_refers_to_them() -> None:
    def document(kind: str) -> dict[str, Any]:
        ref = {"$ref": "#/components/schemas/Page"}
        schemas = {
            "Item": {"type": kind},
            "Page": {"items": {"$ref": "#/components/schemas/Item"}},
            "Problem": {"type": "object"},
        }
        answer = {"200": {"description": "", "content": {"application/json": {"schema": ref}}}}
        return {
            "openapi": "3.1.0",
            "info": {"title": kind, "license": {"name": "x"}},
            "paths": {"/v1/items": {"get": {"operationId": "list", "responses": answer}}},
            "components": {"schemas": schemas},
        }

    whole = merged({"offers": document("string"), "profiles": document("integer")})
    schemas = whole["components"]["schemas"]
    assert set(schemas) == {"OffersItem", "OffersPage", "ProfilesItem", "ProfilesPage", "Problem"}
    assert schemas["ProfilesPage"] == {"items": {"$ref": "#/components/schemas/ProfilesItem"}}
    shown = whole["paths"]["/profiles/v1/items"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown == {"$ref": "#/components/schemas/ProfilesPage"}


def test_every_service_has_its_limits_and_streams(served: dict[str, str]) -> None:
    text = served["nginx.conf.template"]
    for name in SERVICES:
        assert f"location ^~ /{name}/v1/ {{" in text
    assert "location = /offers/v1/imports {" in text
    assert "location = /notifications/v1/stream {" in text


class Origin:
    """Stands behind the gateway and tells what reached it."""

    def __init__(self) -> None:
        self.app = FastAPI(openapi_url=None)
        self.seen: list[Request] = []
        self.more = asyncio.Event()
        self.app.add_api_route("/v1/stream", self.stream)
        # Whatever there is no route for: a path pattern would not match every path.
        self.app.add_exception_handler(404, self.echo)

    async def echo(self, request: Request, _: Exception) -> Response:
        body = await request.body()
        self.seen.append(request)
        told = {"path": self.path(request), "headers": dict(request.headers), "bytes": len(body)}
        headers = {"Location": "/v1/things/1", "Access-Control-Allow-Origin": "*", "ETag": '"3"'}
        return Response(json.dumps(told), 200, headers, media_type="application/json")

    @staticmethod
    def path(request: Request) -> str:
        """Path and query as they were written on the wire."""
        query: bytes = request.scope["query_string"]
        raw: bytes = request.scope["raw_path"]
        return (raw + (b"?" + query if query else b"")).decode()

    async def stream(self) -> StreamingResponse:
        async def events() -> AsyncIterator[bytes]:
            yield b"event: ready\n\n"
            await self.more.wait()
            yield b"event: item\n\n"

        return StreamingResponse(events(), media_type="text/event-stream")


class Gateway:
    def __init__(self, origin: Origin, client: httpx.AsyncClient) -> None:
        self.origin = origin
        self.client = client


@asynccontextmanager
async def standing(folder: Path, served: dict[str, str], **changes: str) -> AsyncIterator[Gateway]:
    """nginx itself before an origin that plays every service and the identity provider."""
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    import uvicorn

    from shared.serving import OrderlyServer

    for name, text in served.items():
        (folder / name).write_text(text)
    upstream = Upstream("offers", 2_000_000, {"/v1/imports": 64_000_000}, ("/v1/stream",))
    (folder / "nginx.conf.template").write_text(configuration([upstream]))
    origin = Origin()
    behind, port, health = free_port(), free_port(), free_port()
    server = OrderlyServer(uvicorn.Config(origin.app, host="127.0.0.1", port=behind, log_config=None))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    environment = os.environ | {
        "GATEWAY_FILES": str(folder),
        "GATEWAY_CONFIG": str(folder / "nginx.conf"),
        "GATEWAY_PORT": f"127.0.0.1:{port}",
        "GATEWAY_HEALTH_PORT": str(health),
        "GATEWAY_TLS": "off",
        "GATEWAY_CORS_ORIGINS": "https://front.creuse.fr, https://other.fr",
        "GATEWAY_RATE": "5r/s",
        "GATEWAY_BURST": "60",
        "GATEWAY_UPSTREAM": f"127.0.0.1:{behind}",
        "GATEWAY_IDENTITY": f"127.0.0.1:{behind}",
        "GATEWAY_RESOLVER": "127.0.0.1",
    }
    process = await asyncio.create_subprocess_exec(START, env=environment | changes, stdout=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:

            async def up() -> bool:
                try:
                    return (await client.get(f"http://127.0.0.1:{health}/")).status_code == 204
                except httpx.TransportError:
                    return False

            await eventually(up)
            yield Gateway(origin, client)
    finally:
        process.terminate()
        await process.wait()
        await server.shutdown()


@pytest.fixture
async def gateway(tmp_path: Path, served: dict[str, str]) -> AsyncIterator[Gateway]:
    async with standing(tmp_path, served) as found:
        yield found


CLOSED = (
    "/metrics",
    "/health/ready",
    "/offers/metrics",
    "/offers/health/live",
    "/offers/docs",
    "/offers/v1/../metrics",
    "/offers/v1/..%2Fmetrics",
    "/offers/v1/%2e%2e/%2e%2e/metrics",
    "//metrics",
    "/offers//metrics",
    "/OFFERS/v1/offers",
    "/nobody/v1/offers",
    "/identity/admin/realms/bassin/users",
    "/identity/realms/master/protocol/openid-connect/token",
    "/identity/realms/bassin/../master/account",
    "/identity/realms/bassin/%2e%2e/%2e%2e/admin/",
    "/identity/realms/bassin/..%2f..%2fadmin/",
    "/identity/realms/bassin/..;/..;/admin/",
    "/identity/realms/bassin/%2e%2e%3b/admin/",
    "/identity/realms/bassin/%252e%252e/admin/",
    "/identity/realms/bassin/x%0A",
    "/identity/realms/bassin/x%0Ay",
    "/identity/realms/bassin/x%5C..%5Cadmin",
    "/identity/metrics",
    "/identity/health",
)


async def test_nothing_but_the_services_own_paths_is_reached(gateway: Gateway) -> None:
    for path in CLOSED:
        raw = httpx.URL(str(gateway.client.base_url)).copy_with(raw_path=path.encode())
        answer = await gateway.client.get(raw)
        assert answer.status_code == 404, path
        assert answer.headers["content-type"] == "application/problem+json", path
        assert answer.json()["code"] == "not-found"
        assert gateway.origin.seen == [], path


async def test_a_request_arrives_as_it_was_sent_and_says_who_sent_it(gateway: Gateway) -> None:
    raw = httpx.URL(str(gateway.client.base_url)).copy_with(raw_path=b"/offers/v1/a%20b%C3%A9?q=a+b%2Fc&x=%26")
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Request-Id": "my-own-request-1"}
    forged |= {"X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "1", "X-Forwarded-Prefix": "/x"}
    forged |= {"X-Forwarded-Proto": "https"}
    answer = await gateway.client.get(raw, headers=forged)
    told = answer.json()
    assert told["path"] == "/v1/a%20b%C3%A9?q=a+b%2Fc&x=%26"
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert told["headers"]["x-forwarded-proto"] == "http"
    assert told["headers"]["x-forwarded-host"] == f"{gateway.client.base_url.host}:{gateway.client.base_url.port}"
    assert not {"forwarded", "x-forwarded-port", "x-forwarded-prefix"} & told["headers"].keys()
    assert told["headers"]["x-request-id"] == "my-own-request-1"
    assert answer.headers["location"] == "/offers/v1/things/1"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_tag_that_was_made_weak_on_its_way_out_is_the_services_own_on_its_way_back(gateway: Gateway) -> None:
    read = await gateway.client.get("/offers/v1/offers/1", headers={"X-Padding": "x" * 1_000})
    assert (read.headers["content-encoding"], read.headers["etag"]) == ("gzip", 'W/"3"')
    for sent, arrives in (('W/"3"', '"3"'), ('"3"', '"3"'), ("*", "*"), ('"3", "4"', '"3", "4"')):
        told = await gateway.client.patch("/offers/v1/offers/1", headers={"If-Match": sent})
        assert told.json()["headers"]["if-match"] == arrives
    assert "if-match" not in read.json()["headers"]


PASSED_ON = (
    # What was looked at is what is passed on: the same path to both, whatever the second makes of dots and slashes.
    (
        "/identity/realms/bassin/protocol/openid-connect/auth?a=%2F&b=x+y",
        "/identity/realms/bassin/protocol/openid-connect/auth?a=%2F&b=x+y",
    ),
    ("/identity/admin/..%2frealms/bassin/account/", "/identity/realms/bassin/account/"),
    ("/identity/admin/%2e%2e/realms/bassin/account/", "/identity/realms/bassin/account/"),
    ("/identity/admin/master/console/..%2F..%2F..%2Fresources/x/y.css", "/identity/resources/x/y.css"),
    ("/identity//realms/bassin/./account", "/identity/realms/bassin/account"),
    (
        "/identity/realms/bassin/.well-known/openid-configuration",
        "/identity/realms/bassin/.well-known/openid-configuration",
    ),
    # A line's end in a service's path.
    ("/offers/v1/a%0Ab?q=1", "/v1/a%0Ab?q=1"),
    ("/offers/v1/a%0A", "/v1/a%0A"),
    ("/metrics/%2e%2e/offers/v1/%0Aa", "/v1/%0Aa"),
    ("/offers/v1/a%2525%3Fb%23c%20d", "/v1/a%2525%3Fb%23c%20d"),
)


async def test_the_path_that_was_looked_at_is_the_one_that_is_passed_on(gateway: Gateway) -> None:
    for asked, told in PASSED_ON:
        raw = httpx.URL(str(gateway.client.base_url)).copy_with(raw_path=asked.encode())
        answer = await gateway.client.get(raw)
        assert answer.status_code == 200, asked
        assert answer.json()["path"] == told


PROXY_SAYS = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "emploi.creuse.fr:8443"}


async def test_behind_a_named_proxy_each_caller_is_one_and_nobody_else_names_callers(
    tmp_path: Path, served: dict[str, str]
) -> None:
    async def asked(one: Gateway, caller: str, **more: str) -> httpx.Response:
        return await one.client.get("/offers/v1/offers", headers={"X-Forwarded-For": caller} | more)

    async with standing(tmp_path, served, GATEWAY_PROXY="127.0.0.1, 10.0.0.0/8,2001:db8::/32") as behind:
        # The last that is no proxy of ours: what stands before it was said by the caller.
        told = (await asked(behind, "203.0.113.1, 198.51.100.7, 10.1.2.3", **PROXY_SAYS)).json()
        assert told["headers"]["x-forwarded-for"] == "198.51.100.7"
        assert told["headers"]["x-forwarded-host"] == "emploi.creuse.fr:8443"
        assert told["headers"]["x-forwarded-proto"] == "https"
        told = (await asked(behind, "2001:db9::1, 2001:db8::1", **{"X-Forwarded-Proto": "javascript"})).json()
        assert told["headers"]["x-forwarded-for"] == "2001:db9::1"
        assert told["headers"]["x-forwarded-proto"] == "http"
        assert (await asked(behind, "no address")).json()["headers"]["x-forwarded-for"] == "127.0.0.1"
        greedy = [(await asked(behind, "198.51.100.1")).status_code for _ in range(400)]
        assert 429 in greedy
        assert (await asked(behind, "198.51.100.2")).status_code == 200
    async with standing(tmp_path, served, GATEWAY_PROXY="10.0.0.0/8") as elsewhere:
        told = (await asked(elsewhere, "198.51.100.7", **PROXY_SAYS)).json()
        assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
        assert told["headers"]["x-forwarded-host"] != "emploi.creuse.fr:8443"
        assert told["headers"]["x-forwarded-proto"] == "http"


async def test_other_origins_are_the_gateways_matter(gateway: Gateway) -> None:
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    allowed = await gateway.client.options("/offers/v1/offers", headers={"Origin": "https://other.fr"} | ask)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "https://other.fr"
    assert "Idempotency-Key" in allowed.headers["access-control-allow-headers"]
    assert gateway.origin.seen == []
    # Errors that the gateway makes are readable for the front end as well.
    missing = await gateway.client.get("/nowhere", headers={"Origin": "https://front.creuse.fr"})
    assert missing.headers["access-control-allow-origin"] == "https://front.creuse.fr"
    stranger = await gateway.client.get("/offers/v1/offers", headers={"Origin": "https://other.fr.evil.example"})
    assert "access-control-allow-origin" not in stranger.headers
    assert stranger.headers["vary"] == "Origin"


async def test_bodies_are_limited_by_what_the_service_takes(gateway: Gateway) -> None:
    large = b"x" * 2_200_000
    answer = await gateway.client.post("/offers/v1/offers", content=large)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    imported = await gateway.client.post("/offers/v1/imports", content=large)
    assert imported.json()["bytes"] == len(large)


async def test_an_event_stream_is_not_held_back(gateway: Gateway) -> None:
    async with gateway.client.stream("GET", "/offers/v1/stream") as answer:
        parts = answer.aiter_bytes()
        assert b"ready" in await asyncio.wait_for(anext(parts), 10)
        gateway.origin.more.set()
        assert b"item" in await asyncio.wait_for(anext(parts), 10)


async def test_one_address_cannot_ask_without_end(gateway: Gateway) -> None:
    answers = [await gateway.client.get("/offers/v1/offers") for _ in range(400)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0].json()["code"] == "too-many-requests"


def refused(folder: Path, **environment: str) -> str:
    (folder / "nginx.conf.template").write_text("")
    own = {"PATH": os.environ["PATH"], "GATEWAY_FILES": str(folder), "GATEWAY_CONFIG": str(folder / "out")}
    done = subprocess.run([START], env=own | environment, capture_output=True, text=True)
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize("origin", ["*", 'https://a"; drop', "https://a/path", "ftp://a", "null"])
def test_what_is_no_origin_stops_the_start(tmp_path: Path, origin: str) -> None:
    assert "is no origin" in refused(tmp_path, GATEWAY_CORS_ORIGINS=origin)


@pytest.mark.parametrize(
    "proxy", ["0.0.0.0/0", "::/0", "10.0.0.1, proxy", "10.0.0.0/8;", "10.0.0", "unix:", "cafe", "*"]
)
def test_what_is_no_proxy_stops_the_start(tmp_path: Path, proxy: str) -> None:
    assert "is no address or range" in refused(tmp_path, GATEWAY_PROXY=proxy)


def test_tls_is_never_off_by_mistake(tmp_path: Path) -> None:
    for value in ("On", "true", "1", "no"):
        assert "GATEWAY_TLS is on or off" in refused(tmp_path, GATEWAY_TLS=value)
