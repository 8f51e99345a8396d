"""What MongoDB looked at for a request, as its profiler says."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.support import Running


async def looked_at(running: Running, ask: Callable[[], Awaitable[None]]) -> dict[str, Any]:
    """Documents and keys that MongoDB examined for a request, and which commands scanned a whole collection."""
    database, profile = running.store.database, "system.profile"
    await database.command("profile", 0)
    await database[profile].drop()
    await database.command("profile", 2)
    try:
        await ask()
    finally:
        await database.command("profile", 0)
    try:
        wanted = {"op": {"$in": ["query", "command", "getmore"]}}
        rows = await database[profile].find(wanted).to_list(None)
    finally:
        # Whoever empties the database next may not write to it.
        await database[profile].drop()
    return {
        "documents": sum(row.get("docsExamined", 0) for row in rows),
        "keys": sum(row.get("keysExamined", 0) for row in rows),
        "commands": len(rows),
        "scans": sorted({str(row["ns"]).split(".", 1)[1] for row in rows if row.get("planSummary") == "COLLSCAN"}),
    }
