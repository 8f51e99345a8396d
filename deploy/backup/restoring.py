"""A restore: everything is looked at first, loaded beside what is there, and exchanged at the end."""

import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from deploy.backup.archive import Archive, Manifest
from deploy.backup.dumping import LEFT_OUT, Database, names
from deploy.backup.files import Unusable
from deploy.backup.lists import ErasureList
from services.clauses.commands import erasures as clauses
from services.offers.commands import erasures as offers
from services.profiles.commands import erasures as profiles
from shared.contracts.topics import SERVICES
from shared.rights.erasures import Erasure, ErasureKind
from shared.store.collections import MECHANISMS
from shared.store.migrations import current
from shared.store.reading import aggregate

BESIDE = "restoring."
AT_ONCE_BYTES = 8_000_000
AT_ONCE = 1_000
ERASING: Mapping[str, Any] = {"profiles": profiles, "offers": offers, "clauses": clauses}
"""By service, what it says was erased there on request (``erasures``), and does again (``erase_again``)."""
_ERASES = {
    ErasureKind.ACCOUNT: "profiles",
    ErasureKind.HOUSEHOLD: "offers",
    ErasureKind.LISTED: "profiles",
    ErasureKind.NOTE: "offers",
    ErasureKind.REFERENCE: "clauses",
    ErasureKind.SUBJECT: "profiles",
}
"""Which service erases again."""
_UNAUTHORIZED = 13


@dataclass
class Done:
    """What a restore did: documents loaded, whether the exchange has begun, people of the list that the copy brought back; and of
    when the copy is.
    """

    documents: int = 0
    made_at: datetime | None = None
    exchanging: bool = False
    erased_again: list[str] = field(default_factory=list)


async def refuse_unfit(
    archive: Archive, all_of_them: Sequence[Database], erasures: ErasureList | None, *, replace: bool
) -> None:
    """Everything that can be known before anything is changed.

    Raises:
        Unusable: with a sentence.
    """
    archive.verify()
    _refuse_newer(archive.manifest, all_of_them)
    if erasures is not None and erasures.as_of < archive.manifest.made_at:
        raise Unusable(
            f"the list of erasures is of {erasures.as_of:%Y-%m-%d %H:%M:%S}, older than the dump "
            f"({archive.manifest.made_at:%Y-%m-%d %H:%M:%S}): it cannot say who was erased since."
        )
    for database in all_of_them:
        await _refuse_running(database)
        if not replace:
            await _refuse_full(database)
    for database in all_of_them:
        await _refuse_reader(database)


async def load(archive: Archive, all_of_them: Sequence[Database], done: Done) -> AsyncIterator[tuple[str, int]]:
    """Load beside what is there, then exchange; yields (service.collection, documents). ``refuse_unfit`` came before.
    What the archive has of databases that are not among these is left where it is.

    A load that breaks off has changed nothing that anybody reads; the next one begins anew. The exchange at the end is a
    renaming of each collection, one after the other: if it breaks off (``done.exchanging``), some are the dump's and some what
    was there before. The databases are not empty then, so only a run with ``replace`` completes it.

    Raises:
        Unusable: a worker began to run meanwhile.
    """
    by_name = {database.service.name: database for database in all_of_them}
    wanted = [one for one in names(archive.manifest) if one[0] in by_name]
    for service, name, part in wanted:
        if part.documents:
            await _load(archive, by_name[service], name)
        done.documents += part.documents
        yield f"{service}.{name}", part.documents
    for database in all_of_them:
        await _refuse_running(database)
    done.exchanging = True
    for service, name, part in wanted:
        store = by_name[service].store
        if part.documents:
            await store.collection(BESIDE + name).rename(name, dropTarget=True)
        else:
            await store.collection(name).delete_many({})
    for database in all_of_them:
        told = set(archive.manifest.databases.get(database.service.name, {}))
        for name in await database.store.database.list_collection_names():
            if name not in told | LEFT_OUT and not name.startswith("system."):
                await database.store.database.drop_collection(name)
        await database.store.prepare(database.service.collections)


