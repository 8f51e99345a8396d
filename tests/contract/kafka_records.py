"""Records for tests of what consumers take: any bytes in any place, sent in one fetch."""

import itertools
import struct
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiokafka.producer.message_accumulator as accumulator
from aiokafka import AIOKafkaProducer
from aiokafka.record._crc32c import crc as crc32c

from tests.service.shared.sample import offer_state
from tests.support import Stack

_NUMBERS = itertools.count()

Headers = list[tuple[str, bytes | None]]

# Stands for bytes that are no UTF-8: producers only take text as a header's name, brokers take any bytes.
NO_TEXT = "no-utf8-name"
_NO_TEXT_BYTES = b"\xff\xfe" * (len(NO_TEXT) // 2)


@dataclass
class Raw:
    """A record; by default a valid offer event."""

    key: bytes | None
    value: bytes | None = None
    headers: Headers = field(default_factory=list)


def envelope(sequence: int | str = 1, **changes: bytes | None) -> Headers:
    """Headers of a valid event; ``ce_x=None`` leaves one out."""
    values: dict[str, bytes | None] = {
        "ce_id": b"event-%d" % next(_NUMBERS),
        "ce_type": b"offer-updated.v1",
        "ce_sequence": str(sequence).encode(),
        "ce_time": b"2026-01-01T00:00:00+00:00",
    }
    values |= changes
    return [(name, value) for name, value in values.items() if value is not None]


def offer(id: str, sequence: int | str = 1, *, extra: Headers | None = None, **changes: bytes | None) -> Raw:
    """A valid offer event, with headers added or changed."""
    data = offer_state(id).model_dump_json().encode()
    return Raw(id.encode(), data, [*envelope(sequence, **changes), *(extra or [])])


def tombstone(id: str, sequence: int | str = 9, **changes: bytes | None) -> Raw:
    """An erasure."""
    return Raw(id.encode(), None, envelope(sequence, **changes))


async def produce(stack: Stack, topic: str, records: Sequence[Raw], *, compression: str | None = None) -> None:
    """Send all to one partition, so that one fetch brings them."""
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.environment["KAFKA_BOOTSTRAP_SERVERS"],
        enable_idempotence=False,
        linger_ms=200,
        max_batch_size=4_000_000,
        max_request_size=4_000_000,
        compression_type=compression,
    )
    await producer.start()
    try:
        with _names_that_are_no_text():
            name = f"{stack.topic_prefix}{topic}"
            sent = [
                await producer.send(name, record.value, key=record.key, partition=0, headers=record.headers)
                for record in records
            ]
            for future in sent:
                await future
    finally:
        await producer.stop()


@contextmanager
def _names_that_are_no_text() -> Any:
    original = accumulator.MessageBatch.get_data_buffer

    def replaced(batch: Any) -> bytes:
        data = bytes(original(batch))
        if NO_TEXT.encode() not in data:
            return data
        buffer = bytearray(data.replace(NO_TEXT.encode(), _NO_TEXT_BYTES))
        struct.pack_into(">I", buffer, 17, crc32c(bytes(buffer[21:])))
        return bytes(buffer)

    accumulator.MessageBatch.get_data_buffer = replaced
    try:
        yield
    finally:
        accumulator.MessageBatch.get_data_buffer = original


def a_letter(number: int, key: str, value: bytes = b"{") -> dict[str, Any]:
    """A dead letter as it lies in the collection."""
    record = {"partition": 0, "offset": number, "timestamp": 0, "key": key.encode(), "value": value, "headers": []}
    about = {"topic": "offers.applications.v1", "wire_topic": "offers.applications.v1", "cut": False}
    return {"_id": f"letter-{number}", "failure": "Permanent", "reason": "malformed", **record, **about}
