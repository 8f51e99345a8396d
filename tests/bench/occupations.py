"""How often a free title finds its occupation: ``python -m tests.bench.occupations [--rome ZIP] [--offers CSV.GZ]``.

Titles and ROME codes of real offers, the official ROME as referential. What was learnt (``tests.bench.learning``) was learnt
from the titles that are not «unseen». The peer in the same run is plain character TF-IDF over the same job titles. Writes
``build/bench-occupations.json``.

Read the figures with two reservations, which is why there are more of them than top 1 and top 5:

- The weights were chosen, and some everyday titles written, with half of the distinct titles in view. «Unseen» is the
  other half: its titles were not read, only its accuracy was seen when choosing among nearly equal settings.
  «Official titles only» leaves all hand-written titles out, «nothing learnt» what was learnt from the readable half.
- The offers are no fair sample: three out of four are office and computing jobs, and many codes in them are plainly wrong
  («Planificateur» as M1702). «Weighted» counts each occupation as often as it occurs among all offers of the country.
"""

import argparse
import csv
import gzip
import hashlib
import html
import json
import math
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from shared.reference.occupations import DATA, Occupations
from shared.reference.rome import import_rome
from shared.reference.text import folded

REPOSITORY = Path(__file__).resolve().parents[2]
MATERIALS = REPOSITORY.parent / "shared" / "data"
Search = Callable[[str], list[str]]


@dataclass(frozen=True)
class Case:
    """A title, the code that its offer carries, how many offers have both."""

    title: str
    code: str
    count: int


LOCAL = ("01", "07", "74")
"""Départements whose offers came with the local feeds, so that their titles are those of all trades."""


