"""What is seen of a text: hidden characters go, letters in fancy shapes become plain, blanks and line ends are one way."""

import re
import unicodedata
from functools import lru_cache

from shared.normal_forms import is_normal, normal

# Letters that fonts draw as nothing (Hangul fillers, the blank Braille pattern).
_EMPTY_LETTERS = frozenset("ᅟᅠㅤﾠ⠀")
# Marks without a shape: the grapheme joiner and the Mongolian vowel separator.
_SHAPELESS = frozenset("͏᠎")
_ANY_SHAPELESS = re.compile(f"[{''.join(_SHAPELESS)}]")
# Persian, Indic scripts and emoji need these between two visible characters; between Latin letters they only hide.
_JOINERS = frozenset("\u200c\u200d")
# Letters and digits in the shape of bold, script, full-width or circled ones, as people paste them to be seen. Read aloud each is
# «mathematical bold capital m», and no search finds the word.
_FOR_SHOW = re.compile(
    "[\U0001d400-\U0001d7ff\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u24b6-\u24e9\U0001f130-\U0001f149]+"
)
_BEYOND_LATIN = re.compile("[^\x00-\u02ff\u2010-\u205f\u20a0-\u20cf]")
"""What is no Latin letter, punctuation or currency: of those none combines, is written in two ways, or is a letter for show."""
MOST_MARKS = 5
"""Drawn on one letter. Burmese has five, Hebrew with its signs for reading aloud four; thirty, which normal forms leave
(``shared.normal_forms``), stand over the lines above and below: in a title, over other people's offers.
"""
_FAR = re.compile("[\U00010000-\U0001efff]")
_RUN = re.compile(f"[\u0300-\U0001efff]{{{MOST_MARKS + 1}}}")


def _tower(end: int) -> re.Pattern[str]:
    runs: list[list[int]] = []
    for code in (code for code in range(0x300, end) if unicodedata.category(chr(code)) in ("Mn", "Me")):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    marks = "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)
    more = f"(?:[{''.join(_JOINERS)}]?[{marks}])"
    return re.compile(f"([{marks}]{more}{{{MOST_MARKS - 1}}}){more}+")


# Beyond the first plane a set is looked through run by run: only where there may be a tower.
_TOWER, _TOWER_WITH_FAR = _tower(0x10000), _tower(0x1F000)
_LINE_ENDS = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
# The French put a no-break space before « : ; ! ? »; it stays where it stands alone.
_SPACES = re.compile(r"\s{2,}|[^\S\xa0\u202f]")
_MARGINS = re.compile(r"[^\S\n]+(?=\n)|[^\S\n]+\Z")


def visible(text: str) -> bool:
    """Whether anybody sees anything: a letter, digit, sign or symbol."""
    if text[:1].isascii() and text[:1].isalnum():  # so begin nearly all
        return True
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _EMPTY_LETTERS for one in text)


@lru_cache(maxsize=4_096)
def _hidden(one: str) -> bool:
    code = ord(one)
    return (
        unicodedata.category(one) in ("Cc", "Cf", "Cs")
        or one in _SHAPELESS
        or 0xFDD0 <= code <= 0xFDEF  # noncharacters: XML 1.0 refuses some of them, nobody needs any
        or code & 0xFFFE == 0xFFFE
    )


def without_hidden(text: str) -> str:
    """Without control, format, direction and other invisible characters; line ends and tabs stay."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        # All of the hidden ones are unprintable but these.
        return text if text.isascii() else _ANY_SHAPELESS.sub("", text)
    kept = []
    for index, one in enumerate(text):
        if one in "\n\t" or not _hidden(one):
            kept.append(one)
        elif one in _JOINERS and 0 < index < len(text) - 1:
            before, after = text[index - 1], text[index + 1]
            if ord(before) > 0x2FF and ord(after) > 0x2FF and not _hidden(before) and not _hidden(after):
                kept.append(one)
    return "".join(kept)


def _towers_of(text: str) -> re.Pattern[str]:
    return _TOWER if _FAR.search(text) is None or _RUN.search(text) is None else _TOWER_WITH_FAR


def _seen_whole(text: str) -> bool:
    """Whether it is of one line and composed, in plain letters, and every character of it is seen: so are nearly all."""
    if not text.isprintable():
        return False
    if text.isascii() or not _BEYOND_LATIN.search(text):
        return True
    odd = _ANY_SHAPELESS.search(text) or _FOR_SHOW.search(text) or _towers_of(text).search(text)
    return is_normal("NFC", text) and not odd


def _plain(text: str) -> str:
    """Composed, in plain letters, none under more marks than any script draws on one: «𝗠𝗮𝗰̧𝗼𝗻» → «Maçon»."""
    plain = normal("NFC", _FOR_SHOW.sub(lambda found: normal("NFKC", found[0]), text))
    return _towers_of(plain).sub(r"\1", plain)


def clean_line(text: str) -> str:
    """One line: composed plain letters (NFC), nothing hidden, each run of blanks one space, none at the ends."""
    if "  " not in text and _seen_whole(text):
        return text.strip()
    unbroken = without_hidden(_LINE_ENDS.sub(" ", text).replace("\t", " "))
    return _SPACES.sub(" ", _plain(unbroken)).strip()


def clean_prose(text: str) -> str:
    """Several lines: as a line, but line ends (``\\n``) and the writer's own spacing stay."""
    if _seen_whole(text):
        return text.strip()
    text = without_hidden(_LINE_ENDS.sub("\n", text))
    return _MARGINS.sub("", _plain(text)).strip()
