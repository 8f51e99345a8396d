"""Reads the facts that reports are made of: totals by month and by person, never the declarations one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bson import Decimal128

from services.clauses.access import visible_contracts
from services.clauses.context import Context
from services.clauses.domain.amounts import first_day, last_day, month_of
from services.clauses.domain.employment import ExitSituation
from services.clauses.domain.errors import ReportRefused
from services.clauses.domain.person import Sex
from services.clauses.domain.reference import is_profile
from services.clauses.domain.report import (
    NOWHERE,
    ContractFact,
    ExitFact,
    Facts,
    GroupBy,
    MonthFact,
    PersonFact,
    PresenceFact,
    Report,
    masked,
    report,
)
from services.clauses.domain.reporting import months_between
from services.clauses.totals import refold
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ClauseKind
from shared.errors import refused_field
from shared.store import Work, decode

REPORT_READERS = (Role.FACILITATOR, Role.MANAGER, Role.CONTRACTING_AUTHORITY)
KIND_LABELS = {
    ClauseKind.EXECUTION_CONDITION: "Condition d'exécution (L2112-2)",
    ClauseKind.RESERVED_IAE: "Marché réservé aux structures d'insertion (L2113-13)",
    ClauseKind.RESERVED_DISABILITY: "Marché réservé aux structures du handicap (L2113-12)",
    ClauseKind.RESERVED_BOTH: "Marché réservé aux deux",
    ClauseKind.RESERVED_PRISON: "Marché réservé au travail pénitentiaire (L2113-13-1)",
    ClauseKind.AWARD_CRITERION: "Critère d'attribution",
    ClauseKind.QUALIFICATION_TRAINING_OBJECT: "Marché de qualification et d'insertion",
    ClauseKind.GRANT_CONDITION: "Subvention",
}


@dataclass(frozen=True)
class Scope:
    """Which contracts, and which months of them. ``first`` and ``last`` absent: as long as they run."""

    territory: str | None = None
    kind: ClauseKind | None = None
    contract_id: str | None = None
    authority_id: str | None = None
    carrier: str | None = None
    employment_area: str | None = None
    epci: str | None = None
    first: str | None = None
    last: str | None = None

    def query(self) -> dict[str, Any]:
        """What MongoDB can say of it; places are looked up afterwards."""
        exact = {
            "territory": self.territory,
            "terms.kind": self.kind,
            "_id": self.contract_id,
            "authority_id": self.authority_id,
            "carrier": self.carrier,
        }
        query: dict[str, Any] = {field: value for field, value in exact.items() if value is not None}
        # A contract that did not run in the period neither owes nor did anything in it.
        if self.last is not None:
            query["terms.starts_on"] = {"$lte": last_day(self.last).isoformat()}
        if self.first is not None:
            query["terms.ends_on"] = {"$gte": first_day(self.first).isoformat()}
        return query


async def report_for(context: Context, principal: Principal, scope: Scope, by: GroupBy | None) -> Report:
    """The figures of the contracts that the caller may see: staff those of their territories, a buyer its own, masked.

    A buyer reads progress, not people: on a contract with one participant every count would be about that person. Its
    periods are whole calendar years, so that two of them cannot be subtracted.

    Raises:
        Forbidden: whoever works for no territory and acts for no buyer.
        ReportRefused: a buyer's period that is no whole years.
    """
    if principal.has(Role.FACILITATOR, Role.MANAGER) and principal.territories:
        own = {"territory": {"$in": sorted(principal.territories)}}
        return await _report(context, {"$and": [own, scope.query()]}, scope, by)
    visible = await visible_contracts(context.store, principal, REPORT_READERS)
    for name, month, end in (("from", scope.first, "-01"), ("to", scope.last, "-12")):
        if month is not None and not month.endswith(end):
            message = "Les bilans des maîtres d'ouvrage portent sur des années entières."
            raise refused_field(ReportRefused, f"query.{name}", "whole-years", message)
    return masked(await _report(context, {"$and": [visible, scope.query()]}, scope, by))


async def public_report(context: Context, territory: str, year: int, by: GroupBy | None) -> Report:
    """A territory's calendar year as anybody may read it. Periods are fixed, so that no two of them can be subtracted."""
    scope = Scope(territory=territory, first=f"{year}-01", last=f"{year}-12")
    return masked(await _report(context, scope.query(), scope, by))


