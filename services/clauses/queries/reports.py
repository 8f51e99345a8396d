"""Reads the facts that reports are made of: tallies and exits of each contract, never the declarations one by one."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from services.clauses.access import visible_contracts
from services.clauses.context import Context
from services.clauses.domain.amounts import first_day, last_day, month_of, two_places
from services.clauses.domain.errors import ReportRefused
from services.clauses.domain.person import Sex
from services.clauses.domain.progress import Course, Elapsed
from services.clauses.domain.reference import is_profile
from services.clauses.domain.report import (
    NOTHING,
    NOWHERE,
    Column,
    ContractFact,
    Exits,
    Facts,
    GroupBy,
    MonthFact,
    PersonFact,
    Report,
    report,
)
from services.clauses.domain.telling import for_a_party, masked, told_by
from services.clauses.queries import totals
from services.clauses.queries.exits import exits_of
from services.clauses.queries.tallies import Cells, Tally, cells_of, exact, month_at, tallies_of, worked
from shared.auth import Principal, Role
from shared.contracts.vocabulary import ClauseKind
from shared.errors import refused_field
from shared.kept_enum import Otherwise
from shared.reference.departments import with_name

REPORT_READERS = (Role.FACILITATOR, Role.MANAGER, Role.CONTRACTING_AUTHORITY)
KIND_LABELS = Otherwise(
    {
        ClauseKind.EXECUTION_CONDITION: "Condition d'exécution (L2112-2)",
        ClauseKind.RESERVED_IAE: "Marché réservé aux structures d'insertion (L2113-13)",
        ClauseKind.RESERVED_DISABILITY: "Marché réservé aux structures du handicap (L2113-12)",
        ClauseKind.RESERVED_BOTH: "Marché réservé aux deux",
        ClauseKind.RESERVED_PRISON: "Marché réservé au travail pénitentiaire (L2113-13-1)",
        ClauseKind.AWARD_CRITERION: "Critère d'attribution",
        ClauseKind.QUALIFICATION_TRAINING_OBJECT: "Marché de qualification et d'insertion",
        ClauseKind.GRANT_CONDITION: "Subvention",
    },
    str,
)


Whose = tuple[str | None, str]
"""A participant: a reference of a territory, or a profile (None), which is one person everywhere."""


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

    @property
    def somewhere(self) -> bool:
        """Whether it is of a place, which only our own list of communes knows."""
        return (self.employment_area, self.epci) != (None, None)

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
            since = first_day(self.first).isoformat()
            query["terms.ends_on"] = {"$gte": since}
            query["$or"] = [{"termination": None}, {"termination.on": {"$gte": since}}]
        return query


async def report_for(context: Context, principal: Principal, scope: Scope, by: GroupBy | None) -> Report:
    """The figures of the contracts that the caller may see: staff those of their territories, a buyer its own.

    A buyer reads hours, not people: on a contract with one participant every count would be about that person. Its
    periods are whole calendar years, so that no two of them can be subtracted.

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
    return for_a_party(await _report(context, {"$and": [visible, scope.query()]}, scope, by))


async def public_report(context: Context, territory: str, year: int, by: GroupBy | None) -> Report:
    """A territory's calendar year as anybody may read it. Periods are fixed, so that no two of them can be subtracted, and
    nor can two ways of splitting.
    """
    scope = Scope(territory=territory, first=f"{year}-01", last=f"{year}-12")
    return await _report(context, scope.query(), scope, by, public=True)


async def _report(
    context: Context, query: Mapping[str, Any], scope: Scope, by: GroupBy | None, *, public: bool = False
) -> Report:
    rows = await _rows_in(context, query)
    if scope.somewhere:
        # Only of some of them: which ones is seen once their places were looked up.
        contracts = await _facts_in(context, rows, scope)
        ids = {one.id for one in contracts}
        (tallies, known), (ended, exits) = await _done_on(context, [row for row in rows if row["_id"] in ids], scope)
    else:
        contracts, ((tallies, known), (ended, exits)) = await asyncio.gather(
            _facts_in(context, rows, scope), _done_on(context, rows, scope)
        )
    last = scope.last or month_of(context.today(scope.territory or ""))

    def count() -> Report:
        names = names_of(tallies)
        cells = cells_of(tallies, scope.first, scope.last)
        kinds = sorted({one.kind for one in contracts})
        facts = Facts(
            contracts=contracts,
            persons=[known.get(person, _UNKNOWN) for person in names.persons],
            worked=worked(cells, names.person_of),
            months=_months(cells, kinds, np.array([kinds.index(one.kind) for one in contracts], dtype=np.int64)),
            exits=exits,
            ended=ended,
        )
        found = replace(report(facts, by, int(last[:4])), within=_within(scope, contracts))
        return masked(found, told_by(facts, by)) if public else found

    # A million cells: others are served meanwhile.
    return await asyncio.to_thread(count)


