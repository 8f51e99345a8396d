"""Reports over 2,000 contracts, 20,000 people and 1,000,000 declarations, each equal to a recomputation out of the whole ledger.

The three sizes are one growing database: 10,000, 100,000, 1,000,000 declarations (``tests.bench.reports_world``).
Run: ``python -m tests.bench.reports [--quick]`` (the first two sizes), or ``make bench-reports``: about eight minutes on two
cores, which progress lines tell of.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.clauses.domain.report import GroupBy
from services.clauses.tallies import refresh
from shared.auth.local import ensure_local_keys
from shared.clock import HandClock
from shared.ids import new_id
from shared.logs import configure_logs
from shared.reference.communes import Communes
from tests.bench.reports_world import DECLARATIONS, NOW, TODAY, Growing, same_as_the_product
from tests.support import Running, Stack

OUT = Path(__file__).resolve().parents[2] / "build" / "bench-reports.json"
SIZES = (20, 200, 2_000)
"""Contracts."""
REPEATS = 3

PERIODS: Mapping[str, dict[str, str]] = {
    "all": {},
    "year": {"from": "2026-01", "to": "2026-12"},
    "quarter": {"from": "2025-04", "to": "2025-06"},
}


class Clock:
    """Says how far it is."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._console = Console(stderr=True)

    def __call__(self, what: str) -> None:
        self._console.print(f"{time.perf_counter() - self._began:6.0f} s  {what}", highlight=False)


