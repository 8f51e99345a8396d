"""A text without the person, or without where they are found: names, links, addresses, numbers are hidden, the rest is read.

Names are of every writing: signs that belong to a letter (vowels of Indic writings, tones) are a part of its word, and where no
blanks stand between words (Chinese, Thai …) each sign is one, so that a name is found inside a sentence.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import dropwhile, pairwise

from services.profiles.domain.home import Home
from shared.contact_points import without_contact
from shared.once import read_once
from shared.reference.text import unaccented

HIDDEN = "[…]"
"""Stands where a text would name the person."""
_UNSPACED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese."""
_STROKES = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "ŀ": "l", "þ": "th", "ـ": None}
)
"""Letters that have no accent to take off and are typed without their stroke; the stretch of Arabic."""
_WRITINGS = 0x20000
"""Behind it come more Chinese signs, which have no marks."""
_POINTS = re.compile("[\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
"""Vowels of Hebrew and Arabic, which are written or not."""
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


@read_once
def _word() -> re.Pattern[str]:
    """A word, with the signs that belong to its letters."""
    marks = "".join(one for one in map(chr, range(_WRITINGS)) if unicodedata.category(one)[0] == "M")
    with_marks = f"{marks}\u200c\u200d"
    return re.compile(rf"[{_UNSPACED}][{marks}]*|(?![{_UNSPACED}])\w(?:(?![{_UNSPACED}])\w|[{with_marks}])*")


def _folded(word: str) -> str:
    plain = unaccented(word)
    return plain if plain.isascii() else _POINTS.sub("", plain).translate(_STROKES)


def _is_unspaced(word: str) -> bool:
    return re.match(f"[{_UNSPACED}]", word) is not None


def hider(first_name: str, last_name: str) -> Callable[[str], str]:
    """What hides that person in a text. Its cost grows with the text's length."""
    first, last = _words(first_name), _words(last_name)
    orders = [one for one in ([*first, *last], [*last, *first]) if one]
    telling = {word for word in [*first, *last] if len(word) > 1 and word not in _PARTICLES and not _is_unspaced(word)}
    # «JeanPierre», «ONeil»: one word where the name is two.
    telling |= {"".join(name) for name in (first, last) if len(name) > 1 and not any(map(_is_unspaced, name))}
    alone = [name for name in (first, last) if len(name) > 1 and all(map(_is_unspaced, name))]
    beside = {pair for order in orders for pair in pairwise(order)}
    whole = unaccented(f"{first_name} {last_name}").strip()

    def hide(text: str) -> str:
        text = without_contact(text, HIDDEN)
        if not orders:  # a name of signs
            return HIDDEN if whole and whole in unaccented(text) else text
        found = list(_word().finditer(text))
        words = [_folded(one[0]) for one in found]
        hidden = [word in telling for word in words]
        for order in alone if telling else [*orders, *alone]:
            _mark(words, order, hidden)
        _spread(words, hidden, beside)
        return _written(text, found, hidden)

    return hide


def whereabouts_hider(home: Home | None) -> Callable[[str], str]:
    """What hides links, addresses and numbers in a text, and the street or hamlet of ``home``; its commune may be read."""
    streets = [] if home is None else list(_streets(home))

    def hide(text: str) -> str:
        text = without_contact(text, HIDDEN)
        found = list(_word().finditer(text))
        words = [_folded(one[0]) for one in found]
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
    return [_folded(word) for word in _word().findall(name)]


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
