"""One table: is every service well, does everything flow, and what waits for a person."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console
from rich.table import Table

from deploy.operate.where import service_of
from shared.contracts.topics import consumed_by, consumer_group, topics_of
from shared.kafka.deadletters import COLLECTION
from shared.kafka.reading import lag_of, partitions_of
from shared.kafka.stuck import PARKED, STUCK
from shared.kafka.topics import amiss
from shared.parts import Runtime
from shared.settings import Settings
from shared.store.bundles import rows_of
from shared.store.migrations import behind

COLUMNS = (
    *("service", "lag", "outbox", "oldest", "stuck", "parked", "dead letters"),
    *("relay led by", "jobs", "release", "to migrate", "remarks"),
)
AT_ONCE = 4
"""Consumer groups asked at once."""


@dataclass
class Status:
    """Of one service. None: it could not be asked."""

    service: str
    lag: dict[str, int] | None = None
    outbox: int | None = None
    oldest: timedelta | None = None
    stuck: int | None = None
    parked: int | None = None
    letters: dict[str, int] = field(default_factory=dict)
    leader: str = "?"
    jobs: int = 0
    releases: tuple[str, ...] = ()
    to_migrate: int | None = None
    problems: list[str] = field(default_factory=list)


async def status_of(service: str, settings: Settings, runtime: Runtime) -> Status:
    """Ask the service's database and its consumer groups."""
    found = Status(service)
    try:
        await _database(found, runtime)
    except PyMongoError as error:
        found.problems.append(f"MongoDB: {type(error).__name__}")
    try:
        found.lag = await _lag(service, settings)
        wrong = await amiss(settings, topics_of(service, ()))
        found.problems += [f"{topic} {sentence}" for topic, sentence in wrong.items()]
    except (KafkaError, OSError) as error:
        found.problems.append(f"Kafka: {type(error).__name__}")
    return found


async def _database(found: Status, runtime: Runtime) -> None:
    collection, now = runtime.store.collection, runtime.clock.now()
    found.outbox = await collection("outbox").count_documents({})
    oldest = await collection("outbox").find_one({}, sort=[("_id", 1)])
    found.oldest = None if oldest is None else now - rows_of(oldest)[0]["time"]
    found.stuck = await collection(STUCK).count_documents({})
    found.parked = await collection(PARKED).count_documents({})
    letters: Counter[str] = Counter()
    async for letter in collection(COLLECTION).find({}, {"topic": 1}):
        letters[letter["topic"]] += 1
    found.letters = dict(letters)
    leases = await collection("leases").find({}).to_list(None)
    held = {lease["_id"]: lease for lease in leases if "until" in lease and _held(lease["until"], now)}
    relay = held.get("relay")
    found.leader = "nobody" if relay is None else str(relay["holder"])
    found.jobs = sum(name.startswith("job:") for name in held)
    found.releases = tuple(sorted({str(lease.get("release", "?")) for lease in held.values()}))
    specs = [spec for spec in service_of(found.service).collections if spec.migrations]
    found.to_migrate = sum([await collection(spec.name).count_documents(behind(spec.migrations)) for spec in specs])


def _held(until: datetime, now: datetime) -> bool:
    return until > now


async def _lag(service: str, settings: Settings) -> dict[str, int]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, group: str) -> int:
        async with gate:
            return await lag_of(settings, group, await partitions_of(settings, name))

    topics = consumed_by(service)
    lags = await asyncio.gather(
        *(
            one(settings.topic_prefix + topic.name, settings.topic_prefix + consumer_group(service, topic))
            for topic in topics
        )
    )
    return {topic.name: lag for topic, lag in zip(topics, lags, strict=True)}


async def all_of(settings: Settings, runtimes: Mapping[str, Runtime]) -> list[Status]:
    """Every service."""
    return list(await asyncio.gather(*(status_of(name, settings, runtime) for name, runtime in runtimes.items())))


def table_of(statuses: list[Status]) -> Table:
    """As people read it: what needs somebody is coloured."""
    table = Table(*COLUMNS)
    for one in statuses:
        behind = {topic: lag for topic, lag in (one.lag or {}).items() if lag}
        table.add_row(
            one.service,
            "?" if one.lag is None else _by_topic(behind),
            _number(one.outbox),
            "" if one.oldest is None else f"{max(0, int(one.oldest.total_seconds()))} s",
            _number(one.stuck, alarming=True),
            _number(one.parked, alarming=True),
            f"[red]{_by_topic(one.letters)}[/red]" if one.letters else "0",
            one.leader if one.leader != "nobody" else "[red]nobody[/red]",
            str(one.jobs),
            ", ".join(one.releases) or "?",
            _number(one.to_migrate),
            "; ".join(one.problems),
        )
    return table


def _by_topic(numbers: Mapping[str, int]) -> str:
    return "\n".join(f"{number} {topic}" for topic, number in sorted(numbers.items())) or "0"


def _number(value: int | None, *, alarming: bool = False) -> str:
    if value is None:
        return "?"
    return f"[red]{value}[/red]" if alarming and value else str(value)


def show(statuses: list[Status], console: Console) -> bool:
    """Print the table. Returns whether nothing waits for a person."""
    console.print(table_of(statuses))
    return not any(one.problems or one.letters or one.stuck or one.leader == "nobody" for one in statuses)
