"""When employments ended and where their people were afterwards, packed into one document for each contract.

A report needs all of them, and what it needs of one is six bytes; to read twenty thousand documents was most of what MongoDB
did for it. The packed ones say what the versions of their employments added up to. A version only goes up, and no employment
is ever deleted, so those of another sum are old, and are made again before they are read. The sums come out of an index.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymongo import ReplaceOne

from services.clauses.context import Context
from services.clauses.domain.employment import FOLLOWED_MONTHS
from services.clauses.domain.report import SITUATIONS, Column, Exits
from services.clauses.queries.tallies import CHUNK, number_of

_UNSEEN = 255
_CELL = np.dtype([("ended", "<i4"), ("seen", "u1", (len(FOLLOWED_MONTHS),))])
"""Month since 2000-01 in which an employment ended, and the place in ``SITUATIONS`` after each of ``FOLLOWED_MONTHS``."""
_SHAPE = hashlib.sha256(repr((FOLLOWED_MONTHS, SITUATIONS)).encode()).hexdigest()[:16]
"""What the numbers in a cell mean: other lists make other cells."""


async def exits_of(
    context: Context, ids: Sequence[str], whose: Mapping[str, Any], first: str | None, last: str | None
) -> tuple[Column, Exits]:
    """Employments of contracts that ended in the months from ``first`` to ``last`` (the place of each one's contract among
    ``ids``), and what was seen afterwards. ``whose``: finds their employments, and may find others'.
    """
    kept, versions = await asyncio.gather(_kept(context, {"_id": {"$in": list(ids)}}), _versions(context, whose))
    missing = {id: versions[id] for id in ids if id in versions and kept.get(id, (0, b""))[0] != versions[id]}
    made = await _made(context, missing)
    return _columns([made[id] if id in made else kept.get(id, (0, b""))[1] for id in ids], first, last)


async def refresh(context: Context) -> None:
    """Make what the next report would have to make."""
    everywhere = {"territory": {"$gt": ""}}
    kept, versions = await asyncio.gather(_kept(context, {}), _versions(context, everywhere))
    await _made(context, {id: of for id, of in versions.items() if kept.get(id, (0, b""))[0] != of})


async def _kept(context: Context, query: Mapping[str, Any]) -> dict[str, tuple[int, bytes]]:
    rows = await context.store.collection("exits").find({**query, "shape": _SHAPE}).to_list(None)
    return {row["_id"]: (row["versions"], row["cells"]) for row in rows}


async def _versions(context: Context, whose: Mapping[str, Any]) -> dict[str, int]:
    sums = {"_id": "$contract_id", "versions": {"$sum": "$version"}}
    rows = await context.store.aggregated("employments", [{"$match": dict(whose)}, {"$group": sums}])
    return {row["_id"]: row["versions"] for row in rows}


async def _made(context: Context, versions: Mapping[str, int]) -> dict[str, bytes]:
    """Out of the employments, which are as of these versions or later: what was written since makes the cells old ones."""
    found: dict[str, bytes] = {}
    ids = list(versions)
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        cells: dict[str, list[tuple[int, tuple[int, ...]]]] = defaultdict(list)
        query = {"contract_id": {"$in": some}, "terms.ends_on": {"$ne": None}}
        fields = {"contract_id": 1, "terms.ends_on": 1, "exits.months": 1, "exits.situation": 1}
        for row in await context.store.collection("employments").find(query, fields).to_list(None):
            cells[row["contract_id"]].append(_cell(row))
        packed = {id: np.array(cells[id], dtype=_CELL).tobytes() for id in some}
        puts = [
            ReplaceOne({"_id": id}, {"_id": id, "versions": versions[id], "shape": _SHAPE, "cells": of}, upsert=True)
            for id, of in packed.items()
        ]
        await context.store.collection("exits").bulk_write(puts, ordered=False)
        found |= packed
    return found


def _cell(employment: Mapping[str, Any]) -> tuple[int, tuple[int, ...]]:
    # A situation that only a later release knows is none that is counted here.
    seen = {one["months"]: _PLACES.get(one["situation"], _UNSEEN) for one in employment["exits"]}
    return number_of(employment["terms"]["ends_on"][:7]), tuple(seen.get(months, _UNSEEN) for months in FOLLOWED_MONTHS)


_PLACES = {situation.value: place for place, situation in enumerate(SITUATIONS)}


def _columns(packed: Sequence[bytes], first: str | None, last: str | None) -> tuple[Column, Exits]:
    cells: NDArray[Any] = np.frombuffer(b"".join(packed), dtype=_CELL)
    where = np.repeat(np.arange(len(packed), dtype=np.int64), [len(one) // _CELL.itemsize for one in packed])
    inside = np.ones(len(cells), dtype=np.bool_)
    if first is not None:
        inside &= cells["ended"] >= number_of(first)
    if last is not None:
        inside &= cells["ended"] <= number_of(last)
    ended, seen = where[inside], cells["seen"][inside]
    row, months = np.nonzero(seen != _UNSEEN)
    return ended, Exits(ended[row], months.astype(np.int64), seen[row, months].astype(np.int64))
