"""``make evaluate``: ``build/evaluation.html`` to read and label, ``build/evaluation.json`` for figures.

On the real offers beside the project, with what was said of the pairs by reading; on a clone without them, on a built
département, where the truth of the generator stands for the reader (and both files say so).
"""

import argparse
import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console

from services.matching.domain.configuration import Configuration
from tests.bench import quality
from tests.bench.evaluation.cards import Cards
from tests.bench.evaluation.seeded import seeded_market
from tests.bench.real.comparing import ENGINE, Market, baseline_lists, engine_lists, ids, judged, market, wider_ids
from tests.bench.real.labels import agreement
from tests.bench.real.offers import at_hand
from tests.bench.real.people import FITTED, UNSEEN

OUT = Path(__file__).resolve().parents[3] / "build"
HERE = Path(__file__).parent
REAL, SEEDED = "real offers, labels by reading", "built département, truth of the generator"
# People of each kind that a counsellor accompanies; with somebody for whom there is nothing.
CHOSEN = (
    "p35",
    "p02",
    "p79",
    "p04",
    "p05",
    "p06",
    "p09",
    "p14",
    "p19",
    "p29",
    "p37",
    "p43",
    "p60",
    "p61",
    "p78",
    "p95",
)
_CHOSEN_SEEDED = 12
NAMES = {
    ENGINE: "Bassin",
    "former": "Bassin avant (d3e87ea)",
    "rome": "Même code ROME",
    "distance": "Distance seule",
    "popularity": "Les plus demandées",
    "engine_alone": "Bassin, sans « pour élargir »",
    **{
        f"{name}{ring}": f"{label}, {among}"
        for ring, among in (
            (quality.LAWFUL, "sans les métiers réglementés que la personne ni ne cherche ni n’exerce"),
            (quality.LISTED, "parmi ce que Bassin peut montrer"),
            (quality.AMONG, "parmi ce que Bassin peut recommander"),
        )
        for name, label in (
            ("rome", "Même code ROME"),
            ("distance", "Distance seule"),
            ("popularity", "Les plus demandées"),
        )
    },
}

WORLDS = {
    "23, all told": "Creuse, tout est dit",
    "41, little told": "Loir-et-Cher : compétences, horaires, temps de travail et salaires souvent tus",
    "19, wrongly told": "Corrèze : métiers mal nommés, expérience mal estimée, envies jamais dites",
    "23, little and wrongly": "Creuse : peu et mal dit à la fois",
}


def figures(
    on: Market, lists: dict[str, dict[str, list[str]]], wider: dict[str, list[str]], source: str
) -> dict[str, Any]:
    """What ``evaluation.json`` says of the lists; ``wider``: what the engine shows apart below its own."""
    halves = {
        half: {
            name: judged(on, mine, half, wider if name == ENGINE else None).as_dict() for name, mine in lists.items()
        }
        for half in (UNSEEN, FITTED)
    }
    unseen = halves[UNSEEN]
    return {
        "source": source,
        "precision_at_5": unseen[ENGINE]["precision_at_5"],
        "ndcg_at_10": unseen[ENGINE]["ndcg_at_10"],
        "baselines": {name: of for name, of in unseen.items() if name != ENGINE},
        "engine": unseen[ENGINE],
        "fitted_half": halves[FITTED],
        "n": len(on.said),
        "people_unseen": sum(person.half == UNSEEN for person in on.people.values()),
        "unread_pairs": unseen[ENGINE]["unread"],
        "n_unseen": sum(on.people[person].half == UNSEEN for person, _ in on.said),
        "people": len(on.people),
        "offers": len(on.offers),
        "agreement": asdict(both) if source == REAL and (both := agreement()) else None,
        "configuration": Configuration().model_dump(),
    }


def main() -> int:
    """Measure, write both files, say where they are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.evaluation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=len(quality.SEEDS), help="worlds of each kind in the table")
    parser.add_argument(
        "--built", action="store_true", help="the built département, even where real offers are at hand"
    )
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    console = Console()
    real = at_hand() and not arguments.built
    with console.status("offers and people"):
        on = market() if real else seeded_market()
    with console.status("lists"):
        recommended = engine_lists(on, Configuration())
        baselines = baseline_lists(on)
    report = figures(on, {ENGINE: ids(recommended), **baselines}, wider_ids(recommended), REAL if real else SEEDED)
    with console.status("worlds"):
        report |= quality.main(quick=True, seeds=range(1, arguments.seeds + 1))
    with console.status("page"):
        cards = Cards(on, Configuration(), recommended, baselines)
        chosen = CHOSEN if real else _of_each_length({name: len(mine) for name, mine in recommended.items()}, on)
        page = _template().render(
            report=report,
            real=real,
            names=NAMES,
            cards=[cards.card(person_id) for person_id in chosen],
            measures=quality.MEASURES,
            worlds=WORLDS,
            written=datetime.now(UTC).strftime("%d/%m/%Y"),
        )
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "evaluation.html").write_text(page, encoding="utf-8")
    (arguments.out / "evaluation.json").write_text(
        json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    console.print(f"{report['source']}: precision@5 {report['precision_at_5']:.3f}, nDCG@10 {report['ndcg_at_10']:.3f}")
    for name, of in report["baselines"].items():
        console.print(f"  {NAMES[name]}: {of['precision_at_5']:.3f}, {of['ndcg_at_10']:.3f}")
    console.print(f"Written to {arguments.out / 'evaluation.html'} and evaluation.json")
    return 0


def _of_each_length(lengths: dict[str, int], on: Market) -> list[str]:
    """People with long, short and empty lists, the same ones at every run."""
    ordered = sorted(on.people, key=lambda name: (lengths.get(name, 0), name))
    step = max(1, len(ordered) // _CHOSEN_SEEDED)
    return ordered[::step][:_CHOSEN_SEEDED]


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["share"] = lambda value: f"{100 * value:.0f} %"
    environment.filters["decimal"] = lambda value: f"{value:.2f}".replace(".", ",")
    return environment.get_template("page.html.j2")


if __name__ == "__main__":
    sys.exit(main())
