"""From rows to hours: which column is what by its title, and each line with all that is wrong about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from services.clauses.domain.ledger import Evidence, HoursAsked
from services.clauses.sheets.cells import (
    CellRefused,
    evidence_of,
    hours_of,
    kind_of,
    month_of_cell,
)
from shared.errors import FieldError
from shared.nir import names_nir
from shared.outputs import without_mark
from shared.reference.text import words_of
from shared.tables import Cell, Row, Sheet, UnreadableSheet

COLUMNS = {
    "participant_id": (
        "participant",
        "reference",
        "reference du participant",
        "dossier",
        "numero de dossier",
        "beneficiaire",
    ),
    "employment_id": ("emploi", "numero d emploi", "identifiant de l emploi", "id emploi"),
    "kind": ("contrat", "nature du contrat", "type de contrat", "contrat de travail"),
    "employer": ("employeur", "employeur legal", "entreprise"),
    "month": ("mois", "periode", "mois travaille"),
    "hours": (
        "heures",
        "nombre d heures",
        "heures travaillees",
        "heures realisees",
        "heures d insertion",
        "nb heures",
        "nb d heures",
    ),
    "lot_id": ("lot", "numero de lot"),
    "evidence": ("justificatif", "piece", "nature du justificatif"),
    "evidence_dated": ("date du justificatif", "date de la piece"),
}
"""Titles by field, as words without accents and signs. The fields' own names are taken too."""
TITLES = {
    "participant_id": "Participant",
    "employment_id": "Emploi",
    "kind": "Nature du contrat",
    "employer": "Employeur",
    "month": "Mois",
    "hours": "Heures",
    "lot_id": "Lot",
    "evidence": "Justificatif",
}
"""Of the template."""
_SEARCHED_ROWS = 20
_BY_TITLE = {words_of(title): name for name, titles in COLUMNS.items() for title in (*titles, name)}


@dataclass
class Line:
    """A line of a sheet: hours to declare, or why not."""

    number: int
    asked: HoursAsked | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read_lines(sheet: Sheet, month: str | None, contractor_id: str | None) -> list[Line]:
    """The lines under the header; ``month`` is taken where there is no such column or it is empty.

    Raises:
        UnreadableSheet: no header with a participant and hours, a column twice, or nothing below.
    """
    header, columns = _header(sheet.rows)
    rows = [row for row in sheet.rows if row.number > header.number]
    if not rows:
        raise UnreadableSheet("no-lines", "Aucune ligne sous les titres des colonnes.")
    return [_line(row, columns, month, contractor_id) for row in rows]


def _header(rows: list[Row]) -> tuple[Row, dict[str, int]]:
    for row in rows[:_SEARCHED_ROWS]:
        names = [_BY_TITLE.get(words_of(cell.text)) if cell.text else None for cell in row.cells]
        if "participant_id" in names and "hours" in names:
            twice = sorted({name for name in names if name is not None and names.count(name) > 1})
            if twice:
                raise UnreadableSheet(
                    "column-twice", f"La colonne «{TITLES.get(twice[0], twice[0])}» est là deux fois."
                )
            return row, {name: index for index, name in enumerate(names) if name is not None}
    wanted = " et ".join(f"«{TITLES[name]}»" for name in ("participant_id", "hours"))
    raise UnreadableSheet(
        "no-header", f"Les colonnes {wanted} n'ont pas été trouvées dans les {_SEARCHED_ROWS} premières lignes."
    )


def _line(row: Row, columns: dict[str, int], month: str | None, contractor_id: str | None) -> Line:
    line = Line(row.number)
    cells = {
        name: _as_written(row.cells[index]) if index < len(row.cells) else Cell() for name, index in columns.items()
    }
    if any(names_nir(cell.text) for cell in row.cells):
        message = "Un numéro de sécurité sociale ne se transmet pas : retirez-le de la feuille."
        line.errors.append(FieldError("line", "nir", message))
    if row.hidden:
        line.errors.append(FieldError("line", "hidden", "Cette ligne est masquée : affichez-la, ou supprimez-la."))
    for name, cell in cells.items():
        if cell.merged:
            line.errors.append(FieldError(name, "merged", "Cette cellule est fusionnée avec d'autres : séparez-les."))
        elif cell.formula and cell.value is not None:
            line.notes.append(f"{TITLES.get(name, name)} : valeur calculée par une formule.")
    if line.errors:
        return line
    values: dict[str, Any] = {"contractor_id": contractor_id}
    found = _Reading(line)
    values["participant_id"] = cells["participant_id"].text
    if not values["participant_id"]:
        line.errors.append(FieldError("participant_id", "required", "Le participant manque."))
    values["hours"] = found.read("hours", hours_of, cells["hours"])
    written = cells.get("month", Cell())
    values["month"] = month if month is not None and not written.text else found.read("month", month_of_cell, written)
    values["lot_id"] = cells["lot_id"].text or None if "lot_id" in cells else None
    _employment(values, cells, found)
    paper = found.read("evidence", evidence_of, cells.get("evidence", Cell()))
    if paper is not None:
        values["evidence"] = (Evidence(kind=paper),)
    if not line.errors:
        line.asked = _asked(line, values)
    return line


def _as_written(cell: Cell) -> Cell:
    """Without the quote that our template puts in front of what a spreadsheet would take for a formula."""
    return replace(cell, value=without_mark(cell.text)) if isinstance(cell.value, str) else cell


class _Reading:
    def __init__(self, line: Line) -> None:
        self.line = line

    def read(self, name: str, reader: Any, cell: Cell) -> Any:
        """What the reader finds; None, with the line's error, when it refuses."""
        try:
            return reader(cell)
        except CellRefused as refused:
            self.line.errors.append(FieldError(name, refused.rule, str(refused)))
            return None


def _employment(values: dict[str, Any], cells: dict[str, Cell], found: _Reading) -> None:
    """By its number where one is given, else by kind and employer."""
    number = cells.get("employment_id", Cell()).text
    if number:
        values["employment_id"] = number
        return
    kind = found.read("kind", kind_of, cells.get("kind", Cell()))
    employer = cells.get("employer", Cell()).text
    if not employer:
        found.line.errors.append(FieldError("employer", "required", "L'employeur manque."))
    elif kind is not None:
        values["employment"] = {"kind": kind, "employer": employer}


def _asked(line: Line, values: dict[str, Any]) -> HoursAsked | None:
    try:
        return HoursAsked.model_validate(values)
    except ValidationError as refused:
        line.errors += [
            FieldError(str(error["loc"][0]), error["type"], error["msg"])
            for error in refused.errors(include_input=False)
        ]
        return None


def errors_of(lines: Iterable[Line]) -> int:
    """How many lines cannot be declared."""
    return sum(bool(line.errors) for line in lines)
