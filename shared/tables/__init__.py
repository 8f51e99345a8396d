"""Tables that people send: from bytes to rows of cells, CSV of any French program, XLSX and ODS within bounds."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

from shared.tables.cell import Cell as Cell
from shared.tables.cell import broken_letters as broken_letters
from shared.tables.cell import mended_letters as mended_letters
from shared.tables.days import is_serial
from shared.tables.opendocument import CONTENT, OpenDocument
from shared.tables.parts import LONGEST_CELL, Damaged
from shared.tables.records import MAX_LINES, is_blank, record_at
from shared.tables.workbook import Limits, TooLarge, Workbook, Written
from shared.visible import clean_line
from shared.zips import DAMAGED

MAX_ROWS = 10_000
MAX_COLUMNS = 60
TOO_MANY = (
    f"{MAX_ROWS:_} lignes et {MAX_COLUMNS} colonnes au plus : envoyez ce tableau en plusieurs fichiers, chacun avec la ligne de "
    "titres, et supprimez ce qui est sous la dernière ligne."
).replace("_", " ")
FURTHER = f"À droite de la colonne BH rien n'est lu ({MAX_COLUMNS} colonnes au plus), et il y est écrit quelque chose."
_LOOKED_AT = 25
"""First rows by which a sheet is known: titles stand above its lines."""
_FRENCH = re.compile("[éèêëàâçùûôîï]")
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
"""By these letters the encodings of Windows, of a Mac and of DOS are told apart: the bytes of one are signs in the others."""
_LINE_END = re.compile(r"\r\n?|\n")
_OF_NO_TEXT = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f]")
"""Signs that files have which are no text; SUB is the end of one that DOS wrote."""
_MOST_OF_A_TEXT = 10
"""One of so many signs may be NUL in what is a text still."""
_NAMED_UNSEEN = 5
_PROTECTED = "Ce classeur est protégé par un mot de passe."
MAX_UNPACKED = 20_000_000
"""Bytes of a workbook's parts together: 10,000 rows of a sheet have a third of it."""
_BYTES_OF_TAG = 16
"""Of what may be unpacked, for each tag: the tags are what costs, and twenty megabytes of «<c/>», 23 kilobytes packed, took 14 s
of processor. A cell with its number has 24 bytes for two, and as many as are read fit.
"""
_MOST_TAGS = 2_500_000
"""As many cells as are read, with as many texts."""


class UnreadableSheet(Exception):
    """A file of which nothing can be used; ``rule`` is stable, the message French."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


@dataclass(frozen=True)
class Row:
    """A row as the program shows it; ``number`` counts from 1, as the program does."""

    number: int
    cells: list[Cell]
    hidden: bool = False
    further: bool = False
    """Something stands beyond the columns that are read."""

    @property
    def blank(self) -> bool:
        """Whether nobody wrote anything in it."""
        return all(not cell.text and not cell.formula for cell in self.cells)


@dataclass(frozen=True)
class Sheet:
    """Rows with something in them; ``notes``: what was passed over."""

    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    separated: bool = False
    """Cells were parted by a sign that may as well stand within one: «121,33» is two between commas."""
    title: str = ""
    """Of a workbook's sheet."""
    beside: list[str] = field(default_factory=list)
    """Texts of the workbook that need not stand in the rows: comments, other sheets."""


def read_sheet(
    content: bytes,
    meant: Callable[[Sequence[Row]], bool],
    named: str | None = None,
    max_unpacked: int = MAX_UNPACKED,
    passed_over: Callable[[str], bool] | None = None,
) -> Sheet:
    """Rows of a CSV, XLSX or ODS file. ``meant`` says by its first rows whether a workbook's sheet is the one that is to be
    read; ``named``: its title, where the caller says it; ``passed_over``: by its title, whether one is not, where another is.

    Raises:
        UnreadableSheet: empty, another format, damaged, protected, too large; two sheets that are meant, or no such sheet.
    """
    if not content.strip():
        raise UnreadableSheet("empty", "Ce fichier est vide.")
    if is_workbook(content):
        return _workbook(content, meant, named, max_unpacked, passed_over)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableSheet(
            "old-format",
            "Ce fichier est au format .xls ou protégé par mot de passe : enregistrez-le en .xlsx, .ods ou .csv.",
        )
    if content[:4] == b"%PDF":
        raise UnreadableSheet(
            "format", "Un PDF ne se lit pas comme un tableau : envoyez un fichier .xlsx, .ods ou .csv."
        )
    if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"<", b"{") or content[:2] == b"\x1f\x8b":
        # Many programs call a page of HTML «.xls».
        message = (
            "Ce fichier n'est ni un CSV ni un classeur .xlsx ou .ods, quel que soit son nom : enregistrez-le en .xlsx."
        )
        raise UnreadableSheet("format", message)
    return _csv(content, meant)


