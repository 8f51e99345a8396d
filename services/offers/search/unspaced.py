"""Words that were typed as one: «femmedemenage annecy», «cherchetravail». Only what nothing else is known of is taken apart."""

from collections.abc import Callable, Sequence

from services.offers.search.talk import ASKING
from services.offers.search.trades import Trades
from services.offers.search.words import Word, term_of
from shared.reference.communes import Communes

Apart = Callable[[Word], Sequence[Word]]
"""The words that one consists of; itself, where it is one."""

_JOINING = frozenset(
    ["a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "un", "une"]
)
_FILTERS = frozenset(["cdd", "cdi", "matin", "nuit", "soir"])
_SHORTEST = 9
_PART, _BEHIND = 4, 3
"""Letters of a part, and of one behind a word that joins: «auxiliairedevie»."""
_LONGEST_PART = 20
_TOWN = 5_000


def splitter(communes: Communes, trades: Trades, seen: Callable[[str], int]) -> Apart:
    """``seen``: in how many offers a term occurs."""

    def apart(word: Word) -> Sequence[Word]:
        folded = word.folded
        if len(folded) < _SHORTEST or not folded.isascii() or not folded.isalpha() or len(word.text) != len(folded):
            return (word,)
        if trades.known(word.term) or folded in communes.words_of_names or seen(word.term):
            return (word,)
        found = _parts(folded, _names)
        if found is None:
            return (word,)
        starts = [sum(map(len, found[:at])) for at in range(len(found))]
        return [
            Word(word.text[at : at + len(part)], part, word.start + at, word.start + at + len(part))
            for at, part in zip(starts, found, strict=True)
        ]

    def _names(part: str) -> bool:
        if part in ASKING or term_of(part) in trades.vocabulary:
            return True
        town = communes.named(part) if part in communes.words_of_names else None
        return town is not None and town.population >= _TOWN

    return apart


def _parts(folded: str, names: Callable[[str], bool]) -> tuple[str, ...] | None:
    """The fewest words that a text without spaces consists of; None where it is more than words and what joins them."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(folded)
    for end in range(1, len(folded) + 1):
        for start in range(max(0, end - _LONGEST_PART), end):
            before = best[start]
            if before is None or ((known := best[end]) is not None and len(known) <= len(before) + 1):
                continue
            part = folded[start:end]
            joined = bool(before) and before[-1] in _JOINING
            if part in _JOINING:
                fits = bool(before) and not joined and end < len(folded)
            else:
                fits = part in _FILTERS or (len(part) >= (_BEHIND if joined else _PART) and names(part))
            if fits:
                best[end] = (*before, part)
    found = best[-1]
    return found if found is not None and len(found) > 1 else None
