"""Enumerations that are stored: a value that a newer release wrote does not make a document unreadable.

After a step back the older release meets such values for the first time. What it reads then equals no member, is in no table of
them, and is written back as it stood: an offer of an unknown status is not published, a role that nobody knows permits
nothing. What comes in from outside is refused as ever.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)
K = TypeVar("K")
V = TypeVar("V")

_reading_stored: ContextVar[bool] = ContextVar("reading_stored", default=False)


class StoredEnum(StrEnum):
    """Base of every enumeration that a stored document holds (``tests/contract/test_step_back.py`` says which are)."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not _reading_stored.get() or not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    @property
    def known(self) -> bool:
        """Whether it is a member."""
        return self._value_ in type(self)._value2member_map_

    @classmethod
    def of_stored(cls, value: str) -> Self:
        """The member, or what stands for one that this release does not know."""
        with _stored():
            return cls(value)


def read_stored(
    model: type[M],
    values: Mapping[str, Any],
    *,
    extra: Literal["allow"] | None = None,
    context: Mapping[str, Any] | None = None,
) -> M:
    """A model of what is stored.

    Raises:
        ValidationError: it lacks something else than a value of an enumeration.
    """
    try:
        return model.model_validate(values, extra=extra, context=context)
    except ValidationError as error:
        if any(problem["type"] != "enum" for problem in error.errors(include_url=False, include_input=False)):
            raise
    with _stored():
        return model.model_validate(values, extra=extra, context=context)


@contextmanager
def _stored() -> Iterator[None]:
    token = _reading_stored.set(True)
    try:
        yield
    finally:
        _reading_stored.reset(token)


class Otherwise(dict[K, V]):
    """A table with a line for each member: for what only a later release knows, ``otherwise`` says what stands there (no step is
    allowed, the value itself is the word). A member that was forgotten is a fault as ever.
    """

    def __init__(self, lines: Mapping[K, V], otherwise: Callable[[K], V]) -> None:
        super().__init__(lines)
        self._otherwise = otherwise

    def __missing__(self, key: K) -> V:
        if not isinstance(key, StoredEnum) or key.known:
            raise KeyError(key)
        return self._otherwise(key)


def no_steps(_: object) -> frozenset[Any]:
    """Of a state that only a later release knows nothing leads on."""
    return frozenset()
