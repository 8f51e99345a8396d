"""From the words of a question to a query: what each word may stand for, and how much each place of it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tantivy import Occur, Query

from services.offers.search.index import ABOUT, BODY, COMPANY, FRENCH, PLACE, SCHEMA, TITLE, TRADE
from services.offers.search.trades import EVERYDAY, Trade, meanings
from services.offers.search.words import Word, term_of

WEIGHTS = {TITLE: 3.0, TRADE: 1.0, ABOUT: 0.8, COMPANY: 1.2, PLACE: 1.0}
BODY_WEIGHT = 0.6
MEANING = 0.8
CORRECTED = 0.9
HELPFUL = 0.5
PHRASE = 1.5
"""How much a field, what an abbreviation stands for, a corrected word, a helpful word and neighbouring words count."""
OCCUPATION = 4.0
"""What being of the likeliest meant occupation adds; a rare word in a title adds 10 to 20, in the text 2 to 4."""
_SOME = 0.6
"""Share of the words that must be met once not all are asked any more."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Words that must all be met, as one of the ways to meet a unit."""

    words: tuple[str, ...]
    weight: float
    body: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of the question, or a few that mean one thing, with all the ways to meet it."""

    words: tuple[Word, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True)
class Question:
    """What is looked for beside facts."""

    units: tuple[Unit, ...] = ()
    helpful: tuple[Word, ...] = ()
    trades: tuple[Trade, ...] = ()

    @property
    def terms(self) -> frozenset[str]:
        """Terms that an answer may owe its place to, for marking them."""
        ways = (way for unit in self.units for way in unit.alternatives)
        return frozenset(term_of(word) for way in ways for word in way.words) | {word.term for word in self.helpful}


def units_of(words: Sequence[Word], corrections: dict[str, str]) -> tuple[Unit, ...]:
    """Units in order; ``corrections``: folded word → the word that was probably meant."""
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
    while at < len(words):
        end, added = longest.get(at, (at + 1, []))
        inside = tuple(words[at:end])
        ways = [Alternative(tuple(word.folded for word in inside), 1.0, body=folded[at] not in EVERYDAY)]
        ways += [Alternative(meaning, MEANING) for meaning in added]
        if end == at + 1 and folded[at] in corrections:
            ways.append(Alternative((corrections[folded[at]],), CORRECTED))
        found.append(Unit(inside, tuple(ways)))
        at = end
    return tuple(found)


def query_of(question: Question, *, some: bool = False) -> Query:
    """All units must be met, or the occupation be one that is meant; with ``some`` a part of the units is enough."""
    groups = [(Occur.Should if some else Occur.Must, _unit(unit)) for unit in question.units]
    least = max(1, int(len(groups) * _SOME)) if some else None
    met = Query.boolean_query(groups, minimum_number_should_match=least)
    ways = [(Occur.Should, met)]
    ways += [
        (Occur.Should, Query.const_score_query(_term("facts", f"o:{trade.code}", 1.0), OCCUPATION * trade.belief))
        for trade in question.trades
    ]
    parts = [(Occur.Must, Query.boolean_query(ways))]
    title = [word.term for unit in question.units for word in unit.words]
    if len(title) > 1:
        parts.append((Occur.Should, Query.boost_query(Query.phrase_query(SCHEMA, TITLE, list(title), 2), PHRASE)))
    parts += [(Occur.Should, Query.boost_query(_word(word.folded, body=True), HELPFUL)) for word in question.helpful]
    return Query.boolean_query(parts)


def _unit(unit: Unit) -> Query:
    return _best([_way(way) for way in unit.alternatives])


def _way(way: Alternative) -> Query:
    words = [_word(word, body=way.body) for word in way.words]
    query = words[0] if len(words) == 1 else Query.boolean_query([(Occur.Must, word) for word in words])
    # Several words must not outweigh the one that they explain.
    return Query.boost_query(query, way.weight / len(words) ** 0.5)


def _word(folded: str, *, body: bool) -> Query:
    term = term_of(folded)
    places = [_term(field, term, weight) for field, weight in WEIGHTS.items()]
    if body:
        places += [_term(BODY, stem, BODY_WEIGHT) for stem in _body_stems(folded, term)]
    return _best(places)


@lru_cache(maxsize=65_536)
def _body_stems(folded: str, term: str) -> tuple[str, ...]:
    """Stems of the body's own analysis: of the word as typed and of its masculine."""
    return tuple(dict.fromkeys([*FRENCH.analyze(folded), *FRENCH.analyze(term)]))


def _best(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), 0.1)


def _term(field: str, term: str, weight: float) -> Query:
    return Query.boost_query(Query.term_query(SCHEMA, field, term, index_option="freq"), weight)
