"""Whether a title names another occupation than the one that was declared: «Serveur» under server administrators.

A code is chosen from a list, often by one word of it, and nobody reads it again; the title is what people apply to. Nearly all
titles suit their code, and a title says little by itself. So only a contradiction counts: nothing that the title may mean has to
do with the declared occupation (neither its branch nor its family nor a move of the referential, in either direction), and the
words that it begins with are not among its titles, unless the title is another occupation's to the word. What it names is said
where it is a title to the word, or all but certain.
"""

from collections.abc import Sequence
from functools import lru_cache

from shared.contracts.events.offers import OccupationDoubt
from shared.reference.lexicon import RANKS
from shared.reference.occupations import Occupation, Occupations
from shared.reference.rungs import WORKER, rung_of
from shared.reference.standing import simple_kinds
from shared.reference.titles import stems

_SURE = 0.4
"""What is believed at least of the likeliest occupation's branch, or of all that the title may mean where none is declared."""
_RELATED = 0.1
"""What may be believed of the declared occupation, and of those related to it, at most."""
_CERTAIN = 0.9
"""What is believed at least of what a title names though it is no title to the word: «Chauffeur poids lourd»."""
_NO_SIMPLE = 0.05
"""What is believed at most of all simple work together, where it is none."""
_MEANT = 12
"""Occupations that a title is taken to mean."""
_REMEMBERED = 4_096
"""Titles with their codes: a third of offers have one that came before, and a feed brings the same ones every day."""
_FIRST = 3
"""Words at the beginning of a title that tell the trade; behind them stand places, firms and what they are proud of."""


@lru_cache(maxsize=_REMEMBERED)
def doubt_of(occupations: Occupations, title: str, declared: str | None) -> OccupationDoubt | None:
    """What a title says against a declared code, or where none is declared; None where it says nothing, or the code is not known.

    Where none is declared, it says the occupation of which it is the title, or that it is no simple work. What was learnt
    from offers is not asked: it believes what they were declared as.
    """
    own = occupations.get(declared) if declared else None
    if declared and own is None:
        return None
    titled = occupations.titled(title)
    if own is not None and (own.code in titled or (not titled and _begins_like(title, own))):
        return None
    believed = occupations.meant(title, _MEANT)
    if not believed:
        return None
    likeliest, belief_in_it = believed[0]
    sure = sum(belief for code, belief in believed if own is None or code[:3] == likeliest[:3]) >= _SURE
    if not sure and (rung_of(title) != WORKER or not _is_no_simple_work(own, believed)):
        return None
    if own is None and likeliest in titled:
        return OccupationDoubt(title_code=likeliest)
    if sum(belief for code, belief in believed if _may_be(occupations, own, code)) >= _RELATED:
        return None
    if likeliest in titled or belief_in_it >= _CERTAIN:
        return OccupationDoubt(title_code=likeliest)
    return None if own is not None and titled and _begins_like(title, own) else OccupationDoubt()


def _is_no_simple_work(own: Occupation | None, believed: Sequence[tuple[str, float]]) -> bool:
    """Whether simple work is declared, and whatever a title means is none: «Référent méthodes, algorithmes systèmes» under street
    cleaners. Such a code opens an offer to everybody, so it takes less to doubt it.
    """
    simple = sum(belief for code, belief in believed if simple_kinds(code))
    return own is not None and bool(simple_kinds(own.code)) and simple < _NO_SIMPLE


def _begins_like(title: str, own: Occupation) -> bool:
    """Whether the words that a title begins with stand in the titles of an occupation, or there is none that tells a trade."""
    words = [word for word in stems(title) if word not in RANKS][:_FIRST]
    return not words or not _words_of(own.label, own.titles).isdisjoint(words)


@lru_cache(maxsize=2_048)
def _words_of(label: str, titles: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for one in (label, *titles) for word in stems(one))


def _may_be(occupations: Occupations, own: Occupation | None, code: str) -> bool:
    """Whether an occupation has to do with the declared one; of none, whether it is simple work, which is open to all."""
    if own is None:
        return bool(simple_kinds(code))
    other = occupations.get(code)
    return other is not None and (
        code[:3] == own.code[:3]
        or other.family == own.family
        or occupations.rank(own.code, code) > 0
        or occupations.rank(code, own.code) > 0
    )
