"""What was sent together is read together, and nothing is waited for that is here already."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.contracts.topics import OFFERS, PROFILES
from shared.kafka.envelope import to_headers
from shared.kafka.gathering import complete, gathered
from shared.store.bundles import bundled, rows_of

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
EVER = 3_600.0


@dataclass
class Sent:
    """A record, as far as gathering looks at it."""

    headers: list[tuple[str, bytes | None]]
    topic: str = OFFERS.name


@dataclass
class Answers:
    """A client that has these answers, one after the other, and then has nothing more for ever."""

    answers: list[list[Sent]]
    asked: list[int] = field(default_factory=list)

    async def getmany(self, *, timeout_ms: float, max_records: int) -> dict[str, list[Sent]]:
        self.asked.append(max_records)
        if not self.answers:
            assert timeout_ms == 0, "waits for what never comes"
            return {}
        return {"0": self.answers.pop(0)}


class Away(Answers):
    async def getmany(self, **_: Any) -> dict[str, list[Sent]]:
        if not self.answers:
            raise OSError("away")
        return {"0": self.answers.pop(0)}


def commit(size: int) -> list[Any]:
    """Records of one commit, as the relay makes them of its outbox."""
    rows = [row(f"{size}-{number}") for number in range(size)]
    return [sent(row) for document in bundled(rows) for row in rows_of(document)]


def row(id: str, topic: str = OFFERS.name) -> dict[str, Any]:
    return {"_id": id, "topic": topic, "type": "t", "subject": id, "sequence": 1, "time": NOW, "data": b"{}"}


def sent(row: dict[str, Any]) -> Sent:
    return Sent([(name, text.encode()) for name, text in to_headers(row, "matching").items()])


async def test_a_commit_that_came_in_parts_is_waited_for_and_no_longer() -> None:
    first, *others = commit(5)
    client = Answers([others[:1], others[1:3], others[3:]])
    assert await gathered(client, [first], 100, EVER) == [first, *others]
    assert len(client.asked) == 3


async def test_what_is_whole_at_once_waits_for_nothing() -> None:
    first, *others = [*commit(3), *commit(2)]
    assert await gathered(Answers([others]), [first], 100, EVER) == [first, *others]


async def test_of_a_topic_that_does_not_gather_what_was_fetched_is_taken() -> None:
    first, second, _ = commit(3)
    client = Answers([[second]])
    assert await gathered(client, [first], 100, 0.0) == [first, second]
    assert client.asked == [99]


async def test_never_more_than_the_most_are_taken() -> None:
    first, *others = commit(9)
    client = Answers([others[:3], others[3:4]])
    assert await gathered(client, [first], 5, EVER) == [first, *others[:4]]
    assert client.asked == [4, 1]
    assert await gathered(Answers([]), [first], 1, EVER) == [first]


async def test_what_was_read_before_a_failure_is_not_lost() -> None:
    first, second, _ = commit(3)
    assert await gathered(Away([[second]]), [first], 100, EVER) == [first, second]


def test_whole_is_what_lacks_nothing_of_any_commit() -> None:
    three, two = commit(3), commit(2)
    assert complete(three)
    assert complete([*three, *two])
    assert not complete([*three, two[0]])
    assert not complete([*three, *commit(1)]), "the release before, or somebody else, does not say of how many one is"
    for said in (b"", b"0", b"-1", b"x", "²".encode(), b"1" * 30, None):
        record: Any = Sent([("ce_together", said)])
        assert not complete([record])


def test_events_of_other_topics_are_not_counted() -> None:
    rows = [row("a"), row("b", PROFILES.name), row("c")]
    [document] = bundled(rows)
    assert [one["together"] for one in rows_of(document)] == [2, 1, 2]
