"""What a line was read from: each cell with its name, what stands there and what it was taken for. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError
from xlsxwriter.utility import xl_col_to_name

from services.clauses.domain.reference import ParticipantId
from shared.tables.cell import Cell

_LONGEST = 100
_REFERENCE: TypeAdapter[str] = TypeAdapter(ParticipantId)


class ReadCell(NamedTuple):
    """A cell of a line. ``understood`` is None where it could not be read; ``written`` where it may be somebody's name."""

    field: str
    cell: str
    written: str | None
    understood: str | None


def cell_name(column: int, row: int) -> str:
    """As spreadsheets call it: «E12»."""
    return f"{xl_col_to_name(column)}{row}"


def read_cells(
    row: int, columns: Mapping[str, int], cells: Mapping[str, Cell], seen: Mapping[str, Any]
) -> list[ReadCell]:
    """The cells of a line from left to right; ``seen``: what each was taken for."""
    found = []
    for name, at in sorted(columns.items(), key=lambda item: item[1]):
        written: str | None = cells[name].text[:_LONGEST]
        if name == "participant_id" and written and not _is_reference(seen.get(name, written)):
            written = None
        value = seen.get(name)
        found.append(
            ReadCell(name, cell_name(at, row), written, None if value is None or written is None else _said(value))
        )
    return found


def _is_reference(value: Any) -> bool:
    try:
        _REFERENCE.validate_python(value)
    except ValidationError:
        return False
    return True


def _said(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else str(value)
