"""From a table to its rows: where its titles stand, what each column is, and each row as texts of the fields that are known."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from services.offers.domain.imports.rows import MAX_ID
from services.offers.domain.imports.sheets.above import carried, filled_from_above
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.elsewhere import (
    Found,
    Said,
    contract_implied,
    facts_of_line,
    missing_facts,
    speaks_of_anything,
)
from services.offers.domain.imports.sheets.header import (
    SEARCHED_ROWS,
    SheetColumn,
    columns_below,
    header_in,
    header_like,
    with_second_line,
)
from services.offers.domain.imports.sheets.identity import IDENTITY, mark_of
from services.offers.domain.imports.sheets.implied import contract_of_titles, formerly_otherwise
from services.offers.domain.imports.sheets.texts import joined, text_of
from services.offers.domain.imports.sheets.titles import FRENCH, PLACES, Column
from shared.errors import FieldError
from shared.nir import PERSONAL_NUMBER, UNKEPT, names_nir, number_error
from shared.once import made_once
from shared.reference.departments import departments_of
from shared.reference.text import unaccented
from shared.tables import FURTHER, Row, Sheet, UnreadableSheet, broken_letters, mended_letters, read_sheet

_TOTAL = re.compile(r"(?:sous[ -]?|grand )?tota(?:l|ux)\b|ensemble\W*$")
_LISTED = 8
_SHOWN = 60
_FEW = 3
_POSTCODE = re.compile(r"(?<![\d€])\b\d{5}(?= [^\W\d]{2})|(?<=[^\W\d] )\d{5}$|(?<=[^\W\d] \()\d{5}(?=\))")
_LISTENED_TO = 12
"""Columns of remarks, or without a title: a list of offers has a handful, and what has more of them follows something else. Each
distinct cell of them is parted and compared with all that a post may say.
"""
_LETTER = re.compile(r"[^\W\d_]{3}")
_UNTOLD = frozenset((PERSONAL_NUMBER, "abridged"))
"""Rules that a row broke of which not even the reference is kept, or may be another's."""
_NO_OFFER = frozenset(("total", "one-cell"))
_OF_A_TOTAL = 3
"""Cells at most: «Total» alone, with a number, with two."""
_ENCODING = "Les lettres accentuées sont abîmées (par exemple Ã© au lieu de é) : enregistrez ce fichier en UTF-8."


@dataclass(frozen=True)
class SheetRow:
    """A row of a table as a feed's: texts by field. ``errors``: why it cannot be read at all; ``found``: what other cells and the
    lines around the table say of fields that are empty, to be confirmed.
    """

    values: Mapping[Column, str]
    referenced: bool
    errors: tuple[FieldError, ...] = ()
    found: tuple[Found, ...] = ()
    department: str | None = None
    """The one that the postcodes of its table are of, if they are of one."""
    standing_in: tuple[Column, ...] = ()
    """Fields whose values are none of its own (``reading``)."""
    former_id: str | None = None
    """The mark of what it was known by while only titles that are known by name were read, where that is another."""

    @property
    def external_id(self) -> str | None:
        """Its reference; without one, a mark of what the offer is known by, the same for the same offer. None where what can be
        read of the row does not tell which offer it is.
        """
        rules = {error.rule for error in self.errors}
        if rules & _UNTOLD or (rules - _NO_OFFER and not self.referenced):
            return None
        if self.referenced:
            reference = self.values[Column.REFERENCE]
            return reference if reference.isprintable() and len(reference) <= MAX_ID else None
        return mark_of(self.values)


@dataclass(frozen=True)
class Asked:
    """What the caller says of a table. ``columns``: by letter or title, None for one that is not to be read; ``otherwise``:
    by field, for rows that leave it empty; ``sheet``: of a workbook, by its title.
    """

    columns: Mapping[str, Column | None] = field(default_factory=dict)
    otherwise: Mapping[Column, str] = field(default_factory=dict)
    sheet: str | None = None


