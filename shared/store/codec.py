"""Between models and what MongoDB keeps: no dates without a time, no times, no exact decimals in Python's sense."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from bson import Decimal128
from pydantic import BaseModel, RootModel

# Most of what is stored; asked by exact type, which costs a tenth of asking whether it is an instance of each in turn.
_AS_IT_IS = frozenset({str, int, float, bool, bytes, datetime, NoneType})
_MOST_KEPT = 4_096


@lru_cache(maxsize=_MOST_KEPT)
def _exact(written: str) -> Decimal128:
    """The driver works each out digit by digit (4 µs, and a contract has nine); hours and limits are the same again and again."""
    return Decimal128(written)


@lru_cache(maxsize=_MOST_KEPT)
def _decimal(bid: bytes) -> Decimal:
    return Decimal128.from_bid(bid).to_decimal()


_SCALARS = (str, int, float, bytes, date, time, Decimal, Enum, NoneType)
_HOLDERS = frozenset({Union, UnionType, tuple, list, dict, set, frozenset})


def encode(value: Any) -> Any:
    """A value MongoDB stores as it is: dates and times as ISO strings (they sort), decimals as Decimal128."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    return (_WAYS.get(kind) or _way_of(kind))(value)


def _as_it_is(value: Any) -> Any:
    return value


def _keyed(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        key if type(key) is str else str(encode(key)): inner if type(inner) in _AS_IT_IS else encode(inner)
        for key, inner in value.items()
    }


def _listed(value: Iterable[Any]) -> list[Any]:
    return [inner if type(inner) in _AS_IT_IS else encode(inner) for inner in value]


def _sorted(value: Iterable[Any]) -> list[Any]:
    return sorted(_listed(value))


def _model(value: BaseModel) -> Any:
    try:
        return _written(value)
    except _NotAsDeclared:
        return encode(_with_unknown(value, value.model_dump(mode="python")))


def _clock(value: time) -> str:
    # Two of different zones may be equal, and are not written alike.
    return _plain_clock(value) if value.tzinfo is None else value.isoformat()


_plain_clock = lru_cache(maxsize=_MOST_KEPT)(time.isoformat)


# By its digits: 1.0 and 1.00 are equal, and not the same.
_WAYS: dict[type, Callable[[Any], Any]] = {Decimal: lambda value: _exact(str(value))}
"""Of each class that was met how it is written: found once, since a class is asked for its bases one after another."""
_WAYS_OF: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (Enum, attrgetter("_value_")),
    (BaseModel, _model),
    (Mapping, _keyed),
    ((list, tuple), _listed),
    ((set, frozenset), _sorted),
    (Decimal, Decimal128),
    (datetime, _as_it_is),
    (date, date.isoformat),
    (time, _clock),
    (object, _as_it_is),
)


def _way_of(kind: type) -> Callable[[Any], Any]:
    way = next(way for base, way in _WAYS_OF if issubclass(kind, base))
    _WAYS[kind] = way
    return way


class _NotAsDeclared(Exception):
    """A field may hold what only its serializer knows, or holds another model than it names (of which it shows its own part)."""


def _written(model: BaseModel) -> dict[str, Any]:
    """The fields of a model and of those in it, with what this release does not know of them: in one pass, where serializing,
    looking for the unknown and writing as MongoDB takes it would be three.
    """
    held = model.__dict__
    made: dict[str, Any] = {}
    declared = _declared(type(model))
    if declared is None:
        raise _NotAsDeclared
    for name, models in declared:
        if name not in held:
            continue
        value = held[name]
        kind = type(value)
        if kind in _AS_IT_IS:
            made[name] = value
        elif models is None:
            made[name] = (_WAYS.get(kind) or _way_of(kind))(value)
        else:
            made[name] = _written(value) if kind in models else _written_within(value, models)
    unknown = model.__pydantic_extra__
    if unknown:
        made.update((str(name), encode(value)) for name, value in unknown.items())
    return made


