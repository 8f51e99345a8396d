"""Which hand-written titles a younger code took over: ``python -m tests.bench.younger [--rome ZIP]``.

ROME 4 split many codes; offers, and most hand-written titles, still name the older one. By what official titles alone say
(nothing written by hand, nothing learnt), each hand-written title of a code that was split is asked of that code and of
those that came out of it. Where one of these is ``AHEAD`` times likelier, the title is written under it into
``shared/reference/data/younger.json``, and the proposer no longer counts it for the older code. No offer is read.
"""

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from shared.reference.occupations import DATA, Occupations
from shared.reference.rome import import_rome
from tests.bench.occupations import ROME

AHEAD = 4.0
LEAST = 0.15
"""Belief below which nothing is said."""
_ABOUT = (
    "Hand-written titles that count for an older code only where a referential lacks the younger one, which its own titles "
    "make far likelier; made by tests/bench/younger.py. Younger ROME code -> titles."
)


def taken_over(occupations: Occupations) -> dict[str, list[str]]:
    """Titles by the younger code."""
    proposer = occupations.proposer(by_hand=False, learnt=False)
    younger: dict[str, list[str]] = defaultdict(list)
    for one in occupations:
        if one.family != one.code:
            younger[one.family].append(one.code)
    found: dict[str, set[str]] = defaultdict(set)
    for older, codes in younger.items():
        for title in (*occupations.everyday(older), *occupations.said(older)):
            beliefs = {proposer.codes[at]: belief for at, belief in proposer.rank(title, len(occupations))}
            best = max(codes, key=lambda code: beliefs.get(code, 0.0))
            if beliefs.get(best, 0.0) > max(LEAST, AHEAD * beliefs.get(older, 0.0)):
                found[best].add(title)
    return {code: sorted(found[code]) for code in sorted(found)}


def main(argv: list[str] | None = None) -> int:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.younger", description=__doc__)
    parser.add_argument("--rome", type=Path, default=ROME)
    parser.add_argument("--out", type=Path, default=DATA / "younger.json")
    arguments = parser.parse_args(argv)
    if not arguments.rome.exists():
        print(f"Skipped: {arguments.rome} is not there; name the file with --rome.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rome.json.gz"
        import_rome(arguments.rome, file)
        found = taken_over(Occupations.load(file))
    lines = ",\n".join(
        f"    {json.dumps(code)}: {json.dumps(titles, ensure_ascii=False)}" for code, titles in found.items()
    )
    arguments.out.write_text(
        f'{{\n  "about": {json.dumps(_ABOUT)},\n  "titles": {{\n{lines}\n  }}\n}}\n', encoding="utf-8"
    )
    print(f"{sum(map(len, found.values()))} titles of {len(found)} codes: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
