"""From the words of a question to a query: what each word may stand for, and how much each place of it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache  # noqa: TID251 - of one caller, and made often
from itertools import pairwise

from tantivy import Occur, Query

from services.offers.search.index import ABOUT, BODY, COMPANY, PLACE, SCHEMA, TITLE, TRADE, stems_of
from services.offers.search.ordinary import ORDINARY, TRADES_AND_TOWNS
from services.offers.search.phrases import CHAINS, SIDE_BY_SIDE, stretches
from services.offers.search.trades import ALONE, EVERYDAY, SHORT_FOR, Trade, families_named, meanings
from services.offers.search.variants import Variants
from services.offers.search.words import LA_POSTE, STOP, Word, term_of
from shared.reference.lexicon import VAGUE

WEIGHTS = {TITLE: 3.0, TRADE: 1.0, ABOUT: 0.8, COMPANY: 1.2, PLACE: 1.0}
BODY_WEIGHT = 0.6
MEANING = 0.8
CORRECTED = 0.9
CLIPPED = 0.8
HELPFUL = 0.5
PHRASE = 1.5
"""How much a field, what an abbreviation stands for, a corrected, a clipped, a helpful word and neighbouring words count."""
SECTOR = 6.0
"""What being of the named field of work adds."""
_ALONE = 18.0
"""The same where nothing else is asked: more than a rare word of a title («directeur de bureau» for office work)."""
CHAIN = 1.0
"""What work of the kind adds that a named chain offers: less than being the chain's."""
OCCUPATION = 4.0
"""What being of the likeliest meant occupation adds; a rare word in a title adds 10 to 20, in the text 2 to 4."""
RAISED = 12.0
"""What a fact adds that was asked for and is not insisted on: about a rare word of a title, so that of equals who says it comes
first, and nobody who has hardly a word of the rest."""
FAMILY = 4.0
"""What being of the meant occupation's group adds where a part of the words is enough."""
_SURE = 0.5
"""Belief from which an occupation's whole group is near."""
_SOME = 0.6
"""Share of the words that must be met once not all are asked any more."""
_ENOUGH_MET = 3
"""So many are enough of any number: who tells at length what they did names more than one offer says."""


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

    def begins(self, heads: frozenset[str]) -> bool:
        """Whether it is a word with which job titles begin, or one that stands for who does it."""
        return self.explained or any(way.words and term_of(way.words[0]) in heads for way in self.alternatives)


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
        return bool(self.sure_codes)

    @property
    def sure_codes(self) -> tuple[str, ...]:
        """Codes of the occupations that it probably names."""
        return tuple(trade.code for trade in self.trades if trade.belief >= _SURE)

    @cached_property
    def queries(self) -> dict[bool, Query]:
        """Its queries, once they were made: of all units, of a part of them."""
        return {}

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


def query_of(question: Question, *, some: bool = False) -> Query:
    """All units must be met, or the occupation be one that is meant; with ``some`` a part of the units is enough."""
    known = question.queries.get(some)
    if known is None:
        known = question.queries[some] = _query_of(question, some=some)
    return known


def _query_of(question: Question, *, some: bool) -> Query:
    # «Tout sauf restauration»: whatever is left.
    met = _met(question, some=some) if question.units else Query.const_score_query(Query.all_query(), 1.0)
    ways = [(Occur.Should, met)]
    ways += [
        (Occur.Should, Query.const_score_query(_term("facts", f"o:{trade.code}", 1.0), OCCUPATION * trade.belief))
        for trade in question.trades
    ]
    parts = [(Occur.Must, met if len(ways) == 1 else Query.boolean_query(ways))]
    title = [word.term for unit in question.units for word in unit.words]
    if len(title) > 1:
        parts.append((Occur.Should, Query.boost_query(Query.phrase_query(SCHEMA, TITLE, list(title), 2), PHRASE)))
    parts += [
        (Occur.Should, Query.boost_query(query_of_word(word.folded, body=True), HELPFUL)) for word in question.helpful
    ]
    parts += [(Occur.Should, Query.const_score_query(_term("facts", fact, 1.0), RAISED)) for fact in question.raised]
    parts += [(Occur.MustNot, _barred(words)) for words in question.barred]
    if question.unwanted:
        parts.append((Occur.MustNot, _of_families(question.unwanted)))
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _met(question: Question, *, some: bool) -> Query:
    units = [_unit(unit) for unit in question.units]
    if some:
        least = max(1, min(_ENOUGH_MET, int(len(units) * _SOME)))
        part = Query.boolean_query([(Occur.Should, unit) for unit in units], minimum_number_should_match=least)
        heads, near = _heads(question), _near(question)
        if not heads and question.sure:
            # «Traite des vaches»: whoever writes of treating something is no milker.
            heads = [_titled(unit) for unit in question.units if not unit.vague]
        if not heads:
            return part
        if len(question.heads) == len(units):
            return _any([part, *near])
        # «Mécanicien auto» is no data scientist of a car maker. Whoever has all the words in a text stays beside what is near.
        whole = Query.const_score_query(_met(question, some=False), 0.0)
        return Query.boolean_query([(Occur.Must, part), (Occur.Must, _any([*heads, *near, whole]))])
    starts = [0, *question.either, len(units)]
    sides = [units[start:end] for start, end in pairwise(starts) if start < end]
    groups = [
        side[0] if len(side) == 1 else Query.boolean_query([(Occur.Must, unit) for unit in side]) for side in sides
    ]
    return groups[0] if len(groups) == 1 else Query.boolean_query([(Occur.Should, group) for group in groups])


