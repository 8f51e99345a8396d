"""The public search over 100,000 live offers: p50 and p99 per kind of question, on a real MongoDB, over HTTP in process.

Offers are spread as the real ones of December 2021 were (per commune and occupation) where that table is beside the
project, evenly over all communes otherwise. Run: ``python -m tests.bench.search [--quick]``.
"""

import asyncio
import csv
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import Engines, running_engines
from services.offers.app import SERVICE
from services.offers.domain.content import OfferContent
from services.offers.domain.listing import listing
from services.offers.domain.offer import Offer
from services.offers.queries.search import Wanted
from services.offers.search.finder import Finder
from services.offers.search.question import query_of
from shared.auth.local import ensure_local_keys
from shared.contracts.events.base import Place, Point, Shift
from shared.contracts.events.offers import OfferCompany, Salary
from shared.contracts.vocabulary import ContractKind, OfferStatus
from shared.ids import derived_id, new_id
from shared.logs import configure_logs
from shared.reference.communes import Commune, Communes
from shared.reference.occupations import Occupations
from shared.store import encode
from tests.bench.search_quality import OFFERS
from tests.bench.search_quality import measure as measure_quality
from tests.support import Stack, eventually

REPOSITORY = Path(__file__).resolve().parents[2]
OUT = REPOSITORY / "build" / "bench-search.json"
SPREAD = REPOSITORY.parent / "shared" / "data" / "offers" / "counts_by_commune_and_rome.csv.gz"
SEED = 23
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_CONTRACTS = (ContractKind.CDI, ContractKind.CDD, ContractKind.TEMPORARY, ContractKind.SEASONAL)
_VOCABULARY = (
    "équipe expérience client chantier atelier cuisine entretien conduite préparation commande vente accueil soin "
    "nettoyage bureau gestion livraison maintenance montage contrôle sécurité hygiène planning dossier"
)
_WORDS = _VOCABULARY.split()
_STARTS = (5, 8, 9, 14, 20)


WORDS = (
    "serveuse", "cuisinnier", "aide-soigante", "AS", "cariste caces 3", "vendeur·euse", "garde d'enfants", "agent d'entretien",
    "conducteur PL", "comptable", "electricien batiment", "secrétaire", "préparateur de commandes", "technicien maintenance",
    "maçon", "infirmière", "menuisier", "nettoyage bureau", "employé libre service", "chauffeur livreur",
)  # fmt: skip
"""What is asked in words: common and rare trades, abbreviations, typing errors."""


def _pairs(communes: Communes) -> tuple[list[tuple[str, str | None]], list[int]]:
    """(commune, occupation) and how many offers each had."""
    if not SPREAD.exists():
        return [(commune.code, None) for commune in communes], [1] * len(communes)
    pairs: list[tuple[str, str | None]] = []
    weights: list[int] = []
    with gzip.open(SPREAD, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            if row[-1].isdigit() and communes.get(row[0]) is not None:
                pairs.append((row[0], row[1]))
                weights.append(int(row[-1]))
    return pairs, weights


def offers(count: int, communes: Communes, occupations: Occupations) -> Iterator[Offer]:
    """Synthetic offers in real places."""
    rng = random.Random(SEED)
    pairs, weights = _pairs(communes)
    labels = {one.code: one.label for one in occupations}
    skills = {one.code: [label for _, label in one.skills] for one in occupations}
    base = _template(next(iter(communes)))
    shifts = {
        (weekday, start): (Shift.model_validate({"weekday": weekday, "start": f"{start:02}:00", "end": "18:00"}),)
        for weekday in range(7)
        for start in _STARTS
    }
    for number, (code, occupation) in enumerate(rng.choices(pairs, weights, k=count)):
        commune = communes.get(code)
        assert commune is not None
        label = labels.get(occupation or "", "Employé polyvalent")
        confirmed = NOW - timedelta(minutes=rng.randrange(15 * 24 * 60))
        words = [*rng.choices(_WORDS, k=15), *rng.sample(skills.get(occupation or "", ()) or _WORDS, 3)]
        # Copies of one that was checked: checking a hundred thousand would take longer than all that is measured.
        content = base.content.model_copy(
            update={
                "title": f"{label} (H/F)",
                "description": " ".join(words),
                "occupation_code": occupation,
                "occupation_label": label,
                "place": _place(commune),
                "contract_kind": rng.choice(_CONTRACTS),
                "weekly_hours": rng.choice((20, 24, 28, 35, 39)),
                "shifts": shifts[rng.randrange(7), rng.choice(_STARTS)],
            }
        )
        company = OfferCompany(id=f"c-{rng.randrange(20_000)}", name=f"Entreprise {rng.randrange(20_000)}")
        yield base.model_copy(
            update={
                "id": derived_id("bench", str(number)),
                "territory": commune.department,
                "company": company,
                "content": content,
                "published_at": confirmed,
                "confirmed_at": confirmed,
            }
        )


def _place(commune: Commune) -> Place:
    return Place(name=commune.name, commune_code=commune.code, point=Point(lat=commune.lat, lon=commune.lon))


def _template(commune: Commune) -> Offer:
    return Offer(
        id="template",
        territory=commune.department,
        created_at=NOW,
        updated_at=NOW,
        version=1,
        company=OfferCompany(id="c-0", name="Entreprise"),
        content=OfferContent(
            title="Employé polyvalent",
            place=_place(commune),
            contract_kind=ContractKind.CDI,
            salary=Salary(hourly_min=12.5),
        ),
        deposited_by="bench",
        status=OfferStatus.PUBLISHED,
        published_at=NOW,
        confirmed_at=NOW,
        confirm_by=NOW + timedelta(days=15),
    )


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
    }


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


