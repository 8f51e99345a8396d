"""The typesetter's side, run in a bounded child process (``shared.bounded``): JSON in, PDF and what became of it out.

Typst sets a tagged PDF (PDF/UA-1) and refuses a character that no font has. Which characters those are is asked before, so that
they are printed as a box and said, rather than that a person with such a name has no CV.
"""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import typst

from shared.bounded import Declined

BOX = "□"
_OWN = frozenset("–—’‘“”…·•€")
"""The typesetter's own font has these, and Latin letters."""
_TEMPLATE = Path(__file__).with_name("cv.typ")
_PROBE = Path(__file__).with_name("probe.typ")
_NOT_SHOWN = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
_FEW = 6
"""Letters of one writing that no font has: then it has no font for the writing."""
_MOST_PROBES = 120


def work(given: bytes) -> bytes:
    """A line of JSON (``step``, ``missing``), then the PDF.

    Raises:
        Declined: ``too-long``, even at the last step.
    """
    data = json.loads(given)
    missing = _missing(sorted(set(json.dumps(data["steps"], ensure_ascii=False))))
    if missing:
        # The document's title is not drawn: it keeps the name as it is written.
        data["steps"] = _boxed(data["steps"], str.maketrans(dict.fromkeys(missing, BOX)))
    compiler = typst.Compiler(str(_TEMPLATE), sys_inputs={"data": json.dumps(data, ensure_ascii=False)})
    pdf = compiler.compile(pdf_standards=["ua-1"])
    assert isinstance(pdf, bytes)
    [chosen] = json.loads(compiler.query("<chosen>", field="value"))
    if chosen == len(data["steps"]):
        raise Declined("too-long")
    said = {"step": chosen, "missing": "".join(missing)}
    return json.dumps(said).encode() + b"\n" + pdf


def _missing(characters: list[str]) -> list[str]:
    """Those that no font on this machine has a shape for."""
    asked = [
        one for one in characters if ord(one) > 0x24F and one not in _OWN and unicodedata.category(one)[0] not in "ZC"
    ]
    found: list[str] = []
    by_writing: dict[str, int] = {}
    for _ in range(_MOST_PROBES):
        text = _shown(asked)
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


def _shown(characters: list[str]) -> str | None:
    """The text that could not be shown, None when everything was."""
    if not characters:
        return None
    try:
        typst.compile(str(_PROBE), sys_inputs={"text": json.dumps(characters)}, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        found = _NOT_SHOWN.search(str(error))
        if found is None:
            raise
        return found[1]
    return None


def _writing(one: str) -> str:
    return unicodedata.name(one, "UNNAMED").split(" ")[0].split("-")[0]


def _boxed(value: Any, table: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(table)
    if isinstance(value, dict):
        return {name: _boxed(inner, table) for name, inner in value.items()}
    if isinstance(value, list):
        return [_boxed(inner, table) for inner in value]
    return value
