"""Reports and pages of a desk with 1,000,000 declarations; every line of every report equal to a recomputation.

2,000 contracts, 20,000 people.

Three sizes: 10,000, 100,000 and 1,000,000 declarations, each a database of its own (``tests.bench.reports_world``). With a
folder (``--world FOLDER`` or WORLD) they are built once and kept there, and measured again in a minute; without, they are built
in a temporary one. ``--only build``, ``measure`` or ``compare`` does a part of it, ``--quick`` the first two sizes.

Of each request: seconds over HTTP in process (median), processor seconds of this process and of MongoDB, how long the event
loop was held at most, and how many documents and keys MongoDB looked at (its profiler says so).
"""

import argparse
import asyncio
import hashlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.clauses.domain.report import GroupBy
from services.clauses.queries.tallies import refresh
from shared.auth.local import ensure_local_keys
from shared.cli import collect_seldom
from shared.clock import HandClock
from shared.logs import configure_logs
from shared.reference.communes import Communes
from tests.bench import reports_world
from tests.bench.looking import looked_at
from tests.bench.processor import engine_pids, processor_seconds
from tests.bench.reports_asked import PERIODS, Asked, Ids, pages, reports
from tests.bench.reports_naive import Naive, same
from tests.bench.reports_world import DECLARATIONS, NOW, build, same_as_the_product
from tests.support import Running, Stack

OUT = Path(__file__).resolve().parents[2] / "build" / "bench-reports.json"
SIZES = (20, 200, 2_000)
"""Contracts."""
REPEATS = 3
PARTS = ("build", "measure", "compare")


class Clock:
    """Says how far it is."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._console = Console(stderr=True)

    def __call__(self, what: str) -> None:
        self._console.print(f"{time.perf_counter() - self._began:6.0f} s  {what}", highlight=False)


class Loop:
    """How long the event loop was held: what anybody else who asks this process has to wait at most."""

    def __init__(self) -> None:
        self.held = 0.0

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Look every five milliseconds."""

        async def look() -> None:
            while True:
                began = time.perf_counter()
                await asyncio.sleep(0.005)
                self.held = max(self.held, time.perf_counter() - began - 0.005)

        looking = asyncio.create_task(look())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            looking.cancel()


class Bench:
    """One size's database, served in this process."""

    def __init__(self, engines: Engines, keys: Path, contracts: int, tell: Callable[[str], None]) -> None:
        self._stack = Stack(engines.environment, keys, f"reports{contracts}")
        self._mongod = engine_pids(engines)
        self._tell, self.contracts = tell, contracts

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Running]:
        async with self._stack.running("clauses", clock=HandClock(NOW)) as running:
            # As each process of a service does at its start.
            collect_seldom()
            yield running

    async def built(self, running: Running, communes: Communes) -> None:
        """Build what is not there as these modules make it."""
        database, of = running.store.database, {"_id": "world", "made_by": _version()}
        mark = running.store.client["bench_reports"]["worlds"]
        key = {"_id": database.name, "made_by": of["made_by"]}
        if await mark.find_one(key) is not None:
            self._tell(f"{self.contracts * DECLARATIONS:,} declarations are there")
            return
        await mark.delete_one({"_id": database.name})
        for name in await database.list_collection_names():
            await running.store.collection(name).delete_many({})
        await build(running, [one.code for one in communes if one.code.startswith("23")], self.contracts, self._tell)
        await refresh(running.app.state.context)
        await mark.insert_one(key)
        self._tell(f"{self.contracts * DECLARATIONS:,} declarations")

    async def measured(self, running: Running) -> dict[str, Any]:
        """Every report and page."""
        store = running.store
        # Who acts for the buyer and the contractor of the contract that is asked for: nobody in the world does.
        contract = await store.collection("contracts").find_one({"authority_id": "authority-7"})
        contractor = contract["terms"]["contractor_ids"][0]
        await store.collection("authorities").delete_many({})
        await store.collection("authorities").insert_one(
            {"_id": "authority-7", "territory": "23", "name_key": "authority 7", "users": ["buyer"], **_AUTHORITY}
        )
        await store.collection("contractors").delete_many({})
        await store.collection("contractors").insert_one(
            {
                "_id": f"23:{contractor}",
                "contractor_id": contractor,
                "territory": "23",
                "users": ["contractor"],
                "version": 1,
            }
        )
        worked = await store.collection("presences").find_one({"contract_id": contract["_id"]})
        ids = Ids(contract["_id"], worked["participant_id"], "authority-7", contractor)
        found: dict[str, Any] = {"tallies": await self._packing(running)}
        for name, those in (("reports", reports(ids)), ("pages", pages(ids))):
            found[name] = {one.name: await self._asked(running, one) for one in those}
            slowest = max(found[name], key=lambda one: float(found[name][one]["seconds"]))
            self._tell(f"{name}: at most {found[name][slowest]['seconds']} s ({slowest})")
        return found

    async def _packing(self, running: Running) -> dict[str, float]:
        await running.store.collection("tallies").delete_many({})
        began, own, mongod = time.perf_counter(), time.process_time(), self._of_mongod()
        assert await refresh(running.app.state.context) == self.contracts
        return self._since(began, own, mongod)

    async def _asked(self, running: Running, one: Asked) -> dict[str, Any]:
        headers = {} if one.caller == "nobody" else self._stack.token(*_ROLES[one.caller], subject=one.caller)
        if one.caller in ("contractor", "buyer"):
            headers = self._stack.token(subject=one.caller, territories=())

        turn = 0

        async def ask() -> None:
            # Typst remembers what it has set: each PDF is of another period.
            other = {"from": f"2022-{1 + turn:02}"} if one.params.get("format") == "pdf" else {}
            answer = await running.client.get(one.path, params={**one.params, **other}, headers=headers)
            assert answer.status_code == 200, (one, answer.text)

        looked = await looked_at(running, ask)
        taken, loop = [], Loop()
        for turn in range(1, REPEATS + 1):  # noqa: B007 - ``ask`` reads it
            began, own, mongod = time.perf_counter(), time.process_time(), self._of_mongod()
            async with loop.watched():
                await ask()
            taken.append(self._since(began, own, mongod))
        medians = {name: statistics.median(each[name] for each in taken) for name in taken[0]}
        return {**medians, "loop_held": round(loop.held, 3), **looked}

    def _of_mongod(self) -> float:
        return sum(processor_seconds(self._mongod).values())

    def _since(self, began: float, own: float, mongod: float) -> dict[str, float]:
        return {
            "seconds": round(time.perf_counter() - began, 3),
            "own_cpu": round(time.process_time() - own, 3),
            "mongod_cpu": round(self._of_mongod() - mongod, 3),
        }