@dataclass(frozen=True)
class SheetRows:
    """The offers of a table. Its file has an end where its last row is, so ``flaws`` are none."""

    columns: list[SheetColumn]
    header: int
    notes: list[str]
    rows: list[Row]
    separated: bool
    otherwise: Mapping[Column, str]
    around: Mapping[int, tuple[Found, ...]] = field(default_factory=dict)
    """By the number of a row what the lines above it say of it."""
    department: str | None = None
    as_written: Mapping[int, Row] = field(default_factory=dict)
    """By number the rows into which something is carried from above, without it."""
    formerly_otherwise: Mapping[Column, str] = field(default_factory=dict)
    """``otherwise`` as it was when ``SheetColumn.formerly`` were all that was read."""
    known: Known = field(default_factory=Known, repr=False, compare=False)
    seen: dict[str, Said] = field(default_factory=dict, repr=False, compare=False)
    flaws: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def parsed(self, start: int, stop: int) -> list[tuple[int, object]]:
        """(number as the program shows it, row) of rows ``start`` to ``stop``."""
        return [(row.number, self._row(row)) for row in self.rows[start:stop]]

    def named(self) -> dict[str, str]:
        """By field the names of the columns that are read as it: ``{"place": "C (CP), D (Ville)"}``."""
        found: dict[str, list[str]] = {}
        for one in self.columns:
            if one.column is not None:
                found.setdefault(one.column.value, []).append(one.name)
        return {field: ", ".join(names)[:200] for field, names in found.items()}

    def _row(self, row: Row) -> SheetRow:
        cells = row.cells
        errors = self._odd(row)
        found: dict[Column, list[str]] = {}
        for one in self.columns:
            if one.column is None or one.index >= len(cells):
                continue
            cell = cells[one.index]
            if one.column is Column.REFERENCE and cell.abridged:
                message = "Le tableur a abrégé ce numéro : donnez à la colonne le format texte."
                errors.append(FieldError(one.column.value, "abridged", message))
            text = text_of(cell, one)
            if cell.without_result:
                message = "Cette formule n'a pas de résultat : collez la valeur."
                errors.append(FieldError(one.column.value, "formula", message))
            elif text:
                found.setdefault(one.column, []).append(text)
        values = {column: joined(column, texts) for column, texts in found.items()}
        for column, text in self.otherwise.items():
            values.setdefault(column, text)
        if errors:
            return SheetRow(values, Column.REFERENCE in found, tuple(errors))
        return SheetRow(
            values,
            Column.REFERENCE in found,
            found=tuple(self._beside(row, values)),
            department=self.department,
            former_id=self._former_id(row, values),
        )

    def _former_id(self, row: Row, values: Mapping[Column, str]) -> str | None:
        """What a row was known by before columns were told by likeness and contents, and cells carried down, or before somebody
        gave its table references: offers that came under it are still these. None where it is what it is known by now.
        """
        cells = self.as_written.get(row.number, row).cells
        found: dict[Column, list[str]] = {}
        for one in self.columns:
            was = one.formerly
            if (
                was is not None
                and one.index < len(cells)
                and (text := text_of(cells[one.index], replace(one, column=was)))
            ):
                found.setdefault(was, []).append(text)
        former = {column: joined(column, texts) for column, texts in found.items() if column in IDENTITY}
        mark = mark_of({**self.formerly_otherwise, **former})
        return mark if Column.REFERENCE in values or mark != mark_of(values) else None

    def _beside(self, row: Row, values: Mapping[Column, str]) -> Iterator[Found]:
        cells = (
            (one.name, one.column, row.cells[one.index].text)
            for one in self._speaking
            if one.index < len(row.cells) and not row.cells[one.index].hidden
        )
        said = list(missing_facts(values, cells, self.seen, self.known))
        yield from said
        told = {*values, *(one.column for one in said)}
        if told & PLACES:
            told |= PLACES
        yield from (one for one in self.around.get(row.number, ()) if one.column not in told)

    @made_once
    def _speaking(self) -> list[SheetColumn]:
        """The columns whose cells may say something of a post beside their own matter: those that are read, and the first few
        of remarks or without a title.
        """
        beside = [one for one in self.columns if one.column is None and speaks_of_anything(one.title)][:_LISTENED_TO]
        return [one for one in self.columns if one.column is not None or one in beside]

    def shown(self) -> list[tuple[SheetColumn, int, str | None]]:
        """Each column, how many of its cells are filled, and of one that is read the first of them."""
        found = []
        for one in self.columns:
            texts = [row.cells[one.index].text for row in self.rows if one.index < len(row.cells)]
            filled = [text for text in texts if text]
            example = next((text[:_SHOWN] for text in filled if not names_nir(text)), None) if one.column else None
            found.append((one, len(filled), example))
        return found

    def says_elsewhere(self, fields: Collection[Column]) -> bool:
        """Whether the first rows say one of these fields though no column does."""
        read = [self._row(row) for row in self.rows[:_LISTED]]
        return all(any(one.column in fields for one in row.found) for row in read if not row.errors)

    def _odd(self, row: Row) -> list[FieldError]:
        """Why a row is not taken as it stands, whatever its fields say."""
        if any(names_nir(cell.text) for cell in row.cells):
            return [number_error("row")]
        if row.hidden:
            return [FieldError("row", "hidden", "Cette ligne est masquée : affichez-la, ou supprimez-la.")]
        if self.separated and any(cell.text for cell in row.cells[len(self.columns) :]):
            message = (
                "Cette ligne a plus de cases que de titres : mettez entre guillemets ce qui contient le séparateur."
            )
            return [FieldError("row", "more-cells", message)]
        broken = [cell.value for cell in row.cells if isinstance(cell.value, str) and broken_letters(cell.value)]
        if any(broken_letters(mended_letters(text)) for text in broken):
            return [FieldError("row", "encoding", _ENCODING)]
        filled = [cell.text for cell in row.cells if cell.text]
        if _is_total(row, len(self.columns)):
            return [FieldError("row", "total", "Une ligne de total : ce n'est pas une offre.")]
        if len(filled) == 1 and sum(bool(one.column) for one in self.columns) > 2:
            message = "Une seule case est remplie : ce n'est pas une offre."
            return [FieldError("row", "one-cell", message)]
        return []


