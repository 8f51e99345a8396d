"""Occupations by ROME code: labels, skills, neighbours, affinity, and the one that a free title means.

Two sources, one shape: the referential that ships with the project (common occupations of rural départements, in plain
words) and France Travail's official ROME once it was imported (``shared.reference.rome``). With the official one, the
shipped everyday titles still help to understand what people type.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.reference.proposer import Proposer

DATA = Path(__file__).with_name("data")
FORMAT = "bassin-occupations/1"

SAME, NEIGHBOUR_FIRST, NEIGHBOUR_STEP, NEIGHBOUR_LEAST = 1.0, 0.85, 0.03, 0.5
SAME_FAMILY, SAME_BRANCH, SAME_DOMAIN = 0.8, 0.4, 0.15
"""Affinities (MATCHING: same code 1; neighbours by mobility rank, same parent, same domain less)."""


class ReferentialUnusable(ValueError):
    """A file of occupations that cannot be read; the message is a sentence for the person who named the file."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation. ``skills`` are (code, label), the essential ones first; ``titles`` are the job titles it covers.

    ``domain`` is the label of its grand domain (first letter of the code). ``family`` is the older code that ROME 4
    split it off from (offers still carry it), else its own code.
    """

    code: str
    label: str
    domain: str
    skills: tuple[tuple[str, str], ...]
    titles: tuple[str, ...]
    family: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A proposed occupation; ``score`` in [0, 1] is the share of belief among all occupations."""

    code: str
    label: str
    score: float


