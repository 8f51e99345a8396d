"""Recorded employments are changed so that none is there twice, and none against the hours that were declared of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import UpdateOne

from services.clauses.domain.employment import EmploymentRecord, EmploymentTerms
from services.clauses.domain.errors import EmploymentExists
from services.clauses.handles import Employments
from services.clauses.queries.employed import naming
from services.clauses.store import MOST_PEOPLE
from shared.store import Store, Work
from shared.store.codec import to_document


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
