"""From rows to hours: which column is what by its title, and each line with all that is wrong about it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from services.clauses.domain.ledger import Evidence, HoursAsked
from services.clauses.sheets.cells import (
    CellRefused,
    day_of_cell,
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
        "reference participant",
        "numero du participant",
        "numero participant",
        "n participant",
        "dossier",
        "numero de dossier",
        "n de dossier",
        "n dossier",
        "beneficiaire",
    ),
    "employment_id": ("emploi", "numero d emploi", "identifiant de l emploi", "id emploi"),
    "kind": ("contrat", "nature du contrat", "nature contrat", "type de contrat", "type contrat", "contrat de travail"),
    "employer": ("employeur", "employeur legal", "entreprise"),
    "month": ("mois", "periode", "mois travaille", "mois concerne"),
    "hours": (
        "heures",
        "nombre d heures",
        "heures travaillees",
        "heures realisees",
        "heures d insertion",
        "heures d insertion realisees",
        "heures effectuees",
        "nombre d heures d insertion",
        "nombre d heures realisees",
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
_ASIDE = re.compile(r"\([^()]{0,60}\)\s*\*?$|\s*[*:]+$")
"""Behind a title: its unit, a hint, the mark of what must be filled in."""
_SIGNS = re.compile(r"[^0-9a-z]+")
_TOTALS = frozenset(("total", "totaux", "sous total", "total general", "total heures", "total des heures"))
_REFERENCE = (
    "Un participant se nomme par sa référence (lettres, chiffres, - _ . /, sans espace ni accent), jamais par son nom."
)
_OTHERWISE = "Cette valeur ne se lit pas, ou est trop longue."
_FRENCH = {
    "participant_id": _REFERENCE,
    "employment_id": "Le numéro d'un emploi s'écrit sans espace ni accent, comme dans le modèle.",
    "lot_id": "Un lot est nommé par son numéro (30 signes au plus).",
    "employment": "Le nom de l'employeur ne se lit pas, ou est trop long (200 signes).",
}
_NIR = "Un numéro de sécurité sociale ne se transmet pas : retirez-le de la feuille."
_BY_TITLE = {words_of(title): name for name, titles in COLUMNS.items() for title in (*titles, name)}


@dataclass
class Line:
    """A line of a sheet: hours to declare, or why not."""

    number: int
    asked: HoursAsked | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def holds_hours(rows: Sequence[Row]) -> bool:
    """Whether a workbook's sheet that begins so is one of hours: titles, and something below them."""
    return any(_is_header(_names(row)) for row in rows[:-1][:_SEARCHED_ROWS])


def read_lines(sheet: Sheet, month: str | None, contractor_id: str | None) -> list[Line]:
    """The lines under the header; ``month`` is taken where there is no such column or it is empty.

    Titles that are repeated on each page, and a line of sums, are no lines.

    Raises:
        UnreadableSheet: no header with a participant and hours, a column twice or hidden, a social security number above
            the header, or nothing below.
    """
    header, columns = _header(sheet.rows)
    if any(names_nir(cell.text) for row in sheet.rows if row.number <= header.number for cell in row.cells):
        raise UnreadableSheet("nir", _NIR)
    below = [row for row in sheet.rows if row.number > header.number]
    titles = _names(header)
    rows = [
        row for row in below if not (_is_header(names := _names(row)) and names == titles) and not _sums(row, columns)
    ]
    if not rows:
        raise UnreadableSheet("no-lines", "Aucune ligne sous les titres des colonnes.")
    lines = [_line(row, columns, month, contractor_id) for row in rows]
    if sheet.separated:
        for row, line in zip(rows, lines, strict=True):
            _refuse_surplus(row, line, header)
    return lines


def _names(row: Row) -> list[str | None]:
    return [_BY_TITLE.get(words_of(_ASIDE.sub("", cell.text))) if cell.text else None for cell in row.cells]


def _is_header(names: Sequence[str | None]) -> bool:
    return "participant_id" in names and "hours" in names


