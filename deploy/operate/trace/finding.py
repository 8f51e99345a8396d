"""Looks for one event and all that shares its correlation: in every outbox, topic, dead letter, and what services keep."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from deploy.operate.trace.sightings import Consumed, Sighting, Sightings, begun
from deploy.operate.where import service_of
from shared.contracts.topics import TOPICS, Topic, consumer_group
from shared.kafka.deadletters import COLLECTION
from shared.kafka.reading import partitions_of, positions_of, records_of
from shared.kafka.stuck import PARKED, STUCK
from shared.parts import Runtime
from shared.settings import Settings
from shared.store.bundles import rows_of

LONGEST_QUERY_MS = 5_000
MOST_DOCUMENTS = 200

_OURS = {"ce_id", "ce_type", "ce_time", "ce_subject", "ce_sequence", "ce_correlationid", "ce_causationid"}


async def find(settings: Settings, runtimes: Mapping[str, Runtime], id: str) -> Sightings:
    """Everything about the event (or request) ``id`` and what it belongs to. What could not be searched is named."""
    found = Sightings()
    await _databases(runtimes, found, {id})
    known = found.events.get(id)
    if known is None:
        known = await _first(settings, found, id)
    wanted = {id} if known is None or known.correlation is None else {id, known.correlation}
    since = begun(*wanted)
    if known is not None and known.correlation is not None:
        await _databases(runtimes, found, wanted)
    await _topics(settings, found, wanted, since)
    await _consumers(settings, found)
    await _documents(runtimes, found)
    return found


async def _first(settings: Settings, found: Sightings, id: str) -> Sighting | None:
    """The record of the event itself, which says what it belongs to."""
    try:
        async for topic, record, headers in _records(settings, begun(id)):
            if headers.get("ce_id") == id:
                return found.described(topic, headers, tombstone=record.value is None)
    except (KafkaError, OSError) as error:
        found.not_searched.append(f"the topics: Kafka does not answer ({type(error).__name__})")
    return None


async def _topics(settings: Settings, found: Sightings, wanted: set[str], since: Any) -> None:
    if found.not_searched:
        return
    try:
        existing = {partition.topic for partition in await partitions_of(settings, *_on_wire(settings))}
        found.not_searched += [
            f"{topic.name}: the broker has no such topic"
            for name, topic in _on_wire(settings).items()
            if name not in existing
        ]
        async for topic, record, headers in _records(settings, since):
            if wanted & {headers.get("ce_id"), headers.get("ce_correlationid"), headers.get("ce_causationid")}:
                found.on_topic(topic, record.partition, record.offset, headers, tombstone=record.value is None)
    except (KafkaError, OSError) as error:
        found.not_searched.append(f"the topics: Kafka does not answer ({type(error).__name__})")


async def _records(settings: Settings, since: Any) -> AsyncIterator[tuple[str, Any, dict[str, str]]]:
    names = _on_wire(settings)
    async for record in records_of(settings, *names, since=since):
        headers = _readable([("ce_subject", record.key), *record.headers])
        if "ce_id" in headers:
            yield names[record.topic].name, record, headers


def _on_wire(settings: Settings) -> dict[str, Topic]:
    return {settings.topic_prefix + topic.name: topic for topic in TOPICS}


def _readable(headers: Any) -> dict[str, str]:
    """Our headers as text that a terminal can show."""
    texts = {name: (value or b"").decode("utf-8", "replace") for name, value in headers if name in _OURS}
    return {name: text for name, text in texts.items() if text.isprintable()}


async def _databases(runtimes: Mapping[str, Runtime], found: Sightings, wanted: set[str]) -> None:
    """Outboxes, parked rows and dead letters. Both kinds are few, so no index is needed for looking through them."""
    ids = {"$in": sorted(wanted)}
    fields = ("_id", "correlation_id", "causation_id")
    rows = {"$or": [{f"{place}{name}": ids} for place in ("", "rows.") for name in fields]}
    headers = [[name, id.encode()] for name in ("ce_id", "ce_correlationid", "ce_causationid") for id in wanted]
    for service, runtime in runtimes.items():
        collection = runtime.store.collection
        try:
            stuck = {mark["_id"]: mark async for mark in collection(STUCK).find({})}
            for name, state in (("outbox", "waits to be published"), (PARKED, "parked by an operator")):
                async for document in collection(name).find(rows):
                    for row in rows_of(document):
                        known = found.events.get(row["_id"])
                        mine = wanted & {row["_id"], row.get("correlation_id"), row.get("causation_id")}
                        if mine and not (known and known.outbox):
                            found.in_outbox(row, f"{state} in the outbox of {service}", stuck)
            async for letter in collection(COLLECTION).find({"headers": {"$in": headers}}, {"value": 0}):
                _dead(found, service, letter)
        except PyMongoError as error:
            found.not_searched.append(f"the database of {service}: {type(error).__name__}")


def _dead(found: Sightings, service: str, letter: Mapping[str, Any]) -> None:
    headers = _readable([("ce_subject", letter["key"]), *letter["headers"]])
    if "ce_id" not in headers:
        return
    # A letter knows the record only as far as its headers go; what the topic says later is the same.
    seen = found.described(letter["topic"], headers, tombstone=False)
    state = "handed back, waits for a worker" if "redrive_at" in letter else "waits"
    told = f"dead letter {letter['_id']} ({state}): {letter['failure']}: {letter['reason']}"
    letters = seen.letters.setdefault(service, [])
    if told not in letters:
        letters.append(told)


async def _consumers(settings: Settings, found: Sightings) -> None:
    """What each consumer of an event's topic has made of it, as far as its group's position and its dead letters say."""
    positions: dict[tuple[str, str], dict[int, int] | None] = {}
    for seen in found.events.values():
        topic = seen.manifest
        for service in topic.consumers if topic is not None else ():
            assert topic is not None
            key = (service, topic.name)
            if key not in positions:
                positions[key] = await _positions(settings, service, seen)
            seen.consumed.append(Consumed(service, _made_of(seen, service, positions[key])))


async def _positions(settings: Settings, service: str, seen: Sighting) -> dict[int, int] | None:
    topic = seen.manifest
    assert topic is not None
    try:
        partitions = await partitions_of(settings, settings.topic_prefix + topic.name)
        return await positions_of(settings, settings.topic_prefix + consumer_group(service, topic), partitions)
    except (KafkaError, OSError):
        return None


def _made_of(seen: Sighting, service: str, positions: dict[int, int] | None) -> list[str]:
    states = list(seen.letters.get(service, ()))
    if positions is None:
        return [*states, "position unknown: Kafka does not answer"]
    for partition, offset in seen.offsets:
        at = positions.get(partition)
        if at is None:
            states.append(f"not read: the group has no position on partition {partition}")
        elif at <= offset:
            states.append(f"not read yet: {offset - at + 1} before it and with it on partition {partition}")
        elif not seen.letters.get(service):
            states.append(f"read (partition {partition}, offset {offset}; the group is at {at})")
    return states


async def _documents(runtimes: Mapping[str, Runtime], found: Sightings) -> None:
    """What services keep that names its cause: collections whose spec says in which field."""
    ids = sorted(found.events)
    for service, runtime in runtimes.items():
        for spec in service_of(service).collections:
            if spec.caused_by is None or not ids:
                continue
            query = runtime.store.collection(spec.name).find(
                {spec.caused_by: {"$in": ids}}, {spec.caused_by: 1, "status": 1, "channel": 1}
            )
            try:
                for document in await query.max_time_ms(LONGEST_QUERY_MS).to_list(MOST_DOCUMENTS):
                    facts = [str(document[name]) for name in ("channel", "status") if document.get(name)]
                    told = f"{service}.{spec.name} {document['_id']} {' '.join(facts)}".rstrip()
                    cause: Any = document
                    for name in spec.caused_by.split("."):
                        cause = cause[name]
                    found.of(cause).documents.append(told)
            except PyMongoError as error:
                found.not_searched.append(f"{service}.{spec.name}: {type(error).__name__}")
