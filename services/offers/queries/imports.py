"""The log of imports: what was delivered, and which rows were refused."""

from typing import Any

from services.offers.context import Context
from services.offers.domain.imports.scope import Scope
from shared.errors import NotFound
from shared.http import Cursor, Page


async def past(context: Context, scope: Scope, cursor: Cursor) -> Page[dict[str, Any]]:
    """The log of one feed, newest first, without the refused rows."""
    wanted: dict[str, Any] = {"partner": scope.partner, **_concerning(scope)}
    if cursor.after:
        wanted["_id"] = {"$lt": cursor.after[0]}
    rows = context.store.collection("imports").find(wanted, {"refused": 0}).sort("_id", -1).limit(cursor.limit + 1)
    return cursor.page([row async for row in rows], lambda row: [row["_id"]])


async def one_past(context: Context, scope: Scope, import_id: str) -> dict[str, Any]:
    """One of the log, with the refused rows that are the caller's to see. Raises NotFound."""
    wanted = {"_id": import_id, **_concerning(scope)}
    if scope.territories is None:
        wanted["partner"] = scope.partner
    row = await context.store.first("imports", wanted)
    if row is None:
        raise NotFound("Cet import n'existe pas.", id=import_id)
    refused = [
        {name: value for name, value in one.items() if name != "territory"}
        for one in row["refused"]
        if one.get("territory") is None or scope.covers(one["territory"])
    ]
    return {**row, "refused": refused}


def _concerning(scope: Scope) -> dict[str, Any]:
    """Imports of a territory are those that delivered to it or were sent for it by its managers."""
    return {} if scope.territories is None else {"territories": {"$in": sorted(scope.territories)}}
