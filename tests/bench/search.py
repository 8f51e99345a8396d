"""The public search over 100,000 live offers: p50 and p99 per kind of question, on a real MongoDB, over HTTP in process.

Offers are spread as the real ones of December 2021 were (per commune and occupation) where that table is beside the
project, evenly over all communes otherwise. Run: ``python -m tests.bench.search [--quick]``.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.offers.app import SERVICE
from services.offers.domain.listing import listing
from services.offers.queries.search import Wanted
from services.offers.search.finder import Finder
from services.offers.search.index import Snapshot
from services.offers.search.querying import query_of
from services.offers.search.reading import Reading
from shared.auth.local import ensure_local_keys
from shared.cli import collect_seldom
from shared.ids import new_id
from shared.logs import configure_logs
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import encode
from tests.bench.search_quality import OFFERS, entries
from tests.bench.search_quality import measure as measure_quality
from tests.bench.search_world import SEED, SPREAD, offers
from tests.support import Stack, eventually

REPOSITORY = Path(__file__).resolve().parents[2]
OUT = REPOSITORY / "build" / "bench-search.json"
WORDS = (
    "serveuse", "cuisinnier", "aide-soigante", "AS", "cariste caces 3", "vendeur·euse", "garde d'enfants", "agent d'entretien",
    "conducteur PL", "comptable", "electricien batiment", "secrétaire", "préparateur de commandes", "technicien maintenance",
    "maçon", "infirmière", "menuisier", "nettoyage bureau", "employé libre service", "chauffeur livreur",
)  # fmt: skip
"""What is asked in words: common and rare trades, abbreviations, typing errors."""


async def _load(collection: Any, count: int, communes: Communes, occupations: Occupations) -> float:
    started = time.perf_counter()
    rng = random.Random(SEED + 1)
    batch: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    for offer in offers(count, communes, occupations):
        batch.append(encode(listing(offer, applications=rng.randrange(30))))
        contents.append(encode({"_id": offer.id, "content": offer.content.model_dump()}))
        if len(batch) == 2_000:
            await collection.insert_many(batch, ordered=False)
            await collection.database["offers"].insert_many(contents, ordered=False)
            batch, contents = [], []
    if batch:
        await collection.insert_many(batch, ordered=False)
        await collection.database["offers"].insert_many(contents, ordered=False)
    return time.perf_counter() - started


def questions(communes: Communes) -> dict[str, Callable[[random.Random], dict[str, Any]]]:
    """What people ask, from a place drawn by population (people search where people live)."""
    towns = list(communes)
    weights = [max(1, town.population) for town in towns]

    def near(rng: random.Random) -> dict[str, Any]:
        town = rng.choices(towns, weights)[0]
        return {"near": f"{town.lat},{town.lon}"}

    return {
        "near, widening": near,
        "near, 30 km": lambda rng: {**near(rng), "radius_km": 30},
        "near + occupation": lambda rng: {**near(rng), "occupation": rng.choice(("K2204", "N4101", "G1602", "F1703"))},
        "near + words": lambda rng: {
            **near(rng),
            "q": rng.choice(("préparateur commandes", "cuisinier", "aide soignante")),
        },
        "near + no early, no weekend": lambda rng: {**near(rng), "no_early": True, "no_weekend": True},
        "near 30 km by freshness": lambda rng: {**near(rng), "radius_km": 30, "sort": "freshness"},
        "everywhere by freshness": lambda _: {},
        "everywhere + words": lambda rng: {"q": rng.choice(("serveur restaurant", "conduite livraison", "menuisier"))},
        "near 30 km + facets": lambda rng: {**near(rng), "radius_km": 30, "facets": True},
        "words + facets": lambda rng: {"q": rng.choice(WORDS), "facets": True},
        "near + words + facets": lambda rng: {**near(rng), "q": rng.choice(WORDS), "facets": True},
        "words with filters and a place": lambda rng: {
            "q": f"{rng.choice(WORDS)} {rng.choice(('cdi', 'interim', 'mi-temps', 'le matin'))} {rng.choice(towns).name}"
        },
        "suggestions": lambda rng: {"q": rng.choice(WORDS)[: rng.randrange(2, 9)]},
        "suggestions, mistyped place": lambda rng: {"q": _mistyped(rng.choices(towns, weights)[0].name, rng)},
    }


def _mistyped(name: str, rng: random.Random) -> str:
    """A name that lacks a letter, the first one apart."""
    at = rng.randrange(1, len(name))
    return name[:at] + name[at + 1 :]


async def _measure(
    ask: Callable[[str, dict[str, Any]], Awaitable[int]],
    name: str,
    make: Callable[[random.Random], dict[str, Any]],
    n: int,
) -> dict[str, float]:
    rng = random.Random(SEED + 2)
    for _ in range(10):
        await ask(name, make(rng))
    times: list[float] = []
    processor: list[float] = []
    rows = 0
    for _ in range(n):
        params = make(rng)
        started, used = time.perf_counter(), time.process_time()
        rows += await ask(name, params)
        times.append((time.perf_counter() - started) * 1000)
        processor.append((time.process_time() - used) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    used_cuts = statistics.quantiles(processor, n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "p50_cpu_ms": round(used_cuts[49], 2),
        "p99_cpu_ms": round(used_cuts[98], 2),
        "rows": round(rows / n, 1),
    }


async def _beside_the_engine(finder: Finder, occupations: Occupations, n: int) -> dict[str, Any]:
    """Our whole look-up (reading the question, query, order, facets) beside the bare engine. Questions that were read before on
    this snapshot, the same once an offer has changed since, official titles that nobody has asked, and titles as employers word
    them (new, and asked again).

    ``vs_engine``: beside a ready query, its best 20, their number, and the same facets by its own aggregations. ``vs_use``:
    beside what a use of the engine cannot do without, which makes the query of its parts and reads which offers were found.
    """
    snapshot = await finder.follower.snapshot()
    rng = random.Random(SEED + 3)
    asked = [rng.choice(WORDS) for _ in range(n + _WARM)]
    titles = sorted({title.split(" / ")[0] for one in occupations for title in (one.label, *one.titles)})
    rng.shuffle(titles)
    known = _ratio(finder, snapshot, asked)
    # As employers word them, which is longer, and seldom what the referential calls a trade.
    worded = sorted({entry.title for entry in entries(Communes.load())}) if OFFERS.exists() else titles
    rng.shuffle(worded)
    kinds = {
        "unread": _ratio(finder, snapshot, asked, unread=True),
        "new": _ratio(finder, snapshot, titles[: n + _WARM]),
        "wordings": _ratio(finder, snapshot, worded[: n + _WARM]),
        "wordings_again": _ratio(finder, snapshot, worded[: n + _WARM]),
    }
    return {
        **{f"{name}_p50_ms" if name in ("ours", "engine") else f"{name}_p50": value for name, value in known.items()},
        "ours_new_p50_ms": kinds["new"]["ours"],
        **{f"{name}_{kind}_p50": one[name] for kind, one in kinds.items() for name in ("vs_engine", "vs_use")},
    }


def _ratio(finder: Finder, snapshot: Snapshot, asked: list[str], *, unread: bool = False) -> dict[str, float]:
    ours: list[float] = []
    theirs: list[tuple[float, float]] = []
    for number, q in enumerate(asked):
        if unread:
            snapshot = replace(snapshot)
        wanted = Wanted(q=q, facets=True)
        # This thread's own processor time: what others do on the machine lengthens neither.
        started = time.thread_time()
        reading = finder.read(snapshot, wanted)
        used = time.thread_time() - started
        # In turns: whoever asks second finds in the processor's caches what the other one read.
        alone = _bare(snapshot, reading) if reading is not None and number % 2 else None
        started = time.thread_time()
        page = finder.look_up(snapshot, wanted)
        used += time.thread_time() - started
        if alone is None or page.reading.relaxed:
            alone = _bare(snapshot, page.reading)
        if number >= _WARM:
            ours.append(used * 1000)
            theirs.append(alone)
    engine, use = (statistics.median(of) for of in zip(*theirs, strict=True))
    mine = statistics.median(ours)
    return {
        "ours": round(mine, 2),
        "engine": round(engine, 2),
        "vs_engine": round(mine / engine, 2),
        "vs_use": round(mine / use, 2),
    }


def _bare(snapshot: Snapshot, reading: Reading) -> tuple[float, float]:
    """Milliseconds of the engine with a ready query, and of a whole use of it."""
    question, bare = replace(reading.question), snapshot.searcher  # a copy: no query was made of it yet
    started = time.thread_time()
    query = query_of(question, some=reading.relaxed)
    begun = time.thread_time()
    hits = bare.search(query, 20).hits
    between = time.thread_time()
    bare.fast_field_values("row", [address for _, address in hits])
    found = time.thread_time()
    bare.aggregate(query, _AGGREGATIONS)
    ended = time.thread_time()
    return (ended - found + between - begun) * 1000, (ended - started) * 1000


_WARM = 20
"""Questions that are asked first and not counted."""
_AGGREGATIONS = {
    name: {"terms": {"field": name, "size": 15}}
    for name in ("kind", "contract", "occupation", "commune", "source", "flags")
}


async def _mongodb_text(store: Any, n: int) -> dict[str, float]:
    """MongoDB's own full-text index over the same titles and descriptions, best 20; without facets, filters or typing errors."""
    texts = store.collection("texts")
    batch = []
    async for offer in store.collection("offers").find({}, {"content.title": 1, "content.description": 1}):
        batch.append({"_id": offer["_id"], **offer["content"]})
        if len(batch) == 5_000:
            await texts.insert_many(batch, ordered=False)
            batch = []
    if batch:
        await texts.insert_many(batch, ordered=False)
    await texts.create_index([("title", "text"), ("description", "text")], default_language="french")
    rng = random.Random(SEED + 3)
    times = []
    for _ in range(n):
        started = time.perf_counter()
        score = {"score": {"$meta": "textScore"}}
        cursor = (
            texts.find({"$text": {"$search": rng.choice(WORDS)}}, score).sort([("score", score["score"])]).limit(20)
        )
        [row async for row in cursor]
        times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 2), "p99_ms": round(cuts[98], 2)}


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _run(engines: Engines, quick: bool) -> dict[str, Any]:
    count, asked = (10_000, 60) if quick else (100_000, 200)
    communes, occupations = Communes.load(), Occupations.load()
    with tempfile.TemporaryDirectory() as folder:
        ensure_local_keys(Path(folder))
        stack = Stack(engines.environment, Path(folder), "b" + new_id().replace("-", "")[-10:])
        runtime = SERVICE.runtime(stack.settings(SERVICE))
        await runtime.store.prepare(SERVICE.collections)
        seconds = await _load(runtime.store.collection("listings"), count, communes, occupations)
        await runtime.store.close()
        # What a replica does when it comes up. Its clock is today's, the offers were confirmed long before: freshness tells none
        # of them apart, so that equal ones tie, which is the hardest case.
        before = _resident_mb()
        async with stack.running("offers") as running:
            configure_logs("bench", "WARNING")
            # As each process of a service does at its start.
            collect_seldom()
            finder: Finder = running.app.state.context.finder
            started, used = time.perf_counter(), time.process_time()
            await eventually(lambda: finder.follower.health() == "ok", seconds=900)
            restart = {
                "seconds": round(time.perf_counter() - started, 1),
                "cpu_seconds": round(time.process_time() - used, 1),
                "memory_mb": round(_resident_mb() - before),
            }

            async def ask(name: str, params: dict[str, Any]) -> int:
                path = "/v1/suggestions" if name.startswith("suggestions") else "/v1/offers"
                answer = await running.client.get(path, params=params)
                assert answer.status_code == 200, answer.text
                return len(answer.json()["items"])

            found = {name: await _measure(ask, name, make, asked) for name, make in questions(communes).items()}
            beside = await _beside_the_engine(finder, occupations, asked)
            text = await _mongodb_text(running.store, asked)
            stats = await running.store.database.command("collStats", "listings")
            await running.store.client.drop_database(running.store.database.name)
    return {
        "offers": count,
        "asked_per_question": asked,
        "spread": "real, 12/2021" if SPREAD.exists() else "even over communes",
        "loaded_per_second": round(count / seconds),
        "listing_bytes": round(stats["size"] / count),
        "index_bytes": round(stats["totalIndexSize"] / count),
        "questions": found,
        **beside,
        "p99_cpu_ms": max(one["p99_cpu_ms"] for name, one in found.items() if "words" in name),
        "mongodb_text": text,
        "restart": restart,
        **(measure_quality() if OFFERS.exists() else {}),
    }


