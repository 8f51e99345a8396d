"""From a table to its rows: where its titles stand, what each column is, and each row as texts of the fields that are known."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from services.offers.domain.imports.contracts import names_contract
from services.offers.domain.imports.rows import MAX_ID, MAX_LABEL
from services.offers.domain.imports.sheets.above import filled_from_above
from services.offers.domain.imports.sheets.titles import (
    DAYS,
    FRENCH,
    SEVERAL,
    Column,
    columns_of,
    is_header,
    is_internal,
)
from services.offers.domain.imports.sheets.units import with_period, with_unit
from shared.errors import FieldError
from shared.nir import PERSONAL_NUMBER, UNKEPT, names_nir, number_error
from shared.outputs import without_mark
from shared.reference.text import unaccented, words_of
from shared.tables import Cell, Row, UnreadableSheet, broken_letters, mended_letters, read_sheet
from shared.tables.days import day_in
from shared.tables.titles import bare_title
from shared.types import LATEST
from shared.visible import clean_line

SEARCHED_ROWS = 20
_IDENTITY = (
    Column.TITLE, Column.OCCUPATION, Column.EMPLOYER, Column.SIRET, Column.PLACE, Column.ADDRESS, Column.POSTCODE,
    Column.COMMUNE_CODE, Column.CONTRACT, Column.DURATION, Column.HOURS, Column.STARTS_ON,
)  # fmt: skip
"""By these an offer without a reference is known again when its table comes back."""
_ASKED_ROWS = 200
_LISTED = 8
_TOTAL = re.compile(r"(?:sous[ -]?|grand )?tota(?:l|ux)\b")
_OF_A_TOTAL = 3
"""Cells at most: «Total» alone, with a number, with two."""
_LENDS = re.compile(r"\b(?:entreprise|societe) utilisatrice")
"""What only temporary work knows (labour code L1251-1)."""
_OF_A_SEASON = re.compile(r"\b(?:emplois?|postes?|jobs?|contrats?) (?:de |d'|d')?(?:saison\w*|ete|hiver)\b")
_ENCODING = "Les lettres accentuées sont abîmées (par exemple Ã© au lieu de é) : enregistrez ce fichier en UTF-8."


@dataclass(frozen=True)
class SheetColumn:
    """A column: ``letter`` and ``title`` as the program shows them, and what it is read as (None: it is not read)."""

    index: int
    letter: str
    title: str
    column: Column | None

    @property
    def name(self) -> str:
        """As people find it: «C (Lieu)»."""
        return f"{self.letter} ({self.title[:40]})" if self.title else self.letter


@dataclass(frozen=True)
class SheetRow:
    """A row of a table as a feed's: texts by field. ``errors``: why it cannot be read at all."""

    values: Mapping[Column, str]
    referenced: bool
    errors: tuple[FieldError, ...] = ()

    @property
    def external_id(self) -> str | None:
        """Its reference; without one, a mark of what the offer is known by, the same for the same offer."""
        if any(error.rule == PERSONAL_NUMBER for error in self.errors):
            return None
        if self.referenced:
            reference = self.values[Column.REFERENCE]
            return reference if reference.isprintable() and len(reference) <= MAX_ID else None
        known = "|".join(words_of(self.values.get(column, "")) for column in _IDENTITY)
        return "~" + hashlib.blake2b(known.encode(), digest_size=12).hexdigest()


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
            text = _text(cell, one)
            if text:
                found.setdefault(one.column, []).append(text)
            elif cell.formula and cell.value is None:
                message = "Cette formule n'a pas de résultat : collez la valeur."
                errors.append(FieldError(one.column.value, "formula", message))
        values = {column: _joined(column, texts) for column, texts in found.items()}
        for column, text in self.otherwise.items():
            values.setdefault(column, text)
        return SheetRow(values, Column.REFERENCE in found, tuple(errors))

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
        if any(isinstance(cell.value, str) and broken_letters(mended_letters(cell.value)) for cell in row.cells):
            return [FieldError("row", "encoding", _ENCODING)]
        filled = [cell.text for cell in row.cells if cell.text]
        if (
            0 < len(filled) <= _OF_A_TOTAL
            and 2 * len(filled) <= len(self.columns)
            and _TOTAL.match(unaccented(filled[0]))
        ):
            return [FieldError("row", "total", "Une ligne de total : ce n'est pas une offre.")]
        if len(filled) == 1 and sum(bool(one.column) for one in self.columns) > 2:
            message = "Une seule case est remplie : ce n'est pas une offre."
            return [FieldError("row", "one-cell", message)]
        return []