def _within(scope: Scope, contracts: Sequence[ContractFact]) -> tuple[tuple[GroupBy, str], ...]:
    """By what the contracts were chosen, as people call it; a paper that does not say so is read as that of all of them."""
    chosen = {
        GroupBy.KIND: scope.kind,
        GroupBy.CONTRACT: scope.contract_id,
        GroupBy.AUTHORITY: scope.authority_id,
        GroupBy.CARRIER: scope.carrier,
        GroupBy.EMPLOYMENT_AREA: scope.employment_area,
        GroupBy.EPCI: scope.epci,
    }
    return tuple(
        (by, next((one.groups[by][1] for one in contracts), "aucun marché"))
        for by, wanted in chosen.items()
        if wanted is not None
    )


class Names(NamedTuple):
    """The people of several tallies: a profile is one person everywhere, a reference one at its desk."""

    persons: list[Whose]
    person_of: Column
    """The person of each name in each tally, one after the other."""


def names_of(tallies: Sequence[Tally]) -> Names:
    """Who they are."""
    whose: dict[str, list[str]] = defaultdict(list)
    for one in tallies:
        whose[one.territory] += one.people
    places: dict[Whose, int] = {}
    columns: dict[str, Column] = {}
    for territory, names in whose.items():
        # Most names are there several times: who each one is, is asked once.
        here = {
            participant: places.setdefault((None if is_profile(participant) else territory, participant), len(places))
            for participant in dict.fromkeys(names)
        }
        columns[territory] = np.fromiter(map(here.__getitem__, names), np.int64, len(names))
    if len(columns) == 1:
        return Names(list(places), *columns.values())
    taken = dict.fromkeys(columns, 0)
    of = [NOTHING]
    for one in tallies:
        start = taken[one.territory]
        taken[one.territory] = end = start + len(one.people)
        of.append(columns[one.territory][start:end])
    return Names(list(places), np.concatenate(of))


_UNKNOWN = PersonFact()
"""Of whom no desk knows anything."""
FEW_CONTRACTS = 100
"""So many are looked up one by one; of more, all that the desk has is read."""


async def _done_on(
    context: Context, rows: Sequence[Mapping[str, Any]], scope: Scope
) -> tuple[tuple[list[Tally], dict[Whose, PersonFact]], tuple[Column, Exits]]:
    """Who worked on contracts, and which employments ended in the period, with what was seen of their people afterwards."""
    versions = {row["_id"]: row["version"] for row in rows}
    territories = sorted({row["territory"] for row in rows})
    whose: dict[str, Any] = {"territory": {"$in": territories}}
    if len(rows) <= FEW_CONTRACTS:
        whose = {"contract_id": {"$in": list(versions)}}
    return await asyncio.gather(
        _who_worked(context, versions, territories), exits_of(context, list(versions), whose, scope.first, scope.last)
    )


async def _who_worked(
    context: Context, versions: Mapping[str, int], territories: Iterable[str]
) -> tuple[list[Tally], dict[Whose, PersonFact]]:
    """Tallies of the contracts, and what the desks of the territories know of their people."""
    making = tallies_of(context, versions)
    if len(versions) > FEW_CONTRACTS:
        tallies, known = await asyncio.gather(making, _persons_in(context, territories))
        return tallies, known
    tallies = await making
    return tallies, await _persons_in(context, territories, {who for one in tallies for who in one.people})


