"""What stands behind the figures of a report: the entries of the ledger, with their authors and evidence (European audit trail).

Staff read all of their territories, a contractor what was declared for it. A buyer reads no entry, since each tells what one
person worked: it reads how many stand behind a contract's calendar year, and how they are evidenced, where enough people did.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bson import Decimal128
from pymongo import ASCENDING, DESCENDING

from services.clauses.access import Sides, sides_of, visible_contracts
from services.clauses.context import Context
from services.clauses.domain.amounts import first_day, last_day, month_of
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.ledger import Declaration, EntryKind, LedgerEntry
from services.clauses.domain.person import Sex
from services.clauses.domain.report import NOWHERE, ContractFact, GroupBy
from services.clauses.queries.reports import Scope, contracts_in, workers_in
from services.clauses.store import COUNTS
from shared.ages import band_in
from shared.auth import Principal, Role
from shared.errors import Forbidden
from shared.http import Cursor
from shared.kept_enum import read_stored
from shared.masking import shown
from shared.store import decode

STAFF = (Role.FACILITATOR, Role.MANAGER)


class Figure(StrEnum):
    """Which hours the entries add up to. Counts of people are those of the entries' participants."""

    DECLARED = "declared"
    VALIDATED = "validated"


@dataclass(frozen=True)
class Part:
    """A line of a report and people of it; all absent: the total."""

    by: GroupBy | None = None
    key: str | None = None
    sex: Sex | None = None
    category: str | None = None
    band: str | None = None

    @property
    def of_people(self) -> bool:
        """Whether only some people's entries are asked for."""
        return (self.sex, self.category, self.band) != (None, None, None)


async def entries_behind(
    context: Context, principal: Principal, scope: Scope, part: Part, figure: Figure, cursor: Cursor
) -> list[tuple[LedgerEntry, Declaration]]:
    """Entries and the declarations that they are of, contract by contract, the newest first; one more than the page holds.

    Raises:
        Forbidden: neither staff nor a contractor; or a contractor asks for people of a category, sex or age.
    """
    staff = principal.has(*STAFF) and bool(principal.territories)
    sides = Sides() if staff else Sides(contractors=(await sides_of(context.store, principal)).contractors)
    if not staff and not sides.contractors:
        message = "Le détail des heures est pour les facilitateurs, et pour chaque titulaire le sien."
        raise Forbidden(message, needs=[role.value for role in STAFF])
    if not staff and part.of_people:
        # Which of its people are eligible for what is none of an employer's business.
        raise Forbidden(
            "Les catégories de personnes sont pour les facilitateurs.", needs=[role.value for role in STAFF]
        )
    visible = _visible(principal, sides, staff=staff)
    query: dict[str, Any] = {f"{figure}_delta": {"$ne": Decimal128("0.00")}}
    if period := _period(scope):
        query["month"] = period
    conditions, since = [query], None
    if cursor.after is not None:
        since, entry = cursor.texts(2)
        conditions.append({"$or": [{"contract_id": {"$gt": since}}, {"contract_id": since, "_id": {"$lt": entry}}]})
    desks = await _desks(context, principal, visible, scope) if part.of_people else ()
    found: list[LedgerEntry] = []
    async for contracts in _walk(context, visible, scope, part, since):
        whose: Mapping[str, Any] = {"contract_id": {"$in": [one.id for one in contracts]}}
        if part.of_people:
            either = await _of_people(context, contracts, scope, part, desks)
            if not either:
                continue
            whose = {"$or": either}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"$and": [whose, *conditions]}},
            {"$sort": {"contract_id": ASCENDING, "_id": DESCENDING}},
        ]
        if not staff:
            pipeline += _own(sides)
        pipeline.append({"$limit": cursor.limit + 1 - len(found)})
        rows = [decode(row) async for row in context.store.aggregate("ledger", pipeline)]
        found += [read_stored(LedgerEntry, {"id": row["_id"], **row}) for row in rows]
        if len(found) > cursor.limit:
            break
    wanted = {"_id": {"$in": sorted({one.declaration_id for one in found})}}
    declared = {one.id: one for one in await context.store.find_many(Declaration, "hours", wanted, limit=0)}
    return [(one, declared[one.declaration_id]) for one in found]


