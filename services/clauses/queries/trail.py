"""What stands behind the figures of a report: the entries of the ledger, with their authors and evidence (European audit trail).

Staff read all of their territories, a contractor what was declared for it. A buyer reads no entry, since each tells what one
person worked: it reads how many stand behind a contract's calendar year, and how they are evidenced, where enough people did.
"""

from collections.abc import Mapping, Sequence
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
from services.clauses.queries.reports import Scope, contracts_in, people_in
from shared.ages import band_in
from shared.auth import Principal, Role
from shared.errors import Forbidden
from shared.http import Cursor
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
        raise Forbidden("Entries are the desk's and, its own, a contractor's.", needs=[role.value for role in STAFF])
    if not staff and part.of_people:
        # Which of its people are eligible for what is none of an employer's business.
        raise Forbidden("Categories of people are the desk's.", needs=[role.value for role in STAFF])
    contracts = await _contracts(context, await _visible(context, principal, sides, staff=staff), scope, part)
    ids = sorted(one.id for one in contracts)
    query: dict[str, Any] = {"contract_id": {"$in": ids}, f"{figure}_delta": {"$ne": Decimal128("0.00")}}
    conditions = [query]
    if period := _period(scope):
        query["month"] = period
    if part.of_people:
        conditions.append(await _of_people(context, contracts, scope, part))
    if cursor.after is not None:
        contract, entry = cursor.texts(2)
        after = [{"contract_id": {"$gt": contract}}, {"contract_id": contract, "_id": {"$lt": entry}}]
        conditions.append({"$or": after})
    pipeline: list[dict[str, Any]] = [
        {"$match": {"$and": conditions}},
        {"$sort": {"contract_id": ASCENDING, "_id": DESCENDING}},
    ]
    if not staff:
        pipeline += _own(sides)
    pipeline.append({"$limit": cursor.limit + 1})
    rows = [decode(row) async for row in context.store.aggregate("ledger", pipeline)]
    found = [LedgerEntry.model_validate({"id": row["_id"], **row}) for row in rows]
    wanted = {"_id": {"$in": sorted({one.declaration_id for one in found})}}
    declared = {one.id: one for one in await context.store.find_many(Declaration, "hours", wanted, limit=0)}
    return [(one, declared[one.declaration_id]) for one in found]


async def employments_behind(
    context: Context, principal: Principal, scope: Scope, part: Part, cursor: Cursor
) -> list[EmploymentRecord]:
    """Employments that ended in the period, with what was seen of their people afterwards; one more than the page holds.

    Raises:
        Forbidden: not staff.
    """
    if not principal.has(*STAFF):
        raise Forbidden("Exits are the desk's.", needs=[role.value for role in STAFF])
    contracts = await _contracts(context, await _visible(context, principal, Sides(), staff=True), scope, part)
    first = first_day(scope.first).isoformat() if scope.first else "0000"
    last = last_day(scope.last).isoformat() if scope.last else "9999"
    query: dict[str, Any] = {
        "contract_id": {"$in": [one.id for one in contracts]},
        "terms.ends_on": {"$gte": first, "$lte": last},
    }
    if cursor.after is not None:
        query["_id"] = {"$lt": cursor.texts(1)[0]}
    order = [("_id", DESCENDING)]
    return await context.store.find_many(EmploymentRecord, "employments", query, sort=order, limit=cursor.limit + 1)


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
    context: Context, principal: Principal, contract_id: str | None, year: int | None
) -> list[Evidenced]:
    """By contract and calendar year, without people: cells that no two answers can be subtracted to.

    Raises:
        Forbidden: whoever works for no territory and acts for no buyer.
    """
    staff = principal.has(*STAFF) and bool(principal.territories)
    if staff:
        visible: Mapping[str, Any] = {"territory": {"$in": sorted(principal.territories)}}
    else:
        visible = await visible_contracts(context.store, principal, (*STAFF, Role.CONTRACTING_AUTHORITY))
    chosen = {} if contract_id is None else {"_id": contract_id}
    rows = context.store.collection("contracts").find({"$and": [visible, chosen]}, {"_id": 1})
    ids = [row["_id"] async for row in rows]
    asked: dict[str, Any] = {"contract_id": {"$in": ids}}
    if year is not None:
        asked["month"] = {"$gte": f"{year}-01", "$lte": f"{year}-12"}
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    whose = {"contract": "$contract_id", "year": {"$substrBytes": ["$month", 0, 4]}}
    by_kind: list[dict[str, Any]] = [
        {"$match": asked},
        {"$group": {"_id": {**whose, "kind": "$kind"}, "n": {"$sum": 1}, "people": {"$addToSet": "$participant_id"}}},
    ]
    async for row in context.store.aggregate("ledger", by_kind):
        cell = _cell(cells, row["_id"])
        cell["entries"][row["_id"]["kind"]] = row["n"]
        cell["people"].update(row["people"])
    papers: list[dict[str, Any]] = [
        {"$match": {**asked, "slot": {"$type": "string"}}},
        {"$unwind": {"path": "$evidence", "preserveNullAndEmptyArrays": True}},
        {"$group": {"_id": {**whose, "kind": {"$ifNull": ["$evidence.kind", None]}}, "n": {"$sum": 1}}},
    ]
    async for row in context.store.aggregate("hours", papers):
        _cell(cells, row["_id"])["evidence"][row["_id"]["kind"]] = row["n"]
    return [_evidenced(key, cells[key], exact=staff) for key in sorted(cells)]


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


async def _visible(context: Context, principal: Principal, sides: Sides, *, staff: bool) -> Mapping[str, Any]:
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


async def _contracts(context: Context, visible: Mapping[str, Any], scope: Scope, part: Part) -> list[ContractFact]:
    facts = await contracts_in(context, {"$and": [visible, scope.query()]}, scope)
    return [one for one in facts if part.by is None or one.groups[part.by][0] == part.key]


def _period(scope: Scope) -> dict[str, str]:
    bounds = {"$gte": scope.first, "$lte": scope.last}
    return {sign: month for sign, month in bounds.items() if month is not None}


async def _of_people(context: Context, contracts: Sequence[ContractFact], scope: Scope, part: Part) -> dict[str, Any]:
    """Entries of the people that a report counts under a sex, category or age: profiles everywhere, references at their desk."""
    last_year = int((scope.last or month_of(context.today(scope.territory or "")))[:4])
    profiles: list[str] = []
    references: dict[str, list[str]] = {}
    for (territory, participant), fact in (await people_in(context, contracts, scope)).items():
        fits = (
            part.sex in (None, fact.sex),
            part.category is None or part.category in fact.categories,
            part.band in (None, band_in(last_year, fact.birth_year, NOWHERE)),
        )
        if all(fits):
            (profiles if territory is None else references.setdefault(territory, [])).append(participant)
    either: list[dict[str, Any]] = [{"participant_id": {"$in": profiles}}]
    either += [{"territory": where, "participant_id": {"$in": those}} for where, those in references.items()]
    return {"$or": either}
