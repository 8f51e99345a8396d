"""What is made when it is first asked for is made once, however many threads ask at the same moment."""

from collections.abc import Callable
from functools import cached_property, lru_cache, wraps  # noqa: TID251 - it is what this one stands on
from threading import RLock
from typing import Any, ParamSpec, Self, TypeVar, cast, overload

P = ParamSpec("P")
T = TypeVar("T")


class made_once(cached_property[T]):  # noqa: N801 - a decorator, as its base is
    """``cached_property`` for what threads share: since Python 3.12 that one is made by each thread that finds nothing yet. A
    process that was asked while it got ready made the proposer of occupations a dozen times, and its container ran out of memory.

    The lock is one for all objects of a class: for what there is once in a process, or is quickly made.
    """

    def __init__(self, func: Callable[[Any], T]) -> None:
        super().__init__(func)
        self._making = RLock()

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any] | None = None) -> Self | T:
        if instance is None:
            return self
        with self._making:
            return super().__get__(instance, owner)


def read_once(read: Callable[P, T]) -> Callable[P, T]:
    """What a process reads once for each set of arguments. ``lru_cache`` remembers as well, and lets every thread read that asks
    before the first one is done: of 32 that asked for the communes at once each read them, 8 s and 600 MB.
    """
    remembered, reading = cast(Callable[P, T], lru_cache(maxsize=None)(read)), RLock()

    @wraps(read)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        with reading:
            return remembered(*args, **kwargs)

    return once
