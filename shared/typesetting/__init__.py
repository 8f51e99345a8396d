"""Typst sets a tagged PDF (PDF/UA-1) and refuses a character that no font has. Which characters those are is asked before, so
that they are printed as a box and said, rather than that a page with such a name cannot be had.
"""

import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import typst

R = TypeVar("R")

BOX = "□"
_OWN = frozenset("–—’‘“”…·•€")
"""The typesetter's own font has these, and Latin letters."""
_PROBE = Path(__file__).with_name("probe.typ")
_NOT_SHOWN = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SHAPES = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: they only choose among shapes of the character before."""
_FEW = 2
"""Letters of one writing that no font has: then it has no font for the writing."""
_MOST_PROBES = 24
"""Each takes some hundredths of a second. What was not asked of by then is taken for missing."""


def set_whole(content: Any, typeset: Callable[[Any], R]) -> tuple[R, str]:
    """What ``typeset`` makes of the texts of ``content`` (lists and dicts of them), with a box for each character that no font
    has, and these characters.

    Raises:
        typst.TypstError: of anything else.
    """
    content = _mapped(content, lambda text: _SHAPES.sub("", text))
    asked = sorted(one for one in set(json.dumps(content, ensure_ascii=False)) if _is_asked(one))
    missing = _missing(asked)
    try:
        return typeset(_boxed(content, missing)), "".join(missing)
    except typst.TypstError as error:
        if _not_shown(error) is None:
            raise
        # Each has a shape, some have none beside each other: the rest of the page is worth more than these.
        return typeset(_boxed(content, asked)), "".join(asked)


def _boxed(content: Any, missing: list[str]) -> Any:
    table = str.maketrans(dict.fromkeys(missing, BOX))
    return _mapped(content, lambda text: text.translate(table))


def _is_asked(one: str) -> bool:
    """Whether it may have no shape: not Latin, not a sign of our own, and something to be seen."""
    return ord(one) > 0x24F and one not in _OWN and unicodedata.category(one) not in ("Zs", "Zl", "Zp", "Cc", "Cf")


def _missing(asked: list[str]) -> list[str]:
    """Those that no font on this machine has a shape for."""
    found: list[str] = []
    by_writing: dict[str, int] = {}
    for _ in range(_MOST_PROBES):
        text = _lost_of(asked)
        if text is None:
            return sorted(found)
        lost = [one for one in asked if one in text] or asked
        found += lost
        for one in lost:
            writing = _writing(one)
            by_writing[writing] = by_writing.get(writing, 0) + 1
        hopeless = {writing for writing, count in by_writing.items() if count >= _FEW}
        found += [one for one in asked if one not in lost and _writing(one) in hopeless]
        asked = [one for one in asked if one not in found]
    return sorted({*found, *asked})


def _lost_of(characters: list[str]) -> str | None:
    """The text that could not be shown, None when everything was."""
    if not characters:
        return None
    try:
        typst.compile(str(_PROBE), sys_inputs={"text": json.dumps(characters)}, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        lost = _not_shown(error)
        if lost is None:
            raise
        return lost
    return None


def _not_shown(error: typst.TypstError) -> str | None:
    found = _NOT_SHOWN.search(str(error))
    return None if found is None else _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1])


def _writing(one: str) -> str:
    return unicodedata.name(one, "UNNAMED").split(" ")[0].split("-")[0]


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(inner, change) for inner in value]
    return value
