"""What the ledger's checks need to know of many hours at once: a sheet of 5,000 lines asks as often as a single line."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bson import Decimal128

from services.clauses.context import Context
from services.clauses.domain.amounts import first_day, two_places
from services.clauses.domain.contract import Contract
from services.clauses.domain.eligibility import Eligibility
from services.clauses.domain.employment import EmploymentRecord
from services.clauses.domain.ledger import Declaration, Employment, HoursAsked, HoursState, employment_key, slot_of
from services.clauses.domain.participant import Participant, participant_key
from services.clauses.domain.person_month import PersonMonth, Share, person_month_id
from services.clauses.domain.reference import is_profile
from services.clauses.handles import Declarations
from services.clauses.queries.erased import erased
from services.clauses.store import COUNTS
from shared.store import Store, decode

_AT_ONCE = 5_000
"""Ids in one query."""


@dataclass
class Known:
    """Facts by participant, employment, slot and month. Declaring adds to them, so that lines see those before them."""

    contract: Contract
    assigned: dict[str, Participant] = field(default_factory=dict)
    employments: dict[str, EmploymentRecord] = field(default_factory=dict)
    recorded: dict[tuple[str, str], list[EmploymentRecord]] = field(default_factory=dict)
    """Employments recorded on this contract, by participant and by the key of what names them without their number."""
    decisions: dict[str, list[Eligibility]] = field(default_factory=dict)
    first_hired: dict[str, date] = field(default_factory=dict)
    first_months: dict[tuple[str, str], str] = field(default_factory=dict)
    """First month that counts on this contract, by participant and key of the employment."""
    holders: dict[str, Declaration] = field(default_factory=dict)
    """Declarations that count, by slot."""
    stored: dict[str, Declaration] = field(default_factory=dict)
    """Those of them that were there before, by id."""
    elsewhere: dict[tuple[str, str], list[Declaration]] = field(default_factory=dict)
    """Declarations on other contracts, by recorded employment and month."""
    others: dict[str, Contract] = field(default_factory=dict)
    months: dict[str, PersonMonth] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    @property
    def numbers(self) -> set[str]:
        """Ids of the recorded employments in hand; any other number is the declarer's own."""
        return self.employments.keys() | {one.id for records in self.recorded.values() for one in records}


def unnumbered_key(employment: Employment) -> str:
    """What names an employment where its number is not given."""
    return employment_key(employment.kind, employment.employer, None)


async def known_of(
    context: Context, contract: Contract, asked: Sequence[HoursAsked], declarers: Sequence[str] = ()
) -> Known:
    """Everything that declaring these hours on a contract looks at, in a fixed number of queries. ``declarers``: the contractors
    for whom the caller declares.
    """
    store, known = context.store, Known(contract)
    people = sorted({one.participant_id for one in asked})
    keys = [participant_key(contract.id, one) for one in people]
    known.assigned = {one.participant_id: one for one in await _all(store, Participant, "participants", "_id", keys)}
    known.erased = await erased(store, people, contract.territory)
    ids = sorted({one.employment_id for one in asked if one.employment_id})
    known.employments = {one.id: one for one in await _all(store, EmploymentRecord, "employments", "_id", ids)}
    for record in await _all(store, EmploymentRecord, "employments", "participant_id", people):
        if record.contract_id == contract.id:
            known.recorded.setdefault((record.participant_id, unnumbered_key(record.named)), []).append(record)
    await _decisions(store, known, people)
    await _holders(store, known, asked, (None, *declarers))
    named = {one.employment.id for one in asked if one.employment is not None and one.employment.id}
    numbered = {record.id for records in known.recorded.values() for record in records}
    await _elsewhere(store, known, sorted({*ids, *named, *numbered}))
    known.months = await months_of(context, contract.territory, {(one.participant_id, one.month) for one in asked})
    return known


async def decisions_of(context: Context, contract: Contract, *participants: str) -> Known:
    """What the eligibility of participants is decided by, and nothing else."""
    known = Known(contract)
    await _decisions(context.store, known, participants)
    return known


