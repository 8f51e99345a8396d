"""Folding of French text for comparison: case, accents, ligatures, punctuation. The result is ASCII where it can be."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ı": "i"})
_FRENCH = str.maketrans("àâäéèêëîïôöùûüÿç’", "aaaeeeeiioouuuyc'", "") | _LIGATURES
_MOST_KEPT = 5_000
_SIGNS = re.compile(r"[^\w+#]+|_+")
_NOT_WORD = re.compile(r"[^0-9a-z+#]+")


def unaccented(text: str) -> str:
    """Lower case without accents and ligatures; punctuation stays. ``"Œuvre d'Été"`` → ``"oeuvre d'ete"``."""
    common = text.lower().translate(_FRENCH)
    if common.isascii():  # nearly always, and ten times faster than taking the characters apart
        return common
    return text.translate(_PLAIN)


class _Plain(dict[int, str]):
    """Of each character what is left of it; what stands beside it makes no difference."""

    def __missing__(self, code: int) -> str:
        # Decomposed before and after: «𝑨» has a lower case only as «A», and «İ» lower-cased has a combining dot.
        folding = unicodedata.normalize("NFKD", chr(code)).casefold().translate(_LIGATURES)
        decomposed = unicodedata.normalize("NFKD", folding)
        found = "".join(ch for ch in decomposed if not unicodedata.combining(ch))
        if len(self) < _MOST_KEPT:
            self[code] = found
        return found


_PLAIN = _Plain()


def words_of(text: str) -> str:
    """Words of ``text`` in lower case without accents, in any script, one space between them; signs are dropped.

    What people are called by: «Éloïse D'Arc» → ``eloise d arc``, «Иван» → ``иван``, «🙂» → nothing.
    """
    return _SIGNS.sub(" ", unaccented(text)).strip()


def asked_words(q: str | None) -> list[str]:
    """The words that a name is looked for by. A question of signs alone is one word as it stands: it finds what is written
    so, which is nearly nothing, and never everything. Nothing asked, no words."""
    asked = (q or "").strip()
    return words_of(asked).split() or ([asked.casefold()] if asked else [])


def folded(text: str) -> str:
    """Words of ``text`` in lower-case ASCII letters and digits, one space between them, other characters dropped.

    ``+`` and ``#`` stay, because C++ and C# are words of job titles.
    """
    return _NOT_WORD.sub(" ", unaccented(text)).strip()