def _csv(content: bytes, meant: Callable[[Sequence[Row]], bool]) -> Sheet:
    text = decoded(content)
    if "\x00" in text:
        raise _with_nulls(text)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep="):
        text, first = text.split("\n", 1)[1] if "\n" in text else "", ""
        first = next((line for line in text.splitlines() if line.strip()), "")
    lines = list(io.StringIO(text, newline=""))
    # A title above the table may have the other signs in it: «Relevé, février 2026».
    separators = sorted(";\t,|", key=first.count, reverse=True)
    separator = next((one for one in separators if _begins(lines, one, meant)), separators[0])
    rows = list(_rows(lines, separator))
    return Sheet(_counting(rows), _further(rows), separated=True)


def _with_nulls(text: str) -> UnreadableSheet:
    """What is wrong with a text that has NUL in it. It is not read without: where a disk lost something, zeros stand in its
    place, and what a complete table does not hold any more is closed.
    """
    if text.count("\x00") * _MOST_OF_A_TEXT > len(text) or _OF_NO_TEXT.search(text):
        return UnreadableSheet("format", "Ce fichier n'est ni un CSV ni un classeur .xlsx ou .ods.")
    line = len(_LINE_END.findall(text, 0, text.index("\x00"))) + 1
    return UnreadableSheet(
        "null-character",
        f"Ligne {line} : il s'y trouve un caractère nul (NUL), qu'aucun tableur n'écrit ; le fichier est peut-être abîmé. "
        "Ouvrez-le dans un tableur, vérifiez cette ligne et enregistrez-le en .xlsx.",
    )


def _further(rows: Sequence[Row]) -> list[str]:
    return [FURTHER] if any(row.further for row in rows) else []


def _counting(rows: list[Row]) -> list[Row]:
    """With the columns marked in which, from the first on, nothing but several numbers as spreadsheets keep days stands."""
    columns: dict[int, list[bool]] = {}
    for row in rows:
        for at, cell in enumerate(row.cells):
            serial = is_serial(cell.text)
            if cell.text and (serial or at in columns):
                columns.setdefault(at, []).append(serial)
    counting = {at for at, seen in columns.items() if len(seen) > 1 and all(seen)}
    if not counting:
        return rows
    return [
        replace(
            row, cells=[replace(one, counts_days=True) if at in counting else one for at, one in enumerate(row.cells)]
        )
        for row in rows
    ]


def _begins(lines: list[str], separator: str, meant: Callable[[Sequence[Row]], bool]) -> bool:
    """Whether the first rows are those of the table that is wanted, when they are parted by this sign."""
    try:
        return meant(list(islice(_rows(lines, separator), _LOOKED_AT)))
    except UnreadableSheet:
        return False


def _rows(lines: list[str], separator: str) -> Iterator[Row]:
    at, number, read = 0, 0, 0
    while at < len(lines):
        if is_blank(lines[at], separator) and number < MAX_LINES:
            at, number = at + 1, number + 1
            continue
        values, used = record_at(lines, at, separator, guessing=False)
        number, read = number + 1, read + 1
        if values is None:
            message = f"Ligne {at + 1} : un guillemet ne se ferme pas, ou un champ est démesuré."
            raise UnreadableSheet("damaged", message)
        if read > MAX_ROWS + 50 or number > MAX_LINES:
            raise UnreadableSheet("too-many-rows", TOO_MANY)
        at += used
        row = Row(
            number,
            [Cell(value.strip()[:LONGEST_CELL] or None, counts_days=False) for value in values[:MAX_COLUMNS]],
            further=any(value.strip() for value in values[MAX_COLUMNS:]),
        )
        if not row.blank:
            yield row


