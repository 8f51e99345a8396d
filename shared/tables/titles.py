"""Titles of columns, as far as they are written alike in every sheet. Pure."""

import re
from typing import Final

from shared.reference.text import words_of

ASIDE: Final = re.compile(r"\(([^()]{0,60})\)\s*\*?\s*$|\s*[*:]+\s*$")
"""Behind a title: its unit, a hint, the mark of what must be filled in."""
_BINDING = frozenset(("a", "au", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "par", "dans", "sur"))


def bare_title(title: str) -> str:
    """Its words without those that only bind and without what stands behind it: «N° de dossier (obligatoire)» → ``n dossier``."""
    words = words_of(ASIDE.sub("", title).replace("°", " ").replace("º", " ")).split()
    return " ".join(word for word in words if word not in _BINDING)
