"""Whom a record speaks of, and who was erased here: what could not be applied about them is not kept."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.store import Store

# The ids of people are UUIDs that are never anybody else's: who was erased does not come back under theirs.
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)

Headers = Iterable[tuple[str, bytes | None]]


def concerns(subject: str, key: bytes | None, value: bytes | None, headers: Headers) -> bool:
    """Whether a record speaks of ``subject``: its id is in the key, a header, or anywhere in the value."""
    return any(subject in text for text in _texts(key, value, headers))


async def note_erased(store: Store, person: str) -> None:
    """``person`` was erased here; remembered as long as erasures are (``shared.store.collections.ERASURE_DAYS``)."""
    await store.collection("erasures_heard").update_one(
        {"_id": _mark(person)}, {"$currentDate": {"at": True}}, upsert=True
    )


async def of_somebody_erased(store: Store, key: bytes | None, value: bytes | None, headers: Headers) -> bool:
    """Whether a record speaks of a person who was erased here. A tombstone says nothing of anybody and erases them: never."""
    if value is None:
        return False
    named = {id for text in _texts(key, value, headers) for id in _ID.findall(text)}
    marks = {"_id": {"$in": [_mark(id) for id in sorted(named)]}}
    return bool(named) and await store.first("erasures_heard", marks, {"_id": 1}) is not None


def _mark(person: str) -> str:
    # Beside the consumers' own, which begin with the name of a topic.
    return f"person:{person}"


def _texts(key: bytes | None, value: bytes | None, headers: Headers) -> Iterator[str]:
    for part in (key, value, *(text for _, text in headers)):
        yield (part or b"").decode("utf-8", "replace")
    try:
        # In JSON an id may be written with escapes.
        yield from _strings(json.loads(value or b""))
    except (ValueError, RecursionError):
        return


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for pair in data.items():
            for part in pair:
                yield from _strings(part)
    elif isinstance(data, list):
        for part in data:
            yield from _strings(part)
