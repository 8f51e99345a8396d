"""What a question looks for beside facts: its words, what each may stand for, and the occupations that they name."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property  # noqa: TID251 - of one caller, and made often

from tantivy import Query

from services.offers.search.phrases import CHAINS, SIDE_BY_SIDE, stretches
from services.offers.search.trades import ALONE, EVERYDAY, Trade, families_named, meanings
from services.offers.search.variants import Variants
from services.offers.search.words import LA_POSTE, Word, term_of
from shared.reference.lexicon import RANKS, VAGUE

MEANING = 0.8
CORRECTED = 0.9
CLIPPED = 0.8
"""How much what an abbreviation stands for, a corrected and a clipped word count."""
SECTOR = 6.0
"""What being of the named field of work adds."""
_ALONE = 18.0
"""The same where nothing else is asked: more than a rare word of a title («directeur de bureau» for office work)."""
CHAIN = 1.0
"""What work of the kind adds that a named chain offers: less than being the chain's."""
_SURE = 0.5
"""Belief from which an occupation is what is asked for, whatever else may be meant."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words that must all be met, as one of the ways to meet a unit."""

    words: tuple[str, ...]
    weight: float
    body: bool = True
    families: tuple[str, ...] = ()
    """Instead of words: beginnings of occupations' codes, one of which the offer must have."""
    phrase: bool = False
    """Whether the title or the text must have its words one behind the other."""
    employer: str = ""
    """Instead of words: a term of the employer's name."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of the question, or a few that mean one thing, with all the ways to meet it."""

    words: tuple[Word, ...]
    alternatives: tuple[Alternative, ...]
    explained: bool = False
    """Whether it is an abbreviation or a word of a trade that is known to mean another: «maraîchage», «bafa»."""

    @property
    def vague(self) -> bool:
        """Whether it names no work: «agent», «employé polyvalent»."""
        return all(word.term in VAGUE for word in self.words)

    @property
    def ranks(self) -> bool:
        """Whether it says a rank only, which others of other work have too: «assistant», «ouvrier»."""
        return all(word.term in RANKS for word in self.words)

    def begins(self, heads: frozenset[str]) -> bool:
        """Whether it is a word with which job titles begin, or one that stands for who does it."""
        return self.explained or any(way.words and term_of(way.words[0]) in heads for way in self.alternatives)


Sided = tuple[tuple[tuple[frozenset[str], ...], ...], ...]
"""One of these sides must be met: each of its units by all the terms of one of the unit's ways."""


@dataclass(slots=True)
class Work:
    """``codes``: of the occupation that is asked for, or their beginnings; ``titles``: terms of titles that name the work. None:
    not worked out yet."""

    codes: tuple[str, ...] | None = None
    titles: Sided | None = None


@dataclass(frozen=True)
class Question:
    """What is looked for beside facts."""

    units: tuple[Unit, ...] = ()
    helpful: tuple[Word, ...] = ()
    trades: tuple[Trade, ...] = ()
    either: tuple[int, ...] = ()
    """Numbers of units before which «ou» stands: what is on one side of it is enough."""
    barred: tuple[tuple[Word, ...], ...] = ()
    """Words that no title, employer or place of an answer may have."""
    unwanted: tuple[str, ...] = ()
    """Codes of occupations that they name."""
    heads: tuple[int, ...] = ()
    """Numbers of units that say who somebody is: a part of the words without any of them is no answer."""

    raised: tuple[str, ...] = ()
    """Facts that raise an offer: «de nuit» where that leaves too little to be asked for."""

    @property
    def sure(self) -> bool:
        """Whether it probably names an occupation."""
        return bool(self.sure_trades)

    @property
    def sure_trades(self) -> tuple[Trade, ...]:
        """The occupations that it probably names."""
        return tuple(trade for trade in self.trades if trade.belief >= _SURE)

    @cached_property
    def queries(self) -> dict[str, Query | None]:
        """Its queries by what they ask for, once they were made."""
        return {}

    @cached_property
    def work(self) -> "Work":
        """How offers of the work that it asks for are told, once that was worked out."""
        return Work()

    @property
    def terms(self) -> frozenset[str]:
        """Terms that an answer may owe its place to, for marking them."""
        ways = (way for unit in self.units for way in unit.alternatives)
        return frozenset(term_of(word) for way in ways for word in way.words) | {word.term for word in self.helpful}


def units_of(words: Sequence[Word], variants: Variants, *, alike: bool = False) -> tuple[Unit, ...]:
    """Units in order, each with what its words may stand for. ``alike``: an offer of the work that a named chain offers will
    do as well."""
    folded = [word.folded for word in words]
    found: list[Unit] = []
    at = 0
    longest: dict[int, tuple[int, list[tuple[str, ...]]]] = {}
    for start, end, meaning in meanings(folded):
        known = longest.get(start)
        if known is None or end > known[0]:
            longest[start] = end, [meaning]
        elif end == known[0]:
            known[1].append(meaning)
    alone = all(families_named(word, alone=True) for word in folded)
    together = {start: end for start, end, _ in stretches(folded, SIDE_BY_SIDE)}
    chains = {start: (end, CHAINS[name]) for start, end, name in stretches(folded, CHAINS)}
    while at < len(words):
        pair = variants.joined.get((folded[at], folded[at + 1])) if at + 1 < len(words) else None
        end, added = longest.get(at, (at + 1, []))
        if pair is not None and end <= at + 2:
            end, added = at + 2, [*added, (pair,)]
        end = max(end, together.get(at, end), chains.get(at, (end,))[0])
        inside = tuple(words[at:end])
        own = tuple(word.folded for word in inside)
        ways = [Alternative(own, 1.0, body=folded[at] not in EVERYDAY, phrase=end == together.get(at))]
        ways += [Alternative(meaning, MEANING) for meaning in added]
        if alike and at in chains:
            ways.append(Alternative((), CHAIN, families=chains[at][1]))
        if end == at + 1:
            ways += _variants(folded[at], variants)
        # «Travailler dans les vignes» is met by all that is done there.
        for word in folded[at:end]:
            meant = variants.meant.get(word, word)
            if families := families_named(word, alone=alone) or families_named(meant, alone=alone):
                ways.append(Alternative((), _ALONE if alone and word in ALONE else SECTOR, families=families))
        found.append(Unit(inside, tuple(ways), explained=bool(added)))
        at = end
    return tuple(found)


def _variants(folded: str, variants: Variants) -> list[Alternative]:
    ways = [Alternative((longer,), CLIPPED) for longer in variants.longer.get(folded, ())]
    if folded in variants.parts:
        ways.append(Alternative(variants.parts[folded], CORRECTED))
    if folded in variants.meant:
        ways.append(Alternative((variants.meant[folded],), CORRECTED))
    if folded == LA_POSTE:
        ways += [Alternative(("la", "poste"), 1.0, phrase=True), Alternative((), 1.0, employer="poste")]
    return ways


def fields_of(question: Question) -> tuple[str, ...]:
    """Beginnings of the codes of the fields of work that are asked for, where every word names one and none says who works
    there: «hôtellerie», «dans le bâtiment»."""
    return () if question.heads else fields_named(question.units)


def fields_named(units: Sequence[Unit]) -> tuple[str, ...]:
    """Beginnings of the codes of the fields that all of these units name; none where one names no field."""
    named = [[family for way in unit.alternatives for family in way.families] for unit in units if not unit.vague]
    return tuple(dict.fromkeys(family for families in named for family in families)) if all(named) else ()
