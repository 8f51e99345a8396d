"""A desk's ledger at volume: the documents that the product would have written, inserted in bulk.

By its own writes a million declarations and their validations take hours. So each document is made here as ``services.clauses``
makes it, and ``same_as_the_product`` declares and validates a few over HTTP and compares every document with ours, field by
field. Left out are the documents that bound a person's month (``person_months``): no report reads them.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bson import Decimal128

from services.clauses.domain.contract import Contract
from services.clauses.domain.employment import EmploymentRecord, EmploymentTerms, Exit, ExitSituation
from services.clauses.domain.ledger import Author, EmploymentKind
from services.clauses.domain.participant import Participant, ParticipantGiven
from services.clauses.domain.person import Person, PersonTerms, Sex
from services.clauses.domain.sizing import Manual
from services.clauses.domain.terms import ContractTerms
from services.clauses.store import COLLECTIONS
from shared.contracts.vocabulary import ClauseKind
from shared.ids import derived_id, new_id
from shared.store.codec import to_document
from tests.service.clauses.builders import contract_body, hours_body
from tests.support import Running

PEOPLE, DECLARATIONS = 10, 500
"""People that come with each contract, and its declarations: 50 people work ten months each on it, everybody on five of them."""
SEED = 23
NOW = datetime(2026, 12, 30, 8, 0, tzinfo=UTC)
TODAY = date(2026, 12, 30)
MONTHS = tuple(f"{year}-{month:02}" for year in (2022, 2023, 2024, 2025, 2026) for month in range(1, 13))
KINDS = tuple(ClauseKind)
BATCH = 40
"""Contracts whose documents go in one insert: 20,000 declarations."""
ZERO = Decimal128("0.00")


def contract(number: int, communes: list[str]) -> Contract:
    """Five years long, of all kinds, of 200 buyers and five carriers."""
    terms = ContractTerms(
        title=f"Marché {number}",
        kind=KINDS[number % len(KINDS)],
        starts_on=date(2022, 1, 1),
        ends_on=date(2026, 12, 31),
        contractor_ids=(f"contractor-{number % 300}",),
    )
    buyer = f"authority-{number % 200}"
    sizing = Manual(rule="manual", hours=Decimal("12000.00"), reason="Banc d'essai")
    made = Contract.conclude(derived_id("contract", str(number)), "23", terms, sizing, (buyer, buyer), TODAY, NOW)
    made.carrier, made.commune_code = f"Porteuse {number % 5}", communes[number % len(communes)]
    return made


def people(first: int, last: int) -> Iterator[Person]:
    """Every third on RSA."""
    for number in range(first, last):
        terms = PersonTerms(sex=Sex.FEMALE if number % 3 == 1 else Sex.MALE, birth_year=1960 + number % 45)
        yield Person(
            id=derived_id("person", str(number)),
            territory="23",
            version=1,
            created_at=NOW,
            updated_at=NOW,
            participant_id=f"P-{number}",
            terms=terms,
            categories=("rsa",) if number % 3 == 0 else ("long_term_unemployed",),
            recorded_by="bench",
        )


def employments(first: int, last: int, ids: list[str]) -> Iterator[EmploymentRecord]:
    """One of each person, which has ended, with what came after."""
    chance = random.Random(SEED + first)
    for number in range(first, last):
        ends = date(2025, 1, 31) + timedelta(days=chance.randrange(600))
        seen = tuple(
            Exit(months=months, situation=chance.choice(list(ExitSituation)), seen_on=TODAY) for months in (1, 3, 6)
        )
        terms = EmploymentTerms(kind=EmploymentKind.CDD, employer="Bâti", starts_on=date(2022, 1, 1), ends_on=ends)
        yield EmploymentRecord(
            id=derived_id("employment", str(number)),
            territory="23",
            version=1,
            created_at=NOW,
            updated_at=NOW,
            contract_id=ids[number % len(ids)],
            participant_id=f"P-{number}",
            terms=terms,
            exits=seen,
            recorded_by="bench",
        )


@dataclass(frozen=True)
class Month:
    """A person's month on a contract."""

    participant_id: str
    month: str
    cents: int
    validated: bool


