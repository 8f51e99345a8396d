"""From rows to hours: which column is what by its title, and each line with all that is wrong about it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.clauses.domain.amounts import in_hours
from services.clauses.domain.ledger import Evidence, HoursAsked
from services.clauses.sheets.beside import bare_sums, below, other_sums, sums
from services.clauses.sheets.cells import (
    CellRefused,
    day_of_cell,
    evidence_of,
    hours_of,
    kind_of,
    month_of_cell,
    months_named,
)
from services.clauses.sheets.outside import Marks, check_sheet
from services.clauses.sheets.titles import (
    TITLES,
    is_header,
    named_by,
    names_hours,
    names_of,
    speaks_of_months,
    spread,
    titles_in,
    unread,
)
from services.clauses.sheets.told import ReadCell, read_cells
from shared.errors import FieldError
from shared.nir import names_nir
from shared.outputs import without_mark
from shared.reference.text import words_of
from shared.refusals import field_errors
from shared.tables import Cell, Row, Sheet, UnreadableSheet, broken_letters

_SEARCHED_ROWS = 20
_SIGNS = re.compile(r"[^0-9a-z]+")
_LEADING = re.compile(r"(?<!\d)0+(?=\d)")
_REFERENCE = (
    "Un participant se nomme par sa référence (lettres, chiffres, - _ . /, sans espace ni accent), jamais par son nom."
)
_BY_REFERENCE = (
    "Un participant ne se nomme ici que par sa référence : écrivez-la dans une colonne «Participant» (le modèle l'a déjà), et "
    "retirez les noms."
)
_OTHERWISE = "Cette valeur ne se lit pas, ou est trop longue."
_FRENCH = {
    "participant_id": _REFERENCE,
    "employment_id": "Le numéro d'un emploi s'écrit sans espace ni accent, comme dans le modèle.",
    "lot_id": "Un lot est nommé par son numéro (30 signes au plus).",
    "employment": "Le nom de l'employeur ne se lit pas, ou est trop long (200 signes).",
}
_ENCODING = "Les lettres accentuées sont abîmées (par exemple Ã© au lieu de é) : enregistrez ce fichier en UTF-8."
_NIR = "Un numéro de sécurité sociale ne se transmet pas : retirez-le de la feuille."
_OF_A_SHEET = re.compile(
    r"\b(?:mois|periode|releves?|heures?|feuille|etat|declaration|pointage|suivi)\b|^\w+ (?:20)?\d\d$|^\w+$"
)
"""What is said of the whole sheet above its titles, and not of the contract."""
_MOST_EXACT = 10**15
"""A spreadsheet keeps fifteen figures of a number."""
_SHOWN_NUMBER = re.compile(r'((?:"[^"]*"|\\.)*)(0+|#|General)((?:"[^"]*"|\\.)*)')
_PLAIN_FORMAT = re.compile(r"[0#,. ?@\\]*|General")
_LISTED = 5
_LOT = re.compile(r"^(?:lots? )?(?:(?:no|n|numero|num) )?(?=.)")


@dataclass
class Line:
    """A line of a sheet: hours to declare, or why not, and what was read from which cell."""

    number: int
    asked: HoursAsked | None = None
    errors: list[FieldError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    read: list[ReadCell] = field(default_factory=list)


def holds_hours(rows: Sequence[Row]) -> bool:
    """Whether a workbook's sheet that begins so is one of hours: titles, and something below them."""
    return any(is_header(names_of(row)) for row in titles_in(rows[:-1][:_SEARCHED_ROWS]))


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
    check_sheet(sheet, header)
    _check_months(sheet, header, columns, month)
    under = [row for row in sheet.rows if row.number > header.number]
    titles, hours = names_of(header), columns["hours"]
    rows = [
        row
        for row in under
        if not (hours < len(row.cells) and names_hours(row.cells[hours].text) and names_of(row) == titles)
    ]
    others = other_sums(rows, columns)
    rows = [row for row in rows if not sums(row, columns)]
    bare = bare_sums(rows, columns)
    beside = [row.number for row in rows if below(row)]
    rows = [row for row in rows if row.number not in (*bare, *beside)]
    sheet.notes.extend(
        f"Ligne {number} : ce total est de {in_hours(written)}, les lignes font {in_hours(total)} ensemble."
        for number, written, total in others
    )
    sheet.notes.extend(f"Ligne {number} : un total sans libellé, qui n'est pas déclaré." for number in bare)
    sheet.notes.extend(f"Ligne {number} : une mention, qui n'est pas une ligne d'heures." for number in beside)
    if not rows:
        raise UnreadableSheet("no-lines", "Aucune ligne sous les titres des colonnes.")
    marks = Marks(header, columns.values(), rows)
    lines = [_line(row, columns, month, contractor_id, marks) for row in rows]
    if sheet.separated:
        for row, line in zip(rows, lines, strict=True):
            _refuse_surplus(row, line, header)
    if not any(error.rule == "nir" for line in lines for error in line.errors) and any(map(names_nir, sheet.beside)):
        raise UnreadableSheet("nir", f"{_NIR} Il est dans un commentaire ou une autre feuille de ce classeur.")
    return lines


