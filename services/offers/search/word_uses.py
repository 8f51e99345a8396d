"""What a word that might be a place is known for otherwise: in job titles, in employers' names, in the texts of offers."""

from collections.abc import Callable
from dataclasses import dataclass

from services.offers.search.homographs import EVERYDAY
from services.offers.search.ordinary import ORDINARY
from services.offers.search.talk import asks, asks_mistyped
from services.offers.search.trades import Trades
from services.offers.search.words import STOP, Word
from shared.reference.departments import is_region, was_region

SHORTEST = 5
"""Letters of a word in which a typing error is looked for."""
_ELSEWHERE = 20
"""A word that so many times more offers have than name the place is an ordinary word."""
SEEN = 2
"""A word that more offers have is no typing error."""
Counts = Callable[[str], tuple[int, int]]
"""In how many offers a term names the place, and in how many the employer."""
Seen = Callable[[str], int]
"""In how many offers a term occurs."""


@dataclass(frozen=True, slots=True)
class WordUses:
    """Asks the referential's titles and the offers that there are."""

    trades: Trades
    counts: Counts
    seen: Seen

    def works(self, word: Word) -> bool:
        """Whether a title begins with the word, as who works does."""
        return word.term in self.trades.heads

    def of_trades(self, word: Word) -> bool:
        """Whether titles have it, or it is too short to tell."""
        return self.trades.known(word.term) or len(word.term) < 3

    def elsewhere(self, term: str) -> bool:
        """Whether offers have a word for anything rather than for the place where they are."""
        return self.seen(term) > _ELSEWHERE * self.counts(term)[0] + SEEN

    def usual(self, term: str) -> bool:
        """Whether titles have the word, or its masculine: «lourde»."""
        return self.trades.known(term) or (term.endswith("e") and self.trades.known(term[:-1]))

    def unheard_of(self, word: Word) -> bool:
        """Whether no trade, no employer and hardly an offer has the word."""
        return self.strange(word) and not self.counts(word.term)[1] and self.seen(word.term) <= SEEN

    def strange(self, word: Word) -> bool:
        """Whether it is no word that is known for anything else."""
        return (
            len(word.folded) >= SHORTEST
            and word.folded.isascii()
            and word.folded.isalpha()
            and not self.usual(word.term)  # most words are: what follows takes longer
            and not (word.folded in STOP or word.folded in ORDINARY or word.folded in EVERYDAY or asks(word.folded))
            and not asks_mistyped(word.folded)
            and not (is_region(word.folded) or was_region(word.folded))
        )
