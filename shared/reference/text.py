"""Folding of French text for comparison: case, accents, ligatures, punctuation. The result is ASCII where it can be."""

import re
import unicodedata
from collections.abc import Callable

from shared.normal_forms import normal

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ı": "i"})
_FRENCH = str.maketrans("àâäéèêëîïôöùûüÿç’", "aaaeeeeiioouuuyc'", "") | _LIGATURES
UNSEEN = dict.fromkeys(map(ord, "\u00ad\u2060\ufeff"))
"""Characters inside pasted words that nobody sees: the soft hyphen, what forbids a break."""
_MOST_KEPT = 5_000
_SIGNS = re.compile(r"[^\w+#]+|_+")
_NOT_WORD = re.compile(r"[^0-9a-z+#]+")


class OneByOne:
    """What ``str.translate`` makes of a text by a table that gives one character for each, at a tenth of its cost: of texts of
    the two Western code pages the bytes are translated.
    """

    def __init__(self, plain: Callable[[str], str | None]) -> None:
        """``plain``: what stands for a character; what is not exactly one character is not known here."""
        self._pages: list[tuple[str, bytes, bytes]] = []
        for page in ("latin-1", "cp1252"):
            table, unknown = bytearray(256), bytearray()
            for code in range(256):
                try:
                    made = (plain(bytes([code]).decode(page)) or "").encode(page)
                except UnicodeError:
                    made = b""
                if len(made) == 1:
                    table[code] = made[0]
                else:
                    unknown.append(code)
            self._pages.append((page, bytes(table), bytes(unknown)))

    def translate(self, text: str) -> str | None:
        """The same text character by character; None where one of them is not known here."""
        for page, table, unknown in self._pages:
            try:
                written = text.encode(page)
            except UnicodeEncodeError:
                continue
            if len(written.translate(None, unknown)) != len(written):
                return None
            return written.translate(table).decode(page)
        return None


def unaccented(text: str) -> str:
    """Lower case without accents and ligatures; punctuation stays. ``"Œuvre d'Été"`` → ``"oeuvre d'ete"``."""
    if text.isascii():
        return text.lower()
    found = _COMMON.translate(text.lower())
    if found is None:  # a sign beside letters (« ») is all that is odd in most others
        found = _SIGNED.translate(text)
    if found is not None:
        return found
    common = text.lower().translate(_FRENCH)
    return common if common.isascii() else text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """Of each character what is left of it; what stands beside it makes no difference."""

    def __missing__(self, code: int) -> str:
        # Decomposed before and after: «𝑨» has a lower case only as «A», and «İ» lower-cased has a combining dot.
        folding = normal("NFKD", chr(code)).casefold().translate(_LIGATURES)
        decomposed = normal("NFKD", folding)
        found = "".join(ch for ch in decomposed if not unicodedata.combining(ch) and ord(ch) not in UNSEEN)
        if len(self) < _MOST_KEPT:
            self[code] = found
        return found


_PLAIN = _Plain()


def _common(one: str) -> str | None:
    made = one.translate(_FRENCH)
    return made if made.isascii() else None


_COMMON = OneByOne(_common)
_SIGNED = OneByOne(lambda one: _PLAIN[ord(one)])


def words_of(text: str) -> str:
    """Words of ``text`` in lower case without accents, in any script, one space between them; signs are dropped.

    What people are called by: «Éloïse D'Arc» → ``eloise d arc``, «Иван» → ``иван``, «🙂» → nothing.
    """
    return _SIGNS.sub(" ", unaccented(text)).strip()


def asked_words(q: str | None) -> list[str]:
    """The words that a name is looked for by. A question of signs alone is one word as it stands: it finds what is written
    so, which is nearly nothing, and never everything. Nothing asked, no words. A null, which the database takes in no pattern, is
    in no name."""
    asked = (q or "").replace("\0", "\ufffd").strip()
    return words_of(asked).split() or ([asked.casefold()] if asked else [])


def folded(text: str) -> str:
    """Words of ``text`` in lower-case ASCII letters and digits, one space between them, other characters dropped.

    ``+`` and ``#`` stay, because C++ and C# are words of job titles.
    """
    return _NOT_WORD.sub(" ", unaccented(text)).strip()
