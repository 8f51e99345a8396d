"""A service's part of an export: one JSON text, compressed, in pieces that an event holds."""

import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from bson import ObjectId

PIECE_BYTES = 400_000
"""Base64 makes 533 kB of it, within the smallest record that a broker takes (BASSIN_KAFKA_MAX_RECORD_BYTES)."""
LARGEST_BYTES = 200_000_000
"""Of a part when it is unpacked: more is no person's data, and must not fill the reader's memory."""


def to_json(content: Any) -> bytes:
    """Readable JSON; what is no text or number is said as text, bytes by their size."""
    return json.dumps(content, ensure_ascii=False, indent=1, default=_plain).encode()


def pieces(content: bytes, size: int = PIECE_BYTES) -> list[bytes]:
    """Compressed, in pieces; at least one."""
    packed = zlib.compress(content, 6)
    return [packed[at : at + size] for at in range(0, len(packed), size)]


def whole(parts: Sequence[bytes] | Iterable[bytes]) -> bytes:
    """The way back.

    Raises:
        ValueError: it is damaged, or larger than anybody's data.
    """
    packed = b"".join(parts)
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(packed, LARGEST_BYTES)
    except zlib.error:
        raise ValueError("a part is damaged") from None
    if not unpacking.eof:
        raise ValueError("a part is damaged or too large")
    return content


def _plain(value: Any) -> Any:
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, bytes):
        return f"({len(value)} octets)"
    return str(value)
