"""The gateway: one document of five, and nginx itself where it is installed."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
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
    names = {f"#/components/schemas/{name}" for name in whole["components"]["schemas"]}
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
        self.app.add_api_route("/{path:path}", self.echo, methods=["GET", "POST"])

    async def echo(self, request: Request) -> Response:
        body = await request.body()
        self.seen.append(request)
        told = {"url": str(request.url), "headers": dict(request.headers), "bytes": len(body)}
        return Response(json.dumps(told), 200, {"Location": "/v1/things/1", "Access-Control-Allow-Origin": "*"})

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


@pytest.fixture
async def gateway(tmp_path: Path, served: dict[str, str]) -> AsyncIterator[Gateway]:
    if shutil.which("nginx") is None:
        pytest.skip("needs nginx (apt install nginx-light)")
    import uvicorn

    from shared.serving import OrderlyServer

    for name, text in served.items():
        (tmp_path / name).write_text(text)
    upstream = Upstream("offers", 2_000_000, {"/v1/imports": 64_000_000}, ("/v1/stream",))
    (tmp_path / "nginx.conf.template").write_text(configuration([upstream]))
    origin = Origin()
    behind, port, health = free_port(), free_port(), free_port()
    server = OrderlyServer(uvicorn.Config(origin.app, host="127.0.0.1", port=behind, log_config=None))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    environment = os.environ | {
        "GATEWAY_FILES": str(tmp_path),
        "GATEWAY_CONFIG": str(tmp_path / "nginx.conf"),
        "GATEWAY_PORT": f"127.0.0.1:{port}",
        "GATEWAY_HEALTH_PORT": str(health),
        "GATEWAY_TLS": "off",
        "GATEWAY_CORS_ORIGINS": "https://front.creuse.fr, https://other.fr",
        "GATEWAY_RATE": "5r/s",
        "GATEWAY_BURST": "60",
        "GATEWAY_UPSTREAM": f"127.0.0.1:{behind}",
        "GATEWAY_RESOLVER": "127.0.0.1",
    }
    process = await asyncio.create_subprocess_exec(START, env=environment, stdout=subprocess.DEVNULL)
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


@pytest.mark.parametrize(
    "path",
    [
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
    ],
)
async def test_nothing_but_the_services_own_paths_is_reached(gateway: Gateway, path: str) -> None:
    raw = httpx.URL(str(gateway.client.base_url)).copy_with(raw_path=path.encode())
    answer = await gateway.client.get(raw)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"
    assert gateway.origin.seen == []


async def test_a_request_arrives_as_it_was_sent_and_says_who_sent_it(gateway: Gateway) -> None:
    raw = httpx.URL(str(gateway.client.base_url)).copy_with(raw_path=b"/offers/v1/a%20b%C3%A9?q=a+b%2Fc&x=%26")
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Request-Id": "my-own-request-1"}
    answer = await gateway.client.get(raw, headers=forged)
    told = answer.json()
    assert httpx.URL(told["url"]).raw_path == b"/v1/a%20b%C3%A9?q=a+b%2Fc&x=%26"
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert "forwarded" not in told["headers"]
    assert told["headers"]["x-request-id"] == "my-own-request-1"
    assert answer.headers["location"] == "/offers/v1/things/1"
    assert answer.headers["x-content-type-options"] == "nosniff"


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


@pytest.mark.parametrize("origin", ["*", 'https://a"; drop', "https://a/path", "ftp://a", "null"])
def test_what_is_no_origin_stops_the_start(tmp_path: Path, origin: str) -> None:
    (tmp_path / "nginx.conf.template").write_text("")
    environment = {"PATH": os.environ["PATH"], "GATEWAY_FILES": str(tmp_path), "GATEWAY_CONFIG": str(tmp_path / "out")}
    done = subprocess.run([START], env=environment | {"GATEWAY_CORS_ORIGINS": origin}, capture_output=True, text=True)
    assert done.returncode == 2
    assert "is no origin" in done.stderr