_ROLES: Mapping[str, tuple[str, ...]] = {"facilitator": ("facilitator",), "contractor": (), "buyer": ()}
_AUTHORITY: Mapping[str, Any] = {
    "name": "Authority 7",
    "version": 1,
    "created_at": NOW,
    "updated_at": NOW,
    "invitations": [],
}


def _version() -> str:
    """Of the modules that build: another one builds anew."""
    return hashlib.sha256(Path(reports_world.__file__).read_bytes()).hexdigest()


async def _compared(running: Running, headers: Mapping[str, str], tell: Callable[[str], None]) -> dict[str, Any]:
    naive, communes = Naive(), Communes.load()
    began = time.perf_counter()
    await naive.read(running.store)
    reading = round(time.perf_counter() - began, 1)
    tell("the ledger was read entry by entry")
    wrong = []
    for name, period in PERIODS.items():
        exact = await asyncio.to_thread(naive.figures, period, communes)
        for by in GroupBy:
            answer = await running.client.get("/v1/reports", params={"by": by.value, **period}, headers=dict(headers))
            if not same(answer.json(), exact[by]):
                wrong.append(f"{by.value}, {name}")
        tell(f"compared over {name}")
    return {"reading_the_ledger_seconds": reading, "equal_to_recomputation": not wrong, "wrong": wrong}


async def _run(engines: Engines, sizes: Iterable[int], parts: Iterable[str], keys: Path) -> dict[str, Any]:
    configure_logs("bench", level="ERROR")
    tell, communes = Clock(), Communes.load()
    ensure_local_keys(keys)
    small = Bench(engines, keys, 0, tell)
    async with small.running() as running:
        desk = small._stack.token("facilitator", subject="bench")
        await same_as_the_product(running, desk)
        await running.store.client.drop_database(running.store.database.name)
    tell("documents are the product's")
    report: dict[str, Any] = {"sizes": {}, "compared": {}}
    for size in sizes:
        bench = Bench(engines, keys, size, tell)
        async with bench.running() as running:
            await bench.built(running, communes)
            if "measure" in parts:
                report["sizes"][str(size * DECLARATIONS)] = await bench.measured(running)
            if "compare" in parts:
                headers = bench._stack.token("facilitator", subject="bench")
                report["compared"][str(size * DECLARATIONS)] = await _compared(running, headers, tell)
    return report


def main(engines: Engines, sizes: Iterable[int], parts: Iterable[str], keys: Path) -> dict[str, Any]:
    """Measure, write ``build/bench-reports.json`` and return the report."""
    report = asyncio.run(_run(engines, sizes, parts, keys))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def show(report: dict[str, Any]) -> None:
    """The tables: seconds at each size, and of the largest processor seconds, the loop, and what was looked at."""
    console, sizes = Console(width=130), list(report["sizes"])
    for what in ("reports", "pages") if sizes else ():
        table = Table(
            title=f"{what.capitalize()} by number of declarations, seconds (HTTP in process); of the largest, the rest"
        )
        table.add_column("asked")
        columns = ("own cpu", "mongod cpu", "loop held", "documents", "keys", "scans")
        for name in (*(f"{int(size):,}" for size in sizes), *columns):
            table.add_column(name, justify="right")
        largest = report["sizes"][sizes[-1]][what]
        for name, of in largest.items():
            each = [f"{report['sizes'][size][what][name]['seconds']:.3f}" for size in sizes]
            cost = [f"{of[key]:.3f}" for key in ("own_cpu", "mongod_cpu", "loop_held")]
            looked = [f"{of['documents']:,}", f"{of['keys']:,}", " ".join(of["scans"])]
            table.add_row(name, *each, *cost, *looked)
        console.print(table)
    for size in sizes:
        console.print(f"making all tallies (the job), {int(size):,}: {report['sizes'][size]['tallies']}")
    for size, one in report["compared"].items():
        said = "every line of every report" if one["equal_to_recomputation"] else f"NOT: {', '.join(one['wrong'])}"
        console.print(
            f"{int(size):,}: equal to the whole ledger, read in {one['reading_the_ledger_seconds']} s: {said}"
        )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", default=bool(os.environ.get("QUICK")))
    asked.add_argument("--world", type=Path, default=os.environ.get("WORLD") or None)
    asked.add_argument("--only", choices=PARTS, action="append")
    asked.add_argument("--contracts", type=int, choices=SIZES, action="append")
    given = asked.parse_args()
    chosen = given.contracts or (SIZES[:-1] if given.quick else SIZES)
    with running_engines(given.world) as own, tempfile.TemporaryDirectory() as keys:
        show(main(own, chosen, given.only or PARTS, Path(keys)))
