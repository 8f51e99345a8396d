"""Cells that say what those above them say: merged ones, and «idem». Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from services.offers.domain.imports.sheets.titles import PLACES, Column
from shared.tables import Cell, Row

_LONGEST = 12
_DITTO = re.compile(r"(?:idem|id\.?|ibid(?:em|\.)?|[-–. ]*(?:\"|''|″|”|〃|//|\"\s*\")[-–. ]*)", re.IGNORECASE)


def _ditto(cell: Cell) -> bool:
    # A cell's text is made each time that it is asked for.
    value = cell.value
    return isinstance(value, str) and len(value) <= _LONGEST and _DITTO.fullmatch(value.strip()) is not None


def filled_from_above(rows: Sequence[Row]) -> Iterator[Row]:
    """Cells that are merged with those above say what these do: the employer that is written once for five rows. So do those in
    which «idem» stands.
    """
    last: Row | None = None
    for row in _merged(rows):
        if any(map(_ditto, row.cells)):
            over = last.cells if last is not None and last.number == row.number - 1 else []
            cells = [over[at] if at < len(over) and _ditto(cell) else cell for at, cell in enumerate(row.cells)]
            row = replace(row, cells=cells)
        last = row
        yield row


def _merged(rows: Sequence[Row]) -> Iterator[Row]:
    above: dict[int, Cell] = {}
    number = 0
    for row in rows:
        if row.number != number + 1:
            above.clear()
        number = row.number
        if not above and not any(cell.merged for cell in row.cells):
            yield row
            continue
        cells = list(row.cells)
        for at, cell in enumerate(row.cells):
            if not cell.merged:
                above.pop(at, None)
            elif cell.text:
                above[at] = cell
            elif at in above:
                cells[at] = above[at]
        yield replace(row, cells=cells)


def carried(
    rows: Sequence[Row], columns: Sequence[tuple[int, Column | None]], is_offer: Callable[[Row], bool]
) -> tuple[list[Row], list[int]]:
    """Rows whose employer or place is written once for several, as merged cells are that went through a text file: an empty cell
    says what the one above it says. ``columns``: (index, field). Also the numbers of these rows.

    An employer is carried in the first column only: elsewhere an empty cell may mean that nobody is to know. A place is carried
    where no other cell of the row says one.
    """
    first = min((at for at, _ in columns), default=0)
    over = [at for at, column in columns if column is Column.EMPLOYER and at == first]
    places = [at for at, column in columns if column in PLACES]
    found: list[Row] = []
    told: list[int] = []
    above: Row | None = None
    for row in rows:
        wanted = list(over)
        if not any(_filled(row, at) for at in places):
            wanted += places
        if (
            above is not None
            and row.number == above.number + 1
            and (missing := [at for at in wanted if not _filled(row, at) and _filled(above, at)])
            and is_offer(row)
        ):
            cells = row.cells + [Cell()] * (max(missing) + 1 - len(row.cells))
            row = replace(row, cells=[above.cells[at] if at in missing else cell for at, cell in enumerate(cells)])
            told.append(row.number)
        found.append(row)
        above = row
    return found, told


def _filled(row: Row, at: int) -> bool:
    return at < len(row.cells) and (bool(row.cells[at].text) or row.cells[at].formula)
