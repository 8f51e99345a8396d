"""A clause's text as words, numbers and signs, in pieces of about a sentence."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared.normal_forms import plain_figures
from shared.reference.text import unaccented

# Possessive, so that a long run of digits or letters is walked through once.
_TOKEN = re.compile(r"\d++(?:[ ]\d{3}(?!\d))*+(?:[.,]\d++)*+|[^\W\d_]++|\S")
# Portals lose line ends: «50 heureslot 06», «100 heuresLes modalités», «VRDoTranche 1» (a bullet that was drawn by an «o»).
_LOST_BULLET = re.compile(r"(?<=[^\W\d_])o(?=[A-Z][a-z])|(?<=\))o(?=[A-Z][a-z])")
_LOST_END = re.compile(r"(?<=[a-zéèêà)])(?=[A-ZÉÈÀ][a-zéèêà'])")
_GLUED_LOT = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,40}+)(?<=lot)(?= ?(?:no? ?)?\d)", re.IGNORECASE)
_ENDS_IN_LOT = frozenset(
    ("lot", "ilot", "îlot", "pilot", "ballot", "flot", "boulot", "hublot", "goulot", "plot", "sanglot")
)
_APOSTROPHE = re.compile(r"(?<=\d)'(?=\d{3}(?!\d))")
"""1'200 is how the Swiss and some spreadsheets write it."""
_FRACTION = re.compile(r"(?:(?<!\d)(\d{1,3}) ?)?([¼½¾])(?!\d)")
_TAG = re.compile(r"<[^<>]{0,300}>")
_LONGEST_PIECE = 400
"""Tokens. What is looked up within a piece costs up to its square, so that no text may be one piece."""
_LONGEST_NUMBER = 14
"""Characters of a number; what is longer is a reference or a telephone."""
_SMALL = {
    "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20,
}  # fmt: skip
_TENS = {
    "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "octante": 80, "huitante": 80,
    "nonante": 90,
}  # fmt: skip
_SCALES = {"mille": 1_000, "million": 1_000_000, "millions": 1_000_000}
_HUNDRED = ("cent", "cents")
_ABBREVIATIONS = frozenset(("art", "al", "cf", "ex", "env", "min", "max", "no", "p", "env", "approx", "nb"))


@dataclass(frozen=True, slots=True)
class Token:
    """A word (without accents, in lower case), number or sign; ``start`` and ``end`` are places in the cleaned text."""

    text: str
    start: int
    end: int
    number: Decimal | None = None
    spelt: bool = False
    """Whether the number is written in words."""
    spaced: bool = True
    """Whether anything stands between it and what was before."""


@dataclass(frozen=True, slots=True)
class Piece:
    """About a sentence, or a line of a list."""

    tokens: Sequence[Token]
    start: int
    end: int
    own_line: bool
    """Whether it begins a line."""


def cleaned(text: str) -> str:
    """Without markup, typographic signs in one form, blanks as one space; line ends stay."""
    plain = _TAG.sub(" ", text).replace("\x92", "'").replace("\r", "\n")
    # A few characters stand for whole sentences: the text grows by them, but not as often as somebody likes.
    plain = plain_figures(_FRACTION.sub(_in_decimals, plain).replace("n°", "no ").replace("N°", "no "))[
        : 2 * len(plain) + 100
    ]
    plain = _APOSTROPHE.sub(" ", plain.replace("\u2019", "'").replace("\u2018", "'"))
    plain = _GLUED_LOT.sub(_apart, _LOST_END.sub("\n", _LOST_BULLET.sub("\n", plain)))
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def _in_decimals(match: re.Match[str]) -> str:
    """«1½» → «1,5»."""
    return f"{int(match[1] or 0) + unicodedata.numeric(match[2])}".replace(".", ",")


def _apart(match: re.Match[str]) -> str:
    word = match[0]
    return word if word.lower() in _ENDS_IN_LOT else f"{word[:-3]}\n{word[-3:]}"


def pieces_of(text: str) -> list[Piece]:
    """A cleaned text in pieces."""
    tokens = _spelt(_tokens(text))
    pieces: list[Piece] = []
    begun = 0
    for index in range(len(tokens)):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if following is None or index - begun >= _LONGEST_PIECE or _ends(text, tokens, index, following):
            kept = tokens[begun : index + 1]
            own_line = "\n" in text[pieces[-1].end : kept[0].start] if pieces else True
            pieces.append(Piece(kept, kept[0].start, kept[-1].end, own_line))
            begun = index + 1
    return pieces


