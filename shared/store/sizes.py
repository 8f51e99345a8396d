"""How large an event may be: refused where it would be stored, because Kafka refuses it for ever afterwards."""

from collections.abc import Mapping
from typing import Any

import orjson

from shared.errors import EventTooLarge, FieldError


def refuse_too_large(row: Mapping[str, Any], size: int, limit: int) -> None:
    """Raise when the record of an outbox row, ``size`` bytes, is larger than ``limit`` bytes.

    Raises:
        EventTooLarge: ``errors`` name the field that takes most of it, as the event calls it.
    """
    if size <= limit:
        return
    field = largest_field(row["data"])
    message = f"Ce champ prend trop de place : {size} octets en tout, {limit} au plus."
    raise EventTooLarge(
        f"Cet enregistrement est trop volumineux pour être diffusé ({size} octets, {limit} au plus) : "
        f"raccourcissez « {field} ».",
        errors=[FieldError(field, "too-large", message)],
        id=row["subject"],
    )


def largest_field(data: bytes | None) -> str:
    """The top-level field of an event's data that takes most bytes; ``id`` when it is not the data that is large."""
    fields = orjson.loads(data) if data else {}
    if not isinstance(fields, Mapping) or not fields:
        return "id"
    sizes = {str(name): len(orjson.dumps(value)) for name, value in fields.items()}
    return max(sizes, key=lambda name: sizes[name])
