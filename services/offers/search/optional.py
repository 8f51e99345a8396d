"""What somebody would only like: «gardien d'immeuble, logement si possible», «cariste, idéalement avec prime»."""

from collections.abc import Callable, Sequence

from services.offers.search.words import Word

PAUSES = frozenset(",.;:!?\n…")
_MARKS = frozenset({("si", "possible"), ("de", "preference"), ("serait", "bien"), ("un", "plus")})
_MARKING = frozenset({"bienvenu", "bienvenue", "eventuellement", "idealement"})
_ELSE = frozenset({"defaut", "ou", "sinon"})
"""With these something would do as well, and what stands before is meant."""


def optional(
    text: str, words: Sequence[Word], asked: Sequence[Word], names_work: Callable[[str], bool]
) -> tuple[Word, ...]:
    """Of the words that are asked for, those between pauses within which somebody says that they only like it; none where the
    first is among them, which is what people look for, or the others name no work."""
    folded = [word.folded for word in words]
    marked = [
        at
        for at, word in enumerate(folded)
        if word in _MARKING or (at + 1 < len(folded) and (word, folded[at + 1]) in _MARKS)
    ]
    if not marked or len(asked) < 2 or not _ELSE.isdisjoint(folded):
        return ()
    liked: set[int] = set()
    for at in marked:
        start, end = at, at + 1
        while start > 0 and not paused(text, words, start):
            start -= 1
        while end < len(words) and not paused(text, words, end):
            end += 1
        liked.update(word.start for word in words[start:end])
    kept = [word for word in asked if word.start not in liked]
    if not kept or asked[0].start in liked or not names_work(" ".join(word.folded for word in kept)):
        return ()
    return tuple(word for word in asked if word.start in liked)


def paused(text: str, words: Sequence[Word], at: int) -> bool:
    """Whether a sentence pauses before a word."""
    return not PAUSES.isdisjoint(text[words[at - 1].end : words[at].start])