def is_the_work(question: Question) -> Query:
    """Offers of the work that is asked for, by their title or their occupation: whoever only writes of it is none."""
    codes = [_term("facts", f"o:{code}", 1.0) for code in question.sure_codes]
    return _any([*_heads(question), *codes])


def _heads(question: Question) -> list[Query]:
    return [_titled(question.units[at]) for at in question.heads]


def _near(question: Question) -> list[Query]:
    return [_family(code) for code in question.sure_codes]


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _titled(unit: Unit) -> Query:
    """A unit in titles or in the words of an offer's occupation."""
    terms = [term_of(way.words[0]) for way in unit.alternatives if way.words]
    fields = [Query.term_set_query(SCHEMA, field, terms) for field in (TITLE, TRADE)]
    return Query.const_score_query(Query.boolean_query([(Occur.Should, field) for field in fields]), 0.0)


def _family(code: str) -> Query:
    """Offers of an occupation's group."""
    return Query.const_score_query(Query.term_query(SCHEMA, "facts", f"o:{code[:3]}"), FAMILY)


def _barred(words: Sequence[Word]) -> Query:
    terms = [word.term for word in words]
    places = [
        Query.term_query(SCHEMA, field, terms[0]) if len(terms) == 1 else Query.phrase_query(SCHEMA, field, list(terms))
        for field in (TITLE, PLACE, COMPANY)
    ]
    for short in SHORT_FOR.get(" ".join(word.folded for word in words), ()):
        places.append(Query.term_query(SCHEMA, TITLE, term_of(short)))  # «pas poids lourd» leaves out «chauffeur PL»
    if len(words) == 1 and (families := families_named(words[0].folded, alone=True)):
        places.append(_of_families(families))  # «tout sauf la restauration» leaves out waiters as well
    return Query.boolean_query([(Occur.Should, place) for place in places])


def _of_families(families: Sequence[str]) -> Query:
    return Query.term_set_query(SCHEMA, "facts", [f"o:{family}" for family in families])


def _unit(unit: Unit) -> Query:
    return _best([_way(way) for way in unit.alternatives])


def _way(way: Alternative) -> Query:
    if way.families:
        return Query.const_score_query(_of_families(way.families), way.weight)
    if way.employer:
        return _term(COMPANY, way.employer, WEIGHTS[COMPANY])
    if way.phrase:
        stems = [stem for word in way.words for stem in stems_of(word)]
        titled = Query.phrase_query(SCHEMA, TITLE, [term_of(word) for word in way.words], 1)
        return _best(
            [
                Query.boost_query(titled, WEIGHTS[TITLE]),
                Query.boost_query(Query.phrase_query(SCHEMA, BODY, list(stems), 1), BODY_WEIGHT),
            ]
        )
    words = [query_of_word(word, body=way.body) for word in way.words]
    query = words[0] if len(words) == 1 else Query.boolean_query([(Occur.Must, word) for word in words])
    # Several words must not outweigh the one that they explain.
    return _boosted(query, way.weight / len(words) ** 0.5)


@lru_cache(maxsize=16_384)
def query_of_word(folded: str, *, body: bool) -> Query:
    """A word of a question in all places where offers may have it; ``body``: in their texts, too."""
    term = term_of(folded)
    # «Les vignes» are not Saint-Thibault-des-Vignes.
    unplaced = folded in ORDINARY or folded in TRADES_AND_TOWNS
    fields = {field: weight for field, weight in WEIGHTS.items() if field != PLACE or not unplaced}
    places = [_term(field, term, weight) for field, weight in fields.items()]
    if body:
        # Of the word as typed and of its masculine.
        stems = dict.fromkeys((*stems_of(folded), *stems_of(term)))
        # «DEA» is stemmed to «de», which every text has.
        places += [_term(BODY, stem, BODY_WEIGHT) for stem in stems if stem == folded or stem not in STOP]
    return _best(places)


def _best(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries), 0.1)


def _term(field: str, term: str, weight: float) -> Query:
    return _boosted(Query.term_query(SCHEMA, field, term, index_option="freq"), weight)


def _boosted(query: Query, weight: float) -> Query:
    """Each layer of a query is a copy of all that is below, and a call for each offer that it looks at."""
    return query if weight == 1.0 else Query.boost_query(query, weight)
