"""What threads share is made once, on every release of Python: up to 3.11 the library saw to it, since 3.12 it does not."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property  # noqa: TID251 - what it is known by

from shared.once import made_once
from shared.reference.occupations import Occupations


def test_four_threads_that_ask_at_once_have_it_made_once() -> None:
    made: list[int] = []

    class Shared:
        @made_once
        def value(self) -> int:
            made.append(1)
            time.sleep(0.05)
            return len(made)

    shared, ready = Shared(), threading.Barrier(4)

    def ask(_: int) -> int:
        ready.wait()
        return shared.value

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [1, 1, 1, 1]
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
