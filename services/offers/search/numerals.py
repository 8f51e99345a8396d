"""Numbers that were said and not typed: «trente-cinq heures», «mille huit cents euros», «vingt et un»."""

from collections.abc import Sequence

from services.offers.search.words import Word

_ONES = ("zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
         "quatorze", "quinze", "seize")  # fmt: skip
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
         "nonante": 90}  # fmt: skip
_VALUES = {word: value for value, word in enumerate(_ONES)} | _TENS | {"une": 1}
_TIMES = {"cent": 100, "cents": 100, "mille": 1_000}
SINGLE = {word: str(value) for word, value in (_VALUES | _TIMES).items() if value > 1}
"""Folded words that are a number by themselves; «un» is an article."""


def with_numerals(text: str, words: list[Word]) -> list[Word]:
    """The words with each number of several as one word of its digits."""
    if len(words) < 2 or not any(word.folded in SINGLE for word in words):
        return words
    found: list[Word] = []
    at = 0
    while at < len(words):
        end, value = _number(words, at)
        if end > at + 1:
            first, last = words[at], words[end - 1]
            found.append(Word(text[first.start : last.end], str(value), first.start, last.end))
            at = end
        else:
            found.append(words[at])
            at += 1
    return found


def _number(words: Sequence[Word], start: int) -> tuple[int, int]:
    """Where the longest number that begins here ends, and its value; its start where there is none."""
    total = part = 0
    last = 1_000_000  # what the next word has to be smaller than
    at = start
    while at < len(words):
        folded = words[at].folded
        if folded == "et" and at > start and part % 10 == 0 and part >= 20 and _of(words, at + 1) in (1, 11):
            at += 1
            continue
        if folded in _TIMES:
            times = _TIMES[folded]
            if times == 1_000:
                total, part = (total + max(part, 1)) * 1_000, 0
            elif part >= 100:
                break
            else:
                part = max(part, 1) * 100
            last = times
        elif folded in _VALUES and (at > start or folded not in ("un", "une")):
            value = _VALUES[folded]
            eighty = value == 20 and part % 100 == 4
            if eighty:
                part += 76
            elif value < last or (at == start):
                if value >= 20 and part % 100:
                    break
                if value < 20 and part % 10 and not (value >= 10 and part % 100 in (60, 80)):
                    break
                part += value
            else:
                break
            # «Soixante-dix», «quatre-vingt-douze», «dix-sept»
            last = 20 if value in (20, 60) or eighty else 10
        else:
            break
        at += 1
    return at, total + part


def _of(words: Sequence[Word], at: int) -> int | None:
    return _VALUES.get(words[at].folded) if at < len(words) else None
