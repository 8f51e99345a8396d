"""An XLSX read as a stream of its own parts (ECMA-376, part 1), within bounds.

A library that builds a workbook in memory makes an object of each cell of a merged area, a validation or a link: five
thousand bytes that name «A5:XFD1048576» took all memory. Here an area stays four numbers, and what is no cell is not read.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from xml.etree import ElementTree

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from shared.tables.cell import Cell, Value
from shared.tables.parts import LONGEST_CELL, Damaged, Reader, Remarks, Texts, local_name, parse

MOST_TEXT = 20_000_000
"""Characters of all cells together: a long shared text may be named by each of them."""
_LARGEST_TREE = 5_000_000
"""Bytes of a part that is read as a whole: each of its elements takes twenty times what it is written with."""
_MOST_AREAS = 20_000
_LAST_COLUMN = 16_384
"""«XFD», where every program ends."""
_COORDINATE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = frozenset(("1", "true", "on"))


class TooLarge(Exception):
    """More rows, areas or text than are read."""


@dataclass
class Written:
    """A row with something in it."""

    number: int
    cells: list[Cell]
    hidden: bool
    further: bool = False


@dataclass(frozen=True)
class Limits:
    """How much of a sheet is read: rows, columns, and the first rows by which it is known."""

    rows: int
    columns: int
    first: int


@dataclass
class Part:
    """A visible sheet of the workbook."""

    title: str
    path: str


@dataclass
class _Area:
    top: int
    left: int
    bottom: int
    right: int


@dataclass
class Workbook:
    """What is needed of the parts around the sheets."""

    limits: Limits
    parts: zipfile.ZipFile
    sheets: list[Part]
    unseen: list[str]
    """Titles of sheets that the program does not show."""
    texts: list[str]
    dates: frozenset[int]
    durations: frozenset[int]
    formats: list[str]
    """The number format of each style."""
    epoch: datetime
    uncalculated: bool
    """The program that wrote it left the calculating to who opens it: a formula's zero stands for no result."""

    @classmethod
    def read(cls, content: bytes, limits: Limits) -> "Workbook":
        """Sheets, shared texts, and which formats are days or durations.

        Raises:
            Damaged: see there.
        """
        parts = zipfile.ZipFile(io.BytesIO(content))
        names = {name.lower(): name for name in parts.namelist()}
        book = _tree(parts, names, "xl/workbook.xml")
        links = {one.get("Id"): one.get("Target", "") for one in _tree(parts, names, "xl/_rels/workbook.xml.rels")}
        sheets: list[Part] = []
        unseen: list[str] = []
        for one in (found for found in book.iter() if local_name(found.tag) == "sheet"):
            target = next((links.get(value) for name, value in one.items() if local_name(name) == "id"), None)
            path = "" if target is None else posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").lower()
            if one.get("state", "visible") != "visible":
                unseen.append(one.get("name", ""))
            elif path in names:
                if any(other.path == names[path] for other in sheets):
                    # Each would be read: a hundred thousand sheets of one part are few bytes.
                    raise Damaged(path)
                sheets.append(Part(one.get("name", ""), names[path]))
        settings = next((one for one in book.iter() if local_name(one.tag) == "workbookPr"), None)
        other = settings is not None and settings.get("date1904") in _TRUE
        calculation = next((one for one in book.iter() if local_name(one.tag) == "calcPr"), None)
        formats = _formats(_tree(parts, names, "xl/styles.xml") if "xl/styles.xml" in names else None)
        texts = Texts()
        if "xl/sharedstrings.xml" in names:
            texts.read(parts, names["xl/sharedstrings.xml"])
        return cls(
            limits,
            parts,
            sheets,
            unseen,
            texts.found,
            _such(formats, is_date_format),
            _such(formats, is_timedelta_format),
            formats,
            CALENDAR_MAC_1904 if other else CALENDAR_WINDOWS_1900,
            calculation is not None and calculation.get("fullCalcOnLoad") in _TRUE,
        )

    @property
    def titles(self) -> list[str]:
        """Of the visible sheets."""
        return [one.title for one in self.sheets]

    def rows(self, sheet: int) -> list[Written]:
        """The rows of a sheet in which something stands.

        Raises:
            Damaged, TooLarge: see there.
        """
        reader = _Rows(self, self.limits.rows, self.limits.columns)
        reader.read(self.parts, self.sheets[sheet].path)
        return list(_with_areas(reader.found, reader.areas, self.limits.columns))

    def beginning(self, sheet: int) -> list[Written]:
        """The first rows in which something stands.

        Raises:
            Damaged: see there.
        """
        reader = _Rows(self, self.limits.first, self.limits.columns)
        with suppress(TooLarge):
            reader.read(self.parts, self.sheets[sheet].path)
        return reader.found

    def beside(self, sheet: int) -> list[str]:
        """Texts that need not stand in the rows of a sheet: shared ones, comments, other sheets, hidden or not.

        Raises:
            Damaged: see there.
        """
        reader = Remarks()
        for name in self.parts.namelist():
            if _beside(name.lower(), self.sheets[sheet].path):
                reader.read(self.parts, name)
        return [*self.texts, *reader.found]


