"""Offsets are committed together, in their time, and for nothing that is others' now."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaConnectionError

from shared.kafka import offsets
from shared.kafka.offsets import Offsets
from tests.support import eventually

FIRST, SECOND = TopicPartition("offers", 0), TopicPartition("offers", 1)


class Client:
    """Keeps what was committed; ``refusals`` are raised by the first commits."""

    def __init__(self, *refusals: Exception) -> None:
        self.mine = {FIRST, SECOND}
        self.commits: list[dict[TopicPartition, int]] = []
        self.stamps: set[str] = set()
        self.refusals = list(refusals)

    def assignment(self) -> set[TopicPartition]:
        return self.mine

    async def commit(self, what: dict[TopicPartition, tuple[int, str]]) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.commits.append({partition: offset for partition, (offset, _) in what.items()})
        self.stamps |= {stamp for _, stamp in what.values()}


def record(partition: TopicPartition, offset: int) -> Any:
    return SimpleNamespace(topic=partition.topic, partition=partition.partition, offset=offset)


async def no_pause(tries: int) -> None:
    await asyncio.sleep(0)


async def test_many_batches_are_one_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offsets, "GATHER_SECONDS", 0.02)
    client: Any = Client()
    mine = Offsets("offers", no_pause)
    for offset in range(5):
        mine.applied(client, [record(FIRST, offset), record(SECOND, offset + 10)])
        await asyncio.sleep(0)
    assert client.commits == []
    assert mine.applied_to == {FIRST: 5, SECOND: 15}
    await eventually(lambda: client.commits)
    assert client.commits == [{FIRST: 5, SECOND: 15}]
    mine.applied(client, [record(FIRST, 5)])
    await eventually(lambda: len(client.commits) == 2)
    assert client.commits[1] == {FIRST: 6}


async def test_batches_that_keep_coming_are_committed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offsets, "GATHER_SECONDS", 3600.0)
    monkeypatch.setattr(offsets, "AT_THE_LATEST_SECONDS", 0.02)
    client: Any = Client()
    mine = Offsets("offers", no_pause)
    mine.applied(client, [record(FIRST, 0)])
    await eventually(lambda: client.commits == [{FIRST: 1}])
    # What comes while one commit is made is in the next.
    mine.applied(client, [record(FIRST, 1)])
    await eventually(lambda: client.commits[1:] == [{FIRST: 2}])


def test_a_commit_waits_for_more_as_long_as_more_keeps_coming() -> None:
    """At ten offers a second it was two a second for each topic that is read."""
    assert offsets.commit_at(10.0, 10.0) == 10.0 + offsets.GATHER_SECONDS
    assert offsets.commit_at(10.0, 10.4) == 10.4 + offsets.GATHER_SECONDS
    assert offsets.commit_at(10.0, 11.9) == 10.0 + offsets.AT_THE_LATEST_SECONDS


async def test_who_ends_commits_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offsets, "GATHER_SECONDS", 3600.0)
    monkeypatch.setattr(offsets, "AT_THE_LATEST_SECONDS", 3600.0)
    client: Any = Client(KafkaConnectionError())
    mine = Offsets("offers", no_pause)
    await mine.finish()
    mine.applied(client, [record(FIRST, 0)])
    await mine.finish()
    assert client.commits == [{FIRST: 1}], "tried again after what passes by itself"
    mine.applied(client, [record(FIRST, 1)])
    await asyncio.sleep(0)
    assert len(client.commits) == 1, "gathers as before"
    await mine.finish()
    assert client.commits[1:] == [{FIRST: 2}]


async def test_nothing_is_committed_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offsets, "GATHER_SECONDS", 3600.0)
    monkeypatch.setattr(offsets, "AT_THE_LATEST_SECONDS", 3600.0)
    client: Any = Client()
    mine = Offsets("offers", no_pause)
    mine.applied(client, [record(FIRST, 0), record(SECOND, 0)])
    client.mine = {SECOND}
    await mine.finish()
    assert client.commits == [{SECOND: 1}]
    # Refused since the group has moved on: whoever owns them now reads again what was not committed.
    client.refusals = [CommitFailedError()]
    mine.applied(client, [record(SECOND, 1)])
    await mine.finish()
    # A client that ended takes with it what it had not committed.
    mine.applied(client, [record(SECOND, 2)])
    mine.forget()
    after: Any = Client()
    mine.applied(after, [record(FIRST, 7)])
    await mine.finish()
    assert (client.commits[1:], after.commits) == ([], [{FIRST: 8}])


async def test_what_was_read_of_a_topic_that_is_no_more_is_no_offset_of_the_one_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(offsets, "GATHER_SECONDS", 3600.0)
    monkeypatch.setattr(offsets, "AT_THE_LATEST_SECONDS", 3600.0)
    client: Any = Client()
    mine = Offsets("offers", no_pause)
    mine.of_topic("the first")
    mine.applied(client, [record(FIRST, 41), record(SECOND, 41)])
    mine.of_topic("the second")
    mine.applied(client, [record(FIRST, 0)])
    await mine.finish()
    assert client.commits == [{FIRST: 1}]
    assert client.stamps == {"the second"}
