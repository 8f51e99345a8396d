"""As many requests as a server answers: raw HTTP/1.1 over kept connections, so that asking costs little beside answering."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECTIONS = 8


@dataclass(frozen=True)
class Hammered:
    """Answers a second, and the answers that were none (a status of 300 or more)."""

    per_second: float
    answers: int
    refused: int


def request_bytes(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def hammer(url: str, requests: Iterator[bytes], seconds: float) -> Hammered:
    """Keep every connection busy for so long."""
    address = urlsplit(url)
    assert address.hostname is not None
    connections = [await asyncio.open_connection(address.hostname, address.port) for _ in range(CONNECTIONS)]
    begun = time.perf_counter()
    until = begun + seconds
    answers = refused = 0

    async def keep_asking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answers, refused
        while time.perf_counter() < until:
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            low = head.lower()
            at = low.index(b"content-length:") + 15
            await reader.readexactly(int(low[at : low.index(b"\r", at)]))
            answers += 1
            refused += head[9] >= ord("3")

    try:
        await asyncio.gather(*(keep_asking(*pair) for pair in connections))
        taken = time.perf_counter() - begun
    finally:
        for _, writer in connections:
            writer.close()
    return Hammered(answers / taken, answers, refused)
