"""A text without the person, or without where they are found: names, links, addresses, numbers are hidden, the rest is read."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, pairwise

from services.profiles.domain.home import Home
from shared.contact_points import without_contact
from shared.reference.text import unaccented

HIDDEN = "[…]"
"""Stands where a text would name the person."""
_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"[,;\n]|\b\d{5}\b")
_OF_NUMBERS = frozenset({"bis", "ter", "quater"})
_PARTICLES = frozenset(
    {
        *(
            "al",
            "abou",
            "aux",
            "ben",
            "bin",
            "bint",
            "bou",
            "da",
            "das",
            "de",
            "del",
            "della",
            "den",
            "der",
            "des",
            "di",
        ),
        *("do", "dos", "du", "el", "et", "ibn", "la", "las", "le", "les", "los", "san", "santa", "ter", "van", "von"),
        *("y", "zu"),
    }
)
"""They belong to a name only beside another word of it; elsewhere they are French."""


def hider(first_name: str, last_name: str) -> Callable[[str], str]:
    """What hides that person in a text. Its cost grows with the text's length."""
    first, last = _words(first_name), _words(last_name)
    orders = [one for one in ([*first, *last], [*last, *first]) if one]
    telling = {word for word in [*first, *last] if len(word) > 1 and word not in _PARTICLES}
    beside = {pair for order in orders for pair in pairwise(order)}
    whole = unaccented(f"{first_name} {last_name}").strip()

    def hide(text: str) -> str:
        text = without_contact(text, HIDDEN)
        if not orders:  # a name of signs
            return HIDDEN if whole and whole in unaccented(text) else text
        found = list(_WORD.finditer(text))
        words = [unaccented(one[0]) for one in found]
        hidden = [word in telling for word in words]
        if not telling:
            for order in orders:
                _mark(words, order, hidden)
        _spread(words, hidden, beside)
        return _written(text, found, hidden)

    return hide


def whereabouts_hider(home: Home | None) -> Callable[[str], str]:
    """What hides links, addresses and numbers in a text, and the street or hamlet of ``home``; its commune may be read."""
    streets = [] if home is None else list(_streets(home))

    def hide(text: str) -> str:
        text = without_contact(text, HIDDEN)
        found = list(_WORD.finditer(text))
        words = [unaccented(one[0]) for one in found]
        hidden = [False] * len(words)
        for street in streets:
            _mark(words, street, hidden)
        return _written(text, found, hidden)

    return hide


def _streets(home: Home) -> Iterator[list[str]]:
    """Each part of the address with its number and without, less the commune that may stand behind it."""
    commune = _words(home.commune_name)
    for part in _PARTS.split(home.address or ""):
        words = _words(part)
        if words[-len(commune) :] == commune:
            words = words[: -len(commune)]
        street = list(dropwhile(lambda word: word[0].isdigit() or word in _OF_NUMBERS, words))
        # «France» and a lone letter of a building are no place to find anybody, and stand in many a text.
        if street != ["france"] and any(len(word) > 2 for word in street):
            yield words
            yield street


def _words(name: str) -> list[str]:
    return [unaccented(word) for word in _WORD.findall(name)]


def _mark(words: Sequence[str], order: Sequence[str], hidden: list[bool]) -> None:
    for at in range(len(words) - len(order) + 1):
        if words[at : at + len(order)] == order:
            hidden[at : at + len(order)] = [True] * len(order)


def _spread(words: Sequence[str], hidden: list[bool], beside: set[tuple[str, str]]) -> None:
    """Particles and initials beside a hidden word, as they stand in the name."""
    for at in range(1, len(words)):
        hidden[at] = hidden[at] or (hidden[at - 1] and (words[at - 1], words[at]) in beside)
    for at in range(len(words) - 2, -1, -1):
        hidden[at] = hidden[at] or (hidden[at + 1] and (words[at], words[at + 1]) in beside)


def _written(text: str, found: Sequence[re.Match[str]], hidden: Sequence[bool]) -> str:
    kept: list[str] = []
    end = 0
    before = False
    for word, hide in zip(found, hidden, strict=True):
        between = text[end : word.start()]
        # Words of a name that follow each other are one gap: how many there were names somebody, too.
        if not (hide and before and not between.strip(" \u00a0-'’")):
            kept += [between, HIDDEN if hide else word[0]]
        end, before = word.end(), hide
    return "".join(kept) + text[end:]