def read_table(content: bytes, asked: Asked, max_unpacked: int) -> SheetRows:
    """The offers of a CSV, XLSX or ODS file.

    Raises:
        UnreadableSheet: no table, no titles that say what its columns are, nothing below them, too many rows.
    """
    sheet = read_sheet(content, lambda rows: _header(rows[:-1], asked.columns) is not None, asked.sheet, max_unpacked)
    header = _header(sheet.rows, asked.columns)
    if header is None:
        if any(broken_letters(cell.text) for row in sheet.rows[:SEARCHED_ROWS] for cell in row.cells):
            raise UnreadableSheet("encoding", _ENCODING)
        raise UnreadableSheet(
            "no-header",
            f"Aucune ligne de titres n'a été trouvée dans les {SEARCHED_ROWS} premières lignes : il faut au moins une colonne "
            "«Poste» ou «Intitulé», et une autre («Lieu», «Contrat» …).",
        )
    header = _with_second_line(header, sheet.rows, asked.columns)
    below = [row for row in sheet.rows if row.number > header.number]
    if any(names_nir(cell.text) for cell in header.cells):
        raise UnreadableSheet(PERSONAL_NUMBER, UNKEPT)
    columns, notes = _columns(header, asked.columns, below)
    titles = [cell.text for cell in header.cells]
    rows = [row for row in filled_from_above(below) if [cell.text for cell in row.cells] != titles]
    if not rows:
        raise UnreadableSheet("rows", "Aucune ligne sous les titres des colonnes.")
    read = {one.column for one in columns}
    if Column.REFERENCE not in read:
        notes.append(
            "Sans colonne «Référence», une offre est reconnue par son intitulé, son employeur, son lieu, son contrat, ses "
            "heures et son début : qui en change un fait une autre offre."
        )
    otherwise = asked.otherwise
    if Column.CONTRACT not in {*read, *otherwise} and any(_LENDS.search(unaccented(title)) for title in titles):
        otherwise = {**otherwise, Column.CONTRACT: "Intérim"}
        notes.append("Les colonnes sont celles d'une agence d'emploi : le contrat est lu comme «intérim».")
    if Column.CONTRACT not in {*read, *otherwise} and any(_OF_A_SEASON.search(unaccented(title)) for title in titles):
        otherwise = {**otherwise, Column.CONTRACT: "Saisonnier"}
        notes.append("Les emplois sont dits de saison : le contrat est lu comme «saisonnier».")
    for needed in (Column.CONTRACT, Column.PLACE):
        where = {Column.PLACE, Column.ADDRESS, Column.POSTCODE, Column.COMMUNE_CODE}
        if not ({needed} if needed is Column.CONTRACT else where) & {*read, *otherwise}:
            notes.append(f"Aucune colonne ne dit le {FRENCH[needed]} : ajoutez-la, ou dites-le pour toutes les lignes.")
    return SheetRows(columns, header.number, [*sheet.notes, *notes], rows, sheet.separated, otherwise)


def _header(rows: Sequence[Row], asked: Mapping[str, Column | None]) -> Row | None:
    for row in rows[:SEARCHED_ROWS]:
        if is_header([one.column for one in _named(row, asked)]):
            return row
    return None


_FIGURE = re.compile(r"\d")
_UNIT = re.compile(
    r"\(.{1,30}\)|(?:en |par )?(?:heures?|h|mois|euros?|€|brut|net|h/f|jj/mm(?:/aa(?:aa)?)?|oui/non|n°)"
    r"(?:[ /](?:brut|net|h|heure|mois|semaine|an))*",
    re.IGNORECASE,
)


def _with_second_line(header: Row, rows: Sequence[Row], asked: Mapping[str, Column | None]) -> Row:
    """A row of titles with the one below it, where that holds titles or units and nothing else: «Poste» above «Intitulé» and
    «Lieu», «Salaire» above «(€ brut/h)».
    """
    second = next((row for row in rows if row.number == header.number + 1), None)
    if second is None or not any(cell.text for cell in second.cells):
        return header
    texts = [cell.text for cell in second.cells]
    named = columns_of(texts)
    cells, names, others, over = [], 0, 0, ""
    for at in range(max(len(header.cells), len(texts))):
        cell = header.cells[at] if at < len(header.cells) else Cell()
        over = cell.text or over
        text = texts[at] if at < len(texts) else ""
        if text and _UNIT.fullmatch(text):
            cell = replace(cell, value=f"{over} {text}")
        elif text and (named[at] is not None or columns_of([f"{over} {text}"])[0] is not None):
            names += 1
            cell = replace(cell, value=text if named[at] is not None else f"{over} {text}")
        elif text:
            others += 1
            cell = replace(cell, value=text)
        cells.append(cell)
    # One alone may be the title of an offer: «Formation», «Horaires»; and no title has figures.
    if names == 1 or (others and names <= 2 * others) or asked or any(map(_FIGURE.search, texts)):
        return header
    return replace(second, cells=cells)


def _named(row: Row, asked: Mapping[str, Column | None]) -> list[SheetColumn]:
    titles = [mended_letters(cell.text) for cell in row.cells]
    said = {bare_title(name) or name: column for name, column in asked.items()}
    found = []
    for at, column in enumerate(columns_of(titles)):
        letter = _letter(at)
        if letter in asked:
            column = asked[letter]
        elif titles[at] and (key := bare_title(titles[at]) or titles[at]) in said:
            column = said[key]
        found.append(SheetColumn(at, letter, titles[at], column))
    return found


