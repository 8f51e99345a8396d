"""The HTTP server of a process: it ends in order, so that a replica can be replaced while people write.

uvicorn alone breaks three promises of a rolling upgrade: connections that wait to be accepted are reset when it closes its
socket, accepted ones whose request is still on its way are closed unread, and it ends by the signal (exit code 143), which
orchestrators take for a failure. And it keeps headers of any length, a single one at a cost that grows with the square.
"""

import asyncio
import os
import signal
import socket
import sys
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_BESIDE_BODY = 65_536
"""Bytes of a request that are not its body: line, headers, what parts its pieces, trailers. A token has 8,000 at most."""
MOST_BESIDE_BYTE = 10
"""Bytes beside each byte of a body that comes in pieces of one."""
SHUTDOWN_SECONDS = 5
"""The longest that requests under way are waited for; then what they wrote is committed or not, never half."""
ON_THE_WAY_SECONDS = 0.3
"""A connection that was accepted brings its request within this, or had none."""


class BoundedProtocol(HttpToolsProtocol):
    """Refuses a request of which too much is not its body, while it comes."""

    _received = _of_body = 0

    def data_received(self, data: bytes) -> None:
        """A piece of a request, and perhaps of the next."""
        self._received += len(data)
        super().data_received(data)
        beside = self._received - self._of_body
        if beside > MOST_BESIDE_BODY + MOST_BESIDE_BYTE * self._of_body and not self.transport.is_closing():
            if self.cycle is None or self.cycle.response_complete:
                self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        """What of it is body."""
        self._of_body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next one is counted anew."""
        self._received = self._of_body = 0
        super().on_message_complete()


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


_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def serve(app: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; returns when all is finished, and exits with 0 after SIGTERM."""
    # What uvicorn raises again at its end, and what comes before it has begun: both are an order, not a failure.
    signal.signal(signal.SIGTERM, _leave)
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=BoundedProtocol,
        # Nothing speaks by WebSocket: who asks for one is answered as anybody else, and counted.
        ws="none",
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
