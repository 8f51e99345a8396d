"""Reads and writes of each service beside a bare FastAPI handler that does the same MongoDB work, one process each.

What a request asks of MongoDB is recorded from the service itself, so the bare handler (``http_bare``) does the same on a copy
of the same collections with the same indexes. Both run at once and are asked in turns. Kafka has no part in it: what
publishes is another process.
"""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bson
import httpx
from pymongo import MongoClient, monitoring
from rich.console import Console

from deploy.local.process import free_port
from services.clauses.api.examples import CONTRACT
from services.matching.index.referential import shipped_structure
from services.notifications.commands.telling import Telling
from services.notifications.consumers import Consumers
from services.notifications.templates.texts import Texts
from services.profiles.api.examples import CREATE
from shared.clock import HandClock
from shared.ids import new_id
from tests.bench import http_bodies
from tests.bench.hammering import hammer, request_bytes
from tests.bench.processor import processor_seconds
from tests.bench.stage import ROOT, service_processes, stage, until
from tests.service.matching.rooms import Rooms, offer_state, profile_state
from tests.service.notifications.builders import contact, offer, recommended
from tests.support import Running, Stack

PAIRS = 3
_WORK = frozenset({"find", "insert", "update", "delete", "aggregate"})
_RESULTS_AT_MOST = 20
_COPIES = 3
MANY = 4_000
"""Documents that a write goes through one by one."""


@dataclass
class Operation:
    """One kind of request; ``paths`` and ``bodies`` are taken in turn. ``spread``: the collection of whose documents the bare
    handler takes one after another, too.
    """

    name: str
    method: str
    paths: list[str]
    headers: dict[str, str] = field(default_factory=dict)
    bodies: Sequence[Mapping[str, Any]] = ()
    spread: str | None = None

    def requests(self) -> Iterator[bytes]:
        """Requests without end."""
        paths = itertools.cycle(self.paths)
        return (request_bytes(self.method, next(paths), self.headers, body) for body in self.written())

    def written(self) -> Iterator[bytes]:
        """Bodies without end; empty ones where there are none."""
        return itertools.cycle([json.dumps(body).encode() for body in self.bodies] or [b""])