async def _decisions(store: Store, known: Known, people: Sequence[str]) -> None:
    """Decisions, the oldest first; when each was first hired on a clause, and under each employment of this contract."""
    decisions: dict[str, list[Eligibility]] = defaultdict(list)
    for one in await _all(store, Eligibility, "eligibilities", "participant_id", people):
        if is_profile(one.participant_id) or one.territory == known.contract.territory:
            decisions[one.participant_id].append(one)
    known.decisions = {who: sorted(found, key=lambda one: (one.decided_on, one.id)) for who, found in decisions.items()}
    known.first_hired = await _first_hired(store, known.contract.territory, people)
    known.first_months = await _first_months(store, known.contract.id, people)


async def participants_declared(store: Store, contract_id: str, contractor_id: str | None) -> set[str]:
    """How a declarer names the people whose hours count on a contract; others' people are none of its business."""
    query = {"contract_id": contract_id, "contractor_id": contractor_id, "slot": COUNTS}
    rows = store.aggregate("hours", [{"$match": query}, {"$group": {"_id": "$participant_id"}}])
    return {str(row["_id"]) async for row in rows}


async def _all(store: Store, model: Any, collection: str, name: str, values: Sequence[str]) -> list[Any]:
    found: list[Any] = []
    for start in range(0, len(values), _AT_ONCE):
        found += await store.find_many(model, collection, {name: {"$in": values[start : start + _AT_ONCE]}}, limit=0)
    return found


def _these(territory: str, people: Iterable[str]) -> dict[str, Any]:
    """Profiles wherever they are, references in this territory only."""
    people = list(people)
    profiles = [one for one in people if is_profile(one)]
    references = [one for one in people if not is_profile(one)]
    own = {"participant_id": {"$in": references}, "territory": territory}
    return {"$or": [{"participant_id": {"$in": profiles}}, own]}


async def _first_hired(store: Store, territory: str, people: Sequence[str]) -> dict[str, date]:
    """When each was first hired on a clause: whoever was employed before the contract began works on it from its first day."""
    found: dict[str, date] = {}
    who = _these(territory, people)
    by_contract = {"participant_id": "$participant_id", "contract_id": "$contract_id"}
    begun = [{"$match": who}, {"$group": {"_id": by_contract, "first": {"$min": "$terms.starts_on"}}}]
    jobs = [row async for row in store.aggregate("employments", begun)]
    contracts = sorted({row["_id"]["contract_id"] for row in jobs})
    starts = store.collection("contracts").find({"_id": {"$in": contracts}}, {"terms.starts_on": 1})
    since = {row["_id"]: row["terms"]["starts_on"] async for row in starts}
    days = [
        (row["_id"]["participant_id"], date.fromisoformat(max(row["first"], since.get(row["_id"]["contract_id"], ""))))
        for row in jobs
    ]
    worked = [
        {"$match": {**who, "slot": COUNTS}},
        {"$group": {"_id": "$participant_id", "first": {"$min": "$month"}}},
    ]
    days += [(row["_id"], first_day(row["first"])) async for row in store.aggregate("hours", worked)]
    for person, day in days:
        found[person] = min(day, found.get(person, day))
    return found


async def _first_months(store: Store, contract_id: str, people: Sequence[str]) -> dict[tuple[str, str], str]:
    query = {"contract_id": contract_id, "participant_id": {"$in": list(people)}, "slot": COUNTS}
    named = {"kind": "$employment.kind", "employer": "$employment.employer", "id": "$employment.id"}
    group = {"_id": {"participant": "$participant_id", "employment": named}, "first": {"$min": "$month"}}
    found: dict[tuple[str, str], str] = {}
    async for row in store.aggregate("hours", [{"$match": query}, {"$group": group}]):
        key = (row["_id"]["participant"], Employment(**row["_id"]["employment"]).key)
        found[key] = min(row["first"], found.get(key, row["first"]))
    return found


