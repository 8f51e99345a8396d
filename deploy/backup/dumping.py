"""A dump: every document of the five databases as they stood at one moment of the server's clock."""

import importlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from deploy.backup.archive import FORMAT, Manifest, Part, Writer
from shared.contracts.topics import SERVICES
from shared.service import Runtime, Service
from shared.settings import Settings, load_settings
from shared.store import CollectionSpec, Store
from shared.store.bell import BELL
from shared.store.collections import MECHANISMS
from shared.store.driver import Collection, Session, session_of
from shared.store.migrations import current

LEFT_OUT = frozenset({"leases", "secrets", BELL})
"""Who holds what right now, and for what was rung; and keys that sign links: no secret is in a dump, a new one is made after a
restore.
"""

RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


@dataclass(frozen=True)
class Database:
    """One service's database and what is dumped of it."""

    service: Service
    runtime: Runtime

    @property
    def store(self) -> Store:
        """Its collections."""
        return self.runtime.store

    def context(self) -> Any:
        """What its commands are handed."""
        return self.service.compose(self.runtime).context

    @property
    def specs(self) -> Sequence[CollectionSpec]:
        """Every collection that the service declares, the mechanisms' among them."""
        return [spec for spec in (*MECHANISMS, *self.service.collections) if spec.name not in LEFT_OUT]


def release() -> str:
    """This release, as the distribution calls itself; the image has no distribution."""
    try:
        return version("bassin")
    except PackageNotFoundError:
        return "unknown"


@asynccontextmanager
async def databases(**overrides: Any) -> AsyncIterator[list[Database]]:
    """All five, connected as MONGODB_URL says."""
    found = []
    for name in SERVICES:
        service: Service = importlib.import_module(f"services.{name}.app").SERVICE
        settings: Settings = load_settings(service.settings, **overrides)
        found.append(Database(service, service.runtime(settings)))
    try:
        yield found
    finally:
        for database in found:
            await database.store.close()


def named(all_of_them: Sequence[Database], name: str) -> Database:
    """That of one service."""
    return next(one for one in all_of_them if one.service.name == name)


async def dump(
    all_of_them: Sequence[Database], path: Path, recipients: Sequence[Any] = ()
) -> AsyncIterator[tuple[str, int]]:
    """Write a dump to ``path``, encrypted where there are recipients; yields (service.collection, documents) after each. An
    interrupted one leaves no file.

    One snapshot session reads everything, so no transaction is there by half, in one database or between two. The server keeps
    what a snapshot needs for ``minSnapshotHistoryWindowInSeconds`` (300 by default): a larger installation sets it higher.

    Raises:
        PyMongoError: the server is out of reach, or forgot the snapshot before everything was read.
    """
    writer = Writer(path, recipients)
    try:
        parts: dict[str, dict[str, Part]] = {database.service.name: {} for database in all_of_them}
        # By the server's clock, before the first read decides on the moment.
        hello = await all_of_them[0].store.client.admin.command("hello")
        made_at = hello["localTime"].replace(tzinfo=UTC)
        async with session_of(all_of_them[0].store.client, snapshot=True) as session:
            for database in all_of_them:
                for spec in database.specs:
                    part = await _collection(writer, session, all_of_them[0].store, database, spec)
                    parts[database.service.name][spec.name] = part
                    yield f"{database.service.name}.{spec.name}", part.documents
        writer.finish(Manifest(format=FORMAT, release=release(), made_at=made_at, databases=parts))
        writer.take_name()
    except BaseException:
        writer.give_up()
        raise


async def _collection(
    writer: Writer, session: Session, reader: Store, database: Database, spec: CollectionSpec
) -> Part:
    source: Collection = reader.client[database.store.database.name][spec.name]
    member = writer.member(database.service.name, spec.name)
    raw: Any = source.with_options(codec_options=RAW)
    async for document in raw.find({}, session=session).sort("_id", 1):
        member.add(document)
    return member.finish(current(spec.migrations))


def names(manifest: Manifest) -> Iterator[tuple[str, str, Part]]:
    """(service, collection, part) of everything in a dump."""
    for service, collections in manifest.databases.items():
        for name, part in collections.items():
            yield service, name, part