@dataclass
class Written:
    """Documents by collection."""

    contracts: list[dict[str, Any]] = field(default_factory=list)
    hours: list[dict[str, Any]] = field(default_factory=list)
    ledger: list[dict[str, Any]] = field(default_factory=list)
    month_totals: list[dict[str, Any]] = field(default_factory=list)
    presences: list[dict[str, Any]] = field(default_factory=list)

    def write(self, of: dict[str, Any], months: list[Month], by: tuple[str, str]) -> None:
        """What declaring these months on a new contract, and validating some, leaves; ``by``: account and role."""
        contractor = of["terms"]["contractor_ids"][0]
        by_month: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        by_person: dict[str, dict[str, list[int]]] = defaultdict(dict)
        written = 0
        for one in months:
            row, entries = _declaration(of, contractor, one, by)
            self.hours.append(row)
            self.ledger += entries
            written += len(entries)
            sums = [one.cents, one.cents if one.validated else 0]
            by_person[one.participant_id][one.month] = sums
            by_month[one.month] = [a + b for a, b in zip(by_month[one.month], sums, strict=True)]
        where = {"contract_id": of["_id"], "territory": of["territory"]}
        declared, validated = (sum(sums[n] for sums in by_month.values()) for n in (0, 1))
        totals = {"declared_hours": _hours(declared), "validated_hours": _hours(validated)}
        version = of["version"] + written
        self.contracts.append({**of, **totals, "version": version, "folded": version})
        for month, (declared, validated) in by_month.items():
            self.month_totals.append(
                {**where, "month": month, "declared": _hours(declared), "validated": _hours(validated)}
            )
        for who, worked in by_person.items():
            presence: dict[str, Any] = {**where, "participant_id": who}
            for n, kind in enumerate(("declared", "validated")):
                presence[kind] = _hours(sum(sums[n] for sums in worked.values()))
                presence[f"{kind}_by_month"] = {month: _hours(sums[n]) for month, sums in worked.items()}
            self.presences.append(presence)


@lru_cache(100_000)
def _hours(cents: int) -> Decimal128:
    return Decimal128(f"{cents // 100}.{cents % 100:02}")