def main(engines: Engines, quick: bool = False) -> dict[str, Any]:
    """Measure, write ``build/bench-search.json`` and return the report."""
    report = asyncio.run(_run(engines, quick))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return report


def show(report: dict[str, Any]) -> None:
    """The table."""
    table = Table(title=f"Search over {report['offers']} offers (HTTP in process, {report['spread']})")
    for column in ("question", "p50 ms", "p99 ms", "p99 cpu ms", "rows"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for name, one in report["questions"].items():
        table.add_row(
            name, f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}", f"{one['p99_cpu_ms']:.1f}", f"{one['rows']:.1f}"
        )
    console = Console(width=110)
    console.print(table)
    console.print(
        f"words + facets: {report['ours_p50_ms']} ms, bare engine {report['engine_p50_ms']} ms (× {report['vs_engine_p50']}, "
        f"× {report['vs_engine_unread_p50']} read anew, × {report['vs_engine_new_p50']} titles never asked, "
        f"× {report['vs_engine_wordings_p50']} as employers word them); beside a whole use of it × {report['vs_use_p50']}, "
        f"× {report['vs_use_unread_p50']}, × {report['vs_use_new_p50']}, × {report['vs_use_wordings_p50']}; "
        f"MongoDB $text without facets {report['mongodb_text']['p50_ms']} ms; restart {report['restart']}"
    )
    if "mrr" in report:
        console.print(
            f"{report['questions_asked']} questions over {report['over_offers']} real offers: "
            f"recall@20 {report['recall_at_20']}, MRR {report['mrr']}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search", description=__doc__)
    parser.add_argument("--quick", action="store_true", default=bool(os.environ.get("QUICK")), help="10,000 of them")
    given = parser.parse_args()
    with running_engines() as own:
        show(main(own, given.quick))
