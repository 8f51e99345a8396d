"""Bringing a worker back: what all workers hold, and the shard of its partitions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.matching.domain.configuration import Configuration, stored_configuration
from services.matching.engine.facts_stored import offer_from, profile_from
from services.matching.engine.memory import Applied, Memory, Over, Places
from services.matching.engine.stored import READABLE, load, unpack
from services.matching.store import IN_FORCE, Shard, all_of, applications_to_restore, offers_to_restore
from shared.logs import get_logger
from shared.store import Store

_log = get_logger()


def places_from(document: Mapping[str, Any]) -> Places:
    """A stored document of places."""
    return Places(document["version"], dict(document["admitted"]))


def configuration_from(document: Mapping[str, Any]) -> Configuration:
    """A stored configuration."""
    return stored_configuration(document["values"])


def in_force(found: Sequence[Mapping[str, Any]]) -> Configuration:
    """The default before any was activated."""
    return configuration_from(found[0]) if found else Configuration()


class Restoring:
    """Reads the read model into memory."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def configuration(self) -> Configuration:
        """The configuration in force; the default before any was activated."""
        (found,) = await self._store.find_all(IN_FORCE)
        return in_force(found)

    async def shared(self, memory: Memory) -> None:
        """Offers, applications, decisions of people, and how every offer stands."""
        async for document in offers_to_restore(self._store):
            memory.offer_versions[document["_id"]] = document["version"]
            if document.get("facts") and document["open"]:
                memory.put_offer(offer_from(document["facts"]), document["version"])
        async for document in applications_to_restore(self._store):
            applied = Applied(document["profile_id"], document["pending"], document["day"])
            memory.applications[document["offer_id"]][document["_id"]] = applied
            memory.close_pair(document["profile_id"], document["offer_id"], Over.APPLIED)
        async for document in all_of(self._store, "overrides"):
            memory.close_pair(document["profile_id"], document["offer_id"], Over.of_stored(document["kind"]))
        async for document in all_of(self._store, "places"):
            memory.restore_places(document["_id"], places_from(document))
            if document["_id"] not in memory.offers:
                # It closed while nobody looked: who holds it is told.
                memory.settler.offer_left(document["_id"])
        for offer_id in list(memory.offers):
            memory.review_offer(offer_id)

    async def shard(self, memory: Memory, partitions: Iterable[int]) -> None:
        """Profiles of these partitions, and no others."""
        memory.forget_profiles()
        wanted = sorted(partitions)
        stored = Shard(self._store, wanted, READABLE)
        blobs: list[bytes] = []
        versions: list[int] = []
        async for batch in stored.packed():
            blobs += [document["packed"] for document in batch]
            versions += [document["version"] for document in batch]
        if blobs:
            load(memory.profile_index, unpack(blobs), versions)
        async for document in stored.odd():
            if document.get("facts"):
                memory.profile_index.put(profile_from(document["facts"]), document["version"])
            else:
                memory.erased[document["_id"]] = document["version"]
        memory.take_over_profiles()
        _log.info("shard_restored", partitions=len(wanted), profiles=len(memory.profile_index))

    def take(self, memory: Memory, collection: str, document: Mapping[str, Any]) -> None:
        """Take over one document that another worker, or the API, stored. What memory knows already changes nothing."""
        id, version = document["_id"], document.get("version", 0)
        if collection == "offers":
            if version <= memory.offer_versions.get(id, 0):
                return
            if document.get("facts"):
                memory.put_offer(offer_from(document["facts"]), version)
            else:
                memory.erase_offer(id, version)
        elif collection == "applications":
            if "profile_id" in document:
                applied = Applied(document["profile_id"], document["pending"], document["day"])
                memory.put_application(id, document["offer_id"], applied)
            elif "offer_id" in document:
                memory.erase_application(id, document["offer_id"])
        elif collection == "overrides":
            memory.close_pair(document["profile_id"], document["offer_id"], Over.of_stored(document["kind"]))
        elif collection == "profiles":
            if document.get("facts"):
                memory.put_profiles([(profile_from(document["facts"]), version)])
            else:
                memory.erase_profile(id, version)
        elif document.get("active") and document["_id"] != memory.configuration.version:
            memory.reconfigure(configuration_from(document))


def is_news(memory: Memory, collection: str, document: Mapping[str, Any]) -> bool:
    """Whether memory does not have a document that somebody stored (``Restoring.take``, ``Engine.take_places``)."""
    if collection == "places":
        known = memory.places.get(document["_id"])
        return known is None or known.version < document["version"]
    if collection == "offers":
        return bool(memory.offer_versions.get(document["_id"], 0) < document["version"])
    if collection == "applications":
        applied = memory.applications.get(document.get("offer_id", ""), {}).get(document["_id"])
        if "profile_id" not in document:
            return applied is not None
        return applied != (document["profile_id"], document["pending"], document["day"])
    if collection == "overrides":
        return bool(memory.why_over(document["profile_id"], document["offer_id"]) != document["kind"])
    return bool(document.get("active")) and document["_id"] != memory.configuration.version