def read_table(content: bytes, asked: Asked, max_unpacked: int, known: Known | None = None) -> SheetRows:
    """The offers of a CSV, XLSX or ODS file. ``known``: what tells columns whose titles nobody knows by what stands in them.

    Raises:
        UnreadableSheet: no table, no titles that say what its columns are, nothing below them, too many rows.
    """
    known = known or Known()

    def opened(find: Callable[[Sequence[Row]], Row | None]) -> tuple[Sheet, Row | None]:
        sheet = read_sheet(content, lambda rows: find(rows[:-1]) is not None, asked.sheet, max_unpacked)
        return sheet, find(sheet.rows)

    sheet, header = opened(lambda rows: header_in(rows, asked.columns))
    if header is None:
        sheet, header = opened(lambda rows: header_like(rows, asked.columns, known))
    if header is None:
        if any(broken_letters(cell.text) for row in sheet.rows[:SEARCHED_ROWS] for cell in row.cells):
            raise UnreadableSheet("encoding", _ENCODING)
        raise UnreadableSheet(
            "no-header",
            f"Aucune ligne de titres n'a été trouvée dans les {SEARCHED_ROWS} premières lignes : il faut au moins une colonne "
            f"«Poste» ou «Intitulé», et une autre («Lieu», «Contrat» …). {FURTHER if FURTHER in sheet.notes else ''}".strip(),
        )
    header = with_second_line(header, sheet.rows, asked.columns)
    below = [row for row in sheet.rows if row.number > header.number]
    if any(names_nir(cell.text) for cell in header.cells):
        raise UnreadableSheet(PERSONAL_NUMBER, UNKEPT)
    columns, notes = columns_below(header, asked.columns, below, known)
    titles = [cell.text for cell in header.cells]
    rows = [row for row in filled_from_above(below) if [cell.text for cell in row.cells] != titles]
    if not rows:
        raise UnreadableSheet("rows", "Aucune ligne sous les titres des colonnes.")
    rows, around = _with_lines(sheet.rows, header, rows, known, notes)
    written = {row.number: row for row in rows}
    rows, below_others = carried(
        rows,
        [(one.index, one.column) for one in columns if one.title or one.column],
        lambda row: _only_cell(row) is None and not _is_total(row, len(columns)),
    )
    if below_others:
        numbers = ", ".join(map(str, below_others[:_LISTED])) + (" …" if len(below_others) > _LISTED else "")
        lines = "Lignes" if len(below_others) > 1 else "Ligne"
        notes.append(
            f"{lines} {numbers} : l'employeur ou le lieu n'y est pas écrit, celui de la ligne du dessus est lu."
        )
    read = {one.column for one in columns}
    if Column.REFERENCE not in read:
        notes.append(
            "Sans colonne «Référence», une offre est reconnue par son intitulé, son employeur, son lieu, son contrat, ses "
            "heures et son début : qui en change un fait une autre offre."
        )
    otherwise = asked.otherwise
    if Column.CONTRACT not in {*read, *otherwise} and (implied := contract_of_titles(columns, titles)) is not None:
        otherwise = {**otherwise, Column.CONTRACT: implied.contract}
        notes.append(implied.note)
    formerly = formerly_otherwise(asked.otherwise, columns, titles)
    found = SheetRows(
        columns,
        header.number,
        [*sheet.notes, *notes],
        rows,
        sheet.separated,
        otherwise,
        around,
        _department(sheet.rows),
        {number: written[number] for number in below_others},
        formerly,
        known,
    )
    for needed in ({Column.CONTRACT}, PLACES):
        if not needed & {*read, *otherwise} and not found.says_elsewhere(needed):
            name = "contrat" if Column.CONTRACT in needed else "lieu"
            found.notes.append(f"Aucune colonne ne dit le {name} : ajoutez-la, ou dites-le pour toutes les lignes.")
    return found