def columns_unread(sheet: Sheet) -> list[str]:
    """A note of the columns that are passed over; none of a sheet that cannot be read."""
    header = next((row for row in titles_in(sheet.rows[:_SEARCHED_ROWS]) if is_header(names_of(row))), None)
    titles = [] if header is None else [f"«{title[:40]}»" for title in unread(header, names_of(header))]
    if not titles:
        return []
    more = f" et {len(titles) - _LISTED} autres" if len(titles) > _LISTED else ""
    return [f"Colonnes qui ne sont pas lues : {', '.join(titles[:_LISTED])}{more}."]


def _check_months(sheet: Sheet, header: Row, columns: dict[str, int], month: str | None) -> None:
    """Without a column of months all lines are of the month that is asked for: the sheet must not say another."""
    if month is None or "month" in columns:
        return
    doubtful = [title for title in unread(header, names_of(header)) if speaks_of_months(title)]
    if doubtful:
        message = (
            f"La colonne «{doubtful[0][:40]}» est-elle celle du mois travaillé ? Nommez-la «Mois», ou supprimez-la."
        )
        raise UnreadableSheet("month-column", message)
    above = [" ".join(map(_dated, row.cells)) for row in sheet.rows if row.number < header.number]
    stated = [text for text in (sheet.title, *above) if _OF_A_SHEET.search(words_of(text))]
    for text in (header.cells[columns["hours"]].text, *stated):
        named = months_named(text)
        if named and not any(month == f"{year or month[:4]}-{number:02}" for year, number in named):
            message = f"«{text[:60]}» dit un autre mois que celui qui est demandé ({month[5:]}/{month[:4]})."
            raise UnreadableSheet("other-month", message)


def _dated(cell: Cell) -> str:
    return f"{cell.value:%m/%Y}" if isinstance(cell.value, date) else cell.text


def _header(rows: list[Row]) -> tuple[Row, dict[str, int]]:
    for row in titles_in(rows[:_SEARCHED_ROWS]):
        names = names_of(row)
        if spread(row):
            message = "Chaque mois a sa colonne : écrivez une ligne par personne et par mois, avec «Mois» et «Heures»."
            raise UnreadableSheet("months-across", message)
        if not is_header(names):
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
    if any(broken_letters(cell.text) for row in rows[:_SEARCHED_ROWS] for cell in row.cells):
        raise UnreadableSheet("encoding", _ENCODING)
    if (named := next(filter(None, map(named_by, rows[:_SEARCHED_ROWS])), None)) is not None:
        raise UnreadableSheet("no-header", f"La colonne «{named[:40]}» nomme des personnes. {_BY_REFERENCE}")
    wanted = " et ".join(f"«{TITLES[name]}»" for name in ("participant_id", "hours"))
    raise UnreadableSheet(
        "no-header", f"Les colonnes {wanted} n'ont pas été trouvées dans les {_SEARCHED_ROWS} premières lignes."
    )


