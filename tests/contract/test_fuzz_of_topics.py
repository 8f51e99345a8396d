"""Generated records on the real subscriber, for every topic that somebody consumes: each is accounted for, nothing halts."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from deploy.local.engines import BrokerKind
from shared.contracts.compatibility import SAMPLES
from shared.contracts.topics import TOPICS, Topic
from shared.kafka.envelope import Event
from shared.kafka.sequences import on_wire
from shared.kafka.subscription import BatchSubscription
from shared.parts import Parts, Runtime
from shared.service import Service
from shared.settings import Settings
from tests.contract.kafka_records import NO_TEXT, Headers, Raw, produce
from tests.examples import examples
from tests.support import Stack, eventually

CONSUMED = [topic for topic in TOPICS if topic.consumers]
_IDS = itertools.count()

JUNK = st.none() | st.binary(max_size=40) | st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
NAMES = st.sampled_from(
    [
        *("ce_id", "ce_type", "ce_time", "ce_sequence", "ce_subject", "ce_correlationid", "kafka_dlt-id", ""),
        *("reply_to", "content-type", "correlation_id", NO_TEXT),
    ]
) | st.text(max_size=12, alphabet=st.characters(exclude_categories=["Cs"]))
SEQUENCES = (
    st.sampled_from(
        [
            1,
            2,
            7,
            0,
            -1,
            10**6,
            10**6 + 1,
            10**9,
            2**31,
            2**32 + 1,
            2**53,
            2**63 - 1,
            2**63,
            on_wire(1, 1),
            on_wire(99, 1),
        ]
    ).map(lambda number: str(number).encode())
    | JUNK
)


@st.composite
def records(draw: st.DrawFn, topic: Topic) -> Raw:
    """A valid event of the topic, bent in any number of places."""
    kind, model = draw(st.sampled_from(sorted(topic.types.items())))
    data = json.loads((SAMPLES / f"{model.__name__}.2026-11.json").read_text())
    key = f"{topic.key}-{next(_IDS)}"
    data[topic.key] = key
    subject = data[topic.subject_field]
    headers: dict[str, bytes | None] = {
        "ce_id": f"event-{key}".encode(),
        "ce_type": kind.encode(),
        "ce_time": b"2026-01-01T00:00:00+00:00",
        "ce_sequence": b"3",
        "ce_subject": subject.encode(),
    }
    raw = Raw(key.encode(), json.dumps(data).encode(), [])
    for place in draw(st.sets(st.sampled_from(["key", "value", "header", "sequence", "extra", "missing"]), max_size=3)):
        if place == "key":
            raw.key = draw(JUNK)
        elif place == "value":
            raw.value = draw(JUNK | st.sampled_from([b"{}", b"null", b"[]", b"1e999", b'{"a":' * 500]))
        elif place == "header":
            headers[draw(st.sampled_from(sorted(headers)))] = draw(JUNK)
        elif place == "sequence":
            headers["ce_sequence"] = draw(SEQUENCES)
        elif place == "missing":
            headers.pop(draw(st.sampled_from(sorted(headers))))
    extra: Headers = draw(st.lists(st.tuples(NAMES, JUNK), max_size=3))
    raw.headers = [*headers.items(), *extra]
    if raw.key is None and raw.value is None:
        raw.value = b""  # the client refuses a record of nothing
    return raw


def _listening(service: str, topic: Topic, seen: list[Event[Any]]) -> Service:
    async def handler(events: Any) -> None:
        seen.extend(events)

    def compose(runtime: Runtime) -> Parts:
        return Parts(context=None, routers=[], subscriptions=[BatchSubscription(topic, handler)])

    return Service(service, "Sample", "A sample service", Settings, [], compose)


@pytest.mark.parametrize("topic", CONSUMED, ids=[topic.name for topic in CONSUMED])
async def test_every_record_is_applied_passed_over_or_a_dead_letter(
    stack: Stack, broker_kind: BrokerKind, topic: Topic
) -> None:
    if broker_kind is not BrokerKind.EMBEDDED:
        pytest.skip("Apache Kafka itself refuses some of these; what it takes is tried in test_records")
    made: list[Raw] = []

    @examples(40, suppress_health_check=list(HealthCheck), database=None)
    @given(records(topic))
    def generate(record: Raw) -> None:
        made.append(record)

    generate()
    seen: list[Event[Any]] = []
    service = _listening(topic.consumers[0], topic, seen)
    async with stack.running(service, worker=True, max_consecutive_dead_letters=10_000) as running:
        (consumer,) = running.app.state.worker.consumers
        await produce(stack, topic.name, [*made, _valid(topic)])
        await eventually(lambda: seen and seen[-1].id == "last", seconds=40)
        assert consumer.halted is None
        letters = await running.store.collection("dead_letters").count_documents({})
        unknown = len(made) + 1 - letters - len(seen)
        assert 0 <= unknown <= sum(_of_unknown_type(record, topic) for record in made)
        # In their order, each once.
        assert [event.offset for event in seen] == sorted({event.offset for event in seen})


def _valid(topic: Topic) -> Raw:
    kind, model = sorted(topic.types.items())[0]
    data = json.loads((SAMPLES / f"{model.__name__}.2026-11.json").read_text())
    # A territory is one of a list, and no name.
    key = data[topic.key] = data[topic.key] if topic.key == "territory" else "last"
    headers: Headers = [
        ("ce_id", b"last"),
        ("ce_type", kind.encode()),
        ("ce_time", b"2026-01-01T00:00:00+00:00"),
        ("ce_sequence", b"1"),
        ("ce_subject", data[topic.subject_field].encode()),
    ]
    return Raw(key.encode(), json.dumps(data).encode(), headers)


def _of_unknown_type(record: Raw, topic: Topic) -> bool:
    """Whether it may be of a type that the topic does not have: then it is passed over."""
    types = [value for name, value in record.headers if name == "ce_type"]
    return bool(types) and types[-1] is not None and types[-1].decode("utf-8", "replace") not in topic.types