def _department(rows: Sequence[Row]) -> str | None:
    """The département that all postcodes of a table are of, where one is written with a name beside it."""
    found = {
        department
        for row in rows
        for cell in row.cells
        if isinstance(cell.value, str)
        for code in _POSTCODE.findall(cell.text)
        for department in departments_of(code)
    }
    return next(iter(found)) if len(found) == 1 else None


def _with_lines(
    every: Sequence[Row], header: Row, rows: Sequence[Row], known: Known, notes: list[str]
) -> tuple[list[Row], dict[int, tuple[Found, ...]]]:
    """The rows without the lines between them that say something of those below, and by row what such lines say."""
    common: dict[Column, Found] = {}
    for row in every:
        if row.number < header.number:
            _add(common, row, known, of_all=False)
    for row in rows:
        if _only_cell(row) is not None:
            _add(common, row, known, of_all=True)
    for row in every:
        if row.number < header.number:
            _imply(common, row)
    kept: list[Row] = []
    around: dict[int, tuple[Found, ...]] = {}
    section: dict[Column, Found] = {}
    last: dict[Column, Found] | None = None
    """What the lines below the last offer say: where the work is, if no other line does."""
    for row in rows:
        said: dict[Column, Found] = {}
        if _only_cell(row) is not None:
            _add(said, row, known, of_all=False)
            _imply(said, row)
        if said:
            # A line of everybody's, or below the last offer, heads nothing.
            section = last = section if said.keys() & common.keys() else said
            fields = ", ".join(FRENCH[column] for column in said)
            notes.append(
                f"Ligne {row.number} : « {(_only_cell(row) or '')[:60]} » n'est pas une offre, elle dit : {fields}."
            )
        else:
            kept.append(row)
            last = None
            around[row.number] = tuple({**common, **section}.values())
    if not kept:
        return list(rows), {}
    below = {column: one for column, one in section.items() if column is Column.PLACE and section is last}
    return kept, {number: (*found, *below.values()) for number, found in around.items()} if below else around


def _is_total(row: Row, columns: int) -> bool:
    filled = [cell.text for cell in row.cells if cell.text]
    if not filled or not _TOTAL.match(unaccented(filled[0])):
        return False
    return (len(filled) <= _OF_A_TOTAL and 2 * len(filled) <= columns) or not any(map(_LETTER.search, filled[1:]))


def _only_cell(row: Row) -> str | None:
    # Nearly all rows have several, whose texts nobody needs.
    if sum(cell.value is not None for cell in row.cells) > _FEW:
        return None
    filled = [cell.text for cell in row.cells if cell.text]
    return filled[0] if len(filled) == 1 and not row.hidden and not names_nir(filled[0]) else None


def _imply(found: dict[Column, Found], row: Row) -> None:
    for cell in row.cells:
        if Column.CONTRACT not in found and cell.text and (contract := contract_implied(cell.text)) is not None:
            found[Column.CONTRACT] = Found(Column.CONTRACT, contract, f"ligne {row.number}")


def _add(found: dict[Column, Found], row: Row, known: Known, *, of_all: bool) -> None:
    for cell in row.cells:
        if cell.text and not names_nir(cell.text):
            for column, text in facts_of_line(cell.text, known, of_all=of_all).items():
                found.setdefault(column, Found(column, text, f"ligne {row.number}"))
