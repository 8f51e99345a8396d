"""After an erasure: what is stuck about the person goes, and a look at everything says what is left.

The look reads every document and every record that there is, so it takes as long as that takes.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from services.profiles.queries.proofs import proof_of
from shared.contracts.topics import TOPICS
from shared.kafka.about import concerns
from shared.kafka.reading import records_of
from shared.parts import Runtime
from shared.settings import Settings
from shared.store.collections import MECHANISMS

# What a mark that somebody was erased may hold: without it, an older event would bring the person back.
_OF_A_MARK = frozenset(
    {
        "_id", "_schema", "at", "epoch", "erased_at", "event_id", "found", "key", "profile_id", "sequence", "subject_id", "topic",
        "version",
    }
)  # fmt: skip
_PASSING = frozenset(
    {spec.name for spec in MECHANISMS} - {"outbox", "outbox_parked", "dead_letters", "idempotency"}
) | {
    "erasures",
    "erasure_counts",
    "erasure_proofs",
}
"""Collections of the mechanisms that hold ids, times and counts only."""


@dataclass
class Left:
    """What a look found. ``documents`` by collection, ``records`` by topic: these are the person's data.

    ``marks`` say that the person was erased; ``going`` are records that their topic's compaction or retention removes. ``told``
    is what services reported of the erasure, ``missing`` those that have not (``services.profiles.commands.proofs``).
    """

    documents: Counter[str] = field(default_factory=Counter)
    records: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    going: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


async def look_in_database(service: str, runtime: Runtime, subject: str, found: Left) -> None:
    """Every document of a service's database that names the subject."""
    raw: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
    needle = subject.encode()
    for name in sorted(await runtime.store.database.list_collection_names()):
        if name.startswith("system."):
            continue
        async for document in runtime.store.collection(name).with_options(codec_options=raw).find({}):
            if needle not in document.raw:
                continue
            mark = name in _PASSING or set(document) <= _OF_A_MARK
            (found.marks if mark else found.documents)[f"{service}.{name}"] += 1


async def look_at_reports(runtime: Runtime, subject: str, found: Left) -> None:
    """What services told profiles of the erasure. ``runtime`` is that of profiles."""
    proof = await proof_of(runtime.store, {"_id": subject})
    if proof is None:
        return
    found.missing += proof.missing
    for service, told in sorted(proof.told.items()):
        counts = [f"{one.found} {one.collection}" for one in told.erased if one.found]
        left = sum(one.left for one in told.erased)
        what = ", ".join(counts) or "nothing"
        at = f"{told.at:%Y-%m-%d %H:%M}"
        found.told.append(f"{service} erased {what}; {left} left; {told.tombstones} tombstones; {at}")


async def look_in_topics(settings: Settings, subject: str, found: Left) -> None:
    """Every record that names the subject. What a tombstone of its key follows goes with the next compaction, in the same
    partition: a topic that was given more of them may have it in another, where it stays.
    """
    for topic in TOPICS:
        spoken: Counter[tuple[int, bytes | None]] = Counter()
        async for record in _records(settings, topic.name):
            if record.value is None:
                found.going[topic.name] += spoken.pop((record.partition, record.key), 0)
            elif concerns(subject, record.key, record.value, record.headers):
                spoken[record.partition, record.key] += 1
        (found.records if topic.compacted else found.going)[topic.name] += spoken.total()
    for counter in (found.records, found.going):
        for name in [name for name, count in counter.items() if not count]:
            del counter[name]


async def _records(settings: Settings, name: str) -> AsyncIterator[Any]:
    async for record in records_of(settings, settings.topic_prefix + name):
        yield record


def sentences(found: Left) -> list[str]:
    """What an operator reads, and keeps as the proof."""
    told: list[str] = []
    for what, counter in (("documents of", found.documents), ("records on", found.records)):
        told += [f"LEFT: {number} {what} {name}" for name, number in sorted(counter.items())]
    if not told:
        told.append("Nothing of this person is left in any database, nor as the last state on any topic.")
    told += [f"NOT TOLD YET: {name} has not reported its part of the erasure" for name in found.missing]
    told += found.told
    told += [f"kept on purpose: {n} marks of the erasure in {name}" for name, n in sorted(found.marks.items())]
    told += [f"goes by itself: {n} older records on {name}" for name, n in sorted(found.going.items())]
    return told


def as_json(found: Left, subject: str) -> str:
    """The same for machines."""
    seen = {name: value if isinstance(value, list) else dict(value) for name, value in vars(found).items()}
    return json.dumps({"subject": subject, **seen}, indent=1)
