"""How a process begins and ends: the port opens without MongoDB, and what has reached the socket is answered."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.local.process import free_port
from shared.serving import MOST_BESIDE_BODY, BoundedProtocol, OrderlyServer
from tests.support import Stack, eventually


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers after a moment."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await asyncio.sleep(0.05)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def serving(loop: str) -> AsyncIterator[tuple[OrderlyServer, int]]:
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, loop=loop, http=BoundedProtocol, log_config=None)
    server = OrderlyServer(config)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    yield server, port


async def test_connections_that_nobody_has_accepted_and_requests_on_their_way_are_answered() -> None:
    async with serving("asyncio") as (server, port):
        # Made by the kernel before the event loop runs again: two with a request, one whose request comes later.
        early = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
        for connection in early[:2]:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        ending = asyncio.ensure_future(server.shutdown())
        await asyncio.sleep(0)
        await eventually(lambda: not server.servers[0].is_serving())
        early[2].sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await ending
        for connection in early:
            connection.settimeout(5)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
            connection.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def start(stack: Stack, mongodb_url: str, port: int) -> "subprocess.Popen[bytes]":
    environment = os.environ | {
        "BASSIN_ENVIRONMENT": "test",
        "BASSIN_JWKS": str(stack.keys / "jwks.json"),
        "BASSIN_PORT": str(port),
        "BASSIN_DATABASE_PREFIX": stack.prefix,
        "MONGODB_URL": mongodb_url,
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "services.clauses", "api"], env=environment, stdout=subprocess.DEVNULL
    )


_POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
_PIECES = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "headers": _POST + b"A: bbbbbbbb\r\n" * 40_000,
    "one-header": _POST + b"A: " + b"b" * 400_000,
    "line": b"POST /" + b"a" * 400_000,
    "beside-a-piece": _PIECES + b"1;" + b"a" * 400_000,
    "trailers": _PIECES + b"1\r\nx\r\n0\r\n" + b"A: bbbbbbbb\r\n" * 40_000,
}


@pytest.mark.parametrize("flood", FLOODS.values(), ids=FLOODS)
async def test_headers_without_an_end_are_refused_while_they_come(flood: bytes) -> None:
    async with serving("asyncio") as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = 0
        with suppress(ConnectionError):
            while sent < len(flood):
                writer.write(flood[sent : sent + 20_000])
                sent += 20_000
                await writer.drain()
                await asyncio.sleep(0)
            async with asyncio.timeout(5):
                await reader.read()  # to its end: the server has closed it
        writer.close()
        await server.shutdown()


@pytest.mark.parametrize(
    "sound",
    [
        _POST + b"A: " + b"b" * (MOST_BESIDE_BODY - 200) + b"\r\nContent-Length: 0\r\n\r\n",
        _PIECES + b"1\r\nx\r\n" * 40_000 + b"0\r\n\r\n",
        _POST + b"Content-Length: 400000\r\n\r\n" + b"x" * 400_000,
        (_POST + b"A: " + b"b" * 5_000 + b"\r\nContent-Length: 0\r\n\r\n") * 30,
    ],
    ids=["long-headers", "small-pieces", "long-body", "many-requests"],
)
async def test_what_honest_callers_send_is_answered(sound: bytes) -> None:
    async with serving("asyncio") as (server, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sound)
        for _ in range(sound.count(b"POST /")):
            async with asyncio.timeout(10):
                assert b"200 OK" in await reader.readuntil(b"ok")
        writer.close()
        await server.shutdown()


async def test_the_port_opens_without_mongodb_and_sigterm_ends_with_zero(stack: Stack) -> None:
    port = free_port()
    process = start(stack, f"mongodb://127.0.0.1:{free_port()}/?replicaSet=rs0&serverSelectionTimeoutMS=500", port)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def answer(path: str) -> httpx.Response | None:
                try:
                    return await client.get(path)
                except httpx.TransportError:
                    return None

            live = await eventually(lambda: answer("/health/live"), seconds=90)
            assert live.status_code == 200
            ready = await client.get("/health/ready", timeout=20)
            assert ready.status_code == 503
            assert "not prepared" in ready.json()["checks"]["start"]
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 60) == 0
    finally:
        process.kill()
        process.wait()
