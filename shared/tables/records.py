"""Records of a CSV, one after the other: a quotation mark that never closes takes no other line with it."""

import csv
from collections.abc import Sequence

_MOST_LINES = 20
"""A field with line ends spans a few; a quotation mark that never closes would swallow the rest of the file."""


csv.field_size_limit(4_000_000)
"""Characters: what is pasted into one cell is its row's trouble, and no reason to take none of the others."""

MAX_LINES = 1_100_000
"""Of a file: a spreadsheet's 1,048,576 rows, all of which some write, empty as they are."""


def is_blank(line: str, separator: str) -> bool:
    """Whether nothing is written in a line, which is told here for a fiftieth of what reading it as a record costs."""
    return not line.replace(separator, "").strip()


def record_at(lines: Sequence[str], at: int, separator: str, *, guessing: bool) -> tuple[list[str] | None, int]:
    """(fields, lines used) of the record that begins at a line; None where it cannot be told where it ends.

    A field with line ends is read as one unless a line of it looks like a record of its own: «…;"note» with a line below that
    ends in «…;"» is a quoted field by the letter, and would take that line away without a word. ``guessing``: a line whose
    quotation mark never closes is read by itself, for whoever looks at every field of it afterwards.
    """
    for attempt, strict in ((_MOST_LINES, True), (1, False)):
        reader = csv.reader(lines[at : at + attempt], delimiter=separator, strict=strict)
        try:
            fields = next(reader)
        except (csv.Error, StopIteration):
            continue
        if reader.line_num > 1 and any(_swallows(field, separator, len(fields)) for field in fields):
            continue
        return (None, 1) if not (strict or guessing) and _open(lines[at]) else (fields, reader.line_num)
    return None, 1


def _swallows(field: str, separator: str, columns: int) -> bool:
    """Whether a line within a field has about as many separators as the record."""
    within = field.splitlines()[1:] if "\n" in field or "\r" in field else []
    return any(line.count(separator) >= max(2, min(columns - 2, 4)) for line in within)


def _open(line: str) -> bool:
    return line.count('"') % 2 == 1
