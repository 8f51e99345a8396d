"""Something that may be meant by who types, and what was typed, taken apart."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.offers.search.beginnings import OfferTitles
from services.offers.search.chips import Parameters
from services.offers.search.intent import Understood
from services.offers.search.offered import Offered
from services.offers.search.reading import Reading
from services.offers.search.rows import Rows
from services.offers.search.trades import Trades
from services.offers.search.words import Word, words_of

_MOST_WORDS = 5
"""So many of the last words may be one thing that is not finished."""
ARTICLES = frozenset({"l", "la", "le", "les", "un", "une"})
DENYING = frozenset({"ni", "pas", "sans"})
_APOSTROPHES = "'’"


class SuggestionKind(StrEnum):
    """What a suggestion names."""

    OCCUPATION = "occupation"
    TITLE = "title"
    FILTER = "filter"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``q`` is the whole question with it; ``code`` a ROME or INSEE code; ``offers`` how many are there now of what was asked so
    far; ``parameters`` of the search say a filter or a place outright."""

    kind: SuggestionKind
    label: str
    q: str
    code: str | None = None
    offers: int | None = None
    parameters: Parameters | None = None


@dataclass(frozen=True)
class Now:
    """The search as it is at this moment, for one caller.

    ``offered``: what there is of what finished words ask; ``read``: how a question is read; ``understand``: the same without
    what its words mean; ``saying``: the offers that say a word; ``correct``: the word that one stands for; ``departments``:
    where the caller is.
    """

    titles: OfferTitles
    trades: Trades
    offered: Callable[[str], Offered]
    read: Callable[[str], Reading | None]
    understand: Callable[[str], Understood]
    saying: Callable[[str], Rows]
    correct: Callable[[str], str | None]
    departments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """``head``: what is finished; ``tail``: what may be gone on with; ``words``: how many words the tail has."""

    head: str
    tail: str
    words: tuple[Word, ...]

    def gone_on(self, text: str) -> str:
        """The whole question with the tail gone on with."""
        return f"{self.head}{'' if not self.head or self.head[-1] in _APOSTROPHES else ' '}{text}"


def splits_of(q: str) -> Iterator[Typed]:
    """The longest tail first: all that was typed, then the last five words to one."""
    words = words_of(q)
    for length in dict.fromkeys((len(words), *range(min(_MOST_WORDS, len(words)), 0, -1))):
        # What follows a hyphen goes on a name: behind «Deuil-la-» no town begins.
        if length and not (length < len(words) and q[: words[-length].start].endswith("-")):
            start = words[-length].start if length < len(words) else 0
            head = q[:start].strip()
            yield Typed(head, q[start:].strip(), tuple(words[-length:]))


def without_article(split: Typed) -> Typed:
    """An article that a place's own name has is no word before it."""
    words = words_of(split.head)
    return Typed("", split.tail, split.words) if all(word.folded in ARTICLES for word in words) else split


def denies(head: str) -> bool:
    """Whether finished words leave out what follows: «pas de»."""
    return not DENYING.isdisjoint(word.folded for word in words_of(head)[-2:])