async def _holders(store: Store, known: Known, asked: Sequence[HoursAsked], beside: Sequence[str | None]) -> None:
    """Of the employment as it is asked, and however else the same one may have been declared: by its number, or by name."""
    slots: set[str] = set()
    for one in asked:
        record = known.employments.get(one.employment_id or "")
        employment = record.named if record is not None else one.employment
        if employment is not None:
            named = employment.model_copy(update={"id": None})
            numbered = (other.named for other in known.recorded.get((one.participant_id, named.key), ()))
            for way in (employment, named, *numbered):
                given = one.of(way, None)
                slots.update(slot_of(known.contract.id, given, whose) for whose in beside)
    known.holders = {str(one.slot): one for one in await _all(store, Declaration, "hours", "slot", sorted(slots))}
    known.stored = {one.id: one for one in known.holders.values()}


async def _elsewhere(store: Store, known: Known, ids: Sequence[str]) -> None:
    if not ids:
        return
    query = {"employment.id": {"$in": list(ids)}, "slot": COUNTS, "contract_id": {"$ne": known.contract.id}}
    for one in await Declarations(store).many(query):
        known.elsewhere.setdefault((str(one.employment.id), one.month), []).append(one)
    contracts = sorted({one.contract_id for found in known.elsewhere.values() for one in found})
    known.others = {one.id: one for one in await _all(store, Contract, "contracts", "_id", contracts)}


async def declared_elsewhere(
    store: Store, contract: Contract, contractor_id: str | None, asked: Sequence[HoursAsked]
) -> dict[tuple[str, str, Decimal], set[tuple[str, str | None]]]:
    """Contracts of the territory, and lots, on which (participant, month, hours) count for the same declarer."""
    query = {
        "participant_id": {"$in": sorted({one.participant_id for one in asked})},
        "month": {"$in": sorted({one.month for one in asked})},
        "slot": COUNTS,
        "contractor_id": contractor_id,
        "territory": contract.territory,
    }
    fields = dict.fromkeys(("participant_id", "month", "hours", "contract_id", "lot_id"), 1)
    found: dict[tuple[str, str, Decimal], set[tuple[str, str | None]]] = defaultdict(set)
    async for row in store.collection("hours").find(query, fields):
        what = (row["participant_id"], row["month"], row["hours"].to_decimal())
        found[what].add((row["contract_id"], row.get("lot_id")))
    return found


async def months_of(context: Context, territory: str, wanted: Iterable[tuple[str, str]]) -> dict[str, PersonMonth]:
    """Months of (participant, month) by their id, made where there is none yet.

    Before anything is decided: what is folded from declarations must not hold the ones in hand.
    """
    wanted = sorted(wanted)
    ids = [person_month_id(*one) for one in wanted]
    found = {one.id: one for one in await _all(context.store, PersonMonth, "person_months", "_id", ids)}
    now = context.clock.now()
    for participant_id, month in wanted:
        id = person_month_id(participant_id, month)
        if id not in found:
            found[id] = PersonMonth(
                id=id,
                territory=territory,
                created_at=now,
                updated_at=now,
                participant_id=participant_id,
                month=month,
            )
    unsettled = [one for one in found.values() if one.shares is None]
    shares = await shares_of(context.store, [(one.participant_id, one.month) for one in unsettled])
    for one in unsettled:
        one.settle(shares.get((one.participant_id, one.month), ()))
    return found


async def shares_of(store: Store, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[Share, ...]]:
    """The declarations of people's months that count, by contractor and territory."""
    found: dict[tuple[str, str], tuple[Share, ...]] = {}
    if not wanted:
        return found
    people, months = sorted({one[0] for one in wanted}), sorted({one[1] for one in wanted})
    query = {"participant_id": {"$in": people}, "month": {"$in": months}, "slot": COUNTS}
    validated = {"$cond": [{"$eq": ["$state", HoursState.VALIDATED.value]}, "$hours", Decimal128("0.00")]}
    whose = {name: f"${name}" for name in ("participant_id", "month", "contractor_id", "territory")}
    sums = {"_id": whose, "declared": {"$sum": "$hours"}, "validated": {"$sum": validated}}
    async for row in store.aggregate("hours", [{"$match": query}, {"$group": sums}]):
        values = decode(row)
        of = values["_id"]
        share = Share(
            contractor_id=of["contractor_id"],
            territory=of["territory"],
            declared=two_places(values["declared"]),
            validated=two_places(values["validated"]),
        )
        key = (of["participant_id"], of["month"])
        found[key] = (*found.get(key, ()), share)
    return found
