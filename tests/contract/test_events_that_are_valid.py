"""Whatever the contract of an event lets in, each service that hears it takes: bent place by place to the ends of what its
schema allows, twice, backwards and erased, through the service's own handlers. The fuzz of topics tries the envelope. Here one
bent event of seven is tried, the same at each run; ``tests/fuzz`` tries them all.
"""

import copy
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from shared.contracts.compatibility import SAMPLES, reader_schema
from shared.contracts.replay import resolved, variants
from shared.contracts.tolerance import understand
from shared.contracts.topics import RIGHTS_ANSWERS, SERVICES, Topic
from shared.kafka.deadletters import Kept
from tests.support import Stack

TEXTS = [
    "",
    " ",
    "a\x00b",
    "$where",
    "a.b",
    "..",
    "\u202e\u200b",
    "\u2028",
    "{{ 7*7 }}%s",
    "é" * 80,
    "😀" * 20,
    "x" * 80,
]
CODES = [
    "00000",
    "99999",
    "2A004",
    "97411",
    "978",
    "zz",
    "K1304",
    "unknown_thing",
    "agenda_reminder",
    "interview_moved",
]
ZONES = ["Nowhere/Nothing", "../../etc/passwd", "Europe", "UTC"]
DAYS = ["1000-01-01", "9000-01-01", "2028-02-29", "2026-12-31"]
INSTANTS = [
    "1000-01-01T00:00:00Z", "9000-01-01T00:00:00Z", "1000-01-01T23:59:00-00:01", "2026-03-29T02:30:00+01:00",
    "2026-10-25T02:30:00+02:00", "2026-12-31T23:30:00-11:00",
]  # fmt: skip
CLOCKS = ["00:00", "23:59:59.999999", "08:00:00+02:00", "08:00Z"]
OBJECTS = [
    {},
    {"": ""},
    {"a.b": "c", "$d": "e", "f\x00": "g"},
    {"code": "distance"},
    {"code": "distance", "km": "x"},
    {"date": "31/12/9999"},
]
NUMBERS: list[Any] = [0, -0.0, 5e-324, 2**53 - 1, "0.01", 1_000_000_000_000]
VALUES: list[Any] = [
    None,
    [],
    *NUMBERS,
    *TEXTS,
    *CODES,
    *ZONES,
    *DAYS,
    *INSTANTS,
    *CLOCKS,
    *OBJECTS,
    *([one] for one in OBJECTS),
]
ONE_IN = 7
"""No divisor of how many values there are, so that every place is bent to other ones than the place before it."""
AT_ONCE = 40
MOST_WRITTEN = 200_000
"""Characters; a text without a limit may be as long as no record of Kafka is."""

Path = tuple[str | int, ...]


def sample_of(model: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SAMPLES / f"{model.__name__}.2026-11.json").read_text())
    return found


def places(schema: Mapping[str, Any], root: Mapping[str, Any], at: Path = ()) -> Iterator[Path]:
    """Where something may stand."""
    schema = resolved(schema, root)
    if at:
        yield at
    for option in schema.get("anyOf", ()):
        yield from places(option, root, at)
    for name, field in schema.get("properties", {}).items():
        yield from places(field, root, (*at, name))
    if isinstance(schema.get("items"), Mapping):
        yield from places(schema["items"], root, (*at, 0))


def put(data: dict[str, Any], at: Path, value: Any) -> dict[str, Any]:
    """The same with ``value`` there; what is not there on the way is made."""
    found = copy.deepcopy(data)
    inner: Any = found
    for here, following in itertools.pairwise(at):
        empty: Any = [] if isinstance(following, int) else {}
        if isinstance(inner, list):
            inner[:] = inner[:1] or [empty]
        elif not inner.get(here):
            inner[here] = empty
        inner = inner[here]
    if isinstance(inner, list):
        inner[:] = [value]
    else:
        inner[at[-1]] = value
    return found


