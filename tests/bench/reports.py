"""Reports over 2,000 contracts, 20,000 people and 1,000,000 declarations, beside a recomputation out of the whole ledger.

The three sizes are one growing database: 10,000, 100,000, 1,000,000 declarations. Totals are folded by the service's own job.
Run: ``python -m tests.bench.reports [--quick]`` (the first two sizes), or ``make bench-reports``.
"""

import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from bson import Decimal128
from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.clauses.commands.contracts import fold_totals
from services.clauses.domain.contract import Contract
from services.clauses.domain.employment import EmploymentRecord, EmploymentTerms, Exit, ExitSituation
from services.clauses.domain.ledger import EmploymentKind
from services.clauses.domain.person import Person, PersonTerms, Sex
from services.clauses.domain.report import GroupBy
from services.clauses.domain.sizing import Manual
from services.clauses.domain.terms import ContractTerms
from shared.auth.local import ensure_local_keys
from shared.clock import HandClock
from shared.contracts.vocabulary import ClauseKind
from shared.ids import derived_id, new_id
from shared.logs import configure_logs
from shared.reference.communes import Communes
from shared.store.codec import to_document
from tests.support import Running, Stack

OUT = Path(__file__).resolve().parents[2] / "build" / "bench-reports.json"
SIZES = (20, 200, 2_000)
"""Contracts; ten people and 500 declarations each."""
PEOPLE, DECLARATIONS = 10, 500
SEED = 23
NOW = datetime(2026, 12, 30, 8, 0, tzinfo=UTC)
TODAY = date(2026, 12, 30)
MONTHS = tuple(f"{year}-{month:02}" for year in (2022, 2023, 2024, 2025, 2026) for month in range(1, 13))
KINDS = tuple(ClauseKind)
REPEATS = 3
BATCH = 20_000

PERIODS: Mapping[str, dict[str, str]] = {
    "all": {},
    "year": {"from": "2026-01", "to": "2026-12"},
    "quarter": {"from": "2025-04", "to": "2025-06"},
}

Sums = dict[tuple[str, ...], list[Decimal]]


def contracts(first: int, last: int, communes: list[str]) -> Iterator[Contract]:
    """Five years long, of all kinds, of 200 buyers and five carriers."""
    for number in range(first, last):
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
        yield made


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