def decoded(content: bytes) -> str:
    """The text of a file of any French program: UTF-8, UTF-16, or else what Windows, a Mac or DOS wrote.

    Raises:
        UnreadableSheet: it has a mark and is not what the mark says.
    """
    for encoding, mark in (("utf-8-sig", b"\xef\xbb\xbf"), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                raise UnreadableSheet(
                    "encoding", "L'encodage de ce fichier ne se lit pas : enregistrez-le en UTF-8."
                ) from None
    if (wide := _without_mark(content)) is not None:
        return wide
    try:
        return content.decode()
    except UnicodeDecodeError:
        begin = content[:100_000]
        counted = {one: len(_FRENCH.findall(begin.decode(one, errors="replace"))) for one in _ONE_BYTE}
        return content.decode(max(_ONE_BYTE, key=counted.__getitem__), errors="replace")


def _without_mark(content: bytes) -> str | None:
    """UTF-16 that lost its mark: every other byte of its titles is zero. None for anything else."""
    begin = content[:200]
    for encoding, zeros in (("utf-16-le", begin[1::2]), ("utf-16-be", begin[::2])):
        if len(begin) > 1 and zeros.count(0) * 10 > len(zeros) * 9:
            with suppress(UnicodeDecodeError):
                return content.decode(encoding)
    return None


def is_workbook(content: bytes) -> bool:
    """Whether it is a packed workbook, or says so."""
    return content[:4] == b"PK\x03\x04"


def _workbook(
    content: bytes,
    meant: Callable[[Sequence[Row]], bool],
    named: str | None,
    max_unpacked: int,
    passed_over: Callable[[str], bool] | None,
) -> Sheet:
    opened = _bounded(content, max_unpacked)
    try:
        book = opened(content, Limits(MAX_ROWS + 50, MAX_COLUMNS, _LOOKED_AT))
        titles = [clean_line(title) for title in book.titles]
        begun = [(at, _shown(book.beginning(at))) for at in range(len(titles))]
        filled = [(at, rows) for at, rows in begun if rows and named in (None, titles[at])]
        if not filled:
            if named is not None:
                shown = ", ".join(f"«{title[:40]}»" for title in titles[:10])
                raise UnreadableSheet("no-such-sheet", f"Ce classeur n'a pas de feuille de ce nom : {shown}.")
            raise UnreadableSheet("empty", "Aucune feuille visible de ce classeur n'a de contenu.")
        chosen = [at for at, rows in filled if meant(rows)] or [filled[0][0]]
        if len(chosen) > 1 and passed_over is not None:
            chosen = [at for at in chosen if not passed_over(titles[at])] or chosen
        if len(chosen) > 1:
            names = " et ".join(f"«{titles[at][:40]}»" for at in chosen[:2])
            message = f"Les feuilles {names} se lisent l'une comme l'autre : envoyez-les chacune dans son fichier."
            raise UnreadableSheet("several-sheets", message)
        rows = _shown(book.rows(chosen[0]))
        beside = book.beside(chosen[0])
    except TooLarge:
        raise UnreadableSheet("too-many-rows", TOO_MANY) from None
    except (*DAMAGED, Damaged):
        raise UnreadableSheet("damaged", "Ce classeur est abîmé, ou n'est ni un .xlsx ni un .ods.") from None
    notes = _further(rows)
    if sum(bool(rows) for _, rows in begun) > 1:
        notes.append(f"Seule la feuille «{titles[chosen[0]][:40]}» est lue ; les autres ne le sont pas.")
    if hidden := [clean_line(title)[:40] for title in book.unseen[:_NAMED_UNSEEN]]:
        more = f" et {len(book.unseen) - len(hidden)} autres" if len(book.unseen) > len(hidden) else ""
        named_so = ", ".join(f"«{title}»" for title in hidden)
        notes.append(f"Feuilles masquées, qui ne sont pas lues : {named_so}{more}.")
    return Sheet(rows, notes, title=titles[chosen[0]], beside=beside)


class _Book(Protocol):
    """A workbook of either format; a sheet is named by its place among the visible ones."""

    @property
    def titles(self) -> list[str]: ...
    @property
    def unseen(self) -> list[str]: ...
    def beginning(self, sheet: int) -> list[Written]: ...
    def rows(self, sheet: int) -> list[Written]: ...
    def beside(self, sheet: int) -> list[str]: ...


def _shown(rows: list[Written]) -> list[Row]:
    return [Row(row.number, row.cells, row.hidden, row.further) for row in rows]


def _bounded(content: bytes, max_unpacked: int) -> Callable[[bytes, Limits], _Book]:
    """How a workbook is opened. Raises UnreadableSheet for what would unpack to more than any sheet has; the parts' own sizes
    may lie, so they are read.
    """
    left, tags = max_unpacked, min(max_unpacked // _BYTES_OF_TAG, _MOST_TAGS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if len(parts.infolist()) > 500:
                raise UnreadableSheet("too-large", "Ce classeur a trop de parties.")
            for part in parts.infolist():
                if part.flag_bits & 1:
                    raise UnreadableSheet("protected", _PROTECTED)
                before = b""
                with parts.open(part) as file:
                    while block := file.read(65_536):
                        left -= len(block)
                        tags -= block.count(b"<") - block.count(b"</")
                        # What declares entities may stand across two blocks.
                        if b"<!DOCTYPE" in (seen := before + block) or b"<!ENTITY" in seen:
                            raise UnreadableSheet("damaged", "Ce classeur contient ce qu'aucun tableur n'y écrit.")
                        if left < 0 or tags < 0:
                            raise UnreadableSheet("too-large", "Ce classeur est trop grand une fois décompressé.")
                        before = block[-8:]
            names = {name.lower() for name in parts.namelist()}
            if len(names) < len(parts.infolist()):
                # Who asks for a part by its name gets the last of them, each time.
                raise UnreadableSheet("damaged", "Ce classeur contient deux parties du même nom.")
            if "xl/workbook.xml" in names:
                return Workbook.read
            if CONTENT in names and OpenDocument.secret(parts):
                raise UnreadableSheet("protected", _PROTECTED)
    except DAMAGED:
        raise UnreadableSheet("damaged", "Ce classeur est abîmé.") from None
    if CONTENT not in names:
        raise UnreadableSheet("format", "Ce fichier n'est un classeur ni .xlsx ni .ods.")
    return OpenDocument
