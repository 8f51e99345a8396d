"""Between models and what MongoDB keeps: no dates without a time, no times, no exact decimals in Python's sense."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from bson import Decimal128
from pydantic import BaseModel

# Most of what is stored; asked by exact type, which costs a tenth of asking whether it is an instance of each in turn.
_AS_IT_IS = frozenset({str, int, float, bool, bytes, datetime, type(None)})


def encode(value: Any) -> Any:
    """A value MongoDB stores as it is: dates and times as ISO strings (they sort), decimals as Decimal128."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {
            key if type(key) is str else str(encode(key)): inner if type(inner) in _AS_IT_IS else encode(inner)
            for key, inner in value.items()
        }
    if kind is list or kind is tuple:
        return [inner if type(inner) in _AS_IT_IS else encode(inner) for inner in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, BaseModel):
        return encode(_with_unknown(value, value.model_dump(mode="python")))
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(inner) for inner in value]
    if isinstance(value, (set, frozenset)):
        return sorted(encode(inner) for inner in value)
    if isinstance(value, Decimal):
        return Decimal128(value)
    if isinstance(value, datetime):
        return value
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value


def _with_unknown(model: BaseModel, dumped: dict[str, Any]) -> dict[str, Any]:
    """What a newer release wrote and this one does not know stays in the document, at every depth."""
    dumped.update(model.__pydantic_extra__ or {})
    for name, value in model.__dict__.items():
        if type(value) in _AS_IT_IS or name not in dumped:
            continue
        if isinstance(value, BaseModel):
            _with_unknown(value, dumped[name])
        elif isinstance(value, (list, tuple)):
            for inner, place in zip(value, dumped[name], strict=True):
                if isinstance(inner, BaseModel):
                    _with_unknown(inner, place)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, BaseModel):
                    _with_unknown(inner, dumped[name][key])
    return dumped


def decode(value: Any) -> Any:
    """The way back for what pydantic does not read itself (Decimal128)."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is dict:
        return {key: inner if type(inner) in _AS_IT_IS else decode(inner) for key, inner in value.items()}
    if kind is list:
        return [inner if type(inner) in _AS_IT_IS else decode(inner) for inner in value]
    if isinstance(value, Decimal128):
        return value.to_decimal()
    if isinstance(value, Mapping):
        return {key: decode(inner) for key, inner in value.items()}
    return value


def to_document(model: BaseModel) -> dict[str, Any]:
    """A model as a document: ``id`` becomes ``_id``."""
    document: dict[str, Any] = encode(model)
    if "id" in document:
        document["_id"] = document.pop("id")
    return document