def _declaration(
    of: dict[str, Any], contractor: str, one: Month, by: tuple[str, str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    id, hours, contract_id = new_id(), _hours(one.cents), of["_id"]
    slot = "\x1f".join((contract_id, "", one.participant_id, "cdd:bati creuse", one.month))
    row = {
        "_id": id, "_schema": 2, "territory": "23", "version": 1 + one.validated, "created_at": NOW, "updated_at": NOW,
        "contract_id": contract_id, "lot_id": None, "contractor_id": contractor, "participant_id": one.participant_id,
        "employment": {"kind": "cdd", "employer": "Bâti Creuse", "supplier": None, "id": None}, "month": one.month,
        "hours": hours,
        "evidence": [{"kind": "payslip", "dated": "2026-02-28", "reference": None}],
        "state": "validated" if one.validated else "declared", "slot": slot, "declared_by": by[0], "declared_role": by[1],
        "eligibility_id": None, "replaces": None, "replaced_by": None, "reason": None,
        "decided_by": by[0] if one.validated else None, "decided_at": NOW if one.validated else None,
    }  # fmt: skip
    entry = {
        "contract_id": contract_id, "territory": "23", "declaration_id": id, "participant_id": one.participant_id,
        "month": one.month, "at": NOW, "by": by[0], "role": by[1], "reason": None,
    }  # fmt: skip
    entries = [{**entry, "_id": new_id(), "kind": "declaration", "declared_delta": hours, "validated_delta": ZERO}]
    if one.validated:
        entries.append(
            {**entry, "_id": new_id(), "kind": "validation", "declared_delta": ZERO, "validated_delta": hours}
        )
    return row, entries


def months_on(place: int, size: int, first_person: int) -> list[Month]:
    """Everybody on the contract at ``place`` of ``size``: each person works ten months on five contracts, at most 44 h a month on
    each, so that a legal month holds all of them; nine in ten are validated."""
    chance = random.Random(SEED * 1_000_003 + first_person + place)
    found = []
    for where in range(5):
        for lap in range(PEOPLE):
            person = first_person + (place - where * 7) % size + lap * size
            begins = chance.randrange(len(MONTHS) - 10)
            for month in MONTHS[begins : begins + 10]:
                found.append(Month(f"P-{person}", month, chance.randrange(100, 4_401), chance.random() < 0.9))
    return found


async def build(running: Running, communes: list[str], size: int, tell: Callable[[str], None]) -> None:
    """So many contracts with all that belongs to them, in an empty database.

    Indexes of the two largest collections are built at the end, which takes a quarter of the time of keeping them up insert by
    insert.
    """
    store = running.store
    for name in ("hours", "ledger"):
        await store.collection(name).drop_indexes()
    made = [contract(number, communes) for number in range(size)]
    last = size * PEOPLE
    await store.collection("persons").insert_many([to_document(one) for one in people(0, last)])
    await store.collection("employments").insert_many(
        [to_document(one) for one in employments(0, last, [one.id for one in made])]
    )
    under_way: list[asyncio.Task[Any]] = []

    async def put(name: str, rows: list[dict[str, Any]]) -> None:
        await store.collection(name).insert_many(rows, ordered=False)

    for start in range(0, size, BATCH):
        written, linked = Written(), list[dict[str, Any]]()
        for place, one in enumerate(made[start : start + BATCH], start):
            months = months_on(place, size, 0)
            written.write(to_document(one), months, ("bench", "facilitator"))
            linked += map(to_document, participants(one, months))
        # MongoDB takes one batch while the next is made.
        await asyncio.gather(*under_way)
        batch = {**vars(written), "participants": linked}
        under_way = [asyncio.create_task(put(name, rows)) for name, rows in batch.items()]
        await asyncio.sleep(0)
        if start % (5 * BATCH) == 0:
            tell(f"{start * DECLARATIONS:,} of {size * DECLARATIONS:,} declarations")
    await asyncio.gather(*under_way)
    tell("indexes")
    await store.prepare(COLLECTIONS)


def participants(one: Contract, months: list[Month]) -> Iterator[Participant]:
    """Everybody who works on a contract, as a facilitator put them there."""
    author = Author(user_id="bench", role="facilitator", at=NOW)
    for who in sorted({month.participant_id for month in months}):
        given = ParticipantGiven(participant_id=who)
        yield Participant.assign((one.id, one.territory), given, author, TODAY)


async def same_as_the_product(running: Running, desk: dict[str, str]) -> None:
    """Declare and validate over HTTP; every document that is left is the one that is made here of the same facts.

    Raises:
        AssertionError: one is not; with both.
    """
    months = [
        Month("P-1", "2026-02", 12_133, validated=True),
        Month("P-1", "2026-03", 4_000, validated=False),
        Month("P-2", "2026-03", 25, validated=True),
    ]
    post, store = running.client.post, running.store
    # The product's own clock says the times; ids are the only thing that is nobody's but its own.
    path = (await post("/v1/contracts", json=contract_body(), headers=desk)).headers["location"]
    fresh = await store.collection("contracts").find_one({})
    assert fresh is not None
    for one in months:
        hours = f"{one.cents // 100}.{one.cents % 100:02}"
        body = hours_body(participant_id=one.participant_id, month=one.month, hours=hours, contractor_id="contractor-1")
        made = await post(f"{path}/hours", json=body, headers=desk)
        assert made.status_code == 201, made.text
        if one.validated:
            await post(f"/v1/hours/{made.json()['id']}/validate", headers=desk)
    ours = Written()
    ours.write(fresh, months, ("bench", "facilitator"))
    for name, rows in vars(ours).items():
        theirs = await store.collection(name).find({}).to_list(None)
        assert sorted(map(_but_ids, theirs)) == sorted(map(_but_ids, rows)), (name, theirs, rows)
        await store.collection(name).delete_many({})
    for name in ("authorities", "person_months"):
        await store.collection(name).delete_many({})


def _but_ids(row: dict[str, Any]) -> str:
    """A document in words that two databases share."""
    kept = {name: value for name, value in row.items() if name not in ("_id", "declaration_id")}
    return str(sorted((name, _ordered(value)) for name, value in kept.items()))


def _ordered(value: Any) -> str:
    if isinstance(value, dict):
        return str(sorted((name, _ordered(inner)) for name, inner in value.items()))
    if isinstance(value, list):
        return str([_ordered(inner) for inner in value])
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else f"{type(value).__name__} {value}"
