"""From the answer to an employer to a notification in a channel: what it costs, how much there is room for, how long it takes.

One set of services on one set of engines for all of it, each figure beside its floor in turns: the cost of a recommendation
beside the same durable work done bare (``bare``), the latencies at a quarter of the capacity beside bare hops (``hops``), one
after the other and at the pace of the offers.
"""

import asyncio
import contextlib
import json
import logging
import os
import statistics
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from rich.console import Console

from deploy.local.engines import Engines
from shared.logs import configure_logs
from tests.bench.capacity import highest_sustained, p99_ms, sustained
from tests.bench.hops import hops
from tests.bench.journey import Journey, journey
from tests.bench.peers import merged
from tests.bench.processor import Work, processor_seconds, work_of
from tests.bench.resting import FIRST_OFFERS, Rest, awake, rest_of, stopped
from tests.bench.stage import ROOT, stage
from tests.bench.timing import percentiles
from tests.support import Stack

PARTS = ("cost", "capacity", "latency")
"""What may be measured by itself; each takes the start and an end of some tens of seconds more than its own."""
PER_SECOND = 2.5
"""Offers for the latencies, where the capacity was not measured: a quarter of what was found on two cores."""


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
    latency_offers: int
    latency_seconds: float
    hops: int

    @property
    def for_latency(self) -> int:
        """Offers that the rounds of the latencies use up at most."""
        return self.pairs * max(self.latency_offers, int(self.latency_seconds * self.highest / 4))

    def drafts(self, parts: Collection[str]) -> int:
        """Offers that these parts use up, those that wake the services after a floor included; without the bisection's."""
        count = self.each + FIRST_OFFERS * (self.pairs + 1)
        if "cost" in parts:
            count += self.each * self.pairs
        return count + (self.for_latency if "latency" in parts else 0)

    @property
    def for_capacity(self) -> int:
        """Offers that the bisection uses up at most, some ten trials at half of the highest rate; deposited as it goes."""
        return int(self.trial_seconds * self.highest * 5)


FULL = Sizes(8_000, 3, 80, 10.0, 6.0, 80.0, 1.12, 40, 8.0, 100)
QUICK = Sizes(2_000, 3, 30, 10.0, 6.0, 40.0, 1.25, 25, 4.0, 50)


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
    round = Round(spent, work_of(one.mongo) - work, one.live_recommendations(ids), len(ids))
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


async def _capacities(
    one: Journey,
    rest: Rest,
    known: list[str],
    sizes: Sizes,
    spare: int,
    topics: tuple[str, str],
    console: Console,
) -> tuple[float, dict[str, Any]]:
    """Ours, and that of the bare work with the offers ``known`` from earlier rounds and from ours, by the same bisection.

    ``spare``: drafts that it leaves to what is measured after it.
    """
    numbers = count(sizes.pairs)
    limits = (sizes.highest, sizes.step)

    async def ours(rate: float) -> float:
        return await sustained(one, rest, rate, sizes.trial_seconds, known)

    async def bare(rate: float) -> float:
        chosen = known[: int(rate * sizes.trial_seconds)]
        try:
            return p99_ms((await floor_round(one, chosen, rate, next(numbers), topics)).told)
        except TimeoutError:
            return float("inf")

    async def drafts(rate: float) -> bool:
        return await one.stock(spare + int(rate * sizes.trial_seconds))

    async def known_enough(rate: float) -> bool:
        return len(known) >= rate * sizes.trial_seconds * 0.6  # even so little of a trial shows a rate to be too high

    found = await highest_sustained(ours, drafts, limits, rest, "ours", console)
    report = found.report()
    if "mongod" in one.pids and "kafka" in one.pids:
        async with stopped(one):
            floor = await highest_sustained(bare, known_enough, limits, rest, "bare", console)
        await awake(one, rest)
        report |= floor.report("bare_")
        report["vs_bare"] = round(found.rate / floor.rate, 2) if floor.rate else None
    return found.rate, report


def median(values: list[float]) -> float:
    """Of several rounds."""
    return float(statistics.median(values)) if values else float("nan")


