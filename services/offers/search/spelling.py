"""Typing errors: the known word that an unknown one probably is."""

from collections.abc import Callable, Iterable
from itertools import product

from services.offers.search.vocabulary import Vocabulary
from services.offers.search.words import Word
from shared.reference.titles import FEMININE

SHORTEST = 4
_FIRST_COUNTS = 5
"""A word of so few letters whose first is another is another word: «haies» is no «paie»."""
RARE = 2
"""A word that so few offers have may itself be a typing error, if its neighbour is so many times commoner."""
_COMMONER = 20


def correction(
    word: Word,
    seen: int,
    vocabularies: Iterable[Vocabulary],
    written: int = 0,
    fits: Callable[[str], bool] = lambda _: True,
) -> str | None:
    """The known term one error away (two in long words), the commonest of the nearest; None when there is none.

    ``seen``: in how many offers the word occurs as it was typed; ``written``: in how many texts of offers (a word of
    texts that no title has is none that was mistyped); ``vocabularies``: known terms and how common each is; ``fits``: whether
    a term goes with the other words («assistante materelle» is «maternelle», «materielle» is as near and commoner).
    """
    term = word.term
    if len(term) < SHORTEST or any(letter.isdigit() for letter in term) or seen > RARE:
        return None
    least = max(seen, written if written > RARE else 0) * _COMMONER
    best: tuple[int, bool, bool, bool, int, str] | None = None
    # A mistyped feminine has no masculine that would be near: «auxiliere».
    forms = dict.fromkeys((term, word.folded))
    for vocabulary, form in product(vocabularies, forms):
        for candidate, distance in vocabulary.near(form):
            common = vocabulary[candidate]
            if candidate in forms or len(candidate) < SHORTEST or common < least:
                continue
            if len(form) <= _FIRST_COUNTS and candidate[0] not in form[:2]:
                continue
            # The first letter is seldom wrong, and letters are left out rather than mistaken: «boulangri» is «boulangerie».
            rank = (
                distance,
                not fits(candidate),
                candidate[0] != term[0],
                not _left_out(form, candidate),
                -common,
                candidate,
            )
            if best is None or rank < best:
                best = rank
    return best[-1] if best else None


def _left_out(typed: str, meant: str) -> bool:
    """Whether a word is another one without some of its letters."""
    letters = iter(meant)
    return len(typed) < len(meant) and all(letter in letters for letter in typed)


def as_typed(typed: str, meant: str) -> str:
    """The meant term in the sex that was typed: «vandeuse» is «vendeuse», though titles are known as masculine."""
    for feminine, masculine in FEMININE:
        if typed.endswith(feminine) and meant.endswith(masculine):
            return meant[: -len(masculine)] + feminine
    return meant
