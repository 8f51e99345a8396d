"""Occupations by ROME code: labels, skills, neighbours, and the one that a free title means.

Two sources, one shape: the referential that ships with the project (common occupations of rural départements, in plain
words) and France Travail's official ROME once it was imported (``shared.reference.rome``). With the official one, the
shipped everyday titles still help to understand what people type.
"""

import csv
import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared.once import made_once, read_once

if TYPE_CHECKING:
    from shared.reference.proposer import Proposer

DATA = Path(__file__).with_name("data")
FORMAT = "bassin-occupations/1"
_A_TENTH = 2.3
"""Of offers, as a difference of logarithms."""


class Move(StrEnum):
    """What moving from an occupation to another is, where the referential says so (ROME 3)."""

    CLOSE = "close"
    EVOLUTION = "evolution"


class ReferentialUnusable(ValueError):
    """A file of occupations that cannot be read; the message is a sentence for the person who named the file."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """One occupation. ``skills`` are (code, label), the essential ones first; ``titles`` are the job titles it covers.

    ``domain`` is the label of its grand domain (first letter of the code). ``family`` is the older code that ROME 4
    split it off from (offers still carry it), else its own code. ``managerial``: ROME counts it among the «cadres».
    """

    code: str
    label: str
    domain: str
    skills: tuple[tuple[str, str], ...]
    titles: tuple[str, ...]
    family: str
    managerial: bool = False


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
        moves: Mapping[str, Mapping[str, Move]] | None = None,
        said: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        """``neighbours``: code → mobility targets with their rank from 1; ``moves``: their kind; ``everyday`` adds titles;
        ``said``: vaguer ones that only a proposal weighs."""
        self._all = {occupation.code: occupation for occupation in occupations}
        self._neighbours = {
            code: {target: rank for target, rank in targets.items() if target in self._all}
            for code, targets in neighbours.items()
            if code in self._all
        }
        self._everyday = everyday or {}
        self._said = said or {}
        self._moves = moves or {}

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

    @property
    def everyday_titles(self) -> Mapping[str, tuple[str, ...]]:
        """Titles that employers write beside those of the referential, by code; also of codes that it lacks."""
        return self._everyday

    def everyday(self, code: str) -> tuple[str, ...]:
        """Titles that employers write beside those of the referential."""
        return self._everyday.get(code, ())

    @property
    def said_titles(self) -> Mapping[str, tuple[str, ...]]:
        """Vaguer titles by code, of codes that the referential lacks as well."""
        return self._said

    def said(self, code: str) -> tuple[str, ...]:
        """Vaguer ones, which may mean other occupations as well."""
        return self._said.get(code, ())

    @made_once
    def skill_labels(self) -> Mapping[str, str]:
        """Every skill's label by its code, of all occupations: tens of thousands with the official referential."""
        return {code: label for one in self for code, label in one.skills}

    @made_once
    def skill_spread(self) -> Mapping[str, int]:
        """How many occupations ask each skill, by its code: the fewer, the more it says."""
        return Counter(code for one in self for code in dict(one.skills))

    def warm(self) -> None:
        """Build the search index now (seconds with the official referential): at start-up, off the event loop."""
        self._proposer  # noqa: B018 - a cached property

    def search(self, title: str, limit: int = 5, text: str = "") -> list[Hit]:
        """Occupations that a free title may mean («Aide soignant(e) de nuit EHPAD H/F CDI»), best first.

        ``text``: what is written of the work beside the title, of which the beginning is read.
        A ROME code gives its occupation. A title that shares nothing with any known one gives an empty list. The first
        call builds the index unless ``warm`` did; then a call takes about a millisecond with the official referential.
        """
        if limit <= 0:
            return []
        exact = self.get(title)
        if exact is not None:
            return [Hit(exact.code, exact.label, 1.0)]
        # A title of two trades: it names either, and a list begins with both.
        from shared.reference.two_trades import both_first

        proposer = self._proposer
        ranked = [(proposer.codes[at], score) for at, score in proposer.rank(title, limit, text)]
        found = both_first(self, title, ranked)[:limit]
        return [Hit(code, self._all[code].label, round(score, 4)) for code, score in found]

    def meant(self, title: str, limit: int) -> list[tuple[str, float]]:
        """Codes that a free title means and how far each is believed, by what the referential knows alone, best first."""
        proposer = self._proposer
        return [(proposer.codes[at], belief) for at, belief in proposer.rank(title, limit, learnt=False)]

    def titled(self, title: str) -> list[str]:
        """Codes of which the referential has this very title."""
        return self._proposer.titled(title)

    def exactly(self, title: str) -> list[str]:
        """Codes of which a title, of the referential or a hand-written one, has the same words as this one."""
        return self._proposer.exactly(title)

    def in_titles(self, stem: str) -> bool:
        """Whether the stem of a word stands in any title."""
        return self._proposer.known_titles.has(stem)

    def common(self, code: str) -> float:
        """How common a job is: logarithm of its offers in 12/2021; of a younger code a tenth of its family's; 0 where unknown."""
        demand = _demand()
        found = self.get(code)
        if found is None or code in demand:
            return demand.get(code, 0.0)
        return max(demand.get(found.family, 0.0) - _A_TENTH, 0.0)

    def neighbours(self, code: str) -> dict[str, int]:
        """Occupations that somebody of this one can move to, with the mobility rank (1 is the nearest)."""
        return dict(self._neighbours.get(code, {}))

    def rank(self, code: str, target: str) -> int:
        """The rank of a move from 1; 0 where the referential knows none."""
        return self._neighbours.get(code, {}).get(target, 0)

    def move(self, code: str, target: str) -> Move | None:
        """What moving from one to the other is; None where the referential does not say."""
        return self._moves.get(code, {}).get(target)

    @made_once
    def _proposer(self) -> "Proposer":
        return self.proposer()

    def proposer(self, by_hand: bool = True, learnt: bool = True) -> "Proposer":
        """A proposer of its own, built anew: without hand-written titles, or without what was learnt from offers."""
        # Only offers and matching install numpy; everybody else may look up codes.
        from shared.reference.heard import Heard
        from shared.reference.proposer import Candidate, Proposer

        gone = self.taken_over() if by_hand else set()

        def by(titles: tuple[str, ...], code: str) -> tuple[str, ...]:
            return tuple(title for title in titles if (code, title) not in gone) if by_hand else ()

        english = _titles("english")
        candidates = [
            Candidate(
                occupation.code,
                occupation.family,
                occupation.label,
                occupation.titles,
                tuple(label for _, label in occupation.skills),
                by((*self.everyday(occupation.code), *english.get(occupation.code, ())), occupation.code),
                by(self.said(occupation.code), occupation.code),
            )
            for occupation in self._all.values()
        ]
        return Proposer(candidates, _demand(), heard=Heard.load() if learnt else None)

    def taken_over(self) -> set[tuple[str, str]]:
        """Older codes with the hand-written titles that a younger one took over, where there is that one."""
        younger = _titles("younger")
        return {
            (one.family, title)
            for one in self
            if one.family != one.code
            for title in (*younger.get(one.code, ()), *self.everyday(one.code))
        }


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Write a referential for ``Occupations.load``; a reader never sees half a file."""
    data = json.dumps({"format": FORMAT, **document}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    partial = path.with_name(path.name + ".part")
    partial.write_bytes(gzip.compress(data, compresslevel=9, mtime=0))
    partial.replace(path)


@read_once
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
            managerial=entry.get("managerial", False),
        )
        for entry in document["occupations"]
    ]
    neighbours = {
        entry["code"]: {code: rank for rank, code in enumerate(entry["neighbours"], start=1)}
        for entry in document["occupations"]
    }
    moves = {
        entry["code"]: {code: Move(kind) for kind in Move for code in entry.get(kind.value, ())}
        for entry in document["occupations"]
    }
    return Occupations(occupations, neighbours, _titles("everyday"), moves, _titles("said"))


@read_once
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
    # Files of an earlier importer lack these two.
    managerial = frozenset(document.get("managerial", ()))
    moves = {
        code: {target: Move(kind) for target, kind in targets.items()}
        for code, targets in document.get("moves", {}).items()
    }
    occupations = [
        Occupation(
            code=code,
            label=label,
            domain=document["domains"].get(code[0], code[0]),
            skills=tuple(skills[at] for at in at_skills),
            titles=tuple(titles),
            family=family,
            managerial=code in managerial,
        )
        for code, family, label, titles, at_skills in document["occupations"]
    ]
    everyday = _titles("everyday")
    for shipped in _builtin():
        everyday[shipped.code] = (*everyday.get(shipped.code, ()), *shipped.titles)
    return Occupations(occupations, document["neighbours"], everyday, moves, _titles("said"))


def _titles(name: str) -> dict[str, tuple[str, ...]]:
    """The hand-written titles of one file, by code."""
    document = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return {code: tuple(titles) for code, titles in document["titles"].items()}


@read_once
def _demand() -> dict[str, float]:
    """Logarithm of the number of offers per ROME 3 code in 12/2021 (853,393 offers): how common a job is."""
    with (DATA / "demand.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: float(row["log_offers"]) for row in csv.DictReader(lines)}
