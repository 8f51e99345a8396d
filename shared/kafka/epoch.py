"""Bringing a database that was restored from an older copy back into step with those who have heard more than it knows.

Versions went back, so every consumer takes what the service says now for old. A new epoch makes its events win again
(``sequences``); what the topics hold beside the database tells what was lost, and who was erased since the copy was made.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shared.contracts.topics import Topic
from shared.kafka.reading import records_of
from shared.kafka.relay import OWN_EPOCH
from shared.kafka.resync import resync
from shared.kafka.sequences import MOST_VERSIONS, parts
from shared.settings import Settings
from shared.store import Store, Work

if TYPE_CHECKING:
    from shared.parts import Resync

AT_ONCE = 500


@dataclass(frozen=True)
class Heard:
    """What a topic said last of a key."""

    event_type: str
    erased: bool


@dataclass
class Restored:
    """What ``restore_step`` did. ``erased_since`` are aggregates that the old copy brought back although their erasure
    was published: they are not published again, and whoever owns them must erase them again.
    """

    epoch: int = 0
    lost: int = 0
    erased_since: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)


async def restore_step(
    store: Store, settings: Settings, sources: "Sequence[Resync]", done: Restored, own: Sequence[Topic] = ()
) -> AsyncIterator[tuple[str, int]]:
    """Begin a new epoch, publish tombstones of what the database has lost, and everything else again. ``own``: topics that the
    service writes and has no states to publish on; an epoch that it was in may be known from them alone.

    Yields (collection, aggregates put into the outbox so far), and fills ``done``.

    Raises:
        KafkaError: the topics could not be read; nothing was changed.
    """
    topics = {source.topic.name: source.topic for source in sources}
    said: dict[str, dict[str, Heard]] = {}
    highest = 0
    for topic in topics.values():
        said[topic.name], epoch = await _last_words(settings, topic)
        highest = max(highest, epoch)
    for topic in own:
        if topic.name not in topics:
            highest = max(highest, (await _last_words(settings, topic))[1])
    done.epoch = await _begin(store, highest)
    present = await _present(store, sources)
    erased: set[str] = set()
    for name, keys in said.items():
        known = present[name]
        erased |= {key for key, last in keys.items() if last.erased and key in known}
        lost = {key: last.event_type for key, last in keys.items() if not last.erased and key not in known}
        done.lost += await _tell_lost(store, topics[name], lost)
    for source in sources:
        if source.settle is not None and erased:
            over = [
                row["_id"] async for row in store.collection(source.collection).find({"_id": {"$in": list(erased)}})
            ]
            await source.settle(store, over)
            erased -= set(over)
    done.erased_since = sorted(erased)
    async for progress in resync(store, sources, done.too_large, leave_out=erased):
        yield progress


async def _begin(store: Store, highest: int) -> int:
    """The epoch after this database's own (which may have gone back too) and after every one that was published."""
    epochs = store.collection("epochs")
    own = await epochs.find_one({"_id": OWN_EPOCH})
    epoch = max(0 if own is None else int(own["epoch"]), highest) + 1
    await epochs.update_one({"_id": OWN_EPOCH}, {"$max": {"epoch": epoch}}, upsert=True)
    return epoch


async def _present(store: Store, sources: "Sequence[Resync]") -> dict[str, set[str]]:
    """Ids by topic of the aggregates that have something to publish."""
    present: dict[str, set[str]] = {source.topic.name: set() for source in sources}
    for source in sources:
        async for document in store.collection(source.collection).find({}):
            aggregate = store.restored(source.model, source.collection, document)
            if source.event_type(aggregate) is not None:
                present[source.topic.name].add(aggregate.id)
    return present


async def _tell_lost(store: Store, topic: Topic, lost: dict[str, str]) -> int:
    """Tombstones at version 1: an erasure needs no high number, and the same id may come again at a low one."""
    if not topic.compacted:
        return 0
    keys = sorted(lost)
    for start in range(0, len(keys), AT_ONCE):
        work = Work()
        for key in keys[start : start + AT_ONCE]:
            work.publish(topic, lost[key], key=key, data=None, sequence=1, time=store.clock.now())
        await store.commit(work)
    return len(keys)


async def _last_words(settings: Settings, topic: Topic) -> tuple[dict[str, Heard], int]:
    """The last record of each key, and the highest epoch among all."""
    found: dict[str, Heard] = {}
    highest = 0
    async for record in records_of(settings, settings.topic_prefix + topic.name):
        highest = max(highest, _note(record, topic, found))
    return found, highest


def _note(record: Any, topic: Topic, found: dict[str, Heard]) -> int:
    """Remember the record; its epoch, or 0 when it is none of ours."""
    headers = dict(record.headers)
    try:
        key, event_type = record.key.decode(), headers["ce_type"].decode()
        epoch, version = parts(int(headers["ce_sequence"]))
    except (AttributeError, KeyError, ValueError):
        return 0
    if not key or not 0 < version <= MOST_VERSIONS or (record.value is not None and event_type not in topic.types):
        return 0
    found[key] = Heard(event_type, record.value is None)
    return epoch if 0 <= epoch < 2**9 else 0
