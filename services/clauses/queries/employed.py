"""Recorded employments: who is employed on a contract, and in which months."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from pymongo import DESCENDING

from services.clauses.domain.amounts import first_day, last_day, month_of
from services.clauses.domain.employment import EmploymentRecord, EmploymentTerms
from services.clauses.domain.ledger import Employment, employment_key
from services.clauses.domain.participant import was_forgotten
from services.clauses.handles import Declarations, Employments
from services.clauses.store import COUNTS, MOST_PEOPLE, on_page, only
from shared.http import Cursor
from shared.store import Store


async def employments(store: Store, query: Mapping[str, Any], cursor: Cursor) -> list[EmploymentRecord]:
    """Employments that match, the newest first, one more than the page holds."""
    order = [("_id", DESCENDING)]
    return await Employments(store).many(on_page(query, cursor), sort=order, limit=cursor.limit + 1)


async def declared_months(store: Store, contract_id: str, records: Sequence[EmploymentRecord]) -> set[tuple[str, str]]:
    """(recorded employment, month) of hours that count on a contract.

    Hours that were declared by the employment's name before it was recorded are its hours as well: nobody can declare them
    once more by its number.
    """
    query = {"contract_id": contract_id, "slot": COUNTS}
    fields = dict.fromkeys(("employment", "month", "participant_id", "contractor_id"), 1)
    alike: dict[tuple[str, str | None, str], list[EmploymentRecord]] = defaultdict(list)
    for one in records:
        alike[one.participant_id, one.contractor_id, naming(one.terms)[0]].append(one)
    found: set[tuple[str, str]] = set()
    async for row in store.collection("hours").find(query, fields):
        employment, month = row["employment"], row["month"]
        if number := employment.get("id"):
            found.add((number, month))
            continue
        key = employment_key(employment["kind"], employment["employer"], None)
        those = alike.get((row["participant_id"], row["contractor_id"], key), ())
        found.update((one.id, month) for one in those if one.covers(month))
    return found


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


async def months_of_employment(store: Store, employment_id: str) -> tuple[str, str] | None:
    """First and last month with hours that count of a recorded employment, on whatever contracts."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"employment.id": employment_id, "slot": COUNTS}},
        {"$group": {"_id": None, "first": {"$min": "$month"}, "last": {"$max": "$month"}}},
    ]
    found = await only(store, "hours", pipeline)
    return (found["first"], found["last"]) if found else None