def declared(first: int, last: int, ids: list[str]) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Declarations with their entries: each person works ten months on each of five contracts, nine in ten validated."""
    chance = random.Random(SEED + 1 + first)
    for person in range(first, last):
        for where in range(5):
            contract = ids[(person + where * 7) % len(ids)]
            begins = chance.randrange(len(MONTHS) - 10)
            for month in MONTHS[begins : begins + 10]:
                hours = Decimal128(Decimal(chance.randrange(100, 15_167)) / 100)
                yield _declaration(contract, f"P-{person}", month, hours, validated=chance.random() < 0.9)


def _declaration(
    contract: str, person: str, month: str, hours: Decimal128, *, validated: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    id, slot = new_id(), "\x1f".join((contract, "", person, "cdd:bati", month))
    zero = Decimal128("0.00")
    row = {
        "_id": id, "territory": "23", "version": 1, "created_at": NOW, "updated_at": NOW, "contract_id": contract, "lot_id": None,
        "contractor_id": None, "participant_id": person, "employment": {"kind": "cdd", "employer": "Bâti"}, "month": month,
        "hours": hours, "evidence": [{"kind": "payslip"}], "state": "validated" if validated else "declared",
        "slot": slot, "declared_by": "clerk", "declared_role": "contractor", "eligibility_id": None,
    }  # fmt: skip
    entry = {
        "contract_id": contract, "territory": "23", "declaration_id": id, "participant_id": person, "month": month, "at": NOW,
        "by": "clerk", "role": "contractor", "reason": None,
    }  # fmt: skip
    entries = [{**entry, "_id": new_id(), "kind": "declaration", "declared_delta": hours, "validated_delta": zero}]
    if validated:
        entries.append(
            {**entry, "_id": new_id(), "kind": "validation", "declared_delta": zero, "validated_delta": hours}
        )
    return row, entries


async def load(running: Running, before: int, after: int, communes: list[str]) -> float:
    """Grow from ``before`` contracts to ``after``; seconds that folding the totals took."""
    store = running.store
    made = list(contracts(before, after, communes))
    ids = [one.id for one in made]
    await store.collection("contracts").insert_many([to_document(one) | {"folded": None} for one in made])
    first, last = before * PEOPLE, after * PEOPLE
    await store.collection("persons").insert_many([to_document(one) for one in people(first, last)])
    await store.collection("employments").insert_many([to_document(one) for one in employments(first, last, ids)])
    hours: list[dict[str, Any]] = []
    ledger: list[dict[str, Any]] = []
    for row, entries in declared(first, last, ids):
        hours.append(row)
        ledger += entries
        if len(hours) == BATCH:
            await _put(store, hours, ledger)
    await _put(store, hours, ledger)
    began = time.perf_counter()
    assert await fold_totals(running.app.state.context) == after - before
    return time.perf_counter() - began


async def _put(store: Any, hours: list[dict[str, Any]], ledger: list[dict[str, Any]]) -> None:
    if hours:
        await store.collection("hours").insert_many(hours, ordered=False)
        await store.collection("ledger").insert_many(ledger, ordered=False)
        hours.clear()
        ledger.clear()


async def recomputed(store: Any, period: Mapping[str, str]) -> dict[str, Any]:
    """The figures out of every entry of the ledger, one by one."""
    first, last = period.get("from", "0"), period.get("to", "9")
    of: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    worked: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rsa = Decimal(0)
    fields = {"_id": 0, "contract_id": 1, "participant_id": 1, "month": 1, "declared_delta": 1, "validated_delta": 1}
    async for row in store.collection("ledger").find({}, fields, batch_size=50_000):
        if first <= row["month"] <= last:
            declared, validated = row["declared_delta"].to_decimal(), row["validated_delta"].to_decimal()
            sums = of[row["contract_id"]]
            sums[0] += declared
            sums[1] += validated
            worked[row["contract_id"]][row["participant_id"]] += declared
            if int(row["participant_id"][2:]) % 3 == 0:
                rsa += validated
    return {"of": of, "worked": worked, "rsa": rsa}


def same(report: Mapping[str, Any], exact: Mapping[str, Any], kinds: Mapping[str, str]) -> bool:
    """Whether a report by kind says what the ledger does, line by line."""
    right = Decimal(report["total"]["rsa_hours"]) == exact["rsa"]
    for line in (*report["groups"], report["total"]):
        ids = [id for id, kind in kinds.items() if line["key"] in (kind, "total")]
        declared, validated = (sum((exact["of"][id][n] for id in ids if id in exact["of"]), Decimal(0)) for n in (0, 1))
        crowd = {who for id in ids for who, hours in exact["worked"].get(id, {}).items() if hours > 0}
        said = (Decimal(line["declared_hours"]), Decimal(line["validated_hours"]), line["participants"])
        right = right and said == (declared, validated, len(crowd))
    return right


def questions() -> Iterator[tuple[str, dict[str, str]]]:
    """Every way of splitting, in every period; each format."""
    for by in GroupBy:
        for name, period in PERIODS.items():
            yield f"{by.value}, {name}", {"by": by.value, **period}
    yield "one buyer, by contract", {"by": "contract", "contracting_authority_id": "authority-7"}
    yield "entries behind a line", {"entries": "1", "by": "kind", "key": "reserved_iae"}
    yield "entries of RSA recipients", {"entries": "1", "category": "rsa", "figure": "validated", **PERIODS["year"]}
    for kind in ("csv", "xlsx", "pdf"):
        yield f"kind, all, {kind}", {"by": "kind", "format": kind}


async def measure(running: Running, headers: dict[str, str]) -> dict[str, float]:
    """Median seconds of each question, over HTTP in process."""
    found = {}
    for name, params in questions():
        path = "/v1/reports/entries" if "entries" in params else "/v1/reports"
        asked = {key: value for key, value in params.items() if key != "entries"}
        taken = []
        for _ in range(REPEATS):
            began = time.perf_counter()
            answer = await running.client.get(path, params=asked, headers=headers)
            taken.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
        found[name] = round(statistics.median(taken), 3)
    return found


async def _run(engines: Engines, quick: bool) -> dict[str, Any]:
    configure_logs("bench", level="ERROR")
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder)
        ensure_local_keys(keys)
        stack = Stack(engines.environment, keys, "bench" + new_id().replace("-", "")[-8:])
        communes = [one.code for one in Communes.load() if one.code.startswith("23")]
        async with stack.running("clauses", clock=HandClock(NOW)) as running:
            try:
                return await _grow(running, stack.token("facilitator", subject="bench"), communes, quick)
            finally:
                await running.store.database.client.drop_database(running.store.database.name)


async def _grow(running: Running, headers: dict[str, str], communes: list[str], quick: bool) -> dict[str, Any]:
    sizes: dict[str, Any] = {}
    before = 0
    for after in SIZES[:-1] if quick else SIZES:
        folding = await load(running, before, after, communes)
        taken = await measure(running, headers)
        sizes[str(after * DECLARATIONS)] = {
            "seconds": taken,
            "slowest": max(taken.values()),
            "folding": round(folding, 1),
        }
        before = after
    kinds = {row["_id"]: row["terms"]["kind"] async for row in running.store.collection("contracts").find({})}
    equal, seconds = True, {}
    for name, period in PERIODS.items():
        began = time.perf_counter()
        exact = await recomputed(running.store, period)
        seconds[name] = round(time.perf_counter() - began, 1)
        answer = await running.client.get("/v1/reports", params={"by": "kind", **period}, headers=headers)
        equal = equal and same(answer.json(), exact, kinds)
    return {"sizes": sizes, "recomputing_seconds": seconds, "equal_to_recomputation": equal}


def main(engines: Engines, quick: bool = False) -> dict[str, Any]:
    """Measure, write ``build/bench-reports.json`` and return the report."""
    report = asyncio.run(_run(engines, quick))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def show(report: dict[str, Any]) -> None:
    """The table."""
    sizes = list(report["sizes"])
    table = Table(title="Reports by number of declarations, seconds (HTTP in process)")
    table.add_column("report")
    for size in sizes:
        table.add_column(f"{int(size):,}", justify="right")
    for name in report["sizes"][sizes[0]]["seconds"]:
        table.add_row(name, *(f"{report['sizes'][size]['seconds'][name]:.3f}" for size in sizes))
    table.add_row("folding the totals", *(f"{report['sizes'][size]['folding']:.1f}" for size in sizes))
    console = Console(width=110)
    console.print(table)
    console.print(f"Equal to the whole ledger: {report['equal_to_recomputation']} ({report['recomputing_seconds']} s)")


if __name__ == "__main__":
    with running_engines() as own:
        show(main(own, quick="--quick" in sys.argv or bool(os.environ.get("QUICK"))))