def _months(cells: Cells, kinds: Sequence[str], kind_of: Column) -> list[MonthFact]:
    if not len(cells.month):
        return []
    since = int(cells.month.min())
    codes = (cells.month - since) * len(kinds) + kind_of[cells.contract_of][cells.name]
    present = np.flatnonzero(np.bincount(codes))
    sums = np.bincount(codes, weights=cells.validated).astype(np.int64)[present]
    return [
        MonthFact(month_at(since + code // len(kinds)), kinds[code % len(kinds)], validated)
        for code, validated in zip(present.tolist(), sums.tolist(), strict=True)
    ]


async def contracts_in(context: Context, query: Mapping[str, Any], scope: Scope) -> list[ContractFact]:
    """Contracts that match, in step with their ledgers; places are looked up here."""
    return await _facts_in(context, await _rows_in(context, query), scope)


async def _rows_in(context: Context, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    fields = {
        "territory": 1,
        "terms.kind": 1,
        "terms.title": 1,
        "terms.reference": 1,
        "terms.starts_on": 1,
        "terms.ends_on": 1,
        "termination.on": 1,
        "objective.hours": 1,
        "authority_id": 1,
        "authority_name": 1,
        "carrier": 1,
        "commune_code": 1,
        "suspensions.since": 1,
        "suspensions.until": 1,
        "folded": 1,
        "version": 1,
    }
    rows: list[dict[str, Any]] = await context.store.collection("contracts").find(dict(query), fields).to_list(None)
    for row in rows:
        if row.get("folded") != row["version"]:
            await totals.bring_into_step(context, row["_id"])
    return rows


async def _facts_in(context: Context, rows: Sequence[Mapping[str, Any]], scope: Scope) -> list[ContractFact]:
    # Thousands of contracts: others are served meanwhile.
    facts = await asyncio.to_thread(_facts, context, rows, scope)
    places = {GroupBy.EMPLOYMENT_AREA: scope.employment_area, GroupBy.EPCI: scope.epci}
    asked = [(by, wanted) for by, wanted in places.items() if wanted is not None]
    return [fact for fact in facts if all(fact.groups[by][0] == wanted for by, wanted in asked)]


def _facts(context: Context, rows: Sequence[Mapping[str, Any]], scope: Scope) -> list[ContractFact]:
    days = {territory: context.today(territory) for territory in {row["territory"] for row in rows}}
    return [_fact(context, row, scope, days[row["territory"]]) for row in rows]


def _fact(context: Context, row: Mapping[str, Any], scope: Scope, today: date) -> ContractFact:
    terms, objective = row["terms"], exact(row["objective"]["hours"])
    commune = context.communes.get(row["commune_code"]) if row.get("commune_code") else None
    nowhere = (NOWHERE, "Non renseigné")
    area = nowhere if commune is None else (commune.employment_area_code, commune.employment_area_name)
    epci = nowhere if commune is None or commune.epci_code is None else (commune.epci_code, commune.epci_name or "")
    carrier = row.get("carrier")
    return ContractFact(
        id=row["_id"],
        version=row["version"],
        authority_id=row["authority_id"],
        objective=objective,
        expected=two_places(_passed(row, scope, today).of(objective)),
        kind=terms["kind"],
        groups={
            GroupBy.KIND: (terms["kind"], KIND_LABELS[ClauseKind.of_stored(terms["kind"])]),
            GroupBy.CONTRACT: (row["_id"], " ".join(filter(None, (terms.get("reference"), terms["title"])))),
            GroupBy.AUTHORITY: (row["authority_id"], row["authority_name"]),
            GroupBy.CARRIER: nowhere if carrier is None else (carrier, carrier),
            GroupBy.TERRITORY: (row["territory"], with_name(row["territory"])),
            GroupBy.EMPLOYMENT_AREA: area,
            GroupBy.EPCI: epci,
        },
    )


def _passed(row: Mapping[str, Any], scope: Scope, today: date) -> Elapsed:
    """A contract's days that lie in the period and have begun."""
    terms, ended = row["terms"], (row.get("termination") or {}).get("on")
    day = date.fromisoformat
    rests = [(day(one["since"]), day(one["until"]) if one["until"] else None) for one in row.get("suspensions", ())]
    course = Course(day(terms["starts_on"]), day(min(terms["ends_on"], ended or terms["ends_on"])), rests)
    until = today if scope.last is None else min(today, last_day(scope.last))
    return course.elapsed(until, today, None if scope.first is None else first_day(scope.first))


async def workers_in(
    context: Context, contracts: Sequence[ContractFact], scope: Scope, territories: Iterable[str]
) -> list[tuple[str, str, PersonFact]]:
    """Who worked on which contract in the period (contract, participant), with what the desks of the territories know of them."""
    tallies, known = await _who_worked(context, {one.id: one.version for one in contracts}, territories)
    names = names_of(tallies)
    found = worked(cells_of(tallies, scope.first, scope.last), names.person_of)
    some = found.declared > 0
    pairs = zip(found.contract[some].tolist(), found.person[some].tolist(), strict=True)
    people = [(whose[1], known.get(whose, _UNKNOWN)) for whose in names.persons]
    return [(contracts[contract].id, *people[person]) for contract, person in pairs]


async def _persons_in(
    context: Context, territories: Iterable[str], whom: Iterable[str] | None = None
) -> dict[Whose, PersonFact]:
    """Facts of everybody whom these desks know, or of some. A profile that several keep is the first's that says something.

    MongoDB hands out who they are by what is known of them: twenty thousand documents take longer to decode than a report
    takes to count.
    """
    facts = {"territory": 1, "sex": "$terms.sex", "birth_year": "$terms.birth_year", "categories": 1}
    alike = {name: f"${name}" for name in facts}
    asked: dict[str, Any] = {"territory": {"$in": sorted(territories)}}
    if whom is not None:
        asked["participant_id"] = {"$in": sorted(whom)}
    pipeline: list[dict[str, Any]] = [
        {"$match": asked},
        {"$project": {"participant_id": 1, **facts}},
        {"$group": {"_id": alike, "who": {"$push": "$participant_id"}}},
    ]
    groups = await context.store.aggregated("persons", pipeline)
    found: dict[Whose, PersonFact] = {}
    for row in sorted(groups, key=lambda row: str(row["_id"]["territory"])):
        of = row["_id"]
        fact = PersonFact(Sex.of_stored(of["sex"]), of.get("birth_year"), tuple(of.get("categories", ())))
        for participant in row["who"]:
            found.setdefault((None if is_profile(participant) else of["territory"], participant), fact)
    return found