def _ends(text: str, tokens: Sequence[Token], index: int, following: Token) -> bool:
    token = tokens[index]
    if "\n" in text[token.end : following.start] or token.text in (";", "!", "?", "\u2022"):
        return True
    if token.text != ".":
        return False
    before = tokens[index - 1].text if index else ""
    # «L. 2112-2», «C.C.A.P.», «art. 3»
    return not (len(before) == 1 and before.isalpha()) and before not in _ABBREVIATIONS


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        written = match[0]
        if written[0].isdigit() and " " in written and _split_here(found, written):
            first, _, rest = written.partition(" ")
            at = match.start() + len(first)
            found.append(_number(first, match.start(), at, spaced=match.start() > last))
            found.append(_number(rest, at + 1, match.end(), spaced=True))
        elif written[0].isdecimal():
            found.append(_number(written, match.start(), match.end(), spaced=match.start() > last))
        else:
            found.append(Token(unaccented(written), match.start(), match.end(), spaced=match.start() > last))
        last = match.end()
    return found


def _split_here(found: Sequence[Token], written: str) -> bool:
    """«Lot 1 200 heures» is lot 1 and 200 hours."""
    before = [token.text for token in found[-2:]]
    names_lot = bool(before) and (
        before[-1] in ("lot", "lots") or (before[-1] == "no" and before[0] in ("lot", "lots"))
    )
    return names_lot and len(written.partition(" ")[0]) <= 2


def _number(written: str, start: int, end: int, *, spaced: bool) -> Token:
    return Token(written, start, end, _value(written), spaced=spaced)


def _value(written: str) -> Decimal | None:
    """1 200 · 1.200 · 1,5 · 1 200,50; None for what is no one number (1.3.2)."""
    if len(written) > _LONGEST_NUMBER:
        return None
    plain = written.replace(" ", "")
    if not plain.isascii():
        plain = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in plain)
    whole, *parts = re.split(r"[.,]", plain)
    if not parts:
        return Decimal(whole)
    if all(len(part) == 3 for part in parts) and len(whole) <= 3 and whole != "0":
        return Decimal(whole + "".join(parts))  # nobody writes an hour's or a share's thousandths
    return Decimal(f"{whole}.{parts[0]}") if len(parts) == 1 else None


def _spelt(tokens: Sequence[Token]) -> list[Token]:
    """Numbers in words as numbers: «mille deux cents», «vingt-et-un», «deux cent cinquante»."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        value, length = _spelt_at(tokens, index)
        if length:
            first, last = tokens[index], tokens[index + length - 1]
            found.append(Token(first.text, first.start, last.end, Decimal(value), spelt=True, spaced=first.spaced))
            index += length
        else:
            found.append(tokens[index])
            index += 1
    return found


def _spelt_at(tokens: Sequence[Token], start: int) -> tuple[int, int]:
    """(value, number of tokens) of a number in words that begins here; (0, 0) where none does."""
    total = group = length = 0
    last = 0
    index = start
    while index < len(tokens) and index < start + 20:
        word = tokens[index].text
        if word in ("-", "et") and length and index + 1 < len(tokens) and _part(tokens[index + 1].text) == "small":
            # «vingt et un» is one number, «cent et deux cents» are two, «un et deux» as well.
            if word == "et" and last < 20:
                break
            index += 1
            continue
        kind = _part(word)
        if kind == "small" and (last == 0 or last >= 20 or (last == 10 and _SMALL[word] >= 7) or last == 4):
            value = _SMALL[word]
            if value == 20 and last == 4:
                group, last = group - 4 + 80, 80
            elif last == 4 or (last in range(1, 20) and last != 10):
                break
            else:
                group, last = group + value, max(value, 1)
        elif kind == "tens" and (last == 0 or last >= 100):
            group, last = group + _TENS[word], _TENS[word]
        elif kind == "hundred" and (last < 10 or last >= 1_000):
            # «deux cents», and «deux mille cent»
            ones = last if 0 < last < 10 else 0
            group, last = group - ones + (ones or 1) * 100, 100
        elif kind == "scale" and (group or word == "mille"):
            total, group, last = total + max(group, 1) * _SCALES[word], 0, 1_000
        else:
            break
        index += 1
        length = index - start
    return (total + group, length) if length else (0, 0)


def _part(word: str) -> str | None:
    if word in _SMALL:
        return "small"
    if word in _TENS:
        return "tens"
    if word in _HUNDRED:
        return "hundred"
    return "scale" if word in _SCALES else None


def texts_at(tokens: Sequence[Token], start: int, count: int) -> list[str]:
    """What ``count`` tokens say from ``start`` on, as far as there are any."""
    return [token.text for token in tokens[max(start, 0) : max(start + count, 0)]]
