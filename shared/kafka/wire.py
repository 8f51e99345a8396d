"""Records as they came over the wire. Nothing that a record holds may raise before our own guard has it in hand.

Three places before it would: FastStream's parser decodes every header (a null or binary one raises, and the records fetched
with it are lost), aiokafka decodes header names (one that is no UTF-8 raises for ever at the same offset: its partition
stands still, and what follows in the same batch can never be read), and it unpacks whatever was packed, however large (nine
kilobytes of zstd hold 300 MB: the process dies of it at every start).
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import cramjam
from aiokafka import ConsumerRecord
from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy, _DefaultRecordPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint_py
from faststream.kafka import KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from shared.logs import get_logger

_log = get_logger()

_LENGTH_AT, _OVERHEAD, _MAGIC_AT, _RECORDS_AT = 8, 12, 16, 61
_GZIP, _SNAPPY, _LZ4, _ZSTD = 1, 2, 3, 4
_UNPACK_INTO = {_GZIP: cramjam.gzip, _LZ4: cramjam.lz4, _ZSTD: cramjam.zstd}

MOST_UNPACKED = 32_000_000
"""Bytes of one packed batch. Producers count what they send before they pack it, and send about a megabyte at once."""
_USUAL = 2_000_000


def read_tolerantly() -> None:
    """Make aiokafka's consumers of this process read header names that are no UTF-8, escaped; safe to call again."""
    fetcher.MemoryRecords = TolerantRecords


async def as_it_came(record: "ConsumerRecord[bytes, bytes]") -> KafkaMessage:
    """FastStream's message around a record of which nothing was decoded."""
    return KafkaMessage(raw_message=record, body=b"", headers={}, consumer=FAKE_CONSUMER)


class TolerantRecords:
    """aiokafka's records of one fetch; a batch that it cannot read is read again with escapes for names that are no text."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._records = MemoryRecords(data)
        self._at = 0

    def has_next(self) -> bool:
        """Whether a whole batch is left."""
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        """Bytes left, those of an incomplete batch included."""
        return int(self._records.size_in_bytes())

    def next_batch(self) -> Any:
        """The next batch."""
        start = self._at
        self._at += _OVERHEAD + struct.unpack_from(">i", self._data, start + _LENGTH_AT)[0]
        batch = self._records.next_batch()
        # Formats before the second have no headers.
        return batch if self._data[start + _MAGIC_AT] < 2 else _TolerantBatch(batch, self._data[start : self._at])


class _TolerantBatch:
    def __init__(self, batch: Any, raw: bytes) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            if not _fits(self._batch.compression_type, self._raw[_RECORDS_AT:]):
                raise ValueError("it unpacks to more than anybody sends")
            for record in self._batch:
                yield record
                read += 1
        except UnicodeDecodeError:
            for number, record in enumerate(_EscapingBatch(self._raw)):
                if number >= read:
                    yield record
        except Exception as error:
            # Its checksum is right, so it was written like this and asking again would bring the same for ever.
            _log.error("batch_unreadable", error=type(error).__name__, offset=self._batch.next_offset - 1, read=read)
            yield _unreadable(self._batch, self._raw)


def _fits(codec: int, packed: bytes) -> bool:
    """Whether the records of a batch unpack to no more than ``MOST_UNPACKED`` bytes.

    Snappy packs to a twentieth at best: a batch that a broker takes is never much larger than that.
    """
    if codec not in _UNPACK_INTO:
        return True
    for room in (min(_USUAL, MOST_UNPACKED), MOST_UNPACKED):
        with suppress(cramjam.DecompressionError):
            _UNPACK_INTO[codec].decompress_into(packed, bytearray(room))
            return True
    return False


def _unreadable(batch: Any, raw: bytes) -> Any:
    """What is left of a batch that cannot be read, as one record without a key: a dead letter with its bytes, of a packed one the
    head alone. Whoever is erased is found in what is kept of them, and in packed bytes nobody is found.
    """
    kept = bytes(raw[:_RECORDS_AT] if batch.compression_type else raw)
    return _DefaultRecordPy(batch.next_offset - 1, batch.max_timestamp, batch.timestamp_type, None, kept, [])


class _EscapingBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka ships no types
    """aiokafka's own reader in Python over a buffer that escapes what is no text."""

    _buffer: bytearray

    def _read_msg(self) -> Any:
        if not isinstance(self._buffer, _Escaping):
            self._buffer = _Escaping(self._buffer)
        return super()._read_msg(decode_varint_py)


class _Escaping(bytearray):
    def __getitem__(self, at: Any) -> Any:
        part = super().__getitem__(at)
        return _Escaping(part) if isinstance(at, slice) else part

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, errors)
