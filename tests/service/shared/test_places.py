"""Where a consumer goes on is compared with the topic that there is: nothing is passed over, what is gone is counted."""

from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from aiokafka.structs import OffsetAndMetadata

from shared import metrics
from shared.contracts.topics import OFFERS
from shared.kafka import places
from shared.kafka.offsets import Offsets
from shared.kafka.places import Places
from shared.kafka.seen import Seen

FIRST, SECOND, THIRD = (TopicPartition(OFFERS.name, number) for number in range(3))


class Client:
    """A consumer's client whose group goes on at ``at``, in a topic whose partitions begin at ``begins``."""

    def __init__(self, at: dict[TopicPartition, OffsetAndMetadata], begins: int) -> None:
        self._client = self._coordinator = self
        self.at, self.begins = at, begins
        self.paused: set[TopicPartition] = set()
        self.back: list[TopicPartition] = []

    def assignment(self) -> set[TopicPartition]:
        return set(self.at)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= set(partitions)

    def resume(self, *partitions: TopicPartition) -> None:
        self.paused -= set(partitions)

    async def fetch_committed_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, Any]:
        return {one: self.at[one] for one in partitions}

    async def seek_to_beginning(self, *partitions: TopicPartition) -> None:
        assert set(partitions) <= self.paused, "it might have read on meanwhile"
        self.back += partitions

    async def beginning_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.begins)


async def look(monkeypatch: pytest.MonkeyPatch, client: Any, id: str | None, ask: Any = None) -> tuple[Offsets, float]:
    async def seen(_: Any, names: list[str]) -> dict[str, Seen]:
        if id is None:
            raise KafkaConnectionError
        return {OFFERS.name: Seen(id, 3)}

    async def no_pause(tries: int) -> None: ...

    monkeypatch.setattr(places, "topics_seen", ask or seen)
    offsets, missed = Offsets(OFFERS.name, no_pause), metrics.EVENTS_MISSED.labels(OFFERS.name)
    before = missed._value.get()
    await Places(OFFERS.name, offsets).look(client, client.assignment())
    assert not client.paused
    return offsets, missed._value.get() - before


async def test_places_of_another_topic_of_this_name_are_left_and_those_of_none_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The third was committed by a release that says nothing, or by an operator.
    at = {FIRST: OffsetAndMetadata(7, "old"), SECOND: OffsetAndMetadata(7, "new"), THIRD: OffsetAndMetadata(7, "")}
    client = Client(at, begins=0)
    offsets, missed = await look(monkeypatch, client, "new")
    assert client.back == [FIRST]
    assert offsets.stamp == "new"
    assert missed == 0


async def test_records_that_are_gone_are_counted_once_for_who_had_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    at = {FIRST: OffsetAndMetadata(7, "id"), SECOND: OffsetAndMetadata(12, "id"), THIRD: OffsetAndMetadata(-1, "")}
    client = Client(at, begins=10)
    _, missed = await look(monkeypatch, client, "id")
    assert missed == 3
    assert client.back == []


async def test_a_broker_that_has_not_heard_of_the_topic_yet_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brokers hear of a new topic one after the other, and one that has just begun answers nobody: whoever asked it first went on
    at the old place, past what the new topic had, and its next commit took away the mark by which that is seen.
    """
    answers: list[Any] = [{}, KafkaConnectionError(), {OFFERS.name: Seen("new", 3)}]

    async def seen(_: Any, names: list[str]) -> dict[str, Seen]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, dict)
        return answer

    client = Client({FIRST: OffsetAndMetadata(7, "old")}, begins=0)
    offsets, _ = await look(monkeypatch, client, "new", seen)
    assert client.back == [FIRST]
    assert offsets.stamp == "new"


async def test_a_broker_that_tells_no_ids_or_nothing_sends_nobody_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOOK_SECONDS", 0.1)
    for id in ("", None):
        client = Client({FIRST: OffsetAndMetadata(7, "old")}, begins=0)
        offsets, _ = await look(monkeypatch, client, id)
        assert client.back == []
        assert offsets.stamp == ""
