"""The log of imports: what was delivered, and which rows were refused."""

from datetime import timedelta
from typing import Any

from services.offers.context import Context
from services.offers.domain.imports.scope import Scope
from shared.errors import NotFound
from shared.http import Cursor, Page

_SILENT = timedelta(minutes=10)
"""A running import writes how far it is with each hundred rows, a second or so: one that wrote nothing for so long was killed."""


async def past(context: Context, scope: Scope, cursor: Cursor) -> Page[dict[str, Any]]:
    """The log of one feed, newest first, without the refused rows."""
    wanted: dict[str, Any] = {"partner": scope.partner, **_concerning(scope)}
    if cursor.after:
        wanted["_id"] = {"$lt": cursor.after[0]}
    rows = context.store.collection("imports").find(wanted, {"refused": 0}).sort("_id", -1).limit(cursor.limit + 1)
    return cursor.page([_as_it_is(context, row) async for row in rows], lambda row: [row["_id"]])


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
    return {**_as_it_is(context, row), "refused": refused}


def _as_it_is(context: Context, row: dict[str, Any]) -> dict[str, Any]:
    killed = row.get("state") == "running" and context.clock.now() - (row.get("updated_at") or row["at"]) >= _SILENT
    return {**row, "state": "interrupted"} if killed else row


def _concerning(scope: Scope) -> dict[str, Any]:
    """Imports of a territory are those that delivered to it or were sent for it by its managers."""
    return {} if scope.territories is None else {"territories": {"$in": sorted(scope.territories)}}