def _written_within(value: Any, models: frozenset[type]) -> Any:
    kind = type(value)
    if kind in models:
        return _written(value)
    if kind is tuple or kind is list:
        return [_written_within(inner, models) for inner in value]
    if kind is dict:
        return {str(encode(key)): _written_within(inner, models) for key, inner in value.items()}
    if isinstance(value, BaseModel):
        raise _NotAsDeclared
    return encode(value)


@cache
def _declared(model: type[BaseModel]) -> tuple[tuple[str, frozenset[type] | None], ...] | None:
    """Each field with the models that it names (None where there are none). None for what is no plain model, or where a field may
    hold something else than scalars and models.
    """
    if issubclass(model, RootModel):
        return None
    try:
        return tuple(
            (name, None if _plain(field.annotation) else frozenset(_models_in(field.annotation)))
            for name, field in model.model_fields.items()
        )
    except _NotAsDeclared:
        return None


def _models_in(annotation: Any) -> Iterator[type]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _models_in(get_args(annotation)[0])
    elif origin in _HOLDERS:
        for part in get_args(annotation):
            if part is not Ellipsis:
                yield from _models_in(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif not _plain(annotation):
        raise _NotAsDeclared


def _with_unknown(model: BaseModel, dumped: dict[str, Any]) -> dict[str, Any]:
    """What a newer release wrote and this one does not know stays in the document, at every depth."""
    if model.__pydantic_extra__:
        dumped.update(model.__pydantic_extra__)
    held = model.__dict__
    for name in _may_hold_models(type(model)):
        value = held.get(name)
        if value is None or name not in dumped:
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


@cache
def _may_hold_models(model: type[BaseModel]) -> tuple[str, ...]:
    """Fields in which there may be something that knows fields of a newer release."""
    return tuple(name for name, field in model.model_fields.items() if not _plain(field.annotation))


def _plain(annotation: Any) -> bool:
    """Whether no value of such a field is, or holds, a model."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in _HOLDERS:
        return all(part is Ellipsis or _plain(part) for part in get_args(annotation))
    return origin is Literal or (isinstance(annotation, type) and issubclass(annotation, _SCALARS))


@cache
def may_hold_decimals(model: type[BaseModel]) -> bool:
    """Whether some field of a model, or of those in it, may be an exact decimal: of others nothing has to be decoded. What a
    newer release wrote stays as it is.
    """
    return any(_may_be_decimal(field.annotation) for field in model.model_fields.values())


def _may_be_decimal(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _may_be_decimal(get_args(annotation)[0])
    if origin in _HOLDERS:
        return any(part is not Ellipsis and _may_be_decimal(part) for part in get_args(annotation))
    if not isinstance(annotation, type):
        return origin is not Literal
    if issubclass(annotation, BaseModel) and not issubclass(annotation, RootModel):
        return may_hold_decimals(annotation)
    return issubclass(annotation, Decimal) or not issubclass(annotation, _SCALARS)


def decode(value: Any) -> Any:
    """The way back for what pydantic does not read itself (Decimal128). What has none of it is returned as it is."""
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    pairs: Iterable[tuple[Any, Any]]
    if kind is dict:
        pairs = value.items()
    elif kind is list:
        pairs = enumerate(value)
    elif isinstance(value, Decimal128):
        return _decimal(value.bid)
    elif isinstance(value, Mapping):
        pairs = value.items()
    else:
        return value
    made: Any = None
    for place, inner in pairs:
        if type(inner) in _AS_IT_IS:
            continue
        found = decode(inner)
        if found is not inner:
            if made is None:
                made = dict(value) if kind is not list else list(value)
            made[place] = found
    return value if made is None else made


def to_document(model: BaseModel) -> dict[str, Any]:
    """A model as a document: ``id`` becomes ``_id``."""
    document: dict[str, Any] = encode(model)
    if "id" in document:
        document["_id"] = document.pop("id")
    return document
