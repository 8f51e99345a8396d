"""Words that were typed as one: «femmedemenage annecy», «cherchetravail». Only what nothing else is known of is taken apart."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from services.offers.search.sound import heard
from services.offers.search.spelling import RARE
from services.offers.search.talk import ASKING, asks, asks_mistyped, spelt
from services.offers.search.trades import Trades
from services.offers.search.words import Word, term_of
from shared.reference.communes import Communes

Apart = Callable[[Word], Sequence[Word]]
"""The words that one consists of; itself, where it is one."""

_JOINING = frozenset(
    ["a", "au", "aux", "d", "dans", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "un", "une"]
)
_FILTERS = frozenset(["cdd", "cdi", "matin", "nuit", "soir"])
_SHORTEST, _GLUED = 9, 5
_ELIDED, _WHOLE = ("d", "l"), ("de", "la", "le", "en", "du")
_SAID = frozenset(
    [
        "apprentissage",
        "ecole",
        "experience",
        "heure",
        "heures",
        "interim",
        "journee",
        "matin",
        "nuit",
        "semaine",
        "soir",
        "usine",
    ]
)
"""Words of filters and places of work."""
_PART, _BEHIND = 4, 3
"""Letters of a part, and of one behind a word that joins: «auxiliairedevie»."""
_LONGEST_PART = 20
_TOWN = 5_000


def splitter(communes: Communes, trades: Trades, seen: Callable[[str], int]) -> Apart:
    """``seen``: in how many offers a term occurs."""

    def apart(word: Word) -> Sequence[Word]:
        folded = word.folded
        glued = _glued(word)
        if glued:
            return glued
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

    @lru_cache(maxsize=8_192)
    def _glued(word: Word) -> tuple[Word, ...]:
        """«Denfan», «lagriculture», «denuit»: what joins, written into a word that nobody knows."""
        folded = word.folded
        if len(folded) < _GLUED or not folded.isascii() or not folded.isalpha() or len(word.text) != len(folded):
            return ()
        if trades.known(word.term) or folded in communes.words_of_names or asks(folded) or seen(word.term) > RARE:
            return ()
        if trades.vocabulary.sounding(heard(word)) is not None or spelt(folded) != folded or asks_mistyped(folded):
            return ()
        for joining in _ELIDED if folded[1] in "aeiouyh" else ():
            if folded.startswith(joining):
                return _cut(word, len(joining))
        return next((cut for joining in _WHOLE if folded.startswith(joining) and (cut := _cut(word, len(joining)))), ())

    def _cut(word: Word, at: int) -> tuple[Word, ...]:
        rest = Word(word.text[at:], word.folded[at:], word.start + at, word.end)
        known = (
            rest.folded in _SAID or trades.vocabulary[rest.term] or trades.vocabulary.sounding(heard(rest)) is not None
        )
        whole = at > 1 and rest.folded not in _SAID and not trades.vocabulary[rest.term]
        if len(rest.folded) < _PART or not known or whole:
            return ()
        return Word(word.text[:at], word.folded[:at], word.start, word.start + at), rest

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
