"""Between models and what MongoDB keeps: no dates without a time, no times, no exact decimals in Python's sense."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from bson import Decimal128
from pydantic import BaseModel


def encode(value: Any) -> Any:
    """A value MongoDB stores as it is: dates and times as ISO strings (they sort), decimals as Decimal128."""
    if isinstance(value, BaseModel):
        return encode(value.model_dump(mode="python"))
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(encode(inner) for inner in value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value


def decode(value: Any) -> Any:
    """The way back for what pydantic does not read itself (Decimal128)."""
    if isinstance(value, Decimal128):
        return value.to_decimal()
    if isinstance(value, Mapping):
        return {key: decode(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    return value


def to_document(model: BaseModel) -> dict[str, Any]:
    """A model as a document: ``id`` becomes ``_id``."""
    document: dict[str, Any] = encode(model)
    if "id" in document:
        document["_id"] = document.pop("id")
    return document
