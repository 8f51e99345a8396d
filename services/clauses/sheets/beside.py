"""Lines of a sheet that are nobody's hours: sums, with a label or without, and what stands below the table. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from services.clauses.sheets.cells import CellRefused, hours_written
from shared.reference.text import words_of
from shared.tables import Cell, Row

_TOTALS = re.compile(r"(?:sous |grand )?(?:total|totaux)\b|(?:cumul|somme)s?\b")
_BELOW = re.compile(
    r"(?:fait|le) (?:a|le) |signatures?\b|cachet\b|visa\b|certifie\b|lu et approuve\b|(?:nombre|nb|nbre|effectif)\b.* |page \d"
    r"|nota?\b|remarques?\b"
)


def below(row: Row) -> bool:
    """Whether it is what people write below a table: «Fait à Guéret le 2 mars», «Signature :», and nothing beside it. A reference
    alone is somebody whose hours are missing.
    """
    said = [cell.text for cell in row.cells if cell.text]
    return len(said) == 1 and _BELOW.match(f"{words_of(said[0])} ") is not None and bool(re.search(r"[\s:]", said[0]))


def sums(row: Row, columns: dict[str, int]) -> bool:
    """Whether spreadsheets add such a line: «Total», «Sous-total Bâti», «Cumul» in front, no kind, employer or employment."""
    named = (
        row.cells[at].text
        for name in ("kind", "employer", "employment_id")
        if (at := columns.get(name, 99)) < len(row.cells)
    )
    first = next((cell.text for cell in row.cells if cell.text), "")
    labelled = _TOTALS.match(words_of(first)) is not None and re.search(r"[\s:]|^\D+$", first) is not None
    return labelled and not any(text for text in named if text != first)


def bare_sums(rows: Sequence[Row], columns: dict[str, int]) -> list[int]:
    """Numbers of the lines of sums that nobody named: nothing but hours (and a month), which are those of several lines above
    together, of all or since the last such line. Other hours that belong to nobody are a line with a fault.
    """
    found: list[int] = []
    total = since = Decimal(0)
    lines = 0
    for row in rows:
        hours = _hours_in(row, columns)
        if hours is None:
            continue
        if lines > 1 and hours in (total, since) and _bare(row, columns):
            found.append(row.number)
            since = Decimal(0)
        else:
            total, since, lines = total + hours, since + hours, lines + 1
    return found


def _hours_in(row: Row, columns: dict[str, int]) -> Decimal | None:
    at = columns["hours"]
    try:
        return hours_written(row.cells[at] if at < len(row.cells) else Cell())
    except CellRefused:
        return None


def _bare(row: Row, columns: dict[str, int]) -> bool:
    said = {at for name, at in columns.items() if name in ("hours", "month")}
    return not any(cell.text for at, cell in enumerate(row.cells) if at not in said)