async def replay(all_of_them: Sequence[Database], erasures: ErasureList, done: Done) -> AsyncIterator[Erasure]:
    """Erase again what is on the list and these databases brought back. Every other service is told when the workers run."""
    contexts = {one.service.name: one.context() for one in all_of_them if one.service.name in ERASING}
    for erasure in erasures.erasures.values():
        service = _ERASES[erasure.kind]
        if service in contexts and await ERASING[service].erase_again(contexts[service], erasure):
            done.erased_again.append(erasure.id)
            yield erasure


def _refuse_newer(manifest: Manifest, all_of_them: Sequence[Database]) -> None:
    known = {d.service.name: {spec.name: current(spec.migrations) for spec in d.specs} for d in all_of_them}
    for service, name, part in names(manifest):
        if service not in SERVICES:
            raise Unusable(f"the dump has a service {service}, which this release does not know.")
        if service not in known:
            continue  # another database's, which stays as it is
        if name not in known[service]:
            raise Unusable(
                f"the dump has a collection {service}.{name}, which this release does not know: it is of a newer "
                f"release ({manifest.release}), or of one that is too old."
            )
        if part.schema_number > known[service][name]:
            raise Unusable(
                f"the dump is of a newer release ({manifest.release}): {service}.{name} has shape {part.schema_number}, "
                f"this release knows {known[service][name]}."
            )


async def _refuse_running(database: Database) -> None:
    # What a worker holds is all that is seen: an API that runs alone leaves no trace in the database.
    pipeline: list[dict[str, Any]] = [{"$match": {"$expr": {"$gt": ["$until", "$$NOW"]}}}, {"$limit": 1}]
    async for lease in aggregate(database.store.collection("leases"), pipeline):
        raise Unusable(
            f"{database.service.name} is running (it holds {lease['_id']!r}): stop its API and worker first."
        )


async def _refuse_full(database: Database) -> None:
    mechanisms = {spec.name for spec in MECHANISMS} | LEFT_OUT
    for name in await database.store.database.list_collection_names():
        if name in mechanisms or name.startswith(("system.", BESIDE)):
            continue
        if await database.store.collection(name).find_one({}, {"_id": 1}) is not None:
            raise Unusable(
                f"{database.store.database.name}.{name} is not empty: restore into an empty installation, or say --replace."
            )


async def _refuse_reader(database: Database) -> None:
    """Do once, on a collection of its own, everything that the load, the exchange and the list of erasures will do."""
    store = database.store
    probe, renamed = BESIDE + "probe", BESIDE + "probe-renamed"
    try:
        await store.database.drop_collection(probe)
        await store.database.create_collection(probe)
        await store.collection(probe).insert_one({"_id": "probe"})
        await store.collection(probe).update_one({"_id": "probe"}, {"$set": {"at": 1}})
        await store.collection(probe).create_index("at")
        await store.collection(probe).rename(renamed, dropTarget=True)
        await store.collection(renamed).delete_many({})
    except OperationFailure as error:
        if error.code != _UNAUTHORIZED:
            raise
        raise Unusable(
            f"the account of MONGODB_URL may not write to {store.database.name}: a restore needs one with readWrite and "
            "dbAdmin on every database."
        ) from None
    finally:
        for name in (probe, renamed):
            with contextlib.suppress(OperationFailure):
                await store.database.drop_collection(name)


async def _load(archive: Archive, database: Database, name: str) -> None:
    await database.store.database.drop_collection(BESIDE + name)
    await database.store.database.create_collection(BESIDE + name)
    target: Any = database.store.collection(BESIDE + name)
    batch: list[RawBSONDocument] = []
    size = 0
    for document in archive.documents(database.service.name, name):
        batch.append(document)
        size += len(document.raw)
        if size >= AT_ONCE_BYTES or len(batch) >= AT_ONCE:
            await target.insert_many(batch, ordered=False)
            batch, size = [], 0
    if batch:
        await target.insert_many(batch, ordered=False)


def age(manifest: Manifest, now: datetime) -> str:
    """How old a dump is, for people."""
    hours = (now - manifest.made_at).total_seconds() / 3_600
    return f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"