async def _report(context: Context, query: Mapping[str, Any], scope: Scope, by: GroupBy | None) -> Report:
    contracts = await contracts_in(context, query, scope)
    ids = [one.id for one in contracts]
    presences, names = await presences_in(context, ids, scope)
    ended, exits = await _ended(context, ids, scope)
    facts = Facts(
        contracts=contracts,
        months=await _months(context, ids, scope),
        presences=presences,
        persons=await persons_named(context, names),
        exits=exits,
        ended=ended,
    )
    last = scope.last or month_of(context.today(scope.territory or ""))
    return report(facts, by, int(last[:4]))


async def contracts_in(context: Context, query: Mapping[str, Any], scope: Scope) -> list[ContractFact]:
    """Contracts that match, in step with their ledgers; places are looked up here."""
    fields = {
        "territory": 1,
        "terms.kind": 1,
        "terms.title": 1,
        "terms.reference": 1,
        "terms.starts_on": 1,
        "terms.ends_on": 1,
        "objective.hours": 1,
        "authority_id": 1,
        "authority_name": 1,
        "carrier": 1,
        "commune_code": 1,
        "folded": 1,
        "version": 1,
    }
    found = []
    async for row in context.store.collection("contracts").find(dict(query), fields):
        if row.get("folded") != row["version"]:
            await bring_into_step(context, row["_id"])
        fact = _fact(context, decode(row))
        places = {GroupBy.EMPLOYMENT_AREA: scope.employment_area, GroupBy.EPCI: scope.epci}
        if all(wanted is None or fact.groups[by][0] == wanted for by, wanted in places.items()):
            found.append(fact)
    return found


def _fact(context: Context, row: Mapping[str, Any]) -> ContractFact:
    terms = row["terms"]
    commune = context.communes.get(row["commune_code"]) if row.get("commune_code") else None
    nowhere = (NOWHERE, "Non renseigné")
    area = nowhere if commune is None else (commune.employment_area_code, commune.employment_area_name)
    epci = nowhere if commune is None or commune.epci_code is None else (commune.epci_code, commune.epci_name or "")
    carrier = row.get("carrier")
    return ContractFact(
        id=row["_id"],
        authority_id=row["authority_id"],
        objective=row["objective"]["hours"],
        starts_on=date.fromisoformat(terms["starts_on"]),
        ends_on=date.fromisoformat(terms["ends_on"]),
        kind=terms["kind"],
        groups={
            GroupBy.KIND: (terms["kind"], KIND_LABELS[ClauseKind(terms["kind"])]),
            GroupBy.CONTRACT: (row["_id"], " ".join(filter(None, (terms.get("reference"), terms["title"])))),
            GroupBy.AUTHORITY: (row["authority_id"], row["authority_name"]),
            GroupBy.CARRIER: nowhere if carrier is None else (carrier, carrier),
            GroupBy.TERRITORY: (row["territory"], row["territory"]),
            GroupBy.EMPLOYMENT_AREA: area,
            GroupBy.EPCI: epci,
        },
    )


async def bring_into_step(context: Context, contract_id: str) -> None:
    """A contract that an older release wrote last: its totals are made anew before they are read."""

    async def once() -> None:
        contract = await context.contracts.find(contract_id)
        if contract is None or contract.in_step:
            return
        work = Work(context.new_id)
        await refold(context.store, work, contract)
        await context.store.commit(work)

    await context.store.retry_conflicts(once)


async def _months(context: Context, ids: Sequence[str], scope: Scope) -> list[MonthFact]:
    query: dict[str, Any] = {"contract_id": {"$in": list(ids)}}
    bounds = {"$gte": scope.first, "$lte": scope.last}
    if period := {sign: month for sign, month in bounds.items() if month is not None}:
        query["month"] = period
    cents = {kind: {"$push": _whole(f"${kind}")} for kind in ("declared", "validated")}
    columns = {"$group": {"_id": "$contract_id", "month": {"$push": "$month"}, **cents}}
    found: list[MonthFact] = []
    async for row in context.store.aggregate("month_totals", [{"$match": query}, columns]):
        rows = zip(row["month"], row["declared"], row["validated"], strict=True)
        found += [MonthFact(row["_id"], *one) for one in rows]
    return found


