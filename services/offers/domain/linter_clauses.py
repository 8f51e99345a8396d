"""Sentences as the linter reads them: tokens with their places, numbers in digits, and who or what a sentence speaks of.

A text is cut into sentences of bounded length; each is written again with one space between tokens, so that what is
looked for is short and the cost grows with the text only.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

_TOKEN = re.compile(r"[a-z]+'|[a-z]+|\d+|[^\s\w]|\n")
# «agé(e)s», «motivé·e»: the mark of both sexes is no word.
_INCLUSIVE = re.compile(
    r"\((?:e|s|es|ne|nes|le|se|ve|re|te|trice|rice|euse|ere|iere|enne)\)|[·.•](?:e|ne|le|trice|rice|euse|ere)(?:[·.•]?s)?\b"
)
_ENDS = frozenset(".!?;\n•…")
MAX_TOKENS = 60
"""A longer sentence is read in pieces: real ones have 15, lists without stops hundreds."""

_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70}
_UNITS = {
    "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_NUMERALS = frozenset({*_TENS, "quinze", "seize", "dix"})
_TEENS = {"sept": 17, "huit": 18, "neuf": 19}


class Token(NamedTuple):
    """A word, number or sign; ``start`` and ``end`` are offsets into the field."""

    text: str
    start: int
    end: int


@dataclass
class Sentence:
    """One sentence (or a piece of a long one). ``text`` has a space around every token."""

    tokens: list[Token]
    asked: bool = False
    starts: list[int] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        at, parts = 1, [" "]
        for token in self.tokens:
            self.starts.append(at)
            parts.append(token.text + " ")
            at += len(token.text) + 1
        return "".join(parts)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The first four letters of each token: whoever looks for none of them need not read the sentence."""
        return frozenset(token.text[:4] for token in self.tokens)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the field of a stretch of ``text``."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        return self.tokens[first].start, self.tokens[last].end

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

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Whether the sentence has such a word."""
        return pattern.search(self.text) is not None


def sentences(folded: str) -> Iterator[Sentence]:
    """The sentences of a text that keeps every character in its place."""
    # Marks of both sexes and points inside words would end a sentence.
    plain = _INCLUSIVE.sub(lambda match: " " * len(match[0]), folded)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(plain):
        # No word that is looked for is longer.
        text = match[0][:40]
        inside = text == "." and match.end() < len(plain) and plain[match.end()].isdigit()
        if (text in _ENDS and not inside) or len(tokens) >= MAX_TOKENS:
            if tokens:
                yield Sentence(_numbers(tokens), asked=text == "?")
            tokens = [] if text in _ENDS else [Token(text, match.start(), match.end())]
        elif text != "\n":
            tokens.append(Token(text, match.start(), match.end()))
    if tokens:
        yield Sentence(_numbers(tokens))


def _numbers(tokens: list[Token]) -> list[Token]:
    """Written-out numbers from 16 to 79 in digits: «trente-cinq» → 35, «vingt et un» → 21, «dix-huit» → 18."""
    if _NUMERALS.isdisjoint(token.text for token in tokens):
        return tokens
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        value = _TENS.get(token.text) or (_UNITS.get(token.text) if token.text in ("seize", "quinze") else None)
        base = value if value else 10 if token.text == "dix" else 0
        step = at + 1
        if base:
            joined = step < len(tokens) and tokens[step].text in ("-", "et")
            unit = step + joined
            name = tokens[unit].text if unit < len(tokens) else ""
            more = (
                _TEENS.get(name, 0) - 10 if token.text == "dix" else _UNITS.get(name, 0) if token.text in _TENS else 0
            )
            if more > 0:
                found.append(Token(str(base + more), token.start, tokens[unit].end))
                at = unit + 1
                continue
        found.append(Token(str(value), token.start, token.end) if value else token)
        at += 1
    return found
