"""Recorded employments: who is employed on a contract, in which months, and the changes that their hours decide."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pymongo import DESCENDING, UpdateOne

from services.clauses.domain.amounts import first_day, last_day, month_of
from services.clauses.domain.employment import EmploymentRecord, EmploymentTerms
from services.clauses.domain.errors import EmploymentExists
from services.clauses.domain.ledger import Employment, employment_key
from services.clauses.domain.participant import was_forgotten
from services.clauses.handles import Declarations, Employments
from services.clauses.store import COUNTS, MOST_PEOPLE, on_page, only
from shared.http import Cursor
from shared.store import Store, Work
from shared.store.codec import to_document


async def employments(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[EmploymentRecord]:
    """Employments that match, the newest first, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Employments(store).many(on_page(query, cursor), sort=order, limit=cursor.limit + 1)


async def declared_months(store: Store, contract_id: str) -> set[tuple[str, str]]:
    """(recorded employment, month) of hours that count on a contract."""
    query = {"contract_id": contract_id, "slot": COUNTS, "employment.id": {"$type": "string"}}
    cursor = store.collection("hours").find(query, {"employment.id": 1, "month": 1})
    return {(row["employment"]["id"], row["month"]) async for row in cursor}


async def employments_of(
    store: Store, contract_id: str, contractors: Sequence[str] | None = None
) -> list[EmploymentRecord]:
    """All recorded employments of a contract, or some contractors'."""
    query: dict[str, Any] = {"contract_id": contract_id}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    return await Employments(store).many(query, limit=MOST_PEOPLE)


async def people_for_sheet(
    store: Store, contract_id: str, contractors: Sequence[str] | None, month: str
) -> tuple[list[tuple[str, Employment, str | None]], frozenset[str]]:
    """Whom a sheet of a month expects (participant, employment, lot), and which employments are recorded.

    Those of the month before, and whose recorded employment covers a day of this one; of whoever was erased nothing more.
    """
    before = month_of(first_day(month) - timedelta(days=1))
    query: dict[str, Any] = {"contract_id": contract_id, "month": before, "slot": COUNTS}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    found: dict[tuple[str, str], tuple[str, Employment, str | None]] = {}
    for one in await Declarations(store).many(query, limit=MOST_PEOPLE):
        if was_forgotten(one.participant_id):
            continue
        found[one.participant_id, one.employment.key] = (one.participant_id, one.employment, one.lot_id)
    records = await employments_of(store, contract_id, contractors)
    for record in records:
        running = record.terms.ends_on is None or record.terms.ends_on >= first_day(month)
        if running and not was_forgotten(record.participant_id) and record.terms.starts_on <= last_day(month):
            found.setdefault((record.participant_id, record.named.key), (record.participant_id, record.named, None))
    return [found[key] for key in sorted(found)], frozenset(record.id for record in records)


async def check_new(
    store: Store,
    contract_id: str,
    participant_id: str,
    terms: EmploymentTerms,
    contractors: Sequence[str] | None,
    *,
    besides: str | None = None,
) -> None:
    """Raises EmploymentExists for an employment that is on the contract already, under another number: both would take hours.

    ``contractors``: of whom the caller may know; None: of all. ``besides``: the number of the one that is to be so named. To
    be asked after ``mark_of_contract`` was read.
    """
    query: dict[str, Any] = {"contract_id": contract_id, "participant_id": participant_id, "_id": {"$ne": besides}}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    wanted = naming(terms)
    for one in await Employments(store).many(query, limit=MOST_PEOPLE):
        if naming(one.terms) == wanted:
            message = "Cet emploi est déjà enregistré sur ce marché : même personne, même contrat, même employeur, même début."
            raise EmploymentExists(message, employment_id=one.id)


async def overlapping(store: Store, record: EmploymentRecord, contractors: Sequence[str] | None) -> tuple[str, ...]:
    """Other employments of the person with this employer on days of this one: perhaps the same, recorded with another first day.

    Two may be right (missions of an agency, two part-time contracts), so they are told and not refused. ``contractors``: of whom
    the caller may know; None: of all.
    """
    query: dict[str, Any] = {"contract_id": record.contract_id, "participant_id": record.participant_id}
    query["_id"] = {"$ne": record.id}
    if contractors is not None:
        query["contractor_id"] = {"$in": list(contractors)}
    employer, _ = naming(record.terms)
    found = await Employments(store).many(query, sort=[("_id", 1)], limit=MOST_PEOPLE)
    return tuple(one.id for one in found if naming(one.terms)[0] == employer and one.meets(record))


def naming(terms: EmploymentTerms) -> tuple[str, date]:
    """What makes two employments of a person on a contract one."""
    return employment_key(terms.kind, terms.employer, None), terms.starts_on


_NAMED = "_employments"
"""How often an employment was recorded or named anew on a contract since it was saved: a mark of the store."""


async def mark_of_contract(store: Store, contract_id: str) -> int | None:
    """To be read before it is decided that an employment is new, and handed to ``name_employment``."""
    row = await store.first("contracts", {"_id": contract_id}, {_NAMED: 1}) or {}
    found: int | None = row.get(_NAMED)
    return found


def name_employment(work: Work, contract_id: str, version: int, mark: int | None) -> None:
    """With the employment: conflicts where the contract was changed, or another one recorded on it, since it was read."""
    read = {"_id": contract_id, "version": version, _NAMED: mark}
    work.update("contracts", read, {"$inc": {_NAMED: 1}}, found=True)


async def months_of_employment(store: Store, employment_id: str) -> tuple[str, str] | None:
    """First and last month with hours that count of a recorded employment, on whatever contracts."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"employment.id": employment_id, "slot": COUNTS}},
        {"$group": {"_id": None, "first": {"$min": "$month"}, "last": {"$max": "$month"}}},
    ]
    found = await only(store, "hours", pipeline)
    return (found["first"], found["last"]) if found else None


_MARK = "_declared"
"""How often hours were declared of an employment since it was saved. A mark of the store, as ``_touched`` is."""


async def mark_of_employment(store: Store, employment_id: str) -> int | None:
    """To be read before what is decided by the hours of an employment, and handed to ``put_employment``."""
    row = await store.first("employments", {"_id": employment_id}, {_MARK: 1}) or {}
    found: int | None = row.get(_MARK)
    return found


def mark_employments(work: Work, ids: Iterable[str]) -> None:
    """Hours are declared of these: a change that was decided without them is overtaken."""
    work.bulk("employments", [UpdateOne({"_id": id}, {"$inc": {_MARK: 1}}) for id in ids])


def put_employment(work: Work, record: EmploymentRecord, mark: int | None) -> None:
    """Save a changed employment unless somebody changed it, or declared hours of it on any contract, since ``mark`` was read."""
    document = {name: value for name, value in to_document(record).items() if name != "_id"}
    read = {"_id": record.id, "version": record.loaded_version, _MARK: mark}
    work.update("employments", read, {"$set": document}, found=True)
