"""Words written so that none is found: in letters of another alphabet, with invisible signs, spaced out, with figures.

They are read as what a person reads. Every character keeps its place, so that words can be quoted as they were written; what is
read shorter than it was written is filled up with blanks. A word that is all of another alphabet is no French, and stays foreign.
"""

import re

from shared.reference.condition_words import kind_of

CYRILLIC = "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0455\u0458"
GREEK = "\u03b1\u03b2\u03b5\u03b9\u03ba\u03bf\u03c1\u03c4\u03c5\u03bd\u03c7"
LOOK_ALIKES = dict(zip(map(ord, CYRILLIC + GREEK), "ABEKMHOPCTYXISJABEIKOPTUVX", strict=True))
"""Cyrillic and Greek letters that are read as Latin ones, which are capitals until it is known of what word they are."""
HIDDEN = "\x00"
UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0x00AD, 0x034F, 0x180E), HIDDEN)
"""Signs without width, by what stands for each until words are put together."""
FOREIGN = "\x01"
"""Stands for a letter of another alphabet that looks like no Latin one."""
_MIXED = re.compile(r"(?<![\w\x01])[\w\x01]*[A-Z\x01][\w\x01]*")
_BROKEN_UP = re.compile(r"(?<![\w\x00])\w*\x00[\w\x00]*")


def put_together(folded: str) -> str:
    """A text with signs of ``LOOK_ALIKES``, ``UNSEEN`` and ``FOREIGN``, in small Latin letters alone."""
    if HIDDEN in folded:
        folded = _BROKEN_UP.sub(lambda found: _filled(found[0].replace(HIDDEN, ""), len(found[0])), folded)
        folded = folded.replace(HIDDEN, " ")
    return _MIXED.sub(_latin, folded)


def _latin(found: re.Match[str]) -> str:
    word = found[0]
    return word.lower() if FOREIGN not in word and word.upper() != word else " " * len(word)


def _filled(word: str, length: int) -> str:
    return word + " " * (length - len(word))


_GAP = r"(?: ?[.*_-] ?| )"
_SPACED = re.compile(rf"(?<![a-z0-9'])[a-z](?:{_GAP}|(?: ?' ?))[a-z](?:(?:{_GAP}| ?' ?|  )[a-z])+(?![a-z0-9'])")
_SHORTEST = 4
_LETTERS_APART = re.compile(r" [a-z][ .*_-][a-z][ .*_-][a-z][ .*_-]")
_FIGURED = tuple(re.compile(rf"{figure}(?<=[a-z]{figure})[a-z]") for figure in "0134")
"""Between letters. One sign is looked for twenty times faster than one of several."""
_WITH_FIGURES = re.compile(r"(?<![a-z0-9])[a-z]+(?:[0134]+[a-z]+)+(?![a-z0-9])")
_AS_LETTERS = str.maketrans("0134", "oiea")
_NOUGHTS = re.compile(r"(?<![a-z0-9])\d+o+(?![a-z0-9])")


def as_read(folded: str) -> str:
    """Letters that stand apart are words, figures in known words are letters, letters in numbers are figures."""
    if _LETTERS_APART.search(folded) is not None or _LETTERS_APART.match(f" {folded[:8]}") is not None:
        folded = _SPACED.sub(_closed_up, folded)
    for one in _FIGURED:
        if one.search(folded) is not None:
            folded = _WITH_FIGURES.sub(_in_letters, folded)
            break
    if "o ans" in folded or "o€" in folded or "o €" in folded or "o euro" in folded:
        folded = _NOUGHTS.sub(lambda found: found[0].replace("o", "0"), folded)
    return folded


def _closed_up(found: re.Match[str]) -> str:
    # Two blanks part words where one parts letters.
    parts = [re.sub(r"[ .*_-]", "", part) for part in found[0].split("  ")]
    # «r é s i d e n c e à Guéret»
    parts = [f"{part[:-1]} {part[-1]}" if part[-1:] in "ay" and _known(part[:-1]) else part for part in parts]
    if not any(_known(word) for part in parts for word in re.split("[' ]", part)):
        return found[0]  # «S.A.R.L.», «permis A B C D»
    return _filled(" ".join(parts), len(found[0]))


def _known(word: str) -> bool:
    return len(word) >= _SHORTEST and kind_of(word) is not None


def _in_letters(found: re.Match[str]) -> str:
    word = found[0].translate(_AS_LETTERS)
    return word if _known(word) else found[0]