async def presences_in(
    context: Context, ids: Sequence[str], scope: Scope
) -> tuple[list[PresenceFact], dict[str, tuple[str, str]]]:
    """Hours of each person on each contract, and (territory, participant) of each person.

    MongoDB adds the months up and hands out a document for each contract, with three columns: 100,000 documents by
    themselves, each with two decimals, took longer to read than everything else of a report.
    """
    sums = {kind: _cents(kind, scope) for kind in ("declared", "validated")}
    columns = {kind: {"$push": f"${kind}"} for kind in ("participant_id", "declared", "validated")}
    pipeline: list[dict[str, Any]] = [
        {"$match": {"contract_id": {"$in": list(ids)}}},
        {"$project": {"_id": 0, "contract_id": 1, "participant_id": 1, "territory": 1, **sums}},
        {"$match": {"declared": {"$gt": 0}}},
        {"$group": {"_id": "$contract_id", "territory": {"$first": "$territory"}, **columns}},
    ]
    found: list[PresenceFact] = []
    names: dict[str, tuple[str, str]] = {}
    known: dict[tuple[str, str], str] = {}
    async for row in context.store.aggregate("presences", pipeline):
        contract, territory = row["_id"], row["territory"]
        for participant, declared, validated in zip(
            row["participant_id"], row["declared"], row["validated"], strict=True
        ):
            whose = (territory, participant)
            person = known.get(whose)
            if person is None:
                person = known[whose] = participant if is_profile(participant) else f"{territory}|{participant}"
                names[person] = whose
            found.append(PresenceFact(contract, person, declared, validated))
    return found, names


def _cents(kind: str, scope: Scope) -> dict[str, Any]:
    """A person's hundredths of an hour within the bounds: whole numbers, so exact."""
    if scope.first is None and scope.last is None:
        hours: Any = f"${kind}"
    elif scope.first is not None and scope.last is not None and len(months := _months_of(scope)) <= _NAMED_MONTHS:
        hours = {"$add": [{"$ifNull": [f"${kind}_by_month.{month}", _NOTHING]} for month in months]}
    else:
        bounds = [{"$gte": ["$$one.k", scope.first]}] if scope.first is not None else []
        bounds += [{"$lte": ["$$one.k", scope.last]}] if scope.last is not None else []
        inside = {"$filter": {"input": {"$objectToArray": f"${kind}_by_month"}, "as": "one", "cond": {"$and": bounds}}}
        hours = {"$sum": {"$map": {"input": inside, "as": "one", "in": "$$one.v"}}}
    return _whole(hours)


def _whole(hours: Any) -> dict[str, Any]:
    """Hundredths: hours have two decimals."""
    return {"$toLong": {"$multiply": [hours, 100]}}


_NAMED_MONTHS = 24
"""Up to so many months are looked up by their names; of more, a person's months are gone through."""
_NOTHING = Decimal128("0.00")


def _months_of(scope: Scope) -> list[str]:
    return list(months_between(first_day(scope.first or ""), last_day(scope.last or "")))


async def persons_named(context: Context, names: Mapping[str, tuple[str, str]]) -> dict[str, PersonFact]:
    """Facts of the people that the desks know; a profile that several desks keep is known by the first that says something."""
    if not names:
        return {}
    territories = {territory for territory, _ in names.values()}
    fields = {"participant_id": 1, "territory": 1, "terms.sex": 1, "terms.birth_year": 1, "categories": 1}
    found: dict[str, PersonFact] = {}
    query = {"territory": {"$in": sorted(territories)}}
    for row in await context.store.collection("persons").find(query, fields).to_list(None):
        participant = row["participant_id"]
        person = participant if is_profile(participant) else f"{row['territory']}|{participant}"
        if person in names and person not in found:
            terms = row["terms"]
            found[person] = PersonFact(Sex(terms["sex"]), terms["birth_year"], tuple(row.get("categories", ())))
    return found


async def _ended(context: Context, ids: Sequence[str], scope: Scope) -> tuple[list[str], list[ExitFact]]:
    """Employments that ended in the period, and what was seen of their people afterwards."""
    first = first_day(scope.first).isoformat() if scope.first else "0000"
    last = last_day(scope.last).isoformat() if scope.last else "9999"
    query = {"contract_id": {"$in": list(ids)}, "terms.ends_on": {"$gte": first, "$lte": last}}
    ended, exits = [], []
    for row in await context.store.collection("employments").find(query, {"contract_id": 1, "exits": 1}).to_list(None):
        ended.append(row["contract_id"])
        exits += [
            ExitFact(row["contract_id"], one["months"], ExitSituation(one["situation"])) for one in row.get("exits", ())
        ]
    return ended, exits