def _refuse_surplus(row: Row, line: Line, header: Row) -> None:
    """121,33 between commas is two cells: the hours would be 121, and nobody would see it."""
    if not line.errors and any(cell.text for cell in row.cells[len(header.cells) :]):
        message = "Cette ligne a plus de cases que la ligne de titres : mettez entre guillemets ce qui contient le séparateur."
        line.errors.append(FieldError("line", "more-cells", message))
        line.asked = None


def _line(row: Row, columns: dict[str, int], month: str | None, contractor_id: str | None, marks: Marks) -> Line:
    line = Line(row.number)
    cells = {
        name: _as_written(row.cells[index]) if index < len(row.cells) else Cell() for name, index in columns.items()
    }
    found = _Reading(line)
    _check_line(line, row, cells, marks)
    if not line.errors:
        values = _values(found, cells, month) | {"contractor_id": contractor_id}
        if not line.errors:
            line.asked = _asked(line, values)
    if not any(error.rule == "nir" for error in line.errors):
        line.read = read_cells(row.number, columns, cells, found.seen)
    return line


def _check_line(line: Line, row: Row, cells: dict[str, Cell], marks: Marks) -> None:
    """What is wrong with a line as a whole, before its cells are read."""
    if any(names_nir(cell.text) for cell in row.cells):
        line.errors.append(FieldError("line", "nir", _NIR))
    if row.hidden:
        line.errors.append(FieldError("line", "hidden", "Cette ligne est masquée : affichez-la, ou supprimez-la."))
    for name, cell in cells.items():
        if cell.merged:
            line.errors.append(FieldError(name, "merged", "Cette cellule est fusionnée avec d'autres : séparez-les."))
        elif cell.formula and cell.value is not None:
            line.notes.append(f"{TITLES.get(name, name)} : valeur calculée par une formule.")
    if any(isinstance(cell.value, str) and broken_letters(cell.value) for cell in cells.values()):
        line.errors.append(FieldError("line", "encoding", _ENCODING))
    if (outside := marks.outside(row)) is not None:
        line.errors.append(FieldError("line", "not-insertion", outside))


def _values(found: "_Reading", cells: dict[str, Cell], month: str | None) -> dict[str, Any]:
    values: dict[str, Any] = {}
    values["participant_id"] = found.read("participant_id", _reference_of, cells["participant_id"])
    values["hours"] = found.read("hours", hours_of, cells["hours"])
    written = cells.get("month", Cell())
    same = (
        month is not None and isinstance(written.value, str) and months_named(written.text) == {(None, int(month[5:]))}
    )
    asked_for = month if month and (same or not written.text) else None
    values["month"] = found.seen["month"] = asked_for or found.read("month", month_of_cell, written)
    values["lot_id"] = found.seen["lot_id"] = cells["lot_id"].text or None if "lot_id" in cells else None
    _employment(values, cells, found)
    paper = found.read("evidence", evidence_of, cells.get("evidence", Cell()))
    dated = found.read("evidence_dated", day_of_cell, cells.get("evidence_dated", Cell()))
    if paper is not None:
        values["evidence"] = (Evidence(kind=paper, dated=dated),)
    elif dated is not None:
        found.line.errors.append(FieldError("evidence", "required", "De quel justificatif est cette date ?"))
    return values


def _as_written(cell: Cell) -> Cell:
    """Without the quote that our template puts in front of what a spreadsheet would take for a formula."""
    return replace(cell, value=without_mark(cell.text)) if isinstance(cell.value, str) else cell


