"""Parts of a workbook read as streams: the texts that its sheets share, and the comments on its cells."""

import zipfile
from abc import ABC, abstractmethod
from typing import Any
from xml.parsers import expat

LONGEST_CELL = 12_000
"""Characters that are kept of a cell: an offer's text has up to ten thousand."""


class Damaged(Exception):
    """A part is not what a spreadsheet writes."""


def local_name(name: Any) -> str:
    """Of an element or attribute, without its namespace."""
    return str(name).rpartition("}")[2].rpartition(":")[2]


class Reader(ABC):
    """Text of the elements that are wanted, as the parser goes by."""

    def __init__(self) -> None:
        self._text: list[str] | None = None
        self._length = 0

    def read(self, parts: zipfile.ZipFile, path: str) -> None:
        """Go through a part.

        Raises:
            Damaged: it is no XML.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self.start(name.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = self._data
        with parts.open(path) as file:
            try:
                parser.ParseFile(file)
            except expat.ExpatError:
                raise Damaged(path) from None

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
