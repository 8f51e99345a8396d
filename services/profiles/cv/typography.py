"""French typography of what people typed: their words stay, only spaces and what no page has room for are mended."""

import re
import unicodedata
from collections.abc import Iterable

from shared import civil
from shared.normal_forms import normal
from shared.visible import clean_line, clean_prose

_THIN, _FIXED = "\u202f", "\u00a0"
_BEFORE_HIGH = re.compile(r"[ \u00a0](?=[;!?](?:\W|$))")
_BEFORE_COLON = re.compile(r" (?=[:»%€](?:\W|$))")
_AFTER_OPENING = re.compile(r"« ")
_HYPHENS = re.compile(r"(?<=\s)-(?=\s)")
_UNBROKEN = re.compile(r"[^\s\u200b-]{10,}")
_LONGEST_WORD, _PIECE = 11.0, 6.0
"""In ems, guessed from the kind of letter: the narrowest column has room for eleven; words of a language are hyphenated."""
_LIGATURES = range(0xFB50, 0xFE00), range(0xFE70, 0xFEFF)
"""Arabic presentation forms: one of them (U+FDFD) is a whole sentence in one character, as wide as the page."""


def line(text: str) -> str:
    """One line as it is set."""
    return _set(clean_line(_plain(text)))


def prose(text: str) -> list[str]:
    """The lines of a text as they are set, without empty ones."""
    return [_set(one.strip()) for one in clean_prose(_plain(text)).split("\n") if one.strip()]


def shortened(text: str, most: int) -> str:
    """The text, or its beginning up to the end of a word, with «…»; a word longer than that is cut where it must be."""
    if len(text) <= most:
        return text
    kept = text[: max(most - 1, 0)]
    if (space := max(kept.rfind(" "), kept.rfind("\n"))) > most // 2:
        kept = kept[:space]
    # A mark that belongs to the last letter stays with it.
    return kept.rstrip(" ,;:.–-\u00a0\u202f\u200b") + "…"


def unbroken(text: str) -> str:
    """With places (U+200B) where a word may break that is longer than any."""
    return _UNBROKEN.sub(lambda word: "\u200b".join(_pieces(word[0])), text)


def _width(one: str) -> float:
    if unicodedata.combining(one):
        return 0.0
    return 0.5 if one.isascii() and not one.isupper() else 0.55 if one.islower() else 1.1


def when(begin: str | None, end: str | None) -> str:
    """«mars 2019 – juin 2021», «depuis 2020», «2018»."""
    if begin is None:
        return "" if end is None else f"jusqu’en {_moment(end)}"
    if end is None:
        return f"depuis {_moment(begin)}"
    return _moment(begin) if begin == end else f"{_moment(begin)} – {_moment(end)}"


def duration(months: int) -> str:
    """«8 mois», «1 an et 6 mois», «12 ans»."""
    years, rest = divmod(months, 12)
    if years >= 3 or rest == 0:
        rest = 0
    parts = [f"{years}{_FIXED}an{'s' if years > 1 else ''}"] if years else []
    parts += [f"{rest}{_FIXED}mois"] if rest else []
    return " et ".join(parts)


def listed(words: Iterable[str]) -> str:
    """«A, B et C»."""
    *before, last = words
    return f"{', '.join(before)} et {last}" if before else last


def _moment(text: str) -> str:
    return text if len(text) == 4 else civil.month_in_words(text)


def _set(text: str) -> str:
    text = _BEFORE_HIGH.sub(_THIN, text)
    text = _BEFORE_COLON.sub(_FIXED, text)
    text = _AFTER_OPENING.sub(f"«{_FIXED}", text)
    return _HYPHENS.sub("–", text)


def _plain(text: str) -> str:
    if text.isascii():
        return text
    wide = (any(ord(one) in forms for forms in _LIGATURES) for one in text)
    return "".join(normal("NFKC", one) if shaped else one for one, shaped in zip(text, wide, strict=True))


def _pieces(word: str) -> list[str]:
    if sum(map(_width, word)) <= _LONGEST_WORD:
        return [word]
    pieces, room = [""], _PIECE
    for one in word:
        if room < _width(one):
            pieces.append("")
            room = _PIECE
        pieces[-1] += one
        room -= _width(one)
    return pieces