class Occupations:
    """A referential in memory. Immutable, safe to share; the search index is built at the first search (numpy)."""

    def __init__(
        self,
        occupations: Iterable[Occupation],
        neighbours: Mapping[str, Mapping[str, int]],
        everyday: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``neighbours`` maps a code to its mobility targets with their rank from 1; ``everyday`` adds titles."""
        self._all = {occupation.code: occupation for occupation in occupations}
        self._neighbours = {
            code: {target: rank for target, rank in targets.items() if target in self._all}
            for code, targets in neighbours.items()
            if code in self._all
        }
        self._everyday = everyday or {}

    @classmethod
    def load(cls, path: Path | None = None) -> "Occupations":
        """The shipped referential, or the imported one in ``path``; read once per process and path.

        Raises ReferentialUnusable where the file is missing or was not written by the importer.
        """
        return _builtin() if path is None else _imported(path)

    def __len__(self) -> int:
        """How many occupations there are."""
        return len(self._all)

    def __iter__(self) -> Iterator[Occupation]:
        """Occupations by code."""
        return iter(self._all.values())

    def __contains__(self, code: object) -> bool:
        """Whether a code is known."""
        return code in self._all

    def get(self, code: str) -> Occupation | None:
        """The occupation with this code (case and spaces around it do not matter); None if it is unknown."""
        return self._all.get(code.strip().upper())

    def everyday(self, code: str) -> tuple[str, ...]:
        """Titles that employers write beside those of the referential."""
        return self._everyday.get(code, ())

    def warm(self) -> None:
        """Build the search index now (seconds with the official referential): at start-up, off the event loop."""
        self._proposer  # noqa: B018 - a cached property

    def search(self, title: str, limit: int = 5) -> list[Hit]:
        """Occupations that a free title may mean («Aide soignant(e) de nuit EHPAD H/F CDI»), best first.

        A ROME code gives its occupation. A title that shares nothing with any known one gives an empty list. The first
        call builds the index unless ``warm`` did; then a call takes about half a millisecond.
        """
        if limit <= 0:
            return []
        exact = self.get(title)
        if exact is not None:
            return [Hit(exact.code, exact.label, 1.0)]
        proposer = self._proposer
        found = [(proposer.codes[at], score) for at, score in proposer.rank(title, limit)]
        return [Hit(code, self._all[code].label, round(score, 4)) for code, score in found]

    def neighbours(self, code: str) -> dict[str, int]:
        """Occupations that somebody of this one can move to, with the mobility rank (1 is the nearest)."""
        return dict(self._neighbours.get(code, {}))

    def affinity(self, a: str, b: str) -> float:
        """How near two occupations are, in [0, 1], the same in both directions. An unknown one matches itself only."""
        if a == b:
            return SAME
        first, second = self._all.get(a), self._all.get(b)
        if first is None or second is None:
            return 0.0
        best = SAME_DOMAIN if a[0] == b[0] else 0.0
        if a[:3] == b[:3]:
            best = SAME_BRANCH
        ranks = [
            rank
            for rank in (self._neighbours.get(a, {}).get(b), self._neighbours.get(b, {}).get(a))
            if rank is not None
        ]
        if ranks:
            best = max(best, NEIGHBOUR_LEAST, NEIGHBOUR_FIRST - NEIGHBOUR_STEP * (min(ranks) - 1))
        if first.family == second.family:
            best = max(best, SAME_FAMILY)
        return best

    @cached_property
    def _proposer(self) -> "Proposer":
        # Only offers and matching install numpy; everybody else may look up codes.
        from shared.reference.proposer import Candidate, Proposer

        candidates = [
            Candidate(
                occupation.code,
                occupation.family,
                occupation.label,
                (*occupation.titles, *self._everyday.get(occupation.code, ())),
                tuple(label for _, label in occupation.skills),
            )
            for occupation in self._all.values()
        ]
        return Proposer(candidates, _demand())


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Write a referential for ``Occupations.load``; a reader never sees half a file."""
    data = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    partial.replace(path)


@lru_cache(maxsize=1)
def _builtin() -> Occupations:
    document = json.loads((DATA / "occupations.json").read_text(encoding="utf-8"))
    labels = document["skills"]
    occupations = [
        Occupation(
            code=entry["code"],
            label=entry["label"],
            domain=document["domains"][entry["code"][0]],
            skills=tuple((skill, labels[skill]) for skill in entry["skills"]),
            titles=tuple(entry["titles"]),
            family=entry["family"],
        )
        for entry in document["occupations"]
    ]
    neighbours = {
        entry["code"]: {code: rank for rank, code in enumerate(entry["neighbours"], start=1)}
        for entry in document["occupations"]
    }
    return Occupations(occupations, neighbours, _everyday())


@lru_cache(maxsize=4)
def _imported(path: Path) -> Occupations:
    try:
        document = json.loads(gzip.decompress(path.read_bytes()))
    except (gzip.BadGzipFile, EOFError, ValueError, zlib.error):
        document = None
    except OSError as problem:
        raise ReferentialUnusable(f"The file of occupations {path} cannot be read: {problem}.") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ReferentialUnusable(
            f"{path} is not a file of occupations: make it with `python -m shared.reference.rome ARCHIVE.zip --out FILE`."
        )
    skills = [(code, label) for code, label in document["skills"]]
    occupations = [
        Occupation(
            code=code,
            label=label,
            domain=document["domains"].get(code[0], code[0]),
            skills=tuple(skills[at] for at in at_skills),
            titles=tuple(titles),
            family=family,
        )
        for code, family, label, titles, at_skills in document["occupations"]
    ]
    everyday = _everyday()
    for shipped in _builtin():
        everyday[shipped.code] = (*everyday.get(shipped.code, ()), *shipped.titles)
    return Occupations(occupations, document["neighbours"], everyday)


def _everyday() -> dict[str, tuple[str, ...]]:
    """Titles that employers write beside those of a referential, by code."""
    document = json.loads((DATA / "everyday.json").read_text(encoding="utf-8"))
    return {code: tuple(titles) for code, titles in document["titles"].items()}


@lru_cache(maxsize=1)
def _demand() -> dict[str, float]:
    """Logarithm of the number of offers per ROME 3 code in 12/2021 (853,393 offers): how common a job is."""
    with (DATA / "demand.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: float(row["log_offers"]) for row in csv.DictReader(lines)}
