"""How an occupation stands in the world of work: responsibility, the diploma that leads to it, whether it is open to anybody.

Rungs are read from the official label by the lexicon that reads job titles. The level is that of the lowest diploma among
the certifications that the referential lists (a CAP beside a BTS: the CAP is enough). Which occupations are open without
diploma or experience, and whom recruiters of the one take from the other, is the project's own list (``data/simple.csv``,
after ROME 3's «accessible sans diplôme ni expérience»); so is who may be taken to hold a card (``data/cards.csv``).
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import csv
import re
from dataclasses import dataclass
from functools import cache

from shared.contracts.vocabulary import Card
from shared.reference.demands import rung_of
from shared.reference.occupations import DATA, Occupation
from shared.reference.regulated import profession_of
from shared.reference.text import unaccented

# A diploma by how its name begins, with its level in the national frame (décret 2019-14). CQP and «titres professionnels» are
# left out: they lead to every level, and their names do not say to which.
_LEVELS = (
    (3, re.compile(r"cap[ a]|bep|bpa |mc ")),
    (4, re.compile(r"bac (?!\+)|bp |bpjeps|brevet (?:professionnel|technique)|bt |btm|diplome d'etat (?:d'aide-soignant|d'auxiliaire de pu|de moniteur)")),
    (5, re.compile(r"bts|btsa|dut |deust|deug")),
    (6, re.compile(r"licence|but |bachelor|diplome d'etat (?:d'infirmier|d'educateur|d'assistant de service)|diplome de comptabilite")),
    (7, re.compile(r"master|(?:diplome |titre )?d?'?ingenieur|diplome superieur|doctorat|diplome d'etat de docteur")),
)  # fmt: skip


_HEALTH_AND_CARE = ("J", "K11", "K12", "K13")
"""Domains of ROME: health, social work, activities with people, and care of them."""
_ARMED = "militaire"
"""The profession of ``data/regulated.csv`` for which one enlists."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``rung``: see ``demands``; ``level`` 3 to 7, 0 where no diploma is listed; ``kinds``: of simple work; ``cards`` held.

    ``enlists``: whoever seeks it is ready to enlist.
    """

    rung: int = 0
    level: int = 0
    kinds: frozenset[str] = frozenset()
    cards: frozenset[Card] = frozenset()
    enlists: bool = False

    @property
    def simple(self) -> bool:
        """Open to who has neither diploma nor experience."""
        return bool(self.kinds)


@cache
def _simple() -> dict[str, frozenset[str]]:
    with (DATA / "simple.csv").open(encoding="utf-8", newline="") as lines:
        return {row["code"]: frozenset(row["kinds"].split()) for row in csv.DictReader(lines)}


def simple_kinds(code: str) -> frozenset[str]:
    """The kinds of simple work that an occupation is of."""
    return _simple().get(code, frozenset())


@cache
def _cards() -> dict[str, frozenset[Card]]:
    found: dict[str, frozenset[Card]] = {}
    with (DATA / "cards.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            for code in row["codes"].split():
                found[code] = found.get(code, frozenset()) | {Card(row["card"])}
    return found


def standing_of(occupation: Occupation) -> Standing:
    """The standing of an occupation."""
    return Standing(
        rung=rung_of(occupation.label),
        level=min(filter(None, (_level(label) for _, label in occupation.skills)), default=0),
        kinds=simple_kinds(occupation.code),
        cards=_cards().get(occupation.code, frozenset()) | _of_profession(occupation),
        enlists=(profession := profession_of(occupation)) is not None and profession.name == _ARMED,
    )


def _of_profession(occupation: Occupation) -> frozenset[Card]:
    """Who seeks or practises a regulated profession of health and care has a diploma of it; a teacher or a guard has not."""
    kept = occupation.code.startswith(_HEALTH_AND_CARE) and profession_of(occupation) is not None
    return frozenset({Card.CARE}) if kept else frozenset()


def _level(label: str) -> int:
    folded = unaccented(label).replace("’", "'")
    return next((level for level, pattern in _LEVELS if pattern.match(folded)), 0)