def read_cases(path: Path, departments: Sequence[str] = ()) -> list[Case]:
    """Distinct (title, code) pairs of the offers that have a ROME code; of some ``departments`` only, where they are given."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        found = Counter(
            (row["intitule"], row["rome_code"])
            for row in csv.DictReader(lines)
            if row["rome_code"] and (not departments or row["departement"] in departments)
        )
    return [Case(title, code, count) for (title, code), count in found.items()]


def unseen(title: str) -> bool:
    """Whether a title belongs to the half that was put aside."""
    return hashlib.md5(title.encode()).digest()[0] % 2 == 1


def plain_tfidf(titles: Sequence[tuple[str, str]]) -> Search:
    """The peer: cosine of character 2- to 5-grams inside words over all job titles, best title of each code."""

    def grams(text: str) -> Counter[str]:
        found: Counter[str] = Counter()
        for word in folded(text).split():
            padded = f" {word} "
            for length in range(2, 6):
                found.update(padded[at : at + length] for at in range(max(1, len(padded) - length + 1)))
        return found

    vocabulary: dict[str, int] = {}
    columns: list[int] = []
    values: list[float] = []
    starts = [0]
    for _, title in titles:
        for gram, number in grams(title).items():
            columns.append(vocabulary.setdefault(gram, len(vocabulary)))
            values.append(1 + math.log(number))
        starts.append(len(columns))
    matrix = sparse.csr_matrix((values, columns, starts), shape=(len(titles), len(vocabulary)))
    idf = np.log((1 + len(titles)) / (1 + np.bincount(matrix.indices, minlength=len(vocabulary)))) + 1
    matrix = matrix @ sparse.diags(idf)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    by_gram = (sparse.diags(1 / lengths) @ matrix).tocsc()

    def search(title: str) -> list[str]:
        query = [
            (vocabulary[g], (1 + math.log(n)) * idf[vocabulary[g]]) for g, n in grams(title).items() if g in vocabulary
        ]
        if not query:
            return []
        at, weights = zip(*query, strict=True)
        likeness = np.asarray(by_gram[:, list(at)] @ np.array(weights)).ravel()
        codes: list[str] = []
        for best in np.argsort(-likeness, kind="stable")[:200]:
            code = titles[best][0]
            if code not in codes:
                codes.append(code)
            if len(codes) == 5:
                break
        return codes

    return search


def demand() -> dict[str, float]:
    """Offers of the whole country per occupation."""
    with (DATA / "demand.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: math.exp(float(row["log_offers"])) for row in csv.DictReader(lines)}


def measure(search: Search, cases: Sequence[Case]) -> dict[str, float]:
    """Accuracies over offers, and milliseconds per call over distinct titles."""
    offers = demand()
    answers: dict[str, list[str]] = {}
    times: list[float] = []
    for case in cases:
        if case.title not in answers:
            started = time.perf_counter()
            answers[case.title] = search(case.title)
            times.append((time.perf_counter() - started) * 1000)
    per_code: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in cases:
        found = answers[case.title]
        cell = per_code[case.code]
        cell[0] += case.count
        cell[1] += case.count * (found[:1] == [case.code])
        cell[2] += case.count * (case.code in found)
    common = {code: cell for code, cell in per_code.items() if code in offers}
    weight = sum(offers[code] for code in common)
    return {
        **accuracies(answers, cases),
        **{
            f"{name}_unseen": value
            for name, value in accuracies(answers, [c for c in cases if unseen(c.title)]).items()
        },
        "top1_weighted": sum(offers[code] * cell[1] / cell[0] for code, cell in common.items()) / weight,
        "top5_weighted": sum(offers[code] * cell[2] / cell[0] for code, cell in common.items()) / weight,
        "ms_per_call": float(np.mean(times)),
        "ms_p50": float(np.percentile(times, 50)),
        "ms_p95": float(np.percentile(times, 95)),
        "ms_p99": float(np.percentile(times, 99)),
    }


def accuracies(answers: dict[str, list[str]], cases: Iterable[Case]) -> dict[str, float]:
    """``n`` offers, and the shares whose code comes first or among the first five."""
    n = first = five = 0
    for case in cases:
        n += case.count
        first += case.count * (answers[case.title][:1] == [case.code])
        five += case.count * (case.code in answers[case.title][:5])
    return {"n": n, "top1": first / n, "top5": five / n}


def by_letter(search: Search, cases: Sequence[Case]) -> dict[str, dict[str, float]]:
    """Accuracies over distinct unseen titles per grand domain (the first letter of the code)."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for title, code in sorted({(case.title, case.code) for case in cases if unseen(case.title)}):
        codes = search(title)
        cell = found[code[0]]
        cell[0] += 1
        cell[1] += codes[:1] == [code]
        cell[2] += code in codes[:5]
    return {letter: {"n": n, "top1": first / n, "top5": five / n} for letter, (n, first, five) in sorted(found.items())}


def everyday(search: Search, cases: Sequence[Case], half: bool = True) -> dict[str, float]:
    """Accuracies over distinct titles of the local feeds: the unseen ``half``, or the readable one."""
    distinct = [Case(case.title, case.code, 1) for case in cases if unseen(case.title) == half]
    return accuracies({case.title: search(case.title) for case in distinct}, distinct)


def read_texts(path: Path) -> dict[str, str]:
    """The description that stands below a title, the first where several offers have it."""
    found: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["description"]:
                found.setdefault(row["intitule"], html.unescape(row["description"]))
    return found


def reliability(occupations: Occupations, cases: Sequence[Case]) -> list[dict[str, float]]:
    """Of distinct readable titles by the belief in the first proposal: how many, how far believed, how many right."""
    found: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for title, code in sorted({(case.title, case.code) for case in cases if not unseen(case.title)}):
        for hit in occupations.search(title, 1):
            found[min(int(hit.score * 5), 4)].append((hit.score, hit.code == code))
    return [
        {"n": len(of), "belief": sum(score for score, _ in of) / len(of), "right": sum(ok for _, ok in of) / len(of)}
        for _, of in sorted(found.items())
    ]


def unlearnt(occupations: Occupations) -> Search:
    """The proposer without what was learnt from offers."""
    proposer = occupations.proposer(learnt=False)
    return lambda title: [proposer.codes[at] for at, _ in proposer.rank(title, 5)]


