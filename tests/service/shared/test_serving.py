"""How a process begins and ends: the port opens without MongoDB, and what has reached the socket is answered."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from deploy.local.process import free_port
from shared.serving import OrderlyServer
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
    server = OrderlyServer(uvicorn.Config(app, host="127.0.0.1", port=port, loop=loop, log_config=None))
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
