"""From the answer to an employer to a notification in a channel: what it costs, how much there is room for, how long it takes.

One set of services on one set of engines for all of it, each figure beside its floor in turns: the cost of a recommendation
beside the same durable work done bare (``bare``), the latencies at a quarter of the capacity beside bare hops (``hops``).
"""

import asyncio
import contextlib
import json
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

import numpy as np
from rich.console import Console

from deploy.local.engines import Engines
from shared.logs import configure_logs
from tests.bench.hops import hops
from tests.bench.journey import Journey, journey
from tests.bench.processor import Work, processor_seconds, work_of
from tests.bench.stage import ROOT, stage
from tests.bench.timing import percentiles

PROMPT_MS = 1_000.0
"""A rate is sustained while the 99th percentile stays below."""


@dataclass(frozen=True)
class Sizes:
    """``pairs`` of cost and floor with ``each`` offers at ``per_second``; trials of the bisection last ``trial_seconds``."""

    people: int
    pairs: int
    each: int
    per_second: float
    trial_seconds: float
    highest: float
    step: float
    latency_seconds: float
    hops: int

    @property
    def drafts(self) -> int:
        """Offers that all of it can use up: the bisection takes what is left after the rounds."""
        rounds = self.each * (self.pairs + 1) + self.pairs * self.latency_seconds * self.highest / 4
        return int(rounds + self.trial_seconds * self.highest * 3)


FULL = Sizes(8_000, 3, 80, 10.0, 6.0, 80.0, 1.12, 8.0, 100)
QUICK = Sizes(2_000, 3, 30, 10.0, 3.0, 60.0, 1.3, 3.0, 50)


@dataclass
class Round:
    """What some offers cost: processor seconds by process, documents and commands, recommendations that live."""

    processor: dict[str, float]
    work: Work
    recommendations: int
    offers: int
    told: list[float] = field(default_factory=list)

    @property
    def total(self) -> float:
        return sum(self.processor.values())


async def cost_round(one: Journey, sizes: Sizes) -> tuple[Round, list[str]]:
    """Ours: publish offers and wait until all that follows has followed."""
    processor, work = processor_seconds(one.pids), work_of(one.mongo)
    played = await one.play(sizes.each, sizes.per_second)
    spent = {name: value - processor[name] for name, value in processor_seconds(one.pids).items()}
    ids = list(played.published)
    round = Round(spent, work_of(one.mongo) - work, one.live_recommendations(ids), len(ids), one.told(played))
    return round, ids


async def floor_round(one: Journey, offers: list[str], rate: float, number: int, topics: tuple[str, str]) -> Round:
    """The floor: the same, bare, at the same pace.

    Raises:
        TimeoutError: it does not come to its end.
    """
    environment = one.stack.environment
    order = {
        "url": environment["MONGODB_URL"],
        "kafka": environment["KAFKA_BOOTSTRAP_SERVERS"],
        "database": f"{one.stack.prefix}_bare{number}",
        "prefix": one.stack.topic_prefix,
        "topics": list(topics),
        "offers": offers,
        "per_second": rate,
        **{f"of_{name}": f"{one.stack.prefix}_{name}" for name in ("offers", "matching", "notifications")},
    }
    variables = {**os.environ, **environment, "PYTHONPATH": str(ROOT), "BASSIN_ENVIRONMENT": "test"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=variables
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(order).encode() + b"\n")
        await process.stdin.drain()
        if (await asyncio.wait_for(process.stdout.readline(), 60)).strip() != b"ready":
            raise RuntimeError("the bare process ended before it was ready")
        engines = {name: pid for name, pid in one.pids.items() if name in ("mongod", "kafka")}
        processor, work = processor_seconds(engines), work_of(one.mongo)
        process.stdin.write(b"go\n")
        await process.stdin.drain()
        answer = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
        spent = {name: value - processor[name] for name, value in processor_seconds(engines).items()}
        done = work_of(one.mongo) - work
    finally:
        if process.returncode is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
    spent["bare"] = answer["cpu"]
    return Round(spent, done, int(answer["recommendations"]), int(answer["offers"]), answer["told"])