async def employments_behind(
    context: Context, principal: Principal, scope: Scope, part: Part, cursor: Cursor
) -> list[EmploymentRecord]:
    """Employments that ended in the period, with what was seen of their people afterwards: contract by contract, the newest
    first; one more than the page holds.

    Raises:
        Forbidden: not staff.
    """
    if not principal.has(*STAFF):
        raise Forbidden("Les sorties sont pour les facilitateurs.", needs=[role.value for role in STAFF])
    first = first_day(scope.first).isoformat() if scope.first else "0000"
    last = last_day(scope.last).isoformat() if scope.last else "9999"
    query: dict[str, Any] = {"terms.ends_on": {"$gte": first, "$lte": last}}
    since = None
    if cursor.after is not None:
        since, record = cursor.texts(2)
        query["$or"] = [{"contract_id": {"$gt": since}}, {"contract_id": since, "_id": {"$lt": record}}]
    order = [("contract_id", ASCENDING), ("_id", DESCENDING)]
    found: list[EmploymentRecord] = []
    async for contracts in _walk(context, _visible(principal, Sides(), staff=True), scope, part, since):
        those = {"contract_id": {"$in": [one.id for one in contracts]}, **query}
        limit = cursor.limit + 1 - len(found)
        found += await context.store.find_many(EmploymentRecord, "employments", those, sort=order, limit=limit)
        if len(found) > cursor.limit:
            break
    return found


@dataclass(frozen=True)
class Evidenced:
    """What stands behind a contract's calendar year. None where a count is of too few, or of the entries of too few people."""

    contract_id: str
    year: int
    participants: int | None
    entries: Mapping[str, int | None]
    evidence: Mapping[str, int | None]
    without_evidence: int | None


async def evidence_behind(
    context: Context, principal: Principal, contract_id: str | None, year: int | None, cursor: Cursor
) -> tuple[list[Evidenced], str | None]:
    """By contract and calendar year, without people: cells that no two answers can be subtracted to. A page holds so many
    contracts with all of their years; also answered: the last of them, where there are more.

    Raises:
        Forbidden: whoever works for no territory and acts for no buyer.
    """
    staff = principal.has(*STAFF) and bool(principal.territories)
    if staff:
        visible: Mapping[str, Any] = {"territory": {"$in": sorted(principal.territories)}}
    else:
        visible = await visible_contracts(context.store, principal, (*STAFF, Role.CONTRACTING_AUTHORITY))
    conditions = [visible, {} if contract_id is None else {"_id": contract_id}]
    if cursor.after is not None:
        conditions.append({"_id": {"$gt": cursor.texts(1)[0]}})
    rows = context.store.collection("contracts").find({"$and": conditions}, {"_id": 1})
    ids = [row["_id"] async for row in rows.sort("_id", ASCENDING).limit(cursor.limit + 1)]
    more = ids[cursor.limit - 1] if len(ids) > cursor.limit else None
    del ids[cursor.limit :]
    asked: dict[str, Any] = {"contract_id": {"$in": ids}}
    if year is not None:
        asked["month"] = {"$gte": f"{year}-01", "$lte": f"{year}-12"}
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    whose = {"contract": "$contract_id", "year": {"$substrBytes": ["$month", 0, 4]}}
    by_kind: list[dict[str, Any]] = [
        {"$match": asked},
        {"$group": {"_id": {**whose, "kind": "$kind"}, "n": {"$sum": 1}, "people": {"$addToSet": "$participant_id"}}},
    ]
    papers: list[dict[str, Any]] = [
        {"$match": {**asked, "slot": COUNTS}},
        {"$unwind": {"path": "$evidence", "preserveNullAndEmptyArrays": True}},
        {"$group": {"_id": {**whose, "kind": {"$ifNull": ["$evidence.kind", None]}}, "n": {"$sum": 1}}},
    ]
    of_ledger, of_hours = await asyncio.gather(
        context.store.aggregated("ledger", by_kind), context.store.aggregated("hours", papers)
    )
    for row in of_ledger:
        cell = _cell(cells, row["_id"])
        cell["entries"][row["_id"]["kind"]] = row["n"]
        cell["people"].update(row["people"])
    for row in of_hours:
        _cell(cells, row["_id"])["evidence"][row["_id"]["kind"]] = row["n"]
    return [_evidenced(key, cells[key], exact=staff) for key in sorted(cells)], more


def _cell(cells: dict[tuple[str, str], dict[str, Any]], id: Mapping[str, str]) -> dict[str, Any]:
    return cells.setdefault((id["contract"], id["year"]), {"entries": {}, "evidence": {}, "people": set()})


