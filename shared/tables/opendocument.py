"""An ODS read as a stream (ISO/IEC 26300, part 3: chapters 9 and 19), within bounds.

One part holds all sheets, and says of an empty rest «this row, a million times»: what repeats nothing is only counted.
"""

import io
import math
import re
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from shared.tables.cell import Cell, Value
from shared.tables.parts import LONGEST_CELL, Reader
from shared.tables.workbook import MOST_TEXT, Limits, TooLarge, Written

CONTENT = "content.xml"
_SECRET = b"encryption-data"
_CELL = 32
"""What a cell counts for beside its text: all sheets together have as many as one of the widest and longest."""
_LASTS = re.compile(r"(-)?P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?")
_FIGURES = re.compile(r"[\d\s.,+-]")
_LEADING_ZEROS = re.compile(r"0\d{1,19}")


@dataclass
class Table:
    """A visible sheet. ``longer``: it has more rows than were kept."""

    title: str
    found: list[Written] = field(default_factory=list)
    longer: bool = False


class OpenDocument:
    """The sheets of an ODS file, read once."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        """Read the file.

        Raises:
            Damaged: see there.
        """
        reader = _Tables(limits.rows, limits.columns)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            reader.read(parts, CONTENT)
        self._limits = limits
        self._sheets = reader.tables
        self._remarks = reader.remarks
        self.unseen = reader.hidden_tables
        """Titles of sheets that the program does not show."""

    @staticmethod
    def secret(parts: zipfile.ZipFile) -> bool:
        """Whether a password protects it: its parts are no XML then, and are not packed with one."""
        with suppress(KeyError):
            return _SECRET in parts.read("META-INF/manifest.xml")
        return False

    @property
    def titles(self) -> list[str]:
        """Of the visible sheets."""
        return [one.title for one in self._sheets]

    def beginning(self, sheet: int) -> list[Written]:
        """The first rows in which something stands."""
        return self._sheets[sheet].found[: self._limits.first]

    def rows(self, sheet: int) -> list[Written]:
        """All rows in which something stands.

        Raises:
            TooLarge: there are more than are read.
        """
        if self._sheets[sheet].longer:
            raise TooLarge("rows")
        return self._sheets[sheet].found

    def beside(self, sheet: int) -> list[str]:
        """Texts that need not stand in the rows of a sheet: comments, other sheets, hidden or not."""
        others = [one for at, one in enumerate(self._sheets) if at != sheet]
        return [*self._remarks, *(cell.text for one in others for row in one.found for cell in row.cells if cell.text)]


class _Tables(Reader):
    """Rows with something in them, sheet by sheet; what is hidden by its style is passed over but for its texts."""

    def __init__(self, most_rows: int, most_columns: int) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self.remarks: list[str] = []
        self.hidden_tables: list[str] = []
        self._most = (most_rows, most_columns)
        self._room = MOST_TEXT
        self._unseen_styles: set[str] = set()
        self._style = ""
        self._table: Table | None = None
        self._shown = True
        self._depth = 0
        self._unseen: set[int] = set()
        self._columns = self._number = self._repeated = 0
        self._hidden = self._further = False
        self._cells: list[Cell] = []
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._lines: list[str] | None = None
        self._aside = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "annotation":
            self._aside += 1
        elif name == "style":
            self._style = attributes.get("style:name", "")
        elif name == "table-properties" and attributes.get("table:display") == "false":
            self._unseen_styles.add(self._style)
        elif name == "table":
            self._begin_table(attributes)
        elif name == "table-column" and self._depth == 1:
            self._begin_columns(attributes)
        elif name == "table-row" and self._depth == 1:
            self._hidden = attributes.get("table:visibility", "visible") != "visible"
            self._repeated = _times(attributes, "table:number-rows-repeated")
            self._cells, self._further = [], False
        elif name in ("table-cell", "covered-table-cell") and self._depth == 1:
            self._cell, self._covered, self._lines = attributes, name == "covered-table-cell", []
        elif name == "p" and (self._aside or self._lines is not None):
            self.listen()
        elif name in ("s", "tab", "line-break") and self._text is not None:
            self._data(
                " " * min(_times(attributes, "text:c"), 20) if name == "s" else "\n" if name == "line-break" else " "
            )

    def end(self, name: str) -> None:
        if name == "p" and self._text is not None:
            text = self.heard()
            if self._aside:
                self.remarks.append(text)
            elif self._lines is not None:
                self._lines.append(text)
        elif name == "annotation":
            self._aside = max(0, self._aside - 1)
        elif name in ("table-cell", "covered-table-cell") and self._depth == 1:
            self._end_cell()
        elif name == "table-row" and self._depth == 1:
            self._end_row()
        elif name == "table":
            self._depth = max(0, self._depth - 1)

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        self._shown = attributes.get("table:style-name", "") not in self._unseen_styles
        self._table = Table(attributes.get("table:name", ""))
        self._unseen, self._columns, self._number = set(), 0, 0
        if self._shown:
            self.tables.append(self._table)
        else:
            self.hidden_tables.append(self._table.title)

    def _begin_columns(self, attributes: dict[str, str]) -> None:
        times = _times(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility", "visible") != "visible":
            self._unseen.update(range(self._columns, min(self._columns + times, self._most[1])))
        self._columns += times

    def _end_cell(self) -> None:
        attributes, lines = self._cell or {}, self._lines or []
        self._cell = self._lines = None
        times = _times(attributes, "table:number-columns-repeated")
        room = self._most[1] - len(self._cells)
        text = "\n".join(lines).strip()[:LONGEST_CELL]
        value = _value(attributes, text)
        merged = self._covered or any(
            _times(attributes, f"table:number-{one}-spanned") > 1 for one in ("rows", "columns")
        )
        formula = "table:formula" in attributes
        if value is None and not merged and not formula:
            self._cells += [_NOTHING] * min(times, room)
            return
        self._further |= value is not None and times > room
        self._room -= len(text) * min(times, max(room, 0))
        if self._room < 0:
            if self._table is not None:
                self._table.longer = True
            return
        for _ in range(min(times, room)):
            self._cells.append(
                Cell(
                    value,
                    merged=merged,
                    formula=formula,
                    hidden=len(self._cells) in self._unseen,
                    format=_format(attributes, text),
                )
            )

    def _end_row(self) -> None:
        number, self._number = self._number + 1, self._number + self._repeated
        if not any(cell.value is not None or cell.formula for cell in self._cells):
            return
        while self._cells[-1] == _NOTHING:
            self._cells.pop()
        table = self._table
        if table is None:
            return
        if not self._shown:
            self.remarks += [cell.text for cell in self._cells if cell.text]
            return
        length = sum(_CELL + len(cell.text) for cell in self._cells)
        for at in range(self._repeated):
            if len(table.found) >= self._most[0] or self._room < 0:
                table.longer = True
                return
            table.found.append(Written(number + at, list(self._cells), self._hidden, self._further))
            self._room -= length


_NOTHING = Cell()


def _times(attributes: dict[str, str], name: str) -> int:
    written = attributes.get(name, "1")
    return max(1, int(written)) if written.isascii() and written.isdecimal() and len(written) < 10 else 1


def _value(attributes: dict[str, str], text: str) -> Value:
    kind = attributes.get("office:value-type", "")
    if kind in ("float", "currency", "percentage"):
        try:
            number = float(attributes.get("office:value", ""))
        except ValueError:
            return text or None
        return (int(number) if number.is_integer() else number) if math.isfinite(number) else text or None
    if kind == "date":
        with suppress(ValueError):
            return datetime.fromisoformat(attributes.get("office:date-value", ""))
    elif kind == "time" and (lasts := _LASTS.fullmatch(attributes.get("office:time-value", ""))):
        days, hours, minutes, seconds = (int(part or 0) for part in lasts.groups()[1:])
        with suppress(OverflowError):
            length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            return -length if lasts[1] else length
    elif kind == "boolean":
        return attributes.get("office:boolean-value") == "true"
    return text or attributes.get("office:string-value", "")[:LONGEST_CELL] or None


def _format(attributes: dict[str, str], text: str) -> str:
    """A number's format, as far as what is shown tells it: the unit beside it, the zeros in front."""
    kind = attributes.get("office:value-type", "")
    if kind == "percentage":
        return "0%"
    if kind not in ("float", "currency") or not text:
        return ""
    if _LEADING_ZEROS.fullmatch(text):
        return "0" * len(text)
    unit = _FIGURES.sub("", text)[:20].replace('"', "").replace("\\", "")
    return f'0.00"{unit}"' if unit else ""