def _beside(name: str, sheet: str) -> bool:
    of_sheets = name.startswith("xl/worksheets/") and name != sheet.lower()
    return name.startswith("xl/") and name.endswith(".xml") and (of_sheets or "comment" in name)


def _tree(parts: zipfile.ZipFile, names: dict[str, str], path: str) -> ElementTree.Element:
    if path not in names:
        raise Damaged(path)
    with parts.open(names[path]) as file:
        content = file.read(_LARGEST_TREE + 1)
    if len(content) > _LARGEST_TREE:
        raise Damaged(path)
    parse(io.BytesIO(content), lambda *_: None)
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError):
        raise Damaged(path) from None


def _formats(styles: ElementTree.Element | None) -> list[str]:
    """The number format of each style, by its index."""
    if styles is None:
        return []
    own: dict[str, str] = {}
    for one in (found for found in styles.iter() if local_name(found.tag) == "numFmt"):
        own[one.get("numFmtId", "")] = one.get("formatCode", "General")[:200]
    used = next((one for one in styles.iter() if local_name(one.tag) == "cellXfs"), None)
    found = []
    for one in used if used is not None else ():
        id = one.get("numFmtId", "0")
        found.append(own.get(id) or BUILTIN_FORMATS.get(int(id) if id.isdecimal() else 0, "General"))
    return found


def _such(formats: list[str], is_one: Callable[[str], bool]) -> frozenset[int]:
    """Styles with such a format: each is looked at once, many styles may name it."""
    such = {code for code in set(formats) if is_one(code)}
    return frozenset(index for index, code in enumerate(formats) if code in such)


