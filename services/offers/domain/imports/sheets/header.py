"""Where a table's titles stand and what each column is: by its title, by what that is like, by what stands below. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.offers.domain.imports.contracts import names_contract
from services.offers.domain.imports.sheets.contents import ENOUGH, Known, fits, may_say, told_by_cells
from services.offers.domain.imports.sheets.likeness import is_bare_date, likely, tells_of_the_file
from services.offers.domain.imports.sheets.titles import (
    FRENCH,
    PLACES,
    SEVERAL,
    Column,
    columns_formerly,
    columns_of,
    is_header,
    is_internal,
    is_of_a_period,
    is_of_a_site,
)
from services.offers.domain.imports.sheets.units import period_alone
from shared.tables import Cell, Row, mended_letters
from shared.tables.titles import bare_title

SEARCHED_ROWS = 20
_ASKED_ROWS = 200
_LISTED = 8
_FIGURE = re.compile(r"\d")
_UNIT = re.compile(
    r"\(.{1,30}\)|(?:en |par )?(?:heures?|h|mois|euros?|€|brut|net|h/f|jj/mm(?:/aa(?:aa)?)?|oui/non|n°)"
    r"(?:[ /](?:brut|net|h|heure|mois|semaine|an))*",
    re.IGNORECASE,
)
_LONGEST_TITLE = 60
_FEWEST_TITLES = 3
_CALLED_BY_PLACE = 0.5
_CONTRARY = 0.25
"""Of the cells at most that say what the title is like, where nearly all say something else."""
_BY_CELLS = (
    Column.OCCUPATION, Column.POSTCODE, Column.PLACE, Column.STARTS_ON, Column.SALARY, Column.CONTRACT, Column.HOURS,
    Column.SCHEDULE, Column.EXPERIENCE, Column.LICENCE,
)  # fmt: skip


@dataclass(frozen=True)
class SheetColumn:
    """A column: ``letter`` and ``title`` as the program shows them, and what it is read as (None: it is not read)."""

    index: int
    letter: str
    title: str
    column: Column | None
    formerly: Column | None = None
    """What it was read as while only titles that are known by name were: offers without a reference are known by that too."""

    @property
    def name(self) -> str:
        """As people find it: «C (Lieu)»."""
        return f"{self.letter} ({self.title[:40]})" if self.title else self.letter


def header_in(rows: Sequence[Row], asked: Mapping[str, Column | None]) -> Row | None:
    """The row of titles among the first ones, where its titles are known."""
    return next((row for row in rows[:SEARCHED_ROWS] if is_header([one.column for one in _named(row, asked)])), None)


def header_like(rows: Sequence[Row], asked: Mapping[str, Column | None], known: Known) -> Row | None:
    """The row of titles where they are only like those that are known, or what stands below one of them is work."""
    for at, row in enumerate(rows[:SEARCHED_ROWS]):
        texts = [cell.text for cell in row.cells if cell.text]
        if len(texts) < _FEWEST_TITLES or any(len(one) > _LONGEST_TITLE or _FIGURE.search(one) for one in texts):
            continue
        found = [one.column for one in _told(row, asked, rows[at + 1 :], known)[0]]
        if is_header(found):
            return row
    return None


def with_second_line(header: Row, rows: Sequence[Row], asked: Mapping[str, Column | None]) -> Row:
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
    for at, (column, formerly) in enumerate(zip(columns_of(titles), columns_formerly(titles), strict=True)):
        letter = _letter(at)
        if letter in asked:
            column = formerly = asked[letter]
        elif titles[at] and (key := bare_title(titles[at]) or titles[at]) in said:
            column = formerly = said[key]
        found.append(SheetColumn(at, letter, titles[at], column, formerly))
    return found


def _told(
    header: Row, asked: Mapping[str, Column | None], below: Sequence[Row], known: Known
) -> tuple[list[SheetColumn], list[str]]:
    """What each column is, and notes of those that are told by more than their titles."""
    named = _named(header, asked)
    notes: list[str] = []
    # A line with one cell heads a part of the table, or ends it.
    offers = [row for row in below[:_ASKED_ROWS] if sum(bool(cell.text) for cell in row.cells) > 1]
    said = {one.letter for one in named if _is_asked(one, asked)}

    def take(at: int, column: Column, why: str) -> None:
        named[at] = replace(named[at], column=column)
        notes.append(f"La colonne {named[at].name} est lue comme «{FRENCH[column]}», d'après {why}.")

    def taken() -> set[Column]:
        return {one.column for one in named if one.column is not None}

    def cells_of(at: int) -> list[Cell]:
        return [row.cells[at] for row in offers if at < len(row.cells)]

    of_pay = next(
        (at for at, one in enumerate(named) if one.letter not in said and _of_a_period(one, cells_of(at))), None
    )
    if Column.SALARY in taken() and of_pay is not None:
        take(of_pay, Column.SALARY_PERIOD, "ce qui y est écrit")
    if Column.CONTRACT not in taken() and (of_contracts := _of_contracts(named, below)) is not None:
        take(of_contracts, Column.CONTRACT, "ce qui y est écrit")
    for at, one in enumerate(named):
        if one.column is not None or one.letter in said:
            continue
        # The same field twice is one too many, but for those that are read together.
        column = likely(one.title, taken() - SEVERAL)
        if column is None:
            continue
        by_cells = told_by_cells(cells_of(at), known, _BY_CELLS)
        if by_cells not in (None, column) and fits(column, cells_of(at), known) < _CONTRARY:
            if by_cells is not None and by_cells not in taken():
                take(at, by_cells, "ce qui y est écrit")
        elif may_say(column, cells_of(at), known):
            take(at, column, "son titre")
    # Before its places: «Maçon» is read like Mâcon.
    if not {Column.TITLE, Column.OCCUPATION} & taken():
        shares = [
            (fits(Column.TITLE, cells_of(at), known), -at)
            for at, one in enumerate(named)
            if one.column in (None, Column.DESCRIPTION, Column.DIPLOMA, Column.EMPLOYER)
            and one.letter not in said
            and not is_internal(one.title)
        ]
        best, at = max(shares, default=(0.0, 0))
        if best >= ENOUGH:
            take(-at, Column.TITLE, "ce qui y est écrit")
    for at, one in enumerate(named):
        if one.column is not None or one.letter in said or is_internal(one.title) or tells_of_the_file(one.title):
            continue
        wanted = [
            column for column in _BY_CELLS if column not in taken() and not (column in PLACES and PLACES & taken())
        ]
        if one.title and not is_bare_date(one.title):
            # A day below a title that nobody knows may be any day.
            wanted = [column for column in wanted if column is not Column.STARTS_ON]
        by_cells = told_by_cells(cells_of(at), known, wanted)
        if by_cells is not None:
            take(at, by_cells, "ce qui y est écrit")
    if not PLACES & taken():
        of_sites = next(
            (at for at, one in enumerate(named) if one.letter not in said and _of_sites(one, cells_of(at), known)), None
        )
        if of_sites is not None:
            take(of_sites, Column.PLACE, "ce qui y est écrit")
    return named, notes


def _of_a_period(one: SheetColumn, cells: Sequence[Cell]) -> bool:
    """Whether a column says of what the pay beside it is, in each of its cells."""
    texts = [cell.text for cell in cells if cell.text]
    return (
        one.column in (None, Column.DURATION)
        and is_of_a_period(one.title)
        and bool(texts)
        and all(map(period_alone, texts))
    )


def _of_sites(one: SheetColumn, cells: Sequence[Cell], known: Known) -> bool:
    """Whether shops or sites of a table that says no place are called by their communes, be it that one of them is not. What is
    read as the employer holds his name as well, as soon as anything stands beside a commune.
    """
    if one.column not in (None, Column.EMPLOYER) or not is_of_a_site(one.title):
        return False
    if one.column is None:
        return fits(Column.PLACE, cells, known) > _CALLED_BY_PLACE
    texts = [cell.text for cell in cells if cell.text]
    return bool(texts) and all(map(known.is_nothing_but_a_place, texts))


def _is_asked(one: SheetColumn, asked: Mapping[str, Column | None]) -> bool:
    names = {bare_title(name) or name for name in asked}
    return one.letter in asked or (bool(one.title) and (bare_title(one.title) or one.title) in names)


def columns_below(
    header: Row, asked: Mapping[str, Column | None], below: Sequence[Row], known: Known
) -> tuple[list[SheetColumn], list[str]]:
    """What is read of each column, and notes of those that are not, or are told by more than their titles."""
    found: list[SheetColumn] = []
    seen: dict[Column, SheetColumn] = {}
    formerly: set[Column | None] = set()
    named, notes = _told(header, asked, below, known)
    if all(one.formerly is not Column.CONTRACT for one in named):
        former = _of_contracts([replace(one, column=one.formerly) for one in named], below)
        if former is not None:
            named[former] = replace(named[former], formerly=Column.CONTRACT)
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
        was = one.formerly
        if (cell.hidden and was is not Column.REFERENCE) or (was in formerly and was not in SEVERAL):
            was = None
        formerly.add(was)
        found.append(SheetColumn(one.index, one.letter, one.title, column, was))
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
