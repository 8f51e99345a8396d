"""Other ways to write what was typed: clipped words, words written as one or as two, typing errors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest

from services.offers.search.phrases import TOGETHER, stretches
from services.offers.search.sound import SHORTEST, heard
from services.offers.search.spelling import RARE, correction
from services.offers.search.talk import OURSELVES, asks
from services.offers.search.trades import families_named
from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import LA_POSTE, Word, term_of
from shared.reference.lexicon import ADDED, CANONICAL

_CLIPPED = 3
_CLIPPED_OFF = 2
"""Letters that a clipped word has at least, and that it lacks at least: «elec», «kiné», «admin»."""
_GOES_ON = 6
_PART = 4
"""Letters of each part of two words written as one."""


@dataclass(frozen=True)
class Variants:
    """By folded word: the one that was probably meant, or those that begin with it; by pairs: the one word of both."""

    meant: Mapping[str, str] = field(default_factory=dict)
    longer: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    joined: Mapping[tuple[str, str], str] = field(default_factory=dict)
    unheard: frozenset[str] = frozenset()
    """Words of which nothing is known and that no offer has."""

    def likeliest(self, word: Word) -> str:
        """The word as a title would have it."""
        folded = word.folded
        if folded in self.longer:
            return self.longer[folded][0]
        return " ".join(self.parts[folded]) if folded in self.parts else self.meant.get(folded, folded)


def variants_of(
    words: Sequence[Word],
    seen: Callable[[str], int],
    offered: Vocabulary,
    trade: Vocabulary,
    written: Callable[[str], int] = lambda _: 0,
    together: Callable[..., bool] = lambda _, others: False,
) -> Variants:
    """What the words of a question may be written for. ``seen``: how many offers have a term; ``written``: how many have a
    word in their text; ``offered``: words of their titles; ``trade``: words of the referential's titles; ``together``:
    whether one of those has a term beside one of ``others``."""
    meant: dict[str, str] = {}
    longer: dict[str, tuple[str, ...]] = {}
    parts: dict[str, tuple[str, str]] = {}
    joined: dict[tuple[str, str], str] = {}
    unheard: set[str] = set()
    terms = {word.term for word in words}
    for word, after in zip_longest(words, words[1:]):
        if after is not None and 1 <= after.start - word.end <= 1:
            both = word.folded + after.folded
            if len(both) > 2 * _CLIPPED and (term_of(both) in trade or offered[term_of(both)]):
                joined[word.folded, after.folded] = both
        known = word.folded in ADDED or word.folded in CANONICAL or word.term in trade
        if known or asks(word.folded) or word.folded in OURSELVES:
            continue
        number, texts = seen(word.term), written(word.folded)
        begun = _begun(word, texts, offered, trade)
        if begun:
            longer[word.folded] = begun
            continue
        two = None if number else _two(word.folded, trade)
        if two is not None:
            parts[word.folded] = two
            continue
        if (heard_as := _sounding(word, number, texts, trade, written)) is not None:
            meant[word.folded] = heard_as
            continue
        other = correction(word, number, (offered, trade), texts, partial(together, others=terms - {word.term}))
        if other is not None:
            meant[word.folded] = other
        elif not (number or texts or word.folded == LA_POSTE or families_named(word.folded)):
            unheard.add(word.folded)
    return Variants(meant, longer, parts, joined, frozenset(unheard.difference(*joined, _named(words))))


def _named(words: Sequence[Word]) -> Iterator[str]:
    """The words that name something together with others: «permis ce»."""
    folded = [word.folded for word in words]
    for start, end, _ in stretches(folded, TOGETHER):
        yield from folded[start:end]


def _begun(word: Word, texts: int, offered: Vocabulary, trade: Vocabulary) -> tuple[str, ...]:
    """Words of titles that a clipped word begins; none where offers have the word itself more often."""
    folded = word.folded
    if len(folded) < _CLIPPED or not folded.isalpha():
        return ()
    found = [one for one in trade.beginning(folded) if len(one) >= len(folded) + _CLIPPED_OFF]
    if not found or max(offered[word.term], texts) > sum(offered[one] for one in found):
        return ()
    return tuple(found[:_GOES_ON])


def _sounding(word: Word, number: int, texts: int, trade: Vocabulary, written: Callable[[str], int]) -> str | None:
    """The word of titles that sounds like one that offers do not have: «masson» is «maçon», though «maison» is as near."""
    if number > RARE or len(word.folded) < SHORTEST - 1 or not word.folded.isalpha():
        return None
    other = trade.sounding(heard(word))
    # Texts are counted by stems, which both may share.
    return other if other is not None and (texts <= RARE or texts == written(other)) else None


def _two(folded: str, trade: Vocabulary) -> tuple[str, str] | None:
    for at in range(_PART, len(folded) - _PART + 1):
        left, right = folded[:at], folded[at:]
        if term_of(left) in trade and term_of(right) in trade:
            return left, right
    return None
