"""The public search over 100,000 live offers: p50 and p99 per kind of question, on a real MongoDB, over HTTP in process.

Offers are spread as the real ones of December 2021 were (per commune and occupation) where that table is beside the
project, evenly over all communes otherwise. Run: ``python -m tests.bench.search [--quick]``.
"""

import asyncio
import csv
import gzip
import json
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

from deploy.local.engines import running_engines
from services.offers.domain.content import OfferContent
from services.offers.domain.listing import listing
from services.offers.domain.offer import Offer
from shared.auth.local import ensure_local_keys
from shared.contracts.events.base import Place, Point, Shift
from shared.contracts.events.offers import OfferCompany, Salary
from shared.contracts.vocabulary import ContractKind, OfferStatus
from shared.ids import derived_id, new_id
from shared.logs import configure_logs
from shared.reference.communes import Communes
from shared.reference.occupations import Occupations
from shared.store import encode
from tests.support import Stack

REPOSITORY = Path(__file__).resolve().parents[2]
SPREAD = REPOSITORY.parent / "shared" / "data" / "offers" / "counts_by_commune_and_rome.csv.gz"
SEED = 23
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_CONTRACTS = (ContractKind.CDI, ContractKind.CDD, ContractKind.TEMPORARY, ContractKind.SEASONAL)
_VOCABULARY = (
    "équipe expérience client chantier atelier cuisine entretien conduite préparation commande vente accueil soin "
    "nettoyage bureau gestion livraison maintenance montage contrôle sécurité hygiène planning dossier"
)
_WORDS = _VOCABULARY.split()


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
    for number, (code, occupation) in enumerate(rng.choices(pairs, weights, k=count)):
        commune = communes.get(code)
        assert commune is not None
        label = labels.get(occupation or "", "Employé polyvalent")
        confirmed = NOW - timedelta(minutes=rng.randrange(15 * 24 * 60))
        start = rng.choice((5, 8, 9, 14, 20))
        content = OfferContent(
            title=f"{label} (H/F)",
            description=" ".join(rng.choices(_WORDS, k=40)),
            occupation_code=occupation,
            occupation_label=label,
            place=Place(name=commune.name, commune_code=commune.code, point=Point(lat=commune.lat, lon=commune.lon)),
            contract_kind=rng.choice(_CONTRACTS),
            weekly_hours=rng.choice((20, 24, 28, 35, 39)),
            shifts=(Shift.model_validate({"weekday": rng.randrange(7), "start": f"{start:02}:00", "end": "18:00"}),),
            salary=Salary(hourly_min=12.5),
        )
        yield Offer(
            id=derived_id("bench", str(number)),
            territory=commune.department,
            created_at=confirmed,
            updated_at=confirmed,
            version=1,
            company=OfferCompany(id=f"c-{rng.randrange(20_000)}", name=f"Entreprise {rng.randrange(20_000)}"),
            content=content,
            deposited_by="bench",
            status=OfferStatus.PUBLISHED,
            published_at=confirmed,
            confirmed_at=confirmed,
            confirm_by=confirmed + timedelta(days=15),
        )


async def _load(collection: Any, count: int, communes: Communes, occupations: Occupations) -> float:
    started = time.perf_counter()
    rng = random.Random(SEED + 1)
    batch: list[dict[str, Any]] = []
    for offer in offers(count, communes, occupations):
        batch.append(encode(listing(offer, applications=rng.randrange(30))))
        if len(batch) == 2_000:
            await collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        await collection.insert_many(batch, ordered=False)
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
    }


async def _measure(
    ask: Callable[[dict[str, Any]], Awaitable[int]], make: Callable[[random.Random], dict[str, Any]], n: int
) -> dict[str, float]:
    rng = random.Random(SEED + 2)
    for _ in range(10):
        await ask(make(rng))
    times: list[float] = []
    rows = 0
    for _ in range(n):
        params = make(rng)
        started = time.perf_counter()
        rows += await ask(params)
        times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"p50_ms": round(cuts[49], 2), "p99_ms": round(cuts[98], 2), "rows": round(rows / n, 1)}


async def _run(quick: bool) -> dict[str, Any]:
    count, asked = (10_000, 60) if quick else (100_000, 300)
    communes, occupations = Communes.load(), Occupations.load()
    with running_engines() as engines, tempfile.TemporaryDirectory() as folder:
        ensure_local_keys(Path(folder))
        stack = Stack(engines.environment, Path(folder), "b" + new_id().replace("-", "")[-10:])
        async with stack.running("offers") as running:
            configure_logs("bench", "WARNING")
            seconds = await _load(running.store.collection("listings"), count, communes, occupations)

            async def ask(params: dict[str, Any]) -> int:
                answer = await running.client.get("/v1/offers", params=params)
                assert answer.status_code == 200, answer.text
                return len(answer.json()["items"])

            found = {name: await _measure(ask, make, asked) for name, make in questions(communes).items()}
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
    }


def main(quick: bool = False) -> dict[str, Any]:
    """Measure and return the report."""
    return asyncio.run(_run(quick))


def show(report: dict[str, Any]) -> None:
    """The table."""
    table = Table(title=f"Search over {report['offers']} offers (HTTP in process, {report['spread']})")
    for column in ("question", "p50 ms", "p99 ms", "rows"):
        table.add_column(column, justify="left" if column == "question" else "right")
    for name, one in report["questions"].items():
        table.add_row(name, f"{one['p50_ms']:.1f}", f"{one['p99_ms']:.1f}", f"{one['rows']:.1f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    found = main(quick="--quick" in sys.argv)
    out = REPOSITORY / "build" / "bench-search.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    show(found)