def allowed(model: type[Any], one_in: int) -> Iterator[dict[str, Any]]:
    """The sample of a model, bent in one place to all that this release takes, or to every so manieth of it."""
    schema, sample, seen = reader_schema(model), sample_of(model), set[str]()
    bent = (put(sample, at, value) for at in dict.fromkeys(places(schema, schema)) for value in VALUES)
    for data in itertools.islice(itertools.chain(variants(schema, sample), bent), 0, None, one_in):
        written = json.dumps(data, sort_keys=True)
        if written in seen or len(written) > MOST_WRITTEN:
            continue
        seen.add(written)
        try:
            understand(model, written.encode())
        except ValidationError:
            continue
        yield data


def records_of(topic: Topic, one_in: int) -> list[Kept]:
    """A record of each, of a key of its own where none was bent."""
    found = []
    models = {model: kind for kind, model in sorted(topic.types.items(), reverse=True)}
    bent = [(model, data) for model in models for data in allowed(model, one_in)]
    for number, (model, data) in enumerate(bent, 1):
        sample = sample_of(model)
        own = {name: f"own-{number}" for name in {topic.key, topic.subject_field} if data[name] == sample[name]}
        data |= {} if topic.key == "territory" else own
        if model.__name__ != "RightsQuestion" and "service" in data:
            data["service"] = topic.owner
        key, subject = data[topic.key], data[topic.subject_field]
        if key.strip() and key.isprintable() and subject.strip() and subject.isprintable():
            found.append(record(topic, models[model], number, key, subject, json.dumps(data).encode()))
    return found


def record(topic: Topic, kind: str, number: int, key: str, subject: str, value: bytes | None) -> Kept:
    headers: list[tuple[str, bytes | None]] = [
        ("ce_id", f"e-{number}-{value is None}".encode()), ("ce_type", kind.encode()), ("ce_subject", subject.encode()),
        ("ce_time", b"2026-11-30T10:00:00+00:00"), ("ce_sequence", str(number).encode()),
    ]  # fmt: skip
    return Kept(f"l-{number}", topic.name, 0, number, 0, key.encode(), value, headers, False)


def erasures_of(topic: Topic, records: list[Kept]) -> list[Kept]:
    kind = next(iter(topic.types))
    keys = dict.fromkeys((one.key or b"").decode() for one in records)
    return [record(topic, kind, 500_000 + number, key, key, None) for number, key in enumerate(keys)]


async def takes_what_the_contract_lets_in(stack: Stack, service: str, one_in: int = 1) -> None:
    """The service applies it all, and keeps nothing back but what is nobody's fault."""
    async with stack.running(service, worker=True, max_consecutive_dead_letters=10**6, retry_attempts=2) as running:
        worker = running.app.state.worker
        for consumer in worker.consumers:
            if consumer.topic in list(RIGHTS_ANSWERS.values())[1:]:
                continue  # one service's answers stand for the others'
            records = records_of(consumer.topic, one_in)
            assert len(records) * one_in > 20
            for batch in _batched(records):
                await consumer.apply(list(batch))
                await consumer.apply(list(reversed(batch)))
            if consumer.topic.compacted:
                for batch in _batched(erasures_of(consumer.topic, records)):
                    await consumer.apply(list(batch))
            assert consumer.halted is None
        letters = await running.store.collection("dead_letters").find({"failure": {"$ne": "Permanent"}}).to_list(None)
        assert Counter((one["topic"], one["failure"]) for one in letters) == {}
        for job in worker._parts.jobs:
            await job.run()


def _batched(records: list[Kept]) -> Iterator[list[Kept]]:
    for at in range(0, len(records), AT_ONCE):
        yield records[at : at + AT_ONCE]


@pytest.mark.parametrize("service", SERVICES)
async def test_every_service_takes_what_the_contract_lets_in(stack: Stack, service: str) -> None:
    assert math.gcd(ONE_IN, len(VALUES)) == 1
    await takes_what_the_contract_lets_in(stack, service, ONE_IN)