class _Rows(Reader):
    """Rows with something in them, and merged areas."""

    def __init__(self, book: Workbook, most_rows: int, most_columns: int) -> None:
        super().__init__()
        self.found: list[Written] = []
        self.areas: list[_Area] = []
        self._book = book
        self._most = (most_rows, most_columns)
        self._room = MOST_TEXT
        self._row = self._column = 0
        self._hidden = self._formula = self._aloud = self._further = False
        self._cells: dict[int, Cell] = {}
        self._kind, self._style = "n", 0
        self._runs: list[str] = []
        self._value: str | None = None
        self._unseen: list[tuple[int, int]] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "col": self._begin_columns,
            "row": self._begin_row,
            "c": self._begin_cell,
            "mergeCell": self._merge,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        begin = self._starts.get(name)
        if begin is not None:
            begin(attributes)
        elif name == "f":
            self._formula = True
        elif name == "rPh":
            self._aloud = True
        elif name in ("v", "t") and not self._aloud and self._column:
            self.listen()

    def end(self, name: str) -> None:
        if name == "v" and self._column:
            self._value = self.heard()
        elif name == "t" and not self._aloud and self._column:
            self._runs.append(self.heard())
        elif name == "rPh":
            self._aloud = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def _begin_columns(self, attributes: dict[str, str]) -> None:
        """Columns are described before the rows; one of no width is as little seen as a hidden one."""
        first = _whole(attributes.get("min"), 0)
        if _unseen(attributes, "width") and 0 < first <= self._most[1] and len(self._unseen) < self._most[1]:
            self._unseen.append((first, _whole(attributes.get("max"), first)))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row = _whole(attributes.get("r"), self._row + 1)
        self._hidden = _unseen(attributes, "ht")
        self._column, self._cells, self._further = 0, {}, False

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        place = _COORDINATE.fullmatch(attributes.get("r", ""))
        self._column = self._column + 1 if place is None else _column(place[1])
        if self._column > _LAST_COLUMN:
            raise Damaged("columns")
        self._kind, self._style = attributes.get("t", "n"), _whole(attributes.get("s"), 0)
        self._formula, self._value, self._runs = False, None, []

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").replace("$", "").partition(":")
        one, other = _COORDINATE.fullmatch(first), _COORDINATE.fullmatch(last or first)
        if one is None or other is None:
            return
        if len(self.areas) >= _MOST_AREAS:
            raise TooLarge("areas")
        self.areas.append(_Area(int(one[2]), _column(one[1]), int(other[2]), _column(other[1])))

    def _end_cell(self) -> None:
        value = self._read_value()
        if isinstance(value, str):
            value = value.strip() or None
            self._room -= len(value or "")
            if self._room < 0:
                raise TooLarge("text")
        if self._formula and self._book.uncalculated and not value:
            value = None
        counted = isinstance(value, (int, float)) and not isinstance(value, bool)
        self._further |= value is not None and self._column > self._most[1]
        if (value is not None or self._formula) and self._column <= self._most[1]:
            self._cells[self._column] = Cell(
                value,
                formula=self._formula,
                hidden=any(first <= self._column <= last for first, last in self._unseen),
                format=self._book.formats[self._style] if counted and self._style < len(self._book.formats) else "",
                from_1904=counted and self._book.epoch is CALENDAR_MAC_1904,
            )

    def _end_row(self) -> None:
        if not self._cells:
            return
        if len(self.found) >= self._most[0]:
            raise TooLarge("rows")
        last = max(self._cells)
        cells = [self._cells.get(column, _NOTHING) for column in range(1, last + 1)]
        self.found.append(Written(self._row, cells, self._hidden, self._further))

    def _read_value(self) -> Value:
        if self._kind == "inlineStr":
            return "".join(self._runs)[:LONGEST_CELL]
        written = self._value
        if written is None or not written.strip():
            return written
        if self._kind == "s":
            index = _whole(written.strip(), -1)
            return self._book.texts[index] if 0 <= index < len(self._book.texts) else None
        if self._kind == "b":
            return written.strip() in _TRUE
        if self._kind == "d":
            return _or(lambda: datetime.fromisoformat(written.strip()), written)
        if self._kind in ("str", "e"):
            return written
        return self._number(written.strip())

    def _number(self, written: str) -> Value:
        number = _or(lambda: float(written) if re.search(r"[.eEnN]", written) else int(written), None)
        if number is None:
            return written
        if self._style in self._book.dates:
            lasts = self._style in self._book.durations
            return _or(lambda: from_excel(number, self._book.epoch, timedelta=lasts), number)
        return number


_NOTHING = Cell()


def _or(read: Callable[[], Value], otherwise: Value) -> Value:
    """What is read, where it can be; programs write more than the format says."""
    try:
        return read()
    except (ValueError, OverflowError, TypeError):
        return otherwise


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _unseen(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or so small that nothing of it shows."""
    return attributes.get("hidden") in _TRUE or bool(re.fullmatch(r"0+(\.0+)?", attributes.get(size, "")))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _with_areas(rows: list[Written], areas: list[_Area], most_columns: int) -> Iterator[Written]:
    """The rows, with the cells of merged areas marked. Areas are gone through once, from the top: how many of them lie over each
    column is counted, since any number of them may lie over all.
    """
    begins = sorted(areas, key=lambda one: one.top, reverse=True)
    ends: list[tuple[int, int, int]] = []
    over = [0] * (most_columns + 1)
    for row in sorted(rows, key=lambda one: one.number):
        while begins and begins[-1].top <= row.number:
            area = begins.pop()
            heappush(ends, (area.bottom, area.left, min(area.right, most_columns)))
            for column in range(area.left, min(area.right, most_columns) + 1):
                over[column] += 1
        while ends and ends[0][0] < row.number:
            _, left, right = heappop(ends)
            for column in range(left, right + 1):
                over[column] -= 1
        if ends:
            merged = [column for column, count in enumerate(over) if count]
            row.cells += [_NOTHING] * (max(merged, default=0) - len(row.cells))
            for column in merged:
                row.cells[column - 1] = replace(row.cells[column - 1], merged=True)
        yield row
