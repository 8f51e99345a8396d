"""Words of an offer or a question: where they stand, and the form under which they meet.

The same for both sides, in any script. An ending added for the other sex («vendeur·euse», «vendeur/euse»,
«vendeur(se)») belongs to its word.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from shared.normal_forms import normal
from shared.reference.text import UNSEEN, unaccented
from shared.reference.titles import stem

PICTURES = "🧹🧽🥐🍞🥖🍳🚚🚛📦🚜🌾🧱🏗👶🍼👵👴🧓🍽🍇"
"""Pictures that stand for a trade (``foreign`` says which); any other is no word."""
_WORD = re.compile(rf"[^\W_]+[+#]*|[{PICTURES}]")
_FEMININE = "e|ne|se|euse|trice|rice|ice|iere|ere|ienne|enne|onne|fe|le|ve|ive|elle|esse|sse|nne|lle|te"
_ENDING = re.compile(rf"(?:{_FEMININE})s?|s")
_BEGUN_ENDING = re.compile(r"(?<=[^\W\d_]{3})[(/·•∙.‧⋅]([^\W\d_]{0,5})$")
_ARTICLES = frozenset({"le", "les"})
_NAME = re.compile(r"-[^\W\d_]{3}")
"""What follows an article inside a name: «Thonon-les-Bains» is no feminine of «Thonon»."""
_JOINS = frozenset("(/·•∙.-‧⋅")
_SEX = frozenset({"h", "f", "hf", "fh", "m", "w", "x", "nb"})
LA_POSTE = "laposte"
"""The employer, whose name is an ordinary word of offers but for its article."""
LONGEST = 40
"""Longer words are cut (the index leaves them out of running text)."""

_JOINING = (
    "a ai au aux avec c ce ces cet cette chez d dans de des du elle en entre est et etre eu il ils j je l la le les leur "
    "leurs lui m ma mais me meme mes mon n ne non nos notre nous on ou par pas plus pour qu que qui s sa sans se ses si son "
    "sont sous sur t ta te tes ton tu un une vos votre vous y"
)
STOP = frozenset(_JOINING.split())
"""Words that only join others."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word with its place (characters) in the text it came from; ``folded`` is in lower case without accents."""

    text: str
    folded: str
    start: int
    end: int

    @property
    def term(self) -> str:
        """The form under which it is indexed: masculine singular where French knows one."""
        return term_of(self.folded)


@lru_cache(maxsize=200_000)
def term_of(folded: str) -> str:
    """Stem of a folded word, at most ``LONGEST`` characters."""
    return stem(folded)[:LONGEST]


def words_of(text: str) -> list[Word]:
    """Every word in order; endings for the other sex lie inside their word's place, dots inside an abbreviation; «H/F» is
    left out."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        folded = unaccented(match[0])
        between = text[found[-1].end : start] if found else ""
        # A space alone stands between most words.
        if between not in ("", " ") and len(between) <= 2 and _joined(between):
            before = found[-1]
            if _dotted(before, folded, between):
                found[-1] = Word(text[before.start : end], before.folded + folded, before.start, end)
                continue
            ending = _ENDING.fullmatch(folded) and not (folded in _ARTICLES and _NAME.match(text, end))
            if ending and len(before.folded) > 2 and before.folded[-1].isalpha():
                end += text[end : end + 1] == ")"
                found[-1] = Word(before.text, before.folded, before.start, end)
                continue
            if before.folded in _SEX and folded in _SEX:
                found[-1] = Word(before.text, "hf", before.start, end)
                continue
        found.append(Word(match[0], folded, start, end))
    return [word for word in found if word.folded not in ("", "hf")]


def without_begun_ending(text: str) -> str:
    """A text that somebody types without an ending for the other sex that is not finished: «vendeur·eu» is «vendeur»."""
    found = _BEGUN_ENDING.search(text)
    begun = found is not None and any(ending.startswith(unaccented(found[1])) for ending in _FEMININE.split("|"))
    return text[: found.start()] if found is not None and begun else text


def _dotted(before: Word, folded: str, between: str) -> bool:
    """Whether a letter goes on an abbreviation that is written with dots: «C.D.I.», «p.l.»."""
    letters = len(folded) == 1 and folded.isalpha() and between == "."
    return letters and (len(before.text) == 1 or "." in before.text) and before.folded.isalpha()


def _joined(between: str) -> bool:
    """Whether what stands between two words joins an ending to the first: «(», «)s», «/ »."""
    return between[0] in _JOINS or (len(between) == 2 and between[0] == ")")


def plain(text: str) -> str:
    """Composed characters: «é» typed as two is one. What only says where a word may be parted, or not, is no character of it."""
    if text.isascii():
        return text
    for sign in UNSEEN:  # a table of all three took longer than what it was for
        text = text.replace(chr(sign), "")
    return normal("NFC", text)


def terms(text: str) -> list[str]:
    """Terms of a text in order, joining words left out."""
    return [word.term for word in words_of(text) if word.folded not in STOP]


def title_key(text: str) -> str:
    """Folded words, those that only join and those for the other sex left out: «Agent d'entretien» is «agent entretien»."""
    seen: dict[str, str] = {}
    for word in words_of(text):
        if word.folded not in STOP:
            seen.setdefault(word.term, word.folded)
    return " ".join(seen.values())


def marked(text: str, wanted: frozenset[str]) -> str:
    """``text`` as HTML that is safe to show, the words whose term is wanted inside ``<mark>``."""
    return _mark(text, [word for word in words_of(text) if word.term in wanted])


def _mark(text: str, words: Iterable[Word]) -> str:
    parts: list[str] = []
    at = 0
    for word in words:
        parts += (escape(text[at : word.start]), "<mark>", escape(text[word.start : word.end]), "</mark>")
        at = word.end
    parts.append(escape(text[at:]))
    return "".join(parts)


EXCERPT = 180
"""Characters of an excerpt, about."""


def excerpt(text: str, wanted: frozenset[str]) -> str | None:
    """The stretch of a text with the most distinct wanted words, marked and safe to show; None without any."""
    words = words_of(text)
    hits = [word for word in words if word.term in wanted]
    if not hits:
        return None
    best = max(range(len(hits)), key=lambda at: (_distinct(hits, at), -at))
    start = _boundary(words, hits[best].start - EXCERPT // 4)
    end = max((word.end for word in words if word.end <= start + EXCERPT), default=hits[best].end)
    end = max(end, hits[best].end)
    inside = [
        Word(hit.text, hit.folded, hit.start - start, hit.end - start)
        for hit in hits
        if start <= hit.start and hit.end <= end
    ]
    return ("… " if start else "") + _mark(text[start:end], inside) + (" …" if end < words[-1].end else "")


def _distinct(hits: Sequence[Word], at: int) -> int:
    return len({hit.term for hit in hits[at:] if hit.end <= hits[at].start + EXCERPT * 3 // 4})


def _boundary(words: Sequence[Word], at: int) -> int:
    return next((word.start for word in words if word.start >= at), 0) if at > 0 else 0
