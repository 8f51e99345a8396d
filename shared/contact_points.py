"""Links, addresses and telephone numbers in free text: one rule for who must not write them and for what must not show them."""

import re
import unicodedata
from collections.abc import Iterator

from shared.normal_forms import normal

_LINK = re.compile(
    r"""[a-z0-9]://                     # a scheme
      | \b(?:mailto|tel|sms|javascript|data):
      | \bwww\s*\.
      | \S@\S                           # an address of any kind
      | (?<![a-z0-9.-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}/\S  # a host with a path
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ANY_SIGN = re.compile(r"[:.@\d]")
"""Each link and each number has one of these; most names have none."""
# What begins as numbers do, with nine digits or more and whatever is put between them: French ones have ten, with the
# country's code eleven. Dates and ranges of years, which titles of events have, are taken out before.
_PHONE = re.compile(r"(?<!\d)(?:\+[\s(]{0,2}\d|0)(?:[\s().,/_\-\u2010-\u2015·]{0,3}\d){8,}")
_DATE = re.compile(
    r"(?<!\d)(?:[0-3]?\d[/.-][01]?\d[/.-](?:19|20)\d\d|(?:19|20)\d\d\s?[/\-\u2013]\s?(?:19|20)\d\d)(?!\d)"
)
_WORD = re.compile(r"\S+")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


def names_contact(text: str) -> bool:
    """Whether the text carries a link, an address or what may be dialled, in any width and writing."""
    plain = _plain(text)
    if not _ANY_SIGN.search(plain):
        return False
    return _LINK.search(plain) is not None or _PHONE.search(_undated(plain)) is not None


def without_contact(text: str, instead: str) -> str:
    """The text with ``instead`` in the place of each word that is a link or an address, and of each number to dial."""
    if not names_contact(text):
        return text
    shown, plain = normal("NFKC", text), _plain(text)
    kept: list[str] = []
    end = 0
    for first, last in sorted([*_linked(plain), *(found.span() for found in _PHONE.finditer(_undated(plain)))]):
        if first >= end:
            kept += [shown[end:first], instead]
        end = max(end, last)
    return "".join(kept) + shown[end:]


def _plain(text: str) -> str:
    """In one width, with the digits that telephones have: those of Arabic or Devanagari are dialled as well. As long as NFKC."""
    plain = normal("NFKC", text)
    return plain if plain.isascii() else _FOREIGN_DIGIT.sub(lambda found: str(unicodedata.decimal(found[0])), plain)


def _linked(plain: str) -> Iterator[tuple[int, int]]:
    """Words in which a link stands, whole."""
    links = [found.span() for found in _LINK.finditer(plain)]
    at = 0
    for word in _WORD.finditer(plain):
        while at < len(links) and links[at][1] <= word.start():
            at += 1
        if at < len(links) and links[at][0] < word.end():
            yield word.span()


def _undated(plain: str) -> str:
    """As long as before, without dates."""
    return _DATE.sub(lambda found: "|" * len(found[0]), plain)