async def _beside_the_engine(finder: Finder, n: int) -> dict[str, Any]:
    """Our whole look-up (reading the question, query, order, facets) beside the bare engine: the same query, its best 20, their
    number, and the same facets by its own aggregations.
    """
    snapshot = await finder.follower.snapshot()
    bare = snapshot.searcher
    rng = random.Random(SEED + 3)
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(n + 20):
        wanted = Wanted(q=rng.choice(WORDS), facets=True)
        # This thread's own processor time: what others do on the machine lengthens neither.
        started = time.thread_time()
        page = finder.look_up(snapshot, wanted)
        between = time.thread_time()
        query = query_of(page.reading.question, some=page.reading.relaxed)
        asked = time.thread_time()
        bare.search(query, 20)
        bare.aggregate(query, _AGGREGATIONS)
        if number >= 20:
            theirs.append((time.thread_time() - asked) * 1000)
            ours.append((between - started) * 1000)
    return {
        "engine_p50_ms": round(statistics.median(theirs), 2),
        "ours_p50_ms": round(statistics.median(ours), 2),
        "vs_engine_p50": round(statistics.median(ours) / statistics.median(theirs), 2),
    }


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
        # What a replica does when it comes up.
        before = _resident_mb()
        async with stack.running("offers") as running:
            configure_logs("bench", "WARNING")
            finder: Finder = running.app.state.context.finder
            started, used = time.perf_counter(), time.process_time()
            await eventually(lambda: finder.follower.health() == "ok", seconds=900)
            restart = {
                "seconds": round(time.perf_counter() - started, 1),
                "cpu_seconds": round(time.process_time() - used, 1),
                "memory_mb": round(_resident_mb() - before),
            }

            async def ask(name: str, params: dict[str, Any]) -> int:
                path = "/v1/suggestions" if name == "suggestions" else "/v1/offers"
                answer = await running.client.get(path, params=params)
                assert answer.status_code == 200, answer.text
                return len(answer.json()["items"])

            found = {name: await _measure(ask, name, make, asked) for name, make in questions(communes).items()}
            beside = await _beside_the_engine(finder, asked)
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
        f"words + facets: {report['ours_p50_ms']} ms, bare engine {report['engine_p50_ms']} ms (× {report['vs_engine_p50']}); "
        f"MongoDB $text without facets {report['mongodb_text']['p50_ms']} ms; restart {report['restart']}"
    )
    if "mrr" in report:
        console.print(
            f"{report['questions_asked']} questions over {report['over_offers']} real offers: "
            f"recall@20 {report['recall_at_20']}, MRR {report['mrr']}"
        )


if __name__ == "__main__":
    with running_engines() as own:
        show(main(own, quick="--quick" in sys.argv or bool(os.environ.get("QUICK"))))
