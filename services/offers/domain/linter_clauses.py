"""Sentences as the linter reads them: tokens with their places, numbers in digits, and who or what a sentence speaks of.

A text is cut into sentences of bounded length; each is written again with one space between tokens, so that what is
looked for is short and the cost grows with the text only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from services.offers.domain.linter_heads import Stems, Words, bits_of

_TOKEN = re.compile(r"[a-z]+'?|\d+|[^\s\w]|\n")
# «agé(e)s», «motivé·e»: the mark of both sexes is no word.
_FORMS = r"(?:e|ne|le|trice|rice|euse|ere)(?:[·.•]?s)?\b"
# Each way begins with one sign of its own, which is looked for ten times faster than one of several.
_INCLUSIVE = re.compile(
    r"\((?:e|s|es|ne|nes|le|se|ve|re|te|trice|rice|euse|ere|iere|enne)\)"
    + "".join(rf"|{sign}{_FORMS}" for sign in ("·", r"\.", "•"))
)
_ENDS = frozenset(".!?;\n•…")
_LONGEST = 40
MAX_TOKENS = 60
"""A longer sentence is read in pieces: real ones have 15, lists without stops hundreds."""

_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70}
_UNITS = {
    "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_NUMERALS = frozenset({*_TENS, "quinze", "seize", "dix"})
_TEENS = {"sept": 17, "huit": 18, "neuf": 19}


@dataclass
class Sentence:
    """One sentence (or a piece of a long one). ``text`` has a space around every token; ``places`` are where the tokens stand in
    the field.
    """

    tokens: list[str]
    places: list[tuple[int, int]]
    asked: bool = False
    _said: dict[Words, bool] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        return f" {' '.join(self.tokens)} "

    @cached_property
    def _starts(self) -> list[int]:
        """Where the tokens begin in ``text``."""
        at, starts = 1, []
        for token in self.tokens:
            starts.append(at)
            at += len(token) + 1
        return starts

    @cached_property
    def bits(self) -> int:
        """Of the lists of words that may have something here (``linter_heads``)."""
        return bits_of(self.tokens)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the field of a stretch of ``text``."""
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        return self.places[first][0], self.places[last][1]

    @property
    def whole(self) -> tuple[int, int]:
        """Offsets into the field of all of it."""
        return self.places[0][0], self.places[-1][1]

    def before(self, at: int, words: int = 6) -> str:
        """The last ``words`` tokens before ``at``."""
        parts = self.text[:at].split()
        return " " + " ".join(parts[-words:]) + " " if parts else " "

    def after(self, at: int, words: int = 6) -> str:
        """The first ``words`` tokens from ``at`` on."""
        return " " + " ".join(self.text[at:].split(None, words)[:words]) + " "

    def around(self, start: int, end: int, words: int = 7) -> str:
        """A stretch with its neighbours."""
        return self.before(start, words) + self.text[start:end].strip() + self.after(end, words)

    @cached_property
    def short(self) -> bool:
        """Whether the sentence is a keyword rather than prose."""
        return len(self.tokens) <= 12

    def may(self, words: Words | Stems) -> bool:
        """Whether it has a token without which none of the words is in it."""
        return bool(self.bits & words.bit)

    def says(self, words: Words) -> bool:
        """Whether the sentence has such a word."""
        if not self.bits & words.bit:
            return False
        known = self._said.get(words)
        if known is None:
            known = self._said[words] = words.search(self.text) is not None
        return known

    def first(self, words: Words) -> re.Match[str] | None:
        """Where such a word stands first."""
        return words.search(self.text) if self.bits & words.bit else None

    def all(self, words: Words) -> Iterable[re.Match[str]]:
        """Where such words stand."""
        return words.finditer(self.text) if self.bits & words.bit else ()


def sentences(folded: str) -> list[Sentence]:
    """The sentences of a text that keeps every character in its place."""
    # Marks of both sexes and points inside words would end a sentence.
    plain = _INCLUSIVE.sub(lambda match: " " * len(match[0]), folded)
    found: list[Sentence] = []
    tokens: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(plain):
        token = match[0]
        ends = token in _ENDS
        if len(tokens) >= MAX_TOKENS or (
            ends and not (token == "." and plain[match.end() : match.end() + 1].isdigit())
        ):
            if tokens:
                found.append(_numbered(tokens, places, token == "?"))
                tokens, places = [], []
            if ends:
                continue
        # No word that is looked for is longer.
        tokens.append(token if len(token) <= _LONGEST else token[:_LONGEST])
        places.append(match.span())
    if tokens:
        found.append(_numbered(tokens, places, False))
    return found


def _numbered(tokens: list[str], places: list[tuple[int, int]], asked: bool) -> Sentence:
    """With written-out numbers from 16 to 79 in digits: «trente-cinq» → 35, «vingt et un» → 21, «dix-huit» → 18."""
    if _NUMERALS.isdisjoint(tokens):
        return Sentence(tokens, places, asked)
    read: list[str] = []
    where: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        token, (start, end) = tokens[at], places[at]
        value = _TENS.get(token) or (_UNITS.get(token) if token in ("seize", "quinze") else None)
        base = value if value else 10 if token == "dix" else 0
        step = at + 1
        if base:
            joined = step < len(tokens) and tokens[step] in ("-", "et")
            unit = step + joined
            name = tokens[unit] if unit < len(tokens) else ""
            more = _TEENS.get(name, 0) - 10 if token == "dix" else _UNITS.get(name, 0) if token in _TENS else 0
            if more > 0:
                read.append(str(base + more))
                where.append((start, places[unit][1]))
                at = unit + 1
                continue
        read.append(str(value) if value else token)
        where.append((start, end))
        at += 1
    return Sentence(read, where, asked)