def _reference_of(cell: Cell) -> str:
    if not cell.text:
        raise CellRefused("required", "Le participant manque.")
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise CellRefused("not-a-reference", _REFERENCE)
    if isinstance(value, str):
        if cell.abridged:
            raise CellRefused(
                "abridged", f"«{cell.text[:40]}» : le tableur a abrégé ce numéro, donnez-lui le format texte."
            )
        return cell.text
    if abs(value) >= _MOST_EXACT or value != int(value):
        raise CellRefused("not-a-reference", _REFERENCE)
    return _as_shown(int(value), cell.shape)


def _as_shown(number: int, format: str) -> str:
    """42 with the format ``0000`` is read as 0042, with ``"P-"0000`` as P-0042: so does whoever looks at the sheet."""
    if _PLAIN_FORMAT.fullmatch(format) and not re.fullmatch("0{2,}", format):
        return str(number)
    shown = _SHOWN_NUMBER.fullmatch(format)
    if shown is None:
        message = "Ce numéro s'affiche autrement qu'il n'est écrit : donnez à la cellule le format texte."
        raise CellRefused("not-a-reference", message)
    before, figures, after = (re.sub(r'"|\\', "", part) for part in shown.groups())
    return f"{before}{number:0{len(figures) if figures[0] == '0' else 1}}{after}"


class _Reading:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.seen: dict[str, Any] = {}

    def read(self, name: str, reader: Any, cell: Cell) -> Any:
        """What the reader finds; None, with the line's error, when it refuses."""
        try:
            self.seen[name] = reader(cell)
            return self.seen[name]
        except CellRefused as refused:
            self.line.errors.append(FieldError(name, refused.rule, str(refused)))
            return None


def _employment(values: dict[str, Any], cells: dict[str, Cell], found: _Reading) -> None:
    """By its number where one is given, else by kind and employer."""
    number = cells.get("employment_id", Cell()).text
    if number:
        values["employment_id"] = found.seen["employment_id"] = number
        return
    kind = found.read("kind", kind_of, cells.get("kind", Cell()))
    employer = found.seen["employer"] = cells.get("employer", Cell()).text
    if not employer:
        found.line.errors.append(FieldError("employer", "required", "L'employeur manque."))
    elif kind is not None:
        values["employment"] = {"kind": kind, "employer": employer}


def _asked(line: Line, values: dict[str, Any]) -> HoursAsked | None:
    try:
        return HoursAsked.model_validate(values)
    except ValidationError as refused:
        line.errors += [
            FieldError(name, one.rule, _FRENCH.get(name, _OTHERWISE))
            for one in field_errors(refused)
            for name in [one.field.partition(".")[0]]
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


def name_lots(lines: Iterable[Line], lots: Iterable[str]) -> None:
    """Lots as the contract writes them: «Lot n° 2», and what a spreadsheet makes of 02, where they can be one lot only."""
    known = set(lots)
    for line in lines:
        if line.asked is None or line.asked.lot_id is None or line.asked.lot_id in known:
            continue
        alike = [one for one in known if _lot(one) == _lot(line.asked.lot_id)]
        if len(alike) == 1:
            line.asked = line.asked.model_copy(update={"lot_id": alike[0]})


def _lot(written: str) -> str:
    whole = re.sub(r"(?<=\d)[.,]0$", "", written.strip()).replace("°", " ")
    return _spelling(_LOT.sub("", words_of(whole)))


def _spelling(reference: str) -> str:
    """Without what spreadsheets take from a number or add to it: 0042 becomes 42, and 42.0 in some exports."""
    whole = re.sub(r"^(\d+)[.,]0$", r"\1", reference.casefold())
    return _LEADING.sub("", _SIGNS.sub("-", whole))


def errors_of(lines: Iterable[Line]) -> int:
    """How many lines cannot be declared."""
    return sum(bool(line.errors) for line in lines)
