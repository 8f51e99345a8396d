"""Sentences as the linter reads them: tokens with their places, numbers in digits, and who or what a sentence speaks of.

A text is cut into sentences of bounded length; each is written again with one space between tokens, so that what is
looked for is short and the cost grows with the text only.
"""

# A pattern is read as one line: cutting it would hide what belongs together.
# ruff: noqa: E501
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from services.offers.domain.linter_heads import ALL, Stems, Words, bits_in, bits_of

_TOKEN = re.compile(r"[a-z]+'?|\d+|[^\s\w]|\n")
# «agé(e)s», «motivé·e»: the mark of both sexes is no word.
_FORMS = r"(?:e|ne|le|trice|rice|euse|ere|(?<=eur.)se)(?:[·.•]?s)?\b"
# Each way begins with one sign of its own, which is looked for ten times faster than one of several.
_INCLUSIVE = re.compile(
    r"\((?:e|s|es|ne|nes|le|se|sse|esse|ve|re|te|trice|rice|euse|ere|iere|enne)\)"
    + "".join(rf"|{sign}{_FORMS}" for sign in ("·", r"\.", "•"))
)
# A point and what is a digit to Python: «²» is one, and no figure of a number.
_POINTED = re.compile(r"\.(?:\d|[^\x00-\x7f])")
_ENDS = frozenset(".!?;\n•…")
_END = re.compile("[.!?;\n•…]")
_SHORTENED = frozenset(("art", "cat", "mlle", "mme", "ref", "ste", "tel"))
"""Words that a point cuts short: «CACES R489 cat. 3» is one sentence."""
_LONGEST = 40
"""No word that is looked for is longer."""
MAX_TOKENS = 60
"""A longer sentence is read in pieces: real ones have 15, lists without stops hundreds."""

