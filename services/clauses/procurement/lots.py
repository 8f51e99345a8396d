"""Lots that a sentence names, and which of them a number belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.clauses.procurement.words import Token

_MOST_LOTS = 200
_ROMAN = frozenset(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"))
_BETWEEN = frozenset((",", "et", "-", "&", "/", "+"))
_PASSED = frozenset(("no", "numero", "numeros", "n", "°", "(", "s", ")", "nos"))


@dataclass(frozen=True)
class Named:
    """Lots that stand together («lots 1, 2 et 4»), from token ``first`` up to, not including, ``after``."""

    lots: tuple[str, ...]
    first: int
    after: int


def lots_in(tokens: Sequence[Token], text: str, measured: frozenset[int]) -> list[Named]:
    """What is named, in order. ``measured``: indices of numbers that a unit follows, which are no lots."""
    found: list[Named] = []
    index = 0
    while index < len(tokens):
        if tokens[index].text in ("lot", "lots"):
            named = _named(tokens, text, index, measured)
            if named is not None:
                found.append(named)
                index = named.after
                continue
        index += 1
    return found


def _named(tokens: Sequence[Token], text: str, first: int, measured: frozenset[int]) -> Named | None:
    index = first + 1
    while index < len(tokens) and index < first + 5 and tokens[index].text in _PASSED:
        index += 1
    lots: list[str] = []
    after = index
    while index < len(tokens) and len(lots) < _MOST_LOTS:
        lot, length = _lot(tokens, text, index, measured)
        if lot is None:
            break
        index += length
        after = index
        lots.append(lot)
        separator = tokens[index].text if index < len(tokens) else ""
        if separator == "a" and index + 1 < len(tokens):
            last, length = _lot(tokens, text, index + 1, measured)
            if last is not None and last.isdigit() and lot.isdigit() and int(lot) < int(last) < int(lot) + 100:
                lots += [str(one) for one in range(int(lot) + 1, int(last) + 1)]
                index += 1 + length
                after = index
                separator = tokens[index].text if index < len(tokens) else ""
        while index < len(tokens) and tokens[index].text in (*_BETWEEN, "lot", "lots", *_PASSED) and index < after + 4:
            if tokens[index].text in (")", "("):
                break
            index += 1
        if index == after:
            break
    return Named(tuple(dict.fromkeys(lots)), first, after) if lots else None


def _lot(tokens: Sequence[Token], text: str, index: int, measured: frozenset[int]) -> tuple[str | None, int]:
    """(its number as people write it, how many tokens) of a lot that stands here."""
    if index >= len(tokens) or index in measured:
        return None, 0
    token = tokens[index]
    if token.number is not None:
        if token.number != int(token.number) or not 0 < token.number < 1_000 or " " in token.text:
            return None, 0
        letter = tokens[index + 1] if index + 1 < len(tokens) else None
        if letter is not None and len(letter.text) == 1 and letter.text.isalpha() and _suffix(text, letter):
            return f"{int(token.number)}{letter.text.upper()}", 2
        return str(int(token.number)), 1
    written = text[token.start : token.end]
    if written.isupper() and (len(written) == 1 or token.text in _ROMAN):
        return written, 1
    return None, 0


def _suffix(text: str, letter: Token) -> bool:
    """«1A», «10 A», but not «1 a»."""
    return not letter.spaced or text[letter.start].isupper()


def lots_of(
    tokens: Sequence[Token], numbers: Sequence[tuple[int, int]], named: Sequence[Named], *, respectively: bool
) -> list[Named | None]:
    """For each number, at tokens (first, last), the lots that it is for.

    French names the lot before the hours («lot 1 : 60 h et lot 4 : 35 h») or after them («60 h pour le lot 1 et 35 h pour le
    lot 4»); whichever stands first in the sentence tells, but for a sum («1 200 h, lot 1 : 700 h»).
    """
    if not named or not numbers:
        return [None] * len(numbers)
    together = [lot for one in named for lot in one.lots]
    if len(numbers) > 1 and len(together) == len(numbers) and (respectively or len(named) == 1):
        return [Named((lot,), named[0].first, named[-1].after) for lot in together]
    firsts = {first for first, _ in numbers}
    heads = any(one.after + 1 in firsts and tokens[one.after].text in (":", "=") for one in named)
    before = heads or named[0].first < numbers[0][0]
    found: list[Named | None] = []
    for index, (first, last) in enumerate(numbers):
        if before:
            earlier = [one for one in named if one.after <= first]
            found.append(earlier[-1] if earlier else None)
        else:
            end = numbers[index + 1][0] if index + 1 < len(numbers) else None
            later = [one for one in named if one.first > last and (end is None or one.first < end)]
            found.append(later[0] if later else None)
    return found
