"""Numbers as one word each: those that were said («trente-cinq heures», «mille huit cents euros»), and those with a decimal."""

import re
from collections.abc import Sequence
from dataclasses import replace

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


_CENTS = re.compile(r"(?:[.,]|€(?=\d\d))\d{1,2}(?!\d)(?![.,/]?\d)")
_HOURS = re.compile(r"\s?h(?:eures?)?\b", re.IGNORECASE)
_MINUTES = frozenset({"00", "15", "30", "45"})
_EUROS = re.compile(r"\s?€")
_EURO_WORDS = re.compile(r"\s?(?:euros?\b|eur\b|nets?\b|bruts?\b)", re.IGNORECASE)
_BY = re.compile(
    r"\s?/\s?(?:(?P<hour>h|heure)|(?P<month>mois)|(?P<year>an))\b|"
    r"\s(?:(?:(?:(?:de|par|à|a)\s)(?:l\W?\s?)?|l\W?\s?)(?P<of_hour>heure)"
    r"|(?:(?:de|par|à|a)\s)?(?:l\W?\s?)?(?:(?P<of_month>mois)|(?P<of_year>an)))\b",
    re.IGNORECASE,
)
"""What pay is told by: «14,20/h», «12 de l'heure», «2200 par mois», but «30 heure» is how long."""
_PAID_BY = {"hour": (9, 60), "month": (600, 8_000), "year": (10_000, 100_000)}
"""Between these it is euros."""
_PAID = frozenset({"paye", "payee", "payes", "remuneration", "salaire"})


def with_decimals(text: str, words: list[Word]) -> list[Word]:
    """The words with pay and hours as one number each («13,50 €» is 13.50, «24,5 h» no clock), and with «euros» behind where the
    sign stands or what it is paid by says so."""
    if not any(word.folded[0].isdigit() for word in words):
        return words
    found: list[Word] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word.folded.isdigit() or (word.folded[-1] == "k" and word.folded[:-1].isdigit()):
            cents = _CENTS.match(text, word.end) if at < len(words) else None
            before = found[-1].folded if found else ""
            end = cents.end() if cents else word.end
            signed, by = _EUROS.match(text, end), _paid_by(text, word, end)
            pay = signed or by or _EURO_WORDS.match(text, end) or before in _PAID or (cents and cents[0][0] == "€")
            if cents and (pay or (cents[0][1:] not in _MINUTES and _HOURS.match(text, end))):
                # «17,5h»: the «h» is of the second word
                rest = words[at].folded.removeprefix(cents[0][1:])
                word = replace(word, folded=f"{word.folded}.{cents[0][1:]}{rest}", end=words[at].end)
                at += 1
            found.append(word)
            if signed or by or (cents and cents[0][0] == "€"):
                sign = signed.end() if signed else end
                found.append(Word("€", "euros", sign - 1, sign))
        else:
            found.append(word)
    return found


def _paid_by(text: str, word: Word, end: int) -> bool:
    by = _BY.match(text, end)
    if by is None or by.lastgroup is None or not word.folded.isdigit():
        return False
    least, most = _PAID_BY[by.lastgroup.removeprefix("of_")]
    return least <= int(word.folded) <= most
