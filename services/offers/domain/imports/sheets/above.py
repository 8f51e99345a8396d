"""Cells that say what those above them say: merged ones, and «idem». Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

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
