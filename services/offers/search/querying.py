"""From what a question looks for to the engine's queries: how much each word counts in each place of an offer."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from tantivy import Occur, Query

from services.offers.search.asked_work import any_of, near_of, of_codes, of_families, titled, titled_heads
from services.offers.search.ordinary import ORDINARY, TRADES_AND_TOWNS
from services.offers.search.question import Alternative, Question, Unit
from services.offers.search.schema import ABOUT, BODY, COMPANY, PLACE, SCHEMA, TITLE, TRADE, stems_of
from services.offers.search.trades import SHORT_FOR, families_named
from services.offers.search.words import STOP, Word, term_of

WEIGHTS = {TITLE: 3.0, TRADE: 1.0, ABOUT: 0.8, COMPANY: 1.2, PLACE: 1.0}
BODY_WEIGHT = 0.6
HELPFUL = 0.5
PHRASE = 1.5
"""How much a field, a helpful word and neighbouring words count."""
OCCUPATION = 4.0
"""What being of the likeliest meant occupation adds; a rare word in a title adds 10 to 20, in the text 2 to 4."""
RAISED = 12.0
"""What a fact adds that was asked for and is not insisted on: about a rare word of a title, so that of equals who says it comes
first, and nobody who has hardly a word of the rest."""
_SOME = 0.6
"""Share of the words that must be met once not all are asked any more."""
_ENOUGH_MET = 3
"""So many are enough of any number: who tells at length what they did names more than one offer says."""


def query_of(question: Question, *, some: bool = False) -> Query:
    """All units must be met, or the occupation be one that is meant; with ``some`` a part of the units is enough."""
    name = "some" if some else "all"
    known = question.queries.get(name)
    if known is None:
        known = question.queries[name] = _query_of(question, some=some)
    return known


def of_the_work(query: Query, work: Query) -> Query:
    """What a query finds that is the work that is asked for."""
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, Query.const_score_query(work, 0.0))])


def _query_of(question: Question, *, some: bool) -> Query:
    # «Tout sauf restauration»: whatever is left.
    met = _met(question, some=some) if question.units else Query.const_score_query(Query.all_query(), 1.0)
    ways = [(Occur.Should, met)]
    ways += [
        (Occur.Should, Query.const_score_query(of_codes(trade.codes), OCCUPATION * trade.belief))
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
        parts.append((Occur.MustNot, of_families(question.unwanted)))
    return parts[0][1] if len(parts) == 1 else Query.boolean_query(parts)


def _met(question: Question, *, some: bool) -> Query:
    units = [_unit(unit) for unit in question.units]
    if some:
        least = max(1, min(_ENOUGH_MET, int(len(units) * _SOME)))
        part = Query.boolean_query([(Occur.Should, unit) for unit in units], minimum_number_should_match=least)
        heads, near = titled_heads(question), near_of(question)
        if not heads and question.sure:
            # «Traite des vaches»: whoever writes of treating something is no milker.
            heads = [titled(unit) for unit in question.units if not unit.ranks]
        if not heads:
            return part
        if len(question.heads) == len(units):
            return any_of([part, *near])
        # «Mécanicien auto» is no data scientist of a car maker. Whoever has all the words in a text stays beside what is near.
        whole = Query.const_score_query(_met(question, some=False), 0.0)
        told = Query.boolean_query([(Occur.Must, part), (Occur.Must, any_of([*heads, *near, whole]))])
        return any_of([told, *near])
    starts = [0, *question.either, len(units)]
    sides = [units[start:end] for start, end in pairwise(starts) if start < end]
    groups = [
        side[0] if len(side) == 1 else Query.boolean_query([(Occur.Must, unit) for unit in side]) for side in sides
    ]
    return groups[0] if len(groups) == 1 else Query.boolean_query([(Occur.Should, group) for group in groups])


def _barred(words: Sequence[Word]) -> Query:
    terms = [word.term for word in words]
    places = [
        Query.term_query(SCHEMA, field, terms[0]) if len(terms) == 1 else Query.phrase_query(SCHEMA, field, list(terms))
        for field in (TITLE, PLACE, COMPANY)
    ]
    for short in SHORT_FOR.get(" ".join(word.folded for word in words), ()):
        places.append(Query.term_query(SCHEMA, TITLE, term_of(short)))  # «pas poids lourd» leaves out «chauffeur PL»
    if len(words) == 1 and (families := families_named(words[0].folded, alone=True)):
        places.append(of_families(families))  # «tout sauf la restauration» leaves out waiters as well
    return Query.boolean_query([(Occur.Should, place) for place in places])


def _unit(unit: Unit) -> Query:
    return _best([_way(way) for way in unit.alternatives])


def _way(way: Alternative) -> Query:
    if way.families:
        return Query.const_score_query(of_families(way.families), way.weight)
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