def _evidenced(key: tuple[str, str], cell: Mapping[str, Any], *, exact: bool) -> Evidenced:
    people = len(cell["people"])
    few = not exact and shown(people) is None

    def told(count: int) -> int | None:
        return count if exact else None if few else shown(count)

    papers = dict(cell["evidence"])
    without = papers.pop(None, 0)
    return Evidenced(
        contract_id=key[0],
        year=int(key[1]),
        participants=told(people),
        entries={kind.value: told(cell["entries"].get(kind.value, 0)) for kind in EntryKind},
        evidence={kind: told(papers[kind]) for kind in sorted(papers)},
        without_evidence=told(without),
    )


def _visible(principal: Principal, sides: Sides, *, staff: bool) -> Mapping[str, Any]:
    if staff:
        return {"territory": {"$in": sorted(principal.territories)}}
    named = []
    for territory, own in _by_territory(sides).items():
        either = [{"terms.contractor_ids": {"$in": own}}, {"terms.lots.contractor_ids": {"$in": own}}]
        named.append({"territory": territory, "$or": either})
    return {"$or": named}


def _own(sides: Sides) -> Sequence[dict[str, Any]]:
    """Stages that leave what was declared for the caller's contractors."""
    of = {"from": "hours", "localField": "declaration_id", "foreignField": "_id", "as": "of"}
    theirs = [{"territory": where, "of.contractor_id": {"$in": own}} for where, own in _by_territory(sides).items()]
    return [{"$lookup": of}, {"$match": {"$or": theirs}}, {"$unset": "of"}]


def _by_territory(sides: Sides) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for territory, contractor in sorted(sides.contractors):
        found.setdefault(territory, []).append(contractor)
    return found


_FIRST_CONTRACTS, _MOST_CONTRACTS = 20, 1_000
"""Contracts that are looked at first for a page, and at most at once."""


async def _walk(
    context: Context, visible: Mapping[str, Any], scope: Scope, part: Part, since: str | None
) -> AsyncIterator[list[ContractFact]]:
    """The contracts of a line in the order of their ids from one on, some at a time and each time more: a page that is full
    after the first few has read nothing of the others.
    """
    size, after = _FIRST_CONTRACTS, {} if since is None else {"_id": {"$gte": since}}
    while True:
        rows = context.store.collection("contracts").find({"$and": [visible, scope.query(), after]}, {"_id": 1})
        ids = [row["_id"] async for row in rows.sort("_id", ASCENDING).limit(size)]
        facts = await contracts_in(context, {"_id": {"$in": ids}}, scope) if ids else []
        found = [one for one in facts if part.by is None or one.groups[part.by][0] == part.key]
        if found:
            yield found
        if len(ids) < size:
            return
        size, after = min(size * 4, _MOST_CONTRACTS), {"_id": {"$gt": ids[-1]}}


def _period(scope: Scope) -> dict[str, str]:
    bounds = {"$gte": scope.first, "$lte": scope.last}
    return {sign: month for sign, month in bounds.items() if month is not None}


async def _desks(context: Context, principal: Principal, visible: Mapping[str, Any], scope: Scope) -> Sequence[str]:
    """Whose records say who people are: the territories of all contracts of the figure, not only of those on the page."""
    own = sorted(principal.territories) if scope.territory is None else [scope.territory]
    if len(own) < 2:
        return own
    found: list[str] = await context.store.collection("contracts").distinct(
        "territory", {"$and": [visible, scope.query()]}
    )
    return found


async def _of_people(
    context: Context, contracts: Sequence[ContractFact], scope: Scope, part: Part, desks: Sequence[str]
) -> list[dict[str, Any]]:
    """On each contract the entries of the people whom a report counts there under a sex, category or age."""
    last_year = int((scope.last or month_of(context.today(scope.territory or "")))[:4])
    found: dict[str, list[str]] = {}
    for contract_id, participant_id, fact in await workers_in(context, contracts, scope, desks):
        fits = (
            part.sex in (None, fact.sex),
            part.category is None or part.category in fact.categories,
            part.band in (None, band_in(last_year, fact.birth_year, NOWHERE)),
        )
        if all(fits):
            found.setdefault(contract_id, []).append(participant_id)
    return [{"contract_id": id, "participant_id": {"$in": those}} for id, those in found.items()]
