"""The HTTP server of a process: it ends in order, so that a replica can be replaced while people write.

uvicorn alone breaks three promises of a rolling upgrade: connections that wait to be accepted are reset when it closes its
socket, accepted ones whose request is still on its way are closed unread, and it ends by the signal (exit code 143), which
orchestrators take for a failure.
"""

import asyncio
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any, NoReturn

import uvicorn

SHUTDOWN_SECONDS = 5
"""The longest that requests under way are waited for; then what they wrote is committed or not, never half."""
ON_THE_WAY_SECONDS = 0.3
"""A connection that was accepted brings its request within this, or had none."""


class OrderlyServer(uvicorn.Server):
    """Answers everything that reached its socket before it closed."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, answer who came through it, then what uvicorn does."""
        waiting = [one for server in self.servers for listener in server.sockets for one in _waiting(listener)]
        for server in self.servers:
            server.close()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.connect_accepted_socket(self._protocol, one) for one in waiting))
        await asyncio.sleep(ON_THE_WAY_SECONDS)
        await super().shutdown(sockets)

    def _protocol(self) -> asyncio.Protocol:
        # As uvicorn's own startup makes them.
        make: Any = self.config.http_protocol_class
        protocol: asyncio.Protocol = make(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


def serve(app: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when all is finished, and exits with 0 after SIGTERM."""
    # What uvicorn raises again at its end, and what comes before it has begun: both are an order, not a failure.
    signal.signal(signal.SIGTERM, _leave)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        # Who the caller is, is decided by BASSIN_TRUSTED_PROXIES alone.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = OrderlyServer(config)
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        sys.exit(1)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _waiting(listener: Any) -> list[socket.socket]:
    """Connections that the kernel has made and nobody has accepted."""
    found: list[socket.socket] = []
    # Of a socket that the event loop keeps to itself only the number is known.
    with socket.socket(fileno=os.dup(listener.fileno())) as own:
        own.setblocking(False)
        while True:
            try:
                connection, _ = own.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return found
            connection.setblocking(False)
            found.append(connection)