_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70}
_UNITS = {
    "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_NUMERALS = frozenset({*_TENS, "quinze", "seize", "dix"})
_NUMBERED = frozenset({*map(str, range(15, 80)), *_TENS, *_UNITS})
_TEENS = {"sept": 17, "huit": 18, "neuf": 19}


class Places:
    """Where the tokens of a field stand in it: asked for only where something was found, and read no further."""

    __slots__ = ("_known", "_plain", "_rest")

    def __init__(self, plain: str) -> None:
        self._plain = plain
        self._known: list[tuple[int, int]] = []
        self._rest: Iterator[re.Match[str]] | None = None

    def of(self, number: int) -> tuple[int, int]:
        """Start and end of a token."""
        missing = number + 1 - len(self._known)
        if missing > 0:
            if self._rest is None:
                self._rest = _TOKEN.finditer(self._plain)
            self._known += [match.span() for match in islice(self._rest, missing)]
        return self._known[number]


class Sentence:
    """One sentence (or a piece of a long one). ``text`` has a space around every token; ``bits`` are those of the lists of words
    that may have something here (``linter_heads``).
    """

    __slots__ = ("_first", "_places", "_read", "_said", "_starts", "asked", "bits", "text", "tokens")

    def __init__(
        self,
        tokens: list[str],
        text: str,
        bits: int,
        places: Places,
        first: int,
        asked: bool,
        read: list[tuple[int, int]] | None = None,
    ) -> None:
        """``first``: the number of its first token in the field; ``read``: of each token the first and the last in the
        sentence that it was read from, where that is not itself.
        """
        self.tokens = tokens
        self.text = text
        self.bits = bits
        self.asked = asked
        self._places = places
        self._first = first
        self._read = read
        self._said: dict[Words, bool] = {}
        self._starts: list[int] = []

    def _place(self, number: int) -> tuple[int, int]:
        first, last = self._read[number] if self._read is not None else (number, number)
        end = self._places.of(self._first + last)[1]
        return self._places.of(self._first + first)[0], end

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets into the field of a stretch of ``text``."""
        if not self._starts:
            at = 1
            for token in self.tokens:
                self._starts.append(at)
                at += len(token) + 1
        first = max(0, bisect_right(self._starts, start) - 1)
        last = max(first, bisect_right(self._starts, max(start, end - 1)) - 1)
        return self._place(first)[0], self._place(last)[1]

    @property
    def whole(self) -> tuple[int, int]:
        """Offsets into the field of all of it."""
        return self._place(0)[0], self._place(len(self.tokens) - 1)[1]

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

    @property
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


_WITHIN = r"(?: (?!(?:vous|nous|on|qui|que|un|une|pour|et|ou|est|sont|veut|veulent|exig[a-z]*)(?![a-z]))[a-z'-]+){0,4}?(?: et| ou| mais)?(?: (?:tres|assez|parfois|plutot))?"
_EXACTING = re.compile(
    rf"(?<![a-z])(?:(?:clienteles?|patienteles?|clientes|patientes|lectrices|familles|voyageuses){_WITHIN} exigeantes?"
    rf"|(?:clients?|publics?|patients?|lectorats?|lecteurs?|auditoires?|auditeurs|spectateurs|convives|usagers|visiteurs|vacanciers|voyageurs|consommateurs|acheteurs|abonnes|adherents|touristes|residents|locataires)(?: de (?:femmes|dames))?{_WITHIN} exigeante?s?)(?![a-z])"
)
"""What those who are served are, and nothing that an offer demands: «une clientèle jeune et exigeante»."""


def _no_demand(served: re.Match[str]) -> str:
    who, _, word = served[0].rpartition(" ")
    return f"{who} {'x' * len(word)}"


class Cut:
    """A text that keeps every character in its place, cut into its tokens and sentences."""

    __slots__ = ("_places", "_texts", "bits", "parts", "plain", "tokens")

    def __init__(self, folded: str) -> None:
        # Marks of both sexes and points inside words would end a sentence.
        self.plain = _INCLUSIVE.sub(_blank, folded)
        if " exigeant" in self.plain:
            self.plain = _EXACTING.sub(_no_demand, self.plain)
        self._places = Places(self.plain)
        self.tokens: list[str] = _TOKEN.findall(self.plain)
        if len(max(self.tokens, key=len, default="")) > _LONGEST:
            self.tokens = [token[:_LONGEST] for token in self.tokens]
        self.parts: list[tuple[int, int]] = []
        """Of each sentence (or piece of a long one) the numbers of its first token and of the one behind its last."""
        self._texts: list[str] = []
        text = f" {' '.join(self.tokens)} "
        stops = self._ended(text)
        self.bits: list[int] = bits_in(text, stops)
        """Those of each of the ``parts``, all looked for at once."""

    def _ended(self, text: str) -> list[int]:
        """Find the parts in ``text``, which has a space around every token; return where each of them stops there."""
        tokens, parts = self.tokens, self.parts
        if not tokens:
            return []
        if _POINTED.search(self.plain) is not None or not _SHORTENED.isdisjoint(tokens):
            return self._ended_but_within(text)
        stops = []
        at = first = 0
        # No token but those that end a sentence has their signs.
        for piece in _END.split(text):
            end = first + piece.count(" ") - 1
            at += len(piece)
            if end - first > MAX_TOKENS:
                return self._ended_but_within(text)
            if end > first:
                parts.append((first, end))
                self._texts.append(piece)
                stops.append(at)
            first, at = end + 1, at + 1
        return stops

    def _ended_but_within(self, text: str) -> list[int]:
        """The same of a text with points that end nothing, or with sentences that are too long."""
        every, places = self.tokens, self._places
        ends = [number for number, token in enumerate(every) if token in _ENDS]
        if _POINTED.search(self.plain) is not None:
            ends = [n for n in ends if not (every[n] == "." and _before_a_digit(self.plain, places, n))]
        if not _SHORTENED.isdisjoint(every):
            ends = [n for n in ends if not (n and every[n] == "." and every[n - 1] in _SHORTENED)]
        parts: list[tuple[int, int]] = []
        first = 0
        for end in (*ends, len(every)):
            while end - first > MAX_TOKENS:
                parts.append((first, first + MAX_TOKENS))
                first += MAX_TOKENS
                # A point within a number is no word of the next piece.
                first += every[first] in _ENDS
            if end > first:
                parts.append((first, end))
            first = end + 1
        self.parts = parts
        self._texts = [f" {' '.join(every[first:end])} " for first, end in parts]
        stops, stop, before = [], 1, 0
        for (first, end), one in zip(parts, self._texts, strict=True):
            # What ends a part is a sign alone, with its space.
            stop += 2 * (first - before) + len(one) - 1
            stops.append(stop)
            before = end
        return stops

    def asked(self, end: int) -> bool:
        """Whether a question mark ends the sentence whose last token stands before this one."""
        return end < len(self.tokens) and self.tokens[end] == "?"

    def sentence(self, number: int) -> Sentence:
        """One of the ``parts``, as it is written."""
        first, end = self.parts[number]
        tokens = self.tokens[first:end]
        return Sentence(tokens, self._texts[number], self.bits[number], self._places, first, self.asked(end))

    def sentences(self, wanted: int = ALL) -> list[Sentence]:
        """Those of its sentences that may have something of the lists whose bits are ``wanted``."""
        every, places = self.tokens, self._places
        spelt = not _SPELT.isdisjoint(every)
        found = []
        for (first, end), text, bits in zip(self.parts, self._texts, self.bits, strict=True):
            if not (bits & wanted or spelt):
                continue
            tokens, asked = every[first:end], self.asked(end)
            if spelt and not _SPELT.isdisjoint(tokens):
                found.append(_in_digits(tokens, places, first, asked))
            elif bits & wanted:
                found.append(Sentence(tokens, text, bits, places, first, asked))
        return found


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def sentences(folded: str) -> list[Sentence]:
    """All sentences of a text that keeps every character in its place."""
    return Cut(folded).sentences()


def _before_a_digit(plain: str, places: Places, number: int) -> bool:
    """Whether the point stands within a number."""
    end = places.of(number)[1]
    return plain[end : end + 1].isdigit()


_YEARS = frozenset({"printemps", "berges", "piges"})
"""What people say for years of age, behind a number."""
_SPELT = _YEARS | _NUMERALS


def _in_digits(tokens: list[str], places: Places, first: int, asked: bool) -> Sentence:
    """With written-out numbers from 16 to 79 in digits: «trente-cinq» → 35, «vingt et un» → 21, «dix-huit» → 18."""
    if not _YEARS.isdisjoint(tokens):
        # «moins de 35 printemps»
        tokens = [
            "ans" if one in _YEARS and before in _NUMBERED else one for before, one in pairwise([tokens[0], *tokens])
        ]
    if _NUMERALS.isdisjoint(tokens):
        return _read(tokens, places, first, asked)
    read: list[str] = []
    where: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
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
                where.append((at, unit))
                at = unit + 1
                continue
        read.append(str(value) if value else token)
        where.append((at, at))
        at += 1
    return _read(read, places, first, asked, where)


def _read(
    tokens: list[str], places: Places, first: int, asked: bool, where: list[tuple[int, int]] | None = None
) -> Sentence:
    text = f" {' '.join(tokens)} "
    return Sentence(tokens, text, bits_of(text), places, first, asked, where)
