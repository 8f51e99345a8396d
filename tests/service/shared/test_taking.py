"""What comes while records are applied is taken at once: so much, in its order, and not what goes to others."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.kafka import taking
from shared.kafka.taking import Taken
from tests.support import eventually


@dataclass
class Record:
    number: int
    value: bytes | None = b"x"


@dataclass
class Client:
    """Hands over these answers, one after the other; then it is waited for."""

    answers: list[list[Record]]
    asked: list[int] = field(default_factory=list)

    async def getmany(self, *, timeout_ms: float, max_records: int) -> dict[str, list[Record]]:
        self.asked.append(max_records)
        await asyncio.sleep(0)
        if not self.answers:
            await asyncio.Event().wait()
        return {"0": self.answers.pop(0)}


def records(*numbers: int, value: bytes | None = b"x") -> list[Record]:
    return [Record(number, value) for number in numbers]


async def taken_of(client: Any) -> Taken:
    """Until it asks for nothing more or waits."""
    taken = Taken()
    async with taken.meanwhile(client):
        before = -1
        while before != len(client.asked):
            before = len(client.asked)
            await asyncio.sleep(0.005)
    return taken


def numbers(taken: Taken, most: int = 100) -> list[int]:
    return [record.number for record in taken.out(most)]


async def test_what_comes_is_taken_in_its_order_and_handed_out_once() -> None:
    taken = await taken_of(Client([records(1), records(2, 3), records(4)]))
    assert numbers(taken, 3) == [1, 2, 3]
    async with taken.meanwhile(client := Client([records(5)])):
        await eventually(lambda: len(client.asked) == 2)
    assert numbers(taken) == [4, 5]
    assert numbers(taken) == []


async def test_no_more_is_held_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MOST", 3)
    client = Client([records(1), records(2, 3), records(4)])
    taken = await taken_of(client)
    assert client.asked == [3, 2]
    assert numbers(taken) == [1, 2, 3]


async def test_no_more_bytes_are_held_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "MOST_BYTES", 10)
    client = Client([records(1, value=None), records(2, value=b"x" * 11), records(3)])
    taken = await taken_of(client)
    assert len(client.asked) == 2
    async with taken.meanwhile(client):
        await asyncio.sleep(0)
    assert len(client.asked) == 2, "what is still held counts"
    assert numbers(taken) == [1, 2]


async def test_a_client_that_fails_or_has_ended_is_asked_no_more() -> None:
    class Ended(Client):
        async def getmany(self, **_: Any) -> dict[str, list[Record]]:
            self.asked.append(0)
            return {}

    class Broken(Client):
        async def getmany(self, **_: Any) -> dict[str, list[Record]]:
            self.asked.append(0)
            raise OSError("away")

    for client in (Ended([]), Broken([])):
        assert numbers(await taken_of(client)) == []
        assert len(client.asked) == 1


async def test_what_goes_to_others_is_forgotten() -> None:
    client, taken = Client([records(1)]), Taken()
    async with taken.meanwhile(client):
        await eventually(lambda: len(client.asked) == 2)
        taken.forget()
    assert numbers(taken) == []