async def sustained(one: Journey, rate: float, seconds: float) -> tuple[bool, float]:
    """Whether everybody is told in time at this rate, and the 99th percentile in milliseconds (∞: some never were)."""
    played = await one.play(int(rate * seconds), rate, patience=20.0)
    told = one.told(played)
    if not played.settled or not told:
        return False, float("inf")
    p99 = float(np.percentile(told, 99)) * 1e3
    return p99 < PROMPT_MS and not played.refused, p99


Trial = Callable[[float], Awaitable[tuple[bool, float]]]


async def capacity(
    trial: Trial, left: Callable[[float], bool], sizes: Sizes, what: str, console: Console
) -> tuple[float, dict[str, float]]:
    """The highest rate that is sustained, by bisection to ``step``; what was found is tried again, and must hold twice.

    ``left``: whether a trial at this rate can be made.
    """
    seen: dict[str, float] = {}

    async def holds(rate: float) -> bool:
        good, p99 = await trial(rate)
        seen[f"{rate:.0f}"] = round(p99, 1) if p99 < float("inf") else -1.0
        console.print(f"  {what}: {rate:.0f} offers/s: p99 {p99:.0f} ms")
        return good

    low, high = 0.0, sizes.highest
    rate = sizes.highest / 3
    while left(rate) and (low == 0.0 or high / low > sizes.step):
        if await holds(rate):
            low = rate
        else:
            high = rate
        rate = (low * high) ** 0.5 if low else rate / 2
        if rate < 1:
            break
    while low and left(low) and not await holds(low):
        low /= sizes.step
    return low, seen


async def _capacities(
    one: Journey, known: list[str], sizes: Sizes, topics: tuple[str, str], console: Console
) -> dict[str, Any]:
    """Ours, and that of the bare work with the offers ``known`` from earlier rounds, by the same bisection."""
    spare = int(sizes.pairs * sizes.latency_seconds * sizes.highest / 4)
    numbers = count(sizes.pairs)

    async def ours(rate: float) -> tuple[bool, float]:
        return await sustained(one, rate, sizes.trial_seconds)

    async def bare(rate: float) -> tuple[bool, float]:
        chosen = known[: int(rate * sizes.trial_seconds)]
        try:
            round = await floor_round(one, chosen, rate, next(numbers), topics)
        except TimeoutError:
            return False, float("inf")
        p99 = float(np.percentile(round.told, 99)) * 1e3
        return p99 < PROMPT_MS, p99

    found, trials = await capacity(
        ours, lambda rate: len(one.drafts) - spare >= rate * sizes.trial_seconds, sizes, "ours", console
    )
    report: dict[str, Any] = {"offers_per_s": round_to(found), "trials_p99_ms": trials}
    if known:
        enough = partial(_enough, len(known), sizes)
        floor, trials = await capacity(bare, enough, sizes, "bare", console)
        report |= {"bare_offers_per_s": round_to(floor), "bare_trials_p99_ms": trials}
        report["vs_bare"] = round(found / floor, 2) if floor else None
    return report


def _enough(known: int, sizes: Sizes, rate: float) -> bool:
    return known >= rate * sizes.trial_seconds * 0.6  # a rate that even so little of a trial shows to be too high


def median(values: list[float]) -> float:
    """Of several rounds."""
    return float(statistics.median(values)) if values else float("nan")


