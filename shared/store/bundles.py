"""Events of one commit travel through the outbox as one document: inserted once and deleted once, however many they are.

A commit of one event is that event's row. A commit of several is a bundle of rows; the relay unpacks it, and packs it apart
into rows where some of its events have to wait for longer than the others. Each row of a bundle says how many of its topic leave
``together``, so that who reads the first of them knows how many to expect.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

LARGEST_BYTES = 4_000_000
"""Of the data in a bundle: MongoDB refuses documents beyond 16 MB, and the rows of one commit may be thousands."""
_ROW_BYTES = 500

Row = dict[str, Any]


def bundled(rows: Sequence[Row]) -> list[Row]:
    """The outbox documents of one commit's rows, in their order."""
    documents: list[Row] = []
    together: list[Row] = []
    size = 0
    for row in rows:
        bytes_of_row = len(row["data"] or b"") + _ROW_BYTES
        if together and size + bytes_of_row > LARGEST_BYTES:
            documents.append(_document(together))
            together, size = [], 0
        together.append(row)
        size += bytes_of_row
    if together:
        documents.append(_document(together))
    return documents


def _document(rows: Sequence[Row]) -> Row:
    if len(rows) == 1:
        return rows[0]
    of_topic = Counter(row["topic"] for row in rows)
    counted = [{**row, "together": of_topic[row["topic"]]} for row in rows]
    return {"_id": f"{rows[0]['_id']}+{len(rows)}", "rows": counted}


def rows_of(document: Mapping[str, Any]) -> list[Row]:
    """The rows of an outbox document."""
    return list(document["rows"]) if "rows" in document else [dict(document)]
