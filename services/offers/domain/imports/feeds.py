"""What a partner or a manager sends, whatever its form: JSON, JSON lines or a table of offers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from services.offers.domain.imports.fields import check_bounded
from services.offers.domain.imports.files import MAX_ROW_BYTES, UNREADABLE, Rows, UnreadableFile, read_file, unpacked
from services.offers.domain.imports.france_travail import is_france_travail, read_france_travail
from services.offers.domain.imports.own import read_own
from services.offers.domain.imports.rows import (
    MAX_ID,
    Read,
    Row,
    RowRefused,
    SearchableGazetteer,
    external_id,
    fingerprint,
    id_field,
    refuse,
)
from services.offers.domain.imports.sheets.contents import Known
from services.offers.domain.imports.sheets.over import is_over
from services.offers.domain.imports.sheets.reading import read_sheet_row
from services.offers.domain.imports.sheets.rows import Asked, SheetRow, SheetRows, read_table
from services.offers.domain.imports.sheets.titles import Column
from shared.errors import FieldError
from shared.tables import UnreadableSheet, is_workbook

FeedRows: TypeAlias = Rows | SheetRows

MAX_TABLE_BYTES = 60_000_000
"""Of a table, unpacked: ten thousand offers with texts of five thousand characters."""
OVER = "over"
"""The rule by which a row is refused that says that nobody is looked for any more."""
_LOOKED_AT = 4_000
_BEFORE = b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"
"""What stands in front of the first sign of a text in any encoding of Unicode."""


@dataclass(frozen=True)
class Told:
    """A row with its identifier and what tells whether it is as it was. ``row`` is an object of JSON or a row of a table."""

    row: Row | SheetRow
    external_id: str
    field: str
    mark: str

    @property
    def referenced(self) -> bool:
        """Whether its sender gave it its identifier."""
        return not isinstance(self.row, SheetRow) or self.row.referenced

    @property
    def former_id(self) -> str | None:
        """What an offer of this row may be stored under from when less of its table was read."""
        return self.row.former_id if isinstance(self.row, SheetRow) else None

    def again(self, first: int) -> RowRefused:
        """The refusal of a row whose identifier an earlier row has."""
        if not self.referenced:
            message = f"La même offre est à la ligne {first} : s'il y en a deux, donnez-leur une référence."
        else:
            message = f"Cet identifiant est déjà à la ligne {first}."
        return refuse(self.field, "repeated", message)

    def read(self, communes: SearchableGazetteer, home: str | None, today: date | None = None) -> Read:
        """The offer that it tells. ``home``: the département of who sends it, where there is one; ``today``: theirs, from which
        «mi-janvier» is told.

        Raises:
            RowRefused: with its reasons.
        """
        if isinstance(self.row, SheetRow):
            return read_sheet_row(self.row, self.external_id, communes, home, today)
        return read_france_travail(self.row, communes) if is_france_travail(self.row) else read_own(self.row)


def read_feed(content: bytes, max_bytes: int, max_rows: int, asked: Asked, known: Known | None = None) -> FeedRows:
    """The rows of a file. ``known``: see ``read_table``.

    Raises:
        UnreadableFile: damaged, too large, no rows or too many, or neither JSON nor a table of offers.
    """
    content = unpacked(content, max_bytes)
    no_json: UnreadableFile | None = None
    if not is_workbook(content) and _like_json(content):
        try:
            return read_file(content, max_bytes, max_rows)
        except UnreadableFile as problem:
            if problem.rule != "json":
                raise
            no_json = problem
    if len(content) > MAX_TABLE_BYTES:
        raise UnreadableFile("too_large", f"Un tableau a {MAX_TABLE_BYTES} octets au plus.")
    try:
        found = read_table(content, asked, min(max_bytes, MAX_TABLE_BYTES), known)
    except UnreadableSheet as problem:
        raise no_json or UnreadableFile(problem.rule, problem.message) from None
    if len(found) > max_rows:
        raise UnreadableFile("too_many_rows", f"{max_rows} lignes au plus.")
    return found


def _like_json(content: bytes) -> bool:
    """Whether a line of the beginning opens a list or an object."""
    begin = content[:_LOOKED_AT].replace(b"\x00", b"")
    return any(line.lstrip(_BEFORE)[:1] in (b"{", b"[") for line in begin.splitlines())


def identity_of(row: object) -> str | None:
    """The identifier of a row; None where there is none."""
    return row.external_id if isinstance(row, SheetRow) else external_id(row)


def identities_of(row: object) -> list[str]:
    """What its offer may be stored under."""
    found = [identity_of(row), row.former_id if isinstance(row, SheetRow) else None]
    return [one for one in found if one]


def told(row: object, numbers_in: Callable[[object], Sequence[FieldError]]) -> Told:
    """A row that can be read, with its identifier. ``numbers_in``: the social security numbers of an object, by field.

    Raises:
        RowRefused: it is no row, too large or deep, holds a social security number, has no identifier, or says itself that
            nobody is looked for any more.
    """
    if row is UNREADABLE:
        raise refuse("row", "json", f"Cette ligne n'est pas du JSON ou dépasse {MAX_ROW_BYTES} octets.")
    identity = identity_of(row)
    if isinstance(row, SheetRow):
        if row.errors:
            raise RowRefused(row.errors)
        if is_over(row):
            raise refuse(Column.STATUS, OVER, "Cette offre est dite pourvue ou close : elle n'est pas prise.")
        field, values = Column.REFERENCE.value, {column.value: text for column, text in row.values.items()}
        values.update({f"{one.column.value} ({one.where})": one.text for one in row.found})
    elif isinstance(row, dict):
        check_bounded(row)
        field, values = id_field(row), row
    else:
        raise refuse("row", "object", "Une ligne est un objet JSON.")
    if numbers := numbers_in(values):
        raise RowRefused(numbers)
    if identity is None:
        raise refuse(field, "required", f"L'identifiant manque ou n'est pas un texte de {MAX_ID} caractères au plus.")
    return Told(row, identity, field, fingerprint(values))
