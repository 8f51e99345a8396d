"""All measures of MATCHING in one run on one machine: ``python -m tests.bench [--quick]``, or ``QUICK=1``.

Prints a table and writes ``build/bench.json``. ``--only e2e.cost e2e.latency`` measures parts; ``--keep`` leaves what the file
says of all else, so that a whole can be measured in several runs.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.engines import BrokerKind, EngineMissing, Engines, running_engines
from shared.logs import configure_logs
from tests.bench import drivers, e2e, events, http, index, occupations, peers, postgis, quality, restoring, search
from tests.bench.real import comparing

OUT = Path(__file__).resolve().parents[2] / "build" / "bench.json"


_ONLY = f"names of benches; of e2e also {', '.join(e2e.PARTS)}, of http a service or its kind of request (http.offers.write)"


def _at(report: dict[str, Any], path: str) -> Any:
    found: Any = report
    for key in path.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _below(path: str, limit: float) -> Callable[[dict[str, Any]], bool | None]:
    return lambda report: None if (found := _at(report, path)) is None else found <= limit


def _above(path: str, limit: float) -> Callable[[dict[str, Any]], bool | None]:
    return lambda report: None if (found := _at(report, path)) is None else found >= limit


_TOLD = "recommendation events per live recommendation"

AIMS: tuple[tuple[str, str, str, Callable[[dict[str, Any]], bool | None]], ...] = (
    ("offer → 50 of 1,000,000, p99 ms", "index.offer_to_profiles.1000000.p99_ms", "< 1",
     _below("index.offer_to_profiles.1000000.p99_ms", 1.0)),
    ("the same, processor time (others' load left out)", "index.offer_to_profiles.1000000.cpu_p99_ms", "< 1",
     _below("index.offer_to_profiles.1000000.cpu_p99_ms", 1.0)),
    ("the answers are the oracle's", "index.identical_to_oracle", "yes", _above("index.identical_to_oracle", 1)),
    ("times faster than $geoNear at 200,000 (p50)", "ratio.index_vs_mongo_geonear", "≥ 30",
     _above("ratio.index_vs_mongo_geonear", 30)),
    ("times faster than $geoNear at 200,000 (p99)", "ratio.index_vs_mongo_geonear_p99", "≥ 30",
     _above("ratio.index_vs_mongo_geonear_p99", 30)),
    ("times faster than PostGIS at 200,000 (p50)", "ratio.index_vs_postgis", "≥ 30",
     _above("ratio.index_vs_postgis", 30)),
    ("times faster than PostGIS at 200,000 (p99)", "ratio.index_vs_postgis_p99", "≥ 30",
     _above("ratio.index_vs_postgis_p99", 30)),
    ("profile → 20 of 10,000, p99 ms", "index.profile_to_offers.10000.p99_ms", "< 1",
     _below("index.profile_to_offers.10000.p99_ms", 1.0)),
    ("the same, processor time ", "index.profile_to_offers.10000.cpu_p99_ms", "< 1",
     _below("index.profile_to_offers.10000.cpu_p99_ms", 1.0)),
    ("update at 1,000,000, p99 µs", "index.update.1000000.p99_us", "< 100", _below("index.update.1000000.p99_us", 100)),
    ("the same, processor time", "index.update.1000000.cpu_p99_us", "< 100",
     _below("index.update.1000000.cpu_p99_us", 100)),
    ("bytes per profile", "index.bytes_per_profile", "≤ 256", _below("index.bytes_per_profile", 256)),
    ("restore, share of a plain scan", "ratio.restore_vs_scan", "≥ 0.25", _above("ratio.restore_vs_scan", 0.25)),
    ("profile events, share of an idle consumer", "ratio.events_vs_floor", "≥ 0.15",
     _above("ratio.events_vs_floor", 0.15)),
    ("events told per live recommendation in a burst", f"burst.{_TOLD}", "≤ 1.3", _below(f"burst.{_TOLD}", 1.3)),
    ("cost of a recommendation, in bare work", "ratio.cost_vs_floor", "≤ 2.5", _below("ratio.cost_vs_floor", 2.5)),
    ("offers a second with p99 below 1 s", "capacity.offers_per_s", "≥ 40", _above("capacity.offers_per_s", 40)),
    ("at a quarter of that: p50, in bare hops", "ratio.e2e_p50_vs_hops", "≤ 3", _below("ratio.e2e_p50_vs_hops", 3.0)),
    ("the same, p99", "ratio.e2e_p99_vs_hops", "≤ 10", _below("ratio.e2e_p99_vs_hops", 10.0)),
    ("documents written per recommendation", "documents_per_recommendation.written", "≤ 2.5",
     _below("documents_per_recommendation.written", 2.5)),
    ("documents deleted per recommendation", "documents_per_recommendation.deleted", "≤ 0.2",
     _below("documents_per_recommendation.deleted", 0.2)),
    *(
        (f"{service}: {kind} over HTTP, share of a bare handler", f"http.{service}.{kind}.vs_bare", "≥ 0.8",
         _above(f"http.{service}.{kind}.vs_bare", 0.8))
        for service in http.SERVICES
        for kind in ("read", "write")
    ),
)  # fmt: skip


def _real(key: str) -> Callable[[dict[str, Any]], bool | None]:
    """Whether the engine's figure on real offers is above each baseline's."""

    def verdict(report: dict[str, Any]) -> bool | None:
        judged = dict(report.get("real", {}))
        if not judged:
            return None
        engine = judged.pop("engine")[key]
        return all(engine > figures[key] for figures in judged.values())

    return verdict


def _quality(
    key: str, met: Callable[[float, float], bool], against: tuple[str, ...], engine: str = quality.ENGINE
) -> Any:
    """Whether the engine's mean over the seeds holds against each baseline's, in every world."""

    def verdict(report: dict[str, Any]) -> bool | None:
        worlds = report.get("quality_worlds", {})
        if not worlds:
            return None
        return all(
            met(of[engine][key]["mean"], of[baseline][key]["mean"]) for of in worlds.values() for baseline in against
        )

    return verdict


_SIMPLE = ("distance", "rome", "popularity")


def _within(ring: str) -> tuple[str, ...]:
    return tuple(f"{name}{ring}" for name in _SIMPLE)


QUALITY: tuple[tuple[str, str, str, Callable[[dict[str, Any]], bool | None]], ...] = (
    ("recall@10, every world", "quality.engine.recall_at_10", "above each",
     _quality("recall_at_10", float.__gt__, (*_SIMPLE, "former"))),
    ("nDCG@10, every world", "quality.engine.ndcg_at_10", "above each",
     _quality("ndcg_at_10", float.__gt__, (*_SIMPLE, "former"))),
    ("Gini of fitting exposure, every world", "quality.engine.gini_fit", "below each",
     _quality("gini_fit", float.__lt__, _SIMPLE)),
    ("fitting coverage of offers, every world", "quality.engine.coverage_fit", "no less than each",
     _quality("coverage_fit", float.__ge__, _SIMPLE)),
    ("the same beside lawful lists: Gini", "quality.engine.gini_fit", "below each",
     _quality("gini_fit", float.__lt__, _within(quality.LAWFUL))),
    ("the same beside lawful lists: coverage", "quality.engine.coverage_fit", "no less than each",
     _quality("coverage_fit", float.__ge__, _within(quality.LAWFUL))),
    ("the same among what the engine may show: Gini", "quality.engine.gini_fit", "below each",
     _quality("gini_fit", float.__lt__, _within(quality.LISTED))),
    ("the same among what the engine may show: coverage", "quality.engine.coverage_fit", "no less than each",
     _quality("coverage_fit", float.__ge__, _within(quality.LISTED))),
    ("the same among what the engine may recommend: Gini", "quality.engine_alone.gini_fit", "below each",
     _quality("gini_fit", float.__lt__, _within(quality.AMONG), quality.ALONE)),
    ("the same among what the engine may recommend: coverage", "quality.engine_alone.coverage_fit", "no less than each",
     _quality("coverage_fit", float.__ge__, _within(quality.AMONG), quality.ALONE)),
    ("real offers, unseen people: precision@5", "real.engine.precision_at_5", "≥ 0.85",
     _above("real.engine.precision_at_5", 0.85)),
    ("search by words with facets, in bare engines (p50)", "search.vs_engine_p50", "≤ 2", _below("search.vs_engine_p50", 2.0)),
    ("search by words, p99 ms of processor", "search.p99_cpu_ms", "< 50", _below("search.p99_cpu_ms", 50)),
    ("occupation of an unseen title, first", "occupations.top1_unseen", "≥ 0.46", _above("occupations.top1_unseen", 0.46)),
    ("occupation of an unseen title, first five", "occupations.top5_unseen", "≥ 0.70",
     _above("occupations.top5_unseen", 0.70)),
    ("real offers, unseen people: nDCG@10", "real.engine.ndcg_at_10", "above each", _real("ndcg_at_10")),
)  # fmt: skip


def show(report: dict[str, Any], console: Console) -> None:
    """Aims and what was measured, met or not; then quality beside the baselines."""
    table = Table("measure", "found", "aim", "", title="Matching")
    for name, path, aim, met in (*AIMS, *QUALITY):
        verdict = met(report)
        found = _at(report, path)
        table.add_row(
            name,
            "—" if found is None else str(found),
            aim,
            "not measured" if verdict is None else "met" if verdict else "not met",
        )
    console.print(table)
    for world, judged in report.get("quality_worlds", {}).items():
        title = f"{world}: mean ± spread over {report['quality_seeds']} seeds"
        of = Table("quality", *quality.MEASURES, title=title)
        for name, figures in judged.items():
            of.add_row(
                name, *(f"{figures[key]['mean']:.3f} ± {figures[key]['spread']:.3f}" for key in quality.MEASURES)
            )
        console.print(of)
    for what, figures in report.get("drivers", {}).items():
        console.print(
            f"{what} by Motor {figures['motor_cpu_ms']} ms of processor, by PyMongo {figures['pymongo_cpu_ms']}"
        )
    if "real" in report:
        of = Table("real offers", "precision@5", "nDCG@10", "found", "shown", "unread")
        for name, figures in report["real"].items():
            keys = ("precision_at_5", "ndcg_at_10", "found", "shown", "unread")
            of.add_row(name, *(f"{figures[key]:.3f}".removesuffix(".000") for key in keys))
        console.print(of)
    for name, peer in report.get("peers", {}).items():
        figures = peer
        console.print(f"{name}: {figures}")


def end_to_end(engines: Engines, quick: bool, console: Console, parts: Collection[str], per_s: float) -> dict[str, Any]:
    """On Apache Kafka, which operators run, unless ``BROKER`` names another; without Java or Maven on the given engines.

    The embedded broker answers waiting consumers by the clock, so latencies on it are mostly its own.
    """
    if engines.broker is not BrokerKind.EMBEDDED or os.environ.get("BROKER"):
        return e2e.main(engines, quick, console, parts, per_s)
    try:
        with running_engines(broker=BrokerKind.APACHE) as apache:
            return e2e.main(apache, quick, console, parts, per_s)
    except EngineMissing:
        return e2e.main(engines, quick, console, parts, per_s)


def main() -> int:
    """Run every bench; one that fails is said and does not take the others with it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", default=bool(os.environ.get("QUICK")), help="small sizes")
    parser.add_argument("--only", nargs="*", default=(), help=_ONLY)
    parser.add_argument("--keep", action="store_true", help="what build/bench.json says of other benches stays")
    parser.add_argument("--per-s", type=float, default=e2e.PER_SECOND, help="offers a second for e2e.latency alone")
    arguments = parser.parse_args()
    quick: bool = arguments.quick
    configure_logs("bench", "ERROR")
    console = Console(width=110)
    report: dict[str, Any] = {"quick": quick}
    if arguments.keep and OUT.exists():
        report = json.loads(OUT.read_text(encoding="utf-8")) | report
    only = {name.split(".")[0] for name in arguments.only}
    parts = [part for part in e2e.PARTS if f"e2e.{part}" in arguments.only] or e2e.PARTS
    rows = [name.removeprefix("http.") for name in arguments.only if name.startswith("http.")]
    failed = []
    with running_engines() as engines:
        environment = engines.environment
        url = environment["MONGODB_URL"]
        benches: dict[str, Callable[[], dict[str, Any]]] = {
            "index": lambda: index.main(quick),
            "mongo": lambda: peers.mongo(url, quick),
            "postgis": lambda: postgis.main(quick),
            "restore": lambda: restoring.main(url, quick),
            "events": lambda: events.main(engines, quick),
            "drivers": lambda: drivers.main(url),
            "http": lambda: http.main(environment, quick, console, rows),
            "e2e": lambda: end_to_end(engines, quick, console, parts, arguments.per_s),
            "quality": lambda: quality.main(quick),
            "real": comparing.main,
            "search": lambda: {"search": search.main(engines, quick)},
            "occupations": lambda: {"occupations": occupations.measured()},
        }
        for name, bench in benches.items():
            if only and name not in only:
                continue
            started = time.perf_counter()
            console.print(f"{name} …")
            with console.status(name):
                try:
                    report = peers.merged(report, bench())
                except Exception as error:
                    failed.append(f"{name}: {type(error).__name__}: {error}")
            console.print(f"{name}: {time.perf_counter() - started:.0f} s")
    report["failed"] = failed
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    show(report, console)
    for line in failed:
        console.print(f"[red]{line}[/red]")
    console.print(f"Written to {OUT.relative_to(Path.cwd()) if OUT.is_relative_to(Path.cwd()) else OUT}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
