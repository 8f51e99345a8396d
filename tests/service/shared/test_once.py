"""What threads share is made once, on every release of Python: up to 3.11 the library saw to it, since 3.12 it does not."""

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property  # noqa: TID251 - what it is known by
from pathlib import Path
from typing import TypeVar

from shared.once import made_once, read_once
from shared.reference.communes import DATA, _load
from shared.reference.occupations import Occupations

T = TypeVar("T")


def at_once(ask: Callable[[], T]) -> list[T]:
    """What four threads are told that ask at the same moment."""
    ready = threading.Barrier(4)

    def told(_: int) -> T:
        ready.wait()
        return ask()

    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(told, range(4)))


def test_who_asks_before_the_first_has_read_reads_nothing_again() -> None:
    read: list[str] = []

    @read_once
    def slowly(path: str) -> object:
        """Of a file."""
        read.append(path)
        time.sleep(0.05)
        return object()

    assert len(set(at_once(lambda: slowly("communes")))) == 1
    assert slowly("communes") is not slowly("others")
    assert read == ["communes", "others"]


def test_the_communes_are_read_once(tmp_path: Path) -> None:
    unread = tmp_path / "communes"
    shutil.copy(DATA, unread)
    assert len({id(one) for one in at_once(lambda: _load(unread))}) == 1


def test_four_threads_that_ask_at_once_have_it_made_once() -> None:
    made: list[int] = []

    class Shared:
        @made_once
        def value(self) -> int:
            made.append(1)
            time.sleep(0.05)
            return len(made)

    shared = Shared()
    assert at_once(lambda: shared.value) == [1, 1, 1, 1]
    assert len(made) == 1


def test_each_object_keeps_its_own_and_pydantic_knows_the_decorator() -> None:
    class One:
        @made_once
        def value(self) -> object:
            return object()

    one, other = One(), One()
    assert one.value is one.value
    assert one.value is not other.value
    assert issubclass(made_once, cached_property)


def test_the_proposer_of_occupations_is_made_once() -> None:
    assert isinstance(vars(Occupations)["_proposer"], made_once)
