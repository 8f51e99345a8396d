"""Which offers are the work that a question asks for, and which are near it: all others only have its words somewhere."""

from collections.abc import Sequence
from itertools import pairwise

from tantivy import Occur, Query

from services.offers.search.question import Question, Sided, Unit, fields_of
from services.offers.search.schema import SCHEMA, TITLE, TRADE
from services.offers.search.trades import ALONE
from services.offers.search.words import term_of

NEAR = 8.0
"""What being near the meant occupation adds where a part of the words is enough: less than a rare word of a title, more than any
of a text."""


def is_the_work(question: Question) -> Query | None:
    """Offers of the work that is asked for, by their occupation or their title; None where the question names no work."""
    if "work" not in question.queries:
        codes, titles = codes_of(question), titles_of(question)
        ways = [*([of_codes(codes)] if codes else []), *([titles] if titles is not None else [])]
        question.queries["work"] = any_of(ways) if ways else None
    return question.queries["work"]


def codes_of(question: Question) -> tuple[str, ...]:
    """Codes, or beginnings of codes, of the occupation that is asked for: one that the words probably mean, under any code that
    it has had. Where none is probable, each that they may mean; where somebody asks for a field of work («la restauration»),
    all of the field."""
    if question.work.codes is None:
        meant = (code for trade in question.sure_trades or question.trades for code in trade.codes)
        question.work.codes = fields_of(question) or tuple(dict.fromkeys(meant))
    return question.work.codes


def titles_of(question: Question) -> Query | None:
    """Titles that have all words that name the work, since an offer's code may be wrong or too wide: «Assistant social» is one
    under any code."""
    if "titles" not in question.queries:
        ways = [
            _all_of([any_of([_way_in_title(way) for way in unit]) for unit in side])
            for side in words_in_titles(question)
        ]
        question.queries["titles"] = any_of(ways) if ways else None
    return question.queries["titles"]


def is_titled(sides: Sided, title: frozenset[str]) -> bool:
    """The same of the terms of one title."""
    # Loops, since generators take three times as long, and dozens of titles are looked at.
    for side in sides:
        for unit in side:
            for way in unit:
                if way <= title:
                    break
            else:
                break
        else:
            return True
    return False


def words_in_titles(question: Question) -> Sided:
    """Terms that a title must have to name the work: all the words of one side of each «ou», where one of them says who does it
    or none is known to mean an occupation: whoever looks after «fruits» in a shop picks none. No title tells by a place of work
    alone («bureau»)."""
    if question.work.titles is None:
        named = question.trades or question.heads or fields_of(question)
        question.work.titles = _by_title(question) if named else ()
    return question.work.titles


def _by_title(question: Question) -> Sided:
    starts = [0, *question.either, len(question.units)]
    ways = []
    for start, end in pairwise(starts):
        side = question.units[start:end]
        telling = [unit for unit in side if not unit.vague] or list(side)
        if question.sure and not fields_of(question) and not any(start <= at < end for at in question.heads):
            continue
        if not telling or all(word.folded in ALONE for unit in telling for word in unit.words):
            continue
        units = tuple(_in_title(unit) for unit in telling)
        if all(units):
            ways.append(units)
    return tuple(ways)


def _in_title(unit: Unit) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(term_of(word) for word in way.words) for way in unit.alternatives if way.words)


def _way_in_title(way: frozenset[str]) -> Query:
    return _all_of([Query.term_query(SCHEMA, TITLE, term) for term in way])


def _all_of(queries: Sequence[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, one) for one in queries])


def titled_heads(question: Question) -> list[Query]:
    """Each word that says who somebody is, in titles or among the words of an offer's occupation. A rank alone tells no work:
    «assistante maternelle» is no other assistant, «ouvrier agricole» no other worker."""
    heads = [question.units[at] for at in question.heads]
    telling = heads if all(unit.ranks for unit in question.units) else [unit for unit in heads if not unit.ranks]
    return [titled(unit) for unit in telling]


def titled(unit: Unit) -> Query:
    """A unit in titles or in the words of an offer's occupation."""
    terms = [term_of(way.words[0]) for way in unit.alternatives if way.words]
    fields = [Query.term_set_query(SCHEMA, field, terms) for field in (TITLE, TRADE)]
    return Query.const_score_query(any_of(fields), 0.0)


def near_of(question: Question) -> list[Query]:
    """Offers of work that is near what is probably meant: that which the referential itself calls so, or, of what it lacks, the
    group of the code."""
    codes = dict.fromkeys(code for trade in question.sure_trades for code in (*trade.codes, *trade.near))
    groups = dict.fromkeys(trade.code[:3] for trade in question.sure_trades if not trade.near)
    near = [f"o:{one}" for one in (*codes, *groups)]
    return [Query.const_score_query(Query.term_set_query(SCHEMA, "facts", near), NEAR)] if near else []


def of_codes(codes: Sequence[str]) -> Query:
    """Offers of one of a few occupations or groups. One term each: a set of terms goes through all offers first."""
    return any_of([Query.term_query(SCHEMA, "facts", f"o:{code}", index_option="basic") for code in codes])


def of_families(families: Sequence[str]) -> Query:
    """Offers whose occupation's code begins with one of these: one to three letters, or a whole code."""
    return Query.term_set_query(SCHEMA, "facts", [f"o:{family}" for family in families])


def any_of(queries: Sequence[Query]) -> Query:
    """What one of the queries finds."""
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, one) for one in queries])
