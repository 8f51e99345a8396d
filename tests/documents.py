"""The documentation's fenced blocks by name, so that tests run what people read.

Above each block stands what becomes of it: ``<!-- block NAME: run by tests/… -->``, ``<!-- block: output of NAME -->`` for what a
named block prints, ``<!-- block: generated -->`` for what a command writes, ``<!-- block: shape, REASON -->`` for what nothing
can run.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"<!-- block(?: (?P<name>[a-z][a-z0-9-]*))?: (?P<kind>[^>]*?) -->\s*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, what it says, and what its mark says of it ("" without one)."""

    page: str
    line: int
    language: str
    name: str
    kind: str
    text: str


def blocks(page: str) -> list[Block]:
    """The blocks of ``docs/<page>.md``, in order."""
    source = (DOCS / f"{page}.md").read_text()
    found = []
    for fence in _FENCE.finditer(source):
        mark = _MARK.search(source[: fence.start()])
        found.append(
            Block(
                page,
                source[: fence.start()].count("\n") + 1,
                fence["language"].strip(),
                (mark["name"] or "") if mark else "",
                mark["kind"] if mark else "",
                fence["text"],
            )
        )
    return found


def block(page: str, name: str) -> str:
    """The text of a named block."""
    [found] = [one for one in blocks(page) if one.name == name]
    return found.text
