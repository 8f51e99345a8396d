"""Unicode's normal forms (UAX 15) at a cost that grows with the length of a text, whoever wrote it.

Marks that stand on one letter are put in order one by one, each past those before it: 60,000 of them, a text that any field is
sent, took 5.6 s in which the interpreter did nothing else. No script stacks more than a handful. Unicode's Stream-Safe Text
Format (UAX 15, 13) ends at thirty; what stands on top of those is dropped here.
"""

import re
import unicodedata
from typing import Final, Literal
from unicodedata import is_normalized as _is_in_form  # noqa: TID251 - of texts in which nothing is stacked
from unicodedata import normalize as _in_form  # noqa: TID251 - the same

MOST_MARKS: Final = 30
"""On one letter, one after the other."""
_FIRST, _END = 0x300, 0x1F000
"""All marks of Unicode lie between."""


def _stands_on_another(one: str) -> bool:
    """Whether it is a mark, or is written out as one."""
    written_out = _in_form("NFKD", one) if unicodedata.decomposition(one) else one
    return unicodedata.combining(written_out[0]) > 0


_MARK = "".join(one for one in map(chr, range(_FIRST, _END)) if _stands_on_another(one))
# To ask of each of a hundred letters whether it is a mark took 100 µs, this takes two.
_PERHAPS = re.compile(f"[{chr(_FIRST)}-{chr(_END)}]{{{MOST_MARKS + 1}}}")
_STACK = re.compile(f"([{_MARK}][{_MARK}]{{{MOST_MARKS - 1}}})[{_MARK}]+")

_SMALL_ONES = "".join(
    one
    for one in map(chr, range(0x80, _END + 0x1000))
    if unicodedata.category(one) == "No" and any(map(str.isdecimal, _in_form("NFKC", one)))
)
_SMALL = re.compile(f"[{_SMALL_ONES}]+")
"""Raised, lowered and ringed figures, and fractions."""


def stacked(text: str) -> bool:
    """Whether more marks stand on a letter than any script has."""
    if text.isascii() or len(text) <= MOST_MARKS or _PERHAPS.search(text) is None:
        return False
    return _STACK.search(text) is not None


def normal(form: Literal["NFC", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form. Twice is once."""
    if text.isascii():
        return text
    found = _in_form(form, _STACK.sub(r"\1", text) if stacked(text) else text)
    # A few marks are written out as two.
    return _STACK.sub(r"\1", found) if stacked(found) else found


def plain_figures(text: str) -> str:
    """In NFKC, which writes a raised, lowered or ringed figure as any other: where one stands beside a figure it is set
    apart, since «12¹» is twelve with a footnote and «35½» no 351. → «12(1)», «35 1⁄2».
    """
    return text if text.isascii() else normal("NFKC", _SMALL.sub(_set_apart, text))


def _set_apart(found: re.Match[str]) -> str:
    written, (start, end) = _in_form("NFKC", found[0]), found.span()
    if not (found.string[start - 1 : start].isdecimal() or found.string[end : end + 1].isdecimal()):
        return written
    return f" {written} " if "\u2044" in written else f"({written.strip('().')})"


def is_normal(form: Literal["NFC"], text: str) -> bool:
    """Whether ``normal`` would leave it as it is."""
    return not stacked(text) and _is_in_form(form, text)