def run(rome: Path, offers: Path) -> dict[str, object]:
    """All figures of one run."""
    cases = read_cases(offers)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rome.json.gz"
        import_rome(rome, file)
        started = time.perf_counter()
        occupations = Occupations.load(file)
        load_ms = (time.perf_counter() - started) * 1000
    started = time.perf_counter()
    occupations.search("secrétaire")
    index_ms = (time.perf_counter() - started) * 1000
    official = Occupations(list(occupations), {})
    builtin = Occupations.load()
    builtin.search("secrétaire")
    official.search("secrétaire")

    def codes(source: Occupations) -> Search:
        return lambda title: [hit.code for hit in source.search(title, 5)]

    ours = measure(codes(occupations), cases)
    titles = [(occupation.code, title) for occupation in occupations for title in occupation.titles]
    covered = [case for case in cases if case.code in builtin]
    local, texts = read_cases(offers, LOCAL), read_texts(offers)

    def with_text(title: str) -> list[str]:
        return [hit.code for hit in occupations.search(title, 5, texts.get(title, ""))]

    return {
        **ours,
        "by_letter": by_letter(codes(occupations), cases),
        "everyday_local": everyday(codes(occupations), local),
        "everyday_local_with_text": everyday(with_text, local),
        "everyday_local_readable": everyday(codes(occupations), local, half=False),
        "everyday_local_readable_with_text": everyday(with_text, local, half=False),
        "reliability_local_readable": reliability(occupations, local),
        "reliability_readable": reliability(occupations, cases),
        "load_ms": load_ms,
        "index_ms": index_ms,
        "official_titles_only": measure(codes(official), cases),
        "nothing_learnt": measure(unlearnt(occupations), cases),
        "builtin_referential": measure(codes(builtin), covered),
        "baseline_tfidf": measure(plain_tfidf(titles), cases),
    }


def show(report: dict[str, object]) -> None:
    """The table."""
    table = Table(title=f"Occupation from a free title: {report['n']} offers, {report['n_unseen']} with unseen titles")
    for column in ("", "top 1", "top 5", "unseen 1", "unseen 5", "weighted 1", "weighted 5", "ms", "p95 ms"):
        table.add_column(column, justify="left" if not column else "right")
    rows = {
        "proposer": report,
        "  official titles only": report["official_titles_only"],
        "  nothing learnt": report["nothing_learnt"],
        "  shipped referential alone (its codes only)": report["builtin_referential"],
        "plain character TF-IDF": report["baseline_tfidf"],
    }
    for name, figures in rows.items():
        assert isinstance(figures, dict)
        shares = [
            f"{figures[key]:.3f}" for kind in ("", "_unseen", "_weighted") for key in (f"top1{kind}", f"top5{kind}")
        ]
        table.add_row(name, *shares, f"{figures['ms_per_call']:.2f}", f"{figures['ms_p95']:.2f}")
    Console(width=130).print(table)


ROME = MATERIALS / "rome" / "rome_v460_official.zip"
OFFERS = MATERIALS / "offers" / "offers_flat.csv.gz"
OUT = REPOSITORY / "build" / "bench-occupations.json"


def measured(rome: Path = ROME, offers: Path = OFFERS, out: Path = OUT) -> dict[str, object]:
    """Run and write; empty where the materials are absent (then it says so)."""
    for path in (rome, offers):
        if not path.exists():
            print(f"Skipped: {path} is not there; name the file with --rome and --offers.")
            return {}
    report = run(rome, offers)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return report


def main(argv: list[str] | None = None) -> int:
    """Run, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.occupations", description="Occupation proposal bench")
    parser.add_argument("--rome", type=Path, default=ROME)
    parser.add_argument("--offers", type=Path, default=OFFERS)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args(argv)
    report = measured(arguments.rome, arguments.offers, arguments.out)
    if report:
        show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
