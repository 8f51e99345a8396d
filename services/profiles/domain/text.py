"""Keys by which people are sorted and looked for."""

import re
from typing import Final

from shared.reference.text import words_of

_STRUCK: Final = {"ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th"}
"""Letters that no keyboard here has, and what lists and people write for them."""
_PLAIN = str.maketrans(_STRUCK)
_PERHAPS_STRUCK = {plain: "".join(struck for struck, one in _STRUCK.items() if one == plain) for plain in "ldht"}
_LONG_ENOUGH = 5
"""Fewer letters begin too many pairs of names: «mar» is no «Ma Robert»."""


def name_key(last_name: str, first_name: str) -> str:
    """«Éloïse D'Arc» → ``d arc eloise``, «Иван» → ``иван``; never empty, so that a name of signs alone sorts as well."""
    return words_of(f"{last_name} {first_name}") or f"{last_name} {first_name}".casefold()


def letters_of(key: str) -> str:
    """A key without what lists write in two ways: «O’Connor» and «OCONNOR», «Łukasz» and «LUKASZ» have the same."""
    return key.translate(_PLAIN).replace(" ", "")


def begins(word: str) -> str:
    """The pattern by which a typed word begins a word of a key: «oconnor» O’Connor's too, «lukasz» Łukasz'."""
    letters = [_letter(one) for one in word.translate(_PLAIN)]
    return rf"(^| ){(' ?' if len(letters) >= _LONG_ENOUGH else '').join(letters)}"


def _letter(one: str) -> str:
    struck = _PERHAPS_STRUCK.get(one)
    return f"[{one}{struck}]" if struck else re.escape(one)
