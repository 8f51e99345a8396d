"""Where exports lie: requests, sealed parts while they come, and the archive in pieces."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from shared.contracts.events.rights import ExportPart
from shared.rights.packing import whole
from shared.rights.sealing import NotOpened, context_of, open_sealed
from shared.store import TEXT, CollectionSpec, Store, Work, of_text

EXPORTS, PARTS, CHUNKS = "exports", "export_parts", "export_chunks"
CHUNK_BYTES = 1_000_000
AT_ONCE = 4
"""Chunks written in one transaction."""
_KEPT_SECONDS = 30 * 86_400

EXPORT_COLLECTIONS = (
    CollectionSpec(
        EXPORTS,
        [
            of_text("running", unique=True),
            IndexModel([("profile_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel("expires_at"),
            IndexModel("ended_at", expireAfterSeconds=_KEPT_SECONDS),
        ],
    ),
    # Sealed: nobody opens them without the key in ``exports``, which is thrown away with them.
    CollectionSpec(PARTS, [IndexModel("export_id"), IndexModel("profile_id")]),
    CollectionSpec(CHUNKS, [IndexModel([("export_id", ASCENDING), ("n", ASCENDING)]), IndexModel("profile_id")]),
)


async def keep_part(store: Store, part: ExportPart, profile_id: str) -> bool:
    """Keep a piece; True when all of its run are there. The same piece again changes nothing."""
    run = {"export_id": part.request_id, "service": part.service, "run": part.run}
    row = {**run, "profile_id": profile_id, "part": part.part, "parts": part.parts, "sealed": part.sealed}
    id = f"{part.request_id}:{part.service}:{part.run}:{part.part}"
    await store.collection(PARTS).update_one({"_id": id}, {"$setOnInsert": row}, upsert=True)
    return await store.collection(PARTS).count_documents(run) >= part.parts


async def opened(store: Store, export_id: str, service: str, private_key: str) -> bytes | None:
    """What a service sent; None when no run of it is whole, or none can be opened."""
    rows: dict[str, list[dict[str, Any]]] = {}
    async for row in store.collection(PARTS).find({"export_id": export_id, "service": service}).sort("part", ASCENDING):
        rows.setdefault(row["run"], []).append(row)
    for run, found in rows.items():
        if len(found) < found[0]["parts"]:
            continue
        try:
            parts = [
                open_sealed(private_key, one["sealed"], context_of(export_id, service, run, one["part"], one["parts"]))
                for one in found
            ]
            return whole(parts)
        except (NotOpened, ValueError):
            continue
    return None


def forget_parts(work: Work, export_id: str) -> None:
    """What came sealed for an export."""
    work.delete(PARTS, {"export_id": export_id})


def forget_archive(work: Work, export_id: str) -> None:
    """An archive."""
    work.delete(CHUNKS, {"export_id": export_id})


def put_chunks(work: Work, export_id: str, profile_id: str, first: int, chunks: list[bytes]) -> None:
    """Some chunks of an archive; twice is once."""
    work.bulk(
        CHUNKS,
        [
            UpdateOne(
                {"_id": f"{export_id}:{n}"},
                {"$set": {"export_id": export_id, "profile_id": profile_id, "n": n, "data": data}},
                upsert=True,
            )
            for n, data in enumerate(chunks, first)
        ],
    )


async def chunks_of(store: Store, export_id: str) -> AsyncIterator[bytes]:
    """An archive, chunk by chunk."""
    async for row in store.collection(CHUNKS).find({"export_id": export_id}).sort("n", ASCENDING):
        yield bytes(row["data"])


def forget_exports(work: Work, profile_id: str) -> None:
    """All of a person: requests, parts, archives."""
    for name in (EXPORTS, PARTS, CHUNKS):
        work.delete(name, {"profile_id": profile_id})


async def due(store: Store, now: datetime) -> list[str]:
    """Exports that are past their time."""
    rows = store.collection(EXPORTS).find({"ended_at": None, "expires_at": {"$lte": now}}, {"_id": 1})
    return [row["_id"] async for row in rows]


async def complete(store: Store, services: tuple[str, ...]) -> list[str]:
    """Exports for which everybody has answered and that are not made yet."""
    query: dict[str, Any] = {"running": TEXT, "ended_at": None, "ready_at": None}
    query |= {f"arrived.{name}": {"$exists": True} for name in services}
    return [row["_id"] async for row in store.collection(EXPORTS).find(query, {"_id": 1})]