class Naive:
    """The ledger, one entry after the other, with who the people are and what became of them."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        self.persons: dict[str, dict[str, Any]] = {}
        self.ended: list[dict[str, Any]] = []
        self.contracts: dict[str, dict[str, Any]] = {}

    async def read(self, store: Any) -> None:
        fields = {
            "_id": 0,
            "contract_id": 1,
            "participant_id": 1,
            "month": 1,
            "declared_delta": 1,
            "validated_delta": 1,
        }
        async for row in store.collection("ledger").find({}, fields, batch_size=50_000):
            sums = self.cells[row["contract_id"], row["participant_id"], row["month"]]
            sums[0] += row["declared_delta"].to_decimal()
            sums[1] += row["validated_delta"].to_decimal()
        self.persons = {row["participant_id"]: row async for row in store.collection("persons").find({})}
        self.ended = [row async for row in store.collection("employments").find({})]
        self.contracts = {row["_id"]: row async for row in store.collection("contracts").find({})}

    def figures(self, by: GroupBy, period: Mapping[str, str], communes: Communes) -> dict[str, dict[str, Any]]:
        """What each line should say, and the total."""
        first, last = period.get("from", "0"), period.get("to", "9")
        share = _passed(period)
        of = {id: ("total", _key(by, row, communes)) for id, row in self.contracts.items()}
        found: dict[str, dict[str, Any]] = defaultdict(_nothing)
        worked: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        for id, row in self.contracts.items():
            for line in of[id]:
                found[line]["contracts"] += 1
                found[line]["objective_hours"] += row["objective"]["hours"].to_decimal()
                found[line]["expected_hours"] += row["objective"]["hours"].to_decimal() * share
        for (contract, person, month), (declared, validated) in self.cells.items():
            if first <= month <= last:
                for line in of[contract]:
                    found[line]["declared_hours"] += declared
                    found[line]["validated_hours"] += validated
                    worked[line][person] += declared
                    if "rsa" in self.persons[person]["categories"]:
                        found[line]["rsa_hours"] += validated
        for line, hours in worked.items():
            for person in (who for who, declared in hours.items() if declared > 0):
                self._count(found[line], self.persons[person], int(period.get("to", "2026")[:4]))
        for row in self.ended:
            if first <= row["terms"]["ends_on"][:7] <= last:
                for line in of[row["contract_id"]]:
                    found[line]["ended_employments"] += 1
                    for one in row["exits"]:
                        found[line]["exits"][str(one["months"])][one["situation"]] += 1
        return found

    @staticmethod
    def _count(line: dict[str, Any], person: Mapping[str, Any], year: int) -> None:
        age = year - person["terms"]["birth_year"]
        band = "under_26" if age < 26 else "26_to_49" if age < 50 else "50_and_over"
        line["participants"] += 1
        line["by_sex"][person["terms"]["sex"]] += 1
        line["by_age_band"][band] += 1
        line["by_category"].update(person["categories"])


_HOURS = ("objective_hours", "expected_hours", "declared_hours", "validated_hours", "rsa_hours")


def _passed(period: Mapping[str, str]) -> Decimal:
    """The share of the contracts' five years that lies in a period and has begun: all of them run over the same days."""
    first = date.fromisoformat(f"{period.get('from', '2022-01')}-01")
    last = date.fromisoformat(f"{period['to']}-01") if "to" in period else TODAY
    if "to" in period:
        last = min(TODAY, (last + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    days = (date(2026, 12, 31) - date(2022, 1, 1)).days + 1
    return round(Decimal((last - first).days + 1) / days, 4)


def _nothing() -> dict[str, Any]:
    amounts = dict.fromkeys(_HOURS, Decimal(0))
    counts = dict.fromkeys(("contracts", "participants", "ended_employments"), 0)
    parts: dict[str, Any] = {name: Counter() for name in ("by_sex", "by_age_band", "by_category")}
    return {**amounts, **counts, **parts, "exits": defaultdict(Counter)}


def _key(by: GroupBy, contract: Mapping[str, Any], communes: Communes) -> str:
    commune = communes.get(contract["commune_code"])
    assert commune is not None
    keys = {
        GroupBy.KIND: contract["terms"]["kind"],
        GroupBy.CONTRACT: contract["_id"],
        GroupBy.AUTHORITY: contract["authority_id"],
        GroupBy.CARRIER: contract["carrier"],
        GroupBy.TERRITORY: contract["territory"],
        GroupBy.EMPLOYMENT_AREA: commune.employment_area_code,
        GroupBy.EPCI: commune.epci_code,
    }
    return str(keys[by])


def same(report: Mapping[str, Any], exact: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a report says on each line what the ledger does."""
    lines = [*report["groups"], report["total"]]
    return len(lines) == len(exact) and all(_same(line, exact[line["key"]]) for line in lines)


def _same(line: Mapping[str, Any], exact: Mapping[str, Any]) -> bool:
    def some(counts: Mapping[str, int]) -> dict[str, int]:
        return {name: count for name, count in counts.items() if count}

    counts = ("contracts", "participants", "ended_employments")
    parts = ("by_sex", "by_age_band", "by_category")
    return (
        all(Decimal(line[name]) == exact[name] for name in _HOURS)
        and all(line[name] == exact[name] for name in counts)
        and all(some(line[name]) == some(exact[name]) for name in parts)
        and {months: seen for months, seen in line["exits"].items() if seen} == dict(exact["exits"])
    )


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
        async with stack.running("clauses", clock=HandClock(NOW)) as running:
            try:
                return await _grow(running, stack.token("facilitator", subject="bench"), quick)
            finally:
                await running.store.database.client.drop_database(running.store.database.name)


async def _grow(running: Running, headers: dict[str, str], quick: bool) -> dict[str, Any]:
    tell, communes = Clock(), Communes.load()
    await same_as_the_product(running, headers)
    tell("documents are the product's")
    growing = Growing(running, [one.code for one in communes if one.code.startswith("23")], tell)
    sizes: dict[str, Any] = {}
    for size in SIZES[:-1] if quick else SIZES:
        await growing.to(size)
        await running.store.collection("tallies").delete_many({})
        began = time.perf_counter()
        assert await refresh(running.app.state.context) == size
        packing = round(time.perf_counter() - began, 1)
        tell(f"tallies of all contracts: {packing} s")
        taken = await measure(running, headers)
        sizes[str(size * DECLARATIONS)] = {"seconds": taken, "slowest": max(taken.values()), "tallies": packing}
        tell(f"reports: at most {max(taken.values())} s")
    naive = Naive()
    began = time.perf_counter()
    await naive.read(running.store)
    reading = round(time.perf_counter() - began, 1)
    tell("the ledger was read entry by entry")
    wrong = []
    for by in GroupBy:
        for name, period in PERIODS.items():
            answer = await running.client.get("/v1/reports", params={"by": by.value, **period}, headers=headers)
            exact = await asyncio.to_thread(naive.figures, by, period, communes)
            if not same(answer.json(), exact):
                wrong.append(f"{by.value}, {name}")
        tell(f"compared by {by.value}")
    return {"sizes": sizes, "reading_the_ledger_seconds": reading, "equal_to_recomputation": not wrong, "wrong": wrong}


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
    table.add_row("making all tallies (the job)", *(f"{report['sizes'][size]['tallies']:.1f}" for size in sizes))
    console = Console(width=110)
    console.print(table)
    said = "every line of every report" if report["equal_to_recomputation"] else f"NOT: {', '.join(report['wrong'])}"
    console.print(f"Equal to the whole ledger, read in {report['reading_the_ledger_seconds']} s: {said}")


if __name__ == "__main__":
    with running_engines() as own:
        show(main(own, quick="--quick" in sys.argv or bool(os.environ.get("QUICK"))))