def _header(rows: list[Row]) -> tuple[Row, dict[str, int]]:
    for row in rows[:_SEARCHED_ROWS]:
        names = _names(row)
        if not _is_header(names):
            continue
        found = {name: index for index, name in enumerate(names) if name is not None}
        twice = sorted({name for name in found if names.count(name) > 1})
        if twice:
            raise UnreadableSheet("column-twice", f"La colonne «{TITLES.get(twice[0], twice[0])}» est là deux fois.")
        hidden = sorted(name for name, index in found.items() if row.cells[index].hidden)
        if hidden:
            title = TITLES.get(hidden[0], hidden[0])
            raise UnreadableSheet("column-hidden", f"La colonne «{title}» est masquée : affichez-la, ou supprimez-la.")
        return row, found
    wanted = " et ".join(f"«{TITLES[name]}»" for name in ("participant_id", "hours"))
    raise UnreadableSheet(
        "no-header", f"Les colonnes {wanted} n'ont pas été trouvées dans les {_SEARCHED_ROWS} premières lignes."
    )


def _sums(row: Row, columns: dict[str, int]) -> bool:
    """Whether it is the line that spreadsheets end with: «Total» in front, no kind, employer or employment."""
    named = (
        row.cells[at].text
        for name in ("kind", "employer", "employment_id")
        if (at := columns.get(name, 99)) < len(row.cells)
    )
    first = next((cell.text for cell in row.cells if cell.text), "")
    return words_of(first) in _TOTALS and not any(text for text in named if text != first)


def _refuse_surplus(row: Row, line: Line, header: Row) -> None:
    """121,33 between commas is two cells: the hours would be 121, and nobody would see it."""
    if not line.errors and any(cell.text for cell in row.cells[len(header.cells) :]):
        message = "Cette ligne a plus de cases que la ligne de titres : mettez entre guillemets ce qui contient le séparateur."
        line.errors.append(FieldError("line", "more-cells", message))
        line.asked = None


def _line(row: Row, columns: dict[str, int], month: str | None, contractor_id: str | None) -> Line:
    line = Line(row.number)
    cells = {
        name: _as_written(row.cells[index]) if index < len(row.cells) else Cell() for name, index in columns.items()
    }
    if any(names_nir(cell.text) for cell in row.cells):
        line.errors.append(FieldError("line", "nir", _NIR))
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
    values["participant_id"] = found.read("participant_id", _reference_of, cells["participant_id"])
    values["hours"] = found.read("hours", hours_of, cells["hours"])
    written = cells.get("month", Cell())
    values["month"] = month if month is not None and not written.text else found.read("month", month_of_cell, written)
    values["lot_id"] = cells["lot_id"].text or None if "lot_id" in cells else None
    _employment(values, cells, found)
    paper = found.read("evidence", evidence_of, cells.get("evidence", Cell()))
    dated = found.read("evidence_dated", day_of_cell, cells.get("evidence_dated", Cell()))
    if paper is not None:
        values["evidence"] = (Evidence(kind=paper, dated=dated),)
    elif dated is not None:
        line.errors.append(FieldError("evidence", "required", "De quel justificatif est cette date ?"))
    if not line.errors:
        line.asked = _asked(line, values)
    return line


def _as_written(cell: Cell) -> Cell:
    """Without the quote that our template puts in front of what a spreadsheet would take for a formula."""
    return replace(cell, value=without_mark(cell.text)) if isinstance(cell.value, str) else cell


def _reference_of(cell: Cell) -> str:
    if not cell.text:
        raise CellRefused("required", "Le participant manque.")
    if isinstance(cell.value, float) and cell.value.is_integer():
        return str(int(cell.value))
    if not isinstance(cell.value, (str, int)) or isinstance(cell.value, bool):
        raise CellRefused("not-a-reference", _REFERENCE)
    return cell.text


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
            FieldError(name, error["type"].replace("_", "-"), _FRENCH.get(name, _OTHERWISE))
            for error in refused.errors(include_input=False)
            for name in [str(error["loc"][0])]
        ]
        return None


def refuse_other_spellings(lines: Iterable[Line], known: set[str]) -> None:
    """A reference that differs from one of the declarer's by capitals or signs only is a doubt.

    ``known``: as the contract has them; the first of a sheet's own is taken as it is written there.
    """
    spelled = {_spelling(one): one for one in sorted(known)}
    for line in lines:
        if line.asked is None or line.asked.participant_id in known:
            continue
        written = line.asked.participant_id
        other = spelled.setdefault(_spelling(written), written)
        if other != written:
            message = (
                f"«{written}» et «{other}» : est-ce la même personne ? Écrivez sa référence toujours de la même façon."
            )
            line.errors.append(FieldError("participant_id", "other-spelling", message))
            line.asked = None


def _spelling(reference: str) -> str:
    return _SIGNS.sub("-", reference.casefold())


def errors_of(lines: Iterable[Line]) -> int:
    """How many lines cannot be declared."""
    return sum(bool(line.errors) for line in lines)