def _columns(
    header: Row, asked: Mapping[str, Column | None], below: Sequence[Row]
) -> tuple[list[SheetColumn], list[str]]:
    """What is read of each column, and notes of those that are not."""
    found: list[SheetColumn] = []
    notes: list[str] = []
    seen: dict[Column, SheetColumn] = {}
    named = _named(header, asked)
    if not any(one.column is Column.CONTRACT for one in named) and (at := _of_contracts(named, below)) is not None:
        named[at] = replace(named[at], column=Column.CONTRACT)
        notes.append(f"La colonne {named[at].name} est lue comme celle du contrat, d'après ce qui y est écrit.")
    for one, cell in zip(named, header.cells, strict=True):
        column = one.column
        if column is not None and cell.hidden and column is not Column.REFERENCE:
            notes.append(f"La colonne {one.name} est masquée : elle n'est pas lue.")
            column = None
        elif column is not None and column in seen and column not in SEVERAL:
            notes.append(
                f"Deux colonnes disent «{FRENCH[column]}» : {seen[column].name} est lue, {one.name} ne l'est pas."
            )
            column = None
        if column is not None:
            seen.setdefault(column, one)
        found.append(SheetColumn(one.index, one.letter, one.title, column))
    kept = [one for one in found if one.column is None and is_internal(one.title)]
    if kept:
        message = ", ".join(f"{one.name} se publie par column={one.letter}=…" for one in kept[:_LISTED])
        notes.append(f"Contacts et remarques ne sont publiés que si vous le dites (contact, description) : {message}.")
    unread = [one.name for one in found if one.column is None and one.title and one.name not in "".join(notes)]
    if unread:
        more = f" et {len(unread) - _LISTED} autres" if len(unread) > _LISTED else ""
        notes.append(f"Colonnes qui ne sont pas lues : {', '.join(unread[:_LISTED])}{more}.")
    return found, notes


def _of_contracts(named: Sequence[SheetColumn], below: Sequence[Row]) -> int | None:
    """The column that nobody knows («Type», «Statut») and in which nearly nothing but kinds of contract stand."""
    for one in named:
        if one.column not in (None, Column.STATUS):
            continue
        said = [row.cells[one.index].text for row in below[:_ASKED_ROWS] if one.index < len(row.cells)]
        said = [text for text in said if text]
        if said and sum(len(text) < 60 and names_contract(text) for text in said) > 0.8 * len(said):
            return one.index
    return None


def _letter(index: int) -> str:
    """A, B … Z, AA, AB … as programs name columns."""
    letters = ""
    index += 1
    while index:
        index, left = divmod(index - 1, 26)
        letters = chr(65 + left) + letters
    return letters


def _text(cell: Cell, one: SheetColumn) -> str:
    """A cell as the field of its column takes it: days as ISO dates, numbers and durations as people write them."""
    value, column = cell.value, one.column
    if column in DAYS:
        day = day_in(cell, LATEST)
        return day.isoformat() if day is not None else cell.text
    if isinstance(value, str):
        said = mended_letters(without_mark(value.strip()))
        if column is Column.SALARY or column is Column.SALARY_MAX:
            return with_period(said, one.title)
        return _labelled(said, one)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60} h {minutes % 60:02}"
    if isinstance(value, time):
        return f"{value.hour} h {value.minute:02}"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    number = _number(value * 100 if cell.percent else value)
    if column is Column.POSTCODE and number.isdecimal():
        return number.zfill(5)
    unit = " %" if cell.percent else f" {cell.printed}" if cell.printed else ""
    if column is Column.SALARY or column is Column.SALARY_MAX:
        return with_period(f"{number}{unit or ' €'}", one.title)
    return _labelled(f"{number}{unit}", one)


def _number(value: float | Decimal) -> str:
    exact = Decimal(str(round(value, 6) if isinstance(value, float) else value))
    return f"{exact.normalize():f}".replace(".", ",")


def _labelled(text: str, one: SheetColumn) -> str:
    """Of texts that are put together each says what it is, but the description itself; hours say of what they are."""
    if one.column is Column.HOURS:
        return with_unit(text, one.title)
    plain = bare_title(one.title)
    if one.column is not Column.DESCRIPTION or not text or plain.startswith(("descri", "detail", "texte", "contenu")):
        return text
    return f"{one.title.strip(' :')} : {text}"


def _joined(column: Column, texts: Sequence[str]) -> str:
    if column is Column.DESCRIPTION:
        return "\n".join(texts)
    # Patterns read these: bounded, and each run of blanks one.
    return clean_line(" ".join(texts) if column is Column.PLACE else " ; ".join(texts))[:MAX_LABEL]