async def _costs_in_turns(
    one: Journey, rest: Rest, sizes: Sizes, topics: tuple[str, str], console: Console
) -> tuple[list[Round], list[Round], list[str]]:
    """Rounds of ours and of the bare work, and the offers that they were made of."""
    ours, floors = [], []
    known: list[str] = []
    if "mongod" in one.pids and "kafka" in one.pids:
        for number in range(sizes.pairs):
            round, ids = await cost_round(one, sizes)
            ours.append(round)
            async with stopped(one):
                floors.append(await floor_round(one, ids, sizes.per_second, number, topics))
            await awake(one, rest)
            known += ids
            console.print(
                f"  cost: {round.total * 1e3 / round.offers:.0f} ms of processor an offer, "
                f"bare {floors[-1].total * 1e3 / floors[-1].offers:.0f}"
            )
    return ours, floors, known


async def _latencies_in_turns(one: Journey, sizes: Sizes, rate: float, bare_stack: Stack, console: Console) -> Any:
    bare, paced, told, readable = [], [], [], []
    for _ in range(sizes.pairs):
        for floors, found in zip(
            (bare, paced), await hops(bare_stack, sizes.hops, sizes.latency_offers, rate), strict=True
        ):
            floors.append(found)
        played = await one.play(max(sizes.latency_offers, int(rate * sizes.latency_seconds)), rate)
        told.append(one.told(played))
        readable.append(one.readable(played))
        console.print(
            f"  at {rate:.1f}/s: p50 {np.percentile(told[-1], 50) * 1e3:.0f} ms, "
            f"p99 {np.percentile(told[-1], 99) * 1e3:.0f}; two hops {np.percentile(bare[-1], 50) * 1e3:.0f}, "
            f"at that pace {np.percentile(paced[-1], 50) * 1e3:.0f}"
        )
    return _latencies(bare, paced, told, readable)


async def _run(engines: Engines, sizes: Sizes, parts: Collection[str], per_s: float, console: Console) -> Any:
    report: dict[str, Any] = {}
    more = sizes.for_capacity if "capacity" in parts else 0
    drafts = sizes.drafts(parts) + more
    async with stage(engines.environment) as bare_stack, journey(engines, sizes.people, drafts, more) as one:
        topics = (
            f"{bare_stack.topic_prefix}offers.applications.v1",
            f"{bare_stack.topic_prefix}notifications.deliveries.v1",
        )
        await one.play(sizes.each // 2, sizes.per_second)  # warm
        known: list[str] = []
        async with rest_of(one) as rest:
            if "cost" in parts:
                ours, floors, known = await _costs_in_turns(one, rest, sizes, topics, console)
                report = merged(report, _costs(ours, floors))
            if "capacity" in parts:
                spare = sizes.for_latency if "latency" in parts else 0
                with one.watching():
                    found, report["capacity"] = await _capacities(one, rest, known, sizes, spare, topics, console)
                per_s = found / 4
        if "latency" in parts:
            rate = max(1.0, per_s)
            with one.watching():
                report = merged(report, await _latencies_in_turns(one, sizes, rate, bare_stack, console))
            report["e2e"] |= {"per_s": round_to(rate), "broker": engines.broker.value}
    return report


def round_to(value: float) -> float:
    return round(value, 1)


def _latencies(
    bare: list[list[float]], paced: list[list[float]], told: list[list[float]], readable: list[list[float]]
) -> dict[str, Any]:
    def of(values: list[list[float]], share: float) -> list[float]:
        return [float(np.percentile(one, share)) for one in values]

    ratios = {
        f"e2e_p{share}_vs_hops{name}": round(
            median([ours / floor for ours, floor in zip(of(told, share), of(floors, 50), strict=True)]), 2
        )
        for share in (50, 99)
        for name, floors in (("", bare), ("_at_pace", paced))
    }
    return {
        "e2e": {
            **percentiles([one for part in told for one in part]),
            "readable": percentiles([one for part in readable for one in part]),
            "told": sum(map(len, told)),
        },
        "floor": {
            "hops": percentiles([one for part in bare for one in part]),
            "hops_at_pace": percentiles([one for part in paced for one in part]),
        },
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


def main(
    engines: Engines,
    quick: bool = False,
    console: Console | None = None,
    parts: Collection[str] = PARTS,
    per_s: float = PER_SECOND,
) -> dict[str, Any]:
    """Figures under ``cost``, ``capacity``, ``documents_per_recommendation``, ``e2e``, ``floor`` and ``ratio``.

    ``per_s``: the rate of the latencies where the capacity is not one of the ``parts``.
    """
    configure_logs("bench", "ERROR")
    # Topics that were made a moment ago have no leader yet: the client asks again, and says so as an error.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    sizes = QUICK if quick else FULL
    found: dict[str, Any] = asyncio.run(_run(engines, sizes, parts, per_s, console or Console(quiet=True)))
    return found
