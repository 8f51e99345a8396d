"""What was sent together is applied together, and nobody waits for what does not come."""

from collections.abc import Sequence
from typing import Any

from shared.kafka.gathering import gathered


class Client:
    """Answers of a consumer in their order, of one partition each; an exception is raised."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[int, int]] = []

    async def getmany(self, *, timeout_ms: int, max_records: int) -> dict[str, list[str]]:
        self.asked.append((timeout_ms, max_records))
        answer = self._answers.pop(0) if self._answers else ()
        if isinstance(answer, Exception):
            raise answer
        return {"partition": list(answer)} if answer else {}


async def take(client: Client, limit: int, seconds: float) -> list[Any]:
    return await gathered(client, limit, seconds)


async def test_it_goes_on_while_they_come_and_stops_at_the_first_silence() -> None:
    client = Client("ab", "c", (), "d")
    assert await take(client, 10, 60.0) == ["a", "b", "c"]
    assert client.asked == [(15_000, 10), (15_000, 8), (15_000, 7)]


async def test_nothing_beyond_the_limit_is_asked_for() -> None:
    client = Client("ab", "c", "d")
    assert await take(client, 3, 60.0) == ["a", "b", "c"]
    assert await take(client, 0, 60.0) == []
    assert client.asked == [(15_000, 3), (15_000, 1)]


async def test_without_a_time_only_what_is_there_is_taken() -> None:
    client = Client("ab", "c")
    assert await take(client, 10, 0.0) == ["a", "b"]
    assert client.asked == [(0, 10)]


async def test_a_fault_loses_nothing_that_the_client_has_handed_out() -> None:
    assert await take(Client("ab", RuntimeError("fault"), "c"), 10, 60.0) == ["a", "b"]
    assert await take(Client(RuntimeError("fault")), 10, 60.0) == []