async def _run(engines: Engines, sizes: Sizes, console: Console) -> dict[str, Any]:
    async with stage(engines.environment) as bare_stack, journey(engines, sizes.people, sizes.drafts) as one:
        topics = (
            f"{bare_stack.topic_prefix}offers.applications.v1",
            f"{bare_stack.topic_prefix}notifications.deliveries.v1",
        )
        await one.play(sizes.each // 2, sizes.per_second)  # warm
        ours, floors = [], []
        known: list[str] = []
        if "mongod" in one.pids and "kafka" in one.pids:
            for number in range(sizes.pairs):
                round, ids = await cost_round(one, sizes)
                ours.append(round)
                floors.append(await floor_round(one, ids, sizes.per_second, number, topics))
                known += ids
                console.print(
                    f"  cost: {round.total * 1e3 / round.offers:.0f} ms of processor an offer, "
                    f"bare {floors[-1].total * 1e3 / floors[-1].offers:.0f}"
                )
        room = await _capacities(one, known, sizes, topics, console)
        quarter = max(1.0, room["offers_per_s"] / 4)
        bare, told, readable = [], [], []
        for _ in range(sizes.pairs):
            bare.append(await hops(bare_stack, sizes.hops))
            played = await one.play(int(quarter * sizes.latency_seconds), quarter)
            told.append(one.told(played))
            readable.append(one.readable(played))
            console.print(
                f"  at {quarter:.0f}/s: p50 {np.percentile(told[-1], 50) * 1e3:.0f} ms, "
                f"p99 {np.percentile(told[-1], 99) * 1e3:.0f}; two hops {np.percentile(bare[-1], 50) * 1e3:.0f}"
            )
    report = _latencies(bare, told, readable)
    report["capacity"] = room
    report["e2e"]["per_s"] = round_to(quarter)
    return report | _costs(ours, floors) if not ours else _joined(report, _costs(ours, floors))


def round_to(value: float) -> float:
    return round(value, 1)


def _joined(report: dict[str, Any], costs: dict[str, Any]) -> dict[str, Any]:
    ratio = report["ratio"] | costs.pop("ratio")
    return report | costs | {"ratio": ratio}


def _latencies(bare: list[list[float]], told: list[list[float]], readable: list[list[float]]) -> dict[str, Any]:
    def of(values: list[list[float]], share: float) -> list[float]:
        return [float(np.percentile(one, share)) for one in values]

    ratios = {
        f"e2e_p{share}_vs_hops": round(
            median([ours / floor for ours, floor in zip(of(told, share), of(bare, 50), strict=True)]), 2
        )
        for share in (50, 99)
    }
    return {
        "e2e": {
            **percentiles([one for part in told for one in part]),
            "readable": percentiles([one for part in readable for one in part]),
            "told": sum(map(len, told)),
        },
        "floor": {"hops": percentiles([one for part in bare for one in part])},
        "ratio": ratios,
    }


def _costs(ours: list[Round], floors: list[Round]) -> dict[str, Any]:
    def per_recommendation(rounds: list[Round]) -> float:
        return round(median([one.total * 1e3 / one.recommendations for one in rounds]), 3)

    def per_offer(rounds: list[Round]) -> dict[str, float]:
        return {
            name: round(median([one.processor[name] * 1e3 / one.offers for one in rounds]), 2)
            for name in rounds[0].processor
        }

    if not ours:
        return {
            "cost": "not measured: MongoDB or Kafka is no process of this machine",
            "ratio": {"cost_vs_floor": None},
        }
    written = [(one.work.inserted + one.work.updated) / one.recommendations for one in ours]
    return {
        "cost": {
            "cpu_ms_per_recommendation": per_recommendation(ours),
            "cpu_ms_per_offer": per_offer(ours),
            "bare_cpu_ms_per_recommendation": per_recommendation(floors),
            "bare_cpu_ms_per_offer": per_offer(floors),
            "recommendations_per_offer": round(median([one.recommendations / one.offers for one in ours]), 1),
            "commands_per_offer": round(median([one.work.commands / one.offers for one in ours]), 1),
            "latency": percentiles([value for one in ours for value in one.told]),
        },
        "documents_per_recommendation": {
            "written": round(median(written), 3),
            "inserted": round(median([one.work.inserted / one.recommendations for one in ours]), 3),
            "deleted": round(median([one.work.deleted / one.recommendations for one in ours]), 3),
        },
        "ratio": {
            "cost_vs_floor": round(
                median([(a.total / a.offers) / (b.total / b.offers) for a, b in zip(ours, floors, strict=True)]), 2
            )
        },
    }


def main(engines: Engines, quick: bool = False, console: Console | None = None) -> dict[str, Any]:
    """Figures under ``cost``, ``capacity``, ``documents_per_recommendation``, ``e2e``, ``floor`` and ``ratio``."""
    configure_logs("bench", "ERROR")
    # Topics that were made a moment ago have no leader yet: the client asks again, and says so as an error.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    report = asyncio.run(_run(engines, QUICK if quick else FULL, console or Console(quiet=True)))
    return {**report, "e2e": {**report["e2e"], "broker": engines.broker.value}}
