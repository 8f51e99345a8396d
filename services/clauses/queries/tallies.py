"""Who worked how much in which month, packed into one document for each contract: what reports are read from.

A report of 2,000 contracts needs a million of these cells. Read from ``presences``, one document a person with two exact
decimals a month, they took five seconds, most of it spent on decoding; as one binary a contract they take a tenth of one.

A tally is made of the presences, and says of which version of its contract: the version goes up with every entry of the
ledger, in the same transaction, so a tally of another version is an old one, and is made again before it is read.
"""

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from struct import Struct
from typing import Any, NamedTuple

import numpy as np
from bson import Decimal128
from numpy.typing import NDArray
from pymongo import ReplaceOne

from services.clauses.context import Context
from services.clauses.domain.report import Column, Worked

CELL = np.dtype([("person", "<u4"), ("month", "<u2"), ("declared", "<i4"), ("validated", "<i4")])
"""Place of the person in the tally's list, month since 2000-01, hundredths of an hour; ordered by person."""
CHUNK = 200
"""Contracts whose people are held at once while their tallies are made."""


class Tally(NamedTuple):
    """Of one contract."""

    territory: str
    people: Sequence[str]
    cells: bytes


async def tallies_of(context: Context, versions: Mapping[str, int]) -> list[Tally]:
    """Tallies of contracts as of a version or a later one, in the order of ``versions``; missing and old ones are made."""
    found: dict[str, Tally] = {}
    fields = {"version": 1, "territory": 1, "people": 1, "cells": 1}
    query = {"_id": {"$in": list(versions)}}
    for row in await context.store.collection("tallies").find(query, fields).to_list(None):
        if row["version"] == versions[row["_id"]]:
            found[row["_id"]] = Tally(row["territory"], row["people"], row["cells"])
    missing = [id for id in versions if id not in found]
    for start in range(0, len(missing), CHUNK):
        found |= await _made(context, {id: versions[id] for id in missing[start : start + CHUNK]})
    return [found[id] for id in versions]


async def refresh(context: Context) -> int:
    """Make what the next report would have to make; returns how many. Totals that are out of step wait for their fold."""
    versions = {
        row["_id"]: row["version"]
        async for row in context.store.collection("contracts").find({}, {"version": 1, "folded": 1})
        if row.get("folded") == row["version"]
    }
    async for row in context.store.collection("tallies").find({}, {"version": 1}):
        if versions.get(row["_id"]) == row["version"]:
            del versions[row["_id"]]
    ids = list(versions)
    for start in range(0, len(ids), CHUNK):
        await _made(context, {id: versions[id] for id in ids[start : start + CHUNK]})
    return len(ids)


async def _made(context: Context, versions: Mapping[str, int]) -> dict[str, Tally]:
    """Out of the presences, which are as of these versions or later: what was written since makes the tally an old one."""
    rows: dict[str, list[dict[str, Any]]] = {id: [] for id in versions}
    query = {"contract_id": {"$in": list(versions)}}
    for row in await context.store.collection("presences").find(query).to_list(None):
        rows[row["contract_id"]].append(row)
    made = await asyncio.to_thread(lambda: {id: tally(of) for id, of in rows.items()})
    puts = [
        ReplaceOne({"_id": id}, {"_id": id, "version": versions[id], **one._asdict()}, upsert=True)
        for id, one in made.items()
    ]
    await context.store.collection("tallies").bulk_write(puts, ordered=False)
    return made


def tally(presences: Sequence[Mapping[str, Any]]) -> Tally:
    """Pack the presences of one contract."""
    cells = []
    for place, row in enumerate(presences):
        validated = row["validated_by_month"]
        for month, hours in row["declared_by_month"].items():
            cells.append(
                (place, number_of(month), _cents(hours), _cents(validated[month]) if month in validated else 0)
            )
    territory = presences[0]["territory"] if presences else ""
    return Tally(territory, [row["participant_id"] for row in presences], np.array(cells, dtype=CELL).tobytes())


_TWO_PLACES = (6176 - 2) << 49
"""The upper half of a Decimal128 that is not negative, has two decimals and fits into the lower half (IEEE 754, BID)."""


def _cents(hours: Decimal128) -> int:
    """Hundredths of an hour. Nearly all amounts are read off their bits, which costs a fiftieth of making a Decimal of them."""
    low, high = _HALVES.unpack(hours.bid)
    return int(low) if high == _TWO_PLACES else int(hours.to_decimal() * 100)


def exact(hours: Decimal128) -> Decimal:
    """The same number with the same decimals."""
    low, high = _HALVES.unpack(hours.bid)
    return Decimal(low).scaleb(-2) if high == _TWO_PLACES else hours.to_decimal()


_HALVES = Struct("<QQ")


class Cells(NamedTuple):
    """Cells of several tallies together, within the months asked for."""

    name: Column
    """Place among all names of all tallies, one after the other."""
    month: Column
    declared: Column
    validated: Column
    contract_of: Column
    """Of each name: the place of its tally."""


def cells_of(tallies: Sequence[Tally], first: str | None, last: str | None) -> Cells:
    """The cells of the months from ``first`` to ``last``."""
    packed: NDArray[Any] = np.frombuffer(b"".join(one.cells for one in tallies), dtype=CELL)
    counts = np.array([len(one.cells) // CELL.itemsize for one in tallies], dtype=np.int64)
    sizes = np.array([len(one.people) for one in tallies], dtype=np.int64)
    begins = np.repeat(np.cumsum(sizes) - sizes, counts)
    if first is not None or last is not None:
        inside = np.ones(len(packed), dtype=np.bool_)
        if first is not None:
            inside &= packed["month"] >= number_of(first)
        if last is not None:
            inside &= packed["month"] <= number_of(last)
        packed, begins = packed[inside], begins[inside]
    return Cells(
        name=begins + packed["person"],
        month=packed["month"].astype(np.int64),
        declared=packed["declared"].astype(np.int64),
        validated=packed["validated"].astype(np.int64),
        contract_of=np.repeat(np.arange(len(tallies), dtype=np.int64), sizes),
    )


def number_of(month: str) -> int:
    """Months since 2000-01."""
    return (int(month[:4]) - 2000) * 12 + int(month[5:]) - 1


def month_at(number: int) -> str:
    """``YYYY-MM`` of so many months since 2000-01."""
    return f"{2000 + number // 12}-{number % 12 + 1:02}"


def worked(cells: Cells, person_of: Column) -> Worked:
    """Each person's sums on each contract; ``person_of`` is the person of each name."""
    if not len(cells.name):
        return Worked()
    begins = np.flatnonzero(np.diff(cells.name, prepend=-1))
    names = cells.name[begins]
    return Worked(
        contract=cells.contract_of[names],
        person=person_of[names],
        declared=np.add.reduceat(cells.declared, begins),
        validated=np.add.reduceat(cells.validated, begins),
    )
