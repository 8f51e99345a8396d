"""Parts of a workbook read as streams: the texts that its sheets share, and the comments on its cells."""

import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import IO, Any
from xml.parsers import expat

LONGEST_CELL = 12_000
"""Characters that are kept of a cell: an offer's text has up to ten thousand."""
_AT_ONCE = 65_536
_LONGEST_TAG = 100_000
"""Bytes. A cell's text, which has 32,767 characters at most, may stand in an attribute."""
_MOST_ATTRIBUTES = 1_000


class Damaged(Exception):
    """A part is not what a spreadsheet writes."""


def local_name(name: Any) -> str:
    """Of an element or attribute, without its namespace."""
    return str(name).rpartition("}")[2].rpartition(":")[2]


def parse(
    file: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    data: Callable[[str], None] | None = None,
) -> None:
    """Have expat read a part of a workbook.

    It compares the attributes of a tag with one another, and reads a tag that has not ended anew with each block: six megabytes
    of them took 13 s, twelve 52. No tag that a program writes is near that.

    Raises:
        Damaged: it is no XML, or nothing that a spreadsheet writes.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(attributes) > _MOST_ATTRIBUTES:
            raise Damaged(name)
        start(name, attributes)

    parser.StartElementHandler = opened
    if end is not None:
        parser.EndElementHandler = end
    if data is not None:
        parser.CharacterDataHandler = data
    given = 0
    try:
        while block := file.read(_AT_ONCE):
            parser.Parse(block, False)
            given += len(block)
            if given - parser.CurrentByteIndex > _LONGEST_TAG:
                raise Damaged("a tag without end")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Damaged(str(error)) from None


class Reader(ABC):
    """Text of the elements that are wanted, as the parser goes by."""

    def __init__(self) -> None:
        self._text: list[str] | None = None
        self._length = 0

    def read(self, parts: zipfile.ZipFile, path: str) -> None:
        """Go through a part.

        Raises:
            Damaged: see ``parse``.
        """
        with parts.open(path) as file:
            parse(
                file,
                lambda name, attributes: self.start(name.rpartition(":")[2], attributes),
                lambda name: self.end(name.rpartition(":")[2]),
                self._data,
            )

    @abstractmethod
    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    @abstractmethod
    def end(self, name: str) -> None:
        """An element ends."""

    def _data(self, text: str) -> None:
        if self._text is not None and self._length < LONGEST_CELL:
            self._text.append(text[: LONGEST_CELL - self._length])
            self._length += len(text)

    def listen(self) -> None:
        """The text that comes now is wanted."""
        self._text, self._length = [], 0

    def heard(self) -> str:
        """The text since then."""
        text, self._text = "".join(self._text or ()), None
        return text


class Texts(Reader):
    """Shared texts; what is written above characters to read them aloud is none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._runs: list[str] = []
        self._aloud = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._runs = []
        elif name == "rPh":
            self._aloud = True
        elif name == "t" and not self._aloud:
            self.listen()

    def end(self, name: str) -> None:
        if name == "t" and not self._aloud:
            self._runs.append(self.heard())
        elif name == "rPh":
            self._aloud = False
        elif name == "si":
            self.found.append("".join(self._runs)[:LONGEST_CELL])


_TEXTS = frozenset(("t", "text", "v"))


class Remarks(Reader):
    """What is written in comments, also in those that are answered, and in the cells of a sheet that is not read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name in _TEXTS:
            self.listen()

    def end(self, name: str) -> None:
        if name in _TEXTS:
            self.found.append(self.heard())