class Recorder(monitoring.CommandListener):
    """Notes the commands of one request."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.commands is not None and event.command_name in _WORK:
            command = dict(event.command)
            self.commands.append(
                {
                    "name": event.command_name,
                    "collection": command[event.command_name],
                    "transaction": "autocommit" in command,
                    "command": {
                        name: value
                        for name, value in command.items()
                        if name not in ("lsid", "txnNumber", "$clusterTime", "readConcern", "writeConcern", "$db")
                    },
                }
            )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


_RECORDER = Recorder()


async def _offers(running: Running, stack: Stack) -> list[Operation]:
    by, manager = stack.token("employer", subject="marie"), stack.token("manager", subject="paul")
    client = running.client
    company = (
        await client.post(
            "/v1/companies", json={"name": "Mme Aubrun", "private_employer": True, "territory": "23"}, headers=by
        )
    ).json()["id"]
    (await client.post(f"/v1/companies/{company}/approve", json={}, headers=manager)).raise_for_status()
    bodies = http_bodies.offers(company)
    for body in bodies:
        (await client.post("/v1/offers", json=body, headers=by)).raise_for_status()
    collection = running.store.collection("offers")
    now = running.runtime.clock.now()
    shown = {"status": "published", "published_at": now, "confirmed_at": now, "confirm_by": now + timedelta(days=15)}
    drafts = await collection.find({}).to_list(None)
    copies = [draft | shown | {"_id": new_id()} for draft in drafts for _ in range(_COPIES)]
    await collection.insert_many(copies)
    paths = [f"/v1/offers/{copy['_id']}" for copy in copies]
    return [
        # More than are remembered, one after another: each is read as if for the first time.
        Operation("offers.read", "GET", paths, spread="offers"),
        Operation("offers.read_again", "GET", paths[: len(drafts) // 2], spread="offers"),
        Operation("offers.write", "POST", ["/v1/offers"], by, bodies),
    ]


async def _profiles(running: Running, stack: Stack) -> list[Operation]:
    by = stack.token("counsellor", subject="lea")
    body: dict[str, Any] = CREATE["without_email"]["value"]
    made = (await running.client.post("/v1/profiles", json=body, headers=by)).raise_for_status().json()["id"]
    return [
        Operation("profiles.read", "GET", [f"/v1/profiles/{made}"], by),
        Operation("profiles.write", "POST", ["/v1/profiles"], by, [body]),
    ]


async def _matching(running: Running, stack: Stack) -> list[Operation]:
    clock = HandClock(datetime.now(UTC))
    settings: Any = running.runtime.settings
    rooms = Rooms(running.store, clock, shipped_structure(), settings)
    await rooms.start()
    person = profile_state("one")
    await rooms.hear(*(rooms.offer(offer_state(f"offer-{at}", clock)) for at in range(25)), rooms.profile(person))
    collection = running.store.collection("recommendations")

    async def listed() -> bool:
        return bool(await collection.count_documents({}) >= _RESULTS_AT_MOST)

    await until(listed, 30)
    await rooms.stop()
    first = await collection.find_one({"status": "created"})
    # Somebody else of the same account, so that what is read stays a list of twenty.
    other = (await running.store.collection("profiles").find_one({"_id": person.profile_id})) | {"_id": "other"}
    await running.store.collection("profiles").insert_one(other)
    copies = [first | {"_id": new_id(), "profile_id": "other"} for _ in range(MANY)]
    await collection.insert_many(copies)
    by = stack.token("counsellor", subject="counsellor-1")
    return [
        Operation("matching.read", "GET", [f"/v1/profiles/{person.profile_id}/recommendations"], by),
        Operation(
            "matching.write",
            "POST",
            [f"/v1/recommendations/{copy['_id']}/seen" for copy in copies],
            stack.token("seeker", subject="user-one"),
            spread="recommendations",
        ),
    ]


async def _notifications(running: Running, stack: Stack) -> list[Operation]:
    settings: Any = running.runtime.settings
    runtime = running.runtime
    telling = Telling(runtime.store, runtime.clock, runtime.new_id, settings, Texts(settings), [])
    consumers = Consumers(runtime.store, runtime.clock, runtime.new_id, telling)
    await consumers.contacts([contact()])
    await consumers.offers([offer(f"offer-{at}") for at in range(25)])
    now = runtime.clock.now()
    await consumers.recommendations(
        [recommended(f"rec-{at}", offer_id=f"offer-{at}", time=now, created_at=now, caused_at=now) for at in range(25)]
    )
    await consumers.contacts([contact("profile-2", owner_id="user-2")])
    collection = running.store.collection("notifications")
    one = await collection.find_one({"box": "profile-1", "grouped": False})
    copies = [one | {"_id": new_id(), "box": "profile-2", "subject_id": "profile-2"} for _ in range(MANY)]
    await collection.insert_many(copies)
    return [
        Operation("notifications.read", "GET", ["/v1/inbox"], stack.token("seeker", subject="user-1")),
        Operation(
            "notifications.write",
            "POST",
            [f"/v1/inbox/{copy['_id']}/read" for copy in copies],
            stack.token("seeker", subject="user-2"),
            spread="notifications",
        ),
    ]


async def _clauses(running: Running, stack: Stack) -> list[Operation]:
    by = stack.token("facilitator", subject="anne")
    example = {name: value for name, value in CONTRACT["labour_share"]["value"].items() if name != "reference"}
    bodies = http_bodies.contracts(example)
    paths = []
    for body in bodies:
        made = (await running.client.post("/v1/contracts", json=body, headers=by)).raise_for_status().json()["id"]
        paths.append(f"/v1/contracts/{made}")
    return [
        Operation("clauses.read", "GET", paths, by, spread="contracts"),
        Operation("clauses.write", "POST", ["/v1/contracts"], by, bodies),
    ]


SERVICES = {
    "offers": _offers,
    "profiles": _profiles,
    "matching": _matching,
    "notifications": _notifications,
    "clauses": _clauses,
}


async def _recorded(client: httpx.AsyncClient, one: Operation) -> dict[str, Any]:
    """What one request of this kind asks of MongoDB, and its answer. The first is not looked at: caches fill. The shortest
    of the others counts: what a service reads beside its requests may fall into one of them.
    """
    shortest: list[dict[str, Any]] | None = None
    for turn in range(4):
        _RECORDER.commands = []
        path = one.paths.pop() if len(one.paths) > 2 else one.paths[0]
        body = one.bodies[turn % len(one.bodies)] if one.bodies else None
        answer = await client.request(one.method, path, headers=one.headers, json=body)
        commands, _RECORDER.commands = _RECORDER.commands, None
        answer.raise_for_status()
        if turn and (shortest is None or len(commands) < len(shortest)):
            shortest = commands
    return {"commands": shortest, "answer": answer.text, "method": one.method, "body": bool(one.bodies)}


def _copied(mongo: MongoClient[dict[str, Any]], source: str, target: str) -> None:
    """The same collections with the same indexes; none is unique, since the bare handler makes no values of its own."""
    for name in mongo[source].list_collection_names():
        mongo[source][name].aggregate([{"$out": {"db": target, "coll": name}}])
        mongo[target][name].find_one()
        for index in mongo[source][name].list_indexes():
            options = {key: value for key, value in index.items() if key not in ("v", "key", "unique", "name", "ns")}
            if index["name"] != "_id_" and "expireAfterSeconds" not in options:
                mongo[target][name].create_index(list(index["key"].items()), **options)


@asynccontextmanager
async def _bare(plan: dict[str, Any], environment: Mapping[str, str], driver: str) -> AsyncIterator[tuple[str, int]]:
    """The bare app as a process: its URL and process id."""
    with tempfile.NamedTemporaryFile(suffix=".bson") as file:
        Path(file.name).write_bytes(bson.encode(plan))
        port = free_port()
        variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT), "BASSIN_MONGODB_DRIVER": driver}
        process = subprocess.Popen(  # noqa: ASYNC220  # nothing else runs while it starts
            [sys.executable, "-m", "tests.bench.http_bare", file.name, str(port)], cwd=ROOT, env=variables
        )
        url = f"http://127.0.0.1:{port}"
        try:
            async with httpx.AsyncClient() as client:

                async def answers() -> bool:
                    try:
                        return (await client.get(f"{url}/openapi.json")).status_code == 200
                    except httpx.TransportError:
                        return False

                await until(answers, 60, every=0.1)
            yield url, process.pid
        finally:
            process.kill()
            process.wait()


async def _compared(ours: tuple[str, int], bare: tuple[str, int], one: Operation, seconds: float) -> dict[str, float]:
    """Rates and processor time a request in turns, and their ratios."""
    own = one.requests()
    theirs = (request_bytes(one.method, f"/{one.name}", {}, body) for body in one.written())
    sides = {"ours": (ours, own), "bare": (bare, theirs)}
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    costs: dict[str, list[float]] = {"ours": [], "bare": []}
    for (url, _), requests in sides.values():
        await hammer(url, requests, seconds / 2)
    for _ in range(PAIRS):
        for side, ((url, pid), requests) in sides.items():
            before = processor_seconds({side: pid})[side]
            found = await hammer(url, requests, seconds)
            if found.refused:
                raise RuntimeError(f"{one.name}: {found.refused} of {found.answers} requests were refused ({side})")
            rates[side].append(found.per_second)
            costs[side].append((processor_seconds({side: pid})[side] - before) * 1e3 / found.answers)

    def ratio(values: dict[str, list[float]], above: str, below: str) -> float:
        pairs = zip(values[above], values[below], strict=True)
        return round(statistics.median(a / b for a, b in pairs), 3)

    return {
        "vs_bare": ratio(rates, "ours", "bare"),
        "cpu_vs_bare": ratio(costs, "bare", "ours"),
        "per_s": round(statistics.median(rates["ours"])),
        "bare_per_s": round(statistics.median(rates["bare"])),
        "cpu_ms": round(statistics.median(costs["ours"]), 3),
        "bare_cpu_ms": round(statistics.median(costs["bare"]), 3),
    }


async def _calm(pids: Mapping[str, int]) -> None:
    async def calm() -> bool:
        before = processor_seconds(pids)
        await asyncio.sleep(0.5)
        return all(after - before[name] < 0.05 for name, after in processor_seconds(pids).items())

    await until(calm, 60)


async def _service(
    name: str,
    environment: dict[str, str],
    seconds: float,
    drivers: tuple[str, ...],
    console: Console,
    rows: Collection[str],
) -> dict[str, Any]:
    report: dict[str, Any] = {}
    async with stage(environment) as stack:
        database = f"{stack.prefix}_{name}"
        with MongoClient[dict[str, Any]](environment["MONGODB_URL"]) as mongo:
            try:
                async with stack.running(name) as running:
                    operations = await SERVICES[name](running, stack)
                    recorded = {one.name: await _recorded(running.client, one) for one in operations}
                _copied(mongo, database, f"{database}_bare")
                turns = {
                    one.spread: [row["_id"] for row in mongo[database][one.spread].find({}, {"_id": 1})]
                    for one in operations
                    if one.spread
                }
                plan = {"database": f"{database}_bare", "operations": recorded, "turns": turns}
                for driver in drivers:
                    with service_processes(stack, (name,), "api", BASSIN_MONGODB_DRIVER=driver) as services:
                        async with _bare(plan, environment, driver) as bare:
                            # A service makes its index and caches ready after its start: that is not the requests' cost.
                            await _calm(services.pids)
                            for one in (one for one in operations if not rows or {name, one.name} & set(rows)):
                                figures = await _compared(
                                    (services.urls[name], services.pids[name]), bare, one, seconds
                                )
                                figures["commands"] = len(recorded[one.name]["commands"])
                                kind = one.name.split(".")[1]
                                if driver == drivers[0]:
                                    report[kind] = figures | report.get(kind, {})
                                else:
                                    report[kind][driver] = figures
                                console.print(
                                    f"  {one.name} ({driver}): {figures['vs_bare']} of bare, "
                                    f"{figures['cpu_vs_bare']} in processor time"
                                )
            finally:
                for left in mongo.list_database_names():
                    if left.startswith(stack.prefix):
                        mongo.drop_database(left)
    return report


def main(
    environment: dict[str, str], quick: bool = False, console: Console | None = None, rows: Collection[str] = ()
) -> dict[str, Any]:
    """Figures under ``http``; ``rows``: of these services (``offers``) or kinds of request (``offers.write``) only."""
    monitoring.register(_RECORDER)
    drivers = ("motor",) if quick else ("motor", "pymongo")

    async def run() -> dict[str, Any]:
        return {
            name: await _service(
                name, environment, 0.3 if quick else 1.0, drivers, console or Console(quiet=True), rows
            )
            for name in SERVICES
            if not rows or name in {row.split(".")[0] for row in rows}
        }

    return {"http": asyncio.run(run())}
