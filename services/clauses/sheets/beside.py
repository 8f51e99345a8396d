"""Lines of a sheet that are nobody's hours: sums, with a label or without, and what stands below the table. Pure."""

import re
from bisect import bisect
from collections.abc import Sequence
from decimal import Decimal

from services.clauses.sheets.cells import CellRefused, hours_written
from shared.reference.text import words_of
from shared.tables import Cell, Row
from shared.tables.days import NAMES_OF_MONTHS

_TOTALS = re.compile(
    r"(?:sous |grand |s )?(?:total|totaux)\b|(?:ensemble|tot|s t|recap\w*|report)\b|(?:cumul|somme)s?\b"
)
_BELOW = re.compile(
    r"(?:fait|le) (?:a|le) |signatures?\b|cachet\b|visa\b|certifie\b|lu et approuve\b|(?:nombre|nb|nbre|effectif)\b.* |page \d"
    r"|nota?\b|remarques?\b|observations?\b|(?:etabli|edite|genere|imprime|valide|document)e?\b|date\b"
    r"|(?:le|la|l) (?:gerante?|responsable|directeur|directrice|chef|employeur|entreprise|presidente?)\b"
    rf"|(?:[^\W\d]+ ){{1,6}}le (?:\d{{1,2}}|1er) (?:\d{{1,2}} 20|{NAMES_OF_MONTHS}\b)"
)
_OF_MORE = re.compile(r"\b(?:cumul|annee|an|depuis|marche|contrat|jour|precedents?)\b")
"""A sum of more than the lines of this sheet."""


def below(row: Row) -> bool:
    """Whether it is what people write below a table: «Fait à Guéret le 2 mars», «Signature :», and nothing else beside it. A
    reference alone is somebody whose hours are missing.
    """
    said = [cell.text for cell in row.cells if cell.text]
    return bool(said) and all(map(_is_said_below, said))


def _is_said_below(text: str) -> bool:
    if not re.search(r"[\s:]", text):
        return False
    return text.startswith("*") or _BELOW.match(f"{words_of(text)} ") is not None


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


def other_sums(rows: Sequence[Row], columns: dict[str, int]) -> list[tuple[int, Decimal, Decimal]]:
    """Labelled sums of something else than the lines above, of all or since any such line: number, what is written, what the
    lines are together. Somebody's line is missing, or is read as other hours than were meant. Minutes are rounded line by line.
    """
    found: list[tuple[int, Decimal, Decimal]] = []
    total = Decimal(0)
    since = [total]
    lines = 0
    for row in rows:
        hours = _hours_in(row, columns)
        if below(row):
            continue
        if not sums(row, columns):
            if hours is None:
                return found
            total, lines = total + hours, lines + 1
        elif hours is not None and not _OF_MORE.search(words_of(" ".join(cell.text for cell in row.cells))):
            # Hours only rise: the two of the earlier sums between which such a run of lines would begin.
            at = bisect(since, total - hours)
            off = min(abs(total - one - hours) for one in since[max(at - 1, 0) : at + 1])
            if lines and off > lines * Decimal("0.01"):
                found.append((row.number, hours, total))
            since.append(total)
    return found


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
